"""The value types of which a scheme composes the value of a label.

Each type is implemented once: which JSON keys it fills, what it accepts, how two of its values compare. A scheme names
the types; it adds no code. A field of type `coordinates` fills the keys `lat` and `lon`, one of type `interval`
the keys `min`, `max` and `approx`; every other type fills one key, named like the field.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import asin, cos, radians, sin, sqrt
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from .edtf import edtf_fault

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG), for great-circle distances."""

SAME_PLACE_KM = 25.0
"""Coordinates at most this far apart count as the same place."""

AUTHORITIES = ("actors", "places", "iso-3166-1")
"""Where identifiers can be looked up: the actor registry, the gazetteer, the ISO list of countries (a closed one)."""

_MAX_COUNT = 2**63 - 1  # Parquet holds 64-bit integers


@dataclass(frozen=True, slots=True)
class Key:
    """One JSON key of a value.

    Attributes:
        name: The key.
        base: The type of its contents: str, int, float or bool.
        type: The same with its limits, as msgspec reads it.
        default: What stands where the key is absent.
    """

    name: str
    base: type[str | int | float | bool]
    type: Any
    default: Any = None


def _one_of(choices: tuple[str, ...]) -> Any:
    literal: Any = Literal  # built at run time from a scheme, which no type checker can follow
    return literal[choices] | None


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance in km of two (latitude, longitude) pairs in degrees (haversine formula)."""
    (lat1, lon1), (lat2, lon2) = ((radians(x), radians(y)) for x, y in (a, b))
    chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


@cache
def country_codes() -> tuple[str, ...]:
    """ISO 3166-1 alpha-3 codes, present and withdrawn, and XKX, the user-assigned code in use for Kosovo."""
    import pycountry

    today = (country.alpha_3 for country in pycountry.countries)
    past = (country.alpha_3 for country in pycountry.historic_countries)
    return tuple(sorted({*today, *past, "XKX"}))


class ValueType(ABC):
    """A kind of value: the keys it fills, and what of its parts must agree.

    `parts` are always the values of `keys`, in that order.
    """

    name: ClassVar[str]

    @abstractmethod
    def keys(self, field: str) -> tuple[Key, ...]:
        """The JSON keys that a field of this name fills."""

    def spec(self) -> dict[str, Any]:
        """What of the type enters the scheme's fingerprint."""
        return {"type": self.name}

    def fault(self, *parts: Any) -> str | None:
        """What is wrong with parts that each have their type, or None."""
        return None

    def same(self, a: Sequence[Any], b: Sequence[Any]) -> bool:
        """Whether two values mean the same for scoring; unknown equals only unknown."""
        return tuple(a) == tuple(b)

    @property
    def checks_parts(self) -> bool:
        """Whether `fault` can ever answer: what the key types say already needs no second look."""
        return type(self).fault is not ValueType.fault


@dataclass(frozen=True, slots=True)
class Choice(ValueType):
    """One of a closed list of strings.

    Attributes:
        cues: For each choice that has some, words near a span that speak for it; they help checks and extractors and
            are no part of what the type is.
    """

    choices: tuple[str, ...] = field(compare=False)
    cues: tuple[tuple[str, tuple[str, ...]], ...] = field(default=(), compare=False)
    members: frozenset[str] = field(init=False)  # what two choices are compared by: their order is for display
    name: ClassVar[str] = "choice"

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", frozenset(self.choices))

    def keys(self, field: str) -> tuple[Key, ...]:
        """One key that holds one of the choices."""
        return (Key(field, str, _one_of(tuple(sorted(self.choices)))),)

    def spec(self) -> dict[str, Any]:
        """The choices, sorted: their order is for display."""
        return {"type": self.name, "choices": sorted(self.choices)}


@dataclass(frozen=True, slots=True)
class Identifier(ValueType):
    """The name of a thing outside the text, from a registry (`authority`) or free.

    ISO codes are a closed list and checked on reading; the registry and the gazetteer are open, so an id that they
    lack is a matter for review, not for refusal.
    """

    authority: str | None = None
    name: ClassVar[str] = "identifier"

    def keys(self, field: str) -> tuple[Key, ...]:
        """One key that holds a non-empty string, or a country code."""
        codes = country_codes() if self.authority == "iso-3166-1" else ()
        return (Key(field, str, _one_of(codes) if codes else Annotated[str, Meta(min_length=1)] | None),)

    def spec(self) -> dict[str, Any]:
        """The authority; not its contents, which grow."""
        return {"type": self.name, "authority": self.authority}


@dataclass(frozen=True, slots=True)
class Interval(ValueType):
    """A range of whole numbers, inclusive, either end open (null), and whether the text says it roughly."""

    name: ClassVar[str] = "interval"

    def keys(self, field: str) -> tuple[Key, ...]:
        """`min` and `max`, 0 or more or null; `approx`, false unless said."""
        bound = Annotated[int, Meta(ge=0, le=_MAX_COUNT)] | None
        return Key("min", int, bound), Key("max", int, bound), Key("approx", bool, bool | None, False)

    def fault(self, *parts: Any) -> str | None:
        """A minimum above the maximum."""
        low, high, _ = parts
        return f"min {low} is above max {high}" if low is not None and high is not None and low > high else None

    def same(self, a: Sequence[Any], b: Sequence[Any]) -> bool:
        """The same ends; how roughly they were said does not matter."""
        return tuple(a[:2]) == tuple(b[:2])


@dataclass(frozen=True, slots=True)
class EdtfDate(ValueType):
    """A date or interval of dates in the EDTF profile of `goldspan.schema.edtf`."""

    name: ClassVar[str] = "edtf"

    def keys(self, field: str) -> tuple[Key, ...]:
        """One key that holds an EDTF string."""
        return (Key(field, str, str | None),)

    def fault(self, *parts: Any) -> str | None:
        """Anything outside the profile."""
        return None if parts[0] is None else edtf_fault(parts[0])


@dataclass(frozen=True, slots=True)
class Coordinates(ValueType):
    """A representative point in decimal degrees, WGS 84."""

    name: ClassVar[str] = "coordinates"

    def keys(self, field: str) -> tuple[Key, ...]:
        """`lat` from -90 to 90 and `lon` from -180 to 180, or both null."""
        lat = Annotated[float, Meta(ge=-90, le=90)] | None
        lon = Annotated[float, Meta(ge=-180, le=180)] | None
        return Key("lat", float, lat), Key("lon", float, lon)

    def fault(self, *parts: Any) -> str | None:
        """One coordinate without the other."""
        lat, lon = parts
        return "lat and lon must be given together" if (lat is None) != (lon is None) else None

    def same(self, a: Sequence[Any], b: Sequence[Any]) -> bool:
        """At most 25 km apart; a point that is not known is near nothing."""
        if None in a or None in b:
            return False
        return distance_km((a[0], a[1]), (b[0], b[1])) <= SAME_PLACE_KM


@dataclass(frozen=True, slots=True)
class Text(ValueType):
    """Free text."""

    name: ClassVar[str] = "text"

    def keys(self, field: str) -> tuple[Key, ...]:
        """One key that holds a string."""
        return (Key(field, str, str | None),)


VALUE_TYPES: Mapping[str, type[ValueType]] = {
    kind.name: kind for kind in (Choice, Identifier, Interval, EdtfDate, Coordinates, Text)
}
"""The value types by the name that a scheme file uses."""
