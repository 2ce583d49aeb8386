"""Words in their contexts: the occurrences of a surface, an id or a label."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from msgspec import to_builtins

from ...schema import DataError, Document, Span, UsageError, value_text
from ...schema.files.scheme_patterns import SchemePattern
from ...schema.writing.folded_text import abbreviation, fold_surface, fold_text, is_turkic
from ...schema.writing.word_scripts import within_word
from ..spans.timed_patterns import SECONDS, PatternTimeoutError, TimedPattern

_SPACES = re.compile(r"\s+")
_RIGHT_TO_LEFT = ("R", "AL")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A stretch of text with what stands around it.

    Attributes:
        document: Id of the document.
        start: Its first code point.
        end: The code point after its last.
        before: The text before it, with each white space a single space.
        surface: The stretch itself, likewise.
        after: The text after it, likewise.
        labels: Labels of the spans that it is or overlaps, in order; none if it is not marked.
        value: The value of the first of these spans, as text; empty if it has none.
    """

    document: str
    start: int
    end: int
    before: str
    surface: str
    after: str
    labels: tuple[str, ...]
    value: str

    @property
    def is_right_to_left(self) -> bool:
        """Whether the stretch is written from right to left, by its first letter, or else that of its context."""
        for character in f"{self.surface}{self.after}{self.before}":
            direction = unicodedata.bidirectional(character)
            if direction in ("L", *_RIGHT_TO_LEFT):
                return direction in _RIGHT_TO_LEFT
        return False


ORDERS: dict[str, Callable[[Occurrence], tuple[object, ...]]] = {
    "left": lambda item: (item.before.casefold().split()[::-1], item.surface.casefold(), *_place(item)),
    "right": lambda item: (item.after.casefold(), item.surface.casefold(), *_place(item)),
    "span": lambda item: (item.surface.casefold(), item.after.casefold(), *_place(item)),
}
"""Orders of occurrences: by the words before (the nearest first), by those after, by the stretch itself."""


def _place(item: Occurrence) -> tuple[str, int, int]:
    return item.document, item.start, item.end


class Search:
    """What to look for: words, spans with an id as part of their value, spans with a label; all that is given.

    Args:
        surface: The words, whole ones unless `regex` is set; what counts as the same is what `folded_text` says.
        identifier: An id.
        label: A label.
        regex: Whether `surface` is a regular expression.
        case: Whether upper and lower case differ, as they do anyway in an abbreviation of up to five capitals.
        width: Number of code points of context on each side.
        seconds: Processor time that a regular expression may take for a document.

    Raises:
        DependencyError: `surface` is a regular expression, and the package `regex` is not installed.
        UsageError: Nothing is given, or the regular expression is not one.
    """

    def __init__(
        self,
        surface: str | None = None,
        *,
        identifier: str | None = None,
        label: str | None = None,
        regex: bool = False,
        case: bool = False,
        width: int = 40,
        seconds: float = SECONDS,
    ) -> None:
        if surface is None and identifier is None and label is None:
            raise UsageError("nothing to search for. Fix: words, an `identifier` or a `label`")
        self._expression = _expression(surface, case=case) if surface is not None and regex else None
        self._words = None if surface is None or regex else _Words(surface, case=case)
        self._seconds = seconds
        self._identifier = identifier
        self._label = label
        self._width = width

    def occurrences(self, document: Document) -> Iterator[Occurrence]:
        """Yield what a document has, in the order of its text; nothing for a text-free one.

        Raises:
            PatternTimeoutError: A regular expression takes too long for the document.
        """
        if document.text is None:
            return
        spans = sorted(document.spans, key=lambda item: (item.start, item.end, item.label))
        if self._identifier is None and self._label is None:
            matches = list(self._matches(document))
            for (start, end), overlapping in zip(matches, _overlapping(matches, spans), strict=True):
                yield self._occurrence(document, document.text, start, end, overlapping)
            return
        spans = [span for span in spans if self._fits(span)]
        if self._words is not None or self._expression is not None:
            spans = _overlapped(spans, list(self._matches(document))) if spans else []
        for span in spans:
            yield self._occurrence(document, document.text, span.start, span.end, [span])

    def _matches(self, document: Document) -> Iterator[tuple[int, int]]:
        """Yield the bounds of what is searched for, from left to right and without overlaps."""
        text = document.text or ""
        if self._expression is not None:
            try:
                yield from (match.span() for match in self._expression.search(text, self._seconds))
            except PatternTimeoutError as error:
                raise error.of(document.id) from error
        elif self._words is not None:
            yield from self._words.find(text, document.meta.language)

    def _fits(self, span: Span) -> bool:
        if self._label is not None and span.label != self._label:
            return False
        return self._identifier is None or self._identifier in _parts(span)

    def _occurrence(self, document: Document, text: str, start: int, end: int, spans: list[Span]) -> Occurrence:
        # white space is collapsed, so some more code points are read than are kept
        before = _SPACES.sub(" ", text[max(0, start - 2 * self._width) : start])
        after = _SPACES.sub(" ", text[end : end + 2 * self._width])
        value = next((value_text(span.value) for span in spans if span.value is not None), "")
        return Occurrence(
            document.id,
            start,
            end,
            before[len(before) - min(len(before), self._width) :],
            _SPACES.sub(" ", text[start:end]),
            after[: self._width],
            tuple(dict.fromkeys(span.label for span in spans)),
            value,
        )


