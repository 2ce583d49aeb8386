"""Truth values, and lists of several choices."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from ..errors import DataError, Problem
from .value_type import Key, ValueType, choice_literal


@dataclass(frozen=True, slots=True)
class Boolean(ValueType):
    """True or false; null if it is unknown."""

    name: ClassVar[str] = "boolean"

    def keys(self, field: str) -> tuple[Key, ...]:
        """Return one key."""
        return (Key(field, bool, bool | None),)

    @property
    def examples(self) -> tuple[str, ...]:
        """True."""
        return ("true",)

    @property
    def description(self) -> str:
        """Both values."""
        return "true or false"

    def text(self, *parts: Any) -> str:
        """Return yes or no; nothing for unknown."""
        return {True: "yes", False: "no"}.get(parts[0], "")


@dataclass(frozen=True, slots=True)
class Choices(ValueType):
    """One or several of a closed list of strings, in any order.

    Attributes:
        choices: The strings.
    """

    choices: tuple[str, ...]
    name: ClassVar[str] = "choices"
    share_figure: ClassVar[str] = "jaccard"

    def __post_init__(self) -> None:
        if not self.choices or not all(self.choices) or len(set(self.choices)) < len(self.choices):
            what = "`choices` must be a list of different strings"
            raise DataError(Problem(what, 'choices = ["one", "two"]'))

    def keys(self, field: str) -> tuple[Key, ...]:
        """Return one key, whose value is a list with at least one choice."""
        known = choice_literal(tuple(sorted(self.choices)))
        several: Any = Annotated[tuple[known, ...], Meta(min_length=1)]  # type: ignore[valid-type]
        return (Key(field, tuple, several | None),)

    @property
    def examples(self) -> tuple[str, ...]:
        """A list of the first choices."""
        return (json.dumps(self.choices[:2], ensure_ascii=False),)

    def spec(self) -> dict[str, Any]:
        """Return the choices, sorted because their order matters only for display."""
        return {"type": self.name, "choices": sorted(self.choices)}

    def error(self, *parts: Any) -> str | None:
        """Reject a choice that is listed twice."""
        [chosen] = parts
        twice = sorted({item for item in chosen or () if chosen.count(item) > 1})
        return f"{twice[0]!r} is listed twice" if twice else None

    def fix(self, *parts: Any) -> str:
        """Return what to do about a choice that is listed twice."""
        return "list each choice once"

    def normalised(self, *parts: Any) -> tuple[Any, ...]:
        """Return the choices sorted, so that the same set is always the same list."""
        return (None if parts[0] is None else tuple(sorted(parts[0])),)

    def same(self, a: Sequence[Any], b: Sequence[Any]) -> bool:
        """Compare two lists as sets."""
        return set(a[0] or ()) == set(b[0] or ())

    def similarity(self, a: Sequence[Any], b: Sequence[Any]) -> float:
        """Return the Jaccard index: choices that both have, of those that at least one has."""
        one, other = set(a[0]), set(b[0])
        return len(one & other) / len(one | other)

    @property
    def description(self) -> str:
        """The choices."""
        return f"one or several of {', '.join(self.choices)}"

    @property
    def instruction(self) -> str:
        """The choices."""
        return f"a list of one or several of {', '.join(self.choices)}"

    def text(self, *parts: Any) -> str:
        """Return the choices, joined by commas."""
        return ", ".join(parts[0] or ())
