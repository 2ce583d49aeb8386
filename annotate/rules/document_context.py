"""What a document has introduced so far: persons by surname, abbreviations, places, and the countries it is about."""

from __future__ import annotations

import re
from collections import Counter

from .actors.introduced_actors import IntroducedActors
from .actors.person_names import GIVEN_PLACES, NAME_SUFFIXES
from .passage import Mention, Passage
from .places.place_cues import has_place_cue
from .places.place_evidence import PlaceEvidence, is_reliable, place_key
from .tokens import Word
from .word_lists import word_list

_AFTER_PERSONS = word_list("after_certain_persons")
_FAMILY_NAMES = word_list("family_names_first")


class DocumentContext:
    """The names that a document has introduced.

    Attributes:
        persons: Persons by the last word of their name.
        given_names: Persons named in full, by the given name before their surname.
        full_names: Persons named in full and certainly persons, by the words of their name.
        abbreviations: Actors and places by an abbreviation introduced in brackets.
        places: Places by the words of their name.
        actors: Organisations, ships and persons by the names that may refer to them later.
        bodies: Bodies of states by the slug of their name without the state: "air-force" for "Iran's Air Force".
        countries: How often each country is mentioned; places within a country count twice.
        evidence: What is known of where the document's places lie.
        visited: The countries that the document mentions as places, or by their adjectives.
    """

    def __init__(self) -> None:
        self.persons: dict[str, Mention] = {}
        self.given_names: dict[str, Mention] = {}
        self.full_names: dict[tuple[str, ...], Mention] = {}
        self.abbreviations: dict[str, Mention] = {}
        self.places: dict[tuple[str, ...], Mention] = {}
        self.actors = IntroducedActors()
        self.bodies: dict[str, Mention] = {}
        self.countries: Counter[str] = Counter()
        self.evidence = PlaceEvidence(self.countries)
        self.visited: set[str] = set()

    def main_country(self) -> str:
        """Return the code of the only country that the document is about; empty if it is about several, or none."""
        (country, count), (_, second) = [*self.countries.most_common(2), ("", 0), ("", 0)][:2]
        return country if count * 3 >= self.countries.total() * 2 and second * 4 <= count else ""

    def learn(self, passage: Passage) -> None:
        """Add the names of a passage."""
        mentions = list(passage.mentions())
        persons = [mention for mention in mentions if mention.name_kind == "person"]
        for mention in sorted(persons, key=lambda mention: mention.weak):
            self._learn_person(passage, mention)
        for mention in mentions:
            self.actors.learn(passage, mention)
            self._count_country(passage, mention)
            self._learn_abbreviation(passage, mention)
        # after all persons: "near Adamu's house" may come before "Ibrahim Adamu"
        for mention in mentions:
            if mention.name_kind == "place" and (not mention.weak or has_place_cue(passage, mention.first)):
                self._learn_place(passage, mention)

    def _count_country(self, passage: Passage, mention: Mention) -> None:
        actor_country = mention.actor.country if mention.actor is not None else ""
        if mention.name_kind in ("state", "adjective", "capital") and actor_country:
            self.countries[actor_country] += 1
            if actor_country not in self.visited and (mention.name_kind != "state" or _is_located(passage, mention)):
                self.visited.add(actor_country)
        elif mention.name_kind == "place" and not mention.weak and mention.places and mention.places[0].country:
            if is_reliable(mention.places[0]) and len({place.country for place in mention.places}) == 1:
                self.countries[mention.places[0].country] += 2
        elif mention.name_kind == "actor" and actor_country:
            self.countries[actor_country] += 1

    def _learn_abbreviation(self, passage: Passage, mention: Mention) -> None:
        """Add the abbreviation in brackets after a name: "Rapid Support Forces (RSF)".

        The agency in a dateline, as in "KYIV, Ukraine (AP)", is not an abbreviation of the name before it. Therefore
        persons and countries introduce none, places only one that has their initials, and an abbreviation that the
        registry knows for another actor is only accepted with matching initials.
        """
        tokens = passage.tokens
        index = mention.last
        position = _abbreviation_after(passage, index)
        if not position or not tokens.same_sentence(index - 1, position):
            return
        word = tokens.words[position]
        if not (word.upper or word.text[1:2].isupper()):
            return
        if mention.name_kind not in ("actor", "place"):
            return
        entry = passage.lexicon.get(word.text)
        is_other_actor = entry is not None and any(actor is not mention.actor for actor in entry.nouns)
        bracketed = tokens.lower(index) == "("
        needs_initials = mention.name_kind == "place" or is_other_actor or not bracketed
        if needs_initials and not _has_initials(passage.surface(mention.first, index), word.text):
            return
        self.abbreviations[word.text] = mention

    def _learn_place(self, passage: Passage, mention: Mention) -> None:
        key = place_key(passage, mention.first, mention.last)
        if key in self.full_names or (len(key) == 1 and is_named_in_full(self.persons.get(key[0]))):
            return
        known = self.places.get(key)
        if known is None or (known.weak and not mention.weak):
            self.places[key] = mention

    def _learn_person(self, passage: Passage, mention: Mention) -> None:
        words = [
            word
            for word in passage.tokens.words[mention.first : mention.last]
            if word.capital and word.lower.rstrip(".") not in NAME_SUFFIXES
        ]
        if not words:
            return
        surname = words[-1].part
        known = self.persons.get(surname)
        if known is None or (known.weak and not mention.weak) or (is_named_in_full(mention) > is_named_in_full(known)):
            self.persons[surname] = mention
        if len(words) > 1:
            self._learn_full_name(passage, mention, words)

    def _learn_full_name(self, passage: Passage, mention: Mention, words: list[Word]) -> None:
        if is_certain_person(passage, mention):
            self.full_names.setdefault(place_key(passage, mention.first, mention.last), mention)
        if "given" in words[0].classes or words[0].text in GIVEN_PLACES:
            self.given_names.setdefault(words[0].part, mention)
        if mention.weak:
            return
        # "Juan Manuel Santos Calderón" and "Kim Yung-ho" are later called "Santos" and "Kim"
        if len(words) > 2 and "given" not in words[-2].classes:
            self.persons.setdefault(words[-2].part, mention)
        if words[0].lower in _FAMILY_NAMES:
            self.persons.setdefault(words[0].part, mention)


