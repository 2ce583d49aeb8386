"""File access: compression by suffix, size limits and atomic writes."""

from __future__ import annotations

import gzip
import io
import os
import secrets
import sys
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol, cast

from ...schema import DataError, DependencyError, Problem, os_error_hint
from ...schema.errors import unreadable_problem
from ...schema.extras import require_file_extras
from ...schema.files.addresses import is_address, open_address, replace_address


class Digest(Protocol):
    """A hash that is updated with bytes, as those of hashlib are."""

    def update(self, data: Any, /) -> None:
        """Add bytes."""


STANDARD = "-"
"""The path that means standard input or output."""

COMPRESSED = (".gz", ".zst")

LONGEST_LINE = 100_000_000
"""Maximum length of a line (a record or a row), in bytes."""

LARGEST_UNPACKED = 1_000_000_000
"""Maximum decompressed size of a compressed file that is read into memory at once, in bytes."""

_CHUNK = 1 << 20


def file_suffix(path: str | Path) -> str:
    """Return the suffix without that of the compression: `.jsonl` for `gold.jsonl.gz`."""
    suffixes = [part.lower() for part in Path(path).suffixes]
    if suffixes and suffixes[-1] in COMPRESSED:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def file_stem(path: Path) -> str:
    """Return the name of a file up to its first dot, or all of it if it has no suffix."""
    return path.name.partition(".")[0] if file_suffix(path) else path.name


@contextmanager
def open_reader(path: str) -> Iterator[IO[bytes]]:
    """Open a file for reading bytes, decompressed by suffix; `-` is standard input.

    Raises:
        DataError: The file cannot be opened, or is not compressed as its suffix says.
        DependencyError: What decompresses it is not installed.
    """
    require_file_extras(path)
    if path == STANDARD:
        yield sys.stdin.buffer
        return
    try:
        with open_bytes(path) as raw:
            yield _decompressed(raw, path)
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile) or not error.errno or "zstd" in str(error).lower():
            raise DataError(Problem(f"the compressed file is corrupt: {error}", "compress it again", path)) from error
        raise DataError(unreadable_problem(error, path)) from error
    except EOFError as error:
        raise DataError(Problem("the compressed file is truncated", "compress it again", path)) from error
    except zlib.error as error:
        raise DataError(Problem(f"the compressed file is corrupt: {error}", "compress it again", path)) from error


def open_bytes(path: str) -> AbstractContextManager[IO[bytes]]:
    """Open a file, or one at an address, for reading its bytes as they are."""
    return open_address(path) if is_address(path) else open(path, "rb")  # noqa: PTH123 - may be a number of /dev/fd


def read_lines(stream: IO[bytes], path: str) -> Iterator[bytes]:
    """Yield the lines of a stream with their line ends.

    The length of a line is limited, since a small compressed file may hold a line that exceeds the memory.

    Raises:
        DataError: A line is longer than `LONGEST_LINE`.
    """
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            what = f"the line is longer than {LONGEST_LINE:,} bytes"
            raise DataError(Problem(what, "write one record per line, and split very long texts", path, number))
        yield line


def read_whole(path: str) -> bytes:
    """Read all bytes of a file, decompressed by suffix.

    Raises:
        DataError: As in `open_reader`, or a compressed file is larger than `LARGEST_UNPACKED` when decompressed.
    """
    with open_reader(path) as stream:
        if not path.lower().endswith(COMPRESSED):
            return stream.read()
        data = bytearray()
        while chunk := stream.read(_CHUNK):
            data += chunk
            if len(data) > LARGEST_UNPACKED:
                what = f"the decompressed file is larger than {LARGEST_UNPACKED:,} bytes"
                raise DataError(Problem(what, "decompress the file yourself", path))
        return bytes(data)


