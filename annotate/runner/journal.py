"""The journal of an annotation run: the results so far, kept next to the target file so that a run can be resumed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec

from ...schema import DependencyError, Document, Problem, os_error_hint
from .outcome import AnnotationOutcome


class _Failure(msgspec.Struct, frozen=True, tag_field="outcome", tag="failed"):
    """A document on which the extractor failed."""

    id: str
    what: str
    fix: str = ""
    text_sha256: str | None = None


class _Record(msgspec.Struct, frozen=True):
    """The fields of a record that identify its document."""

    id: str
    text_sha256: str | None = None


class Journal:
    """The results of a run so far, in a hidden file next to its target that only one run at a time can open.

    The first line identifies the run; a journal of a different run is not resumed.

    Args:
        target: The file that the run writes in the end.
        run: Everything that determines the result: the content of the input file, the extractor, its version, the
            scheme.

    Raises:
        DependencyError: Another run writes the same target, or the journal cannot be written.
    """

    def __init__(self, target: Path, run: str) -> None:
        self.path = target.with_name(f".{target.name[:100]}.unfinished")
        self._head = msgspec.json.encode({"run": hashlib.sha256(run.encode()).hexdigest()}) + b"\n"
        self._stream = self._open(target)
        self._size = 0
        self.records = 0

    def _open(self, target: Path) -> IO[bytes]:
        from filelock import lock_descriptor

        try:
            stream = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644), "r+b")
            locked = lock_descriptor(stream.fileno(), blocking=False)
        except OSError as error:
            raise DependencyError(
                f"{target}: cannot be written: {error.strerror}. Fix: {os_error_hint(error, writing=True)}"
            ) from error
        if not locked:
            stream.close()
            raise DependencyError(f"{target}: another run is writing it. Fix: wait for it, or stop it")
        return stream

    def replay(self, documents: Iterable[Document]) -> tuple[list[Problem], int, Iterator[Document]]:
        """Return the problems of an earlier run, the number of documents it processed, and the remaining documents.

        An incomplete last line is removed, and so is everything from the first document on that has changed since.
        """
        source = iter(documents)
        problems: list[Problem] = []
        count = 0
        size = len(self._head)
        pending: Document | None = None
        for line in self._lines():
            pending = next(source, None)
            entry = _parse(line)
            if entry is None or pending is None or (entry.id, entry.text_sha256) != _identity(pending):
                break
            if isinstance(entry, _Failure):
                problems.append(Problem(entry.what, entry.fix, document=entry.id))
            else:
                self.records += 1
            size += len(line)
            count += 1
            pending = None
        self._truncate(size if count else 0)

        def remaining() -> Iterator[Document]:
            if pending is not None:
                yield pending
            yield from source

        return problems, count, remaining()

    def add(self, outcome: AnnotationOutcome) -> None:
        """Record the outcome of the next document."""
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
        """Flush what was added to the file, so that a killed run can be resumed from here."""
        self._stream.flush()

    def close(self) -> None:
        """Close the journal, keeping it for a later run unless it is empty."""
        if self._size:
            self._stream.close()
        else:
            self._delete_and_close()

    def lines(self) -> Iterator[bytes]:
        """Yield the records written so far, without line endings.

        Raises:
            DependencyError: The journal does not contain what was written to it.
        """
        self.save()
        count = 0
        for line in self._lines():
            if not isinstance(_parse(line), _Failure):
                count += 1
                yield line[:-1]
        if count != self.records:
            raise DependencyError(f"{self.path}: has {count} records instead of {self.records}. Fix: run again")

    def discard(self) -> None:
        """Delete the journal of a finished run."""
        self._delete_and_close()

    def _delete_and_close(self) -> None:
        try:
            self.path.unlink(missing_ok=True)  # while it is locked, so that it is not that of another run
        except PermissionError:  # Windows deletes no open files
            self._stream.close()
            self.path.unlink(missing_ok=True)
        else:
            self._stream.close()

    def _lines(self) -> Iterator[bytes]:
        """Yield the complete lines after the first; none if the journal belongs to a different run."""
        self._stream.seek(0)
        if self._stream.readline() == self._head:
            yield from (line for line in self._stream if line.endswith(b"\n"))

    def _truncate(self, size: int) -> None:
        self._stream.seek(size)
        self._stream.truncate(size)
        self._size = size
        if not size:
            self._stream.write(self._head)


def _identity(document: Document) -> tuple[str, str | None]:
    return document.id, document.with_hash().text_sha256


def _parse(line: bytes) -> _Record | _Failure | None:
    with suppress(msgspec.MsgspecError):
        if line.startswith(b'{"outcome":'):
            return msgspec.json.decode(line, type=_Failure)
        return msgspec.json.decode(line, type=_Record)
    return None
