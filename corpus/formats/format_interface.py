"""The protocols of formats: what reads them, what writes them, and what a call asks of a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Protocol, runtime_checkable

from ...schema import Document, Scheme, UsageError
from ..storage.label_map import LabelMap
from .transfer_reports import LossReport, ReadReport


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read what a file leaves open. A format names those that it knows in `read_options`.

    Attributes:
        columns: Which column holds what, such as `tokens=2,tags=4` or `start=begin,label=type`.
        repair: What to do with tags that do not follow their scheme: `none`, `conlleval` or `discard`.
        encoding: Encoding of the file.
        fragments: What to make of a span with words between its fragments: `hull`, `first`, `parts` or `skip`.
        id_field: Field of the file that holds the ids of documents.
        passes: Whether the work of several annotators on a document is read, as documents of the same id, each with its
            annotator in its layer.
        texts: Returns the text of a document by its id, for files that have none; None for an unknown id.
    """

    columns: str = ""
    repair: str = ""
    encoding: str = ""
    fragments: str = ""
    id_field: str = ""
    passes: bool = False
    texts: Callable[[str], str | None] | None = None

    def given(self) -> list[str]:
        """Return the names of the options that are set."""
        return [item.name for item in fields(self) if getattr(self, item.name)]

    def signature(self) -> list[str]:
        """Return what is set as parts of a signature, such as `repair:discard`."""
        return [f"{name}:{str(getattr(self, name)).replace('|', '%7C')}" for name in self.given()]


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What a call asks of a reader.

    Attributes:
        scheme: Scheme of the documents.
        report: Receives what is left out or changed, and which offsets are converted.
        labels: Maps the source's labels to the scheme's; without it they must be the scheme's own.
        options: How to read what the file leaves open.
        language: Language of documents that state none, by which numbers in words are read; a BCP 47 tag.
    """

    scheme: Scheme
    report: ReadReport = field(default_factory=ReadReport)
    labels: LabelMap | None = None
    options: ReadOptions = ReadOptions()
    language: str | None = None


@runtime_checkable
class Format(Protocol):
    """A file format, named by an entry point of the group `goldspan.formats`.

    A format is also a `FormatReader`, a `FormatWriter`, or both.

    Attributes:
        name: The name of the format in calls.
        summary: A description in one line.
        file: Name of the file in an export's folder; empty for a format of many files, which is the folder itself.
        suffixes: Lower-cased suffixes by which a file of the format is recognised if its contents do not tell; empty
            where they are ambiguous.
        folder_patterns: Glob patterns, any of which recognises a folder of the format.

    Further attributes are optional:

    - `recognises(sample)` returns whether a `FileSample` is of the format.
    - `write_suffixes` are the suffixes of files that are written, where `suffixes` lacks them as too ambiguous.
    - `read_options` names the `ReadOptions` that the reader knows.
    - `holds` names what the format holds, in the words of `CONTENTS`.
    - `audited` is True if the reader calls `ReadReport.audit` for each span.
    - `reads_folders` is True if `read` takes a folder itself; else it is called for the files in it, unless
      `recognises` is True of the folder.
    - `read_extras` and `write_extras` name the extras of goldspan without which it is not called.
    """

    name: str
    summary: str
    file: str
    suffixes: tuple[str, ...]
    folder_patterns: tuple[str, ...]


CONTENTS = {
    "text": "texts as they are, with every blank",
    "ids": "ids of documents",
    "overlaps": "spans that overlap or have the same bounds",
    "cuts": "spans that begin or end within a word",
    "values": "values of spans",
    "notes": "notes on spans",
    "scores": "scores of spans",
    "annotators": "who annotated, and several annotators of one text",
    "metadata": "title, date, publisher, address and language",
    "record": "everything else of a record",
}
"""What a format may hold, by the words of `Format.holds`."""


@runtime_checkable
class FormatWriter(Format, Protocol):
    """A format that documents can be written in."""

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


@runtime_checkable
class FormatReader(Format, Protocol):
    """A format that documents can be read from."""

    def read(self, source: Path, request: ReadRequest) -> Iterator[Document]:
        """Yield the documents of a file or folder.

        Args:
            source: A file, or for a format of many files a folder, as made by `write` or by other tools.
            request: The scheme, the label map, the options, and the report to fill.

        Raises:
            DataError: The source is invalid, with file and line.
        """


def require_known(options: ReadOptions, name: str, known: Sequence[str]) -> None:
    """Check that a format knows the options that are given.

    Args:
        options: The options.
        name: Name of the format.
        known: The options that it knows.

    Raises:
        UsageError: It does not know one.
    """
    unknown = [option for option in options.given() if option not in known]
    if unknown:
        listed = ", ".join(f"`{option}`" for option in known if option != "texts")
        fix = "save the file as UTF-8" if unknown[0] == "encoding" else "leave it out"
        fix += f"; its options are {listed}" if listed else ""
        raise UsageError(f"`{unknown[0]}` has no effect on the format {name}. Fix: {fix}")
