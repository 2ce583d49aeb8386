"""The places that an ambiguous name may stand for, ranked by the text after it and the countries of the document."""

from __future__ import annotations

from collections import Counter

from ....schema import Place
from ..passage import Mention, Passage


def rank_places(passage: Passage, mention: Mention, countries: Counter[str]) -> list[Place]:
    """Return the places that a name may stand for, likeliest first.

    Args:
        passage: The passage of the mention.
        mention: The name, with its places.
        countries: How often the document mentions each country.
    """
    places = mention.places
    if len(places) == 1:
        return places
    named = _named_countries(passage, mention)
    most_common = countries.most_common(3)
    main = {country for country, count in most_common if count * 4 >= most_common[0][1]}
    wanted_kind = mention.place_kind

    def rank(item: tuple[int, Place]) -> tuple[int, ...]:
        position, place = item
        return (
            0 if place.country in named else 1,
            0 if wanted_kind is None or place.kind == wanted_kind else 1,
            0 if place.country in main else 1 if countries.get(place.country) else 2,
            position,
        )

    return [place for _, place in sorted(enumerate(places), key=rank)]


def _named_countries(passage: Passage, mention: Mention) -> set[str]:
    """Return the countries that are named beside a place: after a comma, or as its possessor."""
    named: set[str] = set()
    following = passage.mention_at(mention.last + 1) if passage.tokens.lower(mention.last) == "," else None
    if following is not None and following.name_kind == "state" and following.actor is not None:
        named.add(following.actor.country)
    elif following is not None and following.name_kind == "place":
        named.update(place.country for place in following.places[:3])
    owner = passage.mention_at(mention.first - 2) if passage.is_possessive(mention.first - 1) else None
    if owner is not None and owner.actor is not None and owner.actor.country:
        named.add(owner.actor.country)
    return named


def drop_unlikely_places(passage: Passage, mention: Mention, countries: Counter[str]) -> None:
    """Drop the places of a name if the likeliest only has it as an alias and is far from what the document is about."""
    place = mention.places[0]
    by_alias = mention.entry is not None and place not in mention.entry.places
    if mention.name_kind != "place" or not by_alias or not countries or passage.tokens.lower(mention.last) == ",":
        return
    if not countries.get(place.country) and place.population < 300_000:
        mention.places, mention.place_kind = [], mention.place_kind or "settlement"