def _is_located(passage: Passage, mention: Mention) -> bool:
    """Check whether the words around the name of a country indicate the place rather than the state."""
    return has_place_cue(passage, mention.first) and not passage.is_possessive(mention.last)


def is_named_in_full(person: Mention | None) -> bool:
    """Check whether a person is named by more than a surname."""
    return person is not None and person.last - person.first > 1


def is_certain_person(passage: Passage, mention: Mention) -> bool:
    """Check whether the words around a person's name leave no doubt that it is one: a title, speech, an age."""
    tokens, last = passage.tokens, mention.last
    if mention.actor is not None:
        return True
    before, after = tokens.classes(mention.first - 1), tokens.classes(last)
    if "titles" in before or "speech" in before or "speech" in after or tokens.lower(last) in _AFTER_PERSONS:
        return True
    age = tokens.lower(last) == "," and last + 2 < len(tokens) and tokens.words[last + 1].digits
    return age and tokens.lower(last + 2) in (",", ".", ")")


def _abbreviation_after(passage: Passage, index: int) -> int:
    """Return the index of what may be the abbreviation of a name that ends at an index; 0 if there is none.

    It is in brackets, or after "or" or "known as": "the Free Press Committee, known as FPC".
    """
    tokens = passage.tokens
    if tokens.lower(index) == "(":
        return index + 1 if tokens.lower(index + 2) in (")", ",", ";") else 0
    if tokens.lower(index) != ",":
        return 0
    index += 1 if tokens.lower(index + 1) != "also" else 2
    if tokens.lower(index) == "or":
        return index + 1
    if tokens.lower(index) == "known" and tokens.lower(index + 1) == "as":
        return index + (3 if tokens.lower(index + 2) == "the" else 2)
    return 0


def _has_initials(name: str, abbreviation: str) -> bool:
    """Check whether the letters of an abbreviation are the initials of words of a name, in order."""
    initials = iter(word[0].lower() for word in re.findall(r"\w+", name))
    return all(letter in initials for letter in abbreviation.lower() if letter.isalpha())
