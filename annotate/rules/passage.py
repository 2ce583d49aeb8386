"""A passage of text with its words and the mentions found in it so far."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import Literal

from ...schema import Actor, Place
from .lexicon import Lexicon, LexiconEntry
from .tokens import ARTICLES, Tokens, is_article
from .word_lists import word_list

NameKind = Literal["state", "adjective", "capital", "person", "actor", "place"]
"""The kind of a name by itself: a country, an adjective of a country or people, a seat of government, a person, any
other actor, or a place within a country."""

_POSSESSIVE = frozenset(("'s", "’s", "'", "’"))
DETERMINERS = word_list("determiners")
"""Articles and words in their place."""


@dataclass(slots=True, eq=False)
class Mention:
    """A name in the text, or a phrase with a name that denotes an actor.

    Attributes:
        first: The index of its first word.
        last: The index after its last word.
        name_kind: The kind of its name.
        entry: Its entry in the lexicon.
        actor: The actor in the registry, if known.
        id: The id of an actor that is not in the registry.
        kind: The kind of that actor, in the terms of the scheme.
        places: The places that the name may stand for, likeliest first.
        place_kind: The kind of a place that is not in the gazetteer.
        label: ACTOR or LOCATION, once decided.
        weak: Whether it is dropped unless other evidence supports it.
        found: What found it, by the name of the step; see `Passage.finder`.
        choice: How its place was chosen among those of its name.
        cue: The rule by which a country or a capital is a place; empty if none says so.
    """

    first: int
    last: int
    name_kind: NameKind
    entry: LexiconEntry | None = None
    actor: Actor | None = None
    id: str | None = None
    kind: str | None = None
    places: list[Place] = field(default_factory=list)
    place_kind: str | None = None
    label: str = ""
    weak: bool = False
    found: str = ""
    choice: str = ""
    cue: str = ""


class Passage:
    """The words of a passage and the mentions that they belong to; mentions never overlap.

    Attributes:
        tokens: The words.
        lexicon: The known names.
        capitals: The indices of the capitalised words.
        articles: The indices of the words that may be the Arabic article.
        lowers: The words that occur, in lower case: a step whose words do not occur has nothing to look for.
        owners: The mention that each word belongs to.
        blocked: Whether each word is excluded: in a zone, in a date, or in a name of neither actor nor place.
        finder: The step that adds mentions now.
    """

    def __init__(self, tokens: Tokens, lexicon: Lexicon) -> None:
        self.tokens = tokens
        self.lexicon = lexicon
        self.capitals = [index for index, word in enumerate(tokens.words) if word.capital]
        self.lowers = {word.lower for word in tokens.words}
        self.articles = (
            [] if self.lowers.isdisjoint(ARTICLES) else [i for i, word in enumerate(tokens.words) if word.article]
        )
        self.owners: list[Mention | None] = [None] * len(tokens)
        self.blocked = [False] * len(tokens)
        self.finder = ""
        self._mentions: list[Mention] | None = None  # until one is added or dropped

    def mentions(self) -> list[Mention]:
        """Return the mentions in text order."""
        if self._mentions is None:
            self._mentions = list(dict.fromkeys(filter(None, self.owners)))
        return self._mentions.copy()

    def indices(self, lowers: Set[str], *, capitals: bool = False) -> Sequence[int]:
        """Return the indices, in order, of words by their form in lower case, and of all capitalised ones if asked."""
        if lowers.isdisjoint(self.lowers):
            return self.capitals if capitals else ()
        if capitals:
            return [i for i, word in enumerate(self.tokens.words) if word.capital or word.lower in lowers]
        return [i for i, word in enumerate(self.tokens.words) if word.lower in lowers]

    def add(self, mention: Mention) -> Mention:
        """Add a mention, dropping all mentions that it overlaps."""
        for index in range(mention.first, mention.last):
            if (other := self.owners[index]) is not None and other is not mention:
                self.drop(other)
        for index in range(mention.first, mention.last):
            self.owners[index] = mention
        self._mentions = None
        mention.found = mention.found or self.finder
        return mention

    def drop(self, mention: Mention) -> None:
        """Remove a mention."""
        for index in range(mention.first, mention.last):
            if self.owners[index] is mention:
                self.owners[index] = None
        self._mentions = None

    def surface(self, first: int, last: int) -> str:
        """Return the text of the words `[first, last)`."""
        return self.tokens.text[self.tokens.starts[first] : self.tokens.ends[last - 1]]

    def mention_at(self, index: int) -> Mention | None:
        """Return the mention that contains the word at an index; None if there is none or the index is out of range."""
        return self.owners[index] if 0 <= index < len(self.owners) else None

    def is_possessive(self, index: int) -> bool:
        """Check whether the word at an index is a possessive ending."""
        if not self.tokens.is_joined(index):
            return False
        text = self.tokens.words[index].text
        return text in ("'s", "’s", "'S") or (
            text in _POSSESSIVE and self.tokens.lower(index - 1).endswith("s") and not self.tokens.is_joined(index + 1)
        )

    def index_before(self, index: int) -> int:
        """Return the index of the word before another, skipping determiners; -1 at the start of the sentence."""
        position = index - 1
        while (
            position >= 0 and self.tokens.same_sentence(position, index) and self.tokens.lower(position) in DETERMINERS
        ):
            position -= 1
        return position if position >= 0 and self.tokens.same_sentence(position, index) else -1

    def name_end(self, first: int) -> int:
        """Return the index after a word and what hyphens join to it: "Abdel-Rahman", "al-Assad"."""
        tokens, words = self.tokens, self.tokens.words
        index, end = first, len(words)
        if words[index].article and is_article(tokens, index):
            index += 2 if words[index + 1].hyphen else 1
        index += 1
        while (
            index + 1 < end
            and words[index].hyphen
            and tokens.is_joined(index)
            and tokens.is_joined(index + 1)
            and words[index + 1].text[:1].isalpha()
            and (words[index + 1].capital or is_article(tokens, index + 1))
        ):
            index = self.name_end(index + 1)
        return index


_EMPTY_LINE = re.compile(r"\n\s*\n|\r\r|\u2029")


def end_of_paragraph(text: str, start: int, limit: int) -> int:
    """Return the offset of the end of the paragraph that contains `start`, but at most `limit`."""
    within = text[start:limit]
    if "\n" not in within and "\r" not in within and "\u2029" not in within:
        return min(limit, len(text))  # as for most words
    match = _EMPTY_LINE.search(text, start, limit)
    return match.start() if match is not None else min(limit, len(text))
