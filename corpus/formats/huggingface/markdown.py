"""Markdown of foreign words: text that stays text, and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_MARKS = re.compile(r"([\\`*_{}\[\]#|~])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def plain(text: str) -> str:
    """A text in one line that no reader of Markdown takes for a mark, a tag, a link or an image."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    shown = "".join(_ENTITIES.get(c, c) for c in " ".join(shown.split()))
    return _MARKS.sub(r"\\\1", shown).replace("://", ":&#47;&#47;")


def code(text: str) -> str:
    """A text as code in a line, for names and ids."""
    shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if "`" in shown or "|" in shown:
        return plain(shown)
    return f"`{shown}`" if shown else ""


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """The lines of a table, with an empty one behind it; cells are Markdown already."""
    lines = [_row(header), _row(["---"] * len(header)), *(_row([str(cell) for cell in row]) for row in rows)]
    return [*lines, ""]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
