"""Names of organisations by their head nouns ("X Brigade", "Ministry of Y"), and ships."""

from __future__ import annotations

from ....schema import Actor
from ..known_names import NEVER_IN_NAMES, slug
from ..passage import Mention, Passage
from ..word_lists import NOT_NAME, class_names, word_list
from .ships_and_operations import NAMING_WORDS, read_ship_or_operation

HEADS_OF_PHRASES = class_names("rulers", "armed", "officials", "groups", "people", "contractors", "bodies")
"""Classes of nouns that form a phrase of guideline A3 with a name before them."""

_MEDIA = word_list("media_heads")
_STATE = word_list("state_heads")
_MILITARY = word_list("military_heads")
_ARMED = word_list("armed_group_heads")
_ARMED_WORDS = word_list("armed_group_words")
# heads that form a name with common words alone: "Foreign Ministry", "Supreme Court", "Border Patrol Unit"
_SELF_SUFFICIENT = word_list("state_heads", "military_heads", "self_sufficient_heads")
_NOT_INITIAL = word_list("not_initial_heads")
_HEADS_WITH_DIRECTION = word_list("heads_with_direction")
_POSSESSIVE_NOUNS = word_list("possessive_nouns")
_TAIL_PREPOSITIONS = word_list("tail_prepositions")
_TAIL_JOINTS = word_list("tail_joints")
_STATE_REPUBLICS = word_list("state_republics")
_TITLES = word_list("titles_in_organisations")
_ORDINAL_ENDINGS = word_list("ordinal_endings")
_INNER_CLASSES = class_names(
    *("modifiers", "title_parts", "organisation_heads", "armed", "groups", "bodies", "given", "people")
)
_TAIL_CLASSES = _INNER_CLASSES | class_names("common")
_CLASSES_OF_NO_NAME = class_names("calendar", NOT_NAME, "speech")
_CLASSES_WITH_TITLES = class_names("organisation_heads", "title_parts")
_POSSESSIVES = frozenset(("'s", "’s", "'", "’"))


def find_organisations(passage: Passage) -> None:
    """Find organisations and warships by the form of their names, and exclude other ships and operations."""
    for index, word in enumerate(passage.tokens.words):
        if word.capital and not passage.blocked[index] and "organisation_heads" in word.classes:
            _find_organisation(passage, index)
        if word.lower in NAMING_WORDS:
            read_ship_or_operation(passage, index)


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
    if not tail and _forms_phrase(passage, first, head):
        return
    surface = passage.surface(first, last)
    if tail or _known_organisation(passage, surface) is not None or _is_complete(passage, head, last, proper=proper):
        passage.add(_make_mention(passage, first, last, head, surface))


def _forms_phrase(passage: Passage, first: int, head: int) -> bool:
    """Check whether the name at an index and a head form a phrase of A3, whose head determines its value."""
    lead = passage.owners[first]  # "Iranian Forces", "Biden Administration"
    return lead is not None and lead.last == head and bool(passage.tokens.classes(head) & HEADS_OF_PHRASES)


def _known_organisation(passage: Passage, surface: str) -> Actor | None:
    """Return the actor of the registry, apart from persons, that has a name."""
    return next((actor for actor in passage.lexicon.actors.find(surface) if actor.kind != "person"), None)


def _is_complete(passage: Passage, head: int, last: int, *, proper: bool) -> bool:
    """Check whether an unknown name without "of Y" is one: with a name in it, or with a head that needs none."""
    tokens = passage.tokens
    if not proper and (tokens.lower(head) not in _SELF_SUFFICIENT or tokens.headline[tokens.sentence[head]]):
        return False
    titled = "titles" in tokens.classes(last) and tokens.same_sentence(head, last) and tokens.words[last].capital
    return not titled  # "Interior Cabinet Secretary"


def _name_start(passage: Passage, head: int) -> tuple[int, bool]:
    """Return the start of the name that ends with a head noun, and whether it contains a name in itself."""
    tokens = passage.tokens
    words = tokens.words
    sentence = tokens.sentence[head]
    owner = passage.owners[head]
    first = owner.first if owner is not None else head
    proper = owner is not None
    while first > 0 and tokens.sentence[first - 1] == sentence and not passage.blocked[first - 1]:
        position = first - 1
        word = words[position]
        mention = passage.owners[position]
        if word.text in _POSSESSIVES or word.hyphen:
            if not _joins_name(passage, position):
                break
        elif mention is not None:
            if not _may_lead(passage, mention, head):
                break
            proper = True
            position = mention.first
        elif word.digits and word.text[-2:].lower() in _ORDINAL_ENDINGS:
            proper = True
        elif _may_be_inside(passage, position):
            proper = proper or word.name_like
        else:
            break
        first = position
    while first < head and words[first].hyphen:
        first += 1
    return first, proper


