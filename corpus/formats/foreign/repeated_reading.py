"""Reading of a file as often as needed: what it holds is kept if it is little, and else read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

_T = TypeVar("_T")

_MOST = 1 << 26
"""Size of what is kept, in bytes, by estimate."""


class RepeatedReading(Generic[_T]):
    """The items of a file, which can be gone through any number of times.

    Args:
        read: Returns an iterator over the items, reading the file from its beginning.
        size: Returns about how many bytes of memory an item takes.
    """

    def __init__(self, read: Callable[[], Iterable[_T]], size: Callable[[_T], int]) -> None:
        self._read, self._size = read, size
        self._kept: list[_T] | None = None

    def __iter__(self) -> Iterator[_T]:
        """Yield the items."""
        if self._kept is not None:
            yield from self._kept
            return
        kept: list[_T] = []
        left = _MOST
        for item in self._read():
            if left > 0:
                left -= self._size(item)
                kept.append(item)
            elif kept:
                kept = []
            yield item
        if left > 0:
            self._kept = kept
