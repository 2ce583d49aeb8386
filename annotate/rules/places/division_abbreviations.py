"""Abbreviations of states and provinces: "Springfield, Ill.", "Dallas, TX", "Perth, W.A."; alone, "B.C."."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ....schema import Place
from ..passage import Mention, Passage
from ..tokens import Tokens
from ..word_lists import word_groups
from .place_containment import Container

_COUNTRIES = {"USA": "usa_divisions", "CAN": "can_divisions", "AUS": "aus_divisions"}
_LONGEST_TOWN = 4


def _abbreviations() -> dict[str, list[tuple[str, str]]]:
    """Return country and key of divisions by their abbreviations in lower case, with and without a full stop."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for country, group in _COUNTRIES.items():
        for short, name in word_groups(group).items():
            for written in (short, f"{short}."):
                found[written].append((country, name))
    return dict(found)


_DIVISIONS = _abbreviations()


def find_division_abbreviations(passage: Passage) -> None:
    """Find the abbreviations of divisions, and the towns before them that only small settlements are named like."""
    tokens = passage.tokens
    for index in passage.capitals:
        word = tokens.words[index]
        short = word.lower.rstrip(".")
        if short not in _DIVISIONS or passage.blocked[index] or not _is_written_short(tokens, index):
            continue
        places = [place for key in _DIVISIONS[short] if (place := _division(passage, *key)) is not None]
        if tokens.lower(index - 1) == "," and tokens.same_sentence(index - 1, index):
            _add_behind_town(passage, index, places)
        elif "." in short.rstrip(".") and word.upper:
            _add_alone(passage, index, places)


def _is_written_short(tokens: Tokens, index: int) -> bool:
    """Check whether a word is written as an abbreviation: a code in capitals, before a full stop, or in a dateline."""
    word = tokens.words[index]
    return word.upper or (word.capital and (word.text.endswith(".") or tokens.lower(index + 1) in (".", "(")))


def _division(passage: Passage, country: str, key: str) -> Place | None:
    entry = passage.lexicon.get(key)
    found = entry.places if entry is not None else []
    return next((place for place in found if place.level == 1 and place.country == country), None)


def _add_alone(passage: Passage, index: int, places: list[Place]) -> None:
    """Add an abbreviation without a town, unless a number or "century" is before it, as in "44 B.C."."""
    before = passage.tokens.words[index - 1] if index else None
    if before is None or not (before.number or before.digits or before.lower in ("century", "millennium")):
        _add(passage, index, places)
    else:
        passage.blocked[index] = True
        if (known := passage.mention_at(index)) is not None:
            passage.drop(known)


def _add_behind_town(passage: Passage, index: int, places: list[Place]) -> None:
    """Add an abbreviation if a town in one of the divisions is before the comma before it."""
    comma = index - 1
    for place in places:
        container = Container(Mention(index, index + 1, "place", places=[place]), place, place.country)
        town = passage.mention_at(comma - 1)
        if town is not None and town.last == comma and any(map(container.holds, town.places)):
            _add(passage, index, [place])
            return
        if (village := _village_before(passage, comma, container)) is not None:
            passage.add(village)
            _add(passage, index, [place])
            return


def _village_before(passage: Passage, end: int, container: Container) -> Mention | None:
    """Return the longest name of a small settlement in a division that ends before a word."""
    tokens = passage.tokens
    for first in _starts_of_name(passage, end):
        key = " ".join(word.part for word in tokens.words[first:end] if word.part)
        held = [place for place in passage.lexicon.villages(key) if container.holds(place)]
        if held:
            return Mention(first, end, "place", places=held[:1])
    return None


def _starts_of_name(passage: Passage, end: int) -> Iterator[int]:
    """Yield where a name that ends before a word may start, the farthest first."""
    tokens = passage.tokens
    first = end
    while first and end - first < _LONGEST_TOWN and tokens.words[first - 1].capital:
        if not tokens.same_sentence(first - 1, end):
            break
        first -= 1
    yield from range(first, end)


def _add(passage: Passage, index: int, places: list[Place]) -> None:
    """Add the mention of an abbreviation with its full stop."""
    tokens = passage.tokens
    split = (
        tokens.lower(index + 1) == "." and tokens.is_joined(index + 1) and not tokens.words[index].text.endswith(".")
    )
    last = index + 2 if split and not tokens.words[index].upper else index + 1
    passage.add(Mention(index, last, "place", places=places))
