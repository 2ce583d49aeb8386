"""What a format is: records written in it and read from it, what it cannot hold, and what a reader left out."""

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
    """What a format could not hold, told when all is written: nothing is dropped in silence.

    Attributes:
        counts: How often, by what was lost.
        examples: The first document of each.
    """

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def __call__(self, what: str, document: Document, count: int = 1) -> None:
        """Takes note of a loss.

        Args:
            what: In words that are the same for each loss of the kind: `zones`, `spans across a line`.
            document: Where.
            count: How many.
        """
        if count:
            self.counts[what] += count
            self.examples.setdefault(what, document.id)

    def note_tokens(self, document: Document) -> None:
        """Takes note of a document whose tokens are not those of its language."""
        tag = document.meta.language
        what = f"tokens by rules for {tag}, for which spaCy has no tokeniser here"
        self(what, document, lacks_tokenizer(tag))

    def told(self) -> list[str]:
        """A line for each kind of loss."""
        return [f"{what}: {number} (first in {self.examples[what]!r})" for what, number in sorted(self.counts.items())]


_NAMED = 10


@dataclass(slots=True)
class OccurrenceCount:
    """How often something was met, and in which documents.

    Attributes:
        counts: By what it was.
        spread: In how many documents, by the same.
        documents: The first of these documents.
    """

    counts: Counter[str] = field(default_factory=Counter)
    spread: Counter[str] = field(default_factory=Counter)
    documents: dict[str, list[str]] = field(default_factory=dict)
    _last: dict[str, str] = field(default_factory=dict)

    def __call__(self, what: str, document: str, count: int = 1) -> None:
        """Takes note of something.

        Args:
            what: In words that are the same for each of the kind.
            document: The id of the document; all of one document comes before that of the next.
            count: How many.
        """
        if not count:
            return
        self.counts[what] += count
        if self._last.get(what) != document:
            self._last[what] = document
            self.spread[what] += 1
            if self.spread[what] <= _NAMED:
                self.documents.setdefault(what, []).append(document)

    def told(self) -> Iterator[str]:
        """A line for each kind, with the first documents."""
        for what, number in sorted(self.counts.items()):
            more = ", …" if self.spread[what] > _NAMED else ""
            yield f"{what}: {number:,} (in {', '.join(map(repr, self.documents[what]))}{more})"


@dataclass(slots=True)
class ReadReport:
    """What a reader left out or changed, told when all is read: nothing is dropped or moved in silence.

    Attributes:
        left_out: What records do not hold, or a file holds too many of: `relations`, `older annotations`.
        without_spans: Documents that were read without spans though nobody said that they have none, by the reason.
        broken: What the scheme's rules do not allow, and is read as it stands.
        moved: Spans whose offsets the file counts in another unit than code points, by the unit.
    """

    left_out: OccurrenceCount = field(default_factory=OccurrenceCount)
    without_spans: OccurrenceCount = field(default_factory=OccurrenceCount)
    broken: OccurrenceCount = field(default_factory=OccurrenceCount)
    moved: dict[str, ConvertedSpans] = field(default_factory=dict)

    def settled(self, moved: Mapping[str, ConvertedSpans]) -> None:
        """Takes note of what `settle` has moved in a file."""
        for unit, more in moved.items():
            held = self.moved.setdefault(unit, ConvertedSpans(first=more.first))
            held.spans += more.spans
            held.unstated += more.unstated
            held.documents += more.documents

    def told(self) -> list[str]:
        """A line for each thing."""
        lines = []
        for unit, moved in sorted(self.moved.items()):
            line = f"offsets in {unit} brought to code points: {pluralize(moved.spans, 'span')} of "
            line += f"{pluralize(moved.documents, 'document')} (first in {moved.first!r})"
            if moved.unstated:
                line += f"; {moved.unstated:,} without words beside them, as those with words"
            lines.append(line)
        lines += [f"left out: {line}" for line in self.left_out.told()]
        lines += [f"read without spans: {line}" for line in self.without_spans.told()]
        return lines + [f"for `goldspan corpus check`: {line}" for line in self.broken.told()]

    def to_dict(self) -> dict[str, dict[str, int]]:
        """The counts, for a program."""
        return {
            "left_out": dict(sorted(self.left_out.counts.items())),
            "without_spans": dict(sorted(self.without_spans.counts.items())),
            "broken": dict(sorted(self.broken.counts.items())),
            "moved": {unit: moved.spans for unit, moved in sorted(self.moved.items())},
        }


@runtime_checkable
class Format(Protocol):
    """A format, named by an entry point of the group `goldspan.formats`.

    Attributes:
        name: As `--to` and `--from` take it.
        summary: One line.
        file: Name of its file in an export's folder; empty for a format of many files, which is the folder.
        suffixes: Of its files, lower-cased, by which a file is known to be of it; none where they tell nothing.
        holds: Patterns of names in a folder, by each of which the folder is known to be of it.

    A format whose documents always have their texts may say so by an attribute `text_free` that is False.
    """

    name: str
    summary: str
    file: str
    suffixes: tuple[str, ...]
    holds: tuple[str, ...]

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Writes documents, whole or not at all; answers how many.

        Args:
            documents: Consumed one by one.
            out: The file to write; for a format of many files a folder, which is there and empty. Either is moved into
                place by the caller when all is written.
            scheme: Theirs.
            loss: Told what the format cannot hold.

        Raises:
            DataError: A document cannot be written at all.
            DependencyError: The disk is full, a package is not installed.
        """

    def read(self, source: Path, scheme: Scheme, labels: LabelMap | None, account: ReadReport) -> Iterator[Document]:
        """The documents of a file or folder, one by one.

        Args:
            source: A file, or for a format of many files a folder, as `write` makes it or other tools do.
            scheme: What the documents are to have.
            labels: Brings foreign labels to the scheme's; without one they must be the scheme's.
            account: Told what is left out, and what was counted in another unit.

        Raises:
            DataError: Something is at fault, with file and line.
        """
