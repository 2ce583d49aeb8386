"""TOML with the line of each key, for messages about a file, and with limits for files from elsewhere.

`tomllib` parses. It gives no lines, and no maintained parser for Python does, so `_KeyScanner` finds the keys again in
a text that is known to be valid; a property test compares the two.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import DataError, Problem, os_error_hint

TomlPath = tuple[str | int, ...]
"""Where a value is: keys of tables and, from 0, positions in lists."""

_MAX_DEPTH = 50
_LONG_KEY = re.compile(r"""(?<![\w"'-])(?:["'\w-]++[ \t]*+\.[ \t]*+){200}""")  # tomllib takes minutes for such keys
_SYNTAX = "see toml.io for the syntax"


class TomlDocument:
    """The values of a TOML text, and where they are.

    Args:
        values: The table of all values.
        text: The text; empty if the values come from elsewhere, so that they have no lines.
        path: The file; empty if there is none.
    """

    def __init__(self, values: Mapping[str, Any], text: str = "", path: str = "") -> None:
        self.values = values
        self._text = text
        self._path = path

    def line(self, at: TomlPath) -> int:
        """Return the line of a key, table or item, or of the innermost table around it; 0 if there are no lines."""
        while at and at not in self._lines:
            at = at[:-1]
        return self._lines.get(at, 1 if self._lines else 0)

    def problem(self, at: TomlPath, what: str, fix: str = "") -> Problem:
        """Return a problem with a value, with its file and line."""
        return Problem(what, fix, self._path, self.line(at))

    @cached_property
    def _lines(self) -> dict[TomlPath, int]:
        return _KeyScanner(self._text).lines()


def read_toml(path: Path, fix: str = _SYNTAX) -> TomlDocument:
    """Read a TOML file.

    Args:
        path: The file.
        fix: What to say about a file that is not TOML.

    Raises:
        DataError: The file cannot be read, is not UTF-8 or not TOML; with the line where there is one.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(Problem(f"cannot be read: {error.strerror}", os_error_hint(error), str(path))) from error
    except UnicodeDecodeError as error:
        raise DataError(Problem("not UTF-8", "save it as UTF-8", str(path))) from error
    return parse_toml(text, str(path), fix)


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


_TOKEN = re.compile(
    r'''(?P<string>"""(?:\\.|[^\\])*?"""{1,3}|\'\'\'.*?\'\'\'{1,3}|"(?:\\.|[^"\\])*"|'[^']*')'''
    r"""|(?P<mark>[\[\]{}=,.\n])|(?P<bare>[^\s\[\]{}=,.\#"']+)|(?:[^\S\n]+|\#[^\n]*)+""",
    re.S,
)


class _KeyScanner:
    """A reader of the keys of a text that is valid TOML; values are skipped, but for the keys within them."""

    def __init__(self, text: str) -> None:
        self._written: dict[TomlPath, int] = {}
        self._implied: dict[TomlPath, int] = {}  # tables that only exist because a longer key names them
        self._items: dict[TomlPath, int] = {}  # number of tables so far in each list of tables
        self._tokens = _tokens(text)
        self._token, self._line = next(self._tokens)

    def lines(self) -> dict[TomlPath, int]:
        """Return the line on which each key, table and item begins."""
        table: TomlPath = ()
        while self._token:
            if self._token == "\n":
                self._next()
            elif self._token == "[":
                table = self._header()
            else:
                self._pair(table)
        return {**self._implied, **self._written}

    def _next(self) -> str:
        """Return the current token and go to the next one."""
        token = self._token
        self._token, self._line = next(self._tokens)
        return token

    def _header(self) -> TomlPath:
        line = self._line
        self._next()
        several = self._token == "["
        if several:
            self._next()
        *above, last = self._key()
        path: TomlPath = ()
        for part in above:
            path = self._newest((*path, part))
            self._implied.setdefault(path, line)
        path = (*path, last)
        if several:
            self._written.setdefault(path, line)
            self._items[path] = self._items.get(path, 0) + 1
        path = self._newest(path)
        self._written.setdefault(path, line)
        for _ in range(1 + several):  # the closing brackets
            self._next()
        return path

    def _newest(self, path: TomlPath) -> TomlPath:
        """Return the path of the newest table if a path is that of a list of tables, or else the path itself."""
        return (*path, self._items[path] - 1) if path in self._items else path

    def _pair(self, table: TomlPath) -> None:
        line = self._line
        parts = self._key()
        for length in range(1, len(parts)):
            self._implied.setdefault((*table, *parts[:length]), line)
        path = (*table, *parts)
        self._written.setdefault(path, line)
        self._next()  # the equals sign
        self._value(path)

    def _key(self) -> list[str]:
        parts = [_unquote(self._next())]
        while self._token == ".":
            self._next()
            parts.append(_unquote(self._next()))
        return parts

    def _value(self, path: TomlPath) -> None:
        if self._token == "{":
            self._inline_table(path)
        elif self._token == "[":
            self._list(path)
        else:
            while self._token not in ("", "\n", ",", "]", "}"):  # numbers and times are several tokens
                self._next()

    def _inline_table(self, path: TomlPath) -> None:
        self._next()
        while self._token != "}":
            if self._token in (",", "\n"):
                self._next()
            else:
                self._pair(path)
        self._next()

    def _list(self, path: TomlPath) -> None:
        self._next()
        number = 0
        while self._token != "]":
            if self._token in (",", "\n"):
                self._next()
            else:
                self._written.setdefault((*path, number), self._line)
                self._value((*path, number))
                number += 1
        self._next()


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Yield each token with its line, without spaces and comments; at the end, endless empty ones."""
    line = 1
    for match in _TOKEN.finditer(text):
        if match.lastgroup:
            yield match.group(), line
        line += match.group().count("\n")
    while True:
        yield "", line


def _unquote(key: str) -> str:
    if key[0] == '"' and "\\" in key:
        return str(tomllib.loads(f"key = {key}")["key"])
    return key[1:-1] if key[0] in "\"'" else key
