"""Names of persons, found by titles, given names and context, and the classification of other unknown names."""

from __future__ import annotations

from ..known_names import NEVER_IN_NAMES, slug
from ..passage import Mention, Passage
from ..places.place_names import OF_PLACES, has_place_cue, is_unknown_name
from ..tokens import is_article
from ..word_lists import word_list
from .organisations import HEADS_OF_PHRASES

_PARTICLES = word_list("name_particles")
_WEAPON_NOUNS = word_list("weapon_nouns")
_QUOTES = frozenset("\"'“”‘’")


def find_persons(passage: Passage) -> None:
    """Find persons by title and given name, then classify the capitalised words that belong to no mention yet."""
    _find_titled(passage)
    _find_unknown(passage)


def _find_titled(passage: Passage) -> None:
    tokens = passage.tokens
    words = tokens.words
    index, end = 0, len(tokens)
    while index < end:
        word = words[index]
        owner = passage.owners[index]
        if (
            passage.blocked[index]
            or not (word.capital or is_article(tokens, index))
            or (owner is not None and owner.first != index)
        ):
            index += 1
            continue
        titled = _has_title(passage, index)
        given = "given" in word.classes and (owner is None or owner.weak)
        known = owner is not None and owner.name_kind == "person"
        place = owner is not None and owner.name_kind in ("place", "capital")
        if not (titled or given or known) or (owner is not None and not (known or given or place)):
            index += 1
            continue
        if place and not given and not words[index - 1].capital and words[index - 1].lower != "alias":
            index += 1  # "chief in Goma", "resident of Kharkiv"
            continue
        last = _name_end(passage, index)
        size = sum(1 for w in words[index:last] if w.capital)
        if known and owner is not None and (last <= owner.last or tokens.headline[tokens.sentence[index]]):
            index = owner.last
            continue
        if (
            last <= index
            or (size < 2 and not titled)
            or (place and not given and size == 1 and owner is not None and owner.name_kind == "capital")
        ):
            index += 1
            continue
        head_follows = tokens.classes(last) & {"organisation_heads", "place_facility"}
        is_namesake = head_follows and last < end and words[last].capital and tokens.same_sentence(index, last)
        if is_namesake and not known and not tokens.headline[tokens.sentence[index]]:
            index += 1
            continue
        if (
            given
            and not titled
            and not known
            and has_place_cue(passage, index)
            and not passage.lexicon.actors.find(passage.surface(index, last))
        ):
            passage.add(Mention(index, last, "place", place_kind="settlement"))
        else:
            passage.add(
                person_mention(passage, index, last, weak=titled and size == 1 and not words[index - 1].capital)
            )
        index = last


def _has_title(passage: Passage, index: int) -> bool:
    """Check whether a title precedes a word."""
    tokens = passage.tokens
    position = index - 1
    if position < 0 or not tokens.same_sentence(position, index) or passage.owners[position] is not None:
        return False
    if tokens.lower(position) == "." and tokens.is_joined(position):
        position -= 1
    word = tokens.words[position]
    if "titles" not in word.classes or word.lower in ("first", "second", "fellow"):
        return False
    return not tokens.headline[tokens.sentence[index]] or word.classes.isdisjoint(("common", "acting"))


def _name_end(passage: Passage, first: int, *, limit: int = 5) -> int:
    """Return the end of a person's name: capitalised words, initials, particles, a nickname in quotation marks."""
    tokens = passage.tokens
    words = tokens.words
    sentence = tokens.sentence[first]
    index = first
    count = 0
    while count < limit and index < len(words) and tokens.sentence[index] == sentence and not passage.blocked[index]:
        word = words[index]
        owner = passage.owners[index]
        if owner is not None and not _may_be_surname(passage, owner, count):
            break
        if is_article(tokens, index):
            index = passage.name_end(index)
            count += 1
            continue
        if count and word.text in _QUOTES:
            closing = next(
                (
                    position
                    for position in range(index + 2, min(index + 5, len(words) - 1))
                    if words[position].text in _QUOTES
                ),
                0,
            )
            if not closing or not words[closing + 1].name_like or not words[index + 1].capital:
                break
            index = closing + 1
            continue
        if not word.capital:
            following = words[index + 1] if index + 1 < len(words) else None
            if (
                not count
                or word.lower not in _PARTICLES
                or following is None
                or not (following.name_like or following.lower in _PARTICLES or "given" in following.classes)
            ):
                break
            index += 1
            continue
        if word.lower in NEVER_IN_NAMES or word.classes & {"calendar", "not_name", "speech"}:
            break
        if not count and "title_parts" in word.classes and "given" not in word.classes:
            break
        if (
            "given" not in word.classes
            and word.classes & {"titles", "common"}
            and (not count or "titles" in word.classes or tokens.headline[sentence])
        ):
            break
        if count and word.upper and not words[first].upper and len(word.text) < 6:
            break
        last = passage.name_end(index)
        if len(word.text) == 1 and last < len(words) and words[last].text == "." and tokens.is_joined(last):
            last += 1
        index = last
        count += 1
    while index > first and not words[index - 1].capital and words[index - 1].lower in _PARTICLES:
        index -= 1
    return index


def _may_be_surname(passage: Passage, owner: Mention, count: int) -> bool:
    """Check whether a known name may be part of a person's: "Ken Salazar", "Israel Katz", "Secretary Austin"."""
    size = owner.last - owner.first
    if owner.name_kind == "person":
        return True
    if owner.name_kind in ("place", "capital"):
        return size == 1 or is_article(passage.tokens, owner.first)
    if owner.name_kind == "state":
        return count > 1 and size == 1 and not passage.is_possessive(owner.last)  # "Roy Vincent Trinidad"
    if owner.name_kind == "adjective" and count and size == 1:
        return not passage.tokens.classes(owner.last) & HEADS_OF_PHRASES
    return False


def person_mention(passage: Passage, first: int, last: int, *, weak: bool = False) -> Mention:
    """Return the mention of a person, with the actor in the registry if there is one."""
    surface = passage.surface(first, last)
    actor = next((actor for actor in passage.lexicon.actors.find(surface) if actor.kind == "person"), None)
    mention = Mention(first, last, "person", actor=actor, weak=weak)
    if actor is None:
        mention.id, mention.kind = slug(surface), "person"
    return mention


def _find_unknown(passage: Passage) -> None:
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
                and words[last].lower in _PARTICLES
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
