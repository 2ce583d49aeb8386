"""A sample of a file or folder, by which formats are recognised."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from ...schema import DataError
from ..storage.delimited import first_rows
from ..storage.file_io import file_suffix, open_reader
from ..storage.table_items import TABLES, item_of_row

_SIZE = 1 << 18
_ITEMS = 20
_ZIP = b"PK\x03\x04"
_LONGEST = 1 << 28
"""How much of a file is read for a first value that is longer than the sample."""


class FileSample:
    """The beginning of a file, or the names in a folder.

    Args:
        path: The file or folder.

    Attributes:
        path: The file or folder.
        is_folder: Whether it is a folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_folder = path.is_dir()

    @property
    def suffix(self) -> str:
        """The suffix of the file in lower case, without that of a compression."""
        return "" if self.is_folder else file_suffix(self.path)

    @cached_property
    def names(self) -> list[str]:
        """The names of the files in the folder, sorted; empty for a file."""
        return sorted(item.name for item in self.path.iterdir()) if self.is_folder else []

    def __iter__(self) -> Iterator[FileSample]:
        """Yield samples of the first files of a folder."""
        for name in [name for name in self.names if not name.startswith(".")][:_ITEMS]:
            if (self.path / name).is_file():
                yield FileSample(self.path / name)

    @cached_property
    def head(self) -> bytes:
        """The first quarter of a megabyte, decompressed; empty for a folder, a pipe, or a file that cannot be read.

        A pipe can be read only once, by the reader.
        """
        if not self.path.is_file():
            return b""
        with suppress(DataError), open_reader(str(self.path)) as stream:
            return stream.read(_SIZE)
        return b""

    @cached_property
    def text(self) -> str:
        """The head as text, without a byte order mark; characters that are not UTF-8 are replaced.

        A file that begins with the mark of UTF-16 is decoded as that. A zip has none, although it may hold plain text.
        """
        if self.head.startswith(_ZIP):
            return ""
        if self.head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return self.head.decode("utf-16", "replace")
        return self.head.decode("utf-8-sig", "replace")

    @cached_property
    def lines(self) -> list[str]:
        """The first lines, without their ends; the last one is left out if it may be cut."""
        lines = self.text.split("\n")
        if len(self.head) == _SIZE and len(lines) > 1:
            lines.pop()
        return [line.removesuffix("\r") for line in lines]

    @cached_property
    def json_kind(self) -> str:
        """How JSON is laid out: `array`, `object` (one, or several after each other) or `lines`; empty for no JSON."""
        first = self.text.lstrip()[:1]
        if first == "[":
            return "lines" if len(self.items) > 1 and self._line_items and isinstance(self.items[0], list) else "array"
        if first != "{" or not self.items:
            return ""
        return "lines" if self._line_items else "object"

    @cached_property
    def _line_items(self) -> list[Any]:
        """The JSON values of the first lines, if each line is one; empty otherwise."""
        items = []
        for line in [line for line in self.lines if line.strip()][:_ITEMS]:
            try:
                items.append(json.loads(line))
            except (ValueError, RecursionError):
                return []
        return items

    @cached_property
    def items(self) -> list[Any]:
        """The first JSON values: of an array, of lines, or of objects after each other; empty for other files.

        The rows of a table are objects if some of their cells are JSON.
        """
        if self.suffix in TABLES:
            rows = [item_of_row(row) for row in first_rows(self.text)[:_ITEMS]]
            return rows if any(isinstance(cell, list | dict) for row in rows for cell in row.values()) else []
        if not self.text.lstrip().startswith(("[", "{")):
            return []
        if self._line_items and (len(self._line_items) > 1 or isinstance(self._line_items[0], dict)):
            return self._line_items
        return list(self._decoded())

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The items that are objects."""
        return [item for item in self.items if isinstance(item, dict)]

    def _decoded(self) -> Iterator[Any]:
        """Yield the values of an array or of objects after each other; a value that is cut ends them."""
        text, decoder = self.text, json.JSONDecoder()
        if len(self.head) == _SIZE and not self._first_is_whole(decoder):
            with suppress(DataError, OSError), open_reader(str(self.path)) as stream:
                text = stream.read(_LONGEST).decode("utf-8-sig", "replace")  # the first value is longer than the sample
        position, in_array = 0, text.lstrip().startswith("[")
        if in_array:
            position = text.index("[") + 1
        for _ in range(_ITEMS):
            while position < len(text) and (text[position].isspace() or text[position] == ","):
                position += 1
            if position >= len(text) or text[position] == "]":
                return
            try:
                item, position = decoder.raw_decode(text, position)
            except (ValueError, RecursionError):
                return
            yield item

    def _first_is_whole(self, decoder: json.JSONDecoder) -> bool:
        start = self.text.lstrip()
        inner = start[1:].lstrip() if start.startswith("[") else start
        try:
            decoder.raw_decode(inner)
        except (ValueError, RecursionError):
            return False
        return True
