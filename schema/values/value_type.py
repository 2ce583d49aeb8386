"""What every value type says of itself: its options, keys and valid parts, when two values agree, how far they differ.

A type of one's own is a frozen dataclass that extends `ValueType`, whose fields are the options of the type in scheme
files; a package registers it by an entry point of the group `goldspan.value_types`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, get_args, get_origin, get_type_hints

import msgspec

from ..errors import DataError, Problem


@dataclass(frozen=True, slots=True)
class Key:
    """A JSON key of a value.

    Attributes:
        name: Name of the key.
        base: Type of its value: str, int, float, bool, or tuple for several strings.
        type: The same type with its constraints, as an annotation for msgspec.
        default: Value if the key is absent.
    """

    name: str
    base: type[str | int | float | bool | tuple[str, ...]]
    type: Any
    default: Any = None

    @property
    def choices(self) -> tuple[str, ...]:
        """The strings that the value is chosen from; empty if any string is allowed, or the value is not a string."""
        known = get_args(self.type)[0]  # the other member of the union is None
        if get_origin(known) is Annotated:
            known = get_args(known)[0]
        if get_origin(known) is tuple:
            known = get_args(known)[0]
        return get_args(known) if get_origin(known) is Literal else ()

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """The least and the greatest number that is allowed; None if there is none."""
        constraints = getattr(get_args(self.type)[0], "__metadata__", ())
        meta = next((item for item in constraints if isinstance(item, msgspec.Meta)), None)
        return (None, None) if meta is None else (meta.ge, meta.le)

    @property
    def is_flag(self) -> bool:
        """Whether the value is only stated if it is true; a truth value that may be unknown is no flag."""
        return self.base is bool and self.default is False


def one_of(choices: tuple[str, ...]) -> Any:
    """Return the type of a key that has one of some strings, or null."""
    return choice_literal(choices) | None


def choice_literal(choices: tuple[str, ...]) -> Any:
    """Return the type of one of some strings."""
    literal: Any = Literal  # type checkers cannot follow a Literal that is built at run time
    return literal[choices]


def _option_fix(what: str) -> str:
    """Return how to write an option of the type that an error of msgspec expects."""
    forms = {"float": "a number", "int": "a whole number", "bool": "true or false", "array": '["one", "two"]'}
    expected = what.partition("expected `")[2].partition("`")[0]
    return f"write {forms.get(expected, 'text in quotes')}"


class ValueType(ABC):
    """Base class of value types; `parts` are always the values of `keys`, in that order.

    Attributes:
        name: Name in scheme files.
        share_figure: Name of the share by which two values agree (`similarity`), as in `FIELD_jaccard`; empty if the
            type has none.
    """

    name: ClassVar[str]
    share_figure: ClassVar[str] = ""

    @abstractmethod
    def keys(self, field: str) -> tuple[Key, ...]:
        """Return the JSON keys of a field with this name; of several, the first is named like the field."""

    @property
    @abstractmethod
    def examples(self) -> tuple[str, ...]:
        """A valid part for each key as JSON, for messages."""

    @classmethod
    def option_names(cls) -> tuple[str, ...]:
        """Return the names of the options that a field of the type may have in a scheme file."""
        return tuple(item.name for item in fields(cls) if item.init)  # type: ignore[arg-type]

    @classmethod
    def from_options(cls, options: Mapping[str, Any], folder: Path) -> Self:
        """Return the type with options as a scheme file states them.

        Args:
            options: The options that are stated, all of them among `option_names`.
            folder: Folder from which relative paths lead.

        Raises:
            DataError: An option is missing or wrong; the message names it.
        """
        hints = get_type_hints(cls)
        stated: dict[str, Any] = {}
        for item in fields(cls):  # type: ignore[arg-type]
            if item.name in options:
                try:
                    stated[item.name] = msgspec.convert(options[item.name], hints[item.name])
                except msgspec.ValidationError as error:
                    what = str(error).partition(" - at ")[0].replace("Expected", "expected").replace(" | null", "")
                    raise DataError(Problem(f"`{item.name}`: {what}", _option_fix(what))) from error
            elif item.init and item.default is MISSING and item.default_factory is MISSING:
                raise DataError(Problem(f"`{item.name}` is missing", f"add `{item.name} = …`"))
        return cls(**stated)

    def options(self) -> dict[str, Any]:
        """Return the options of the type as a scheme file states them, without those that have their defaults."""
        stated = {item.name: (getattr(self, item.name), item.default) for item in fields(self) if item.init}  # type: ignore[arg-type]
        return {name: part for name, (part, default) in stated.items() if part != default}

    def spec(self) -> dict[str, Any]:
        """Return the properties of the type that are part of the scheme's fingerprint."""
        return {"type": self.name, **self.options()}

    @property
    def description(self) -> str:
        """What values are, for people: with its article, as in "a choice of flood, storm"."""
        return self.name

    @property
    def instruction(self) -> str:
        """How annotators and models write the value; empty if the type goes without saying."""
        return ""

    def hint(self, key: Key) -> str:
        """Return what an empty text field for a key shows; empty for the name of the field."""
        return ""

    def error(self, *parts: Any) -> str | None:
        """Return what is wrong with parts of the right types; None if they are valid."""
        return None

    def fix(self, *parts: Any) -> str:
        """Return how to fix parts that `error` rejects; empty if there is no more to say than that they are wrong."""
        return ""

    def normalised(self, *parts: Any) -> tuple[Any, ...]:
        """Return valid parts in the one form that records hold; they are told apart by it."""
        return parts

    def same(self, a: Sequence[Any], b: Sequence[Any]) -> bool:
        """Check whether two values are equivalent for scoring; unknown equals only unknown."""
        return tuple(a) == tuple(b)

    def similarity(self, a: Sequence[Any], b: Sequence[Any]) -> float:
        """Return the share from 0 to 1 by which two known values agree, for types with a `share_figure`."""
        return float(self.same(a, b))

    def amount(self, *parts: Any) -> tuple[str, float] | None:
        """Return a known value as a number on a scale; errors are measured between values on the same scale.

        The scale is empty if all values of the type are on it, so that errors in it can be stated: see `error_unit`.
        None if the value is not a number, or the type measures none.
        """
        return None

    def has_true_zero(self, *parts: Any) -> bool:
        """Check whether 0 on the scale of a known value means none of it, so that errors can be shares of values."""
        return True

    @property
    def error_unit(self) -> str | None:
        """Unit of absolute errors, empty for plain numbers; None if the type does not state any."""
        return None

    @property
    def has_amounts(self) -> bool:
        """Whether the type measures how far two values differ."""
        return type(self).amount is not ValueType.amount

    @property
    def checks_parts(self) -> bool:
        """Whether `error` checks anything beyond the types of the keys."""
        return type(self).error is not ValueType.error

    @property
    def normalises_parts(self) -> bool:
        """Whether valid parts may have another form than records hold."""
        return type(self).normalised is not ValueType.normalised

    def text(self, *parts: Any) -> str:
        """Return known parts on one line, for people."""
        return " ".join(str(part) for part in parts if part is not None)

    def link(self, *parts: Any) -> str:
        """Return the address of a page on what the value names; empty if there is none."""
        return ""