def decode_utf8(data: bytes, path: str) -> str:
    """Return the text of a file in UTF-8, without a byte order mark.

    Raises:
        DataError: It is not UTF-8, with the line.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(Problem("the line is not UTF-8", "save the file as UTF-8", path, line)) from None


def _decompressed(raw: IO[bytes], path: str) -> IO[bytes]:
    if path.lower().endswith(".gz"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw, mode="rb"))
    if path.lower().endswith(".zst"):
        import pyarrow as pa

        return io.BufferedReader(cast(io.RawIOBase, pa.CompressedInputStream(raw, "zstd")))
    return raw


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path next to the target; it replaces the target on success and is removed on failure.

    Raises:
        DependencyError: The folder cannot be written, or the disk is full; the target is left untouched.
    """
    target, temporary = _places(path)
    if temporary is None:
        yield target
        return
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())  # a full disk may be reported only here
        temporary.replace(target)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with suppress(NotADirectoryError):  # a parent in the path is a file
            temporary.unlink(missing_ok=True)


def require_writable(path: Path) -> None:
    """Check that a file can be written, before the work whose result it is to have; nothing is left behind.

    Raises:
        DependencyError: As in `replace_file`.
    """
    _, temporary = _places(path)
    if temporary is None:
        return
    try:
        temporary.touch(exist_ok=False)
        temporary.unlink()
    except OSError as error:
        raise unwritable(path, error) from error


def _places(path: Path) -> tuple[Path, Path | None]:
    """Return a target and a temporary path next to it; None for a pipe or a device, which cannot be replaced."""
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        if target.is_dir():
            raise DependencyError(f"{path}: is a folder. Fix: name a file")
        return target, None
    return target, target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")  # unique for each writer


def unwritable(path: Path, error: OSError) -> DependencyError:
    """Return the error of a file that cannot be written."""
    message = f"{path}: cannot be written: {error.strerror or error}; the existing file, if any, is untouched"
    return DependencyError(f"{message}. Fix: {os_error_hint(error, writing=True)}")


@contextmanager
def open_target(path: str, digest: Digest | None = None) -> Iterator[IO[bytes]]:
    """Open a file, or one at an address, for writing bytes as they are; it is replaced atomically at the end.

    Args:
        path: The path or address.
        digest: Updated with all bytes that are written, in order.

    Raises:
        DependencyError: As in `replace_file` and `replace_address`.
    """
    if is_address(path):
        with replace_address(path) as stream:
            yield stream if digest is None else cast(IO[bytes], _DigestedStream(stream, digest))
        return
    with replace_file(Path(path)) as temporary, temporary.open("wb") as raw:
        yield raw if digest is None else cast(IO[bytes], _DigestedStream(raw, digest))


class _DigestedStream(io.RawIOBase):
    """A stream that passes on what is written, and updates a digest with it."""

    def __init__(self, stream: IO[bytes], digest: Digest) -> None:
        self._stream = stream
        self._digest = digest

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._digest.update(data)
        return self._stream.write(data)

    def tell(self) -> int:
        return self._stream.tell()

    def flush(self) -> None:
        self._stream.flush()


@contextmanager
def open_writer(path: str, digest: Digest | None = None) -> Iterator[IO[bytes]]:
    """Open a file for writing bytes, compressed by suffix; the file is replaced atomically at the end.

    `-` is standard output, which is written immediately.

    Args:
        path: The path, or the address of a file.
        digest: Updated with all bytes of the file, compressed as they are.

    Raises:
        DependencyError: As in `replace_file`, or what compresses the file is not installed.
    """
    require_file_extras(path)
    if path == STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with open_target(path, digest) as raw:
        if path.lower().endswith(".gz"):
            # without a timestamp and a name, so that equal records give equal bytes
            with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as compressed:
                yield cast(IO[bytes], compressed)
        elif path.lower().endswith(".zst"):
            import pyarrow as pa

            with pa.CompressedOutputStream(raw, "zstd") as compressed:
                yield compressed
        else:
            yield raw
