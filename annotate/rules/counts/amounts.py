"""Amounts: numbers with what modifies them, and the interval that they mean.

An amount is understood whole or not at all: `read_run` takes the longest run of number words at a place, and where one
of them has no part in what is read, the amount keeps its span and nothing is known of its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ..tokens import end_of_paragraph
from .amount_intervals import interval_of, split_amounts
from .cardinals import parse_cardinal
from .numerals import CHUNK, Numeral, begins_number, read_numerals

Effect = Literal["least", "most", "more", "less", "about", "between"]

_MODIFIERS: dict[Effect, str] = {
    "least": "at least|no fewer than|no less than|not less than|not fewer than|a minimum of|as few as|≥|>=",
    "most": "at most|no more than|not more than|a maximum of|up to|as many as|≤|<=",
    "more": "more than|greater than|over|above|in excess of|upwards of|just over|>",
    "less": "fewer than|less than|under|below|just under|<",
    "about": "approximately|approx.|approx|about|around|roughly|nearly|almost|close to|some|estimated|more or less"
    "|perhaps|circa|ca.|ca|c.|~|≈|≃|∼",
    "between": "between",
}
_EFFECTS = {phrase: effect for effect, phrases in _MODIFIERS.items() for phrase in phrases.split("|")}
_DEGREE = "many far well slightly just much considerably significantly".split()
_PHRASES = "|".join(
    re.escape(phrase).replace(r"\ ", r"\s+") if phrase not in ("ca", "ca.", "c.") else f"(?-i:{re.escape(phrase)})"
    for phrase in sorted(_EFFECTS, key=len, reverse=True)
)
_MODIFIER = re.compile(
    rf"(?:(?:{'|'.join(_DEGREE)})\s+(?=more|over|above|fewer|less|under|below))?"
    rf"(?P<phrase>{_PHRASES})(?:(?<=\w)\s+|(?<=\W)\s*)",
    re.IGNORECASE,
)
STARTS = frozenset({word for phrase in _EFFECTS for word in (phrase.split()[0], phrase.split()[0].rstrip("."))})
STARTS |= {*_DEGREE, ">", "<", "a", "an"}
"""Words, in lower case, that an amount may start with before its number."""

_TAIL = re.compile(
    r"(?P<least>\s+(?:or|and)\s+(?:more|higher|greater)(?!\w|\s+than)|\+(?![\w+])|(?:\s+|-)plus(?!\w|\s+\d))"
    r"|(?P<most>\s+or\s+(?:fewer|less)(?!\w|\s+than))|(?P<about>\s+or\s+(?:so|thereabouts)(?!\w)|(?:\s+|-)odd(?!\w)|-ish(?!\w))",
    re.IGNORECASE,
)
_ONWARD = re.compile(
    r"(?:,?\s+(?:to|or)\s+|,\s+(?=maybe|perhaps|possibly|probably|even|if))"
    rf"(?:(?:maybe|perhaps|possibly|probably|even|if\s+not|{_PHRASES})\s+)+",
    re.IGNORECASE,
)
_VAGUE = re.compile(r"(?:\s+|-)and(?:\s+|-)(?:a(?:\s+|-)(?:bit|few|little)|some|several)(?!\w)", re.IGNORECASE)
_JOINT = re.compile(r",?\s+(?:and|but)\s+", re.IGNORECASE)
_AND = re.compile(r"\s+and(?!\w)", re.IGNORECASE)
_LARGEST = 2**63 - 1
_SIGHT = re.compile(rf"{CHUNK}|\w+|[^\w\s]")
_ADJECTIVE = re.compile(r"[-‐‑](?=[^\W\d_])")
_REACH = 400


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in the text, `[start, end)` in code points, and the interval it means.

    Attributes:
        known: Whether every word of it is understood; where not, both ends are None.
    """

    start: int
    end: int
    low: int | None
    high: int | None
    approx: bool = False
    known: bool = True


@dataclass(frozen=True, slots=True)
class AmountRun:
    """What was read at a place: up to where, and the amounts in it; none where its numbers are shares or ordinals."""

    end: int
    amounts: tuple[Amount, ...] = ()


def find_amounts(text: str) -> Iterator[Amount]:
    """All amounts of a text, in order, whatever they count."""
    behind = 0
    for match in _SIGHT.finditer(text):
        if match.start() >= behind and (match[0].lower() in STARTS or begins_number(match[0].lower())):
            run = read_run(text, match.start())
            if run is not None:
                behind = run.end
                yield from run.amounts


