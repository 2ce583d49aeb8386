"""The journal of an annotation run: the results so far, kept next to the target file so that a run can be resumed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec

from ...corpus.storage.file_io import file_suffix, unwritable
from ...corpus.storage.records import JSON_LINES
from ...schema import DependencyError, Document, Problem, os_error_hint
from .outcome import AnnotationOutcome


class _Failure(msgspec.Struct, frozen=True):
    """A document on which the extractor failed, and how many documents were before it."""

    at: int
    id: str
    what: str
    fix: str = ""
    text_sha256: str | None = None


class _Record(msgspec.Struct, frozen=True):
    """The fields of a record that identify its document."""

    id: str
    text_sha256: str | None = None


class Journal:
    """The results of a run so far, in two hidden files next to its target that only one run at a time can open.

    One holds the records, and becomes the target if that has JSON lines; the other the failures, after a line that
    identifies the run. A journal of a different run is not resumed. What is not in both files in the order of the
    documents, because the run was killed between two writes, is done again.

    Args:
        target: The file that the run writes in the end.
        run: Everything that determines the result: the content of the input file, the extractor, its version, the
            scheme.

    Raises:
        DependencyError: Another run writes the same target, or the journal cannot be written.
    """

    def __init__(self, target: Path, run: str) -> None:
        self._target = target
        name = target.name[:100]
        self.path = target.with_name(f".{name}.unfinished")
        self._state_path = target.with_name(f".{name}.run.unfinished")
        self._head = msgspec.json.encode({"run": hashlib.sha256(run.encode()).hexdigest()}) + b"\n"
        self._state = self._locked()
        self._stream = self._open(self.path)
        self._size = 0
        self._done = 0
        self.records = 0

    def _locked(self) -> IO[bytes]:
        from filelock import lock_descriptor

        while True:
            stream = self._open(self._state_path)
            if not lock_descriptor(stream.fileno(), blocking=False):
                stream.close()
                raise DependencyError(f"{self._target}: another run is writing it. Fix: wait for it, or stop it")
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(stream.fileno()), self._state_path.stat()):
                    return stream
            stream.close()  # it was deleted by another run, which ended in between

    def _open(self, path: Path) -> IO[bytes]:
        try:
            return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b")
        except OSError as error:
            fix = os_error_hint(error, writing=True)
            raise DependencyError(f"{self._target}: cannot be written: {error.strerror}. Fix: {fix}") from error

    def replay(self, documents: Iterable[Document]) -> tuple[list[Problem], int, Iterator[Document]]:
        """Return the problems of an earlier run, the number of documents it processed, and the remaining documents.

        An incomplete last line is removed, and so is everything from the first document on that has changed since.
        """
        source = iter(documents)
        failures, lines = self._earlier_failures(), self._earlier_lines()
        kept: list[_Failure] = []
        while (pending := next(source, None)) is not None:
            failure = failures.get(self._done)
            line = b"" if failure else next(lines, b"")
            entry = failure or _parse(line)
            if entry is None or (entry.id, entry.text_sha256) != _identity(pending):
                break
            if failure:
                kept.append(failure)
            else:
                self._size += len(line)
                self.records += 1
            self._done += 1
        _cut(self._stream, self._size)
        _cut(self._state, 0)
        self._state.write(self._head)
        self._state.writelines(map(_line, kept))
        self._state.flush()

        def remaining() -> Iterator[Document]:
            if pending is not None:
                yield pending
            yield from source

        return [Problem(one.what, one.fix, document=one.id) for one in kept], self._done, remaining()

    def add(self, outcome: AnnotationOutcome) -> None:
        """Record the outcome of the next document."""
        if outcome.problem is None:
            line = outcome.line + b"\n"
            self._stream.write(line)
            self._size += len(line)
            self.records += 1
        else:
            problem = outcome.problem
            failure = _Failure(self._done, problem.document, problem.what, problem.fix, outcome.text_sha256)
            self._state.write(_line(failure))
            self._state.flush()  # before later records, which count only if what precedes them is known
        self._done += 1

    def save(self) -> None:
        """Flush what was added to the files, so that a killed run can be resumed from here."""
        self._stream.flush()
        self._state.flush()

    def close(self) -> None:
        """Close the journal, keeping it for a later run unless it is empty."""
        if self._done:
            self._stream.close()
            self._state.close()
        else:
            self.discard()

    @property
    def becomes_target(self) -> bool:
        """Whether the file of records, as it is, can be the target: one of JSON lines here, not compressed."""
        name = self._target.name.lower()
        return file_suffix(name) in JSON_LINES and name.endswith(JSON_LINES) and not self._target.is_symlink()

    def finish(self) -> None:
        """Make the file of records the target, at once, in place of an earlier one.

        Raises:
            DependencyError: The file cannot be written, or does not contain what was written to it.
        """
        self._check()
        try:
            os.fsync(self._stream.fileno())  # a full disk may be reported only here
            self._stream.close()
            self.path.replace(self._target)
        except OSError as error:
            raise unwritable(self._target, error) from error
        self.discard()

    def lines(self) -> Iterator[bytes]:
        """Yield the records written so far, without line endings.

        Raises:
            DependencyError: The journal does not contain what was written to it.
        """
        self._check()
        self._stream.seek(0)
        for line in self._stream:
            yield line[:-1]

    def discard(self) -> None:
        """Delete the journal of a finished run."""
        self._stream.close()
        self.path.unlink(missing_ok=True)
        try:
            self._state_path.unlink(missing_ok=True)  # while it is locked, so that it is not that of another run
        except PermissionError:  # Windows deletes no open files
            self._state.close()
            self._state_path.unlink(missing_ok=True)
        else:
            self._state.close()

    def _check(self) -> None:
        self.save()
        if (size := os.fstat(self._stream.fileno()).st_size) != self._size:
            raise DependencyError(f"{self.path}: has {size} bytes instead of {self._size}. Fix: run again")

    def _earlier_failures(self) -> dict[int, _Failure]:
        """Return the failures by the numbers of documents before them; none if the journal is of a different run."""
        self._state.seek(0)
        failures: dict[int, _Failure] = {}
        if self._state.readline() == self._head:
            for line in self._state:
                with suppress(msgspec.MsgspecError):
                    failure = msgspec.json.decode(line, type=_Failure)
                    failures[failure.at] = failure
        return failures

    def _earlier_lines(self) -> Iterator[bytes]:
        """Yield the complete lines of records; none if the journal is of a different run."""
        self._state.seek(0)
        if self._state.readline() == self._head:
            self._stream.seek(0)
            yield from (line for line in self._stream if line.endswith(b"\n"))


def _cut(stream: IO[bytes], size: int) -> None:
    stream.seek(size)
    stream.truncate(size)


def _line(failure: _Failure) -> bytes:
    return msgspec.json.encode(failure) + b"\n"


def _identity(document: Document) -> tuple[str, str | None]:
    return document.id, document.with_hash().text_sha256


def _parse(line: bytes) -> _Record | None:
    with suppress(msgspec.MsgspecError):
        return msgspec.json.decode(line, type=_Record)
    return None
