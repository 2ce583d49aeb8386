"""COUNT: numbers that count things of the conflict, and what they count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .fates import BEFELL, FATE_NOUNS, FATE_WORDS, OF_THOSE, PASSIVE, fate, fate_of
from .numbers import Amount, read_amount
from .page import Page

_MODIFIERS = frozenset(
    """at no not a an as up many far well slightly just more over above in fewer less under below upwards approximately
    approx about around roughly nearly almost close some estimated circa perhaps between several""".split()
)
_UNITS = ("attack", "weapon", "site", "group", "personnel", "people")
_NO_NOUN = frozenset(
    """in on at by for to from with and or but were was are is be been have has had who which that as than
    after before when while during since until against said says told near between would could may might
    can will including killed died missing aged under over into a an this his her also not where why
    because if whom took take amid across""".split()
)
_LINKS = frozenset("of the their its these those them us other more additional new further whom which".split())
_PHRASAL = frozenset("hand handed handing hands take took taken taking takes turn turned turning turns".split())
_CHANGES = frozenset(
    "rise rose risen rises up down fell fallen grew grown increased climbed dropped jumped declined".split()
)
_CURRENCY = frozenset("$€£¥₦₹")
_THINGS = frozenset(("attack", "weapon", "site", "group"))
_NUMBERED = frozenset("number no no. nos # chapter article".split())
_OF_NUMBER = frozenset(
    """loss losses death deaths killing arrest arrests capture abduction release kidnapping number total
    toll injuries displacement group groups""".split()
)
_OTHERS = frozenset("of others other more were had have are who have".split())


@dataclass(frozen=True, slots=True)
class Count:
    """A count in the text with its value; offsets in code points."""

    start: int
    end: int
    amount: Amount
    unit: str


class CountFinder:
    """Finds counts.

    Args:
        cues: Words that speak for each unit, from the scheme.
    """

    def __init__(self, cues: Mapping[str, tuple[str, ...]]) -> None:
        self._nouns = {word: unit for unit, words in cues.items() for word in words if unit in _UNITS}

    def find(self, page: Page) -> list[Count]:
        """The counts of a passage whose names and dates are found."""
        tokens = page.tokens
        found: list[Count] = []
        behind = -1
        for index, word in enumerate(tokens.words):
            if not (word.number or word.low in _MODIFIERS) or tokens.starts[index] < behind:
                continue
            if not (word.number or any(near.number for near in tokens.words[index + 1 : index + 5])):
                continue
            if page.blocked[index] or page.owner[index] is not None:
                continue
            if word.low == "over" and tokens.low(index - 1) in _PHRASAL:
                continue  # "handed over 88 bodies"
            amount = read_amount(tokens.text, tokens.starts[index])
            if amount is None:
                continue
            if amount.low != amount.high and tokens.low(index - 1) == "from" and tokens.low(index - 2) in _CHANGES:
                amount = read_amount(tokens.text[: tokens.ends[index]], tokens.starts[index])  # "rose from 300 to 450"
                if amount is None:
                    continue
            first = last = index
            while last < len(tokens) and tokens.starts[last] < amount.end:
                last += 1
            while first < last and tokens.starts[first] < amount.start:
                first += 1
            whole = first < last and tokens.starts[first] == amount.start and tokens.ends[last - 1] == amount.end
            if not whole or any(page.blocked[at] or page.owner[at] is not None for at in range(first, last)):
                continue
            behind = amount.end
            count = self._judge(page, first, last, amount, found)
            if count is not None:
                found.append(count)
        return found

    def _judge(self, page: Page, first: int, last: int, amount: Amount, before: list[Count]) -> Count | None:
        tokens = page.tokens
        if hyphened := _hyphened(page, amount):
            return Count(amount.start, amount.end, amount, hyphened) if hyphened != "no" else None
        if self._is_no_count(page, first, last, amount):
            return None
        noun, at = self._noun(page, last)
        at = at if noun else last - 1
        if noun and noun not in self._nouns and tokens.classes(at) & {"uncounted", "measures"}:
            return None
        unit = self._unit(page, noun, at)
        if amount.text.lower() == "one" and (
            not noun or unit == "" or tokens.low(last) in _NO_NOUN | {"another", "other", "of"}
        ):
            return None
        inherited = self._inherited(page, first, last, before) if before else ""
        befell = "" if unit in _THINGS else fate(page, first, last, at, known=unit != "" or not noun)
        if befell:
            return Count(amount.start, amount.end, amount, befell)
        if not noun and not inherited and not self._stands_alone(page, first, last, amount):
            return None
        if not noun and not inherited:
            inherited = self._subject(page, first)
        if inherited and (not noun or unit in ("", "personnel", "people", "other")):
            unit = inherited
        return Count(amount.start, amount.end, amount, "other" if unit in ("", "people") else unit)

    def _inherited(self, page: Page, first: int, last: int, before: list[Count]) -> str:
        """The unit of the count before, which a number with no noun speaks of: "nine, two of them", "six were lost"."""
        tokens = page.tokens
        of_those = tokens.low(last) == "of" and tokens.low(last + 1) in OF_THOSE
        same = before[-1].start >= tokens.starts[first] - 200 and tokens.low(last) in PASSIVE
        return before[-1].unit if of_those or same else ""

    def _is_no_count(self, page: Page, first: int, last: int, amount: Amount) -> bool:
        """C2: money, shares, ages, measures, ordinals, numbers inside names."""
        tokens = page.tokens
        text = tokens.text
        words = tokens.words
        before = tokens.low(first - 1) if tokens.same_sentence(first - 1, first) else ""
        after = tokens.low(last) if tokens.same_sentence(first, last) else ""
        left = text[amount.start - 1] if amount.start else " "
        if left in _CURRENCY or left in "-–+#.:/" or before[-1:] in _CURRENCY or before in ("us$", "usd", "eur", "rs"):
            return True
        if text[amount.end : amount.end + 1] in ("%", "°") or after in ("%", "°", "per"):
            return True
        if after == "times" and tokens.low(last + 1) in (
            "higher",
            "larger",
            "bigger",
            "greater",
            "as",
            "more",
            "the",
            "smaller",
        ):
            return True
        digits = words[first].digits
        previous = words[first - 1] if first and before else None
        if digits and previous is not None and page.owner[first - 1] is None:
            if "naming" in previous.classes and (previous.capital or before in _PLAIN_NAMING):
                return True
            if previous.upper and not previous.classes and not tokens.headline[tokens.sentence[first]]:
                return True
        if before in ("aged", "age", "ages") or before in _NUMBERED:
            return True
        age = digits and amount.low is not None and amount.low == amount.high and amount.low < 110
        if age and before == "," and after in (",", ".", ")") and page.at(first - 2) is not None:
            return True  # "Danilo Abrenica, 51, a fisherman"
        if age and before == "," and tokens.classes(first - 2) & {"unit_people", "unit_personnel", "titles"}:
            return not tokens.low(first - 2).endswith("s")  # "killed a teacher, 34"
        return (
            bool(tokens.classes(last) & {"measures"})
            and bool(after)
            and after not in ("second", "rounds", "points", "m")
        )

    def _stands_alone(self, page: Page, first: int, last: int, amount: Amount) -> bool:
        """Whether a number with no noun behind it still counts."""
        tokens = page.tokens
        if tokens.low(last) in _OTHERS and tokens.same_sentence(first, last):
            return amount.text.lower() != "one"
        if tokens.low(first - 1) == "of" and tokens.low(first - 2) in _OF_NUMBER:
            return True
        if tokens.low(first - 1) in ("from", "to") and self._subject(page, first):
            return True
        return amount.low != amount.high or "dozen" in amount.text.lower()

    def _subject(self, page: Page, first: int) -> str:
        """The unit of what rises or falls to a number: "Attacks rose from 300 to 450"."""
        tokens = page.tokens
        near = range(first - 1, max(first - 9, -1), -1)
        changed = next((at for at in near if tokens.low(at) in _CHANGES and tokens.same_sentence(at, first)), 0)
        if not changed:
            return ""
        for at in range(changed - 1, max(changed - 6, -1), -1):
            if tokens.same_sentence(at, first) and (unit := fate_of(page, at) or self._unit(page, tokens.low(at), at)):
                return "other" if unit == "people" else unit
        return "other"

    def _noun(self, page: Page, last: int) -> tuple[str, int]:
        """The noun that a number counts, with its index: the last known one of the phrase, else its last word."""
        tokens = page.tokens
        known, other = "", ""
        at_known = at_other = last
        passed = -1
        for index in range(last, min(last + 8, len(tokens))):
            word = tokens.words[index]
            low = word.low
            if index == passed and not page.blocked[index]:
                continue
            if not tokens.same_sentence(last - 1, index) or page.blocked[index] or word.digits or low in _NO_NOUN:
                break
            if low in _LINKS:
                if known or other:
                    break
                if low in ("of", "the") and index + 1 < len(tokens) and tokens.words[index + 1].number:
                    passed = index + 1  # "58 of 74 drones"
                continue
            owner = page.owner[index]
            if low in self._nouns or word.classes & _NOUN_CLASSES:
                if word.classes & {"acting", "moving"} and (known or other) and low not in self._nouns:
                    break
                known, at_known = low, index
            elif owner is not None:
                if index < owner.last - 1:
                    continue
                other, at_other = "people", index  # "eight Palestinians", "21 US personnel"
            elif word.text[0].isalpha():
                if (known or other) and word.classes & {"acting", "speech", "moving", "adverbs"}:
                    break
                if word.classes & BEFELL.keys() and low not in FATE_WORDS and low not in FATE_NOUNS:
                    break
                if word.capital and not low.endswith("s"):
                    continue
                other, at_other = low, index
            elif not word.hyphen:
                break
        return (known, at_known) if known else (other, at_other)

    def _unit(self, page: Page, noun: str, at: int) -> str:
        """What a noun is counted as; empty for a noun that no list has."""
        if not noun:
            return ""
        if noun in self._nouns:
            return self._nouns[noun]
        classes = page.tokens.classes(at) if noun != "people" else frozenset(("unit_people",))
        unit = next((unit for unit in _UNITS if f"unit_{unit}" in classes), "")
        if unit == "people" and noun in ("members", "member", "crew", "staff", "recruits"):
            return "personnel"
        if not unit and noun.endswith(("men", "ians", "ists", "ees")):
            return "people"
        return unit


_NOUN_CLASSES = frozenset(f"unit_{unit}" for unit in _UNITS)
_PLAIN_NAMING = frozenset(
    """resolution article chapter channel route highway road flight room gate block checkpoint vessel ship
    hull km mile page paragraph section""".split()
)


def _hyphened(page: Page, amount: Amount) -> str:
    """The unit of a number hyphenated to its noun ("50-nation coalition"); "no" where that is no count."""
    text = page.tokens.text
    if (
        text[amount.end : amount.end + 1] not in ("-", "–", "/", ":")
        or not text[amount.end + 1 : amount.end + 2].isalnum()
    ):
        return ""
    follow = text[amount.end + 1 : amount.end + 12].lower()
    if follow.startswith(("strong", "man ", "member")):
        return "personnel"
    return "other" if follow.startswith(("nation", "country", "party")) else "no"
