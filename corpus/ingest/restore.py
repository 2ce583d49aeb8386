"""Texts put back to records without them, each only where its hash says that it is the one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from ...schema import DataError, Document, Problem, Scheme, sha256_hex
from ..storage.file_io import file_suffix
from ..storage.records import JSON_LINES, PARQUET, read_records
from .articles import SourceOptions, read_articles


class TextStore:
    """Texts by id and by hash.

    Args:
        texts: Id and text of each.

    Attributes:
        restored: How many were put back so far.
    """

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self._by_id: dict[str, str] = {}
        self._by_hash: dict[str, str] = {}
        self.restored = 0
        for name, text in texts:
            self._by_id[name] = text
            self._by_hash[sha256_hex(text)] = text

    def restore(self, document: Document) -> Document:
        """The document with its text; as it is where it has one.

        A text is known by its hash, whatever it is called.

        Raises:
            DataError: There is no text for it, or the one of its id is another.
        """
        if document.text is not None:
            return document
        text = self._by_hash.get(document.text_sha256 or "")
        if text is None:
            what = "the text has another hash" if document.id in self._by_id else "there is no text for it"
            fix = "give the text that was annotated, to the byte: a changed blank shifts every offset"
            raise DataError(Problem(what, fix, document=document.id))
        self.restored += 1
        return replace(document, text=text, text_length=None)


def read_texts(source: str, scheme: Scheme) -> TextStore:
    """The texts of records, or of articles as `corpus build` reads them.

    Raises:
        DataError: The source cannot be read.
    """
    if Path(source).is_file() and file_suffix(source) in (*JSON_LINES, *PARQUET):
        return TextStore((d.id, d.text) for d in read_records(source, scheme) if d.text is not None)
    return TextStore(_articles(source))


def _articles(source: str) -> Iterator[tuple[str, str]]:
    for article in read_articles(source, SourceOptions()):
        if isinstance(article, Problem):
            raise DataError(article)
        yield article.id, article.text
