"""The known names: actors of the registry and places of the gazetteer, found in a text by longest match."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from ...schema import Actor, ActorRegistry, Gazetteer, Place, load_actors, load_places
from ...schema.names.gazetteer import by_prominence
from ...schema.names.settlements import is_searched_for
from ...schema.names.spelling import fold
from .tokens import Tokens, Vocabulary, Word, is_article

_ARTICLE = "al"
_POSSESSIVES = ("'s", "’s")
_INNER_MARKS = "'’./&"
_MAX_LENGTH = 12
_VILLAGE = 100
"""The population of settlements of which it is unknown: seats of administration in thinly populated regions."""

_CACHED_NAMES, _CACHED_BEGINNINGS = 1 << 17, 1 << 12

_CITY, _LARGER = 100_000, 3
"""How many people a city has that is meant by an alias as well, and how many times as many as a town so called."""


@dataclass(slots=True)
class LexiconEntry:
    """What a name may refer to.

    Attributes:
        nouns: Actors with this name.
        adjectives: Actors whose adjective it is.
        capitals: States whose seat of government it is.
        places: Places with this usual name or listed alias, the project's own first, then the likeliest.
        towns: Settlements and second-level divisions for which a gazetteer has it as an alias, the likeliest first.
    """

    nouns: list[Actor] = field(default_factory=list)
    adjectives: list[Actor] = field(default_factory=list)
    capitals: list[Actor] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    towns: list[Place] = field(default_factory=list)

    @property
    def state(self) -> Actor | None:
        """The sovereign state with this name."""
        for actor in self.nouns:
            if actor.kind == "state" and actor.id == actor.country:
                return actor
        return None

    @property
    def candidates(self) -> list[Place]:
        """The places that it may name: those with this usual name, and larger cities that are known by it as well."""
        if not self.places or not self.towns or any(not (place.population or place.level) for place in self.places):
            return self.places or self.towns
        largest = max((place.population for place in self.places if not place.level), default=0)
        cities = [place for place in self.towns if place.population > max(_CITY, _LARGER * largest) and not place.level]
        return by_prominence([*self.places, *cities]) if cities else self.places


class Lexicon:
    """The known names, by their folded words without hyphens and Arabic articles.

    Names of one word that are abbreviations keep their case (`US`, not `us`).

    Args:
        actors: The registry.
        places: The gazetteer.

    Attributes:
        villages: Returns the settlements of any population that have a name with a key.
    """

    def __init__(self, actors: ActorRegistry, places: Gazetteer) -> None:
        self.actors = actors
        self.places = places
        self.words = Vocabulary()
        self._entries: dict[str, LexiconEntry] = {}
        self._longest: dict[str, int] = {}
        self._beginnings: set[str] = set()  # of names that are not settlements'
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
        # settlements have ten times as many names as all else, and are looked up when a name of theirs may occur
        self._find = lru_cache(_CACHED_NAMES)(self._with_settlements)
        self.villages = lru_cache(_CACHED_NAMES)(places.villages)
        self._longest_from = lru_cache(_CACHED_NAMES)(self._longest_name)
        self._longest_settlement_from = lru_cache(_CACHED_BEGINNINGS)(places.longest_settlement_name)

    def get(self, name: str) -> LexiconEntry | None:
        """Return the entry of a name; None if it is not known."""
        return self._find(_key(name))

    def _with_settlements(self, key: str) -> LexiconEntry | None:
        """Return the entry of a key, with the settlements that have a name with it; None if it is not known."""
        entry = self._entries.get(key)
        usual, towns = [], []
        for place in self.places.settlements_with_key(key):
            if self.places.own(place.id) is not None or (place.level == 2 and place.lat is None):
                continue  # of a division without a point, only the name is known, which villages and persons share
            if not place.population:
                place = replace(place, population=_VILLAGE)
            named = any(_key(alias) == key for alias in filter(is_searched_for, place.aliases))
            if _key(place.name) == key or (named and place.level == 1):
                usual.append(place)
            elif named:
                towns.append(place)
        if not usual and not towns:
            return entry
        entry = entry or LexiconEntry()
        return replace(entry, places=[*entry.places, *usual], towns=towns)

    def _longest_name(self, word: str) -> int:
        """Return the number of words of the longest known name that starts with a word; 0 if there is none."""
        longest = max(self._longest.get(word, 0), self.places.longest_settlement_name(word))
        abbreviation = word.upper() if len(word) <= 5 else word
        return min(longest, _MAX_LENGTH) or int(bool(self._find(word) or self._find(abbreviation)))

    def match(self, tokens: Tokens, first: int) -> tuple[int, LexiconEntry] | None:
        """Find the longest known name that starts at a word; return the index after its last word, and its entry.

        A leading Arabic article is part of the match. Names do not extend beyond the end of a sentence.
        """
        words = tokens.words
        start = first
        if words[first].article and is_article(tokens, first):
            start = first + 2 if words[first + 1].hyphen else first + 1
        head = words[start]
        key, index = head.part, start + 1
        if index < len(words) and words[index].text in _POSSESSIVES and self._longest_from(f"{key}s"):
            owner = self._find_word(head)
            if owner is None or owner.state is None:  # "Cox's Bazar", but "Iraq's Kurdistan region" are two names
                key, index = f"{key}s", start + 2
        longest = self._longest_from(key)
        if not longest and not _may_be_capitals(head):
            return None
        entry = self._find_word(head)
        match = (start + 1, entry) if entry is not None else None
        return match if longest <= 1 else self._match_words(tokens, first, index, key, longest) or match

    def _find_word(self, word: Word) -> LexiconEntry | None:
        """Return the entry of a name of a single word."""
        entry = self._find(word.key)
        if entry is None and word.upper and len(word.text) > 3:
            entry = self._find(word.part)
        if entry is None and _may_be_capitals(word):
            entry = self._find(word.text.upper())
        return entry

    def _match_words(
        self, tokens: Tokens, first: int, index: int, key: str, longest: int
    ) -> tuple[int, LexiconEntry] | None:
        """Find the longest name of at most `longest` words that starts at a word, whose key ends before an index."""
        words, sentence = tokens.words, tokens.sentence
        match: tuple[int, LexiconEntry] | None = None
        count, of_settlements = 1, self._longest_settlement_from(key)
        end = len(words)
        while index < end and count < longest and sentence[index] == sentence[first]:
            if count >= of_settlements and key not in self._beginnings:
                break  # no name continues
            word = words[index]
            index += 1
            if word.hyphen or (not word.part and word.text in _INNER_MARKS):
                continue
            if word.article and is_article(tokens, index - 1):
                continue
            if not word.part or word.text in _POSSESSIVES:
                break
            key = f"{key} {word.part}"
            count += 1
            entry = self._find(key)
            if entry is not None and _may_end_name(word):
                match = (index, entry)
        return match

    def _entry(self, name: str) -> LexiconEntry:
        key = self._register(name)
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = LexiconEntry()
        return entry

    def _register(self, name: str) -> str:
        """Make `match` search for a name, and return its key."""
        key = _key(name)
        words = key.split(" ")
        first = words[0].lower()
        if len(words) > self._longest.get(first, 0):
            self._longest[first] = min(len(words), _MAX_LENGTH)
        self._beginnings.update(" ".join(words[:size]) for size in range(1, len(words)))
        return key


def _may_be_capitals(word: Word) -> bool:
    """Check whether a word may be an abbreviation as British papers write them: "Unrwa", "Isis"."""
    return 4 <= len(word.text) <= 7 and word.name_like


def _may_end_name(word: Word) -> bool:
    """Check whether a word may be the last of a name, where only a generic noun may be in lower case."""
    return word.capital or word.digits or bool(word.classes)


def _key(name: str) -> str:
    key = fold(name)
    if " " not in key or (_ARTICLE not in key and not key.startswith("the ")):
        return key
    words = [word for word in key.split(" ") if word != _ARTICLE]
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join(words) if len(words) != 1 else fold(words[0])


@cache
def shipped_lexicon() -> Lexicon:
    """Return the lexicon of the shipped registry and gazetteer."""
    return Lexicon(load_actors(), load_places())
