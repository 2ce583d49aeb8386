"""Names of organisations by their head nouns ("X Brigade", "Ministry of Y"), and ships."""

from __future__ import annotations

from ....schema import Actor
from ..known_names import NEVER_IN_NAMES, slug
from ..passage import Mention, Passage
from ..tokens import Word
from ..word_lists import NOT_NAME, class_names, word_list
from .noun_modifiers import HEADS_OF_PHRASES
from .organisation_tails import NAME_CLASSES, is_capitalised, is_number_before_unit, suffix_end, tail_end
from .ships_and_operations import NAMING_WORDS, read_ship_or_operation

_MEDIA = word_list("media_heads")
_STATE = word_list("state_heads")
_MILITARY = word_list("military_heads")
_ARMED = word_list("armed_group_heads")
_ARMED_WORDS = word_list("armed_group_words")
# heads that form a name with common words alone: "Foreign Ministry", "Supreme Court", "Border Patrol Unit"
_SELF_SUFFICIENT = word_list("state_heads", "military_heads", "self_sufficient_heads")
_NOT_INITIAL = word_list("not_initial_heads")
_POSSESSIVE_NOUNS = word_list("possessive_nouns")
_STATE_REPUBLICS = word_list("state_republics")
_TITLES = word_list("titles_in_organisations")
_ORDINAL_ENDINGS = word_list("ordinal_endings")
_ORDINALS = word_list("unit_ordinals")
_ORDINAL_HEADS = word_list("ordinal_heads")
_NUMBERED_HEADS = word_list("numbered_heads")
_OF_OFFICES = frozenset(("for", "of"))
_PORTFOLIOS = word_list("holders_of_portfolios")
_ROMAN = frozenset("IVXL")
_CLASSES_OF_NO_NAME = class_names("calendar", NOT_NAME, "speech")
_MEMBERS = class_names("people", "officials")
_POSSESSIVES = frozenset(("'s", "’s", "'", "’"))


def find_organisations(passage: Passage) -> None:
    """Find organisations and warships by the form of their names, and exclude other ships and operations."""
    for index in passage.indices(NAMING_WORDS, capitals=True):
        word = passage.tokens.words[index]
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
    numbered = suffix_end(passage, head + 1, head)
    last, tail = tail_end(passage, numbered)
    proper = proper or (numbered > head + 1 and tokens.lower(head) in _NUMBERED_HEADS)
    known = owner is not None and (first, last) == (owner.first, owner.last)
    if known or last - first < 2 or not _is_name_with(passage, first, head):
        return
    if not tail and _forms_phrase(passage, first, head):
        return
    surface = passage.surface(first, last)
    if (
        tail
        or _known_organisation(passage, surface) is not None
        or _is_complete(passage, first, head, last, proper=proper)
    ):
        passage.add(_make_mention(passage, first, last, head, surface))


def _is_name_with(passage: Passage, first: int, head: int) -> bool:
    """Check whether a head may form a name that starts at an index: some need words before them, some an ordinal."""
    lower = passage.tokens.lower(head)
    if lower in _ORDINAL_HEADS:
        return _is_unit(passage, first, head)
    return first < head or lower not in _NOT_INITIAL


def _forms_phrase(passage: Passage, first: int, head: int) -> bool:
    """Check whether the name at an index and a head form a phrase of A3, whose head determines its value."""
    lead = passage.owners[first]  # "Iranian Forces", "Biden Administration"
    return lead is not None and lead.last == head and bool(passage.tokens.classes(head) & HEADS_OF_PHRASES)


def _known_organisation(passage: Passage, surface: str) -> Actor | None:
    """Return the actor of the registry, apart from persons, that has a name."""
    return next((actor for actor in passage.lexicon.actors.find(surface) if actor.kind != "person"), None)


def _is_complete(passage: Passage, first: int, head: int, last: int, *, proper: bool) -> bool:
    """Check whether an unknown name without "of Y" is one: with a name in it, or with a head that needs none."""
    tokens = passage.tokens
    headline = tokens.headline[tokens.sentence[head]] and not passage.is_possessive(first - 1)
    if not proper and (tokens.lower(head) not in _SELF_SUFFICIENT or headline):
        return False
    if not proper and _is_portfolio(passage, first):
        return False
    titled = "titles" in tokens.classes(last) and tokens.same_sentence(head, last) and tokens.words[last].capital
    return not titled  # "Interior Cabinet Secretary"


def _is_portfolio(passage: Passage, first: int) -> bool:
    """Check whether common words say what an office is for: "Minister of State for the Armed Forces"."""
    tokens, before = passage.tokens, passage.index_before(first)
    if before < 0 or tokens.lower(before) not in _OF_OFFICES:
        return False
    return tokens.lower(before - 1) in _PORTFOLIOS and tokens.words[before - 1].capital


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
        elif _is_ordinal(word) or is_number_before_unit(passage, position, head):
            proper = True
        elif _may_be_inside(passage, position):
            proper = proper or word.name_like
        else:
            break
        first = position
    while first < head and words[first].hyphen:
        first += 1
    return first, proper


def _is_ordinal(word: Word) -> bool:
    """Check whether a word is the ordinal of a unit: "82nd", "XVIII"."""
    return (word.digits and word.text[-2:].lower() in _ORDINAL_ENDINGS) or (word.upper and _ROMAN.issuperset(word.text))


def _is_unit(passage: Passage, first: int, head: int) -> bool:
    """Check whether an ordinal starts a name, and no head of a longer one follows: "82nd Airborne"."""
    tokens = passage.tokens
    word = tokens.words[first]
    longer = "organisation_heads" in tokens.classes(head + 1) and is_capitalised(passage, head + 1)
    return not longer and (_is_ordinal(word) or word.lower in _ORDINALS or word.text.isdecimal())


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
        return passage.is_possessive(index + 1)  # "Public Prosecutor's Office"
    if not classes or classes & NAME_CLASSES:
        return True
    return not (tokens.headline[tokens.sentence[index]] or tokens.starts_sentence(index))


def _make_mention(passage: Passage, first: int, last: int, head: int, surface: str) -> Mention:
    """Return the mention of an organisation, with its actor in the registry, also by way of its state."""
    actor = _known_organisation(passage, surface) or _state_of_government(passage, first, last, head)
    mention = Mention(first, last, "actor", actor=actor)
    if actor is None:
        lead = passage.owners[first]
        mention.id, mention.kind = slug(surface), _organisation_kind(passage, first, last, head)
        if mention.kind == "armed_group" and lead is not None and lead.name_kind in ("state", "adjective", "capital"):
            mention.kind = "military" if passage.tokens.lower(head) in _MILITARY else "armed_group"
    return mention


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
    lead = passage.owners[first]
    if lead is not None and lead.actor is not None and lead.actor.kind == "intergovernmental":
        return "intergovernmental"  # "UN Board of Inquiry"
    if lower in _MEDIA or (lower == "agency" and "news" in words):
        return "media"
    if any(tokens.classes(index) & _MEMBERS for index in range(head + 1, last)):
        return "organization"  # "World Congress of Mayors"
    if lower in _ARMED or (lower in _MILITARY and words & _ARMED_WORDS):
        return "armed_group"
    if lower in _MILITARY:
        return "military"
    return "state" if lower in _STATE else "organization"
