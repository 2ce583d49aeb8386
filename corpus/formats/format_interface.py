"""The protocol of a format, and the reports on what its writer and reader could not carry over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from ...schema import Document, Scheme
from ...schema.errors import pluralize
from ..spans.offsets import ConvertedSpans
from ..spans.tokenisation import lacks_tokenizer
from ..storage.label_map import LabelMap


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
        self.add(f"tokens by rules for {tag}, for which spaCy has no tokeniser here", document, lacks_tokenizer(tag))

    def summary(self) -> list[str]:
        """Return one line for each kind of loss."""
        return [f"{kind}: {count} (first in {self.examples[kind]!r})" for kind, count in sorted(self.counts.items())]


_MAX_LISTED = 10


@dataclass(slots=True)
class OccurrenceCount:
    """Counts of occurrences by kind, with the first documents they occur in.

    Attributes:
        counts: Number of occurrences by kind.
        document_counts: Number of documents by kind.
        documents: Ids of the first documents by kind.
    """

    counts: Counter[str] = field(default_factory=Counter)
    document_counts: Counter[str] = field(default_factory=Counter)
    documents: dict[str, list[str]] = field(default_factory=dict)
    _last_document: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, document: str, count: int = 1) -> None:
        """Record occurrences in a document.

        Args:
            kind: A phrase that is the same for all occurrences of the kind.
            document: Id of the document; all calls for one document must precede those for the next.
            count: Number of occurrences; nothing is recorded for 0.
        """
        if not count:
            return
        self.counts[kind] += count
        if self._last_document.get(kind) != document:
            self._last_document[kind] = document
            self.document_counts[kind] += 1
            if self.document_counts[kind] <= _MAX_LISTED:
                self.documents.setdefault(kind, []).append(document)

    def summary(self) -> Iterator[str]:
        """Yield one line for each kind, with the first documents."""
        for kind, count in sorted(self.counts.items()):
            more = ", …" if self.document_counts[kind] > _MAX_LISTED else ""
            yield f"{kind}: {count:,} (in {', '.join(map(repr, self.documents[kind]))}{more})"


@dataclass(slots=True)
class ReadReport:
    """Counts of what a reader left out or changed, so that nothing is dropped or moved silently.

    Attributes:
        left_out: What records cannot hold, or a file holds too many of: `relations`, `older annotations`.
        without_spans: Documents read without spans although their source does not say that they have none, by reason.
        broken: Violations of the scheme's rules, which are read as they are.
        moved: Spans whose offsets the file does not count in code points, by the file's unit.
    """

    left_out: OccurrenceCount = field(default_factory=OccurrenceCount)
    without_spans: OccurrenceCount = field(default_factory=OccurrenceCount)
    broken: OccurrenceCount = field(default_factory=OccurrenceCount)
    moved: dict[str, ConvertedSpans] = field(default_factory=dict)

    def add_conversions(self, conversions: Mapping[str, ConvertedSpans]) -> None:
        """Record the spans of a file whose offsets were converted to code points, by unit."""
        for unit, converted in conversions.items():
            total = self.moved.setdefault(unit, ConvertedSpans(first=converted.first))
            total.spans += converted.spans
            total.unstated += converted.unstated
            total.documents += converted.documents

    def summary(self) -> list[str]:
        """Return one line for each kind of omission, violation or conversion."""
        lines = []
        for unit, converted in sorted(self.moved.items()):
            line = f"offsets in {unit} converted to code points: {pluralize(converted.spans, 'span')} in "
            line += f"{pluralize(converted.documents, 'document')} (first in {converted.first!r})"
            if converted.unstated:
                line += f"; {converted.unstated:,} of them state no text, and were converted like those that do"
            lines.append(line)
        lines += [f"left out: {line}" for line in self.left_out.summary()]
        lines += [f"read without spans: {line}" for line in self.without_spans.summary()]
        return lines + [f"see `goldspan corpus check`: {line}" for line in self.broken.summary()]

    def to_dict(self) -> dict[str, dict[str, int]]:
        """Return the counts as plain data."""
        return {
            "left_out": dict(sorted(self.left_out.counts.items())),
            "without_spans": dict(sorted(self.without_spans.counts.items())),
            "broken": dict(sorted(self.broken.counts.items())),
            "moved": {unit: converted.spans for unit, converted in sorted(self.moved.items())},
        }


@runtime_checkable
class Format(Protocol):
    """A file format, named by an entry point of the group `goldspan.formats`.

    Attributes:
        name: The name of the format in calls.
        summary: A description in one line.
        file: Name of the file in an export's folder; empty for a format of many files, which is the folder itself.
        suffixes: Lower-cased suffixes by which a file of the format is recognised; empty where they are ambiguous.
        folder_patterns: Glob patterns, any of which recognises a folder of the format.

    A format whose documents always include their texts may say so with an attribute `text_free` that is False. One that
    needs extras of goldspan names them in `read_extras` and `write_extras`, and is not called without them.
    """

    name: str
    summary: str
    file: str
    suffixes: tuple[str, ...]
    folder_patterns: tuple[str, ...]

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents and return their number.

        Args:
            documents: The documents, consumed one at a time.
            out: The file to write; for a format of many files, an existing empty folder. The caller moves either into
                place once everything is written.
            scheme: Scheme of the documents.
            loss: Receives what the format cannot hold.

        Raises:
            DataError: A document cannot be written at all.
            DependencyError: The disk is full, or a package is not installed.
        """

    def read(self, source: Path, scheme: Scheme, labels: LabelMap | None, report: ReadReport) -> Iterator[Document]:
        """Yield the documents of a file or folder.

        Args:
            source: A file, or for a format of many files a folder, as made by `write` or by other tools.
            scheme: Scheme of the documents.
            labels: Maps the source's labels to the scheme's; without it they must be the scheme's own.
            report: Receives what is left out and which offsets are converted.

        Raises:
            DataError: The source is invalid, with file and line.
        """
