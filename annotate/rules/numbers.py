"""Numbers as texts write them, in digits and in words, with their modifiers, and the interval that they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .tokens import end_of_paragraph

_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen""".split()  # fmt: skip
_TENS = {
    word: 10 * tens for tens, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
} | {"fourty": 40}
_SCALES = {"dozen": 12, "score": 20, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_SCALES |= {"lakh": 10**5, "crore": 10**7, "k": 1000, "m": 10**6}
_SMALL = {word: value for value, word in enumerate(_UNITS)} | _TENS
_PLURALS = {"dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2000, "tens": 20, "millions": 2_000_000}

_UNIT_WORD = "|".join(sorted(_UNITS[1:], key=len, reverse=True))
_TENS_WORD = "|".join(_TENS)
_SCALE_WORD = "dozen|score|hundred|thousand|million|billion|lakh|crore"
_SIMPLE = rf"(?:(?:{_TENS_WORD})(?:[-\s](?:{_UNIT_WORD}))?|{_UNIT_WORD})"
NUMBER_WORD = (
    rf"(?:(?:a\s+)?half-dozen|(?:{_SIMPLE}|half\s+a|a)\s+(?:{_SCALE_WORD})"
    rf"(?:\s+(?:and\s+)?{_SIMPLE}(?:\s+(?:{_SCALE_WORD}))?)*|{_SIMPLE}(?:\s+(?:{_SCALE_WORD}))*)"
)
"""A pattern (no groups, to be used without regard to case) of a number in words."""

_DIGITS = (
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?:\s[0-9]{3})+(?=\s[a-z])|[0-9]+(?:\.[0-9]+)?)"
    rf"(?:[\s-]*(?:{_SCALE_WORD})\b|[mk]\b)?"
)
_ONE = rf"(?:{_DIGITS}|{NUMBER_WORD})"
_MANY = (
    r"(?:(?:tens|hundreds)\s+of\s+(?:thousands|millions)|"
    r"(?:several|a\s+few|many)?\s*(?:dozens|scores|hundreds|thousands|millions))"
)
_MODIFIER = (
    r"(?:at\s+least|no\s+fewer\s+than|no\s+less\s+than|not\s+less\s+than|a\s+minimum\s+of|upwards\s+of|as\s+few\s+as|"
    r"at\s+most|no\s+more\s+than|not\s+more\s+than|a\s+maximum\s+of|up\s+to|as\s+many\s+as|"
    r"(?:many\s+|far\s+|well\s+|slightly\s+|just\s+)?(?:more\s+than|over|above|in\s+excess\s+of)|"
    r"(?:just\s+|well\s+)?(?:fewer\s+than|less\s+than|under|below)|"
    r"just\s+over|just\s+under|"
    r"approximately|approx\.?|about|around|roughly|nearly|almost|close\s+to|some|an\s+estimated|estimated|circa|"
    r"more\s+or\s+less|perhaps|between|from)"
)
_NUMBER = re.compile(
    rf"(?P<mod>{_MODIFIER}\s+)?(?:(?P<mod2>about|around|approximately|roughly|nearly|almost|some|an\s+estimated)\s+)?"
    rf"(?:(?P<many>{_MANY})|(?P<a>{_ONE})(?:(?P<to>\s*[-–—]\s*|\s+to\s+|\s+and\s+|\s+or\s+)(?P<b>{_ONE}))?)"
    rf"(?P<tail>\s+or\s+(?:more|so|fewer|less)\b|\+)?(?![\w])",
    re.IGNORECASE,
)
_AT_LEAST = frozenset(("at least", "no fewer than", "no less than", "not less than", "a minimum of", "as few as"))
_AT_MOST = frozenset(("at most", "no more than", "not more than", "a maximum of", "up to", "as many as"))
_ABOUT = frozenset(
    """approximately approx approx. about around roughly nearly almost some estimated circa perhaps""".split()
) | {"close to", "an estimated", "more or less"}


