"""Answers of a service that are kept beside unfinished work, so that none is paid for twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import IO

from ....corpus.storage.file_io import unwritable

KEPT = "answers kept from an interrupted run (if the service has changed since: annotate to another --out)"
"""The tally key for answers that were not asked for again."""

_KEY = 32
_SIZE = 8


class KeptAnswers:
    """The answers to the requests of a piece of work, in a file to which each is added when it comes.

    An entry is the digest of the request, the size of the answer, and the answer. What stands after an entry that was
    cut off is asked for again.

    Args:
        path: The file.

    Raises:
        DependencyError: It cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        try:
            self._stream: IO[bytes] = path.open("a+b")
            self._places = dict(self._entries())
        except OSError as error:
            raise unwritable(path, error) from error

    def _entries(self) -> Iterator[tuple[bytes, tuple[int, int]]]:
        """Yield the requests with place and size of their answers; drop an entry that was cut off."""
        end = self._stream.seek(0, 2)
        start = self._stream.seek(0)
        while start < end:
            head = self._stream.read(_KEY + _SIZE)
            size = int.from_bytes(head[_KEY:])
            place = start + len(head)
            if len(head) < _KEY + _SIZE or place + size > end:
                self._stream.truncate(start)
                return
            yield head[:_KEY], (place, size)
            start = self._stream.seek(place + size)

    def get(self, request: bytes) -> bytes | None:
        """Return the answer to a request; None if it was not answered yet."""
        with self._lock:
            found = self._places.get(sha256(request).digest())
            if found is None:
                return None
            self._stream.seek(found[0])
            return self._stream.read(found[1])

    def add(self, request: bytes, answer: bytes) -> None:
        """Keep the answer to a request.

        Raises:
            DependencyError: The file cannot be written.
        """
        key = sha256(request).digest()
        with self._lock:
            try:
                place = self._stream.seek(0, 2) + _KEY + _SIZE
                self._stream.write(key + len(answer).to_bytes(_SIZE) + answer)
                self._stream.flush()
            except OSError as error:
                raise unwritable(self._path, error) from error
            self._places[key] = (place, len(answer))

    def close(self) -> None:
        """Close the file, which stays."""
        self._stream.close()


@contextmanager
def kept_answers(path: Path) -> Iterator[KeptAnswers]:
    """Open the answers in a file for a block."""
    answers = KeptAnswers(path)
    try:
        yield answers
    finally:
        answers.close()
