"""Answers of a service that are kept beside unfinished work, so that none is paid for twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import IO

from ....corpus.storage.file_io import unwritable

_KEY = 32
_TIME = 4
_SIZE = 4


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer that was kept.

    Attributes:
        answer: The answer.
        time: When it came, in seconds since 1970; 0 if the file does not say, as those of earlier versions.
    """

    answer: bytes
    time: int

    @property
    def event(self) -> str:
        """The tally key for answers of that day that were not asked for again."""
        day = f" of {datetime.fromtimestamp(self.time, UTC):%Y-%m-%d}" if self.time else ""
        fix = "if the service has changed since: version=NAME with --overwrite asks again"
        return f"answers{day} kept from an interrupted run ({fix})"


class KeptAnswers:
    """The answers to the requests of a piece of work, in a file to which each is added when it comes.

    An entry is the digest of the request, the time and the size of the answer, and the answer. What stands after an
    entry that was cut off is asked for again.

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

    def _entries(self) -> Iterator[tuple[bytes, tuple[int, int, int]]]:
        """Yield the requests with place, size and time of their answers; drop an entry that was cut off."""
        end = self._stream.seek(0, 2)
        start = self._stream.seek(0)
        while start < end:
            head = self._stream.read(_KEY + _TIME + _SIZE)
            size = int.from_bytes(head[_KEY + _TIME :])
            place = start + len(head)
            if len(head) < _KEY + _TIME + _SIZE or place + size > end:
                self._stream.truncate(start)
                return
            yield head[:_KEY], (place, size, int.from_bytes(head[_KEY : _KEY + _TIME]))
            start = self._stream.seek(place + size)

    def get(self, request: bytes) -> KeptAnswer | None:
        """Return the answer to a request; None if it was not answered yet."""
        with self._lock:
            found = self._places.get(sha256(request).digest())
            if found is None:
                return None
            place, size, came = found
            self._stream.seek(place)
            return KeptAnswer(self._stream.read(size), came)

    def add(self, request: bytes, answer: bytes) -> None:
        """Keep the answer to a request.

        Raises:
            DependencyError: The file cannot be written.
        """
        key, now = sha256(request).digest(), int(time.time())
        head = key + now.to_bytes(_TIME) + len(answer).to_bytes(_SIZE)
        with self._lock:
            try:
                place = self._stream.seek(0, 2) + len(head)
                self._stream.write(head + answer)
                self._stream.flush()
            except OSError as error:
                raise unwritable(self._path, error) from error
            self._places[key] = (place, len(answer), now)

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