def word_number(text: str) -> int | None:
    """The integer that digits or number words stand for; None where they stand for none."""
    plain = text.lower().replace(",", "").strip()
    digits = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?|[0-9]{1,3}(?:\s[0-9]{3})+)(?:[\s-]*([a-z]+))?", plain)
    if digits is not None:
        if len(digits[1]) > 15:
            return None
        scale = _SCALES.get(digits[2], 0) if digits[2] else 1
        amount = digits[1].replace(" ", "")
        if "." in amount:
            whole, _, fraction = amount.partition(".")
            scaled = int(whole + fraction) * scale
            return scaled // 10 ** len(fraction) if scaled % 10 ** len(fraction) == 0 and scale > 1 else None
        return int(amount) * scale if scale else None
    total = current = 0
    half = False
    if plain.endswith("half-dozen"):
        return 6
    for word in re.findall(r"[a-z]+", plain):
        if word in ("a", "an"):
            current = current or 0
        elif word == "half":
            half = True
        elif word in _SMALL:
            current += _SMALL[word]
        elif word in ("dozen", "score", "hundred"):
            current = (current or 1) * _SCALES[word]
            if half:
                current //= 2
        elif word in _SCALES and len(word) > 1:
            total += (current or 1) * _SCALES[word]
            current = 0
        elif word != "and":
            return None
    return total + current or None


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in the text: code points, and the interval it means."""

    start: int
    end: int
    low: int | None
    high: int | None
    approx: bool
    text: str


_LARGEST = 10**12


def read_amount(text: str, start: int) -> Amount | None:
    """The number that starts at a code point, with its modifier; None where there is none or it is no integer."""
    match = _NUMBER.match(text, start, end_of_paragraph(text, start, start + 160))
    if match is None:
        return None
    mod = " ".join((match["mod"] or "").lower().split())
    for lead in ("many ", "far ", "well ", "slightly "):
        mod = mod.removeprefix(lead)
    begin, end = match.start(), match.end()
    approx = bool(match["mod2"]) or mod in _ABOUT
    low: int | None
    high: int | None
    if match["many"]:
        many = " ".join(match["many"].lower().split())
        words = many.split()
        if words[0] in ("several", "many") or words[:2] == ["a", "few"]:
            return None
        low = _PLURALS[words[-1]]
        if words[0] in ("tens", "hundreds") and len(words) > 1:
            low *= 10 if words[0] == "tens" else 100  # "tens of thousands" is two tens of them at least
        if mod in ("between", "from"):
            begin = match.start("many")
        return Amount(begin, end, low, None, True, text[begin:end])
    low = word_number(match["a"])
    if low is None or low > _LARGEST:
        return None
    high = low
    approx = approx or "dozen" in match["a"].lower()
    second = match["b"]
    if second:
        upper = word_number(second)
        joint = match["to"].strip().lower()
        if mod in ("between",) and joint in ("and", "to", "-", "–") and upper is not None and upper >= low:
            high = upper
        elif mod not in ("between",) and joint not in ("and",) and upper is not None and upper > low:
            scaled = re.search(r"thousand|million", second, re.IGNORECASE)
            if low < 1000 <= upper and scaled and not re.search(r"[a-z]{4}", match["a"], re.IGNORECASE):
                scale = 10**6 if "million" in second.lower() else 1000
                low *= scale
            high = upper
        else:
            end = match.end("a")
            second = None
    if mod in ("between", "from") and not second:
        begin, mod = match.start("a"), ""
    if mod == "from":
        begin, mod = match.start("a"), ""
    tail = (match["tail"] or "").lower().strip() if end == match.end() else ""
    if second:
        if mod in _AT_LEAST or mod in _AT_MOST:
            pass
        return Amount(begin, end, low, high, approx, text[begin:end])
    if mod in _AT_LEAST or tail in ("or more", "+"):
        high = None
    elif mod in _AT_MOST or tail in ("or fewer", "or less"):
        low = None
    elif mod.endswith(("more than", "over", "above", "in excess of", "upwards of")):
        low, high = low + 1, None
    elif mod.endswith(("fewer than", "less than", "under", "below")):
        low, high = None, high - 1
        if high < 0:
            return None
    elif tail == "or so":
        approx = True
    return Amount(begin, end, low, high, approx, text[begin:end])
