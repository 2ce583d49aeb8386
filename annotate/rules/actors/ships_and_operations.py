"""Names of ships and operations: warships are actors, merchant ships and operations neither actors nor places (A2)."""

from __future__ import annotations

from ..known_names import slug
from ..passage import Mention, Passage
from ..word_lists import word_list

_SHIP_PREFIXES = word_list("ship_prefixes")
_MERCHANT_PREFIXES = word_list("merchant_prefixes")
_CAPITAL_PREFIXES = word_list("capital_merchant_prefixes")
_VESSEL_NOUNS = word_list("vessel_nouns")
_NATIONAL_PREFIXES = ("USS", "HMS", "FS")
_WARSHIP_NOUNS = word_list("warship_nouns")
_PARTICLES = word_list("name_particles")
NAMING_WORDS = (
    _SHIP_PREFIXES | _MERCHANT_PREFIXES | _VESSEL_NOUNS | _WARSHIP_NOUNS | frozenset(("operation", "v", "carrier"))
)
"""Words, in lower case, before the name of a ship or operation."""


def read_ship_or_operation(passage: Passage, index: int) -> None:
    """Find the warship, or exclude the merchant ship or operation, that a word of `NAMING_WORDS` introduces."""
    word = passage.tokens.words[index]
    if word.capital and not passage.blocked[index]:
        if word.lower in _SHIP_PREFIXES and word.upper:
            _find_ship(passage, index)
        elif word.lower == "operation":
            _exclude_operation(passage, index)
    if word.lower in _WARSHIP_NOUNS or (word.lower == "carrier" and passage.tokens.lower(index - 1) == "aircraft"):
        _find_named_warship(passage, index)
    elif word.lower in _MERCHANT_PREFIXES or word.lower in _VESSEL_NOUNS or word.lower == "v":
        _exclude_merchant_ship(passage, index)


def _find_ship(passage: Passage, index: int) -> None:
    last = _capitalised_end(passage, index + 1, limit=3)
    if last > index + 1:
        surface = passage.surface(index, last)
        actor = next(iter(passage.lexicon.actors.find(surface)), None)
        passage.add(Mention(index, last, "actor", actor=actor, id=slug(surface), kind="military"))


def _find_named_warship(passage: Passage, noun: int) -> None:
    """Find the warship without a prefix that a noun introduces: "the frigate Admiral Makarov"."""
    tokens = passage.tokens
    if tokens.words[noun].capital or tokens.headline[tokens.sentence[noun]]:
        return
    first = noun + 1
    last = _ship_name_end(passage, first)
    if last == first or tokens.lower(first) in _SHIP_PREFIXES:
        return
    word = tokens.words[last] if tokens.same_sentence(first, last) else None
    if word is not None and word.hyphen and tokens.is_joined(last):
        return  # "the destroyer Arleigh Burke-class"
    surface = passage.surface(first, last)
    names = (surface, *(f"{prefix} {surface}" for prefix in _NATIONAL_PREFIXES))
    found = (actor for name in names for actor in passage.lexicon.actors.find(name))
    actor = next((actor for actor in found if actor.kind == "military"), None)
    passage.add(Mention(first, last, "actor", actor=actor, id=slug(surface), kind="military"))


def _ship_name_end(passage: Passage, first: int) -> int:
    """Return the end of the capitalised words of a ship's name, with particles between them."""
    tokens = passage.tokens
    last = _capitalised_end(passage, first, limit=3)
    while last > first and tokens.same_sentence(first, last) and tokens.lower(last) in _PARTICLES:
        end = _capitalised_end(passage, last + 1, limit=2)
        if end == last + 1:
            break
        last = end
    return last


def _exclude_merchant_ship(passage: Passage, index: int) -> None:
    """Exclude the name of a merchant ship, which is neither actor nor place (A2)."""
    tokens = passage.tokens
    lower = tokens.lower(index)
    if lower == "v" and not (index >= 2 and tokens.lower(index - 1) == "/" and tokens.lower(index - 2) == "m"):
        return
    if lower in _CAPITAL_PREFIXES and not tokens.words[index].upper:
        return
    last = _capitalised_end(passage, index + 1, limit=3)
    if lower in _VESSEL_NOUNS and last == index + 2 and tokens.words[index + 1].upper:
        return
    for position in range(index + 1, last):
        if (owner := passage.owners[position]) is not None:
            passage.drop(owner)
    for position in range(index if lower in _MERCHANT_PREFIXES or lower == "v" else index + 1, last):
        passage.blocked[position] = True


def _exclude_operation(passage: Passage, index: int) -> None:
    """Exclude the name of an operation, which is neither actor nor place (A2)."""
    for position in range(index, _capitalised_end(passage, index + 1, limit=4)):
        if (owner := passage.owners[position]) is not None:
            passage.drop(owner)
        passage.blocked[position] = True


def _capitalised_end(passage: Passage, first: int, *, limit: int) -> int:
    tokens = passage.tokens
    last = first
    while (
        last < min(first + limit, len(tokens))
        and tokens.same_sentence(first - 1, last)
        and tokens.words[last].capital
        and not passage.blocked[last]
        and "calendar" not in tokens.classes(last)
    ):
        last += 1
    return last
