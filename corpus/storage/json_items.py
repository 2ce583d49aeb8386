"""The items of a JSON file, with their lines: those of an array, or values one after another, a line each or not."""

from __future__ import annotations

import io
import json
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

from ...schema import DataError, Problem
from ...schema.files.json_line import parse_line
from .delimited import read_table
from .file_io import COMPRESSED, LARGEST_UNPACKED, file_suffix, open_reader
from .table_items import TABLES, item_of_row

_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+[{}\[\]]', re.DOTALL)
"""Everything up to the next bracket outside a string."""
_NO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+', re.DOTALL)
"""The same where no bracket follows yet, up to a string without an end."""
_SCALAR = re.compile(rb'null|"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
"""A null or a string."""
_BLANKS = re.compile(rb"\s*+")

_CHUNK = 1 << 20
_LONGEST_FIRST = 1 << 22
"""How far the end of an array is looked for, to tell a file that is one array from values one after another."""


def numbered_items(path: str, *, noun: str, fix: str) -> Iterator[tuple[int, Any]]:
    """Yield the items of a JSON file with their line numbers, from 1.

    The file is an array, or consists of objects or arrays one after another, each on one line or several. It is read in
    pieces, so that no more than an item of it need be in memory. A row of a CSV or TSV file is the object of its cells,
    some of which are JSON.

    Args:
        path: The file, decompressed by suffix.
        noun: What an item is, for messages: `task`.
        fix: What to do if the file is not such a file.

    Raises:
        DataError: The file is not JSON, is cut off, or has anything between its items.
    """
    if file_suffix(path) in TABLES:
        table = read_table(path)
        for line, cells in table.rows():
            yield line, item_of_row(dict(zip(table.columns, cells, strict=True)))
        return
    with open_reader(path) as stream:
        yield from _items(stream, path, noun, fix)


def items_of(data: bytes, path: str, *, noun: str, fix: str) -> Iterator[tuple[int, Any]]:
    """Yield the items of a JSON file like `numbered_items`, given its bytes in UTF-8, or in UTF-16 with its mark.

    Raises:
        DataError: As in `numbered_items`.
    """
    yield from _items(io.BytesIO(data), path, noun, fix)


def _items(stream: IO[bytes], path: str, noun: str, fix: str) -> Iterator[tuple[int, Any]]:
    values = _Values(stream, path, noun, fix)
    for number, (line, item) in enumerate(values.of_array() if values.is_array() else values.in_turn(), 1):
        if isinstance(item, bytes):
            item, problem = _parse(item.strip())
            if problem is not None:
                message = problem.what.replace("the line", f"the {noun}").replace("the record", f"the {noun}")
                own = "save the file as UTF-8" if "not UTF-8" in message else fix
                raise DataError(Problem(f"{noun} {number} of the file: {message}", own, path, line))
        yield line, item


def _parse(item: bytes) -> tuple[Any, Problem | None]:
    """Return a value, which need not be an object, and what is wrong with it."""
    if item.startswith(b"{"):
        return parse_line(item)
    parsed, problem = parse_line(b'{"":%b}' % item)
    return parsed.get(""), problem


def numbered_objects(path: str, *, noun: str, fix: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the items of a JSON file like `numbered_items`, after checking that each is an object.

    Raises:
        DataError: As in `numbered_items`, or an item is not an object.
    """
    for number, (line, item) in enumerate(numbered_items(path, noun=noun, fix=fix), 1):
        if not isinstance(item, dict):
            shown = json.dumps(item, ensure_ascii=False)[:40]
            raise DataError(Problem(f"{noun} {number} of the file is not an object: {shown}", fix, path, line))
        yield line, item


class _Values:
    """The values of a JSON file, found by their brackets alone; the decoder checks what they contain.

    A window on the file moves on with them, and grows where a value is longer.
    """

    def __init__(self, stream: IO[bytes], path: str, noun: str, fix: str) -> None:
        self._stream, self._path, self._noun, self._fix = stream, path, noun, fix
        self._data = bytearray(stream.read(_CHUNK))  # which grows in place
        if self._data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):  # as PowerShell writes files
            self._data += stream.read()
            with suppress(UnicodeDecodeError):
                self._data[:] = self._data.decode("utf-16").encode()
        if self._data.startswith(BOM_UTF8):
            del self._data[: len(BOM_UTF8)]
        self._counted, self._line = 0, 1
        while not self._data.strip() and self._grow(0):
            pass
        first = bytes(self._data.lstrip()[:1])
        if first not in (b"[", b"{"):
            raise DataError(Problem(f"not a JSON file of {noun}s" if first else "the file is empty", fix, path))

    def _grow(self, start: int) -> bool:
        """Read on, and forget everything before an offset, which becomes 0; return whether there was more."""
        kept = len(self._data) - start
        more = self._stream.read(max(_CHUNK, kept // 4))
        if kept + len(more) > LARGEST_UNPACKED and self._path.lower().endswith(COMPRESSED):
            what = f"the decompressed {self._noun} is larger than {LARGEST_UNPACKED:,} bytes"
            raise DataError(Problem(what, "decompress the file yourself", self._path, self._line_at(start)))
        if more:
            self._line_at(start)
            self._counted = 0
            del self._data[:start]
            self._data += more
        return bool(more)

    def _line_at(self, position: int) -> int:
        """Return the line at an offset, which is not before the one of the last call."""
        self._line += self._data.count(b"\n", self._counted, position)
        self._counted = position
        return self._line

    def is_array(self) -> bool:
        """Return whether the file is a single array, rather than values one after another."""
        if not self._data.lstrip().startswith(b"["):
            return False
        depth = position = 0
        while position < _LONGEST_FIRST:
            if (step := _BRACKET.match(self._data, position)) is None:
                position = _end_of(_NO_BRACKET, self._data, position)
                if not self._grow(0):
                    return True
                continue
            position = step.end()
            depth += 1 if self._data[position - 1] in b"{[" else -1
            if depth == 0:
                while not self._data[position:].strip() and self._grow(0):
                    pass
                return not self._data[position:].lstrip().startswith((b"[", b"{"))
        return True

    def in_turn(self) -> Iterator[tuple[int, Any]]:
        """Yield consecutive values with their lines, each on one or many lines, as in a storage of Label Studio.

        A value that fills a line, as in most files, is parsed. Others are bytes.
        """
        depth = last = start = position = 0
        are_lines = True
        while True:
            if are_lines and depth == 0 and (end := self._data.find(b"\n", last) + 1):
                line = bytes(self._data[last:end]).strip()
                parsed, problem = _parse(line) if line.startswith((b"{", b"[")) else (None, None)
                if problem is None and parsed is not None:
                    yield self._line_at(last), parsed
                are_lines = problem is None and (parsed is not None or not line)
                last = position = end if are_lines else last
                continue
            if (step := _BRACKET.match(self._data, position)) is None:
                position = _end_of(_NO_BRACKET, self._data, position)  # and not all of a long value again
                if not self._grow(last):
                    break
                position, start, last = position - last, start - last, 0
                continue
            position = step.end()
            if self._data[position - 1] in b"{[":
                if depth == 0:
                    start = position - 1
                    self._check_gap(last, start)
                depth += 1
            elif depth == 0:
                raise self._unexpected(last)
            else:
                depth -= 1
                if depth == 0:
                    yield self._line_at(start), bytes(self._data[start:position])
                    last = position
        if depth:
            what = f"the file is cut off: the {self._noun} has no end"
            raise DataError(Problem(what, self._fix, self._path, self._line_at(start)))
        self._check_gap(last, len(self._data))

    def of_array(self) -> Iterator[tuple[int, bytes]]:
        """Yield the bytes of an array's items with their lines."""
        depth = last = position = 0
        counted = 0
        while True:
            if (step := _BRACKET.match(self._data, position)) is None:
                position = _end_of(_NO_BRACKET, self._data, position)  # and not all of a long value again
                if not self._grow(last):
                    break
                position, last = position - last, 0
                continue
            position = step.end()
            if self._data[position - 1] in b"{[":
                depth += 1
                if depth == 1:
                    last = position
                elif depth == 2:
                    scalars = self._scalars(last, position - 1, counted, is_last=False)
                    yield from scalars
                    last, counted = position - 1, counted + len(scalars) + 1
            else:
                depth -= 1
                if depth == 1:
                    yield self._line_at(last), bytes(self._data[last:position])
                    last = position
                elif depth == 0:
                    yield from self._scalars(last, position - 1, counted, is_last=True)
                    if self._data[position - 1 : position] != b"]":
                        raise self._unexpected(position - 1)
                    last = position
                    if self._data[last - 1 : last] != b"]":
                        raise self._unexpected(last - 1)
                    while not self._data[last:].strip() and self._grow(last):
                        last = 0
                    self._check_gap(last, len(self._data))
                    return
        what = f"the file is cut off: the array of {self._noun}s has no end"
        raise DataError(Problem(what, self._fix, self._path))

    def _scalars(self, start: int, end: int, counted: int, *, is_last: bool) -> list[tuple[int, bytes]]:
        """Return the nulls and strings between two items, with their lines, after checking the commas.

        Args:
            start: End of the item before, or start of the array.
            end: Start of the item after, or end of the array.
            counted: Number of items so far.
            is_last: Whether no item follows.
        """
        scalars: list[tuple[int, bytes]] = []  # with their offsets at first
        position, needs_comma = _end_of_blanks(self._data, start), counted > 0
        while position < end:
            if needs_comma and self._data[position : position + 1] != b",":
                break
            position = _end_of_blanks(self._data, position + needs_comma)
            needs_comma = False
            if (scalar := _SCALAR.match(self._data, position, end)) is None:
                break
            scalars.append((scalar.start(), bytes(scalar[0])))
            position, needs_comma = _end_of_blanks(self._data, scalar.end()), True
        is_empty = is_last and not counted and not scalars
        if position != end or (needs_comma != is_last and not is_empty):
            raise self._unexpected(start)
        return [(self._line_at(offset), scalar) for offset, scalar in scalars]

    def _check_gap(self, start: int, end: int) -> None:
        """Reject anything between two values but white space."""
        if self._data[start:end].strip():
            raise self._unexpected(start)

    def _unexpected(self, start: int) -> DataError:
        what = f"not a list of {self._noun}s: unexpected content between or after the {self._noun}s"
        return DataError(Problem(what, self._fix, self._path, self._line_at(_end_of_blanks(self._data, start))))


def _end_of_blanks(data: bytearray, position: int) -> int:
    return _end_of(_BLANKS, data, position)


def _end_of(pattern: re.Pattern[bytes], data: bytearray, position: int) -> int:
    match = pattern.match(data, position)
    return match.end() if match is not None else position
