"""Tables of text with separators: decoded, with the separator found by the header and the rows below it."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TextIO

from ...schema import DataError, Problem, UsageError, truncate_problems
from .file_io import COMPRESSED, LARGEST_UNPACKED, open_reader, read_whole

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
"""The separators that are tried, and how messages name them."""

_DECLARED = re.compile(r"sep=([,;\t|])\r?\n")
"""A line by which Excel declares the separator."""

_LONGEST_CELL = 2**31 - 1
_HEAD = 1 << 22  # characters by which the separator is found
_SAMPLE = 50  # rows by which the separator is found
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)  # that of UTF-32-LE begins like the first


@dataclass(slots=True)
class DelimitedTable:
    """A table of text, read in pieces.

    Attributes:
        columns: The names of its columns.
        separator: What separates its cells.
        path: The file.
        codec: Its encoding.
        has_option: Whether its encoding could be named.
    """

    columns: list[str]
    separator: str
    path: str
    codec: str
    has_option: bool = True

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the cells of each row with its line number, from 1; rows without any content are left out.

        Raises:
            DataError: A row has more or fewer cells than the header, quotes are not closed, or the file is not of its
                encoding.
        """
        problems: list[Problem] = []
        with _open_text(self.path, self.codec, has_option=self.has_option) as stream:
            lines, skipped, _ = _from_header(_lines(stream, self.path))
            reader = _reader(lines, self.separator)
            line = skipped + 1
            try:
                for cells in reader:
                    if line > skipped + 1 and any(cells):
                        if len(cells) == len(self.columns):
                            yield line, cells
                        else:
                            what = f"{len(cells)} cells, and the header has {len(self.columns)}"
                            fix = f"quote cells that contain {SEPARATORS[self.separator]} or line breaks"
                            problems.append(Problem(what, fix, self.path, line))
                    line = reader.line_num + 1 + skipped
            except csv.Error as error:
                problems.append(_quotes_problem(error, self.path, reader.line_num + skipped))
        if problems:
            raise DataError(truncate_problems(problems, "rows"))


def read_table(path: str, encoding: str | None = None) -> DelimitedTable:
    """Read a table with a header.

    Args:
        path: The file, decompressed by suffix.
        encoding: Its encoding; if empty, UTF-8, or what a byte order mark says. None is the same where users cannot
            name it, so that no message tells them to.

    Raises:
        DataError: The file is empty, its beginning is not of that encoding, or its header has a column twice.
        UsageError: The encoding is unknown.
    """
    with open_reader(path) as raw:
        start = raw.read(4)
    codec = encoding or next((name for mark, name in _BOMS.items() if start.startswith(mark)), "utf-8")
    codec = _without_mark(codec, start)
    with _open_text(path, codec, has_option=encoding is not None) as stream:
        head = stream.read(_HEAD)
    if not head.strip():
        raise DataError(Problem("the file is empty", "write a header, and a row for each span", path))
    if "\x00" in head[:200]:
        fix = _encoding_fix("utf-16", has_option=encoding is not None)
        raise DataError(Problem("the file contains a NUL character", fix, path))
    lines, skipped, declared = _from_header(io.StringIO(head, newline=""))
    table = "".join(lines)
    separator = declared or find_separator(table)
    try:
        columns = [name.strip() for name in next(_reader(table, separator), [])]
    except csv.Error as error:
        raise DataError(_quotes_problem(error, path, skipped + 1)) from error
    if repeated := [name for name, count in Counter(columns).items() if count > 1 and name]:
        raise DataError(Problem(f"duplicate column {repeated[0]!r}", "rename one of them", path, skipped + 1))
    columns = [name or f"column {number}" for number, name in enumerate(columns, 1)]
    return DelimitedTable(columns, separator, path, codec, encoding is not None)


def _without_mark(codec: str, start: bytes) -> str:
    """Return the codec of a file by its first bytes: UTF-16 and UTF-32 cannot be read in pieces without their mark."""
    with suppress(LookupError):
        name = codecs.lookup(codec).name
        if name in ("utf-16", "utf-32") and not start.startswith(_MARKS):
            return f"{name}-le"
    return codec


def _encoding_fix(likely: str, *, has_option: bool) -> str:
    option = f", or name its `encoding`, such as {likely}" if has_option else ""
    return f"save the file as UTF-8{option}"


