"""Value types, from which schemes compose the values of their labels.

Each type defines its JSON keys, which parts it accepts, and how two of its values are compared. A scheme only names
the types and adds no code. A field of type `coordinates` has the keys `lat` and `lon`, one of type `interval` the keys
`min`, `max` and `approx`; every other type has a key that is named like the field, and others that begin with its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from msgspec import Meta, to_builtins
from msgspec.structs import asdict

from .data.iso_codes import country_codes
from .edtf import edtf_error, fix_of_edtf
from .values.choices import Boolean, Choices
from .values.durations import Duration
from .values.money import Money
from .values.numbers import Number
from .values.value_type import Key, ValueType, one_of
from .values.wikidata import WikidataItem

if TYPE_CHECKING:
    from .document import Value

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG), for great-circle distances."""

SAME_PLACE_KM = 25.0
"""Coordinates at most this far apart count as the same place."""

AUTHORITIES = ("actors", "places", "iso-3166-1")
"""Sources of identifiers: the actor registry, the gazetteer, and the ISO list of countries, which is closed."""

TABLE = "table:"
"""Before the path of a table of the user's own, where an authority is named."""

_MAX_COUNT = 2**63 - 1  # largest integer that Parquet can store


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance in km of two (latitude, longitude) pairs in degrees (haversine formula)."""
    (lat1, lon1), (lat2, lon2) = ((radians(x), radians(y)) for x, y in (a, b))
    chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


@dataclass(frozen=True, slots=True)
class Choice(ValueType):
    """One of a closed list of strings.

    Attributes:
        cues: For some choices, words near a span that indicate the choice; they are used by checks and extractors and
            do not define the type.
    """

    choices: tuple[str, ...] = field(compare=False)
    cues: tuple[tuple[str, tuple[str, ...]], ...] = field(default=(), compare=False)
    members: frozenset[str] = field(init=False)  # for comparison, as the order of choices matters only for display
    name: ClassVar[str] = "choice"

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", frozenset(self.choices))

    def keys(self, field: str) -> tuple[Key, ...]:
        """Return one key, whose value is one of the choices."""
        return (Key(field, str, one_of(tuple(sorted(self.choices)))),)

    @property
    def examples(self) -> tuple[str, ...]:
        """The first choice."""
        return (f'"{self.choices[0]}"',)

    def spec(self) -> dict[str, Any]:
        """Return the choices, sorted because their order matters only for display."""
        return {"type": self.name, "choices": sorted(self.choices)}

    @property
    def description(self) -> str:
        """The choices."""
        return f"a choice of {', '.join(self.choices)}"

    @property
    def instruction(self) -> str:
        """The choices."""
        return f"one of {', '.join(self.choices)}"


@dataclass(frozen=True, slots=True)
class Identifier(ValueType):
    """An identifier of an entity, from an authority or a table of the user's own, or free.

    ISO codes are a closed list and validated on reading. The registry, the gazetteer and tables are open: ids that they
    lack are valid and left for review.

    Attributes:
        authority: One of `AUTHORITIES`; None for a table, or a free identifier.
        table: Path of a table, as the scheme states it; empty for none.
        path: The same path from the root, by which tables are told apart.
    """

    authority: str | None = None
    table: str = field(default="", compare=False)
    path: str = ""
    name: ClassVar[str] = "identifier"

    def keys(self, field: str) -> tuple[Key, ...]:
        """Return one key, whose value is a non-empty string or a country code."""
        codes = country_codes() if self.authority == "iso-3166-1" else ()
        return (Key(field, str, one_of(codes) if codes else Annotated[str, Meta(min_length=1)] | None),)

    @property
    def examples(self) -> tuple[str, ...]:
        """An identifier."""
        return ('"IRQ"' if self.authority == "iso-3166-1" else '"an-id"',)

    def spec(self) -> dict[str, Any]:
        """Return the authority or the name of the table, without their entries, which may grow."""
        table = {"table": Path(self.table).name} if self.table else {}
        return {"type": self.name, "authority": self.authority, **table}

    def options(self) -> dict[str, Any]:
        """Return the authority, or the table."""
        stated = {"authority": self.authority, "table": self.table}
        return {name: part for name, part in stated.items() if part}

    @property
    def source(self) -> str:
        """The authority, or `table:` and the path of the table; empty for a free identifier."""
        return f"{TABLE}{self.path}" if self.table else self.authority or ""

    @property
    def description(self) -> str:
        """Its authority."""
        return f"an identifier ({self.table or self.authority or 'free'})"

    def hint(self, key: Key) -> str:
        """Return an example of a code, or what else may be written."""
        if self.table:
            return "an id, or a name to look up"
        return {"iso-3166-1": "three letters, as UKR", None: "an id"}.get(self.authority, "an id, or a name to look up")


@dataclass(frozen=True, slots=True)
class Interval(ValueType):
    """An inclusive range of whole numbers, either end of which may be open (null), and whether it is approximate."""

    name: ClassVar[str] = "interval"

    def keys(self, field: str) -> tuple[Key, ...]:
        """Return `min` and `max`, 0 or more or null, and `approx`, false by default."""
        bound = Annotated[int, Meta(ge=0, le=_MAX_COUNT)] | None
        return Key("min", int, bound), Key("max", int, bound), Key("approx", bool, bool | None, False)

    @property
    def examples(self) -> tuple[str, ...]:
        """From about 12 to 24."""
        return "12", "24", "true"

    def error(self, *parts: Any) -> str | None:
        """Reject a minimum above the maximum."""
        low, high, _ = parts
        return f"min {low} is greater than max {high}" if low is not None and high is not None and low > high else None

    def same(self, a: Sequence[Any], b: Sequence[Any]) -> bool:
        """Compare the bounds and ignore `approx`."""
        return tuple(a[:2]) == tuple(b[:2])


@dataclass(frozen=True, slots=True)
class EdtfDate(ValueType):
    """A date or interval of dates in the EDTF profile of `goldspan.schema.edtf`."""

    name: ClassVar[str] = "edtf"

    def keys(self, field: str) -> tuple[Key, ...]:
        """Return one key, whose value is an EDTF string."""
        return (Key(field, str, str | None),)

    @property
    def examples(self) -> tuple[str, ...]:
        """A day."""
        return ('"2023-11-07"',)

    def error(self, *parts: Any) -> str | None:
        """Reject anything outside the profile."""
        return None if parts[0] is None else edtf_error(parts[0])

    def fix(self, *parts: Any) -> str:
        """Return a valid value that may be meant, or how dates are written."""
        return fix_of_edtf(parts[0])

    def hint(self, key: Key) -> str:
        """Return examples."""
        return "as 2023-11-07, 2023-11, 2023-10/2023-11"


@dataclass(frozen=True, slots=True)
class Coordinates(ValueType):
    """A representative point in decimal degrees, WGS 84."""

    name: ClassVar[str] = "coordinates"

    def keys(self, field: str) -> tuple[Key, ...]:
        """Return `lat` from -90 to 90 and `lon` from -180 to 180, or null."""
        lat = Annotated[float, Meta(ge=-90, le=90)] | None
        lon = Annotated[float, Meta(ge=-180, le=180)] | None
        return Key("lat", float, lat), Key("lon", float, lon)

    @property
    def examples(self) -> tuple[str, ...]:
        """A point in Baghdad."""
        return "33.3", "44.4"

    def error(self, *parts: Any) -> str | None:
        """Reject one coordinate without the other."""
        lat, lon = parts
        return "lat and lon must be given together" if (lat is None) != (lon is None) else None

    def same(self, a: Sequence[Any], b: Sequence[Any]) -> bool:
        """Check whether two points are at most 25 km apart; an unknown point matches nothing."""
        if None in a or None in b:
            return False
        return distance_km((a[0], a[1]), (b[0], b[1])) <= SAME_PLACE_KM


@dataclass(frozen=True, slots=True)
class Text(ValueType):
    """Free text."""

    name: ClassVar[str] = "text"

    def keys(self, field: str) -> tuple[Key, ...]:
        """Return one key, whose value is a string."""
        return (Key(field, str, str | None),)

    @property
    def examples(self) -> tuple[str, ...]:
        """A string."""
        return ('"some words"',)


def authority_name(authority: str) -> str:
    """Return the name of an authority in files of other tools; of a table, that of its file without the suffix."""
    if not authority.startswith(TABLE):
        return authority
    return re.sub(r"[^A-Za-z0-9_-]+", "_", Path(authority.removeprefix(TABLE)).stem).strip("_") or "table"


VALUE_TYPES: Mapping[str, type[ValueType]] = {
    kind.name: kind
    for kind in (
        *(Choice, Identifier, Interval, EdtfDate, Coordinates, Text),
        *(Number, Money, Duration, Boolean, Choices, WikidataItem),
    )
}
"""The value types of goldspan by their names in scheme files; packages may provide others."""


def stated_parts(value: Value) -> dict[str, Any]:
    """Return the parts of a value that are known, by their keys."""
    return {key: part for key, part in asdict(value).items() if part is not None}


def value_links(value: Value | None) -> list[str]:
    """Return the addresses of pages on what a value names, such as that of an item of Wikidata; only `https:`."""
    fields = () if value is None else value.__value_fields__
    links = (kind.link(*(getattr(value, key.name) for key in kind.keys(name))) for name, kind in fields)
    return [link for link in links if link.startswith("https://")]


def value_text(value: Value | None) -> str:
    """Return a value as one line of text: its known fields, with `…` for the open end of an interval."""
    if value is None:
        return "unknown"
    parts = to_builtins(value)
    shown: list[str] = []
    for name, kind in value.__value_fields__:
        keys = [key.name for key in kind.keys(name)]
        if isinstance(kind, Interval):
            low, high = (("…" if parts[key] is None else str(parts[key])) for key in ("min", "max"))
            about = "about " if parts["approx"] else ""
            unit = parts.get("unit") or ""
            shown.insert(0, f"{about}{low if low == high else f'{low} to {high}'} {unit}".strip())
        elif name == "unit" and {"min", "max"} <= parts.keys():
            continue  # it is shown with the numbers
        elif keys[0] == name:
            shown += [f"{name} {text}"] if (text := kind.text(*(parts[key] for key in keys))) else []
        else:
            shown += [f"{key} {parts[key]}" for key in keys if parts[key] is not None]
    return ", ".join(shown) or "unknown"
