"""The format `cluener`: lines of JSON with the places of words by label, as CLUENER and its submissions have them.

```
{"text": "Rebels left Goma.", "label": {"LOCATION": {"Goma": [[12, 15]]}}}
```

An end is the position of the last character there; since words are stated, that is found like any other unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.json_statements import read_items
from ..foreign.json_values import id_of, list_of, object_of, offset_of, shown, string_of
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..foreign.stated_metadata import split_metadata
from ..format_interface import ReadOptions

_FIX = 'write lines such as {"text": "In Goma", "label": {"LOCATION": {"Goma": [[3, 6]]}}}'


class CluenerFormat(ForeignFormat):
    """Lines with words and their places by label."""

    name = "cluener"
    summary = "lines of CLUENER: the places of words by label, with inclusive ends"
    read_options = ("id_field",)
    holds = ("text", "ids", "overlaps", "cuts")

    def recognises(self, sample: FileSample) -> bool:
        """Return whether all sampled items have a text and places of words by label, and one has any."""
        items = sample.objects
        are_lines = bool(items) and len(items) == len(sample.items) and all(map(_is_line, items))
        return are_lines and any(item["label"] for item in items)

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each line states; see `ForeignFormat.statements`."""

        def read(line: int, item: Any) -> Iterator[StatedDocument]:
            row = object_of(item, "the line")
            field = options.id_field or "id"
            stated = StatedDocument(string_of(row, "text", "the line"), id=id_of(row, field))
            for label, words in object_of(row.get("label"), "`label`").items():
                for surface, places in object_of(words, f"`label`: {label!r}").items():
                    for place in list_of(places, f"the places of {surface!r}"):
                        stated.spans.append(_span(label, surface, place, line))
            others = {key: part for key, part in row.items() if key not in ("text", "label", field)}
            stated.meta, stated.extra = split_metadata(others)
            yield stated

        return read_items(source, "line", _FIX, read)


def _is_line(item: Mapping[str, Any]) -> bool:
    label = item.get("label")
    return (
        isinstance(item.get("text"), str)
        and isinstance(label, dict)
        and all(isinstance(words, dict) and all(map(_are_places, words.values())) for words in label.values())
    )


def _are_places(places: Any) -> bool:
    return isinstance(places, list) and all(isinstance(place, list) and len(place) == 2 for place in places)


def _span(label: str, words: str, place: Any, line: int) -> LabelledStatement:
    if not isinstance(place, list) or len(place) != 2:
        raise DataError(Problem(f"a place of {words!r} is {shown(place)}, not its start and end", _FIX))
    start, end = (offset_of(bound, repr(words)) for bound in place)
    return LabelledStatement(label, ((start, end),), words, repr(words), line)


CLUENER = CluenerFormat()
"""The object that the entry point names."""