def read_run(text: str, start: int, limit: int | None = None, *, apart: bool = False) -> AmountRun | None:
    """The amounts that begin at a code point, no other word between them; None where no number begins there.

    Args:
        text: The text.
        start: Of the number or its modifier.
        limit: Where to stop, in code points; else at the end of the paragraph.
        apart: Whether "to" parts two numbers ("rose from 300 to 450") instead of joining a range.
    """
    stop = end_of_paragraph(text, start, min(start + _REACH, len(text) if limit is None else limit))
    effects, at = _modifiers(text, start, stop)
    row = read_numerals(text, at, stop)
    if not row:
        return None
    if len(row) > 1 and _ADJECTIVE.match(text, row[-1].end) and not _TAIL.match(text, row[-1].end):
        row = _without_adjective(row)
    if _counts_nothing(row):
        return AmountRun(row[-1].end)
    end = row[-1].end
    if not apart and (more := _beyond(text, end, stop)):
        return AmountRun(more, (Amount(start, more, None, None, known=False),))
    if "between" in effects and interval_of(row, between=True) is None and not _AND.match(text, end):
        start, effects = row[0].start, []  # "between 300 rebels and the army"
    tail = _TAIL.match(text, end)
    if tail is not None and (rest := read_numerals(text, tail.end() + _blank(text, tail.end()), stop)):
        row += rest  # "20-odd thousand"
        effects.append(_effect(tail))
    parts = [row] if "between" in effects else split_amounts(row, apart)
    first, *others = parts
    found = [_amount(text, start, effects, first), *(_amount(text, part[0].start, [], part) for part in others)]
    if not others:
        found = [_bounded_twice(text, found[0], stop)]
    return AmountRun(found[-1].end, tuple(found))


def _beyond(text: str, end: int, stop: int) -> int:
    """Where the words end that change what a number says: "20 or even 30", "two and a bit"; 0 where there are none."""
    if vague := _VAGUE.match(text, end, stop):
        row = read_numerals(text, vague.end() + _blank(text, vague.end()), stop)
        return row[-1].end if row else vague.end()
    onward = _ONWARD.match(text, end, stop)
    row = read_numerals(text, onward.end(), stop) if onward else []
    return row[-1].end if row else 0


def _blank(text: str, at: int) -> int:
    return int(text[at : at + 1].isspace())


def _effect(tail: re.Match[str]) -> Effect:
    return "least" if tail["least"] else "most" if tail["most"] else "about"


def _modifiers(text: str, start: int, stop: int) -> tuple[list[Effect], int]:
    """What the modifiers at a code point do, and where they end."""
    effects: list[Effect] = []
    at = start
    while match := _MODIFIER.match(text, at, stop):
        effects.append(_EFFECTS[" ".join(match["phrase"].lower().split())])
        at = match.end()
    return effects, at


def _without_adjective(row: list[Numeral]) -> list[Numeral]:
    """A row without its last number where an adjective has it: "two 5-ton trucks", but not "two hundred-strong"."""
    alone = row[-2].kind not in ("and", "link") and interval_of(row) is None and interval_of(row[:-1]) is not None
    return row[:-1] if alone else row


def _counts_nothing(row: Sequence[Numeral]) -> bool:
    """Whether numerals are no amount: "(several) hundred", "twenty-first", "two thirds", "3-2", "555-1234"."""
    kinds = [word.kind for word in row]
    if kinds[0] in ("hundred", "scale", "ordinal", "and") or "ordinal" in kinds:
        return True
    if "part" in kinds or "share" in kinds:
        return not {"and", "hundred", "scale", "many"} & {*kinds}
    if len(row) > 2 and {*kinds[::2]} == {"digits"} and all(word.tight for word in row[1::2]):
        numbers = [parse_cardinal([word]) for word in row[::2]]
        values = [number.value for number in numbers if number is not None]
        return len(values) == len(numbers) and (len(values) > 2 or values[0] >= values[1])
    return False


def _amount(text: str, start: int, effects: Sequence[Effect], row: Sequence[Numeral]) -> Amount:
    """The amount of a row with its modifiers and with what stands behind it."""
    tail = _TAIL.match(text, row[-1].end)
    end = tail.end() if tail else row[-1].end
    said = {*effects, *([_effect(tail)] if tail else [])}
    bounds = said - {"about", "between"}
    meant = interval_of(row, between="between" in said)
    unknown = Amount(start, end, None, None, known=False)
    if meant is None or len(bounds) > 1:
        return unknown
    least, most, approx = meant
    low: int | None = least
    high: int | None = most
    if bounds:
        bound = bounds.pop()
        if most is None and bound in ("least", "more"):
            pass  # "at least dozens" are dozens
        elif most != least:
            return unknown
        else:
            low = {"least": least, "more": least + 1}.get(bound)
            high = {"most": least, "less": least - 1}.get(bound)
    if any(end is not None and not 0 <= end <= _LARGEST for end in (low, high)):
        return unknown
    return Amount(start, end, low, high, approx or "about" in said)


def _bounded_twice(text: str, first: Amount, stop: int) -> Amount:
    """An amount with the other bound behind it, where there is one: "at least 20 but fewer than 30"."""
    joint = _JOINT.match(text, first.end, stop)
    if joint is None or not first.known or (first.low is None) == (first.high is None):
        return first
    effects, at = _modifiers(text, joint.end(), stop)
    row = read_numerals(text, at, stop) if effects else []
    if not row or _counts_nothing(row):
        return first
    second = _amount(text, joint.end(), effects, row)
    if not second.known or (second.low is None) == (first.low is None) or (second.high is None) == (first.high is None):
        return first
    low = first.low if second.low is None else second.low
    high = first.high if second.high is None else second.high
    if low is None or high is None or low > high:
        return first
    return Amount(first.start, second.end, low, high, first.approx or second.approx)
