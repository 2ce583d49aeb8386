"""Markdown for untrusted text: escaping, inline code and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_MARKUP = re.compile(r"([\\`*_{}\[\]#|~])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escape_markdown(text: str) -> str:
    """Return a text on one line in which Markdown finds no markup, tags, links or images."""
    escaped = "".join(_ENTITIES.get(c, c) for c in _one_line(text))
    return _MARKUP.sub(r"\\\1", escaped).replace("://", ":&#47;&#47;")


def inline_code(text: str) -> str:
    """Return a text as inline code, for names and ids."""
    line = _one_line(text)
    if "`" in line or "|" in line:
        return escape_markdown(line)
    return f"`{line}`" if line else ""


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return the lines of a table, followed by a blank one; cells must be Markdown already."""
    lines = [_row(header), _row(["---"] * len(header)), *(_row([str(cell) for cell in row]) for row in rows)]
    return [*lines, ""]


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
