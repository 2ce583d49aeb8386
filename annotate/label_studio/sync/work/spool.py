"""Bytes kept on disk until they are needed, so that memory does not grow with the number of tasks."""

from __future__ import annotations

import sqlite3
import tempfile
import weakref
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import msgspec

from .....schema import DependencyError

_IN_MEMORY = 4_000_000  # small projects never need the disk

_LENGTH = 8  # bytes before each item that say its length

Place = int
"""Where an item of a spool is: its offset in bytes. A number, and not an object, as there is one for each task."""


class Spool:
    """Items in a temporary file, which is removed with it; the first 4 MB stay in memory."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (open as long as the spool)
        self._end = 0
        weakref.finalize(self, self._file.close)

    def add(self, item: bytes) -> Place:
        """Store an item; return its place.

        Raises:
            DependencyError: The temporary file cannot be written.
        """
        with temporary_files():
            self._file.seek(self._end)
            self._file.write(len(item).to_bytes(_LENGTH) + item)
        place = self._end
        self._end += _LENGTH + len(item)
        return place

    def read(self, place: Place) -> bytes:
        """Return an item.

        Raises:
            DependencyError: The temporary file cannot be written or read.
        """
        with temporary_files():
            self._file.seek(place)
            return self._file.read(int.from_bytes(self._file.read(_LENGTH)))


Item = TypeVar("Item")


class SpooledList(Generic[Item]):
    """Items of one type, such as a dataclass, in a spool of their own.

    Args:
        kind: The type.
    """

    def __init__(self, kind: type[Item]) -> None:
        self._spool = Spool()
        self._places = array("Q")
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(kind).decode

    def append(self, item: Item) -> None:
        """Add an item.

        Raises:
            DependencyError: The temporary file cannot be written.
        """
        self._places.append(self._spool.add(self._encode(item)))

    def __getitem__(self, position: int) -> Item:
        return self._decode(self._spool.read(self._places[position]))

    def __iter__(self) -> Iterator[Item]:
        return (self[position] for position in range(len(self)))

    def __len__(self) -> int:
        return len(self._places)


@contextmanager
def temporary_files() -> Iterator[None]:
    """Raise errors of temporary files as DependencyError, which says what to do."""
    fix = "free some space there, or set TMPDIR to another folder"
    try:
        yield
    except OSError as error:
        folder = tempfile.gettempdir()
        raise DependencyError(
            f"a temporary file in {folder} cannot be written: {error.strerror}. Fix: {fix}"
        ) from error
    except sqlite3.OperationalError as error:  # its folder is SQLite's choice, such as /var/tmp
        raise DependencyError(f"a temporary file of SQLite cannot be written: {error}. Fix: {fix}") from error
