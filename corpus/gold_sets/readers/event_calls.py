"""The form of LEMONADE (Semnani et al. 2025): an article with one event, stated as a call of a class of the authors.

```
{"event_id_in_acled": "UKR1", "language": "en", "plain_text": "…",
 "gold_label": "Attack(location=Location(country='Ukraine', address='…'), fatalities=3, attackers=['…'])"}
```

The call is parsed and never run. Where in the article its values stand is not stated.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem
from ...formats.foreign.foreign_format import ForeignFormat
from ...formats.foreign.json_statements import read_items
from ...formats.foreign.json_values import object_of, shown, string_of
from ...formats.foreign.stated_documents import StatedDocument
from ...formats.format_interface import ReadOptions
from .stated_quantities import STATED_VALUES

EVENT = "event"
"""The key of a document's `extra` that holds its event: the class under `type`, and the fields by their names."""

_FIX = "name a file of LEMONADE, saved as JSON lines"
_LABEL_FIX = "give gold_label as it is distributed, such as Attack(fatalities=3)"
_MOST_CHARACTERS = 100_000
_NO_PLACE = "articles with values of an event whose places are not stated"


class EventCalls(ForeignFormat):
    """Articles with the values of an event; those of `fatalities` are compared with the counts of extractors."""

    name = "event-calls"

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each article states."""

        def read(line: int, item: Any) -> Iterator[StatedDocument]:
            item = object_of(item, "the article")
            event = parse_event(string_of(item, "gold_label", "the article"))
            yield StatedDocument(
                string_of(item, "plain_text", "the article"),
                id=string_of(item, "event_id_in_acled", "the article"),
                meta={"language": string_of(item, "language", "the article")},
                extra={EVENT: event, STATED_VALUES: _deaths(event)},
                without_spans=_NO_PLACE,
            )

        return read_items(source, "article", _FIX, read)


def parse_event(call: str) -> dict[str, Any]:
    """Return the event that a call states, with its class under `type`.

    Args:
        call: The call, with arguments by name. A constant of a class becomes its name: `WomenTargetedCategory.GIRLS`.

    Raises:
        DataError: It is not such a call of plain values.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of backslashes in strings
            found = ast.parse(call.strip(), mode="eval").body if len(call) <= _MOST_CHARACTERS else None
        value = _plain(found)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise DataError(Problem(f"gold_label is not the call of an event: {shown(call)}", _LABEL_FIX)) from error
    if not isinstance(value, dict):
        raise DataError(Problem(f"gold_label is not the call of an event: {shown(call)}", _LABEL_FIX))
    return value


def _plain(node: ast.AST | None) -> Any:
    """Return an expression as plain data. Raises ValueError if it is more than calls, lists and constants."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[], keywords=keywords) if all(each.arg for each in keywords):
            fields = {"type": name} | {str(each.arg): _plain(each.value) for each in keywords}
            if len(fields) > len(keywords):  # else a field is stated twice, or is called `type`
                return fields
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_plain(item) for item in items]
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return f"{name}.{attribute}"
        case ast.Constant(value=None | bool() | int() | float() | str() as value):
            return value
    raise ValueError(type(node).__name__)


def _deaths(event: dict[str, Any]) -> list[list[int]]:
    """Return the number of fatalities. No fatalities count as no value, as in the authors' evaluation."""
    number = event.get("fatalities")
    if number is None:
        return []
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 10**9:
        raise DataError(Problem(f"the number of fatalities is {shown(number)}", _LABEL_FIX))
    return [[number, number]] if number else []
