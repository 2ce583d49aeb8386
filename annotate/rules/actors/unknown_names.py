"""Unknown names, classified as persons, places or abbreviations by the words around them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..decision_table import DecisionRule, decide, yes
from ..known_names import slug
from ..passage import Mention, Passage
from ..places.datelines import is_dateline
from ..places.place_cues import OF_PLACES, has_place_cue, is_unknown_name
from ..places.unknown_places import is_unsupported_place, may_name_place
from ..tokens import is_article
from ..word_lists import class_names, word_list
from .person_names import given_name_end, is_particle
from .persons import person_mention

_WEAPON_NOUNS = word_list("weapon_nouns")
_BEFORE_PERSONS = word_list("before_persons")
_INNER_CAPITAL = re.compile(r"[a-z][A-Z]")
_NAME_PREFIXES = word_list("name_prefixes")
_OTHER_ENDS = word_list("ends_of_other_names")
_NAMING_PERSONS = word_list("naming_persons")
_AFTER_PERSONS = word_list("after_persons")
_LIST_JOINTS = word_list("list_joints")
_BEFORE_LISTED_PLACES = word_list("before_listed_places")
_GIVEN = class_names("given")
_AFTER_DATELINES = frozenset((",", "–", "—", "-", "("))


def find_unknown_names(passage: Passage) -> None:
    """Classify the capitalised words that belong to no mention yet: as persons, places, abbreviations, or no names."""
    tokens = passage.tokens
    words = tokens.words
    surnames = {words[m.last - 1].part for m in passage.mentions() if m.name_kind == "person" and m.last - m.first > 1}
    read = 0
    for index in passage.capitals:
        if (
            index < read
            or passage.owners[index] is not None
            or not is_unknown_name(passage, index)
            or (is_article(tokens, index) and passage.mention_at(index + 1) is not None)
        ):
            continue
        last, count = _run_end(passage, index)
        last = _unowned_end(passage, index, min(last, len(words)))
        if count == 1 and words[last - 1].part in surnames:
            pass  # a person's surname, which is resolved with what the document has introduced
        elif known := _hyphenated_place(passage, index):
            passage.add(Mention(known.first, last, "place", place_kind="settlement"))
        elif last > index and (mention := decide(UNKNOWN_NAME_RULES, _run(passage, index, last, count), None)):
            passage.add(mention)
        read = last


def _run_end(passage: Passage, first: int) -> tuple[int, int]:
    """Return the end of a run of at most five unknown words, with particles between them, and their number."""
    tokens = passage.tokens
    sentence = tokens.sentence[first]
    last, count = first, 0
    while last < len(tokens) and count < 5 and tokens.sentence[last] == sentence:
        owner = passage.owners[last]
        surname = bool(count) and is_unsupported_place(passage, last)
        if owner is not None and not surname:
            if not (count and _is_nisba(passage, owner)):
                break
            last = owner.last
            count += 1
            continue
        article = bool(count) and is_article(tokens, last) and _is_free_after(passage, last)
        if surname or article or is_unknown_name(passage, last):
            last = given_name_end(passage, passage.name_end(last), count)  # "Urem al-Kubra", "Harith al-Ithari"
            count += 1
        elif count and _is_free_particle(passage, last):
            last += 1
        else:
            break
    return last, count


def _is_free_after(passage: Passage, article: int) -> bool:
    """Check whether the word after an Arabic article is in no known name."""
    tokens = passage.tokens
    named = article + (2 if tokens.words[article + 1].hyphen else 1)
    return passage.owners[named] is None or is_unsupported_place(passage, named)


def _is_nisba(passage: Passage, owner: Mention) -> bool:
    """Check whether a known name may be a surname formed from that of a town: "al-Masri"."""
    return owner.weak and owner.name_kind == "place" and passage.tokens.words[owner.first].text in ("al", "el")


def _is_free_particle(passage: Passage, index: int) -> bool:
    return is_particle(passage, index) and passage.owners[index + 1] is None


def _unowned_end(passage: Passage, first: int, last: int) -> int:
    """Return the end of a run of words without mentions, except for mentions that a hyphen joins to the run."""
    for position in range(first, last):
        owner = passage.owners[position]
        if owner is not None and not (position > first and is_unsupported_place(passage, position)):
            hyphenated = (
                position > first and passage.tokens.words[position - 1].hyphen and passage.tokens.is_joined(position)
            )
            if _is_nisba(passage, owner) and position > first:
                continue
            if not hyphenated or not _may_be_half(owner):
                return position - 1 if hyphenated else position  # "Kouré-Bèrè" is one name, "Heb-US" is not
    return last


def _may_be_half(owner: Mention) -> bool:
    """Check whether a known name may be half of a hyphenated one: the name of a place or person, of one word."""
    return owner.actor is None and owner.name_kind in ("place", "person") and owner.last - owner.first == 1


def _hyphenated_place(passage: Passage, index: int) -> Mention | None:
    """Return the place that a hyphen joins to an unknown word, which makes them one name: "Bèrè-Kouré"."""
    tokens = passage.tokens
    hyphenated = (
        index > 1 and tokens.words[index - 1].hyphen and tokens.is_joined(index) and tokens.is_joined(index - 1)
    )
    owner = passage.mention_at(index - 2) if hyphenated and not tokens.headline[tokens.sentence[index]] else None
    return owner if owner is not None and owner.name_kind == "place" and _may_be_half(owner) else None


@dataclass(slots=True)
class _Run:
    """A run of unknown capitalised words, `[first, last)`, and the words around it.

    Attributes:
        count: The number of its words, where hyphens join several to one.
        before: The index of the word before it in the sentence, apart from determiners; -1 if there is none.
        preceding: That word in lower case.
        following: The word after it in the sentence, in lower case.
        headline: Whether it is in a heading, whose capitals mean little.
    """

    passage: Passage
    first: int
    last: int
    count: int
    before: int
    preceding: str
    following: str
    headline: bool

    @property
    def starts_sentence(self) -> bool:
        """Whether it is at the start of the sentence."""
        return self.passage.tokens.starts_sentence(self.first)

    @property
    def speaks(self) -> bool:
        """Whether a verb of speech is beside it."""
        tokens = self.passage.tokens
        return "speech" in tokens.classes(self.last) or (self.before >= 0 and "speech" in tokens.classes(self.before))


def _run(passage: Passage, first: int, last: int, count: int) -> _Run:
    tokens = passage.tokens
    before = passage.index_before(first)
    preceding = tokens.lower(before) if before >= 0 else ""
    following = tokens.lower(last) if tokens.same_sentence(first, last) else ""
    return _Run(passage, first, last, count, before, preceding, following, tokens.headline[tokens.sentence[first]])


def _is_abbreviation(run: _Run) -> bool:
    word = run.passage.tokens.words[run.first]
    return run.count == 1 and word.upper and 2 <= len(word.text) <= 7


def _is_camel_case(run: _Run) -> bool:
    """Check whether a word has a capital inside, and not as personal names do: "NetBlocks", but not "McCain"."""
    text = run.passage.tokens.words[run.first].text
    inner = _INNER_CAPITAL.search(text) if run.count == 1 and run.last == run.first + 1 else None
    return inner is not None and text[: inner.end() - 1].lower() not in _NAME_PREFIXES


def _organisation(run: _Run) -> Mention:
    text = run.passage.tokens.words[run.first].text
    return Mention(run.first, run.last, "actor", id=slug(text), kind="organization")


def _dateline_or_organisation(run: _Run) -> Mention:
    text = run.passage.tokens.words[run.first].text
    if run.starts_sentence and run.following in _AFTER_DATELINES and len(text) > 3:
        return Mention(run.first, run.last, "place", place_kind="settlement")
    return Mention(run.first, run.last, "actor", id=slug(text), kind="organization", weak=True)


def _starts_dateline(run: _Run) -> bool:
    words = [word for word in run.passage.tokens.words[run.first : run.last] if word.capital]
    upper = run.starts_sentence and all(word.upper and len(word.text) > 3 for word in words)
    return upper and is_dateline(run.passage, _place(run))


def _place(run: _Run) -> Mention:
    tokens = run.passage.tokens
    before = run.first - 1
    if (
        run.first
        and tokens.words[before].capital
        and "direction" in tokens.words[before].classes
        and not tokens.starts_sentence(before)
    ):
        return Mention(before, run.last, "place", place_kind="admin")  # "East Gojjam"
    return Mention(run.first, run.last, "place", place_kind="settlement")


def _speaker(run: _Run) -> Mention | None:
    return (
        person_mention(run.passage, run.first, run.last, weak=True) if run.speaks and not run.starts_sentence else None
    )


def _is_named_like_an_organisation(run: _Run) -> bool:
    tokens = run.passage.tokens
    words = tokens.words[run.first : run.last]
    return (
        tokens.lower(run.first - 1) == "the"
        or words[-1].lower in _OTHER_ENDS
        or any(word.upper for word in words)
        or any(word.classes - _GIVEN for word in words)
    )


def _person(run: _Run) -> Mention:
    certain = run.speaks or run.following in _AFTER_PERSONS or run.preceding in _BEFORE_PERSONS
    return person_mention(run.passage, run.first, run.last, weak=not certain and run.starts_sentence)


def _follows_direction(run: _Run) -> bool:
    tokens = run.passage.tokens
    return (
        run.before >= 0
        and "direction" in tokens.classes(run.before)
        and not tokens.words[run.before].capital
        and run.preceding != "far"
    )


def _place_listed_before(run: _Run) -> Mention | None:
    """Return the place that a name follows in a list; None if it follows none."""
    if run.before <= 0 or run.preceding not in _LIST_JOINTS:
        return None
    other = run.passage.mention_at(run.before - 1)
    listed = other is not None and other.name_kind == "place"
    return other if listed and run.passage.tokens.same_sentence(run.before - 1, run.first) else None


def _precedes_its_country(run: _Run) -> bool:
    other = run.passage.mention_at(run.last + 1) if run.passage.tokens.lower(run.last) == "," else None
    return other is not None and other.name_kind in ("place", "state")


def _is_listed_place(run: _Run) -> bool:
    other = _place_listed_before(run)
    return other is not None and (run.count == 1 or has_place_cue(run.passage, other.first))


def _is_of_place(run: _Run) -> bool:
    return run.preceding == "of" and run.passage.tokens.lower(run.before - 1) in OF_PLACES


_PLACE_RULES: tuple[DecisionRule[_Run, bool], ...] = (
    DecisionRule("after a place's preposition or noun", lambda run: has_place_cue(run.passage, run.first), yes),
    DecisionRule("after a direction: northern X", _follows_direction, yes),
    DecisionRule("in a list after a place", lambda run: _place_listed_before(run) is not None, _is_listed_place),
    DecisionRule(
        "before a comma and its country",
        _precedes_its_country,
        lambda run: run.starts_sentence or run.preceding in _BEFORE_LISTED_PLACES,
    ),
    DecisionRule("after of: the town of X", _is_of_place, yes),
)

UNKNOWN_NAME_RULES: tuple[DecisionRule[_Run, Mention | None], ...] = (
    DecisionRule(
        "no name in a heading", lambda run: run.headline and not has_place_cue(run.passage, run.first), lambda run: None
    ),
    DecisionRule("no name is a weapon's: X missiles", lambda run: run.following in _WEAPON_NOUNS, lambda run: None),
    DecisionRule("a dateline: TORRINGTON —", _starts_dateline, _place),
    DecisionRule("in capitals: a dateline or an organisation", _is_abbreviation, _dateline_or_organisation),
    DecisionRule("with a capital inside: an organisation", _is_camel_case, _organisation),
    DecisionRule(
        "a place by the words around it",
        lambda run: may_name_place(run.passage, run.first, run.last) and decide(_PLACE_RULES, run, otherwise=False),
        _place,
    ),
    DecisionRule("after a word that names a person: surnamed X", lambda run: run.preceding in _NAMING_PERSONS, _person),
    DecisionRule("one word: a person if it speaks", lambda run: run.count == 1, _speaker),
    DecisionRule("no person after an article, or with common words", _is_named_like_an_organisation, lambda run: None),
    DecisionRule("two words or more: a person", yes, _person),
)
"""What a run of unknown capitalised words is; None if it is neither actor nor place."""
