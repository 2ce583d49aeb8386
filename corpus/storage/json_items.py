"""The items of a JSON file, with their lines: those of an array, or values one after another, a line each or not."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ...schema import DataError, Problem
from ...schema.files.json_line import parse_line
from .delimited import read_table
from .file_io import file_suffix, read_whole
from .table_items import TABLES, item_of_row

_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+[{}\[\]]', re.DOTALL)
"""Everything up to the next bracket outside a string."""
_SCALAR = re.compile(rb'null|"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
"""A null or a string."""
_BLANKS = re.compile(rb"\s*+")


def numbered_items(path: str, *, noun: str, fix: str) -> Iterator[tuple[int, Any]]:
    """Yield the items of a JSON file with their line numbers, from 1.

    The file is an array, or consists of objects or arrays one after another, each on one line or several. Its bytes
    are in memory, its items only one by one. A row of a CSV or TSV file is the object of its cells, some of which are
    JSON.

    Args:
        path: The file, decompressed by suffix.
        noun: What an item is, for messages: `task`.
        fix: What to do if the file is not such a file.

    Raises:
        DataError: The file is not JSON, is cut off, or has anything between its items.
    """
    if file_suffix(path) in TABLES:
        yield from ((line, item_of_row(row)) for line, row in read_table(path).rows())
        return
    yield from items_of(read_whole(path), path, noun=noun, fix=fix)


def items_of(data: bytes, path: str, *, noun: str, fix: str) -> Iterator[tuple[int, Any]]:
    """Yield the items of a JSON file like `numbered_items`, given its bytes in UTF-8, or in UTF-16 with its mark.

    Raises:
        DataError: As in `numbered_items`.
    """
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):  # as PowerShell writes files
        with suppress(UnicodeDecodeError):
            data = data.decode("utf-16").encode()
    data = data.removeprefix(b"\xef\xbb\xbf")
    first = data.lstrip()[:1]
    if first not in (b"[", b"{"):
        raise DataError(Problem(f"not a JSON file of {noun}s" if first else "the file is empty", fix, path))
    line, counted = 1, 0
    bounds = _Bounds(data, path, noun, fix)
    for number, (start, end) in enumerate(bounds.of_array() if bounds.is_array() else bounds.of_values(), 1):
        start += len(data[start:end]) - len(data[start:end].lstrip())
        line, counted = line + data.count(b"\n", counted, start), start
        item = data[start:end].rstrip()
        parsed, problem = parse_line(item if item.startswith(b"{") else b'{"":%b}' % item)
        if problem is not None:
            message = problem.what.replace("the line", f"the {noun}").replace("the record", f"the {noun}")
            own = "save the file as UTF-8" if "not UTF-8" in message else fix
            raise DataError(Problem(f"{noun} {number} of the file: {message}", own, path, line))
        yield line, parsed if item.startswith(b"{") else parsed[""]


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


class _Bounds:
    """The bounds of the items of a JSON file, found by their brackets alone; the decoder checks what they contain."""

    def __init__(self, data: bytes, path: str, noun: str, fix: str) -> None:
        self._data, self._path, self._noun, self._fix = data, path, noun, fix

    def is_array(self) -> bool:
        """Return whether the file is a single array, rather than values one after another."""
        if not self._data.lstrip().startswith(b"["):
            return False
        depth = position = 0
        while step := _BRACKET.match(self._data, position):
            position = step.end()
            depth += 1 if self._data[position - 1] in b"{[" else -1
            if depth == 0:
                return not self._data[position:].lstrip().startswith((b"[", b"{"))
        return True

    def of_values(self) -> Iterator[tuple[int, int]]:
        """Yield the bounds of consecutive values, each on one or many lines, as in a storage of Label Studio."""
        data = self._data
        depth = last = start = position = 0
        while step := _BRACKET.match(data, position):
            position = step.end()
            if data[position - 1] in b"{[":
                if depth == 0:
                    start = position - 1
                    self._check_gap(last, start, b"")
                depth += 1
            else:
                depth -= 1
                if depth == 0:
                    yield start, position
                    last = position
        if depth:
            line = data.count(b"\n", 0, start) + 1
            raise DataError(Problem(f"the file is cut off: the {self._noun} has no end", self._fix, self._path, line))
        self._check_gap(last, len(data), b"")

    def of_array(self) -> Iterator[tuple[int, int]]:
        """Yield the bounds of an array's items."""
        data = self._data
        depth = last = position = 0
        counted = 0
        while step := _BRACKET.match(data, position):
            position = step.end()
            if data[position - 1] in b"{[":
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
                    yield last, position
                    last = position
                elif depth == 0:
                    yield from self._scalars(last, position - 1, counted, is_last=True)
                    self._check_gap(position - 1, len(data), b"]")
                    return
        raise DataError(Problem(f"the file is cut off: the array of {self._noun}s has no end", self._fix, self._path))

    def _scalars(self, start: int, end: int, counted: int, *, is_last: bool) -> list[tuple[int, int]]:
        """Return the bounds of the nulls and strings between two items, after checking the commas.

        Args:
            start: End of the item before, or start of the array.
            end: Start of the item after, or end of the array.
            counted: Number of items so far.
            is_last: Whether no item follows.
        """
        bounds: list[tuple[int, int]] = []
        position, needs_comma = _end_of_blanks(self._data, start), counted > 0
        while position < end:
            if needs_comma and self._data[position : position + 1] != b",":
                break
            position = _end_of_blanks(self._data, position + needs_comma)
            needs_comma = False
            if (scalar := _SCALAR.match(self._data, position, end)) is None:
                break
            bounds.append(scalar.span())
            position, needs_comma = _end_of_blanks(self._data, scalar.end()), True
        is_empty = is_last and not counted and not bounds
        if position != end or (needs_comma != is_last and not is_empty):
            line = self._data.count(b"\n", 0, start) + 1
            what = f"not a list of {self._noun}s: unexpected content between or after the {self._noun}s"
            raise DataError(Problem(what, self._fix, self._path, line))
        return bounds

    def _check_gap(self, start: int, end: int, expected: bytes) -> None:
        """Reject anything between two items but white space and the expected separator."""
        if self._data[start:end].strip() != expected:
            line = self._data.count(b"\n", 0, start) + 1
            what = f"not a list of {self._noun}s: unexpected content between or after the {self._noun}s"
            raise DataError(Problem(what, self._fix, self._path, line))


def _end_of_blanks(data: bytes, position: int) -> int:
    match = _BLANKS.match(data, position)
    return match.end() if match is not None else position
