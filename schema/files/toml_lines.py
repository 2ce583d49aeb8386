"""The lines of a TOML text's keys, which its parser does not tell."""

from __future__ import annotations

import re


def toml_lines(text: str) -> dict[tuple[str, ...], int]:
    """The line of each table and key, by path: tomllib does not say, and a person wants to know.

    The text is TOML already; this only walks over its values (strings, lists, tables, comments) from key to key.
    """
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    at = 0
    while match := _ENTRY.search(text, at):
        number = text.count("\n", 0, match.start("head" if match["header"] else "key")) + 1
        if match["header"]:
            table = _path(match["head"] or match["key"])
            lines.setdefault(table, number)
            at = match.end()
        else:
            path = (*table, *_path(match["head"] or match["key"]))
            lines.setdefault(path, number)
            end = _value_end(text, match.end())
            for inner in re.finditer(r"([\w-]+)\s*=", text[match.end() : end]):  # keys of a table in one line
                at_inner = match.end() + inner.start()
                lines.setdefault((*path, inner.group(1)), text.count("\n", 0, at_inner) + 1)
            at = end
    return lines


_ENTRY = re.compile(
    r"""^[ \t]*(?:(?P<header>\[{1,2})[ \t]*(?P<head>[^\]\n#]+?)[ \t]*\]{1,2}|(?P<key>(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
    r"""(?:[ \t]*\.[ \t]*(?:[\w-]+|"[^"\n]*"|'[^'\n]*'))*)[ \t]*=)""",
    re.M,
)
_STEP = re.compile(r'''"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|[\[\]{}]|\n''' + r"|'''.*?'''|'[^'\n]*'", re.S)


def _value_end(text: str, start: int) -> int:
    """Where the value that begins here ends: at the line break outside of strings, lists and tables."""
    depth = 0
    for step in _STEP.finditer(text, start):
        if step.group() in "[{":
            depth += 1
        elif step.group() in "]}":
            depth -= 1
        elif step.group() == "\n" and depth == 0:
            return step.start()
    return len(text)


def _path(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", dotted))
