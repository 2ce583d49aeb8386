"""The formats `jsonl`, `parquet` and `standoff`: records as they are, and records without their texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from ...schema import Document, Scheme
from ..label_map import LabelMap, read_mapped
from ..records import read_records, write_records
from .base import Loss


class Records:
    """Records in a file.

    Args:
        name: Of the format.
        summary: One line.
        file: Its name in a folder.
        suffixes: Of its files.
        text: Whether texts are written; without them only their hashes and lengths are.
    """

    def __init__(self, name: str, summary: str, file: str, suffixes: tuple[str, ...], *, text: bool = True) -> None:
        self.name = name
        self.summary = summary
        self.file = file
        self.suffixes = suffixes
        self.holds = (file,)
        self._text = text

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: Loss) -> int:
        """As `Format.write`."""
        return write_records(out, documents if self._text else map(text_free, documents), scheme)

    def read(self, source: Path, scheme: Scheme, labels: LabelMap | None) -> Iterator[Document]:
        """As `Format.read`."""
        if labels is None:
            return read_records(source, scheme)
        return read_mapped(str(source), scheme, labels)


def text_free(document: Document) -> Document:
    """The document with its text's hash and length in place of the text; what quotes the text in `extra` stays."""
    if document.text is None:
        return document
    return replace(document.sealed(), text=None, text_length=len(document.text))


JSONL = Records("jsonl", "records, one document a line", "documents.jsonl", (".jsonl", ".ndjson"))
PARQUET = Records("parquet", "records as columns", "documents.parquet", (".parquet", ".pq"))
STANDOFF = Records("standoff", "records without their texts, to be restored", "standoff.jsonl", (), text=False)
"""What the entry points name."""
