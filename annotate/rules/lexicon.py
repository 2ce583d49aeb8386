"""Names that are known: the registry's actors and the gazetteer's places, found in a text by longest match."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from ...schema import Actor, ActorRegistry, Gazetteer, Place, load_actors, load_places
from ...schema.names.spelling import fold
from .tokens import Tokens, Words, is_article

_ARTICLE = "al"
_LONGEST = 12


@dataclass(slots=True)
class LexiconEntry:
    """What a name may stand for.

    Attributes:
        nouns: Actors that it names.
        adjectives: Actors whose adjective it is.
        capitals: States whose seat of government it is.
        places: Places that it names by their usual name or a listed alias, the project's own first.
        towns: Settlements that some gazetteer also calls so; the larger first.
    """

    nouns: list[Actor] = field(default_factory=list)
    adjectives: list[Actor] = field(default_factory=list)
    capitals: list[Actor] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    towns: list[Place] = field(default_factory=list)

    @property
    def state(self) -> Actor | None:
        """The sovereign state that it names."""
        return next((a for a in self.nouns if a.kind == "state" and a.id == a.country), None)


class Lexicon:
    """Known names by the folded words that they consist of, hyphens and Arabic articles left out.

    Names of one word keep their case where they are abbreviations (`US`, not `us`).
    """

    def __init__(self, actors: ActorRegistry, places: Gazetteer) -> None:
        self.actors = actors
        self.places = places
        self.words = Words()
        self._entries: dict[str, LexiconEntry] = {}
        self._longest: dict[str, int] = {}
        for actor in actors:
            for name in (actor.name, *actor.aliases):
                self._entry(name).nouns.append(actor)
            for name in actor.adjectives:
                self._entry(name).adjectives.append(actor)
            for name in actor.capitals:
                self._entry(name).capitals.append(actor)
        for place in places:
            for name in set(place.names):
                self._entry(name).places.append(place)
        # the names of settlements are ten times all others: what they stand for is made into an entry when it is met
        self._unmet: dict[str, list[tuple[bool, Place]]] = {}
        for place in places.settlements():
            self._unmet.setdefault(self._known(place.name), []).append((True, place))
            for name in place.aliases:
                if len(name) > 3 and name.count(" ") < 3:
                    self._unmet.setdefault(self._known(name), []).append((False, place))

    def get(self, name: str) -> LexiconEntry | None:
        """The entry of a name."""
        return self._find(_key(name))

    def _find(self, key: str) -> LexiconEntry | None:
        if key in self._unmet:
            settlements = self._unmet.pop(key)
            entry = self._entries.setdefault(key, LexiconEntry())
            entry.places.extend(_once(place for usual, place in settlements if usual))
            entry.towns.extend(_once(place for usual, place in settlements if not usual))
        return self._entries.get(key)

    def match(self, tokens: Tokens, first: int) -> tuple[int, LexiconEntry] | None:
        """The longest known name that starts with a word: the index behind its last word, and its entry.

        A leading Arabic article belongs to the match. Names do not reach over the end of a sentence.
        """
        words, sentence = tokens.words, tokens.sentence
        start = first
        if is_article(tokens, first):
            start = first + 2 if words[first + 1].hyphen else first + 1
        head = words[start]
        key, index = head.part, start + 1
        if index < len(words) and words[index].text in ("'s", "’s") and f"{key}s" in self._longest:
            key, index = f"{key}s", start + 2  # "Cox's Bazar"
        longest = self._longest.get(key)
        if longest is None:
            if not (head.name_like and 4 <= len(head.text) <= 7):
                return None
            longest = 1
        found: tuple[int, LexiconEntry] | None = None
        entry = self._find(head.key)
        if entry is None and head.upper and len(head.text) > 3:
            entry = self._find(head.part)
        if entry is None and head.name_like and 4 <= len(head.text) <= 7:
            entry = self._find(head.text.upper())  # "Unrwa", "Isis", as British papers write them
        if entry is not None:
            found = (start + 1, entry)
        if longest == 1:
            return found
        count = 1
        end = len(words)
        while index < end and count < longest and sentence[index] == sentence[first]:
            word = words[index]
            if word.hyphen or (word.part == "" and word.text in "'’./&"):
                index += 1
                continue
            if not word.part or word.text in ("'s", "’s"):
                break
            if is_article(tokens, index):
                index += 1
                continue
            key = f"{key} {word.part}"
            count += 1
            index += 1
            entry = self._find(key)
            if entry is not None and (word.capital or word.digits or not _proper(tokens, start, index)):
                found = (index, entry)
        return found

    def _entry(self, name: str) -> LexiconEntry:
        key = self._known(name)
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = LexiconEntry()
        return entry

    def _known(self, name: str) -> str:
        """A name's key, which `match` looks for from then on."""
        key = _key(name)
        first, _, rest = key.partition(" ")
        size = rest.count(" ") + 2 if rest else 1
        first = first.lower()
        if size > self._longest.get(first, 0):
            self._longest[first] = min(size, _LONGEST)
        return key


def _once(places: Iterable[Place]) -> list[Place]:
    return list({place.id: place for place in places}.values())


def _proper(tokens: Tokens, start: int, end: int) -> bool:
    """Whether the last word of a match must be capitalised, being no generic noun."""
    word = tokens.words[end - 1]
    return not word.classes


def _key(name: str) -> str:
    key = fold(name)
    if " " not in key:
        return key
    words = [word for word in key.split(" ") if word != _ARTICLE]
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join(words) if len(words) != 1 else fold(words[0])


@cache
def shipped_lexicon() -> Lexicon:
    """The names of the shipped registry and gazetteer."""
    collecting = gc.isenabled()
    gc.disable()  # a hundred thousand lists that all stay: looking for garbage among them doubles the time
    try:
        return Lexicon(load_actors(), load_places())
    finally:
        if collecting:
            gc.enable()
