"""The language of documents that state none, as a command is told it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from ...schema import Document, Metadata, UsageError, parse_language


class DefaultLanguage:
    """Fills the language in where it is not stated.

    Args:
        language: A BCP 47 tag; None leaves all as it is.

    Raises:
        DataError: It is not the tag of a known language.
    """

    def __init__(self, language: str | None) -> None:
        self._language = None if language is None else parse_language(language)
        self._read = self._filled = 0

    def of(self, meta: Metadata) -> Metadata:
        """The metadata of one document more."""
        self._read += 1
        if self._language is None or meta.language is not None:
            return meta
        self._filled += 1
        return replace(meta, language=self._language)

    def check(self) -> None:
        """Says that the language was of no use.

        Raises:
            UsageError: There were documents, and each states its language.
        """
        if self._language is not None and self._read and not self._filled:
            raise UsageError(f"--language {self._language}: every document states its language. Fix: leave it out")


def in_language(documents: Iterable[Document], language: str | None) -> Iterator[Document]:
    """Documents, in a language where they state none.

    Args:
        documents: Consumed one by one.
        language: A BCP 47 tag; None leaves all as it is.

    Raises:
        DataError: It is not the tag of a known language.
        UsageError: Each document states its language.
    """
    default = DefaultLanguage(language)
    for document in documents:
        meta = default.of(document.meta)
        yield document if meta is document.meta else replace(document, meta=meta)
    default.check()
