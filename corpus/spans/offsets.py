"""Conversion of other tools' offsets to code points.

A reader passes on what its file states (`MarkedText`). `resolve_offsets` finds the one unit in which all offsets agree
with the words that the file states. A file is rejected if there is none, or if several would yield different spans.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from ...schema import DataError, Problem, truncate_problems
from .offset_units import CODE_POINTS, UNITS, CodePointIndex, OffsetUnit, equivalent_units, minimal_units
from .span_fit import MAX_SHOWN, convert, explain_misfit, fits, surface

Fragments = tuple[tuple[int, int], ...]
"""The fragments of a span, `[start, end)` each, in order; most spans have one."""


class StatedSpan(NamedTuple):
    """A span as a file states it.

    Attributes:
        fragments: Its fragments in the unknown unit of the file.
        words: The words that the file states for it, or None.
        name: Its name in messages: `T3`, `region 'a1'`.
        line: Line in the file, counted from 1; 0 if unknown.
    """

    fragments: Fragments
    words: str | None
    name: str
    line: int = 0


class MarkedText(NamedTuple):
    """A text and the spans that a file states for it.

    Attributes:
        text: The text of the document.
        spans: The spans, in any order.
        path: The file, for messages.
        document: The document id, for messages.
        unit: The unit of the offsets, if the format defines it.
    """

    text: str
    spans: Sequence[StatedSpan]
    path: str = ""
    document: str = ""
    unit: OffsetUnit | None = None


class HasFragments(Protocol):
    """Anything that has fragments."""

    @property
    def fragments(self) -> Fragments:
        """The fragments of a span."""


class HasMarks(Protocol):
    """A text with anything that has fragments."""

    @property
    def text(self) -> str:
        """The text of the document."""

    @property
    def spans(self) -> Sequence[HasFragments]:
        """Its spans."""


@dataclass(slots=True)
class ConvertedSpans:
    """Counts of the spans that were converted from another unit to code points.

    Attributes:
        spans: Number of spans whose bounds changed.
        unstated: Number of these for which the file states no words, so that the unit follows from the other spans.
        documents: Number of documents with such spans.
        first: Id of the first of these documents.
    """

    spans: int = 0
    unstated: int = 0
    documents: int = 0
    first: str = ""


@dataclass(slots=True)
class OffsetResolution:
    """The spans of a file in code points, by the units of its documents, since a file may have millions of spans.

    Attributes:
        converted: Counts of the converted spans, by unit.
        doubtful: Ids of documents read in code points although UTF-16 would yield spans that are as good.
        cut_words: How many spans begin or end within a word, if most do and the file states no words; else empty.
    """

    converted: dict[str, ConvertedSpans] = field(default_factory=dict)
    doubtful: list[str] = field(default_factory=list)
    cut_words: str = ""
    _units: dict[int, OffsetUnit] = field(default_factory=dict)

    def unit_of(self, index: int) -> str:
        """Return the unit that the offsets of the document at an index were converted from; empty if they are kept."""
        return str(self._units[index]) if index in self._units else ""

    def fragments(self, index: int, marked: HasMarks) -> list[Fragments]:
        """Return the fragments of a document's spans in code points.

        Args:
            index: Position of the document in the file, counted from 0.
            marked: The document as it was passed to `resolve_offsets`, or what that was made of.
        """
        unit = self._units.get(index)
        if unit is None:
            return [span.fragments for span in marked.spans]
        offsets = CodePointIndex(marked.text, unit)
        return [offsets.convert(span.fragments, inclusive=unit.inclusive) for span in marked.spans]

    def add(self, index: int, marked: MarkedText, converted: Sequence[Fragments | None], unit: OffsetUnit) -> None:
        """Record the converted spans of the document at an index."""
        if not (changed := [s for s, new in zip(marked.spans, converted, strict=True) if new != s.fragments]):
            return
        self._units[index] = unit
        counts = self.converted.setdefault(str(unit), ConvertedSpans(first=marked.document))
        counts.spans += len(changed)
        counts.unstated += sum(span.words is None for span in changed if marked.unit is None)
        counts.documents += 1


def resolve_offsets(documents: Callable[[], Iterable[MarkedText]]) -> OffsetResolution:
    """Determine the code point offsets of the spans of a file.

    Offsets are kept if all spans fit in code points. Otherwise one unit is chosen in which all spans of the file
    fit, or, if there is none, one unit for each document. Spans without stated words follow those that have them.

    Args:
        documents: Returns an iterator over the documents of the file on each call.

    Raises:
        DataError: Some spans fit in no unit, or in several units that would yield different spans. Each of these spans
            is reported with the stated words and those in the text, up to the limit of `truncate_problems`.
    """
    if all(fits(marked.text, span, span.fragments) for marked in documents() for span in marked.spans):
        return OffsetResolution()
    common, proven, all_fit, is_ruled_out = set(UNITS), {CODE_POINTS}, True, False
    for marked in documents():
        candidates = _UnitCandidates(marked)
        units = candidates.fitting()
        common &= units
        all_fit = all_fit and bool(units)
        is_ruled_out = is_ruled_out or candidates.rules_out_code_points
        proven.update(candidates.proven_units(units))
    if not all_fit or not is_ruled_out:
        raise DataError(_misfits(documents, every=all_fit))
    resolution = OffsetResolution()
    problems: list[Problem] = []
    for index, marked in enumerate(documents()):
        candidates = _UnitCandidates(marked)
        units = candidates.fitting()
        # one that does not determine its unit may use any unit that another document proves
        remaining = units & proven
        if common:
            # one unit explains the whole file; the simplest is taken unless others select different words
            remaining = minimal_units(common) if candidates.agree(common, candidates.with_words) else common
        if remaining and candidates.agree(remaining, range(len(marked.spans))):
            unit = min(remaining, key=UNITS.index)
            resolution.add(index, marked, candidates.fragments[unit], unit)
        else:
            problems += candidates.ambiguities(remaining or units)
    if problems:
        raise DataError(truncate_problems(problems, "spans"))
    return resolution


def has_consistent_offsets(marked: MarkedText) -> bool:
    """Check whether there is a unit in which all spans of a document fit its text."""
    return all(fits(marked.text, span, span.fragments) for span in marked.spans) or bool(
        _UnitCandidates(marked).fitting()
    )


def leaves_out_mark(marked: MarkedText) -> bool:
    """Check whether offsets of a text with a byte order mark leave it out, and do not fit as well if it counts."""
    text, units = marked.text[1:], _UnitCandidates(marked).fitting()
    are_its_own = all(fits(text, span, span.fragments) for span in marked.spans)
    return are_its_own or (bool(units) and all(unit.unmarked for unit in units))


class _UnitCandidates:
    """The spans of a document in every unit.

    Attributes:
        marked: The document.
        fragments: Its spans by unit; None for a span that does not fit in the unit.
        with_words: Indices of the spans with stated words.
    """

    def __init__(self, marked: MarkedText) -> None:
        self.marked = marked
        self.with_words = [index for index, span in enumerate(marked.spans) if span.words is not None]
        self.fragments: dict[OffsetUnit, list[Fragments | None]] = {}
        by_equivalent: dict[OffsetUnit, list[Fragments | None]] = {}
        indexes: dict[OffsetUnit, CodePointIndex] = {}
        for unit, simple in equivalent_units(marked.text).items():
            if simple == CODE_POINTS and simple not in by_equivalent:
                by_equivalent[simple] = [
                    span.fragments if fits(marked.text, span, span.fragments) else None for span in marked.spans
                ]
            elif simple not in by_equivalent:
                half_open = replace(simple, inclusive=False)
                if half_open not in indexes:
                    indexes[half_open] = CodePointIndex(marked.text, half_open)
                by_equivalent[simple] = [
                    convert(marked.text, span, indexes[half_open], simple.inclusive) for span in marked.spans
                ]
            self.fragments[unit] = by_equivalent[simple]

    def fitting(self) -> set[OffsetUnit]:
        """Return the units in which all spans fit."""
        return {unit for unit, spans in self.fragments.items() if None not in spans}

    @property
    def rules_out_code_points(self) -> bool:
        """Whether stated words prove that the document does not count code points."""
        return any(self.fragments[CODE_POINTS][index] is None for index in self.with_words)

    def proven_units(self, units: Collection[OffsetUnit]) -> Iterable[OffsetUnit]:
        """Return the unit other than code points that the words of this document alone prove, if any."""
        if not self.rules_out_code_points or not self.agree(units, self.with_words):
            return ()
        minimal = minimal_units(units)
        return (min(minimal, key=UNITS.index),) if self.agree(minimal, range(len(self.marked.spans))) else ()

    def agree(self, units: Collection[OffsetUnit], indices: Iterable[int]) -> bool:
        """Check whether all units yield the same bounds for some spans, ignoring outer white space."""
        distinct = {id(self.fragments[unit]): self.fragments[unit] for unit in units}.values()
        return all(len({self._trim(spans[index]) for spans in distinct}) == 1 for index in indices)

    def _trim(self, fragments: Fragments | None) -> tuple[int, ...]:
        if fragments is None:
            return ()
        start, *inner, end = (bound for fragment in fragments for bound in fragment)
        while start < end and self.marked.text[start].isspace():
            start += 1
        while start < end and self.marked.text[end - 1].isspace():
            end -= 1
        return (start, *inner, end)

    def ambiguities(self, units: Collection[OffsetUnit]) -> list[Problem]:
        """Return a problem for each span for which the units yield different bounds."""
        problems = []
        for index, span in enumerate(self.marked.spans):
            if self.agree(units, [index]) and self.fragments[CODE_POINTS][index] is not None:
                continue
            surfaces: dict[tuple[int, ...], str] = {}
            for unit in sorted(units, key=UNITS.index):
                fragments = self.fragments[unit][index]
                if fragments is not None:
                    words = surface(self.marked.text, fragments)[:MAX_SHOWN]
                    surfaces.setdefault(self._trim(fragments), f"{words!r} ({unit})")
            what = f"may be {' or '.join(list(surfaces.values())[:3])}: the unit of the offsets is ambiguous"
            fix = "state the words of each span with its offsets, or use code point offsets"
            problems.append(_problem(self.marked, span, what, fix))
        return problems


def _misfits(documents: Callable[[], Iterable[MarkedText]], *, every: bool) -> list[Problem]:
    """Report the spans that do not fit in the unit in which most spans of the file do.

    Args:
        documents: Returns an iterator over the documents of the file on each call.
        every: Whether there is a unit for every document, but none is proven: the spans do not fit in code points.
    """
    counts: Counter[OffsetUnit] = Counter()
    for marked in () if every else documents():
        for unit, spans in _UnitCandidates(marked).fragments.items():
            counts[unit] += len(spans) - spans.count(None)
    unit = max(UNITS, key=lambda unit: (counts[unit], -UNITS.index(unit)))
    problems = []
    for marked in documents():
        candidates = _UnitCandidates(marked)
        if every or not candidates.fitting():
            for span, fragments in zip(marked.spans, candidates.fragments[unit], strict=True):
                if fragments is None:
                    problems.append(_problem(marked, span, *explain_misfit(marked.text, span, unit)))
    return truncate_problems(problems, "spans that do not fit their text")


def _problem(marked: MarkedText, span: StatedSpan, what: str, fix: str) -> Problem:
    return Problem(f"{span.name} {what}", fix, marked.path, span.line, marked.document)
