"""Decoding of texts and tables: by the named encoding, by a byte order mark, or by a guess that is told."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from ....schema import DataError, Problem, UsageError
from ...storage.file_io import open_reader, read_lines
from ..articles import SourceOptions

SAMPLE = 1_000_000
"""Bytes of a table by which its encoding and its separators are told."""

_FIX = "save the file as UTF-8, name its `encoding`, or try `detect` as `encoding`"
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MIN_NULS = 4  # a null byte in at least every fourth byte: UTF-16 or UTF-32


def choose_codec(sample: bytes, path: str, options: SourceOptions) -> str:
    """Return the name of the codec of a file, and note it if it is not the named one.

    Args:
        sample: The beginning of the file, or all of it.
        path: The file, for messages.
        options: The encoding, and what notes are given to.

    Raises:
        DataError: The encoding is to be detected and cannot be, or UTF-8 cannot be right.
        UsageError: The encoding is unknown.
    """
    if options.encoding == "detect":
        guess = _guess(sample, path)
        fix = "name the encoding if it is wrong"
        options.note(Problem(f"detected encoding {guess}, which is a guess", fix, path))
        return guess
    try:
        codec = codecs.lookup(options.encoding)
        if not codec._is_text_encoding:  # rot13 and base64 are codecs too
            raise LookupError
    except (LookupError, ValueError) as error:
        raise _unknown_encoding(options.encoding) from error
    if codec.name != "utf-8":
        return codec.name
    if marked := next((name for mark, name in _MARKS if sample.startswith(mark)), ""):
        options.note(Problem(f"decoded as {marked.upper()}, by its byte order mark", "", path))
        return marked
    if sample.count(0) * _MIN_NULS > len(sample) > 1:
        fix = f"name its `encoding`: {'utf-16-be' if sample[0] == 0 else 'utf-16-le'}"
        raise DataError(Problem("null bytes, as in UTF-16 without a byte order mark", fix, path))
    return "utf-8"


def decode_text(data: bytes, path: str, options: SourceOptions) -> str:
    """Decode a whole file.

    Raises:
        DataError: As in `choose_codec`, or a byte is not of the encoding.
        UsageError: The encoding is unknown.
    """
    codec = choose_codec(data, path, options)
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(_undecodable(error, codec, path, line, byte=f"byte {error.start + 1}")) from error


@contextmanager
def open_lines(path: str, sample: bytes, codec: str) -> Iterator[Iterator[str]]:
    """Open a file for reading decoded lines with their line ends, without a byte order mark.

    Args:
        path: The file, decompressed by suffix.
        sample: The beginning of the file.
        codec: The name of its codec.
    """
    with open_reader(path) as stream:
        only_returns = b"\r" in sample and b"\n" not in sample
        if codec.startswith(("utf-16", "utf-32")) or only_returns:  # whose lines do not end with a byte \n
            text = io.TextIOWrapper(stream, codec, newline="")
            yield _strip_mark(_checked(text, codec, path))
            text.detach()
        else:
            yield _decoded(stream, codec, path)


def read_sample(path: str) -> bytes:
    """Return the beginning of a file."""
    with open_reader(path) as stream:
        return stream.read(SAMPLE)


def _decoded(stream: IO[bytes], codec: str, path: str) -> Iterator[str]:
    for number, line in enumerate(read_lines(stream, path), 1):
        try:
            yield line.removeprefix(codecs.BOM_UTF8 if number == 1 and codec == "utf-8" else b"").decode(codec)
        except UnicodeDecodeError as error:
            raise DataError(
                _undecodable(error, codec, path, number, byte=f"byte {error.start + 1} of the line")
            ) from error


def _checked(lines: Iterator[str], codec: str, path: str) -> Iterator[str]:
    number = 0
    try:
        for number, line in enumerate(lines, 1):  # noqa: B007 - told where a line cannot be decoded
            yield line
    except UnicodeDecodeError as error:
        raise DataError(Problem(f"not {codec}", _FIX, path, number + 1)) from error


def _strip_mark(lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield line if number else line.removeprefix("\ufeff")


def _guess(data: bytes, path: str) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise DataError(Problem("cannot detect the encoding", "name its `encoding`", path))
    return "utf-8" if best.encoding in ("ascii", "utf_8") else best.encoding  # an ASCII sample may continue as UTF-8


def _undecodable(error: UnicodeDecodeError, codec: str, path: str, line: int, *, byte: str) -> Problem:
    wrong = error.object[error.start : error.start + 1]
    shown = wrong.decode("cp1252", "replace")
    guess = f"; 0x{wrong.hex()} would be {shown!r} in cp1252" if codec == "utf-8" and shown.isalpha() else ""
    return Problem(f"{byte} is not {codec}", _FIX + guess, path, line)


def _unknown_encoding(encoding: str) -> UsageError:
    return UsageError(f"unknown encoding {encoding!r}. Fix: a Python codec such as latin-1, or detect")
