"""Copies of streams: standard input and pipes, which can be read only once, as temporary files for all readers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from ...schema import CombinedError, DataError, DependencyError, GoldspanError, Problem, UsageError, os_error_hint
from ...schema.errors import unreadable_problem
from .file_io import STANDARD, open_reader

_BLOCK = 1 << 16
_HEAD = 1 << 12
_COMPRESSIONS = {b"\x1f\x8b": ".gz", b"\x28\xb5\x2f\xfd": ".zst"}
_SUFFIXES = {b"PAR1": ".parquet", b"ARROW1": ".arrow", b"\xff\xff\xff\xff": ".arrow", b"x\x9c": ".spacy"}
"""Suffixes by which formats without readable characters are known, by their first bytes."""
_names: dict[str, str] = {}


@contextmanager
def reread(source: str | Path, suffix_of: Callable[[Path, bytes], str] | None = None) -> Iterator[Path]:
    """Yield the path of a file that can be read more than once: a stream is copied to a temporary file.

    Errors that pass through name the stream, not the copy.

    Args:
        source: A file or folder; `-` is standard input.
        suffix_of: Returns the suffix of a stream without one, if it does not follow from its first bytes; called with
            the copy and these bytes.

    Raises:
        DataError: The stream cannot be read.
        DependencyError: The disk has no room for the copy.
    """
    stream = str(source)
    if not is_stream(stream):
        yield Path(source)
        return
    with TemporaryDirectory(prefix="goldspan-") as folder:
        copy = _copy(stream, Path(folder))
        if not copy.suffix:
            copy = _with_suffix(copy, suffix_of)
        _names[str(copy)] = stream
        try:
            yield copy
        except GoldspanError as error:
            raise _naming(error, str(copy), stream) from error
        finally:
            del _names[str(copy)]


def shown_path(path: str | Path) -> str:
    """Return a path as the call names it: that of a copy is the stream's."""
    return _names.get(str(path), str(path))


def shown_problem(problem: Problem) -> Problem:
    """Return a problem with its path as the call names it."""
    return replace(problem, path=shown_path(problem.path)) if problem.path in _names else problem


def is_stream(source: str | Path) -> bool:
    """Return whether a source is standard input or a pipe, which can be read only once."""
    path = Path(source)
    return str(source) == STANDARD or (path.exists() and not path.is_file() and not path.is_dir())


def _copy(stream: str, folder: Path) -> Path:
    """Copy a stream, and name the copy after it."""
    name = "stdin" if stream == STANDARD else Path(stream).name
    copy = folder / ("pipe" if name.isdecimal() else name)
    try:
        with copy.open("wb") as target, _opened(stream) as opened:
            while data := opened.read1(_BLOCK):  # one call of the system at a time, between which Ctrl-C is seen
                target.write(data)
    except OSError as error:
        what = f"{stream}: cannot be copied to a temporary file: {error.strerror or error}"
        raise DependencyError(f"{what}. Fix: {os_error_hint(error, writing=True)}") from error
    return copy


@contextmanager
def _opened(stream: str) -> Iterator[BufferedReader]:
    if stream == STANDARD:
        yield cast(BufferedReader, sys.stdin.buffer)
        return
    try:
        opened = open(stream, "rb")  # noqa: PTH123, SIM115 - a path may be a number of /dev/fd
    except OSError as error:
        raise DataError(unreadable_problem(error, stream)) from error
    with opened:
        yield opened


def _with_suffix(copy: Path, suffix_of: Callable[[Path, bytes], str] | None) -> Path:
    """Give a copy the suffix that its contents ask for."""
    with copy.open("rb") as opened:
        head = opened.read(_HEAD)
    compression = next((suffix for mark, suffix in _COMPRESSIONS.items() if head.startswith(mark)), "")
    if compression:
        copy = copy.rename(copy.with_name(copy.name + compression))
        head = b""
        with suppress(DataError), open_reader(str(copy)) as opened:
            head = opened.read(_HEAD)
    suffix = next((suffix for mark, suffix in _SUFFIXES.items() if head.startswith(mark)), "")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not suffix and (not text or text.startswith(b"{")):
        suffix = ".jsonl"  # records, if the contents do not show another format
    elif not suffix and text.startswith(b"["):
        suffix = ".json"
    elif not suffix and suffix_of is not None:
        suffix = suffix_of(copy, head)
    return copy.rename(copy.with_name(copy.name.removesuffix(compression) + suffix + compression))


def _naming(error: GoldspanError, copy: str, stream: str) -> GoldspanError:
    """Return an error that names the stream in place of its copy."""
    if isinstance(error, CombinedError):
        return CombinedError([_naming(item, copy, stream) for item in error.errors])
    if isinstance(error, DataError):
        return DataError(
            [
                replace(
                    problem,
                    path=problem.path.replace(copy, stream),
                    what=problem.what.replace(copy, stream),
                    fix=problem.fix.replace(copy, stream),
                )
                for problem in error.problems
            ]
        )
    if isinstance(error, UsageError):
        return UsageError(*(line.replace(copy, stream) for line in error.lines), example=error.example)
    return type(error)(str(error).replace(copy, stream))
