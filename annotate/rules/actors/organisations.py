"""Names of organisations by their head nouns ("X Brigade", "Ministry of Y"), and ships."""

from __future__ import annotations

from ..known_names import NEVER_IN_NAMES, slug
from ..passage import Mention, Passage
from ..word_lists import word_list

HEADS_OF_PHRASES = frozenset(("rulers", "armed", "officials", "groups", "people", "contractors", "bodies"))
"""Classes of nouns that form a phrase of guideline A3 with a name before them."""

_MEDIA = word_list("media_heads")
_STATE = word_list("state_heads")
_MILITARY = word_list("military_heads")
_ARMED = word_list("armed_group_heads")
_ARMED_WORDS = word_list("armed_group_words")
# heads that form a name with common words alone: "Foreign Ministry", "Supreme Court", "Border Patrol Unit"
_SELF_SUFFICIENT = _STATE | _MILITARY | frozenset(("bank", "union", "committee", "board"))
_NOT_INITIAL = word_list("not_initial_heads")
_HEADS_WITH_DIRECTION = frozenset("battlegroup group grouping command fleet".split())
_POSSESSIVE_NOUNS = word_list("possessive_nouns")
_TAIL_PREPOSITIONS = frozenset(("of", "for", "against"))
_INNER_CLASSES = frozenset(
    ("modifiers", "title_parts", "organisation_heads", "armed", "groups", "bodies", "given", "people")
)
_SHIP_PREFIXES = word_list("ship_prefixes")
_MERCHANT_PREFIXES = frozenset("mv m/v mt m/t ss".split())
_VESSEL_NOUNS = word_list("vessel_nouns")


def find_organisations(passage: Passage) -> None:
    """Find organisations and warships by the form of their names, and exclude other ships and operations."""
    for index, word in enumerate(passage.tokens.words):
        if word.capital and not passage.blocked[index]:
            if "organisation_heads" in word.classes:
                _find_organisation(passage, index)
            elif word.lower in _SHIP_PREFIXES and word.upper:
                _find_ship(passage, index)
            elif word.lower == "operation":
                _exclude_operation(passage, index)
        if word.lower in _MERCHANT_PREFIXES or word.lower in _VESSEL_NOUNS or word.lower == "v":
            _exclude_merchant_ship(passage, index)


def _find_ship(passage: Passage, index: int) -> None:
    last = _capitalised_end(passage, index + 1, limit=3)
    if last > index + 1:
        surface = passage.surface(index, last)
        actor = next(iter(passage.lexicon.actors.find(surface)), None)
        passage.add(Mention(index, last, "actor", actor=actor, id=slug(surface), kind="military"))


def _exclude_merchant_ship(passage: Passage, index: int) -> None:
    """Exclude the name of a merchant ship, which is neither actor nor place (A2)."""
    tokens = passage.tokens
    lower = tokens.lower(index)
    if lower == "v" and not (index >= 2 and tokens.lower(index - 1) == "/" and tokens.lower(index - 2) == "m"):
        return
    if lower in ("ss", "mt", "mv") and not tokens.words[index].upper:
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


def _find_organisation(passage: Passage, head: int) -> None:
    tokens = passage.tokens
    owner = passage.owners[head]
    if owner is not None and owner.last - 1 != head:
        return
    first, proper = _name_start(passage, head)
    last, tail = _tail_end(passage, _suffix_end(passage, head + 1, head))
    if owner is not None and (first, last) == (owner.first, owner.last):
        return
    if last - first < 2 or (first == head and tokens.lower(head) in _NOT_INITIAL):
        return
    lead = passage.owners[first]
    if lead is not None and lead.last == head and not tail and tokens.classes(head) & HEADS_OF_PHRASES:
        return  # "Iranian Forces", "Biden Administration": a phrase of A3, whose head determines its value
    surface = passage.surface(first, last)
    known = next((actor for actor in passage.lexicon.actors.find(surface) if actor.kind != "person"), None)
    if known is None:
        if (
            not proper
            and not tail
            and (tokens.lower(head) not in _SELF_SUFFICIENT or tokens.headline[tokens.sentence[head]])
        ):
            return
        if (
            not tail
            and "titles" in tokens.classes(last)
            and tokens.same_sentence(head, last)
            and tokens.words[last].capital
        ):
            return  # "Interior Cabinet Secretary"
    passage.add(_make_mention(passage, first, last, head, surface))


