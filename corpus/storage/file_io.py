"""Files at rest: opened by suffix, compressed or not, and written whole or not at all."""

from __future__ import annotations

import gzip
import io
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from ...schema import DataError, DependencyError, Problem, os_error_hint

STANDARD = "-"
"""The name that stands for standard input or output."""

COMPRESSED = (".gz", ".zst")

LONGEST_LINE = 100_000_000
"""Bytes of a line: a record or a row."""

LARGEST_UNPACKED = 1_000_000_000
"""Bytes that a compressed file which is read whole may unpack to."""

_CHUNK = 1 << 20


def file_suffix(path: str | Path) -> str:
    """The suffix that tells the format, a compression suffix left aside: `.jsonl` of `gold.jsonl.gz`."""
    suffixes = [part.lower() for part in Path(path).suffixes]
    if suffixes and suffixes[-1] in COMPRESSED:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


@contextmanager
def open_reader(path: str) -> Iterator[IO[bytes]]:
    """A file's bytes, decompressed by suffix; `-` is standard input.

    Raises:
        DataError: The file cannot be opened, or is not what its suffix says.
    """
    if path == STANDARD:
        yield sys.stdin.buffer
        return
    try:
        with open(path, "rb") as raw:  # noqa: PTH123 - a path may be a number of /dev/fd
            yield _decompressed(raw, path)
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile) or not error.errno or "zstd" in str(error).lower():
            raise DataError(Problem(f"not a whole compressed file: {error}", "compress it again", path)) from error
        raise DataError(Problem(f"cannot be read: {error.strerror}", os_error_hint(error), path)) from error
    except EOFError as error:
        raise DataError(Problem("the compressed file is truncated", "compress it again", path)) from error


def read_lines(stream: IO[bytes], path: str) -> Iterator[bytes]:
    """The lines of a stream with their ends: a small compressed file may hold one that no memory does.

    Raises:
        DataError: A line is longer than `LONGEST_LINE`.
    """
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            what = f"the line is longer than {LONGEST_LINE:,} bytes"
            raise DataError(Problem(what, "write one record a line, and split texts of that size", path, number))
        yield line


def read_whole(path: str) -> bytes:
    """All bytes of a file, decompressed by suffix.

    Raises:
        DataError: As `open_reader`; or it is compressed and unpacks to more than `LARGEST_UNPACKED`.
    """
    with open_reader(path) as stream:
        if not path.lower().endswith(COMPRESSED):
            return stream.read()
        held = bytearray()
        while chunk := stream.read(_CHUNK):
            held += chunk
            if len(held) > LARGEST_UNPACKED:
                what = f"the file unpacks to more than {LARGEST_UNPACKED:,} bytes"
                raise DataError(Problem(what, "unpack it yourself if it is to be read", path))
        return bytes(held)


def _decompressed(raw: IO[bytes], path: str) -> IO[bytes]:
    if path.lower().endswith(".gz"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw, mode="rb"))
    if path.lower().endswith(".zst"):
        import pyarrow as pa

        return io.BufferedReader(cast(io.RawIOBase, pa.CompressedInputStream(raw, "zstd")))
    return raw


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """A path beside the target to write to; it takes the target's place at the end, or vanishes on any failure.

    Raises:
        DependencyError: The folder cannot be written, or the disk is full; the target is as it was.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        if target.is_dir():
            raise DependencyError(f"{path}: is a folder. Fix: name a file")
        yield target  # a pipe or a device is written as it is
        return
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")  # no two writers share it
    try:
        yield beside
        with beside.open("rb") as written:
            os.fsync(written.fileno())  # a full disk may only say so here
        beside.replace(target)
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror or error}. What was there before is untouched"
        raise DependencyError(f"{message}. Fix: {os_error_hint(error, writing=True)}") from error
    finally:
        with suppress(NotADirectoryError):  # a file stands where the path wants a folder
            beside.unlink(missing_ok=True)


@contextmanager
def open_writer(path: str) -> Iterator[IO[bytes]]:
    """A stream of bytes to a file, compressed by suffix; the file appears whole at the end, or not at all.

    `-` is standard output, which is written as it goes.

    Raises:
        DependencyError: As `replace_file`.
    """
    if path == STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with replace_file(Path(path)) as beside, beside.open("wb") as raw:
        if path.lower().endswith(".gz"):
            # no time and no name: the same records give the same bytes
            with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed:
                yield cast(IO[bytes], packed)
        elif path.lower().endswith(".zst"):
            import pyarrow as pa

            with pa.CompressedOutputStream(raw, "zstd") as packed:
                yield packed
        else:
            yield raw
