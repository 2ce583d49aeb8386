"""TOML with the line of each key, for messages about a file, and with limits for files from elsewhere.

`tomllib` gives no lines, and no maintained parser for Python does. But each statement of a text is a text of its own:
the lines are found by parsing one statement at a time, and only when a message needs them.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import DataError, Problem
from .text_file import read_utf8

TomlPath = tuple[str | int, ...]
"""Where a value is: keys of tables and, from 0, positions in lists."""

_MAX_DEPTH = 50
_LONG_KEY = re.compile(r"""(?<![\w"'-])(?:["'\w-]++[ \t]*+\.[ \t]*+){200}""")  # tomllib takes minutes for such keys
_MAX_ATTEMPTS = 200
_MAY_CLOSE = re.compile(r"""[\]}][ \t]*(\#|$)|\"{3}|'{3}""")  # in the last line of a value of several lines
_SYNTAX = "see toml.io for the syntax"


_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_key(name: str) -> str:
    """Format a name as a TOML key, bare if possible, otherwise quoted and with control characters escaped."""
    return name if _BARE.fullmatch(name) else f'"{"".join(map(_escape, name))}"'


def _escape(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


class TomlDocument:
    """The values of a TOML text, and where they are.

    Args:
        values: The table of all values.
        text: The text; empty if the values come from elsewhere, so that they have no lines.
        path: The file; empty if there is none.
    """

    def __init__(self, values: Mapping[str, Any], text: str = "", path: str = "") -> None:
        self.values = values
        self.path = path
        self._text = text

    def line(self, at: TomlPath) -> int:
        """Return the line of the statement with a key, table or item, or of the innermost table around it.

        It is 0 if there are no lines, or if the line is unknown.
        """
        lines, complete = self._lines
        while at and at not in lines and complete:
            at = at[:-1]
        return lines.get(at, 1 if self._text and complete else 0)

    def problem(self, at: TomlPath, what: str, fix: str = "") -> Problem:
        """Return a problem with a value, with its file and line."""
        return Problem(what, fix, self.path, self.line(at))

    @cached_property
    def _lines(self) -> tuple[dict[TomlPath, int], bool]:
        """The lines that are known, and whether these are all."""
        lines: dict[TomlPath, int] = {}
        try:
            _add_key_lines(self._text, lines)
        except _TooManyAttemptsError:
            return lines, False
        return lines, True


def read_toml(path: Path, fix: str = _SYNTAX) -> TomlDocument:
    """Read a TOML file.

    Args:
        path: The file.
        fix: What to say about a file that is not TOML.

    Raises:
        DataError: The file cannot be read, is not UTF-8 or not TOML; with the line where there is one.
    """
    return parse_toml(read_utf8(path), str(path), fix)


def parse_toml(text: str, path: str = "", fix: str = _SYNTAX) -> TomlDocument:
    """Parse a TOML text. Arguments are those of `read_toml`.

    Raises:
        DataError: The text is not TOML, nests too deeply, or has a number with thousands of digits.
    """
    try:
        return TomlDocument(_parse_safely(text), text, path)
    except ValueError as error:
        raise DataError(Problem(f"not TOML: {error}", fix, path, _error_line(error, text))) from error


def _parse_safely(text: str) -> dict[str, Any]:
    """Parse a text with `tomllib`, such that every error is a ValueError and none takes long."""
    if _LONG_KEY.search(text):
        raise ValueError("a key has hundreds of parts")
    try:
        table = tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("it nests too deeply") from error
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:  # Python's limit for integers
        raise ValueError("a number has thousands of digits") from error
    level: list[Any] = [table]
    for _ in range(_MAX_DEPTH):
        level = [part for item in level for part in (item.values() if isinstance(item, dict) else item)]
        level = [part for part in level if isinstance(part, dict | list)]
    if level:  # dotted keys nest without brackets, beyond Python's recursion limit for repr
        raise ValueError("nested too deeply")
    return table


def _error_line(error: ValueError, text: str) -> int:
    """Return the line that an error of `tomllib` names; 0 if it names none."""
    if match := re.search(r"\(at line (\d+)", str(error)):
        return int(match[1])
    return text.count("\n") + 1 if str(error).endswith("(at end of document)") else 0


class _TooManyAttemptsError(Exception):
    """A value of very many lines may end in too many of them, to try each."""


def _add_key_lines(text: str, lines: dict[TomlPath, int]) -> None:
    """Add the first line of the statement that each key, table and item of a valid text comes from."""
    tables_in_list: Counter[TomlPath] = Counter()
    table: TomlPath = ()
    for line, statement, values in _statements(text):
        if not statement.lstrip().startswith("["):
            for path in _paths(values, table):
                lines.setdefault(path, line)
            continue
        table = ()
        while values:
            [(key, inner)] = values.items()
            table = (*table, key)
            lines.setdefault(table, line)
            values = inner if isinstance(inner, dict) else {}
            tables_in_list[table] += isinstance(inner, list)
            if tables_in_list[table]:  # the header is about the last table of the list
                table = (*table, tables_in_list[table] - 1)
                lines.setdefault(table, line)


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield the headers and the pairs of keys and values of a valid text, each with its first line and parsed.

    A line is a statement, unless it takes those that follow to parse it, since a string or a list is still open.
    """
    statement, first, attempts = "", 0, 0
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not statement:
            statement, first, attempts = line, number, 0
        else:
            statement += "\n" + line
            if not _MAY_CLOSE.search(line):
                continue
        try:
            values = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            attempts += 1
            if attempts > _MAX_ATTEMPTS:  # they take time that grows with their square
                raise _TooManyAttemptsError from None
        else:
            yield first, statement, values
            statement = ""


def _paths(value: Any, at: TomlPath) -> Iterator[TomlPath]:
    """Yield the path of each key and item within a value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*at, key)
        yield from _paths(part, (*at, key))