def _name_start(passage: Passage, head: int) -> tuple[int, bool]:
    """Return the start of the name that ends with a head noun, and whether it contains a name in itself."""
    tokens = passage.tokens
    words = tokens.words
    sentence = tokens.sentence[head]
    headline = tokens.headline[sentence]
    owner = passage.owners[head]
    first = owner.first if owner is not None else head
    proper = owner is not None
    while first > 0 and tokens.sentence[first - 1] == sentence and not passage.blocked[first - 1]:
        position = first - 1
        word = words[position]
        mention = passage.owners[position]
        if word.text in ("'s", "’s", "'", "’"):
            # "People's Army"; any other possessor is not part of the name
            if position == 0 or words[position - 1].lower not in _POSSESSIVE_NOUNS or not words[position - 1].capital:
                break
        elif word.hyphen:
            if (
                position == 0
                or not words[position - 1].capital
                or not tokens.is_joined(position)
                or not tokens.is_joined(first)
            ):
                break
        elif mention is not None:
            if (headline and mention.name_kind in ("state", "place")) or (
                mention.name_kind == "person" and mention.last < head
            ):
                break
            proper = True
            first = mention.first
            continue
        elif word.digits and word.text[-2:].lower() in ("st", "nd", "rd", "th"):
            proper = True
        elif (
            not word.capital
            or word.lower in NEVER_IN_NAMES
            or word.classes & {"calendar", "not_name", "speech"}
            or (
                "titles" in word.classes
                and "title_parts" not in word.classes
                and word.lower not in ("general", "judge")
            )
            or (word.classes and not word.classes & _INNER_CLASSES and (headline or tokens.starts_sentence(position)))
        ):
            break
        else:
            proper = proper or word.name_like
        first = position
    while first < head and words[first].hyphen:
        first += 1
    return first, proper


def _tail_end(passage: Passage, last: int) -> tuple[int, bool]:
    """Return the end of "of Y" or "for Y and Z" after a head noun, and whether there is such a tail."""
    tokens = passage.tokens
    words = tokens.words
    sentence = tokens.sentence[last - 1]
    has_tail = False
    while last < len(words) and tokens.sentence[last] == sentence:
        index = last
        if tokens.lower(last) in _TAIL_PREPOSITIONS:
            index += 2 if tokens.lower(last + 1) == "the" else 1
        elif has_tail and tokens.lower(last) in ("and", "&"):
            if passage.mention_at(last + 1) is not None or not tokens.classes(last + 1) & {"common", *_INNER_CLASSES}:
                break
            index += 1
        else:
            break
        begin = index
        while index < len(words) and tokens.sentence[index] == sentence and not passage.blocked[index]:
            word = words[index]
            if not (word.capital or (word.hyphen and tokens.is_joined(index))) or "calendar" in word.classes:
                break
            if index > begin and "titles" in word.classes and not word.classes & {"organisation_heads", "title_parts"}:
                break
            owner = passage.owners[index]
            if owner is not None and (owner.name_kind == "person" or not words[owner.last - 1].capital):
                break
            if owner is not None and owner.name_kind == "adjective" and not _is_capitalised(passage, owner.last):
                break  # "the 57th Brigade of the Ukrainian army": two actors
            index = owner.last if owner is not None else index + 1
        if index == begin:
            break
        last, has_tail = index, True
    return last, has_tail


def _suffix_end(passage: Passage, last: int, head: int) -> int:
    """Return the index after a suffix without "of": "Battlegroup West", "Border Guard Bangladesh (BGB)"."""
    tokens = passage.tokens
    if last >= len(tokens) or not tokens.same_sentence(head, last) or not tokens.words[last].capital:
        return last
    if (
        "direction" in tokens.classes(last)
        and passage.owners[last] is None
        and tokens.lower(head) in _HEADS_WITH_DIRECTION
    ):
        return last + 1
    owner = passage.owners[last]
    return owner.last if owner is not None and owner.name_kind == "state" and tokens.lower(owner.last) == "(" else last


def _is_capitalised(passage: Passage, index: int) -> bool:
    return index < len(passage.tokens) and passage.tokens.words[index].capital


def _make_mention(passage: Passage, first: int, last: int, head: int, surface: str) -> Mention:
    """Return the mention of an organisation, with its actor in the registry, also by way of its state.

    For "Iran's Foreign Ministry" the registry is searched for the name of the state followed by that of the ministry.
    """
    registry = passage.lexicon.actors
    tokens = passage.tokens
    actor = next((actor for actor in registry.find(surface) if actor.kind != "person"), None)
    owner = passage.mention_at(first - 2) if passage.is_possessive(first - 1) else None
    if actor is None and owner is not None and owner.actor is not None:
        names = (f"{name} {surface}" for name in owner.actor.names)
        actor = next((matches[0] for name in names if (matches := registry.find(name))), None)
    if actor is None and tokens.lower(head) in ("government", "republic") and head == first:
        state = passage.mention_at(last - 1)
        if state is not None and state.name_kind == "state":
            actor = state.actor
    mention = Mention(first, last, "actor", actor=actor)
    if actor is None:
        lead = passage.owners[first]
        mention.id, mention.kind = slug(surface), _organisation_kind(passage, first, last, head)
        if mention.kind == "armed_group" and lead is not None and lead.name_kind in ("state", "adjective", "capital"):
            mention.kind = "military" if tokens.lower(head) in _MILITARY else "armed_group"
    return mention


def _organisation_kind(passage: Passage, first: int, last: int, head: int) -> str:
    tokens = passage.tokens
    lower = tokens.lower(head)
    words = {tokens.lower(index) for index in range(first, last)}
    if lower in _MEDIA:
        return "media"
    if lower in _ARMED or (lower in _MILITARY and words & _ARMED_WORDS):
        return "armed_group"
    if lower in _MILITARY:
        return "military"
    return "state" if lower in _STATE else "organization"
