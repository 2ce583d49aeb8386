"""The places that names stand for: by what is stated beside them, else by what the document is about.

All mentions of one name mean one place, unless the text states otherwise. A name stays without a place, and so without
a point, if nothing speaks for the likeliest one, or several are as likely: a wrong point is worse than none.
"""

from __future__ import annotations

from typing import Any

from ....schema import Place, distance_km
from ..passage import Mention, Passage
from .place_containment import Container, held_places, is_listed, stated_containers
from .place_evidence import PlaceEvidence, is_capital, is_reliable, place_key, prior

_SUPPORTED = 0.5
"""How much must speak for a place beside its size."""

_Key = tuple[str, ...]

_WELL_KNOWN = 5.5
"""Prior from which a place may be meant without anything else that speaks for it: 300,000 people."""

_FAMOUS = 6.0
"""Prior of cities and divisions of a million people."""

_MARGIN = 0.5
"""How much likelier than any place far from it a place must be without anything else that speaks for it."""

_CLEAR = 1.0
"""How much likelier a place must be to speak for others."""

_NEAR_KM, _SUBURB_KM = 161, 40
_VILLAGE_SUPPORT, _VILLAGE_LEAD = 2.3, 1.2
"""How much must speak for a village, and how much more than for the likeliest larger place of its name."""


def qualify_places(passage: Passage, evidence: PlaceEvidence) -> None:
    """Choose the places that the text states the country or division of, and gather what is known without a choice."""
    for mention in list(passage.mentions()):
        if mention.name_kind in ("place", "capital"):
            _qualify(passage, mention, evidence)
    for mention in passage.mentions():
        alone = mention.name_kind == "place" and not mention.weak and len(mention.places) == 1
        if alone and is_reliable(mention.places[0]):
            evidence.add(mention.places[0])


def _is_division(mention: Mention) -> bool:
    """Check whether a name most likely means a large division, of which a list may have several."""
    first = mention.places[0] if mention.places else None
    return first is not None and first.kind in ("admin", "region") and first.level != 2


def _qualify(passage: Passage, mention: Mention, evidence: PlaceEvidence) -> None:
    containers = stated_containers(passage, mention)
    is_division = _is_division(mention)
    if is_division:  # another division of its country is the next of a list; a country, or one of another, tells
        containers = [found for found in containers if not found.place or found.country != mention.places[0].country]
    if not containers:
        return
    held, container = held_places(mention.places, containers)
    if container is None and is_division:
        return
    if container is None:
        key = " ".join(place_key(passage, mention.first, mention.last))
        held, container = held_places(passage.lexicon.villages(key), containers)
    if container is None:
        if containers[0].mention.name_kind == "place" and not is_listed(passage, containers[0].mention):
            mention.places = [place for place in mention.places if place.country == containers[0].country]
        return
    chosen = evidence.rank(held, mention)[:1]
    _mean(mention, chosen[0])
    evidence.senses.setdefault(place_key(passage, mention.first, mention.last), chosen[0])
    evidence.add(chosen[0])
    _settle_container(passage, container, chosen[0], evidence)


def _settle_container(passage: Passage, container: Container, held: Place, evidence: PlaceEvidence) -> None:
    """Let the name of a country or division mean the one that the place before it lies in: "Atlanta, Georgia"."""
    mention, place = container.mention, container.place
    mention.weak = False
    also_city = bool(mention.places) and mention.places[0].kind == "settlement"
    if place is None or (also_city and _is_near(mention.places[0], held, _SUBURB_KM)):
        return  # "Brooklyn, New York" is in the city
    _mean(mention, place)
    evidence.add(place)
    if not also_city:  # elsewhere in the text, "New York" still is the city
        evidence.senses[place_key(passage, mention.first, mention.last)] = place


def _mean(mention: Mention, place: Place, choice: str = "stated") -> None:
    """Let a name mean a place, and not the state or government that others of this name stand for."""
    mention.places = [place]
    mention.choice = choice
    mention.weak = False
    is_country = mention.name_kind == "state" and place.kind == "country"
    if mention.name_kind in ("state", "capital") and not is_country and not is_capital(place, mention):
        mention.name_kind, mention.actor = "place", None


def rank_places(mention: Mention, evidence: PlaceEvidence) -> list[Place]:
    """Return the places that a name may stand for, likeliest first."""
    return evidence.rank(mention.places, mention) if len(mention.places) > 1 else mention.places


def settle_places(passage: Passage, evidence: PlaceEvidence) -> None:
    """Choose the places of all names, first of those that are likelier by far, which then speak for the others."""
    if evidence.senses:
        _apply_senses(passage, evidence)
    groups = _same_names(passage)
    for _ in range(2):
        for _, mentions in groups:
            _weigh(mentions[0], evidence)
    for key, mentions in groups:
        _leave_capital(mentions[0])
        if mentions[0].name_kind == "place":
            _keep_certain(key, mentions[0], passage, evidence)
        for mention in mentions[1:]:
            mention.places, mention.place_kind = mentions[0].places, mentions[0].place_kind
            mention.name_kind, mention.actor = mentions[0].name_kind, mentions[0].actor
            mention.choice = mentions[0].choice


