"""Offsets of other tools brought to code points, where the words that a file states beside them prove how it counts.

A reader hands over what its file states (`MarkedText`); `resolve_offsets` finds the one unit in which all of it fits,
and refuses the file where there is none, or several that would give different spans.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ...schema import DataError, Problem, truncate_problems
from .offset_units import CODE_POINTS, UNITS, OffsetUnit, code_points_from, offsets_in_unit, simplest_unit
from .stated_words import same_but_for_blanks, same_words

Fragments = tuple[tuple[int, int], ...]
"""The fragments of a span, `[start, end)` each, in order; most spans have one."""

_SHOWN = 40
_TRIED = " (code points, UTF-16, bytes, CRLF as one character and inclusive ends were tried)"


class StatedSpan(NamedTuple):
    """A span as a file states it.

    Attributes:
        place: Its fragments in the file's own unit, whatever they are.
        words: The file's words for it; None where it states none.
        name: What messages call it: `T3`, `region 'a1'`.
        line: Of the file, from 1; 0 where unknown.
    """

    place: Fragments
    words: str | None
    name: str
    line: int = 0


class MarkedText(NamedTuple):
    """A text with the spans that a file states of it.

    Attributes:
        text: As the document has it.
        spans: In any order.
        path: The file, for messages.
        document: Its id, for messages.
    """

    text: str
    spans: Sequence[StatedSpan]
    path: str = ""
    document: str = ""


@dataclass(slots=True)
class ConvertedSpans:
    """Spans that were brought from another unit to code points.

    Attributes:
        spans: How many have other bounds now.
        unstated: How many of them state no words, and follow those that do.
        documents: How many documents they are in.
        first: The first of these.
    """

    spans: int = 0
    unstated: int = 0
    documents: int = 0
    first: str = ""


@dataclass(slots=True)
class OffsetResolution:
    """Where the spans of a file are.

    Attributes:
        moved: What was brought to code points, by the unit.
    """

    moved: dict[str, ConvertedSpans] = field(default_factory=dict)
    _places: dict[int, list[Fragments]] = field(default_factory=dict)

    def places(self, number: int, marked: MarkedText) -> list[Fragments]:
        """The fragments of a document's spans in code points.

        Args:
            number: Of the document in the file, from 0.
            marked: The document as it was settled.
        """
        return self._places.get(number) or [span.place for span in marked.spans]

    def take(self, number: int, reading: _UnitOffsets, unit: OffsetUnit) -> None:
        """Takes note of a document's unit."""
        marked, places = reading.marked, reading.places[unit]
        changed = [s for s, place in zip(marked.spans, places, strict=True) if place != s.place]
        if not changed:
            return
        self._places[number] = [place for place in places if place is not None]
        moved = self.moved.setdefault(str(unit), ConvertedSpans(first=marked.document))
        moved.spans += len(changed)
        moved.unstated += sum(span.words is None for span in changed)
        moved.documents += 1


def resolve_offsets(documents: Callable[[], Iterable[MarkedText]]) -> OffsetResolution:
    """Where the spans of a file are, in code points.

    Where code points fit all of them, they stand. Else the file has one unit, in which all of them fit; or where no
    unit fits the whole file, each document has one. Spans that state no words follow those that do.

    Args:
        documents: Those of the file, each time it is called.

    Raises:
        DataError: Spans fit in no unit, or in several which would put them at different places: all such spans, each
            with its own words and those of the text, as far as `truncate_problems` lists them.
    """
    if all(_fits(marked.text, span, span.place) for marked in documents() for span in marked.spans):
        return OffsetResolution()
    readings = [_UnitOffsets(marked) for marked in documents()]
    own = [reading.fitting() for reading in readings]
    if not all(own) or not any(reading.telling for reading in readings):
        raise DataError(_misfits(readings, own))
    common = set(UNITS).intersection(*own)
    shown = {
        CODE_POINTS,
        *(unit for reading, units in zip(readings, own, strict=True) for unit in reading.shown(units)),
    }
    settlement = OffsetResolution()
    doubtful: list[Problem] = []
    for number, (reading, units) in enumerate(zip(readings, own, strict=True)):
        left = units & shown  # a document that does not tell its unit may have any that another one shows
        if common:  # what one unit explains needs no second assumption, but by it the words must not be elsewhere
            left = simplest_unit(common) if reading.agree(common, reading.stated) else common
        if left and reading.agree(left, range(len(reading.marked.spans))):
            settlement.take(number, reading, min(left, key=UNITS.index))
        else:
            doubtful += reading.doubts(left or units)
    if doubtful:
        raise DataError(truncate_problems(doubtful, "spans"))
    return settlement


def words_fit(marked: MarkedText) -> bool:
    """Whether all of a document's spans fit its text in one unit or another."""
    return all(_fits(marked.text, span, span.place) for span in marked.spans) or bool(_UnitOffsets(marked).fitting())


