"""Conversion of offsets whose unit the file's format defines, such as UTF-16 code units, to code points."""

from __future__ import annotations

from collections.abc import Iterable

from ...schema import DataError, Problem, truncate_problems
from .offset_units import CODE_POINTS, CodePointIndex, equivalent_unit
from .offsets import Fragments, MarkedText, OffsetResolution
from .quoted_words import same_words

_MAX_SHOWN = 40


def convert_declared(documents: Iterable[MarkedText]) -> OffsetResolution:
    """Convert the spans of documents from the unit of each document to code points.

    Args:
        documents: The documents; one without a unit counts code points.

    Raises:
        DataError: A span is outside its text, begins or ends within a character, or its words are not those stated.
    """
    resolution = OffsetResolution()
    problems: list[Problem] = []
    for number, marked in enumerate(documents):
        unit = equivalent_unit(marked.unit or CODE_POINTS, marked.text)
        index = CodePointIndex(marked.text, unit) if unit != CODE_POINTS else None
        converted: list[Fragments | None] = []
        for span in marked.spans:
            moved = span.fragments if index is None else index.convert(span.fragments, inclusive=unit.inclusive)
            what = _misplacement(marked.text, moved) or _other_words(span.words, marked.text, moved)
            if what:
                stated = ", ".join(f"[{start}, {end})" for start, end in span.fragments)
                fix = f"correct the offsets; the format counts {marked.unit or CODE_POINTS}"
                problems.append(Problem(f"{span.name} {stated} {what}", fix, marked.path, span.line, marked.document))
            converted.append(moved)
        if not problems:
            resolution.add(number, marked, converted, marked.unit or CODE_POINTS)
    if problems:
        raise DataError(truncate_problems(problems, "spans that do not fit their text"))
    return resolution


def _misplacement(text: str, fragments: Fragments) -> str:
    """Return what is wrong with the place of a span; empty if nothing is."""
    previous_end = 0
    for start, end in fragments:
        if start < 0 or end < 0 or end > len(text):
            return f"is not in the text, which has {len(text)} code points, or cuts one of its characters"
        if start >= end:
            return "is empty" if start == end else "ends before it begins"
        if start < previous_end:
            return "has fragments that are not in order"
        previous_end = end
    return ""


def _other_words(words: str | None, text: str, fragments: Fragments) -> str:
    """Return how the words of a span differ from those stated; empty if they do not."""
    actual = " ".join(text[start:end] for start, end in fragments)
    if words is None or same_words(words, actual) or same_words(words, text[fragments[0][0] : fragments[-1][1]]):
        return ""
    return f"says {words[:_MAX_SHOWN]!r}, but the text has {actual[:_MAX_SHOWN]!r}"
