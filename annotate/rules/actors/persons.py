"""Names of persons, behind titles and given names or by the words around them, and what else is capitalised."""

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


def find_persons(page: Passage) -> None:
    """Finds persons by title and given name, then judges what is capitalised and still unclaimed."""
    _titled(page)
    _unclaimed(page)


def _titled(page: Passage) -> None:
    tokens = page.tokens
    words = tokens.words
    index, end = 0, len(tokens)
    while index < end:
        word = words[index]
        owner = page.owner[index]
        if (
            page.blocked[index]
            or not (word.capital or is_article(tokens, index))
            or (owner is not None and owner.first != index)
        ):
            index += 1
            continue
        titled = _has_title(page, index)
        given = "given" in word.classes and (owner is None or owner.weak)
        known = owner is not None and owner.sort == "person"
        place = owner is not None and owner.sort in ("place", "capital")
        if not (titled or given or known) or (owner is not None and not (known or given or place)):
            index += 1
            continue
        if place and not given and not words[index - 1].capital and words[index - 1].low != "alias":
            index += 1  # "chief in Goma", "resident of Kharkiv"
            continue
        last = _name_end(page, index)
        size = sum(1 for w in words[index:last] if w.capital)
        if known and owner is not None and (last <= owner.last or tokens.headline[tokens.sentence[index]]):
            index = owner.last
            continue
        if (
            last <= index
            or (size < 2 and not titled)
            or (place and not given and size == 1 and owner is not None and owner.sort == "capital")
        ):
            index += 1
            continue
        behind = tokens.classes(last) & {"organisation_heads", "place_facility"}
        named = behind and last < end and words[last].capital and tokens.same_sentence(index, last)
        if named and not known and not tokens.headline[tokens.sentence[index]]:
            index += 1
            continue
        if (
            given
            and not titled
            and not known
            and has_place_cue(page, index)
            and not page.lexicon.actors.find(page.surface(index, last))
        ):
            page.add(Mention(index, last, "place", place_kind="settlement"))
        else:
            page.add(person_mention(page, index, last, weak=titled and size == 1 and not words[index - 1].capital))
        index = last


def _has_title(page: Passage, index: int) -> bool:
    """Whether a title stands right before a word."""
    tokens = page.tokens
    at = index - 1
    if at < 0 or not tokens.same_sentence(at, index) or page.owner[at] is not None:
        return False
    if tokens.low(at) == "." and tokens.joined(at):
        at -= 1
    word = tokens.words[at]
    if "titles" not in word.classes or word.low in ("first", "second", "fellow"):
        return False
    return not tokens.headline[tokens.sentence[index]] or word.classes.isdisjoint(("common", "acting"))


def _name_end(page: Passage, first: int, *, most: int = 5) -> int:
    """The index behind the words of a person's name: capitalised words, initials, particles, a nickname in quotes."""
    tokens = page.tokens
    words = tokens.words
    sentence = tokens.sentence[first]
    index = first
    count = 0
    while count < most and index < len(words) and tokens.sentence[index] == sentence and not page.blocked[index]:
        word = words[index]
        owner = page.owner[index]
        if owner is not None and not _may_be_surname(page, owner, count):
            break
        if is_article(tokens, index):
            index = page.name_end(index)
            count += 1
            continue
        if count and word.text in _QUOTES:
            closing = next(
                (at for at in range(index + 2, min(index + 5, len(words) - 1)) if words[at].text in _QUOTES), 0
            )
            if not closing or not words[closing + 1].name_like or not words[index + 1].capital:
                break
            index = closing + 1
            continue
        if not word.capital:
            follows = words[index + 1] if index + 1 < len(words) else None
            if (
                not count
                or word.low not in _PARTICLES
                or follows is None
                or not (follows.name_like or follows.low in _PARTICLES or "given" in follows.classes)
            ):
                break
            index += 1
            continue
        if word.low in NEVER_IN_NAMES or word.classes & {"calendar", "not_name", "speech"}:
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
        last = page.name_end(index)
        if len(word.text) == 1 and last < len(words) and words[last].text == "." and tokens.joined(last):
            last += 1
        index = last
        count += 1
    while index > first and not words[index - 1].capital and words[index - 1].low in _PARTICLES:
        index -= 1
    return index


def _may_be_surname(page: Passage, owner: Mention, count: int) -> bool:
    """Whether a known name may be part of a person's: "Ken Salazar", "Israel Katz", "Secretary Austin"."""
    size = owner.last - owner.first
    if owner.sort == "person":
        return True
    if owner.sort in ("place", "capital"):
        return size == 1 or is_article(page.tokens, owner.first)
    if owner.sort == "state":
        return count > 1 and size == 1 and not page.possessive(owner.last)  # "Roy Vincent Trinidad"
    if owner.sort == "adjective" and count and size == 1:
        return not page.tokens.classes(owner.last) & HEADS_OF_PHRASES
    return False


def person_mention(page: Passage, first: int, last: int, *, weak: bool = False) -> Mention:
    """A person by the words of the name."""
    surface = page.surface(first, last)
    actor = next((actor for actor in page.lexicon.actors.find(surface) if actor.kind == "person"), None)
    mention = Mention(first, last, "person", actor=actor, weak=weak)
    if actor is None:
        mention.id, mention.kind = slug(surface), "person"
    return mention


