"""Reports on what a writer could not hold, and on what a reader left out or changed."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ...schema import Document
from ...schema.errors import pluralize
from ...schema.writing.word_scripts import within_word
from ..spans.offsets import ConvertedSpans
from ..spans.tokenisation import lacks_tokenizer, splits_characters


@dataclass(slots=True)
class LossReport:
    """Counts of what a format could not hold, so that nothing is dropped silently.

    Attributes:
        counts: Number of losses by kind.
        examples: Id of the first document affected, by kind.
    """

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, document: Document, count: int = 1) -> None:
        """Record a loss.

        Args:
            kind: A phrase that is the same for all losses of the kind, such as `spans across a line`.
            document: The document affected.
            count: Number of losses; nothing is recorded for 0.
        """
        if count:
            self.counts[kind] += count
            self.examples.setdefault(kind, document.id)

    def note_missing_tokenizer(self, document: Document) -> None:
        """Record that a document's tokens do not follow the rules of its language."""
        tag = document.meta.language
        if splits_characters(tag):
            self.add(f"tokens that are characters, because nothing separates the words of {tag}", document)
        elif lacks_tokenizer(tag):
            self.add(f"tokens by rules for {tag}, for which spaCy has no tokeniser here", document)

    def summary(self) -> list[str]:
        """Return one line for each kind of loss."""
        return [f"{kind}: {count} (first in {self.examples[kind]!r})" for kind, count in sorted(self.counts.items())]


def count_blanks(document: Document, loss: LossReport) -> None:
    """Record the blanks at the ends of a document's spans, which readers of offsets trim."""
    words = [document.surface(span) for span in document.spans]
    loss.add("spans of nothing but blanks", document, sum(not part.strip() for part in words))
    loss.add("blanks at the ends of spans", document, sum(part.strip() not in ("", part) for part in words))


_MAX_LISTED = 10
_MAX_SHOWN = 40
CUT_WORDS = "spans that begin or end within a word"
"""What a report calls spans whose offsets may be wrong."""


class AuditRow(NamedTuple):
    """What was done with one span of a file.

    Attributes:
        document: Id of the document.
        span: Name of the span in the file: `T3`, `region 'a1'`.
        line: Line of the span in the file, from 1; 0 if unknown.
        label: Label as the file states it.
        stated: Bounds as the file states them, such as `16-20`.
        stated_words: The words that the file states; None if it states none.
        action: `kept`, `converted from …`, `trimmed`, or why it was left out or refused.
        start: First character in the document, in code points; None if the span was left out.
        end: End in the document, exclusive.
        words: Its words in the document.
        target: Label in the document.
        annotator: Whose span it is; None if the file does not say.
    """

    document: str
    span: str
    line: int
    label: str
    stated: str
    stated_words: str | None
    action: str
    start: int | None = None
    end: int | None = None
    words: str | None = None
    target: str | None = None
    annotator: str | None = None


@dataclass(slots=True)
class OccurrenceCount:
    """Counts of occurrences by kind, with the first documents they occur in.

    Attributes:
        counts: Number of occurrences by kind.
        document_counts: Number of documents by kind.
        documents: Ids of the first documents by kind.
        examples: The first occurrence by kind, in words, for those that have one.
    """

    counts: Counter[str] = field(default_factory=Counter)
    document_counts: Counter[str] = field(default_factory=Counter)
    documents: dict[str, list[str]] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    _last_document: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, document: str, count: int = 1, example: str = "") -> None:
        """Record occurrences in a document.

        Args:
            kind: A phrase that is the same for all occurrences of the kind.
            document: Id of the document; all calls for one document must precede those for the next.
            count: Number of occurrences; nothing is recorded for 0.
            example: The first of them in words.
        """
        if not count:
            return
        self.counts[kind] += count
        if example:
            self.examples.setdefault(kind, example)
        if self._last_document.get(kind) != document:
            self._last_document[kind] = document
            self.document_counts[kind] += 1
            if self.document_counts[kind] <= _MAX_LISTED:
                self.documents.setdefault(kind, []).append(document)

    def summary(self) -> Iterator[str]:
        """Yield one line for each kind, with the first documents."""
        for kind, count in sorted(self.counts.items()):
            more = ", …" if self.document_counts[kind] > _MAX_LISTED else ""
            example = f"; first: {self.examples[kind]}" if kind in self.examples else ""
            yield f"{kind}: {count:,} (in {', '.join(map(repr, self.documents[kind]))}{more}{example})"


