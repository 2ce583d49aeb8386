"""The decoded lines of a text file, in blocks, and faults of its lines."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from ....schema import DataError, Problem, UsageError
from ...storage.file_io import LONGEST_LINE, open_reader

_BLOCK = 1 << 15
_LISTED = 20


class LineFaults:
    """The faults of a file's lines: the first ones and the number of the others, however many there are.

    Args:
        path: The file, for messages.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._listed: list[Problem] = []
        self._more = 0

    def add(self, line: int, what: str, fix: str) -> None:
        """Add a fault."""
        if len(self._listed) < _LISTED:
            self._listed.append(Problem(what, fix, self.path, line))
        else:
            self._more += 1

    def __bool__(self) -> bool:
        return bool(self._listed)

    def error(self) -> DataError:
        """Return the error that names them."""
        more = [Problem(f"and {self._more:,} more faults", path=self.path)] if self._more else []
        return DataError([*self._listed, *more])


def require_encoding(name: str) -> str:
    """Return the name of a codec of text, by default UTF-8.

    Raises:
        UsageError: There is no such codec.
    """
    try:
        codec = codecs.lookup(name or "utf-8")
        if not codec._is_text_encoding:  # rot13 and base64 are codecs too
            raise LookupError
        codec.incrementaldecoder("strict").decode(b"")
    except (LookupError, ValueError, TypeError, UnicodeError) as error:
        raise UsageError(f"unknown encoding {name!r}. Fix: a Python codec such as latin-1 as `encoding`") from error
    return codec.name


def decoded_lines(path: str, encoding: str = "") -> Iterator[str]:
    """Yield the lines of a file; see `decoded_blocks`."""
    for block in decoded_blocks(path, encoding):
        yield from block.split("\n")


def decoded_blocks(path: str, encoding: str = "") -> Iterator[str]:
    """Yield the text of a file, some thousand whole lines at a time, without the end of the last line.

    There is no byte order mark in it, and its line ends are line feeds.

    Args:
        path: The file, decompressed by suffix; `-` is standard input.
        encoding: A codec; UTF-8 if it is empty.

    Raises:
        DataError: The file cannot be read, a byte is not of the encoding, a line is too long, or a carriage return is
            within a line.
        UsageError: There is no such codec.
    """
    codec = require_encoding(encoding)
    decoder = codecs.getincrementaldecoder(codec)("strict")
    number, rest, is_first = 0, "", True
    with open_reader(path) as stream:
        while True:
            data = stream.read(max(_BLOCK, len(rest)))
            try:
                text = decoder.decode(data, final=not data)
            except UnicodeError as error:
                raise _undecodable(error, codec, path, number, rest) from error
            if is_first and text:
                text, is_first = text.removeprefix("\ufeff"), False
            text = rest + text
            end = text.rfind("\n") if data else len(text)
            text, rest = text[: max(end, 0)], text[end + 1 :]
            if len(rest) > LONGEST_LINE:
                what = f"the line is longer than {LONGEST_LINE:,} characters"
                raise DataError(Problem(what, "write one token a line", path, number + text.count("\n") + 2))
            if end >= 0 and (data or text):
                yield _with_line_feeds(text, number, path) if "\r" in text else text
                number += text.count("\n") + 1
            if not data:
                return


def _with_line_feeds(text: str, number: int, path: str) -> str:
    """Return text with the line ends CRLF, also doubled CR, as line feeds."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    for index, line in enumerate(lines, 1):
        if "\r" in line:
            what = "a carriage return is within the line"
            raise DataError(Problem(what, "save the file with the line ends LF or CRLF", path, number + index))
    return "\n".join(lines)


def _undecodable(error: UnicodeError, codec: str, path: str, number: int, rest: str) -> DataError:
    if not isinstance(error, UnicodeDecodeError):
        return DataError(Problem(f"the file is not {codec}: {error}", "name the right `encoding`", path, number + 1))
    before = error.object[: error.start]
    if codec == "utf-8":
        line = number + before.count(b"\n") + 1
        byte = error.start - before.rfind(b"\n") + (0 if b"\n" in before else len(rest.encode()))
        what = f"byte {byte} of the line is not UTF-8"
        return DataError(Problem(what, "save the file as UTF-8, or name its `encoding`", path, line))
    line = number + before.decode(codec, "replace").count("\n") + 1
    return DataError(Problem(f"the line is not {codec}", "name the right `encoding`", path, line))