def _joins_name(passage: Passage, index: int) -> bool:
    """Check whether a possessive ending or a hyphen joins the words around it to one name."""
    tokens = passage.tokens
    if index == 0 or not tokens.words[index - 1].capital:
        return False
    if tokens.words[index].hyphen:
        return tokens.is_joined(index) and tokens.is_joined(index + 1)
    # "People's Army"; any other possessor is not part of the name
    return tokens.words[index - 1].lower in _POSSESSIVE_NOUNS


def _may_lead(passage: Passage, mention: Mention, head: int) -> bool:
    """Check whether a name may be part of that of an organisation whose head follows it."""
    if mention.name_kind in ("state", "place"):
        return not passage.tokens.headline[passage.tokens.sentence[head]]
    return mention.name_kind != "person" or mention.last >= head


def _may_be_inside(passage: Passage, index: int) -> bool:
    """Check whether a word may be part of the name of an organisation, before its head."""
    tokens = passage.tokens
    word = tokens.words[index]
    classes = word.classes
    if not word.capital or word.lower in NEVER_IN_NAMES or classes & _CLASSES_OF_NO_NAME:
        return False
    if "titles" in classes and "title_parts" not in classes and word.lower not in _TITLES:
        return False
    if not classes or classes & _INNER_CLASSES:
        return True
    return not (tokens.headline[tokens.sentence[index]] or tokens.starts_sentence(index))


def _tail_end(passage: Passage, last: int) -> tuple[int, bool]:
    """Return the end of "of Y" or "for Y and Z" after a head noun, and whether there is such a tail."""
    has_tail = False
    while begin := _tail_start(passage, last, continued=has_tail):
        end = _tail_name_end(passage, last, begin)
        if end == begin:
            break
        last, has_tail = end, True
    return last, has_tail


def _tail_start(passage: Passage, index: int, *, continued: bool) -> int:
    """Return the index after the preposition or "and" that starts or continues a tail at an index; 0 if none does."""
    tokens = passage.tokens
    if not tokens.same_sentence(index - 1, index):
        return 0
    lower = tokens.lower(index)
    if lower in _TAIL_PREPOSITIONS:
        return index + (2 if tokens.lower(index + 1) == "the" else 1)
    if not continued or lower not in _TAIL_JOINTS or passage.mention_at(index + 1) is not None:
        return 0
    return index + 1 if tokens.classes(index + 1) & _TAIL_CLASSES else 0


def _tail_name_end(passage: Passage, last: int, begin: int) -> int:
    """Return the end of the capitalised words, from an index, of a tail of the name that ends before `last`."""
    tokens = passage.tokens
    index = begin
    while tokens.same_sentence(last - 1, index) and not passage.blocked[index]:
        word = tokens.words[index]
        if not (word.capital or (word.hyphen and tokens.is_joined(index))) or "calendar" in word.classes:
            break
        if index > begin and "titles" in word.classes and not word.classes & _CLASSES_WITH_TITLES:
            break
        owner = passage.owners[index]
        if owner is not None and not _may_be_in_tail(passage, owner):
            break
        index = owner.last if owner is not None else index + 1
    return index


def _may_be_in_tail(passage: Passage, owner: Mention) -> bool:
    """Check whether a known name may be part of a tail."""
    if owner.name_kind == "person" or not passage.tokens.words[owner.last - 1].capital:
        return False
    # "the 57th Brigade of the Ukrainian army": two actors
    return owner.name_kind != "adjective" or _is_capitalised(passage, owner.last)


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
    """Return the mention of an organisation, with its actor in the registry, also by way of its state."""
    actor = (
        _known_organisation(passage, surface)
        or _organisation_of_possessor(passage, first, surface)
        or _state_of_government(passage, first, last, head)
    )
    mention = Mention(first, last, "actor", actor=actor)
    if actor is None:
        lead = passage.owners[first]
        mention.id, mention.kind = slug(surface), _organisation_kind(passage, first, last, head)
        if mention.kind == "armed_group" and lead is not None and lead.name_kind in ("state", "adjective", "capital"):
            mention.kind = "military" if passage.tokens.lower(head) in _MILITARY else "armed_group"
    return mention


def _organisation_of_possessor(passage: Passage, first: int, surface: str) -> Actor | None:
    """Return the actor whose name is that of the possessor and a name: "Iran's Foreign Ministry"."""
    owner = passage.mention_at(first - 2) if passage.is_possessive(first - 1) else None
    if owner is None or owner.actor is None:
        return None
    found = (passage.lexicon.actors.find(f"{name} {surface}") for name in owner.actor.names)
    return next((actors[0] for actors in found if actors), None)


def _state_of_government(passage: Passage, first: int, last: int, head: int) -> Actor | None:
    """Return the state that "Government of X" or "Republic of X" denotes."""
    if head != first or passage.tokens.lower(head) not in _STATE_REPUBLICS:
        return None
    state = passage.mention_at(last - 1)
    return state.actor if state is not None and state.name_kind == "state" else None


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
