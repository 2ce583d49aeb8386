"""Rows of tables with JSON in their cells, as the objects that they stand for.

Tools export them where a document has a list of annotations, and pandas writes such lists as Python does:

```
id,text,label
1,Rebels left Goma.,"[{""start"": 12, ""end"": 16, ""label"": ""LOCATION""}]"
2,Goma fell.,"[[0, 4, 'LOCATION']]"
```
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from ...schema.files.json_line import parse_line

TABLES = (".csv", ".tsv")
"""Suffixes of tables."""

_LONGEST_LITERAL = 1_000_000
_BRACKETS = {"[": "]", "{": "}"}


def item_of_row(row: Mapping[str, str]) -> dict[str, Any]:
    """Return the object of a row: lists and objects for cells that are written so, None for empty ones, else texts."""
    return {name: _value(cell) for name, cell in row.items()}


def _value(cell: str) -> Any:
    content = cell.strip()
    if not content:
        return None
    if _BRACKETS.get(content[0]) != content[-1]:
        return cell
    parsed, problem = parse_line(b'{"":%b}' % content.encode("utf-8", "surrogatepass"))
    if problem is None and parsed.keys() == {""}:
        return parsed[""]
    found = _python_literal(content)
    return cell if found is None else found


def _python_literal(content: str) -> Any:
    """Return the list or dict that Python writes like this; None if there is none.

    A cell that Python reads but would write differently stays text: `['a' 'b']`, NumPy's two words, is one to Python.
    """
    if len(content) > _LONGEST_LITERAL:
        return None
    try:
        found = ast.literal_eval(content)
        return _as_json(found) if repr(found) == content else None
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError, OverflowError):
        return None


def _as_json(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_as_json(part) for part in value]
    if isinstance(value, dict):
        return {str(key): _as_json(part) for key, part in value.items()}
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise ValueError(f"{type(value).__name__} is not JSON")
