"""Line numbers of the keys in a TOML text, which `tomllib` does not provide."""

from __future__ import annotations

import re


def toml_lines(text: str) -> dict[tuple[str, ...], int]:
    """Return the line of each table and key, by path.

    The text must be valid TOML: this only skips over values (strings, lists, tables, comments) from key to key.
    """
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    position = 0
    while match := _ENTRY.search(text, position):
        number = text.count("\n", 0, match.start("head" if match["header"] else "key")) + 1
        if match["header"]:
            table = _path(match["head"] or match["key"])
            lines.setdefault(table, number)
            position = match.end()
        else:
            path = (*table, *_path(match["head"] or match["key"]))
            lines.setdefault(path, number)
            end = _value_end(text, match.end())
            for inner in re.finditer(r"([\w-]+)\s*=", text[match.end() : end]):  # keys of an inline table
                inner_position = match.end() + inner.start()
                lines.setdefault((*path, inner.group(1)), text.count("\n", 0, inner_position) + 1)
            position = end
    return lines


_ENTRY = re.compile(
    r"""^[ \t]*(?:(?P<header>\[{1,2})[ \t]*(?P<head>[^\]\n#]+?)[ \t]*\]{1,2}|(?P<key>(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
    r"""(?:[ \t]*\.[ \t]*(?:[\w-]+|"[^"\n]*"|'[^'\n]*'))*)[ \t]*=)""",
    re.M,
)
_TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|[\[\]{}]|\n''' + r"|'''.*?'''|'[^'\n]*'", re.S
)


def _value_end(text: str, start: int) -> int:
    """Return where the value at `start` ends: at the next newline outside of strings, lists and tables."""
    depth = 0
    for token in _TOKEN.finditer(text, start):
        if token.group() in "[{":
            depth += 1
        elif token.group() in "]}":
            depth -= 1
        elif token.group() == "\n" and depth == 0:
            return token.start()
    return len(text)


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", dotted))
