"""Places with the country or division that they lie in: "Paris, Texas", "MAIDUGURI Nigeria", "Iraq's Mosul"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ....schema import Place, distance_km
from ..passage import Mention, Passage

_FAR_KM = 300
"""How far from its point a division without a known extent may reach."""

_MOST_OPTIONS = 6
_JOINTS = (",", "and", "or")


@dataclass(frozen=True, slots=True)
class Container:
    """A country or division that a text states for a place.

    Attributes:
        mention: Its mention.
        place: Its entry; None for a country.
        country: Its country.
    """

    mention: Mention
    place: Place | None
    country: str

    def holds(self, place: Place) -> bool:
        """Check whether a place lies in it."""
        if place.country != self.country or place == self.place:
            return False
        if self.place is None or self.place.kind == "country":
            return True
        if self.place.level == 2 or not (self.place.admin1 and place.admin1):
            return self._is_around(place)
        return self.place.admin1 == place.admin1

    def _is_around(self, place: Place) -> bool:
        around = self.place
        if around is None or None in (around.lat, around.lon, place.lat, place.lon):
            return around is None or not (around.admin1 and place.admin1) or around.admin1 == place.admin1
        there, here = (around.lat or 0.0, around.lon or 0.0), (place.lat or 0.0, place.lon or 0.0)
        return distance_km(there, here) <= 1.5 * (around.radius_km or _FAR_KM)


def stated_containers(passage: Passage, mention: Mention) -> list[Container]:
    """Return what the text states a place to lie in, one for each that the name of the country or division may mean."""
    beside = _mention_behind(passage, mention) or _owner(passage, mention)
    return [] if beside is None else list(_containers(beside))


def _mention_behind(passage: Passage, mention: Mention) -> Mention | None:
    tokens, last = passage.tokens, mention.last
    if not tokens.same_sentence(mention.first, last):
        return None
    if tokens.lower(last) in (",", "("):
        first = last + 1
        while "direction" in tokens.classes(first) and not tokens.words[first].capital:
            first += 1  # "Redding, northern California"
        behind = passage.mention_at(first)
        return behind if behind is not None and behind.first == first else None
    behind = passage.mention_at(last)
    return behind if behind is not None and behind.name_kind == "state" and behind.first == last else None


def _owner(passage: Passage, mention: Mention) -> Mention | None:
    return passage.mention_at(mention.first - 2) if passage.is_possessive(mention.first - 1) else None


def _containers(mention: Mention) -> Iterator[Container]:
    if mention.name_kind == "state" and mention.actor is not None:
        yield Container(mention, None, mention.actor.country)
    elif mention.name_kind not in ("place", "state"):
        return
    for place in mention.places[:_MOST_OPTIONS]:
        if place.kind in ("admin", "region") and place.country:
            yield Container(mention, place, place.country)


def is_listed(passage: Passage, container: Mention) -> bool:
    """Check whether a list continues behind a country or division: "Paris, Texas and London"."""
    behind = container.last
    joint = passage.tokens.lower(behind)
    following = passage.mention_at(behind + 1)
    return (
        joint in (",", "and", "or") and following is not None and following.name_kind in ("place", "state", "capital")
    )


def held_places(places: Iterable[Place], containers: list[Container]) -> tuple[list[Place], Container | None]:
    """Return the places that lie in the first container that holds any, and that container."""
    known = list(places)
    for container in containers:
        if held := [place for place in known if container.holds(place)]:
            return held, container
    return [], None
