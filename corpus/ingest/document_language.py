"""A default language for documents that do not state theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from ...schema import Document, Metadata, UsageError, parse_language


class AssumedLanguage(str):
    """A language for documents that state none, given for many calls; it is no error if no document needs it."""


class DefaultLanguage:
    """A default language, set on the documents that state none.

    Args:
        language: A BCP 47 tag, or None to change nothing.

    Raises:
        DataError: `language` is not the tag of a known language.
    """

    def __init__(self, language: str | None) -> None:
        self._language = None if language is None else parse_language(language)
        self._may_be_idle = isinstance(language, AssumedLanguage)
        self._documents = self._filled = 0

    def fill(self, meta: Metadata) -> Metadata:
        """Return the metadata of a document with a language."""
        self._documents += 1
        if self._language is None or meta.language is not None:
            return meta
        self._filled += 1
        return replace(meta, language=self._language)

    def require_use(self) -> None:
        """Raise an error if no document needed the language.

        Raises:
            UsageError: There were documents, and all of them state their language.
        """
        if self._language is not None and self._documents and not self._filled and not self._may_be_idle:
            raise UsageError(f"`language` {self._language}: every document states its language. Fix: leave it out")


def fill_language(documents: Iterable[Document], language: str | None) -> Iterator[Document]:
    """Yield documents, setting the language of those that state none.

    Args:
        documents: The documents; consumed one at a time.
        language: A BCP 47 tag, or None to change nothing.

    Raises:
        DataError: `language` is not the tag of a known language.
        UsageError: All documents state their language.
    """
    default = DefaultLanguage(language)
    for document in documents:
        meta = default.fill(document.meta)
        yield document if meta is document.meta else replace(document, meta=meta)
    default.require_use()