@contextmanager
def _open_text(path: str, codec: str, *, has_option: bool) -> Iterator[TextIO]:
    """Open a file as text, with its line ends as they are.

    Raises:
        DataError: The file is not of that encoding.
        UsageError: The encoding is unknown.
    """
    own = "utf-8-sig" if codec.lower() in ("utf-8", "utf8") else codec
    try:
        with open_reader(path) as raw, io.TextIOWrapper(raw, own, newline="") as stream:
            yield stream
    except UnicodeDecodeError as error:
        data, start = read_whole(path), error.start
        try:
            data.decode(own)
        except UnicodeDecodeError as whole:
            start = whole.start  # the other one counts from where the stream was read last
        line = data.count(b"\n", 0, start) + 1
        fix = _encoding_fix("latin-1 or windows-1252", has_option=has_option)
        raise DataError(Problem(f"byte {start + 1} is not {codec}", fix, path, line)) from error
    except (LookupError, UnicodeError) as error:
        raise UsageError(f"unknown encoding {codec!r}. Fix: a Python codec such as latin-1") from error


def _lines(stream: TextIO, path: str) -> Iterator[str]:
    """Yield the lines of a table, since a small compressed file may hold what exceeds the memory.

    Raises:
        DataError: A compressed file is larger than `LARGEST_UNPACKED` when decompressed.
    """
    left = LARGEST_UNPACKED if path.lower().endswith(COMPRESSED) else -1
    while line := stream.readline(left + 1 if left >= 0 else -1):
        if 0 <= left < len(line):
            what = f"the decompressed file is larger than {LARGEST_UNPACKED:,} characters"
            raise DataError(Problem(what, "decompress the file yourself", path))
        left -= len(line) if left >= 0 else 0
        yield line


def _from_header(lines: Iterable[str]) -> tuple[Iterator[str], int, str]:
    """Return the lines from the header on, the number of lines before it, and the separator that these declare."""
    rest = iter(lines)
    skipped = 0
    for line in rest:
        if declared := _DECLARED.fullmatch(line):
            return rest, skipped + 1, declared[1]
        if line.strip("\r\n"):
            return chain([line], rest), skipped, ""
        skipped += line.count("\n")
    return rest, skipped, ""


def first_columns(text: str) -> list[str]:
    """Return the names of the columns at the beginning of a table; empty for other text."""
    try:
        header: list[str] = next(_reader(_DECLARED.sub("", text.lstrip("\r\n"), count=1), find_separator(text)), [])
    except csv.Error:
        return []
    return [name.strip() for name in header]


def first_rows(text: str) -> list[dict[str, str]]:
    """Return the rows at the beginning of a table, without those that have other cells than the header."""
    table = _DECLARED.sub("", text.lstrip("\r\n"), count=1)
    rows: list[list[str]] = []
    with suppress(csv.Error):  # the rows before the fault tell enough
        for _, cells in zip(range(_SAMPLE), _reader(table, find_separator(text)), strict=False):
            rows.append(cells)
    columns = [name.strip() for name in rows[0]] if rows else []
    return [dict(zip(columns, cells, strict=True)) for cells in rows[1:] if len(cells) == len(columns)]


def find_separator(text: str) -> str:
    """Return the separator by which most of the first rows have as many cells as the header, and the header most."""
    best, most = ",", (0, 0)
    for separator in SEPARATORS:
        lengths: list[int] = []
        with suppress(csv.Error):  # the rows before the fault tell enough
            for _, cells in zip(range(_SAMPLE), _reader(text, separator), strict=False):
                lengths.append(len(cells))
        fitting = sum(length == lengths[0] for length in lengths) if lengths and lengths[0] > 1 else 0
        if (fitting, lengths[0] if lengths else 0) > most:
            best, most = separator, (fitting, lengths[0])
    return best


def _quotes_problem(error: csv.Error, path: str, line: int) -> Problem:
    return Problem(f"not a table: {error}", "close all quotes, as in RFC 4180", path, line)


def _reader(lines: str | Iterable[str], separator: str) -> CsvReader:
    csv.field_size_limit(_LONGEST_CELL)
    return csv.reader(
        io.StringIO(lines, newline="") if isinstance(lines, str) else lines, delimiter=separator, strict=True
    )
