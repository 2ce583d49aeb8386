"""The names of a passage resolved by what its document has introduced: surnames, abbreviations, places, weak names."""

from __future__ import annotations

from ...schema import Actor
from .ambiguous_names import is_supported
from .document_context import DocumentContext, is_named_in_full
from .passage import Mention, Passage
from .places.place_cues import follows_place_noun
from .places.place_evidence import place_key
from .places.place_ranking import qualify_places, settle_places
from .places.site_cues import possesses_place
from .tokens import is_article
from .word_lists import word_list

_WORDS_LIKE_PLACES = word_list("words_like_places")
_BEFORE_SURNAME_PLACES = word_list("before_surname_places")


def resolve_names(passage: Passage, context: DocumentContext) -> None:
    """Apply what the document has introduced to the short, weak and ambiguous names of a passage."""
    _find_short_names(passage, context)
    _find_known_places(passage, context)
    qualify_places(passage, context.evidence)
    for mention in list(passage.mentions()):
        if mention.weak and not is_supported(passage, mention, context):
            passage.drop(mention)
    settle_places(passage, context.evidence)
    for mention in passage.mentions():
        if mention.name_kind == "person" and mention.actor is None:
            context.actors.unify(passage, mention)
        nouns = mention.entry.nouns if mention.entry is not None and not mention.places else []
        if len(nouns) > 1 and mention.actor in nouns:
            mention.actor = _most_local_actor(mention, context)


def _find_short_names(passage: Passage, context: DocumentContext) -> None:
    """Find the abbreviations and surnames that the document has introduced."""
    read = 0
    for index in passage.capitals:
        if index < read:
            continue
        owner = passage.owners[index]
        if passage.blocked[index] or (owner is not None and _is_long(passage, owner)):
            read = index if owner is None else owner.last
            continue
        mention = (
            _introduced_abbreviation(passage, index, context)
            or context.actors.find(passage, index)
            or _introduced_person(passage, index, context)
        )
        if mention is not None:
            passage.add(mention)
            read = mention.last


def _is_long(passage: Passage, owner: Mention) -> bool:
    """Check whether a mention has more than one word, apart from a capitalised article."""
    if owner.last - owner.first == 1:
        return False
    return not (passage.tokens.words[owner.first].capital and is_article(passage.tokens, owner.first))


def _introduced_abbreviation(passage: Passage, index: int, context: DocumentContext) -> Mention | None:
    """Return the mention of the abbreviation at an index, if the document has introduced it."""
    full_name = context.abbreviations.get(passage.tokens.words[index].text)
    owner = passage.owners[index]
    if full_name is None or not (owner is None or owner.weak or owner.name_kind == "actor"):
        return None
    return _abbreviated(full_name, index)


def _introduced_person(passage: Passage, index: int, context: DocumentContext) -> Mention | None:
    """Return the mention of the person whose surname is at an index, if the document has introduced them."""
    tokens = passage.tokens
    words = tokens.words
    last = passage.name_end(index)
    if last > len(words):
        return None
    name = words[last - 1].part
    person = context.persons.get(name) or context.given_names.get(name)
    if person is None or not _refers_to(passage, index, last, person, context):
        return None
    first = index
    if index >= 2 and words[index - 1].hyphen and is_article(tokens, index - 2) and passage.owners[index - 1] is None:
        first = index - 2  # "al-Astal"
    return Mention(first, last, "person", None, person.actor, person.id, person.kind)


def _abbreviated(full_name: Mention, index: int) -> Mention:
    """Return the mention of an abbreviation at an index."""
    return Mention(
        index,
        index + 1,
        "place" if full_name.name_kind == "place" else "actor",
        None,
        full_name.actor,
        full_name.id,
        full_name.kind,
        list(full_name.places),
        full_name.place_kind,
    )


def _refers_to(passage: Passage, first: int, last: int, person: Mention, context: DocumentContext) -> bool:
    """Check whether a word with the surname or given name of a person of the document refers to that person."""
    tokens = passage.tokens
    owner = passage.owners[first]
    if owner is not None and not _may_be_name_of(passage, first, owner, person, context):
        return False
    if "common" in tokens.words[first].classes and tokens.starts_sentence(first):
        return False
    longer = tokens.same_sentence(last, first) and tokens.words[last].name_like and passage.owners[last] is None
    return not longer


def _may_be_name_of(passage: Passage, index: int, owner: Mention, person: Mention, context: DocumentContext) -> bool:
    """Check whether a known name at an index may refer to the person with that surname or given name."""
    if owner.name_kind == "person":
        return owner.actor is None or person.actor is None or owner.actor is person.actor
    if not is_named_in_full(person):
        return owner.weak
    if owner.name_kind == "state":
        return owner.actor is not None and owner.actor.country not in context.visited
    if owner.name_kind not in ("place", "capital"):
        return owner.weak
    if not owner.places:
        return not follows_place_noun(passage, index)  # "near Adamu's house", but "the village of Adamu"
    if passage.is_possessive(owner.last) and not possesses_place(passage, owner.last + 1):
        return True
    before = passage.index_before(index)
    located = before >= 0 and passage.tokens.lower(before) in _BEFORE_SURNAME_PLACES
    return not located and not follows_place_noun(passage, index)


def _find_known_places(passage: Passage, context: DocumentContext) -> None:
    """Find places that the document has introduced ("in Avdiivka") wherever they occur ("Avdiivka fell")."""
    if not context.places:
        return
    longest = max(map(len, context.places))
    first_words = {key[0] for key in context.places}
    words = passage.tokens.words
    read = 0
    for index in passage.capitals:
        if index >= read and words[index].part in first_words and _may_become_place(passage, index):
            place = _longest_known_place(passage, index, context, longest)
            if place is not None:
                passage.add(place)
                read = place.last


def _may_become_place(passage: Passage, index: int) -> bool:
    """Check whether a known place may start at a word: one of no mention, of a weak one, or an untitled person."""
    if passage.blocked[index]:
        return False
    owner = passage.owners[index]
    if passage.tokens.lower(index) in _WORDS_LIKE_PLACES and passage.tokens.starts_sentence(index):
        return False  # "Reading the letter"
    if owner is None:
        return True
    untitled_person = owner.name_kind == "person" and owner.actor is None and not _follows_title(passage, index)
    return owner.first == index and (owner.weak or untitled_person)


def _longest_known_place(passage: Passage, first: int, context: DocumentContext, longest: int) -> Mention | None:
    """Return the longest place of at most `longest` words, introduced by the document, that starts at a word."""
    tokens = passage.tokens
    owner = passage.owners[first]
    for last in range(min(first + 2 * longest, len(tokens)), first, -1):
        known = context.places.get(place_key(passage, first, last))
        complete = (owner is None or owner.last <= last) and bool(tokens.words[last - 1].part)
        if known is not None and complete and tokens.same_sentence(first, last - 1):
            return Mention(first, last, "place", known.entry, places=list(known.places), place_kind=known.place_kind)
    return None


def _follows_title(passage: Passage, index: int) -> bool:
    before = passage.index_before(index)
    return before >= 0 and "titles" in passage.tokens.classes(before)


def _most_local_actor(mention: Mention, context: DocumentContext) -> Actor | None:
    """Return, of several actors with one name ("National Guard"), that of the country mentioned most."""
    if mention.entry is None:
        return mention.actor
    nouns = mention.entry.nouns
    return max(nouns, key=lambda actor: (context.countries.get(actor.country, 0), actor is mention.actor))
