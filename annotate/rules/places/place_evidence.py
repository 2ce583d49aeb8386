"""What a document says about where its places lie: the countries and divisions it names, and its other places."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

from ....schema import Place, distance_km
from ..passage import Mention, Passage

_OWN_PRIOR = 7.0
"""The prior of a country, and of a place of the project's own table, which conflict news is about."""

_SECOND_LEVEL = 1.5
"""The prior of a second-level division is this and half of that of a city: large ones are hardly named more often."""

_FAME = 0.6
"""How much the number of its other names, most of them in other languages, says of how well a place is known."""

_CAPITAL_BONUS = 2.0
_COUNTRY_NAMED, _COUNTRY_SHARE = 0.5, 1.0
_DIVISION_NAMED, _DIVISION_SHARE = 1.0, 0.7
_KM_PER_DEGREE = 111.2
_NEAR = tuple((km / _KM_PER_DEGREE, gain) for km, gain in ((30, 1.5), (100, 1.2), (250, 0.8), (600, 0.3)))
"""Up to which distance, in degrees, another place of the document speaks for a place, and how much."""

_FARTHEST = 6.0
"""Degrees from which on no distance counts."""

_RELIABLE = 5.0
_SMALL_KM = 20

_DIVIDING_MARKS = frozenset(",();:")

_SITE_KM = 150
"""Places that extend further say nothing about what is near them."""


@dataclass(slots=True)
class PlaceEvidence:
    """The places that a document names, as evidence for others. Scores are on the scale of powers of ten of people.

    Attributes:
        countries: How often the document names each country, or a place in it.
        divisions: How often it names each first-level division, by country and code, or a place in it.
        sites: The points of the places among those known that are not large, by their ids.
        known: The ids of the places that the document means without doubt.
        senses: Places that the text states the country or division of, by the words of their name.
    """

    countries: Counter[str] = field(default_factory=Counter)
    divisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    sites: dict[str, tuple[float, float]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    senses: dict[tuple[str, ...], Place] = field(default_factory=dict)

    def add(self, place: Place) -> None:
        """Add a place that the document means without doubt."""
        if place.id in self.known:
            return
        self.known.add(place.id)
        self.countries[place.country] += 1
        if place.admin1:
            self.divisions[place.country, place.admin1] += 1
        small = place.kind not in ("country", "region") and (place.radius_km or 0) <= _SITE_KM
        if small and place.lat is not None and place.lon is not None:
            self.sites[place.id] = (place.lat, place.lon)

    def score(self, place: Place, mention: Mention) -> float:
        """Return how likely a name means a place: its people, and what the document names around it."""
        return prior(place) + self.support(place) + (_CAPITAL_BONUS if is_capital(place, mention) else 0.0)

    def support(self, place: Place) -> float:
        """Return how much of what the document names speaks for a place; 0 for nothing."""
        total = 0.0
        if named := self.countries.get(place.country, 0):
            total += _COUNTRY_NAMED + _COUNTRY_SHARE * named / max(self.countries.values())
        if place.admin1 and (named := self.divisions.get((place.country, place.admin1), 0)):
            total += _DIVISION_NAMED + _DIVISION_SHARE * named / max(self.divisions.values())
        return total + self._nearness(place)

    def _nearness(self, place: Place) -> float:
        if place.lat is None or place.lon is None or not self.sites:
            return 0.0
        lat, lon, scale = place.lat, place.lon, math.cos(math.radians(place.lat))
        nearest = _FARTHEST
        for number, (south, east) in self.sites.items():
            if abs(south - lat) < nearest and number != place.id:
                nearest = min(nearest, math.hypot(south - lat, (east - lon) * scale))
        return next((gain for degrees, gain in _NEAR if nearest <= degrees), 0.0)

    def rank(self, places: list[Place], mention: Mention) -> list[Place]:
        """Return places by their scores, likeliest first; of equal ones, those that came first.

        A city that comes before the division of its name around it in the gazetteer does so here.
        """
        scores = {place.id: self.score(place, mention) for place in places}
        for index, city in enumerate(places):
            if city.kind == "settlement":
                around = [scores[other.id] for other in places[index + 1 :] if other.level and is_around(other, city)]
                scores[city.id] = max(scores[city.id], *around, 0.0)
        wanted = mention.place_kind
        return sorted(places, key=lambda place: (wanted is not None and place.kind != wanted, -scores[place.id]))


def is_around(division: Place, place: Place) -> bool:
    """Check whether a division is the one around a place, as far as country, first-level division and extent tell."""
    if division.country != place.country or division.admin1 != place.admin1:
        return False
    if division.level == 1 or None in (division.lat, division.lon, place.lat, place.lon):
        return True
    centre, point = (division.lat or 0.0, division.lon or 0.0), (place.lat or 0.0, place.lon or 0.0)
    return distance_km(centre, point) <= 2 * (division.radius_km or _SMALL_KM) + _SMALL_KM


def is_reliable(place: Place) -> bool:
    """Check whether the only place of a name speaks for others: villages share their names with much else."""
    return prior(place) >= _RELIABLE


def prior(place: Place) -> float:
    """Return how likely a name means a place without any context."""
    if not place.population and not place.level:
        return _OWN_PRIOR
    people = math.log10(max(place.population, 10))
    if place.level == 2:
        return _SECOND_LEVEL + people / 2
    return people + _FAME * math.log10(1 + len(place.aliases))


def is_capital(place: Place, mention: Mention) -> bool:
    """Check whether a place is the seat of government that its name stands for."""
    capitals = mention.entry.capitals if mention.entry is not None else []
    return place.kind == "settlement" and any(actor.country == place.country for actor in capitals)


def place_key(passage: Passage, first: int, last: int) -> tuple[str, ...]:
    """Return the words of a place's name without case and hyphens; an empty word if punctuation divides them."""
    words = passage.tokens.words[first:last]
    if not _DIVIDING_MARKS.isdisjoint([word.text for word in words]):
        return ("",)
    return tuple([word.part for word in words if word.part])
