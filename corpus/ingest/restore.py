"""Restoring of texts to text-free records, verified by their hashes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from ...schema import DataError, Document, Problem, Scheme, sha256_hex
from ..storage.file_io import file_suffix
from ..storage.records import JSON_LINES, PARQUET, read_records
from .articles import SourceOptions
from .sources import read_articles


class TextStore:
    """A store of texts, by id and by hash.

    Args:
        texts: Pairs of id and text.
    """

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self._by_id: dict[str, str] = {}
        self._by_hash: dict[str, str] = {}
        self._restored = 0
        self._asked: set[str] = set()
        for name, text in texts:
            self._by_id[name] = text
            self._by_hash[sha256_hex(text)] = text

    @property
    def restored(self) -> int:
        """Number of documents so far that got their text from here."""
        return self._restored + len(self._asked)

    def by_id(self, name: str) -> str | None:
        """Return the text of a document by its id; None if there is none."""
        text = self._by_id.get(name)
        if text is not None:
            self._asked.add(name)
        return text

    def restore(self, document: Document) -> Document:
        """Return a document with its text, which is found by its hash, whatever its id.

        A document that has a text is returned unchanged.

        Raises:
            DataError: There is no text for the document, or the text with its id has another hash.
        """
        if document.text is not None:
            return document
        text = self._by_hash.get(document.text_sha256 or "")
        if text is None:
            what = "the hash of the text differs" if document.id in self._by_id else "no text found"
            fix = "use the exact text that was annotated, since any change shifts the offsets"
            raise DataError(Problem(what, fix, document=document.id))
        self._restored += 1
        return replace(document, text=text, text_length=None)


def read_texts(source: str, scheme: Scheme) -> TextStore:
    """Read the texts of a records file, or of articles as in `corpus build`.

    Raises:
        DataError: The source cannot be read.
    """
    if Path(source).is_file() and file_suffix(source) in (*JSON_LINES, *PARQUET):
        return TextStore((d.id, d.text) for d in read_records(source, scheme) if d.text is not None)
    return TextStore(_article_texts(source))


def _article_texts(source: str) -> Iterator[tuple[str, str]]:
    for article in read_articles(source, SourceOptions()):
        if isinstance(article, Problem):
            raise DataError(article)
        yield article.id, article.text
