"""What a document has said before: persons by their surnames, abbreviations, and in which countries it plays."""

from __future__ import annotations

import re
from collections import Counter

from ...schema import Actor, Place
from .passage import Mention, Passage
from .places.place_names import has_place_cue
from .tokens import is_article
from .word_lists import word_list

_LOCATIVE = word_list("locative_cues")


class DocumentContext:
    """Names that a document has introduced."""

    def __init__(self) -> None:
        self.persons: dict[str, Mention] = {}
        self.short: dict[str, Mention] = {}
        self.places: dict[tuple[str, ...], Mention] = {}
        self.countries: Counter[str] = Counter()

    def learn(self, page: Passage) -> None:
        """Takes in the names of a passage."""
        for mention in page.mentions():
            if mention.sort == "person" and not mention.weak:
                self._person(page, mention)
            if (
                mention.sort in ("state", "adjective", "capital")
                and mention.actor is not None
                and mention.actor.country
            ):
                self.countries[mention.actor.country] += 1
            elif mention.sort == "place" and not mention.weak and mention.places and mention.places[0].country:
                if len({place.country for place in mention.places}) == 1:
                    self.countries[mention.places[0].country] += 2
            elif mention.actor is not None and mention.actor.country and mention.sort == "actor":
                self.countries[mention.actor.country] += 1
            self._bracketed(page, mention)
            if mention.sort == "place" and (not mention.weak or has_place_cue(page, mention.first)):
                self._place(page, mention)
        for mention in page.mentions():
            if mention.weak and mention.sort == "person":
                self._person(page, mention, weak=True)

    def _bracketed(self, page: Passage, mention: Mention) -> None:
        """Learns the abbreviation in brackets behind a name: "Rapid Support Forces (RSF)".

        Not the agency of a dateline ("KYIV, Ukraine (AP)"): behind a person or country nothing is introduced, behind a
        place only what has its initials, and what the registry knows is overruled by initials alone.
        """
        tokens = page.tokens
        index = mention.last
        if tokens.low(index) != "(" or tokens.low(index + 2) not in (")", ",", ";"):
            return
        word = tokens.words[index + 1]
        if not tokens.same_sentence(index - 1, index + 1) or not (word.upper or word.text[1:2].isupper()):
            return
        if mention.sort not in ("actor", "place"):
            return
        known = page.lexicon.get(word.text)
        other = known is not None and any(actor is not mention.actor for actor in known.nouns)
        if (mention.sort == "place" or other) and not _has_initials(page.surface(mention.first, index), word.text):
            return
        self.short[word.text] = mention

    def _place(self, page: Passage, mention: Mention) -> None:
        key = _place_key(page, mention.first, mention.last)
        known = self.places.get(key)
        if known is None or (known.weak and not mention.weak):
            self.places[key] = mention

    def _person(self, page: Passage, mention: Mention, *, weak: bool = False) -> None:
        words = [w for w in page.tokens.words[mention.first : mention.last] if w.capital]
        if not words:
            return
        key = words[-1].part
        known = self.persons.get(key)
        if known is None or (not weak and known.weak) or (len(words) > 1 and known.last - known.first == 1):
            self.persons[key] = mention

    def settle(self, page: Passage) -> None:
        """Lets what the document has introduced decide about short and weak names."""
        tokens = page.tokens
        words = tokens.words
        index, end = 0, len(tokens)
        while index < end:
            word = words[index]
            owner = page.owner[index]
            if (
                page.blocked[index]
                or not word.capital
                or (owner is not None and (owner.last - owner.first > 1 and not is_article(tokens, owner.first)))
            ):
                index += 1 if owner is None else max(1, owner.last - index)
                continue
            if word.text in self.short and (owner is None or owner.weak or owner.sort == "actor"):
                source = self.short[word.text]
                page.add(
                    Mention(
                        index,
                        index + 1,
                        "place" if source.sort == "place" else "actor",
                        None,
                        source.actor,
                        source.id,
                        source.kind,
                        list(source.places),
                        source.place_kind,
                    )
                )
                index += 1
                continue
            behind = page.name_end(index)
            key = words[behind - 1].part if behind <= end else ""
            person = self.persons.get(key)
            if person is not None and self._is_person(page, index, behind, person):
                first = index
                if (
                    index >= 2
                    and words[index - 1].hyphen
                    and is_article(tokens, index - 2)
                    and page.owner[index - 1] is None
                ):
                    first = index - 2  # "al-Astal"
                page.add(Mention(first, behind, "person", None, person.actor, person.id, person.kind))
                index = behind
                continue
            index += 1
        self._settle_places(page)
        for mention in list(page.mentions()):
            if mention.weak and not self._stands(page, mention):
                page.drop(mention)
        for mention in page.mentions():
            if mention.places:
                mention.places = self.order(page, mention)
                self._unlist(page, mention)
            elif mention.entry is not None and len(mention.entry.nouns) > 1 and mention.actor in mention.entry.nouns:
                mention.actor = self._local(mention)

    def _settle_places(self, page: Passage) -> None:
        """Lets a name that was a place ("in Avdiivka") be one wherever it stands ("Avdiivka fell")."""
        if not self.places:
            return
        tokens = page.tokens
        longest = max(map(len, self.places))
        firsts = {key[0] for key in self.places}
        index, end = 0, len(tokens)
        while index < end:
            owner = page.owner[index]
            if tokens.words[index].part not in firsts or (owner is not None and owner.first != index):
                index += 1
                continue
            shaped = owner is not None and owner.sort == "person" and owner.actor is None and not _titled(page, index)
            if page.blocked[index] or not (owner is None or owner.weak or shaped) or not tokens.words[index].capital:
                index += 1
                continue
            for last in range(min(index + 2 * longest, end), index, -1):
                known = self.places.get(_place_key(page, index, last))
                whole = (owner is None or owner.last <= last) and bool(tokens.words[last - 1].part)
                if known is not None and whole and tokens.same_sentence(index, last - 1):
                    page.add(
                        Mention(
                            index, last, "place", known.entry, places=list(known.places), place_kind=known.place_kind
                        )
                    )
                    index = last - 1
                    break
            index += 1

    def _is_person(self, page: Passage, first: int, last: int, person: Mention) -> bool:
        owner = page.owner[first]
        if owner is not None and owner.sort not in ("person", "place", "capital") and not owner.weak:
            return False
        if (
            owner is not None
            and owner.sort == "person"
            and owner.actor is not None
            and owner.actor is not person.actor
            and person.actor is not None
        ):
            return False
        full = person.last - person.first
        if owner is not None and owner.sort in ("place", "capital") and full < 2:
            return False
        if owner is not None and owner.sort in ("place", "capital"):
            before = page.tokens.low(page.before(first)) if page.before(first) >= 0 else ""
            if before in ("in", "near", "from", "to", "at", "into", "outside", "of"):
                return False
        word = page.tokens.words[first]
        if "common" in word.classes and page.tokens.opens(first):
            return False
        return not (
            page.tokens.same_sentence(last, first)
            and last < len(page.tokens)
            and page.tokens.words[last].name_like
            and page.owner[last] is None
        )

    def _stands(self, page: Passage, mention: Mention) -> bool:
        """Whether a weak name has support enough."""
        tokens = page.tokens
        first, last = mention.first, mention.last
        if mention.sort == "person":
            size = sum(1 for w in tokens.words[first:last] if w.capital)
            return size > 1 or tokens.words[last - 1].part in self.persons
        if mention.sort == "actor":
            return self._acts(page, mention)
        if mention.place_kind is None and not mention.places:
            return False
        before = page.before(first)
        while before >= 0 and "direction" in tokens.classes(before):
            before = page.before(before)
        low = tokens.low(before) if before >= 0 else ""
        if has_place_cue(page, first) and mention.sort == "place":
            return True
        locative = low in _LOCATIVE
        other = page.at(before - 1) if low in ("and", ",", "or") and before > 0 else None
        if other is not None and other is not mention and other.sort in ("place", "capital"):
            locative = True
            if has_place_cue(page, other.first):
                return True
        place = self.order(page, mention)[0]
        home = self.countries.get(place.country, 0) > 0
        follows = page.at(last + 1) if tokens.low(last) == "," else None
        listed = follows is not None and follows.sort in ("place", "state", "capital")
        if len(tokens.words[first].text) < 4 and last - first == 1:
            return (locative and home and place.population > 100_000) or (listed and home)
        if mention.entry is not None and not mention.entry.places:
            known_word = bool(tokens.words[last - 1].classes) or len(tokens.words[last - 1].text) < 5
            return home and (locative or listed or not known_word)
        if tokens.headline[tokens.sentence[first]] and not home:
            return False
        return home or (locative and place.population > 50_000) or listed or place.population > 1_000_000

    def _unlist(self, page: Passage, mention: Mention) -> None:
        """Takes from a name what only some gazetteer calls so, far from all that the document speaks of."""
        place = mention.places[0]
        by_alias = mention.entry is not None and place not in mention.entry.places
        if mention.sort != "place" or not by_alias or not self.countries or page.tokens.low(mention.last) == ",":
            return
        if not self.countries.get(place.country) and place.population < 300_000:
            mention.places, mention.place_kind = [], mention.place_kind or "settlement"

    def _local(self, mention: Mention) -> Actor | None:
        """Of several actors of one name ("National Guard"), that of the country the document speaks of most."""
        if mention.entry is None:
            return mention.actor
        nouns = mention.entry.nouns
        return max(nouns, key=lambda actor: (self.countries.get(actor.country, 0), actor is mention.actor))

    def _acts(self, page: Passage, mention: Mention) -> bool:
        """Whether an unknown abbreviation is an actor: it acts, is named more than once, or heads people."""
        tokens = page.tokens
        last = mention.last
        after = tokens.classes(last) if tokens.same_sentence(last - 1, last) else frozenset()
        if after & {"acting", "speech", "adverbs", "rulers", "armed", "officials", "groups", "people", "bodies"}:
            return True
        if page.possessive(last):
            return True
        before = page.before(mention.first)
        if before >= 0 and ("the" in tokens.low(mention.first - 1) or "towards_actor" in tokens.classes(before)):
            return True
        text = tokens.words[mention.first].text
        return sum(1 for w in tokens.words if w.text == text) > 1

    def order(self, page: Passage, mention: Mention) -> list[Place]:
        """The places that a name may be, likeliest first: by what stands behind it, then by the countries spoken of."""
        tokens = page.tokens
        places = mention.places
        if len(places) == 1:
            return places
        named: set[str] = set()
        if tokens.low(mention.last) == ",":
            follows = page.at(mention.last + 1)
            if follows is not None and follows.sort == "state" and follows.actor is not None:
                named.add(follows.actor.country)
            elif follows is not None and follows.sort == "place" and follows.places:
                named.update(place.country for place in follows.places[:3])
        owner = page.at(mention.first - 2) if page.possessive(mention.first - 1) else None
        if owner is not None and owner.actor is not None and owner.actor.country:
            named.add(owner.actor.country)
        heavy = self.countries.most_common(3)
        main = {country for country, count in heavy if count * 4 >= heavy[0][1]} if heavy else set()
        wanted = mention.place_kind

        def rank(item: tuple[int, Place]) -> tuple[int, ...]:
            position, place = item
            return (
                0 if place.country in named else 1,
                0 if wanted is None or place.kind == wanted else 1,
                0 if place.country in main else 1 if self.countries.get(place.country) else 2,
                position,
            )

        return [place for _, place in sorted(enumerate(places), key=rank)]


def _has_initials(name: str, short: str) -> bool:
    """Whether the letters of an abbreviation open words of a name, in order."""
    opening = iter(word[0].lower() for word in re.findall(r"\w+", name))
    return all(letter in opening for letter in short.lower() if letter.isalpha())


def _place_key(page: Passage, first: int, last: int) -> tuple[str, ...]:
    if any(word.text in (",", "(", ")", ";", ":") for word in page.tokens.words[first:last]):
        return ("",)
    return tuple(word.part for word in page.tokens.words[first:last] if word.part)


def _titled(page: Passage, index: int) -> bool:
    before = page.before(index)
    return before >= 0 and "titles" in page.tokens.classes(before)
