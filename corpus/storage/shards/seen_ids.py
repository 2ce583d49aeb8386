"""The ids of documents that were met, so that none occurs twice, in little memory for millions of them."""

from __future__ import annotations

from array import array
from hashlib import blake2b

from ....schema import DataError, Problem

ID_DIGEST = 16
"""Bytes of the digest of an id; collisions are not to be expected."""

_HALF = ID_DIGEST // 2
_FIRST_SLOTS = 1 << 6


def id_digest(name: str) -> bytes:
    """Return the digest of an id."""
    return blake2b(name.encode(), digest_size=ID_DIGEST).digest()


def duplicate_id_problem(name: str) -> Problem:
    """Return the problem to report for a second document with the same id."""
    return Problem("duplicate document id", "give each document a unique id", document=name)


class SeenIds:
    """The document ids seen so far, in 23 to 46 bytes each.

    Only a digest of each id is stored, in a table that is at most 0.7 full: that of ten million ids has 268 MB, and for
    a moment 403 MB while it grows. A set of digests has 1.1 GB.
    """

    def __init__(self) -> None:
        self._make_room(_FIRST_SLOTS)

    def require_new(self, name: str) -> None:
        """Record an id.

        Raises:
            DataError: It was recorded before.
        """
        if self.is_duplicate(name):
            raise DataError(duplicate_id_problem(name))

    def is_duplicate(self, name: str) -> bool:
        """Record an id and check whether it was recorded before."""
        return self.is_known(id_digest(name))

    def is_known(self, digest: bytes) -> bool:
        """Record the digest of an id and check whether it was recorded before."""
        return self._add(int.from_bytes(digest[:_HALF]) or 1, int.from_bytes(digest[_HALF:]))

    def first_known(self, digests: bytes) -> int | None:
        """Record digests that stand one after the other; return the number of the first that was known, or None."""
        for number, start in enumerate(range(0, len(digests), ID_DIGEST)):
            if self.is_known(digests[start : start + ID_DIGEST]):
                return number
        return None

    def _add(self, first: int, second: int) -> bool:
        """Record the halves of a digest, of which the first is not 0, and check whether they were recorded before."""
        firsts, mask = self._firsts, self._mask
        slot = first & mask
        while known := firsts[slot]:
            if known == first and self._seconds[slot] == second:
                return True
            slot = (slot + 1) & mask
        firsts[slot], self._seconds[slot] = first, second
        self._free -= 1
        if not self._free:
            self._grow()
        return False

    def _make_room(self, slots: int) -> None:
        self._firsts = array("Q", bytes(_HALF)) * slots  # 0 where nothing is
        self._seconds = self._firsts[:]
        self._mask = slots - 1
        self._free = slots * 7 // 10

    def _grow(self) -> None:
        earlier = zip(self._firsts, self._seconds, strict=True)
        self._make_room(2 * len(self._firsts))
        for first, second in earlier:
            if first:
                self._add(first, second)
