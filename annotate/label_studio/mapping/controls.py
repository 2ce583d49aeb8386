"""The controls for the values of labels: what each is called, how its answers are written and read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from ....schema import Key, Scheme
from ....schema.data.text_lines import text_lines
from ....schema.value_types import Choice
from ....schema.values.choices import Choices

ControlKind = Literal["choices", "textarea", "number"]

YES, NO = "yes", "no"
"""What is chosen for a truth value that may be unknown."""

_CONTENTS = {"choices": "choices", "number": "number", "textarea": "text"}
"""The key of a result's value that holds the answer, by the kind of the control."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control for a key of a label's value.

    Attributes:
        name: Name in the labeling config and in results: key of the label, dot, key of the value.
        kind: Type of its results.
        key: The key that it fills.
        choices: What is chosen from, in the order in which it is shown; empty without choices.
    """

    name: str
    kind: ControlKind
    key: Key
    choices: tuple[str, ...] = ()

    @property
    def allows_several(self) -> bool:
        """Whether several choices may be chosen, or none to take back the only one."""
        return self.key.is_flag or self.key.base is tuple

    def answer(self, part: Any) -> dict[str, Any] | None:
        """Return a part of a value as the control's answer, by its key in a result; None if it is not shown."""
        if part is None or (self.key.is_flag and not part):
            return None
        content: Any = part
        if self.key.is_flag:
            content = [self.key.name]
        elif self.key.base is bool:
            content = [YES if part else NO]
        elif self.key.base is tuple:
            content = list(part)
        elif self.kind != "number":
            content = [part]  # a list, because a plain string makes the editor go blank
        return {_CONTENTS[self.kind]: content}

    def parts(self, value: Mapping[str, Any]) -> list[Any]:
        """Return the answer in a result's value as parts of a value; several if it was answered more than once."""
        if self.kind == "number":
            number = value.get("number")
            whole = isinstance(number, float) and number.is_integer() and self.key.base is int
            return [] if number is None else [int(number) if whole else number]
        if self.kind == "choices":
            chosen = value.get("choices")
            if self.key.is_flag:
                return [True] if chosen else []
            chosen = chosen if isinstance(chosen, list) else []
            if self.key.base is tuple:
                return [chosen] if chosen else []
            if self.key.base is bool:
                return [{YES: True, NO: False}.get(item, item) for item in chosen]
            return chosen
        lines = [line.strip() for text in texts_in(value) for line in text_lines(text) if line.strip()]
        return [lines] if self.key.base is tuple and lines else lines


def texts_in(value: Mapping[str, Any]) -> list[str]:
    """Return the non-blank texts of a text area: a list, as the editor writes it, or a string, as imports may have."""
    content = value.get("text")
    texts = content if isinstance(content, list) else [content]
    return [text.strip() for text in texts if isinstance(text, str) and text.strip()]


@cache
def controls(scheme: Scheme) -> dict[str, list[Control]]:
    """Return the controls for the value of each label, one per key."""
    return {
        label.name: [
            _control(f"{scheme.label_keys[label.name]}.{key.name}", key, _choices(item.type, key))
            for item in label.fields.values()
            for key in item.keys
        ]
        for label in scheme.labels.values()
    }


def _control(name: str, key: Key, choices: tuple[str, ...]) -> Control:
    kind: ControlKind = "choices" if choices else "number" if key.base in (int, float) else "textarea"
    return Control(name, kind, key, choices)


def _choices(kind: Any, key: Key) -> tuple[str, ...]:
    """Return what is chosen from, in the scheme's order; nothing for lists that are too long to be shown."""
    if key.is_flag:
        return (key.name,)
    if key.base is bool:
        return YES, NO
    if isinstance(kind, Choice | Choices):
        return kind.choices
    return key.choices if len(key.choices) <= MOST_CHOICES else ()


MOST_CHOICES = 60
"""Choices of a key that are shown; of more, such as all currencies, one is written."""