def _unclaimed(page: Passage) -> None:
    tokens = page.tokens
    words = tokens.words
    index, end = 0, len(tokens)
    while index < end:
        if not words[index].capital or page.owner[index] is not None or not is_unknown_name(page, index):
            index += 1
            continue
        if is_article(tokens, index) and page.at(index + 1) is not None:
            index += 1
            continue
        last, count = index, 0
        sentence = tokens.sentence[index]
        while last < end and count < 5 and tokens.sentence[last] == sentence and page.owner[last] is None:
            if is_unknown_name(page, last):
                last = page.name_end(last)
                count += 1
            elif (
                count
                and words[last].low in _PARTICLES
                and last + 1 < end
                and words[last + 1].name_like
                and page.owner[last + 1] is None
            ):
                last += 1
            else:
                break
        last = _free_end(page, index, min(last, end))
        if known := _place_before(page, index):
            page.add(Mention(known.first, last, "place", place_kind="settlement"))
        elif mention := _judge(page, index, last, count):
            page.add(mention)
        index = max(last, index + 1)


def _free_end(page: Passage, first: int, last: int) -> int:
    """Where a run of words ends that no mention has, or one that a hyphen makes part of the run's name."""
    for at in range(first, last):
        owner = page.owner[at]
        if owner is not None:
            tied = at > first and page.tokens.words[at - 1].hyphen and page.tokens.joined(at)
            if not tied or not _half(owner):
                return at - 1 if tied else at  # "Kouré-Bèrè" is one name, "Heb-US" is not
    return last


def _half(owner: Mention) -> bool:
    """Whether a known name may be half of another, longer one: a place's or a person's of one word."""
    return owner.actor is None and owner.sort in ("place", "person") and owner.last - owner.first == 1


def _place_before(page: Passage, index: int) -> Mention | None:
    """The place that a hyphen ties to an unknown word, which then is part of its name: "Bèrè-Kouré"."""
    tokens = page.tokens
    tied = index > 1 and tokens.words[index - 1].hyphen and tokens.joined(index) and tokens.joined(index - 1)
    owner = page.at(index - 2) if tied and not tokens.headline[tokens.sentence[index]] else None
    return owner if owner is not None and owner.sort == "place" and _half(owner) else None


def _judge(page: Passage, first: int, last: int, count: int) -> Mention | None:
    """What a run of unknown capitalised words is, by the words around it."""
    tokens = page.tokens
    words = tokens.words
    word = words[first]
    headline = tokens.headline[tokens.sentence[first]]
    if last <= first or (headline and not has_place_cue(page, first)):
        return None
    before = page.before(first)
    low = tokens.low(before) if before >= 0 else ""
    follows = tokens.low(last) if tokens.same_sentence(first, last) else ""
    if follows in _WEAPON_NOUNS:
        return None
    if count == 1 and word.upper and 2 <= len(word.text) <= 7:
        # all capitals open a dateline, else they are an abbreviation
        if tokens.opens(first) and follows in (",", "–", "—", "-", "(") and len(word.text) > 3:
            return Mention(first, last, "place", place_kind="settlement")
        return Mention(first, last, "actor", id=slug(word.text), kind="organization", weak=True)
    if _is_place(page, first, last, count):
        start = first
        if (
            first
            and words[first - 1].capital
            and "direction" in words[first - 1].classes
            and not tokens.opens(first - 1)
        ):
            start = first - 1  # "East Gojjam"
        return Mention(start, last, "place", place_kind="settlement" if start == first else "admin")
    speech = bool(tokens.classes(last) & {"speech"}) or (before >= 0 and "speech" in tokens.classes(before))
    if count == 1:
        return person_mention(page, first, last, weak=True) if speech and not tokens.opens(first) else None
    if tokens.low(first - 1) == "the" or any(words[at].upper for at in range(first, last)):
        return None
    if any(words[at].classes - {"given"} for at in range(first, last)):
        return None
    sure = speech or follows in (",", "'s", "’s", "who") or low in ("by", "to", ",", "with", "and")
    return person_mention(page, first, last, weak=not sure and tokens.opens(first))


def _is_place(page: Passage, first: int, last: int, count: int) -> bool:
    tokens = page.tokens
    if has_place_cue(page, first):
        return True
    before = page.before(first)
    low = tokens.low(before) if before >= 0 else ""
    if before >= 0 and "direction" in tokens.classes(before) and not tokens.words[before].capital and low != "far":
        return True
    if before > 0 and low in ("and", "or", ","):
        other = page.at(before - 1)
        if other is not None and other.sort == "place" and tokens.same_sentence(before - 1, first):
            return count == 1 or has_place_cue(page, other.first)
    if tokens.low(last) == "," and (other := page.at(last + 1)) is not None and other.sort in ("place", "state"):
        return tokens.opens(first) or low in ("in", "at", "near", "from", "to", "of", "on")
    return low == "of" and tokens.low(before - 1) in OF_PLACES
