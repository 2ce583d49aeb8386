"""Fit of a span to its text: conversion of its fragments, comparison with the stated words, and why they differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from .offset_units import CODE_POINTS, CodePointIndex, LineEnds, OffsetUnit
from .quoted_words import same_joined_words, same_words, same_words_and_edges

if TYPE_CHECKING:
    from .offsets import Fragments, StatedSpan

MAX_SHOWN = 40
"""Number of characters of a span's words in messages."""

_UNITS_TRIED = " (code points, UTF-16, bytes, CRLF as one character and inclusive ends were tried)"


def convert(text: str, span: StatedSpan, index: CodePointIndex, inclusive: bool) -> Fragments | None:
    """Convert the fragments of a span to code points; return None if they do not fit."""
    fragments = index.convert(span.fragments, inclusive=inclusive)
    return fragments if fits(text, span, fragments, same_words_and_edges) else None


def fits(text: str, span: StatedSpan, fragments: Fragments, same: Callable[[str, str], bool] = same_words) -> bool:
    """Check whether fragments in code points are inside the text, in order, and select the words of the span."""
    return is_inside(text, fragments) and (
        span.words is None
        or same(span.words, surface(text, fragments))
        or same(span.words, text[fragments[0][0] : fragments[-1][1]])
        or (len(fragments) > 1 and same_joined_words(span.words, [text[a:b] for a, b in fragments], same))
    )


def is_inside(text: str, fragments: Fragments) -> bool:
    """Check whether fragments are inside the text, in order, and not empty."""
    previous_end = 0
    for start, end in fragments:
        if not previous_end <= start < end <= len(text):
            return False
        previous_end = end
    return True


def surface(text: str, fragments: Fragments) -> str:
    """Return the words of fragments, joined by blanks."""
    return " ".join(text[start:end] for start, end in fragments)


def explain_misfit(text: str, span: StatedSpan, unit: OffsetUnit) -> tuple[str, str]:
    """Return why a span does not fit its text in a unit, and what to do."""
    stated = ", ".join(f"[{start}, {end})" for start, end in span.fragments)
    fix = "export the spans together with the text that was annotated, or correct the offsets"
    fix += f" (most spans of the file count in {unit})" if unit != CODE_POINTS else _UNITS_TRIED
    line_ends = _line_ends_it_fits(text, span, unit)
    fragments = convert(text, span._replace(words=None), CodePointIndex(text, unit), unit.inclusive)
    if fragments is not None:
        actual = surface(text, fragments)[:MAX_SHOWN]
        return f"says {(span.words or '')[:MAX_SHOWN]!r}, but the text has {actual!r} at {stated}{line_ends}", fix
    words = "" if span.words is None else f" (it says {span.words[:MAX_SHOWN]!r})"
    return f"{stated} is not in the text, which has {len(text)} code points{words}{line_ends}", fix


def _line_ends_it_fits(text: str, span: StatedSpan, unit: OffsetUnit) -> str:
    """Return how line ends must count for a span to fit although other spans do not; empty if that is not why."""
    ends: tuple[tuple[LineEnds, str], ...] = (("one", "CRLF counts as one character"), ("two", "LF counts as two"))
    for line_ends, counts in ends if span.words is not None and "\n" in text else ():
        index = CodePointIndex(text, replace(unit, line_ends=line_ends))
        if convert(text, span, index, unit.inclusive) is not None:
            return f"; it fits only if {counts}, so its offsets were made on a text with other line ends"
    return ""


def misfit(text: str, span: StatedSpan) -> str:
    """Return why a span does not fit its text as the file states it, in code points; empty if it does."""
    return "" if fits(text, span, span.fragments) else explain_misfit(text, span, CODE_POINTS)[0]
