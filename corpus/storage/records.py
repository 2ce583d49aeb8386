"""Records files, JSONL or Parquet by their suffix, read and written as streams in constant memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

from ...schema import DataError, Document, Problem, RecordCodec, Scheme, UsageError
from .file_io import COMPRESSED, STANDARD, file_suffix, open_reader, open_writer, read_lines
from .unknown_labels import combine_unknown_labels, unknown_in, unknown_in_lines

JSON_LINES = (".jsonl", ".ndjson", ".json")
PARQUET = (".parquet", ".pq")

_HEAD = 1 << 20
_DATA = re.compile(rb'"data"\s*:\s*\{')
_WORK = re.compile(rb'"(?:annotations|completions|predictions)"\s*:\s*\[')

ProblemCallback = Callable[[Problem], None]
"""What a lenient reader calls for each thing that it leaves out."""


def read_records(path: str | Path, scheme: Scheme, *, lenient: ProblemCallback | None = None) -> Iterator[Document]:
    """The documents of a records file, one by one.

    Args:
        path: A `.jsonl` or `.parquet` file, `.gz` or `.zst` behind it for compression; `-` is standard input (JSONL).
        scheme: Labels and zones that are known.
        lenient: Called with each problem; what is at fault (a span, a zone, else the record) is left out. Without it
            the first bad record ends the reading.

    Raises:
        DataError: A record breaks a rule of the format, with file and line (of Parquet, the row). Where a label is
            unknown, all unknown labels of the file are named.
        UsageError: The suffix names no format.
    """
    codec = RecordCodec(scheme)
    seen = SeenIds()
    numbered = numbered_lines(str(path))
    for number, line in numbered:
        try:
            document = codec.decode(line)
        except DataError as error:
            refuse_tasks(str(path), line)
            refusal = error.with_location(str(path), number)
            if lenient is None:
                if unknown := unknown_in(error):
                    unknown |= unknown_in_lines((line for _, line in numbered), scheme.labels)
                    refusal = combine_unknown_labels(refusal, unknown, scheme, mapped=False)
                raise refusal from None
            for problem in refusal.problems:
                lenient(problem)
            mended = codec.drop_invalid(line, error.problems)
            if mended is None:
                continue
            document = mended
        if seen.again(document.id):
            problem = duplicate_id(document.id).with_location(str(path), number)
            if lenient is None:
                raise DataError(problem)
            lenient(problem)
            continue
        yield document


def write_records(path: str | Path, documents: Iterable[Document], scheme: Scheme) -> int:
    """Writes documents to a records file, whole or not at all; answers how many.

    Args:
        path: As in `read_records`; `-` is standard output.
        documents: Consumed one by one.
        scheme: Gives Parquet the columns of its values.

    Raises:
        DataError: A document is one that reading would refuse, or its id came before.
        DependencyError: The file cannot be written; what was there before is untouched.
        UsageError: The suffix names no format.
    """
    name = str(path)
    if record_format(name) in PARQUET:
        from .parquet import write_parquet

        return write_parquet(Path(name), _once(documents), scheme)
    codec = RecordCodec(scheme)
    count = 0
    with open_writer(name) as stream:
        for document in _once(documents):
            stream.write(codec.encode(document) + b"\n")
            count += 1
    return count


def _once(documents: Iterable[Document]) -> Iterator[Document]:
    seen = SeenIds()
    for document in documents:
        if seen.again(document.id):
            raise DataError(duplicate_id(document.id))
        yield document


def numbered_lines(path: str) -> Iterator[tuple[int, bytes]]:
    """The lines of a records file as JSON, with their numbers from 1; a row of Parquet becomes such a line.

    Blank lines are passed over; a byte order mark at the start is no part of the first line.

    Raises:
        DataError: The file cannot be read.
        UsageError: The suffix names no format.
    """
    if record_format(path) in PARQUET:
        from .parquet import parquet_lines

        yield from enumerate(parquet_lines(Path(path)), 1)
        return
    with open_reader(path) as stream:
        for number, line in enumerate(
            read_lines(stream, path), 1
        ):  # bytes split at \n alone: U+2028 may stand in a text
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if not line.isspace():
                yield number, line


def refuse_tasks(path: str, line: bytes) -> None:
    """Refuses a file of Label Studio's tasks by its name, where a line of it was refused as a record.

    Args:
        path: The file.
        line: The line.

    Raises:
        DataError: The line, or the beginning of the file, is of such tasks.
    """
    head = line
    if path != STANDARD and record_format(path) not in PARQUET and line.strip()[:1] in (b"[", b"{"):
        with open_reader(path) as stream:
            head = stream.read(_HEAD)
    if _DATA.search(head) and _WORK.search(head):
        fix = f"`goldspan convert {path} --from studio --out records.jsonl`, and use those records"
        raise DataError(Problem("these are tasks of Label Studio, not records", fix, path))


def duplicate_id(name: str) -> Problem:
    """The problem of a second document of one id."""
    return Problem("the id stands on an earlier line too", "give each document an id of its own", document=name)


class SeenIds:
    """Which ids have occurred, in about 80 bytes an id: a file may have millions.

    A 128-bit digest stands for each id; two ids of one digest are not to be expected.
    """

    def __init__(self) -> None:
        self._digests: set[int] = set()

    def again(self, name: str) -> bool:
        """Whether the id came before; it counts as seen from now on."""
        digest = int.from_bytes(blake2b(name.encode(), digest_size=16).digest())
        if digest in self._digests:
            return True
        self._digests.add(digest)
        return False


def record_format(path: str) -> str:
    """The suffix that says how records are written in a file; `.jsonl` for standard input and output.

    Raises:
        UsageError: The suffix names no format of records.
    """
    kind = ".jsonl" if path == STANDARD else file_suffix(path)
    if kind in PARQUET and path.lower().endswith(COMPRESSED):
        raise UsageError(f"{path}: Parquet is compressed inside. Fix: leave .gz or .zst off")
    if kind not in (*JSON_LINES, *PARQUET):
        named = f"the suffix {kind!r} names no format of records" if kind else "a records file needs a suffix"
        raise UsageError(f"{path}: {named}. Fix: .jsonl or .parquet, .gz or .zst behind .jsonl")
    return kind
