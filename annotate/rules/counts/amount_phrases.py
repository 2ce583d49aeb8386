"""Amounts: numbers with their modifiers, and the intervals that they denote.

An amount is understood completely or not at all: `read_run` takes the longest run of number words at an offset. If one
of them does not fit, the amount keeps its span and its value is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, cast

from ..cardinals import parse_cardinal
from ..numerals import CHUNK, INDEFINITE_STARTS, Numeral, begins_number, may_continue_number, read_numerals
from ..passage import end_of_paragraph
from ..word_lists import alternatives, word_groups, word_list, word_sequence
from .amount_bounds import interval_of, split_amounts

Effect = Literal["least", "most", "more", "less", "about", "between"]

_EFFECTS = cast("Mapping[str, Effect]", word_groups("amount_modifiers"))
_DEGREE = word_sequence("degree_words")
_EXACT_CASE = word_list("exact_case_modifiers")
_PHRASES = "|".join(
    re.escape(phrase).replace(r"\ ", r"\s+") if phrase not in _EXACT_CASE else f"(?-i:{re.escape(phrase)})"
    for phrase in sorted(_EFFECTS, key=len, reverse=True)
)
_MODIFIER = re.compile(
    rf"(?:(?<!as )(?:{alternatives(_DEGREE)})\s+(?=more|over|above|fewer|less|under|below))?"
    rf"(?P<phrase>{_PHRASES})(?:(?<=\w)\s+|(?<=\W)\s*)",
    re.IGNORECASE,
)
STARTS = frozenset({word for phrase in _EFFECTS for word in (phrase.split()[0], phrase.split()[0].rstrip("."))})
STARTS |= {*_DEGREE, *INDEFINITE_STARTS, ">", "<", "a", "an"}
"""Words, in lower case, that an amount may start with before its number."""


def _words(name: str) -> str:
    return alternatives(word_sequence(name))


_TAIL = re.compile(
    rf"(?P<least>(?:\s+(?:or|and)\s+(?:(?:{_words('doubt_words')})\s+)?|,?\s+if\s+not\s+)(?:{_words('open_words')})"
    rf"(?!\w|\s+than)|\s+and\s+counting(?!\w)|\+(?![\w+])|(?:\s+|-)plus(?!\w|\s+\d))"
    rf"|(?P<most>\s+or\s+(?:{_words('closed_words')})(?!\w|\s+than))"
    rf"|(?P<about>\s+or\s+(?:{_words('vague_words')})(?!\w)|(?:\s+|-)odd(?!\w)|-(?:ish|some)(?!\w))",
    re.IGNORECASE,
)
_ALTERNATIVE = re.compile(
    rf"(?:,?\s+(?:to|or)\s+|,\s+(?={_words('doubt_words')}|if))"
    rf"(?:(?:{_words('doubt_words')}|if\s+not|{_PHRASES})\s+)+",
    re.IGNORECASE,
)
_VAGUE = re.compile(r"(?:\s+|-)and(?:\s+|-)(?:a(?:\s+|-)(?:bit|few|little)|some|several)(?!\w)", re.IGNORECASE)
_JOINT = re.compile(r",?\s+(?:and|but)\s+", re.IGNORECASE)
_AND = re.compile(r"\s+and(?!\w)", re.IGNORECASE)
_MAX_VALUE = 2**63 - 1
_CANDIDATE = re.compile(rf"{CHUNK}|\w+|[^\w\s]")
_ADJECTIVE = re.compile(r"[-‐‑](?=[^\W\d_])")
_MAX_LENGTH = 400


_ALONE = re.compile(r"(?<!\S)([0-9]+(?:,[0-9]+)*|[A-Za-z]+)(?: ([^\W\d_]+)(?!\w)|[.;)](?!\S))")
"""A word that may be a number, and the word after it, or a mark that ends its phrase."""
_ONWARD = frozenset(("and", "or", "if", "plus", "odd", "to", "but", "up", "through"))
"""Words by which other patterns of this module and of numerals go on after a number."""
_CACHED_WORDS = 1 << 12


class Amount(NamedTuple):
    """A number in the text, `[start, end)` in code points, and the interval that it denotes.

    Attributes:
        start: The offset of its first character.
        end: The offset after its last character.
        low: The lower bound; None if open or unknown.
        high: The upper bound; None if open or unknown.
        approx: Whether it is approximate.
        known: Whether all its words are understood; if not, both bounds are None.
    """

    start: int
    end: int
    low: int | None
    high: int | None
    approx: bool = False
    known: bool = True


class AmountRun(NamedTuple):
    """A run of number words: the offset after it, and its amounts; none if its numbers are shares or ordinals."""

    end: int
    amounts: tuple[Amount, ...] = ()


def find_amounts(text: str) -> Iterator[Amount]:
    """Yield all amounts in a text, in order, whatever they count."""
    read_until = 0
    for match in _CANDIDATE.finditer(text):
        if match.start() >= read_until and (match[0].lower() in STARTS or begins_number(match[0].lower())):
            run = read_run(text, match.start())
            if run is not None:
                read_until = run.end
                yield from run.amounts


def read_run(text: str, start: int, limit: int | None = None, *, apart: bool = False) -> AmountRun | None:
    """Read the amounts that start at an offset, with no other words between them; None if no number starts there.

    Args:
        text: The text.
        start: The offset of the number or its modifier.
        limit: The offset at which to stop; by default the end of the paragraph.
        apart: Whether "to" separates two numbers ("rose from 300 to 450") instead of forming a range.
    """
    stop = end_of_paragraph(text, start, min(start + _MAX_LENGTH, len(text) if limit is None else limit))
    effects, position = _modifiers(text, start, stop)
    if word := _word_alone(text, position, stop, effects):
        return _moved(_read_word(word, tuple(effects)), start, position)
    row = read_numerals(text, position, stop)
    if not row:
        return None
    row = _without_adjective(text, row)
    end = row[-1].end
    if _is_no_amount(row):
        return AmountRun(end)
    if not apart and (more := _qualifier_end(text, end, stop)):
        return AmountRun(more, (Amount(start, more, None, None, known=False),))
    if "between" in effects and interval_of(row, between=True) is None and not _AND.match(text, end):
        start, effects = row[0].start, []  # "between 300 rebels and the army"
    tail = _TAIL.match(text, end)
    if tail is not None and (rest := read_numerals(text, tail.end() + _space_length(text, tail.end()), stop)):
        row += rest  # "20-odd thousand"
        effects.append(_effect(tail))
    parts = [row] if "between" in effects else split_amounts(row, apart)
    first, *others = parts
    amounts = [
        _make_amount(text, start, effects, first),
        *(_make_amount(text, part[0].start, [], part) for part in others),
    ]
    if not others:
        amounts = [_add_other_bound(text, amounts[0], stop)]
    return AmountRun(amounts[-1].end, tuple(amounts))


def _word_alone(text: str, position: int, stop: int, effects: Sequence[Effect]) -> str:
    """Return the word at a position if nothing around it but modifiers can belong to its number; else nothing.

    What such a word denotes is the same wherever it stands, so that it is read once.
    """
    match = _ALONE.match(text, position)
    if match is None or match.end(1) > stop or "between" in effects:
        return ""
    return match[1] if _is_apart(match[1].lower(), (match[2] or "").lower()) else ""


@lru_cache(_CACHED_WORDS)
def _is_apart(word: str, following: str) -> bool:
    """Check whether a word starts no amount of several words, and that after it continues none."""
    return not (word in STARTS or following in _ONWARD or may_continue_number(following))


@lru_cache(_CACHED_WORDS)
def _read_word(word: str, effects: tuple[Effect, ...]) -> AmountRun | None:
    """Read the amount of a word that has modifiers of some effects and is alone; None if it is not a number."""
    row = read_numerals(word, 0, len(word))
    if not row:
        return None
    return AmountRun(row[-1].end, () if _is_no_amount(row) else (_make_amount(word, 0, effects, row),))


def _moved(run: AmountRun | None, start: int, position: int) -> AmountRun | None:
    """Return the run of a word that is at a position, and whose first modifier is at a start."""
    if run is None:
        return None
    end = position + run.end
    return AmountRun(end, tuple([Amount(start, end, *amount[2:]) for amount in run.amounts]))


def _qualifier_end(text: str, end: int, stop: int) -> int:
    """Return the end of words that change a number: "20 or even 30", "two and a bit"; 0 if there are none."""
    if vague := _VAGUE.match(text, end, stop):
        row = read_numerals(text, vague.end() + _space_length(text, vague.end()), stop)
        return row[-1].end if row else vague.end()
    onward = _ALTERNATIVE.match(text, end, stop)
    row = read_numerals(text, onward.end(), stop) if onward else []
    return row[-1].end if row else 0


def _space_length(text: str, position: int) -> int:
    return int(text[position : position + 1].isspace())


def _effect(tail: re.Match[str]) -> Effect:
    return "least" if tail["least"] else "most" if tail["most"] else "about"


def _modifiers(text: str, start: int, stop: int) -> tuple[list[Effect], int]:
    """Return the effects of the modifiers at an offset, and their end."""
    effects: list[Effect] = []
    position = start
    # no modifier starts with a digit
    while not text[position : position + 1].isdigit() and (match := _MODIFIER.match(text, position, stop)):
        effects.append(_EFFECTS[" ".join(match["phrase"].lower().split())])
        position = match.end()
    return effects, position


def _without_adjective(text: str, row: list[Numeral]) -> list[Numeral]:
    """Remove the last number if it belongs to an adjective: "two 5-ton trucks", but not "two hundred-strong"."""
    end = row[-1].end
    if len(row) == 1 or not _ADJECTIVE.match(text, end) or _TAIL.match(text, end):
        return row
    alone = row[-2].kind not in ("and", "link") and interval_of(row) is None and interval_of(row[:-1]) is not None
    return row[:-1] if alone else row


def _is_no_amount(row: Sequence[Numeral]) -> bool:
    """Check whether numerals are not an amount: "(several) hundred", "twenty-first", "two thirds", "3-2", "555-123"."""
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


def _make_amount(text: str, start: int, effects: Sequence[Effect], row: Sequence[Numeral]) -> Amount:
    """Return the amount for numerals with their modifiers and with the words after them."""
    tail = _TAIL.match(text, row[-1].end)
    end = tail.end() if tail else row[-1].end
    all_effects = {*effects, *([_effect(tail)] if tail else [])}
    bounds = all_effects - {"about", "between"}
    interval = interval_of(row, between="between" in all_effects)
    unknown = Amount(start, end, None, None, known=False)
    if interval is None or len(bounds) > 1:
        return unknown
    least, most, approx = interval
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
    if any(end is not None and not 0 <= end <= _MAX_VALUE for end in (low, high)):
        return unknown
    return Amount(start, end, low, high, approx or "about" in all_effects)


def _add_other_bound(text: str, first: Amount, stop: int) -> Amount:
    """Add the other bound to an amount if one follows: "at least 20 but fewer than 30"."""
    joint = _JOINT.match(text, first.end, stop)
    if joint is None or not first.known or (first.low is None) == (first.high is None):
        return first
    effects, position = _modifiers(text, joint.end(), stop)
    row = read_numerals(text, position, stop) if effects else []
    if not row or _is_no_amount(row):
        return first
    second = _make_amount(text, joint.end(), effects, row)
    if not second.known or (second.low is None) == (first.low is None) or (second.high is None) == (first.high is None):
        return first
    low = first.low if second.low is None else second.low
    high = first.high if second.high is None else second.high
    if low is None or high is None or low > high:
        return first
    return Amount(first.start, second.end, low, high, first.approx or second.approx)
