"""The unit of offsets in files that state no words: the one in which spans do not cut words.

Characters outside the basic plane, such as emoji, count two in UTF-16 and four in UTF-8. After one of these, spans that
are read in the wrong unit are shifted, and most of them then begin or end within a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...schema import DataError, Problem, truncate_problems
from ...schema.writing.word_scripts import within_word
from .offset_units import CodePointIndex, OffsetUnit, first_uneven
from .offsets import Fragments, MarkedText, OffsetResolution, resolve_offsets
from .span_fit import is_inside

_UTF16 = OffsetUnit("UTF-16 code units")
_OTHER_UNITS = (_UTF16, OffsetUnit("UTF-8 bytes"))
_LEAST_CUT = {"UTF-16 code units": 1, "UTF-8 bytes": 3}
"""Number of spans that must cut words as code points. Accents are frequent, so that one span proves little of bytes."""

_LEAST_DOUBTFUL = 3
"""Number of spans that must cut words for offsets to be doubted."""


def resolve_or_guess_offsets(documents: Callable[[], Iterable[MarkedText]]) -> OffsetResolution:
    """Determine the code point offsets of the spans of a file like `resolve_offsets`, also where it states no words.

    Offsets without words are code points unless most of the spans for which the units differ cut words as code points
    or have blanks at their ends, and none cuts a word in UTF-16 or UTF-8.

    Args:
        documents: Returns an iterator over the documents of the file on each call.

    Raises:
        DataError: As in `resolve_offsets`; or most of these spans cut words, and no unit explains all of them.
    """
    evidence = _Evidence()
    try:
        resolution = resolve_offsets(lambda: evidence.observe(documents()))
    except DataError:
        evidence.weigh(documents)
        if evidence.likely_unit() is None:
            raise
        resolution = OffsetResolution()
    else:
        evidence.weigh(documents)
    if unit := evidence.likely_unit():
        for index, marked in enumerate(documents()):
            converted = _converted(marked.text, (span.fragments for span in marked.spans), unit)
            resolution.add(index, marked, converted, unit)
    elif evidence.is_contradictory():
        raise DataError(truncate_problems(list(_cut_spans(documents())), "spans"))
    else:
        resolution.cut_words = evidence.cut_words()
        resolution.doubtful = evidence.affected if evidence.says_nothing() else []
    return resolution


class _Evidence:
    """Counts of the spans that cut words, or have blanks at their ends, for which another unit yields other spans.

    What the other units yield is only looked at if the spans in code points give reason to.

    Attributes:
        affected: Ids of the documents in which UTF-16 would yield other spans than code points, as long as that is all
            that is known.
    """

    def __init__(self) -> None:
        self._clear()
        self._unfit = 0
        self._cut = dict.fromkeys(_OTHER_UNITS, 0)
        self._bad = dict.fromkeys(_OTHER_UNITS, 0)

    def _clear(self) -> None:
        self.affected: list[str] = []
        self._tells = False  # whether a span would be bad in UTF-16, or is so in code points
        self._words_are_stated = False
        self._differing = dict.fromkeys(_OTHER_UNITS, 0)
        self._cut_as_code_points = dict.fromkeys(_OTHER_UNITS, 0)
        self._bad_as_code_points = dict.fromkeys(_OTHER_UNITS, 0)
        self._all = self._cutting = self._outside = 0

    def observe(self, documents: Iterable[MarkedText]) -> Iterator[MarkedText]:
        """Pass documents on and count their spans."""
        self._clear()  # documents may be read more than once
        for marked in documents:
            self._words_are_stated = self._words_are_stated or any(s.words is not None for s in marked.spans)
            if not self._words_are_stated:
                self._count(marked)
            yield marked

    def _count(self, marked: MarkedText) -> None:
        """Count the spans in code points."""
        text = marked.text
        firsts = {unit: first for unit in _OTHER_UNITS if (first := first_uneven(text, unit)) >= 0}
        for span in marked.spans:
            fragments = span.fragments
            is_outside = not is_inside(text, fragments)
            cut = is_outside or _within_words(text, fragments)
            self._all += 1
            self._outside += is_outside
            self._cutting += cut and not is_outside
            for unit, first in firsts.items():
                if fragments[-1][1] > first or (is_outside and _has_odd_bounds(fragments, first)):
                    self._differing[unit] += 1
                    self._cut_as_code_points[unit] += cut
                    bad = cut or _has_blank_edges(text, fragments)
                    self._bad_as_code_points[unit] += bad
                    if unit == _UTF16 and not self._tells:
                        [other] = _converted(text, [fragments], unit)
                        self._tells = bad or _is_cut(text, other) or _has_blank_edges(text, other)
                        if self.affected[-1:] != [marked.document]:
                            self.affected.append(marked.document)

    def weigh(self, documents: Callable[[], Iterable[MarkedText]]) -> None:
        """Count what the spans would be in the other units, unless they are right as they are.

        Args:
            documents: Returns an iterator over all documents, which have been observed.
        """
        shifted = self._outside or any(map(self._may_be_shifted, _OTHER_UNITS))
        for marked in documents() if shifted and not self._words_are_stated else ():
            text, spans = marked.text, [span.fragments for span in marked.spans]
            unfit = [not is_inside(text, own) for own in spans]
            for unit in _OTHER_UNITS if spans else ():
                if first_uneven(text, unit) < 0:
                    continue
                for number, (fragments, other) in enumerate(zip(spans, _converted(text, spans, unit), strict=True)):
                    if other != fragments:
                        cut = _is_cut(text, other)
                        unfit[number] = unfit[number] and not is_inside(text, other)
                        self._cut[unit] += cut
                        self._bad[unit] += cut or _has_blank_edges(text, other)
            self._unfit += sum(unfit)

    def likely_unit(self) -> OffsetUnit | None:
        """Return the unit that the offsets count instead of code points, if one explains all spans."""
        if self._words_are_stated or self._unfit:
            return None
        likely = [unit for unit in _OTHER_UNITS if self._is_shifted(unit) and not self._cut[unit]]
        return likely[0] if len(likely) == 1 else None

    def is_contradictory(self) -> bool:
        """Return whether most spans cut words as code points, and fewer do so in another unit, but not none."""
        return not self._words_are_stated and any(
            self._is_shifted(unit) and self._cut[unit] < self._cut_as_code_points[unit] for unit in _OTHER_UNITS
        )

    def says_nothing(self) -> bool:
        """Return whether spans cut no words and have no blanks at their ends, either as code points or in UTF-16."""
        return not self._words_are_stated and self._differing[_UTF16] > 0 and not self._tells

    def cut_words(self) -> str:
        """Return how many spans cut words, if most do; empty otherwise. Offsets from 1, say, do not show otherwise."""
        if self._words_are_stated or self._cutting < _LEAST_DOUBTFUL or 2 * self._cutting <= self._all:
            return ""
        return f"{self._cutting:,} of {self._all:,} spans begin or end within a word"

    def _is_shifted(self, unit: OffsetUnit) -> bool:
        return self._may_be_shifted(unit) and self._bad_as_code_points[unit] > self._bad[unit]

    def _may_be_shifted(self, unit: OffsetUnit) -> bool:
        enough = self._cut_as_code_points[unit] >= _LEAST_CUT[unit.encoding]
        return enough and 2 * self._bad_as_code_points[unit] > self._differing[unit]


def _converted(text: str, spans: Iterable[Fragments], unit: OffsetUnit) -> list[Fragments]:
    index = CodePointIndex(text, unit)
    return [index.convert(fragments) for fragments in spans]


def _has_odd_bounds(fragments: Fragments, first: int) -> bool:
    """Return whether a bound is below -1, or after the first character that does not count as one."""
    return any(bound > first or bound < -1 for fragment in fragments for bound in fragment)


def _is_cut(text: str, fragments: Fragments) -> bool:
    """Return whether a span is not inside the text, or cuts words."""
    return not is_inside(text, fragments) or _within_words(text, fragments)


def _within_words(text: str, fragments: Fragments) -> bool:
    """Return whether a span begins or ends within a word."""
    for start, end in fragments:  # noqa: SIM110 - a generator takes twice as long
        if within_word(text, start) or within_word(text, end):
            return True
    return False


def _has_blank_edges(text: str, fragments: Fragments) -> bool:
    return any(text[start].isspace() or text[end - 1].isspace() for start, end in fragments)


def _cut_spans(documents: Iterable[MarkedText]) -> Iterator[Problem]:
    """Yield a problem for each span that cuts a word and that UTF-16 or UTF-8 would yield otherwise."""
    for marked in documents:
        for span in marked.spans:
            others = {_converted(marked.text, [span.fragments], unit)[0]: unit for unit in reversed(_OTHER_UNITS)}
            others.pop(span.fragments, None)
            fitting = {fragments: unit for fragments, unit in others.items() if is_inside(marked.text, fragments)}
            if fitting and _within_words(marked.text, span.fragments):
                shown = [(span.fragments, OffsetUnit()), *fitting.items()]
                words = [f"{marked.text[own[0][0] : own[-1][1]][:40]!r} ({unit})" for own, unit in shown]
                what = f"{span.name} may be {' or '.join(words)}: the unit of the offsets is ambiguous"
                fix = "state the words of each span with its offsets, or use code point offsets"
                yield Problem(what, fix, marked.path, span.line, marked.document)
