"""Later mentions of actors that a document has introduced: by a short name or another form, always with one id."""

from __future__ import annotations

from ..passage import Mention, Passage
from ..word_lists import word_list
from .noun_modifiers import HEADS_OF_PHRASES
from .person_names import NAME_SUFFIXES

_SHIP_PREFIXES = word_list("ship_prefixes")
_SHORT_HEADS = word_list("short_name_heads")
_MAX_LENGTH = 6


class IntroducedActors:
    """The actors that a document has introduced, by the names that may refer to them later."""

    def __init__(self) -> None:
        self._names: dict[str, Mention] = {}
        self._first_words: set[str] = set()
        self._short_names: dict[str, Mention] = {}
        self._persons: dict[str, list[tuple[list[str], Mention]]] = {}

    def learn(self, passage: Passage, mention: Mention) -> None:
        """Add the names of a person, an organisation or a ship."""
        if mention.name_kind == "person" and not mention.weak:
            words = person_words(passage, mention)
            if len(words) > 1:
                self._persons.setdefault(words[-1], []).append((words, mention))
        elif mention.name_kind == "actor" and not mention.weak and mention.last - mention.first <= _MAX_LENGTH:
            self._learn_organisation(passage, mention)

    def _learn_organisation(self, passage: Passage, mention: Mention) -> None:
        """Add an organisation by its name, without its owner ("UN Board of Inquiry"), and by its short name."""
        words = passage.tokens.words[mention.first : mention.last]
        parts = [word.part for word in words if word.part]
        if words[0].lower in _SHIP_PREFIXES and len(parts) > 1:
            for name in (" ".join(parts[1:]), parts[-1]):
                self._short_names.setdefault(name, mention)
            self._first_words.update(parts)
        elif len(parts) > 1 and words[-1].capital and words[-1].lower in _SHORT_HEADS:
            self._short_names.setdefault(parts[-1], mention)
            self._first_words.add(parts[-1])
        if mention.actor is None and mention.id is not None:
            self._names.setdefault(" ".join(parts), mention)
            self._first_words.update(parts[:2])
            if len(parts) > 2 and words[0].upper:
                self._names[" ".join(parts[1:])] = mention
            if len(parts) > 1 and mention.kind in ("media", "organization") and words[0].name_like:
                self._names.setdefault(parts[0], mention)

    def find(self, passage: Passage, index: int) -> Mention | None:
        """Return the mention of an introduced organisation or ship that starts at a word; None if none does."""
        if passage.tokens.words[index].part not in self._first_words:
            return None
        owner = passage.owners[index]
        short = self._short_names if passage.tokens.lower(index - 1) == "the" else {}
        free = owner is None or owner.weak or (owner.name_kind == "actor" and owner.actor is None)
        full = self._names if free else {}
        if not short and not full:
            return None
        tokens = passage.tokens
        key, mention = "", None
        for position in range(index, min(index + _MAX_LENGTH, len(tokens))):
            if not tokens.same_sentence(index, position):
                break
            if not tokens.words[position].part:
                continue
            key = f"{key} {tokens.words[position].part}".strip()
            known = full.get(key) or short.get(key)
            if known is not None and (key in full or _ends_name(passage, position + 1)):
                mention = _again(known, index, position + 1)
        return mention

    def unify(self, passage: Passage, mention: Mention) -> None:
        """Give a person that is in no list the id of the same one introduced by a fuller name."""
        words = person_words(passage, mention)
        for names, known in self._persons.get(words[-1] if words else "", ()):
            if known is not mention and known.id != mention.id and _is_form_of(words, names):
                mention.actor, mention.id, mention.kind = known.actor, known.id, known.kind
                return


def person_words(passage: Passage, mention: Mention) -> list[str]:
    """Return the words of a person's name without initials, suffixes and quotation marks, for comparison."""
    words = passage.tokens.words[mention.first : mention.last]
    return [word.part for word in words if len(word.part) > 1 and word.lower.rstrip(".") not in NAME_SUFFIXES]


def _is_form_of(words: list[str], names: list[str]) -> bool:
    """Check whether a name of two words or more is a shorter form of another: without a middle or a first name."""
    if len(words) < 2 or len(words) >= len(names):
        return False
    return names[-len(words) :] == words or (names[0] == words[0] and all(word in names for word in words))


def _ends_name(passage: Passage, last: int) -> bool:
    """Check whether a short name ends before a word: "the Lincoln", but not "the Lincoln Memorial"."""
    tokens = passage.tokens
    if not tokens.same_sentence(last - 1, last):
        return True
    word = tokens.words[last]
    return not (word.capital or word.hyphen or word.classes & HEADS_OF_PHRASES)


def _again(known: Mention, first: int, last: int) -> Mention:
    return Mention(first, last, "actor", actor=known.actor, id=known.id, kind=known.kind)