class _Words:
    """A search for words, folded as texts are."""

    def __init__(self, surface: str, *, case: bool) -> None:
        self._case = case
        self._exact = "" if case else abbreviation(surface)
        self._expressions = {turkic: self._expression(surface, turkic) for turkic in (False, True)}

    def _expression(self, surface: str, turkic: bool) -> re.Pattern[str]:
        words = fold_surface(surface, case=not self._case, turkic=turkic).split(" ")
        return re.compile(" +".join(map(re.escape, words)))

    def find(self, text: str, language: str | None) -> Iterator[tuple[int, int]]:
        """Yield the bounds of each occurrence that is not part of a longer word."""
        turkic = is_turkic(language)
        folded = fold_text(text, case=not self._case, turkic=turkic)
        for match in self._expressions[turkic].finditer(folded.text):
            start, end = match.span()
            if start < end and not within_word(folded.text, start) and not within_word(folded.text, end):
                bounds = folded.original(start, end)
                if bounds is not None and self._exact in ("", abbreviation(text[slice(*bounds)])):
                    yield bounds


def _expression(surface: str, *, case: bool) -> TimedPattern:
    try:
        return TimedPattern(SchemePattern(regex=surface), ignore_case=not case)
    except DataError as error:
        [problem] = error.problems
        raise UsageError(f"`surface` {surface} is {problem.what}. Fix: {problem.fix}") from error


def _overlapping(matches: Sequence[tuple[int, int]], spans: Sequence[Span]) -> Iterator[list[Span]]:
    """Yield the spans that each match overlaps, first those that are the match; both are in the order of the text."""
    waiting = deque(spans)
    under_way: list[Span] = []
    for start, end in matches:
        while waiting and waiting[0].start < end:
            under_way.append(waiting.popleft())
        under_way = [span for span in under_way if start < span.end]
        yield sorted(
            under_way, key=lambda span: ((span.start, span.end) != (start, end), span.start, span.end, span.label)
        )


def _overlapped(spans: Iterable[Span], matches: Sequence[tuple[int, int]]) -> list[Span]:
    """Return the spans that overlap a match; the matches are from left to right and do not overlap."""
    ends = [end for _, end in matches]
    kept = []
    for span in spans:
        first = bisect_right(ends, span.start)  # the first match that ends within the span or after it
        if first < len(matches) and matches[first][0] < span.end:
            kept.append(span)
    return kept


def _parts(span: Span) -> set[object]:
    """Return the texts that a value is made of."""
    parts = to_builtins(span.value) if span.value is not None else {}
    return {part for part in parts.values() if isinstance(part, str)}
