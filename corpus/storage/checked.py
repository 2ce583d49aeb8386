"""Documents that are known to be valid, so that what reads or writes them need not check them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

from ...schema import Document, Scheme


@runtime_checkable
class Checked(Protocol):
    """A sequence or stream of documents that a codec of its scheme has returned, such as a `Corpus`."""

    @property
    def checked_by(self) -> Scheme:
        """The scheme of the codec."""


class CheckedDocuments(Iterator[Document]):
    """A stream of documents that a codec of the scheme has returned.

    Any change made by a generator or a list in between loses the mark, so that the result is checked again.
    """

    def __init__(self, documents: Iterable[Document], scheme: Scheme) -> None:
        self._documents = iter(documents)
        self.checked_by = scheme

    def __next__(self) -> Document:
        return next(self._documents)


def is_checked(documents: object, scheme: Scheme) -> bool:
    """Check whether documents are known to be valid under a scheme."""
    return isinstance(documents, Checked) and documents.checked_by.fingerprint == scheme.fingerprint
