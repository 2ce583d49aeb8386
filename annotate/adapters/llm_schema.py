"""What a chat model is asked to answer, as a JSON Schema made of the scheme, and how its answer is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ...schema import DataError, Field, Label, Problem, Scheme, Value
from ...schema.value_types import Choice, Identifier, country_codes
from ..guidelines import field_rule, label_rule

_FENCE = re.compile(r"```(?:json)?\s*(\{.*\})\s*```", re.DOTALL)
_JSON_TYPES: Mapping[type, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}


@dataclass(frozen=True, slots=True)
class Quote:
    """What a model has marked: words of the text, a label it was offered, and what it gives as their value."""

    text: str
    label: str
    value: Any = None


class AnswerFormat:
    """The form of the answers to one run's questions.

    Args:
        scheme: Whose labels the answers end in.
        names: The labels that the model is offered, each with the scheme's; empty for one whose spans are dropped.
        values: Whether the model gives values too.

    Attributes:
        schema: The JSON Schema of an answer; every key is required and no other allowed, as strict endpoints want it.
        prompt: The labels, and with `values` their fields, as they are told to the model.
    """

    def __init__(self, scheme: Scheme, names: Mapping[str, str], *, values: bool) -> None:
        self._scheme = scheme
        self._labels = {name: scheme.label(label) if label else None for name, label in names.items()}
        self._values = values
        if values:
            span: dict[str, Any] = {"anyOf": [_span([name], label) for name, label in self._labels.items()]}
        else:
            span = _object({"quote": {"type": "string"}, "label": {"type": "string", "enum": list(names)}})
        self.schema = _object({"spans": {"type": "array", "items": span}})
        self.prompt = "\n".join(["Labels:", *self._lines()])

    def value(self, quote: Quote) -> Value | None:
        """What a quote stands for; None where the model does not say, is not asked, or its label has no values.

        Raises:
            DataError: The scheme refuses the value.
        """
        label = self._labels.get(quote.label)
        if not self._values or label is None or quote.value is None:
            return None
        if not isinstance(quote.value, dict):
            raise DataError(Problem(f"{quote.label} value {quote.value!r} is no object"))
        parts = {key: _whole(part) for key, part in quote.value.items() if part is not None}
        return self._scheme.value(label.name, **parts)

    def _lines(self) -> list[str]:
        lines = []
        for name, label in self._labels.items():
            if label is None:
                lines.append(f"- {name}")
                continue
            lines.append(f"- {name}{f' ({label.name})' if name != label.name else ''}: {label.definition}")
            if rule := label_rule(label):
                lines.append(f"  {rule}")
            lines += [f"  Example, marked with brackets: {example}" for example in label.examples]
            for field in label.fields.values() if self._values else ():
                keys = ", ".join(key.name for key in field.keys)
                lines.append(f"  In its value, {keys}: {field_rule(field)}".rstrip(": "))
        return lines


def read_answer(answer: bytes) -> list[Quote]:
    """What an endpoint's answer marks.

    Raises:
        DataError: It is no chat completion, a refusal, cut off, or not the JSON that was asked for.
    """
    try:
        choice = msgspec.json.decode(answer)["choices"][0]
        message = choice["message"]
        refused, content = message.get("refusal"), message.get("content")
    except (msgspec.DecodeError, RecursionError, LookupError, TypeError, AttributeError) as error:
        raise DataError(Problem("the endpoint's answer is no chat completion")) from error
    if refused or not isinstance(content, str):
        raise DataError(Problem(f"the model refuses: {' '.join(str(refused or 'no content').split())[:200]}"))
    if choice.get("finish_reason") == "length":
        raise DataError(Problem("the model's answer was cut off", "a smaller piece=N"))
    try:
        spans = msgspec.json.decode(_unfenced(content))["spans"]
        return [Quote(_string(span["quote"]), _string(span["label"]), span.get("value")) for span in spans]
    except (msgspec.DecodeError, RecursionError, LookupError, TypeError, AttributeError) as error:
        raise DataError(Problem(f"the model's answer is not the JSON asked for: {content[:100]!r}")) from error


def _unfenced(content: str) -> str:
    """JSON without the code fence that some models put around it, and what they say beside the fence."""
    stripped = content.strip()
    fenced = None if stripped.startswith("{") else _FENCE.search(stripped)
    return fenced[1] if fenced else stripped


def _string(part: object) -> str:
    if not isinstance(part, str):
        raise TypeError(f"{part!r} is no string")
    return part


def _whole(part: object) -> object:
    """A number as JSON Schema reads it: 3.0 is an integer too."""
    return int(part) if isinstance(part, float) and part.is_integer() else part


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _span(names: list[str], label: Label | None) -> dict[str, Any]:
    value: dict[str, Any] = {"type": "null"}
    if label is not None and label.fields:
        parts = {key: part for field in label.fields.values() for key, part in _parts(field).items()}
        value = {"anyOf": [{"type": "null"}, _object(parts)]}
    return _object({"quote": {"type": "string"}, "label": {"type": "string", "enum": names}, "value": value})


def _parts(field: Field) -> dict[str, dict[str, Any]]:
    """The JSON Schema of each key that a field fills; limits beyond types and lists are the scheme's to check."""
    listed: tuple[str, ...] = ()
    if isinstance(field.type, Choice):
        listed = field.type.choices
    elif isinstance(field.type, Identifier) and field.type.authority == "iso-3166-1":
        listed = country_codes()
    parts: dict[str, dict[str, Any]] = {}
    for key in field.keys:
        parts[key.name] = {"type": [_JSON_TYPES[key.base], "null"]}
        if listed:
            parts[key.name]["enum"] = [*listed, None]
    return parts
