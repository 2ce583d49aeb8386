"""Unknown names, classified as persons, places or abbreviations by the words around them."""

from __future__ import annotations

from ..known_names import slug
from ..passage import Mention, Passage
from ..places.place_names import OF_PLACES, has_place_cue, is_unknown_name
from ..tokens import is_article
from ..word_lists import word_list
from .persons import NAME_PARTICLES, person_mention

_WEAPON_NOUNS = word_list("weapon_nouns")


def find_unknown_names(passage: Passage) -> None:
    """Classify the capitalised words that belong to no mention yet: as persons, places, abbreviations, or no names."""
    tokens = passage.tokens
    words = tokens.words
    index, end = 0, len(tokens)
    while index < end:
        if not words[index].capital or passage.owners[index] is not None or not is_unknown_name(passage, index):
            index += 1
            continue
        if is_article(tokens, index) and passage.mention_at(index + 1) is not None:
            index += 1
            continue
        last, count = index, 0
        sentence = tokens.sentence[index]
        while last < end and count < 5 and tokens.sentence[last] == sentence and passage.owners[last] is None:
            if is_unknown_name(passage, last):
                last = passage.name_end(last)
                count += 1
            elif (
                count
                and words[last].lower in NAME_PARTICLES
                and last + 1 < end
                and words[last + 1].name_like
                and passage.owners[last + 1] is None
            ):
                last += 1
            else:
                break
        last = _unowned_end(passage, index, min(last, end))
        if known := _hyphenated_place(passage, index):
            passage.add(Mention(known.first, last, "place", place_kind="settlement"))
        elif mention := _classify(passage, index, last, count):
            passage.add(mention)
        index = max(last, index + 1)


def _unowned_end(passage: Passage, first: int, last: int) -> int:
    """Return the end of a run of words without mentions, except for mentions that a hyphen joins to the run."""
    for position in range(first, last):
        owner = passage.owners[position]
        if owner is not None:
            hyphenated = (
                position > first and passage.tokens.words[position - 1].hyphen and passage.tokens.is_joined(position)
            )
            if not hyphenated or not _may_be_half(owner):
                return position - 1 if hyphenated else position  # "Kouré-Bèrè" is one name, "Heb-US" is not
    return last


def _may_be_half(owner: Mention) -> bool:
    """Check whether a known name may be half of a hyphenated one: the name of a place or person, of one word."""
    return owner.actor is None and owner.name_kind in ("place", "person") and owner.last - owner.first == 1


def _hyphenated_place(passage: Passage, index: int) -> Mention | None:
    """Return the place that a hyphen joins to an unknown word, which makes them one name: "Bèrè-Kouré"."""
    tokens = passage.tokens
    hyphenated = (
        index > 1 and tokens.words[index - 1].hyphen and tokens.is_joined(index) and tokens.is_joined(index - 1)
    )
    owner = passage.mention_at(index - 2) if hyphenated and not tokens.headline[tokens.sentence[index]] else None
    return owner if owner is not None and owner.name_kind == "place" and _may_be_half(owner) else None


def _classify(passage: Passage, first: int, last: int, count: int) -> Mention | None:
    """Return the mention for a run of unknown capitalised words, by the words around it; None if it is not a name."""
    tokens = passage.tokens
    words = tokens.words
    word = words[first]
    headline = tokens.headline[tokens.sentence[first]]
    if last <= first or (headline and not has_place_cue(passage, first)):
        return None
    before = passage.index_before(first)
    lower = tokens.lower(before) if before >= 0 else ""
    following = tokens.lower(last) if tokens.same_sentence(first, last) else ""
    if following in _WEAPON_NOUNS:
        return None
    if count == 1 and word.upper and 2 <= len(word.text) <= 7:
        # a word in capitals starts a dateline or is an abbreviation
        if tokens.starts_sentence(first) and following in (",", "–", "—", "-", "(") and len(word.text) > 3:
            return Mention(first, last, "place", place_kind="settlement")
        return Mention(first, last, "actor", id=slug(word.text), kind="organization", weak=True)
    if _is_place(passage, first, last, count):
        start = first
        if (
            first
            and words[first - 1].capital
            and "direction" in words[first - 1].classes
            and not tokens.starts_sentence(first - 1)
        ):
            start = first - 1  # "East Gojjam"
        return Mention(start, last, "place", place_kind="settlement" if start == first else "admin")
    speech = bool(tokens.classes(last) & {"speech"}) or (before >= 0 and "speech" in tokens.classes(before))
    if count == 1:
        return person_mention(passage, first, last, weak=True) if speech and not tokens.starts_sentence(first) else None
    if tokens.lower(first - 1) == "the" or any(words[position].upper for position in range(first, last)):
        return None
    if any(words[position].classes - {"given"} for position in range(first, last)):
        return None
    certain = speech or following in (",", "'s", "’s", "who") or lower in ("by", "to", ",", "with", "and")
    return person_mention(passage, first, last, weak=not certain and tokens.starts_sentence(first))


def _is_place(passage: Passage, first: int, last: int, count: int) -> bool:
    tokens = passage.tokens
    if has_place_cue(passage, first):
        return True
    before = passage.index_before(first)
    lower = tokens.lower(before) if before >= 0 else ""
    if before >= 0 and "direction" in tokens.classes(before) and not tokens.words[before].capital and lower != "far":
        return True
    if before > 0 and lower in ("and", "or", ","):
        other = passage.mention_at(before - 1)
        if other is not None and other.name_kind == "place" and tokens.same_sentence(before - 1, first):
            return count == 1 or has_place_cue(passage, other.first)
    if (
        tokens.lower(last) == ","
        and (other := passage.mention_at(last + 1)) is not None
        and other.name_kind in ("place", "state")
    ):
        return tokens.starts_sentence(first) or lower in ("in", "at", "near", "from", "to", "of", "on")
    return lower == "of" and tokens.lower(before - 1) in OF_PLACES
