"""Spans of a set whose words are not at their offsets: moved where it is plain which words are meant, else left out.

Offsets of some sets were made on another version of a text, and are a few characters off. A set says how far its words
may be from their offsets (`nearby`), and what became of such spans is counted: `MOVED`, `REQUOTED` and `LOST`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ...schema import DataError, Problem
from ...schema.writing.word_scripts import within_word
from ..formats.file_sample import FileSample
from ..formats.foreign.foreign_format import ForeignFormat
from ..formats.foreign.stated_documents import LabelledStatement, StatedDocument
from ..formats.format_interface import ReadOptions, ReadRequest
from ..spans.offset_units import CODE_POINTS
from ..spans.offsets import has_consistent_offsets
from ..spans.span_fit import fits

MOVED = "spans moved to their words, which stand once near their offsets"
REQUOTED = "spans whose words have other quotation marks in the text"
LOST = "spans whose words do not stand once near their offsets"
"""What reports call such spans."""

_ANY_QUOTE = "['\"`´‘’‚‛“”„‟«»‹›]"
_IS_QUOTE = re.compile(_ANY_QUOTE)
_LEAST_FITTING = 4
"""At most one span in so many may be misplaced: with more, the texts are others than those that were annotated."""


class NearbySpans(ForeignFormat):
    """The reader of a set, with spans moved to their words.

    Args:
        reader: The reader of the form.
        nearby: Within how many characters of its offsets the words of a span are looked for.
    """

    def __init__(self, reader: ForeignFormat, nearby: int) -> None:
        self._reader, self._nearby = reader, nearby
        self.name, self.suffixes, self.folder_patterns = reader.name, reader.suffixes, reader.folder_patterns
        self.read_options, self.read_extras = reader.read_options, reader.read_extras

    def recognises(self, sample: FileSample) -> bool:
        """Return what the reader does."""
        return self._reader.recognises(sample)

    def prepared(self, request: ReadRequest) -> ForeignFormat:
        """Return the same around the prepared reader."""
        return NearbySpans(self._reader.prepared(request), self._nearby)

    def describe(self, source: Path, options: ReadOptions) -> str:
        """Return what the reader does."""
        return self._reader.describe(source, options)

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what the reader does, with spans moved.

        Raises:
            DataError: As the reader; or more than a quarter of the spans are misplaced.
        """
        spans = misplaced = 0
        for stated in self._reader.statements(source, options):
            spans += len(stated.spans)
            misplaced += move_to_words(stated, self._nearby)
            yield stated
        if misplaced * _LEAST_FITTING > spans:
            what = f"{misplaced:,} of {spans:,} spans are not at their offsets, which is more than a quarter"
            raise DataError(Problem(what, "name the files of the set as they are distributed", str(source)))


def move_to_words(stated: StatedDocument, nearby: int) -> int:
    """Move the spans of a document whose words are not at their offsets; return how many spans these were.

    A span is moved to the words that it states if they stand once within a few characters, are whole words, and no
    other span has this place; white space and kinds of quotation marks do not matter. Others go to `unplaced`. Nothing
    is done if there is a unit in which all offsets are right, or if the format defines one other than code points.

    Args:
        stated: The document, which is changed.
        nearby: By how many characters a span may be moved at most.
    """
    marked = stated.marked_text()
    if stated.unit not in (None, CODE_POINTS) or has_consistent_offsets(marked):
        return 0
    misfits = [
        span
        for span, own in zip(stated.spans, marked.spans, strict=True)
        if own.words is not None and not fits(stated.text, own, own.fragments)
    ]
    left = {id(span) for span in misfits}
    taken = {span.fragments for span in stated.spans if id(span) not in left}
    for span in misfits:
        places = [place for place in _places(stated.text, span, nearby) if (place,) not in taken]
        if len(places) != 1:
            stated.unplaced.append((span, LOST))
            continue
        place = places[0]
        stated.changed[REQUOTED if span.fragments == (place,) else MOVED] += 1
        span.fragments, span.words = (place,), stated.text[slice(*place)]
        taken.add(span.fragments)
        left.remove(id(span))
    stated.spans = [span for span in stated.spans if id(span) not in left]
    return len(misfits)


def _places(text: str, span: LabelledStatement, nearby: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of the words of a span that begin within a few characters of its offset."""
    words = (span.words or "").split()
    if not words:
        return
    pattern = re.compile(r"\s+".join(_IS_QUOTE.sub(lambda _: _ANY_QUOTE, re.escape(word)) for word in words))
    start = span.fragments[0][0]
    for offset in range(max(start - nearby, 0), min(start + nearby, len(text)) + 1):
        match = pattern.match(text, offset)
        if match and not any(within_word(text, edge) for edge in match.span()):
            yield match.span()