class _UnitOffsets:
    """A document in every unit.

    Attributes:
        marked: The document.
        places: Its spans by unit, None for one that does not fit in it.
        stated: Which of its spans state words.
    """

    def __init__(self, marked: MarkedText) -> None:
        self.marked = marked
        self.stated = [index for index, span in enumerate(marked.spans) if span.words is not None]
        self.places: dict[OffsetUnit, list[Fragments | None]] = {}
        alike: dict[OffsetUnit, list[Fragments | None]] = {}
        indexes: dict[OffsetUnit, Mapping[int, int]] = {}
        for unit in UNITS:
            plain = offsets_in_unit(unit, marked.text)
            if plain == CODE_POINTS and plain not in alike:
                alike[plain] = [span.place if _fits(marked.text, span, span.place) else None for span in marked.spans]
            elif plain not in alike:
                bounds = replace(plain, inclusive=False)
                if bounds not in indexes:
                    indexes[bounds] = code_points_from(marked.text, bounds)
                alike[plain] = [_placed(marked.text, s, indexes[bounds], plain.inclusive) for s in marked.spans]
            self.places[unit] = alike[plain]

    def fitting(self) -> set[OffsetUnit]:
        """The units in which all spans fit."""
        return {unit for unit, places in self.places.items() if None not in places}

    @property
    def telling(self) -> bool:
        """Whether words show that the document does not count in code points."""
        return any(self.places[CODE_POINTS][index] is None for index in self.stated)

    def shown(self, units: Collection[OffsetUnit]) -> Iterable[OffsetUnit]:
        """The unit that the words of the document alone show to be another one than code points, if any."""
        if not self.telling or not self.agree(units, self.stated):
            return ()
        left = simplest_unit(units)
        return (min(left, key=UNITS.index),) if self.agree(left, range(len(self.marked.spans))) else ()

    def agree(self, units: Collection[OffsetUnit], which: Iterable[int]) -> bool:
        """Whether units put spans at the same places, outer blanks aside."""
        lists = {id(self.places[unit]): self.places[unit] for unit in units}.values()
        return all(len({self._trimmed(places[index]) for places in lists}) == 1 for index in which)

    def _trimmed(self, place: Fragments | None) -> tuple[int, ...]:
        if place is None:
            return ()
        start, *inner, end = (bound for part in place for bound in part)
        while start < end and self.marked.text[start].isspace():
            start += 1
        while start < end and self.marked.text[end - 1].isspace():
            end -= 1
        return (start, *inner, end)

    def doubts(self, units: Collection[OffsetUnit]) -> list[Problem]:
        """The spans that units put at different places."""
        found = []
        for index, span in enumerate(self.marked.spans):
            if self.agree(units, [index]) and self.places[CODE_POINTS][index] is not None:
                continue
            told: dict[tuple[int, ...], str] = {}
            for unit in sorted(units, key=UNITS.index):
                place = self.places[unit][index]
                if place is not None:
                    told.setdefault(self._trimmed(place), f"{_there(self.marked.text, place)[:_SHOWN]!r} ({unit})")
            may_be = " or ".join(list(told.values())[:3])
            fix = "state the words of each span beside its offsets, or give offsets in code points"
            found.append(_problem(self.marked, span, f"may be {may_be}: how offsets are counted cannot be told", fix))
        return found


def _placed(text: str, span: StatedSpan, index: Mapping[int, int], inclusive: bool) -> Fragments | None:
    """A span's fragments in code points; None where they do not fit."""
    place = tuple((index.get(start, -1), index.get(end + inclusive, -1)) for start, end in span.place)
    return place if _fits(text, span, place, same_but_for_blanks) else None


def _fits(text: str, span: StatedSpan, place: Fragments, same: Callable[[str, str], bool] = same_words) -> bool:
    """Whether fragments in code points are in the text, in order, and are the span's words."""
    return _within(text, place) and (
        span.words is None
        or same(span.words, _there(text, place))
        or same(span.words, text[place[0][0] : place[-1][1]])
    )


def _within(text: str, place: Fragments) -> bool:
    before = 0
    for start, end in place:
        if not before <= start < end <= len(text):
            return False
        before = end
    return True


def _there(text: str, place: Fragments) -> str:
    return " ".join(text[start:end] for start, end in place)


def _misfits(readings: Sequence[_UnitOffsets], own: Sequence[set[OffsetUnit]]) -> list[Problem]:
    """The spans that do not fit, in the unit that fits most spans of the file."""
    fit: Counter[OffsetUnit] = Counter()
    for reading in readings:
        for unit, places in reading.places.items():
            fit[unit] += sum(place is not None for place in places)
    unit = max(UNITS, key=lambda unit: (fit[unit], -UNITS.index(unit))) if not all(own) else CODE_POINTS
    found = [
        _problem(reading.marked, span, *_misfit(reading.marked.text, span, unit))
        for reading, units in zip(readings, own, strict=True)
        if not units or all(own)
        for span, place in zip(reading.marked.spans, reading.places[unit], strict=True)
        if place is None
    ]
    return truncate_problems(found, "spans that do not fit their text")


def _misfit(text: str, span: StatedSpan, unit: OffsetUnit) -> tuple[str, str]:
    told = ", ".join(f"[{start}, {end})" for start, end in span.place)
    fix = "export the spans together with the text that was annotated, or correct the offsets"
    fix += f" (most spans of the file count in {unit})" if unit != CODE_POINTS else _TRIED
    bare = _placed(
        text, span._replace(words=None), code_points_from(text, replace(unit, inclusive=False)), unit.inclusive
    )
    if bare is not None:
        return f"says {(span.words or '')[:_SHOWN]!r}, but the text has {_there(text, bare)[:_SHOWN]!r} at {told}", fix
    said = "" if span.words is None else f" (it says {span.words[:_SHOWN]!r})"
    return f"{told} is not in the text, which has {len(text)} code points{said}", fix


def _problem(marked: MarkedText, span: StatedSpan, what: str, fix: str) -> Problem:
    return Problem(f"{span.name} {what}", fix, marked.path, span.line, marked.document)
