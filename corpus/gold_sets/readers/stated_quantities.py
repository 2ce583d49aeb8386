"""The form of NewsQuant and the other sets of CQE (Almasian et al. 2023): sentences with the quantities in them.

```
[{"text": "…", "quantities": [{"value": "20-30", "normalized_unit": "soldier", "change": "=", …}]}]
```

Where in the sentence a quantity stands is not stated, so that the documents have values and no spans.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem
from ...formats.foreign.foreign_format import ForeignFormat
from ...formats.foreign.json_statements import read_items
from ...formats.foreign.json_values import list_of, object_of, shown, string_of
from ...formats.foreign.stated_documents import StatedDocument
from ...formats.format_interface import ReadOptions

STATED_VALUES = "stated_values"
"""The key of a document's `extra` that holds the values that its gold states without their places."""

_FIX = "name a file of CQE_Evaluation's formatted_test_set"
_RANGE = re.compile(r"([0-9.]+)\s*-\s*([0-9.]+)")


class StatedQuantities(ForeignFormat):
    """Sentences with quantities, whose values are kept under `extra`."""

    name = "stated-quantities"

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each sentence states."""

        def read(line: int, item: Any) -> Iterator[StatedDocument]:
            item = object_of(item, "the sentence")
            quantities = list_of(item.get("quantities"), "`quantities`")
            values = [_bounds(each, f"quantity {number}") for number, each in enumerate(quantities, 1)]
            extra = {STATED_VALUES: values}
            reason = "sentences with values whose places are not stated" if values else ""
            yield StatedDocument(string_of(item, "text", "the sentence"), extra=extra, without_spans=reason)

        return read_items(source, "sentence", _FIX, read)


def _bounds(item: Any, name: str) -> list[float]:
    """Return the least and the greatest number that a quantity stands for."""
    value = object_of(item, name).get("value")
    ends: tuple[Any, ...] = (value, value)
    if isinstance(value, str) and (match := _RANGE.fullmatch(value.strip())):
        ends = match.groups()
    try:
        found = [float(end) for end in ends if not isinstance(end, bool)]
    except (TypeError, ValueError, OverflowError):
        found = []
    if len(found) != 2 or not all(map(math.isfinite, found)):
        raise DataError(
            Problem(f"{name}: the value {shown(value)} is not a number", "give a number, or a range as 2-5")
        )
    return sorted(found)
