"""A run over a file that survives interruption: what is done stands in a file beside the target until all is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import msgspec

from ..schema import Document, Problem, SurroundingsError
from .run import Annotated


class _Failure(msgspec.Struct, frozen=True, tag_field="outcome", tag="failed"):
    """A document that was reported and left out."""

    id: str
    what: str
    fix: str = ""


class _Done(msgspec.Struct, frozen=True):
    """As much of a record as tells which document it is of."""

    id: str


class Journal:
    """The lines that a run has done so far, in a hidden file beside its target.

    The first line says what run it is; a journal of another run is not continued.

    Args:
        target: The file that the run is to write.
        run: What decides the result: the input file as it stands, extractor, version, scheme.
    """

    def __init__(self, target: Path, run: str) -> None:
        self.path = target.with_name(f".{target.name[:100]}.unfinished")
        self._head = msgspec.json.encode({"run": hashlib.sha256(run.encode()).hexdigest()}) + b"\n"
        self._stream: IO[bytes] | None = None
        self._empty = True

    def replay(self, documents: Iterable[Document]) -> tuple[list[Problem], int, Iterator[Document]]:
        """What an earlier run did: the problems it met, how many documents it did, and the documents that are left.

        A torn last line is cut off; the journal is open for `add` from then on.

        Raises:
            SurroundingsError: The journal cannot be written.
        """
        source = iter(documents)
        problems: list[Problem] = []
        count = 0
        kept = len(self._head)
        pending: Document | None = None
        for line in self._lines():
            pending = next(source, None)
            done = _read(line)
            if pending is None or done is None or done.id != pending.id:
                break
            if isinstance(done, _Failure):
                problems.append(Problem(done.what, done.fix, document=done.id))
            kept += len(line)
            count += 1
            pending = None
        self._empty = not count
        self._open(kept if count else 0)

        def left() -> Iterator[Document]:
            if pending is not None:
                yield pending
            yield from source

        return problems, count, left()

    def add(self, outcome: Annotated) -> None:
        """Takes down what became of the next document."""
        assert self._stream is not None
        self._empty = False
        if outcome.problem is None:
            self._stream.write(outcome.line + b"\n")
        else:
            problem = outcome.problem
            failure = _Failure(problem.document, problem.what, problem.fix)
            self._stream.write(msgspec.json.encode(failure) + b"\n")

    def save(self) -> None:
        """Hands what was added to the system: a killed run continues from here."""
        if self._stream is not None:
            self._stream.flush()

    def close(self) -> None:
        """Keeps the journal for a later run, where there is anything in it."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
            if self._empty:
                self.path.unlink(missing_ok=True)

    def lines(self) -> Iterator[bytes]:
        """The records done, without their line ends."""
        self.save()
        for line in self._lines():
            if not isinstance(_read(line), _Failure):
                yield line[:-1]

    def discard(self) -> None:
        """Removes the journal: its run is over."""
        self.close()
        self.path.unlink(missing_ok=True)

    def _lines(self) -> Iterator[bytes]:
        """The whole lines behind the head; none where the journal is of another run. A torn last line is left out."""
        with suppress(FileNotFoundError), self.path.open("rb") as stream:
            if stream.readline() == self._head:
                yield from (line for line in stream if line.endswith(b"\n"))

    def _open(self, size: int) -> None:
        try:
            self._stream = self.path.open("r+b" if size else "w+b")
            if size:
                self._stream.truncate(size)
                self._stream.seek(size)
            else:
                self._stream.write(self._head)
        except OSError as error:
            raise SurroundingsError(f"{self.path}: cannot be written: {error.strerror}") from error


def _read(line: bytes) -> _Done | _Failure | None:
    with suppress(msgspec.MsgspecError):
        if line.startswith(b'{"outcome":'):
            return msgspec.json.decode(line, type=_Failure)
        return msgspec.json.decode(line, type=_Done)
    return None
