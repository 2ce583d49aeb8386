"""The names of a passage resolved by what its document has introduced: surnames, abbreviations, places, weak names."""

from __future__ import annotations

from ...schema import Actor
from .ambiguous_names import is_supported
from .document_context import DocumentContext, place_key
from .passage import Mention, Passage
from .places.place_ranking import drop_unlikely_places, rank_places
from .tokens import is_article


def resolve_names(passage: Passage, context: DocumentContext) -> None:
    """Apply what the document has introduced to the short, weak and ambiguous names of a passage."""
    _find_short_names(passage, context)
    _find_known_places(passage, context)
    for mention in list(passage.mentions()):
        if mention.weak and not is_supported(passage, mention, context):
            passage.drop(mention)
    for mention in passage.mentions():
        if mention.places:
            mention.places = rank_places(passage, mention, context.countries)
            drop_unlikely_places(passage, mention, context.countries)
        elif mention.entry is not None and len(mention.entry.nouns) > 1 and mention.actor in mention.entry.nouns:
            mention.actor = _most_local_actor(mention, context)


def _find_short_names(passage: Passage, context: DocumentContext) -> None:
    """Find the abbreviations and surnames that the document has introduced."""
    tokens = passage.tokens
    words = tokens.words
    index, end = 0, len(tokens)
    while index < end:
        word = words[index]
        owner = passage.owners[index]
        if (
            passage.blocked[index]
            or not word.capital
            or (owner is not None and (owner.last - owner.first > 1 and not is_article(tokens, owner.first)))
        ):
            index += 1 if owner is None else max(1, owner.last - index)
            continue
        full_name = context.abbreviations.get(word.text)
        if full_name is not None and (owner is None or owner.weak or owner.name_kind == "actor"):
            passage.add(_abbreviated(full_name, index))
            index += 1
            continue
        name_end = passage.name_end(index)
        surname = words[name_end - 1].part if name_end <= end else ""
        person = context.persons.get(surname)
        if person is not None and _refers_to(passage, index, name_end, person):
            first = index
            if (
                index >= 2
                and words[index - 1].hyphen
                and is_article(tokens, index - 2)
                and passage.owners[index - 1] is None
            ):
                first = index - 2  # "al-Astal"
            passage.add(Mention(first, name_end, "person", None, person.actor, person.id, person.kind))
            index = name_end
            continue
        index += 1


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


def _refers_to(passage: Passage, first: int, last: int, person: Mention) -> bool:
    """Check whether a word with the surname of a person introduced before refers to that person."""
    tokens = passage.tokens
    owner = passage.owners[first]
    if owner is not None:
        if owner.name_kind not in ("person", "place", "capital") and not owner.weak:
            return False
        if (
            owner.name_kind == "person"
            and owner.actor is not None
            and owner.actor is not person.actor
            and person.actor is not None
        ):
            return False
        if owner.name_kind in ("place", "capital"):
            if person.last - person.first < 2:
                return False
            before = passage.index_before(first)
            if before >= 0 and tokens.lower(before) in ("in", "near", "from", "to", "at", "into", "outside", "of"):
                return False
    if "common" in tokens.words[first].classes and tokens.starts_sentence(first):
        return False
    return not (
        tokens.same_sentence(last, first)
        and last < len(tokens)
        and tokens.words[last].name_like
        and passage.owners[last] is None
    )


def _find_known_places(passage: Passage, context: DocumentContext) -> None:
    """Find places that the document has introduced ("in Avdiivka") wherever they occur ("Avdiivka fell")."""
    if not context.places:
        return
    tokens = passage.tokens
    longest = max(map(len, context.places))
    first_words = {key[0] for key in context.places}
    index, end = 0, len(tokens)
    while index < end:
        owner = passage.owners[index]
        if tokens.words[index].part not in first_words or (owner is not None and owner.first != index):
            index += 1
            continue
        untitled_person = (
            owner is not None
            and owner.name_kind == "person"
            and owner.actor is None
            and not _follows_title(passage, index)
        )
        is_free = owner is None or owner.weak or untitled_person
        if passage.blocked[index] or not is_free or not tokens.words[index].capital:
            index += 1
            continue
        for last in range(min(index + 2 * longest, end), index, -1):
            known = context.places.get(place_key(passage, index, last))
            complete = (owner is None or owner.last <= last) and bool(tokens.words[last - 1].part)
            if known is not None and complete and tokens.same_sentence(index, last - 1):
                passage.add(
                    Mention(index, last, "place", known.entry, places=list(known.places), place_kind=known.place_kind)
                )
                index = last - 1
                break
        index += 1


def _follows_title(passage: Passage, index: int) -> bool:
    before = passage.index_before(index)
    return before >= 0 and "titles" in passage.tokens.classes(before)


def _most_local_actor(mention: Mention, context: DocumentContext) -> Actor | None:
    """Return, of several actors with one name ("National Guard"), that of the country mentioned most."""
    if mention.entry is None:
        return mention.actor
    nouns = mention.entry.nouns
    return max(nouns, key=lambda actor: (context.countries.get(actor.country, 0), actor is mention.actor))
