"""Reading and writing of records files (JSONL or Parquet, by suffix) as streams in constant memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path

from ...schema import DataError, Document, Problem, RecordCodec, Scheme, UsageError
from ...schema.extras import require_file_extras
from .checked import CheckedDocuments, is_checked
from .file_io import COMPRESSED, STANDARD, Digest, file_suffix, open_reader, open_writer
from .json_lines import numbered_lines
from .rows import RawRecord
from .shards.seen_ids import SeenIds, duplicate_id_problem
from .shards.shard_listing import holds_shards, list_shards
from .unknown_labels import combine_unknown_labels, unknown_labels_in, unknown_labels_of

JSON_LINES = (".jsonl", ".ndjson", ".json")
PARQUET = (".parquet", ".pq")

_HEAD_SIZE = 1 << 20
_TASK_DATA = re.compile(rb'"data"\s*:\s*\{')
_TASK_RESULTS = re.compile(rb'"(?:annotations|completions|predictions)"\s*:\s*\[')

ProblemCallback = Callable[[Problem], None]
"""A function that is called with each problem, for example with everything that a lenient reader skips."""


def read_records(path: str | Path, scheme: Scheme, *, lenient: ProblemCallback | None = None) -> Iterator[Document]:
    """Return the documents of a records file one by one, as they are read.

    Args:
        path: A `.jsonl` or `.parquet` file; a `.jsonl` file may be compressed (`.gz`, `.zst`). `-` is standard input
            (JSONL). Or a folder of such files, a pattern such as `news-*.jsonl`, or the address of a file or folder,
            such as `s3://bucket/news`.
        scheme: The scheme that defines the known labels and zones.
        lenient: Called with each problem; the invalid span or zone, or else the whole record, is skipped. If None, the
            first invalid record raises an error.

    Raises:
        DataError: A record is invalid; the error names the file and line (for Parquet, the row). If a label is unknown,
            the error lists all unknown labels of the file.
        UsageError: The suffix is not one of a records file.
    """
    return CheckedDocuments(_read(path, scheme, lenient), scheme)


def _read(path: str | Path, scheme: Scheme, lenient: ProblemCallback | None) -> Iterator[Document]:
    codec = RecordCodec(scheme)
    seen = SeenIds()
    records = located_records(str(path))
    for file, number, record in records:
        try:
            document = codec.read(record)
        except DataError as error:
            reject_studio_tasks(file, record)
            located = error.with_location(file, number)
            if lenient is None:
                if unknown_labels_of(error):
                    rest = (other for _, _, other in records)
                    unknown = unknown_labels_in(chain((record,), rest), scheme.labels)
                    located = combine_unknown_labels(located, unknown, scheme, mapped=False)
                raise located from None
            for problem in located.problems:
                lenient(problem)
            remainder = codec.drop_invalid(record, error.problems)
            if remainder is None:
                continue
            document = remainder
        if seen.is_duplicate(document.id):
            problem = duplicate_id_problem(document.id).with_location(file, number)
            if lenient is None:
                first = _first_place(str(path), document.id, codec)
                raise DataError(replace(problem, what=f"{problem.what}; {first} has it too") if first else problem)
            lenient(problem)
            continue
        yield document


def _first_place(source: str, name: str, codec: RecordCodec) -> str:
    """Return the file and line or row of the first document of an id; nothing if it cannot be read again."""
    if source == STANDARD or not (holds_shards(source) or Path(source).is_file()):
        return ""
    for file, number, record in located_records(source):
        with suppress(DataError):  # of an invalid record, which came through before
            if codec.read(record).id == name:
                return f"{file}:{number}"
    return ""


def write_records(
    path: str | Path, documents: Iterable[Document], scheme: Scheme, *, digest: Digest | None = None
) -> int:
    """Write documents to a records file atomically.

    Args:
        path: A file or its address; `-` is standard output.
        documents: The documents; consumed one at a time. Each is checked, unless it comes straight from a reader or a
            corpus of the same scheme.
        scheme: The scheme of the documents; it determines the value columns of a Parquet file.
        digest: Updated with all bytes of the file.

    Returns:
        The number of documents written.

    Raises:
        DataError: A document is invalid, or its id is a duplicate.
        DependencyError: The file cannot be written; an existing file is left untouched.
        UsageError: The suffix is not one of a records file.
    """
    name = str(path)
    if record_format(name) in PARQUET:
        from .parquet import write_parquet

        checked = documents if is_checked(documents, scheme) else map(RecordCodec(scheme).check, documents)
        return write_parquet(name, require_unique_ids(checked), scheme, digest)
    codec = RecordCodec(scheme)
    encode = codec.encode_checked if is_checked(documents, scheme) else codec.encode
    count = 0
    with open_writer(name, digest) as stream:
        for document in require_unique_ids(documents):
            stream.write(encode(document) + b"\n")
            count += 1
    return count


def require_unique_ids(documents: Iterable[Document]) -> Iterator[Document]:
    """Yield documents.

    Raises:
        DataError: One has the id of an earlier one.
    """
    seen = SeenIds()
    for document in documents:
        seen.require_new(document.id)
        yield document


def numbered_records(path: str) -> Iterator[tuple[int, RawRecord]]:
    """Yield the lines of a records file, or the rows of a Parquet file, with their numbers, counted from 1.

    Blank lines are skipped, and so is a byte order mark at the start of the file.

    Raises:
        DataError: The file cannot be read.
        UsageError: The suffix is not one of a records file.
    """
    if record_format(path) in PARQUET:
        from .parquet import parquet_records

        yield from enumerate(parquet_records(path), 1)
        return
    yield from numbered_lines(path)


def located_records(source: str) -> Iterator[tuple[str, int, RawRecord]]:
    """Yield the records of a corpus with their file and line or row: one file, or shard after shard.

    Raises:
        DataError: A file cannot be read, or a folder or pattern has no shards.
        UsageError: As in `numbered_records` and `list_shards`.
    """
    for path in record_files(source):
        for number, record in numbered_records(path):
            yield path, number, record


def record_files(source: str) -> list[str]:
    """Return the files of a corpus in order: the file itself, or the shards of a folder, a pattern or an address."""
    if not holds_shards(source):
        return [source]
    from .shards.run_state import require_complete

    require_complete(source)
    return [shard.path for shard in list_shards(source)]


def reject_studio_tasks(path: str, record: RawRecord) -> None:
    """Raise a specific error if an invalid records file is a file of Label Studio tasks.

    Args:
        path: The file.
        record: A line or row of the file that is not a valid record.

    Raises:
        DataError: The line, or the beginning of the file, holds Label Studio tasks.
    """
    if not isinstance(record, bytes):
        return
    head = record
    if path != STANDARD and record.strip()[:1] in (b"[", b"{"):
        with open_reader(path) as stream:
            head = stream.read(_HEAD_SIZE)
    if _TASK_DATA.search(head) and _TASK_RESULTS.search(head):
        fix = f"convert them with `goldspan convert {path} --from studio --out records.jsonl`"
        raise DataError(Problem("the file holds Label Studio tasks, not records", fix, path))


def record_format(path: str) -> str:
    """Return the suffix that determines the format of a records file; `.jsonl` for standard input and output.

    Raises:
        DependencyError: pyarrow, which the format needs, is not installed.
        UsageError: The suffix is not one of a records file, or a slash stands at its end.
    """
    suffix = ".jsonl" if path == STANDARD else file_suffix(path)
    if suffix in PARQUET and path.lower().endswith(COMPRESSED):
        raise UsageError(f"{path}: Parquet files are already compressed. Fix: remove .gz or .zst from the name")
    if suffix not in (*JSON_LINES, *PARQUET):
        what = f"unknown records format {suffix!r}" if suffix else "a records file needs a suffix"
        fix = ".jsonl or .parquet; .jsonl may be followed by .gz or .zst"
        if not suffix:
            fix += "; `goldspan corpus shard` cuts a file into a folder of shards"
        raise UsageError(f"{path}: {what}. Fix: {fix}")
    if path.endswith("/"):
        what = f"a name that ends in {suffix} is one of a file, and one with a slash at its end of a folder"
        raise UsageError(f"{path}: {what}. Fix: leave the slash out, or the suffix")
    require_file_extras(path)
    return suffix
