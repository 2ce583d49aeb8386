"""Regions of the page of an annotator: what is marked there, with its fields, as the editor states it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....corpus.spans.quoted_words import same_words
from ..mapping.labeling_config import LABELS, NOTE, UNSURE

Row = dict[str, Any]
"""A result in Label Studio's format: a mark, or a field of one."""

_OWN = (LABELS, UNSURE, NOTE)
_PLACE = ("start", "end", "globalOffsets")


@dataclass(frozen=True, slots=True)
class PageRegion:
    """A marked stretch of the text.

    Attributes:
        id: Its id on the page.
        start: Where it starts, in code points.
        end: Where it ends.
        label: Its label, as results name it.
        rows: All of its results.
    """

    id: str
    start: int
    end: int
    label: str
    rows: Sequence[Row]

    @property
    def fields(self) -> list[Row]:
        """The results of its value; what an annotator says of this very span, such as a note, is not among them."""
        return [row for row in self.rows if row.get("from_name") not in _OWN]

    @property
    def content(self) -> dict[str, Any]:
        """The contents of its fields by control, to be compared."""
        return {
            row["from_name"]: {
                key: part
                for key, part in row["value"].items()
                if key not in _PLACE and (key != "text" or row.get("type") == "textarea")
            }
            for row in self.fields
        }

    def stands_in(self, text: str) -> bool:
        """Return whether a text has the words of the region at its place, where the region states any."""
        stated = [row["value"].get("text") for row in self.rows if row.get("from_name") == LABELS]
        return self.end <= len(text) and all(
            not isinstance(words, str) or same_words(words, text[self.start : self.end]) for words in stated
        )


def page_regions(results: Iterable[Any]) -> list[PageRegion]:
    """Return the regions of results, in their order; what is not a region with one label is left out."""
    rows: dict[str, list[Row]] = {}
    for item in results:
        if isinstance(item, dict) and isinstance(item.get("id"), str) and isinstance(item.get("value"), dict):
            rows.setdefault(item["id"], []).append(item)
    found = []
    for key, parts in rows.items():
        marks = [part["value"] for part in parts if part.get("from_name") == LABELS]
        labels = marks[0].get("labels") if len(marks) == 1 else None
        if not isinstance(labels, list) or len(labels) != 1:
            continue
        start, end = marks[0].get("start"), marks[0].get("end")
        if type(start) is int and type(end) is int and 0 <= start < end:
            found.append(PageRegion(key, start, end, str(labels[0]), parts))
    return found


def moved(rows: Iterable[Mapping[str, Any]], region: str, start: int, end: int) -> list[Row]:
    """Return results as those of another region, at other offsets.

    The editor needs `globalOffsets` to replace a region that it shows: without them it stops asking.
    """
    offsets = {"start": start, "end": end}
    kept = [{key: part for key, part in row.items() if key not in ("origin", "score")} for row in rows]
    return [row | {"id": region, "value": {**row["value"], **offsets, "globalOffsets": offsets}} for row in kept]
