"""The form of the specifications of Microsoft's Recognizers-Text: sentences with the numbers that must be found.

```
[{"Input": "…", "Results": [{"Text": "ten", "Start": 4, "End": 6, "TypeName": "number", "Resolution": {"value": "10"}}
]}]
```

Offsets count UTF-16 code units, and an end is that of the last character. Some results state no place.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ....schema.writing.written_numbers import read_number
from ...formats.foreign.foreign_format import ForeignFormat
from ...formats.foreign.json_statements import read_items
from ...formats.foreign.json_values import list_of, object_of, offset_of, string_of
from ...formats.foreign.stated_documents import LabelledStatement, StatedDocument
from ...formats.format_interface import ReadOptions
from ...spans.offset_units import OffsetUnit
from ...spans.offsets import Fragments
from ...spans.quote_alignment import align_unordered

_FIX = "name a specification of Recognizers-Text, such as NumberModel.json"
_UTF_16 = OffsetUnit("UTF-16 code units")
_NO_PLACE = "numbers whose words are not in the sentence"


class NumberSpecifications(ForeignFormat):
    """Sentences with numbers; the label is the name of the type."""

    name = "number-specifications"

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each sentence states."""

        def read(line: int, item: Any) -> Iterator[StatedDocument]:
            item = object_of(item, "the sentence")
            stated = StatedDocument(string_of(item, "Input", "the sentence"), unit=_UTF_16)
            unplaced: list[LabelledStatement] = []
            for number, result in enumerate(list_of(item.get("Results"), "`Results`"), 1):
                span = _number(object_of(result, f"result {number}"), f"result {number}")
                if span.fragments:
                    span.words = _as_in_text(span.words or "", stated.text, *span.fragments[0])
                (stated.spans if span.fragments else unplaced).append(span)
            places = align_unordered(stated.text, [span.words or "" for span in unplaced])
            for span, place in zip(unplaced, places, strict=True):
                if place is None:
                    stated.unplaced.append((span, _NO_PLACE))
                else:
                    span.fragments = (_units(stated.text, place),)
                    stated.spans.append(span)
                    stated.changed["spans placed where their words are found"] += 1
            yield stated

        return read_items(source, "sentence", _FIX, read)


def _number(item: dict[str, Any], name: str) -> LabelledStatement:
    label, words = string_of(item, "TypeName", name), string_of(item, "Text", name)
    value = object_of(item.get("Resolution") or {}, f"{name}: `Resolution`").get("value")
    number = read_number(value, "en") if isinstance(value, str) else None
    attributes = {} if number is None else {"min": number, "max": number}
    bounds: Fragments = ()
    if item.get("Start") is not None:
        bounds = ((offset_of(item["Start"], name), offset_of(item.get("End"), name) + 1),)
    return LabelledStatement(label, bounds, words=words, name=name, attributes=attributes)


def _units(text: str, place: tuple[int, int]) -> tuple[int, int]:
    start, end = (len(text[:offset].encode("utf-16-le", "surrogatepass")) // 2 for offset in place)
    return start, end


def _as_in_text(words: str, text: str, start: int, end: int) -> str:
    """Return words as the text writes them: some are stated in lower case."""
    own = text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le", "replace")
    return own if start >= 0 and own.lower() == words.lower() else words