@dataclass(slots=True)
class ReadReport:
    """Counts of what a reader left out or changed, so that nothing is dropped or moved silently.

    Attributes:
        left_out: What records cannot hold, or a file holds too many of: `relations`, `older annotations`.
        without_spans: Documents read without spans although their source does not say that they have none, by reason.
        changed: What was read otherwise than the file has it: `spans trimmed of blanks at their ends`.
        broken: Violations of the scheme's rules, which are read as they are.
        moved: Spans whose offsets the file does not count in code points, by the file's unit.
        notes: How files were read where they leave it open: `tokens in column 2, tags in column 4`.
        audit: Called with what was done with each span; None if nobody asked.
    """

    left_out: OccurrenceCount = field(default_factory=OccurrenceCount)
    without_spans: OccurrenceCount = field(default_factory=OccurrenceCount)
    changed: OccurrenceCount = field(default_factory=OccurrenceCount)
    broken: OccurrenceCount = field(default_factory=OccurrenceCount)
    moved: dict[str, ConvertedSpans] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    audit: Callable[[AuditRow], None] | None = None

    def note(self, line: str) -> None:
        """Record how a file was read; what was recorded for another file is not repeated."""
        if line not in self.notes:
            self.notes.append(line)

    def note_cut(self, document: str, text: str, start: int, end: int) -> None:
        """Record if a span cuts a word: where a file does not state the words of spans, its offsets may be wrong.

        Args:
            document: Id of the document.
            text: Its text.
            start: First character of the span.
            end: Its end, exclusive.
        """
        if start < end and (within_word(text, start) or within_word(text, end)):
            self.broken.add(CUT_WORDS, document, example=repr(text[start:end][:_MAX_SHOWN]))

    def add_conversions(self, conversions: Mapping[str, ConvertedSpans]) -> None:
        """Record the spans of a file whose offsets were converted to code points, by unit."""
        for unit, converted in conversions.items():
            total = self.moved.setdefault(unit, ConvertedSpans(first=converted.first))
            total.spans += converted.spans
            total.unstated += converted.unstated
            total.documents += converted.documents

    def summary(self) -> list[str]:
        """Return one line for each note and each kind of omission, violation or conversion."""
        lines = [f"read: {line}" for line in self.notes]
        for unit, converted in sorted(self.moved.items()):
            line = f"offsets in {unit} converted to code points: {pluralize(converted.spans, 'span')} in "
            line += f"{pluralize(converted.documents, 'document')} (first in {converted.first!r})"
            if converted.unstated == converted.spans:
                line += "; no words are stated, but as code points most of these would cut words"
            elif converted.unstated:
                line += f"; {converted.unstated:,} of them state no text, and were converted like those that do"
            lines.append(line)
        lines += [f"changed: {line}" for line in self.changed.summary()]
        lines += [f"left out: {line}" for line in self.left_out.summary()]
        lines += [f"read without spans: {line}" for line in self.without_spans.summary()]
        return lines + [f"see `goldspan corpus check`: {line}" for line in self.broken.summary()]

    def to_dict(self) -> dict[str, list[str] | dict[str, int]]:
        """Return the notes and counts as plain data."""
        return {
            "notes": list(self.notes),
            "left_out": dict(sorted(self.left_out.counts.items())),
            "without_spans": dict(sorted(self.without_spans.counts.items())),
            "changed": dict(sorted(self.changed.counts.items())),
            "broken": dict(sorted(self.broken.counts.items())),
            "moved": {unit: converted.spans for unit, converted in sorted(self.moved.items())},
        }


def warn_of_losses(report: ReadReport, source: str) -> None:
    """Warn of everything in a report, in a line each.

    Args:
        report: The report.
        source: What was read, for messages.
    """
    for line in report.summary():
        warnings.warn(f"{source}: {line}", stacklevel=4)
