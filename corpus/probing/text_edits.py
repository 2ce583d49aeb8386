"""Replacements within spans of a text, and where every span is afterwards."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

import msgspec

from ...schema import Document, Scheme, Span, Value, Zone
from ...schema.overlap import overlaps
from .expectations import Expectation, Probe, ProbedDocument, same_text


class TextEdit(NamedTuple):
    """A replacement of the text `[start, end)`, in code points, which is not empty."""

    start: int
    end: int
    replacement: str


class SpanRewrite(NamedTuple):
    """A replacement within a span, after which it has another value.

    Attributes:
        edit: The replacement.
        value: The value that follows; None if that is not known.
        identifier: The field of the value with an id that changes, and the authority of the id; None if none does.
    """

    edit: TextEdit
    value: Value | None
    identifier: tuple[str, str] | None = None


SpanRewrites = Callable[[Document, Sequence[Span]], Sequence[SpanRewrite | None]]
"""Returns what is to be changed in each span of a document's answer; None for a span that stays."""


class EditedText:
    """A text after replacements, and where its ranges are.

    Args:
        text: The text.
        edits: Disjoint replacements, in their order.
    """

    def __init__(self, text: str, edits: Sequence[TextEdit]) -> None:
        self._ends = [edit.end for edit in edits]
        self._shifts = [0, *accumulate(len(edit.replacement) - (edit.end - edit.start) for edit in edits)]
        parts, at = [], 0
        for edit in edits:
            parts += [text[at : edit.start], edit.replacement]
            at = edit.end
        self.text = "".join([*parts, text[at:]])

    def at(self, offset: int) -> int:
        """Return where an offset is that lies within no replacement, both in code points."""
        return offset + self._shifts[bisect_right(self._ends, offset)]

    def span(self, span: Span) -> Span:
        """Return a span, which contains each replacement that it overlaps, at its new place."""
        return msgspec.structs.replace(span, start=self.at(span.start), end=self.at(span.end))

    def zone(self, zone: Zone) -> Zone:
        """Return a zone, which overlaps no replacement, at its new place."""
        return msgspec.structs.replace(zone, start=self.at(zone.start), end=self.at(zone.end))


def text_probe(name: str, scheme: Scheme, changes: SpanRewrites) -> Probe:
    """Return a probe that changes texts within spans of the answer and leaves the codebook as it is."""

    def change(document: Document, answer: Sequence[Span], gold: Sequence[Span]) -> ProbedDocument:
        possible = list(changes(document, answer))
        kept = _separate(document, possible, [*answer, *gold])
        edits = sorted({rewrite.edit for rewrite in kept.values()})
        edited = EditedText(document.text or "", edits)
        changed = msgspec.structs.replace(
            document,
            text=edited.text,
            text_sha256=None,
            zones=tuple(map(edited.zone, document.zones)),
            spans=(),
        )
        expected = tuple(_expected(span, kept.get(at), edited, edits) for at, span in enumerate(answer))
        return ProbedDocument(changed.with_hash(), expected, tuple(map(edited.span, gold)))

    return Probe(name, scheme, same_text, change)


def _expected(span: Span, change: SpanRewrite | None, edited: EditedText, edits: Sequence[TextEdit]) -> Expectation:
    moved = edited.span(span)
    if change is None:  # what contains the replacement of another span may refer to something else
        return Expectation(moved, has_value=not any(overlaps(span, Zone(e.start, e.end, "")) for e in edits))
    followed = msgspec.structs.replace(moved, value=change.value)
    return Expectation(followed, moved, touched=True, has_value=change.value is not None, identifier=change.identifier)


def _separate(
    document: Document, changes: Sequence[SpanRewrite | None], layer: Iterable[Span]
) -> dict[int, SpanRewrite]:
    """Return, by index, the changes that cut through no span or zone and are disjoint, the first of those that meet.

    Equal replacements of two spans, such as of one place under two labels, are one.
    """
    ranges: list[Span | Zone] = [*layer, *document.zones]
    kept: dict[int, SpanRewrite] = {}
    done: list[TextEdit] = []
    for at, change in sorted(enumerate(changes), key=lambda item: (item[1].edit[:2] if item[1] else (0, 0), item[0])):
        if change is None:
            continue
        start, end, _ = change.edit
        hit = [each for each in ranges if each.start < end and start < each.end]
        whole = all(each.start <= start and end <= each.end and isinstance(each, Span) for each in hit)
        meets = any(other.start < end and start < other.end and other != change.edit for other in done)
        if whole and not meets:
            kept[at] = change
            done.append(change.edit)
    return kept
