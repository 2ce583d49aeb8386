"""What a format is: records written in it and read from it, and what it cannot hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from ...schema import Document, Scheme
from ..label_map import LabelMap
from ..tokens import lacks_tokenizer


@dataclass(slots=True)
class Loss:
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

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: Loss) -> int:
        """Writes documents, whole or not at all; answers how many.

        Args:
            documents: Consumed one by one.
            out: The file to write; for a format of many files a folder, which is there and empty. Either is moved into
                place by the caller when all is written.
            scheme: Theirs.
            loss: Told what the format cannot hold.

        Raises:
            DataError: A document cannot be written at all.
            SurroundingsError: The disk is full, a package is not installed.
        """

    def read(self, source: Path, scheme: Scheme, labels: LabelMap | None) -> Iterator[Document]:
        """The documents of a file or folder, one by one.

        Args:
            source: A file, or for a format of many files a folder, as `write` makes it or other tools do.
            scheme: What the documents are to have.
            labels: Brings foreign labels to the scheme's; without one they must be the scheme's.

        Raises:
            DataError: Something is at fault, with file and line.
        """
