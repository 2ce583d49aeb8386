"""Bytes kept on disk until they are needed, so that memory does not grow with the number of tasks."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import msgspec

from .....schema import DependencyError

_IN_MEMORY = 16_000_000  # most projects never need the disk

Place = tuple[int, int]
"""Where an item of a spool is: its offset and its length, in bytes."""


class Spool:
    """Items in a temporary file, which is removed with it; the first 16 MB stay in memory."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (open as long as the spool)
        self._end = 0
        weakref.finalize(self, self._file.close)

    def add(self, item: bytes) -> Place:
        """Store an item; return its place.

        Raises:
            DependencyError: The temporary file cannot be written.
        """
        with _name_the_folder():
            self._file.seek(self._end)
            self._file.write(item)
        place = self._end, len(item)
        self._end += len(item)
        return place

    def read(self, place: Place) -> bytes:
        """Return an item.

        Raises:
            DependencyError: The temporary file cannot be written or read.
        """
        with _name_the_folder():
            self._file.seek(place[0])
            return self._file.read(place[1])


Item = TypeVar("Item")


class SpooledList(Generic[Item]):
    """Items of one type, such as a dataclass, in a spool of their own.

    Args:
        kind: The type.
    """

    def __init__(self, kind: type[Item]) -> None:
        self._spool = Spool()
        self._places: list[Place] = []
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(kind).decode

    def append(self, item: Item) -> None:
        """Add an item.

        Raises:
            DependencyError: The temporary file cannot be written.
        """
        self._places.append(self._spool.add(self._encode(item)))

    def __iter__(self) -> Iterator[Item]:
        return (self._decode(self._spool.read(place)) for place in self._places)

    def __len__(self) -> int:
        return len(self._places)


@contextmanager
def _name_the_folder() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        fix = "free some space there, or set TMPDIR to another folder"
        folder = tempfile.gettempdir()
        raise DependencyError(
            f"a temporary file in {folder} cannot be written: {error.strerror}. Fix: {fix}"
        ) from error
