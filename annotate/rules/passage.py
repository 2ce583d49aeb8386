"""A passage being read: its words, and the mentions found in it so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from ...schema import Actor, Place
from .lexicon import Lexicon, LexiconEntry
from .tokens import Tokens, is_article

MentionKind = Literal["state", "adjective", "capital", "person", "actor", "place"]
"""What a name is by itself: a country, an adjective of one or of a people, a seat of government, a person, any other
actor, or a place below a country."""

_POSSESSIVE = frozenset(("'s", "’s", "'", "’"))
_DETERMINERS = frozenset(("the", "a", "an", "its", "their", "his", "her", "our", "this", "that", "these", "those"))


@dataclass(slots=True, eq=False)
class Mention:
    """A name in the text, or a phrase that a name makes an actor.

    Attributes:
        first: Index of its first word.
        last: Index behind its last word.
        sort: What its name is.
        entry: What the lexicon knows of the name.
        actor: Of the registry, where known.
        id: An actor's id; with `kind` the value of an ACTOR.
        kind: As the scheme's.
        places: What the name may be as a place, likeliest first.
        place_kind: The kind of a place that no gazetteer has.
        label: ACTOR or LOCATION, once decided.
        weak: Whether it needs the support of other evidence to stand.
    """

    first: int
    last: int
    sort: MentionKind
    entry: LexiconEntry | None = None
    actor: Actor | None = None
    id: str | None = None
    kind: str | None = None
    places: list[Place] = field(default_factory=list)
    place_kind: str | None = None
    label: str = ""
    weak: bool = False


class Passage:
    """The words of a passage and who owns them: mentions never overlap."""

    def __init__(self, tokens: Tokens, lexicon: Lexicon) -> None:
        self.tokens = tokens
        self.lexicon = lexicon
        self.owner: list[Mention | None] = [None] * len(tokens)
        self.blocked = [False] * len(tokens)

    def mentions(self) -> Iterator[Mention]:
        """The mentions in the order of the text."""
        last = None
        for owner in self.owner:
            if owner is not None and owner is not last:
                yield owner
                last = owner

    def add(self, mention: Mention) -> Mention:
        """Takes a mention's words for it; what mentions they had before lose them whole."""
        for index in range(mention.first, mention.last):
            if (other := self.owner[index]) is not None and other is not mention:
                self.drop(other)
        for index in range(mention.first, mention.last):
            self.owner[index] = mention
        return mention

    def drop(self, mention: Mention) -> None:
        """Frees a mention's words."""
        for index in range(mention.first, mention.last):
            if self.owner[index] is mention:
                self.owner[index] = None

    def surface(self, first: int, last: int) -> str:
        """The text from one word to another."""
        return self.tokens.text[self.tokens.starts[first] : self.tokens.ends[last - 1]]

    def at(self, index: int) -> Mention | None:
        """The mention that has the word at an index; None beyond the ends."""
        return self.owner[index] if 0 <= index < len(self.owner) else None

    def possessive(self, index: int) -> bool:
        """Whether the word at an index is a possessive mark."""
        if not 0 <= index < len(self.tokens) or not self.tokens.joined(index):
            return False
        text = self.tokens.words[index].text
        return text in ("'s", "’s", "'S") or (
            text in _POSSESSIVE and self.tokens.low(index - 1).endswith("s") and not self.tokens.joined(index + 1)
        )

    def before(self, index: int) -> int:
        """The index of the word before one, passing determiners; -1 at the start of the sentence."""
        at = index - 1
        while at >= 0 and self.tokens.same_sentence(at, index) and self.tokens.low(at) in _DETERMINERS:
            at -= 1
        return at if at >= 0 and self.tokens.same_sentence(at, index) else -1

    def name_end(self, first: int) -> int:
        """The index behind a single written name: a word with what hyphens join to it ("Abdel-Rahman", "al-Assad")."""
        tokens = self.tokens
        index = first
        if is_article(tokens, index):
            index += 2 if tokens.words[index + 1].hyphen else 1
        index += 1
        while (
            index + 1 < len(tokens)
            and tokens.words[index].hyphen
            and tokens.joined(index)
            and tokens.joined(index + 1)
            and tokens.words[index + 1].text[:1].isalpha()
            and (tokens.words[index + 1].capital or is_article(tokens, index + 1))
        ):
            index = self.name_end(index + 1)
        return index
