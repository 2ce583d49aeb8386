"""Spans that a scheme does not allow together: those that overlap, and two of one label at one place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ..document import Document, Span
from ..scheme import Scheme
from .history import known_parts
from .questions import SET_ASIDE, QuestionBook, overlap_question

Pair = tuple[int, int]
"""Two spans by their positions in a list, the lower first."""

Clash = tuple[int, int, str, int, int, str]
"""Start, end and label of two spans, the first in the text first."""


@dataclass(frozen=True, slots=True)
class PlacedSpan:
    """A span in the new scheme.

    Attributes:
        span: The span.
        index: Position of the span that it was in its document; None if it was set aside before and is put back.
        noted: Whether it carries a note of what it was.
    """

    span: Span
    index: int | None = None
    noted: bool = False


class ClashRules:
    """Finds the spans that clash only by a migration, and asks which of them stay.

    Args:
        document: The document before the migration.
        old: Its scheme.
        new: The new scheme.
        known: Clashes in the new scheme that were there before a migration which is now undone.
    """

    def __init__(self, document: Document, old: Scheme, new: Scheme, known: Collection[Clash]) -> None:
        self._document = document
        self._old = old
        self._new = new
        self._known = known

    def rejected(self, placed: Sequence[PlacedSpan], book: QuestionBook) -> set[int]:
        """Return the positions of spans that a person decided to set aside.

        Raises:
            DataError: An answer does not fit.
        """
        spans = [item.span for item in placed]
        pairs = [pair for pair in clashing_pairs(spans, self._new) if not self._clashed_before(placed, pair)]
        rejected: set[int] = set()
        for members in clusters(pairs):
            records = [
                {"start": s.start, "end": s.end, "label": s.label, "value": known_parts(s.value)}
                for s in (spans[position] for position in members)
            ]
            question = overlap_question(self._document.id, [spans[position] for position in members], records)
            answer = book.ask(question)
            if answer is None:
                continue
            keep = [] if answer == SET_ASIDE else answer
            if not isinstance(keep, list) or not all(type(n) is int and 1 <= n <= len(members) for n in keep):
                raise question.problem(f"is {answer!r}, which are not numbers from 1 to {len(members)}")
            staying = {members[n - 1] for n in keep}
            if any(a in staying and b in staying for a, b in pairs):
                raise question.problem(f"is {answer!r}, but these clash with each other")
            rejected |= set(members) - staying
        return rejected

    def settled(self, placed: Sequence[PlacedSpan]) -> tuple[Clash, ...]:
        """Return the clashes that only the old scheme forbids; the way back must not ask about them."""
        spans = [item.span for item in placed]
        still = {tuple(placed[position].index for position in pair) for pair in clashing_pairs(spans, self._new)}
        before = self._document.spans
        pairs = [pair for pair in clashing_pairs(before, self._old) if pair not in still]
        return tuple(_clash(before[i], before[j]) for i, j in pairs)

    def _clashed_before(self, placed: Sequence[PlacedSpan], pair: Pair) -> bool:
        if _clash(placed[pair[0]].span, placed[pair[1]].span) in self._known:
            return True
        before = [self._document.spans[index] for position in pair if (index := placed[position].index) is not None]
        return len(before) > 1 and any(clashing_pairs(before, self._old))


def _clash(a: Span, b: Span) -> Clash:
    first, second = sorted(((a.start, a.end, a.label), (b.start, b.end, b.label)))
    return (*first, *second)


def clashing_pairs(spans: Sequence[Span], scheme: Scheme) -> Iterator[Pair]:
    """Yield the pairs of spans that the scheme does not allow together."""
    order = sorted(range(len(spans)), key=lambda i: (spans[i].start, spans[i].end))
    for position, i in enumerate(order):
        for j in order[position + 1 :]:
            if spans[j].start >= spans[i].end:
                break
            same = (spans[i].start, spans[i].end, spans[i].label) == (spans[j].start, spans[j].end, spans[j].label)
            if same or not scheme.overlap:
                yield min(i, j), max(i, j)


def clusters(pairs: Sequence[Pair]) -> list[list[int]]:
    """Return the groups of positions that pairs connect, each sorted."""
    group: dict[int, set[int]] = {}
    for a, b in pairs:
        merged = group.get(a, {a}) | group.get(b, {b})
        for position in merged:
            group[position] = merged
    return sorted({id(members): sorted(members) for members in group.values()}.values())
