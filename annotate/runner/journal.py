"""A run over a file that survives interruption: what is done stands in a file beside the target until all is."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec

from ...schema import DependencyError, Document, Problem, os_error_hint
from .run import AnnotationOutcome

try:
    import fcntl
except ImportError:  # Windows: two runs at once on one target are not told apart there
    fcntl = None  # type: ignore[assignment]


class _Failure(msgspec.Struct, frozen=True, tag_field="outcome", tag="failed"):
    """A document that was reported and left out."""

    id: str
    what: str
    fix: str = ""
    text_sha256: str | None = None


class _Done(msgspec.Struct, frozen=True):
    """As much of a record as tells which document it is of."""

    id: str
    text_sha256: str | None = None


class Journal:
    """The lines that a run has done so far, in a hidden file beside its target; one run at a time has it.

    The first line says what run it is; a journal of another run is not continued.

    Args:
        target: The file that the run is to write.
        run: What decides the result: the input file as it stands, extractor, version, scheme.

    Raises:
        DependencyError: Another run writes the same target, or the journal cannot be written.
    """

    def __init__(self, target: Path, run: str) -> None:
        self.path = target.with_name(f".{target.name[:100]}.unfinished")
        self._head = msgspec.json.encode({"run": hashlib.sha256(run.encode()).hexdigest()}) + b"\n"
        self._stream = self._opened(target)
        self._size = 0
        self.records = 0

    def _opened(self, target: Path) -> IO[bytes]:
        try:
            stream = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644), "r+b")
        except OSError as error:
            raise DependencyError(
                f"{target}: cannot be written: {error.strerror}. Fix: {os_error_hint(error, writing=True)}"
            ) from error
        if fcntl is not None:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                stream.close()
                raise DependencyError(f"{target}: another run is writing it. Fix: wait for it, or end it") from error
        return stream

    def replay(self, documents: Iterable[Document]) -> tuple[list[Problem], int, Iterator[Document]]:
        """What an earlier run did: the problems it met, how many documents it did, and the documents that are left.

        A torn last line is cut off, as is all from the first document on that is not the same any more.
        """
        source = iter(documents)
        problems: list[Problem] = []
        count = 0
        kept = len(self._head)
        pending: Document | None = None
        for line in self._lines():
            pending = next(source, None)
            done = _read(line)
            same = done is not None and pending is not None and (done.id, done.text_sha256) == _identity(pending)
            if not same or done is None:
                break
            if isinstance(done, _Failure):
                problems.append(Problem(done.what, done.fix, document=done.id))
            else:
                self.records += 1
            kept += len(line)
            count += 1
            pending = None
        self._cut(kept if count else 0)

        def left() -> Iterator[Document]:
            if pending is not None:
                yield pending
            yield from source

        return problems, count, left()

    def add(self, outcome: AnnotationOutcome) -> None:
        """Takes down what became of the next document."""
        if outcome.problem is None:
            line = outcome.line + b"\n"
            self.records += 1
        else:
            problem = outcome.problem
            failure = _Failure(problem.document, problem.what, problem.fix, outcome.text_sha256)
            line = msgspec.json.encode(failure) + b"\n"
        self._stream.write(line)
        self._size += len(line)

    def save(self) -> None:
        """Hands what was added to the system: a killed run continues from here."""
        self._stream.flush()

    def close(self) -> None:
        """Keeps the journal for a later run, where there is anything in it."""
        if not self._size:
            self.path.unlink(missing_ok=True)
        self._stream.close()

    def lines(self) -> Iterator[bytes]:
        """The records done, without their line ends.

        Raises:
            DependencyError: The journal does not hold what was put into it.
        """
        self.save()
        count = 0
        for line in self._lines():
            if not isinstance(_read(line), _Failure):
                count += 1
                yield line[:-1]
        if count != self.records:
            raise DependencyError(f"{self.path}: holds {count} records where {self.records} were done. Fix: run again")

    def discard(self) -> None:
        """Removes the journal: its run is over."""
        self.path.unlink(missing_ok=True)
        self._stream.close()

    def _lines(self) -> Iterator[bytes]:
        """The whole lines behind the head; none where the journal is of another run. A torn last line is left out."""
        self._stream.seek(0)
        if self._stream.readline() == self._head:
            yield from (line for line in self._stream if line.endswith(b"\n"))

    def _cut(self, size: int) -> None:
        self._stream.seek(size)
        self._stream.truncate(size)
        self._size = size
        if not size:
            self._stream.write(self._head)


def _identity(document: Document) -> tuple[str, str | None]:
    return document.id, document.sealed().text_sha256


def _read(line: bytes) -> _Done | _Failure | None:
    with suppress(msgspec.MsgspecError):
        if line.startswith(b'{"outcome":'):
            return msgspec.json.decode(line, type=_Failure)
        return msgspec.json.decode(line, type=_Done)
    return None
