"""Texts with marked stretches, and their offsets as tools of other habits count them."""

from __future__ import annotations

from hypothesis import strategies as st

from goldspan.corpus.spans.offset_units import UNITS, OffsetUnit

PIECES = [
    "a",
    "b",
    "Goma",
    "Sake",
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "😀",
    "é",
    "e\u0301",
    "غوما",
    "\u200d",
    "\u2028",
    "ß",
]


def counted_in(unit: OffsetUnit, text: str, at: int) -> int:
    """The offset of a code point, by encoding what comes before it."""
    before = text[:at]
    if unit.unmarked:
        before = before.removeprefix("\ufeff")
    if unit.line_ends == "one":
        before = before.replace("\r\n", "\n")
    if unit.line_ends == "two":
        before = before.replace("\r\n", "\n").replace("\n", "\r\n")
    if unit.encoding == "UTF-16 code units":
        return len(before.encode("utf-16-le")) // 2
    return len(before.encode()) if unit.encoding == "UTF-8 bytes" else len(before)


def stated_in(unit: OffsetUnit, text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch as a tool states it that counts in a unit."""
    return counted_in(unit, text, start), counted_in(unit, text, end) - unit.inclusive


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch without its outer blanks."""
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())


@st.composite
def marked_texts(draw: st.DrawFn, *, lines: bool = True) -> tuple[str, list[tuple[int, int]], OffsetUnit]:
    """A text, stretches of it that begin and end with no blank, and a unit.

    Args:
        draw: As hypothesis gives it.
        lines: Whether stretches may go over the end of a line.
    """
    body = draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=30))
    text = draw(st.sampled_from(["", "\ufeff"])) + "".join(body)
    inside = [at for at, c in enumerate(text) if not c.isspace() and (at, c) != (0, "\ufeff")]
    stretches = set()
    for _ in range(draw(st.integers(0, 5)) if inside else 0):
        first, last = sorted(draw(st.tuples(st.sampled_from(inside), st.sampled_from(inside))))
        if lines or len(text[first : last + 1].splitlines()) == 1:
            stretches.add((first, last + 1))
    return text, sorted(stretches), draw(st.sampled_from(UNITS))