def _apply_senses(passage: Passage, evidence: PlaceEvidence) -> None:
    """Let names mean the places that the text states the country or division of elsewhere."""
    for mention in passage.mentions():
        if mention.name_kind in ("place", "capital", "state"):
            sense = evidence.senses.get(place_key(passage, mention.first, mention.last))
            if sense is not None and (len(mention.places) != 1 or mention.places[0] == sense):
                _mean(mention, sense)


def _same_names(passage: Passage) -> list[tuple[_Key, list[Mention]]]:
    """Return the mentions of each name of a place that have the same places to choose from, with the name's words."""
    groups: dict[tuple[Any, ...], tuple[_Key, list[Mention]]] = {}
    for mention in passage.mentions():
        if mention.name_kind in ("place", "capital"):
            key = place_key(passage, mention.first, mention.last)
            first = mention.places[0].id if mention.places else ""
            same = groups.setdefault(
                (key, mention.name_kind, mention.place_kind, first, len(mention.places)), (key, [])
            )
            same[1].append(mention)
    return list(groups.values())


def _weigh(mention: Mention, evidence: PlaceEvidence) -> None:
    """Rank the places of a name; if the likeliest is clear, let it speak for others."""
    if not mention.places:
        return
    if mention.places[0].id not in evidence.known:
        mention.places = rank_places(mention, evidence)
        if not _is_clear(mention, evidence):
            mention.choice = mention.choice or "narrow"
            return
        evidence.add(mention.places[0])
    if mention.choice != "stated":
        mention.choice = "clear"


def _leave_capital(mention: Mention) -> None:
    """Let the name of a capital mean another city if that is likelier."""
    city = next((place for place in mention.places if place.kind == "settlement"), None)
    if mention.name_kind == "capital" and city is not None and not is_capital(city, mention):
        _mean(mention, city, mention.choice)


def _is_clear(mention: Mention, evidence: PlaceEvidence) -> bool:
    """Check whether the likeliest place is likelier by far than any far from it, and not by its size alone."""
    first = mention.places[0]
    likely = prior(first) >= _FAMOUS or evidence.support(first) >= _SUPPORTED
    return likely and (len(mention.places) == 1 or _lead(mention, evidence) >= _CLEAR)


def _lead(mention: Mention, evidence: PlaceEvidence) -> float:
    """Return how much likelier the likeliest place is than any far from it."""
    first = mention.places[0]
    rival = next((place for place in mention.places[1:] if not _is_near(first, place)), None)  # they are ranked
    return evidence.score(first, mention) - (evidence.score(rival, mention) if rival else 0.0)


def _keep_certain(key: _Key, mention: Mention, passage: Passage, evidence: PlaceEvidence) -> None:
    """Leave a name without a place if it is not certain enough which is meant, or let it mean a village nearby."""
    if mention.place_kind in (None, "settlement") and not _is_division(mention):
        village = _village(key, mention, passage, evidence)
        if village is not None:
            mention.places, mention.choice = [village], "village"
            return
    if mention.places and _is_uncertain(mention, evidence):
        mention.place_kind = mention.place_kind or mention.places[0].kind
        mention.places = []


def _is_uncertain(mention: Mention, evidence: PlaceEvidence) -> bool:
    """Check whether nothing but its size or its rare name speaks for the likeliest place, and that does not suffice.

    A text that names no country does not speak against a small town either.
    """
    first = mention.places[0]
    if prior(first) >= _FAMOUS or evidence.support(first) >= _SUPPORTED:
        return False
    elsewhere = bool(evidence.countries) and prior(first) < _WELL_KNOWN
    return elsewhere or _lead(mention, evidence) < _MARGIN


def _is_near(one: Place, other: Place, km: int = _NEAR_KM) -> bool:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return one.country == other.country
    return distance_km((one.lat, one.lon), (other.lat, other.lon)) <= km


def _village(key: _Key, mention: Mention, passage: Passage, evidence: PlaceEvidence) -> Place | None:
    """Return the village that a name means for where the document's other places are; None unless there is just one."""
    least = _VILLAGE_SUPPORT
    if mention.places:
        support = evidence.support(mention.places[0])
        if support >= _VILLAGE_SUPPORT:
            return None
        least = max(least, support + _VILLAGE_LEAD)
    villages = passage.lexicon.villages(" ".join(key))
    near = [place for place in villages if place not in mention.places and evidence.support(place) >= least]
    return near[0] if len(near) == 1 else None
