"""Files of JSON lines: each line that is not blank, with its number, as bytes or as an object of a type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from ...schema import DataError, Problem
from .file_io import open_reader, read_lines

_L = TypeVar("_L")
_T = TypeVar("_T")


def numbered_lines(path: str) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file that are not blank, with their numbers from 1, without a byte order mark.

    Raises:
        DataError: The file cannot be read, or a line is too long.
    """
    with open_reader(path) as stream:
        # lines of bytes end at \n alone: a text may contain U+2028
        for number, line in enumerate(read_lines(stream, path), 1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield number, line


def parse_lines(path: str | Path, kind: type[_L], parse: Callable[[_L], _T], *, noun: str, fix: str) -> Iterator[_T]:
    """Yield what the lines of a file hold.

    Args:
        path: The file; `-` is standard input.
        kind: The type of a line.
        parse: Called with each line, decoded; a DataError that it raises gets the line's location.
        noun: What a line is, with its article, for the message about one that is not.
        fix: How to fix such a line.

    Raises:
        DataError: The file cannot be read, or a line is invalid.
    """
    decoder = msgspec.json.Decoder(kind)
    for number, line in numbered_lines(str(path)):
        try:
            item = parse(decoder.decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise DataError(Problem(f"not {noun}: {error}", fix, str(path), number)) from error
        except DataError as error:
            raise error.with_location(str(path), number) from error
        yield item
