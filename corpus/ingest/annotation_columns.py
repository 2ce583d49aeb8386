"""Recognition of annotations among the columns of articles: offsets, labelled lists, tokens with tags.

Articles are read without them; `goldspan convert` reads annotations.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from typing import Any

_STARTS = frozenset("start begin startoffset beginoffset startchar charstart beginchar spanstart offsetstart".split())
_ENDS = frozenset("end stop endoffset stopoffset endchar charend spanend offsetend".split())
_LABELS = frozenset(
    "label labels type tag entity entitytype entitygroup entitylabel category class nertag nerlabel".split()
)
_NAMES = frozenset(
    """label labels entities entity ents spans span annotations annotation ner nertags nertag tokens tags completions
    predictions result results extractions relations mentions offsets""".split()
)
_TOKENS = frozenset("tokens nertags nertag tags".split())
_MARKS = _STARTS | _ENDS | frozenset("offset offsets indices result value extractiontext words".split())
_MAX_PARSED = 1_000_000


def has_span_per_row(row: Mapping[str, Any], text: Any) -> bool:
    """Check whether a row of a table is a span rather than an article: with a start, an end and a label.

    Args:
        row: The cells by column.
        text: The cell that would be the article's text.
    """
    named = {_plain_name(name): cell for name, cell in row.items()}
    if not (named.keys() & _STARTS and named.keys() & _ENDS and named.keys() & _LABELS):
        return False
    start = _whole_number(next(named[name] for name in named if name in _STARTS))
    end = _whole_number(next(named[name] for name in named if name in _ENDS))
    if start is None or end is None or not isinstance(text, str):
        return start is not None and end is not None
    length = len(text)
    return 0 <= start <= end and (end <= length or end - start in (length - 1, length))


def holds_annotations(name: str, cell: Any) -> bool:
    """Check whether a column has the name of annotations, and a cell of it their shape."""
    plain = _plain_name(name)
    if plain not in _NAMES:
        return False
    if isinstance(cell, str) and cell[:1] in ("[", "{") and len(cell) <= _MAX_PARSED:
        cell = _parsed(cell)
    if isinstance(cell, dict):
        return any(_has_offsets(item) for item in cell.values()) or _has_offsets([cell])
    return isinstance(cell, list) and bool(cell) and (plain in _TOKENS or _has_offsets(cell))


def _plain_name(name: str) -> str:
    return "".join(char for char in str(name).lower() if char.isalnum())


def _whole_number(cell: Any) -> int | None:
    if isinstance(cell, str) and cell.strip().isdecimal() and len(cell) < 10:
        return int(cell)
    return cell if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) < 10**9 else None


def _parsed(cell: str) -> Any:
    """Return the list or dict that a cell holds as JSON or as Python writes it; None if it holds none."""
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(cell)
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return None


def _has_offsets(item: Any) -> bool:
    """Check whether a list has lists that begin with numbers, or dicts with offsets, possibly deeper in dicts."""
    if isinstance(item, dict):
        return any(isinstance(part, list | dict) and _has_offsets(part) for part in list(item.values())[:20])
    return isinstance(item, list | tuple) and any(_is_span(part) for part in list(item)[:20])


def _is_span(part: Any) -> bool:
    if isinstance(part, list | tuple):
        return sum(isinstance(number, int) and not isinstance(number, bool) for number in part) >= 2
    if isinstance(part, dict):
        names: Iterable[str] = map(_plain_name, part)
        return not _MARKS.isdisjoint(names)
    return False
