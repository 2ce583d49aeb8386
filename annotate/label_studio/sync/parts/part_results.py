"""Results on a part of a document as results on the whole, and the parts of documents in the data of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from .....corpus.parts.text_parts import TextPart
from ...mapping.task_parts import PART
from ...mapping.tasks import RECORD

_REGIONS = ("id", "from_id", "to_id", "parentID")
"""Fields of results that name a region."""


def part_of_task(data: Any) -> TextPart | None:
    """Return the part of a document that a task holds; None if it holds a whole document."""
    record = data.get(RECORD) if isinstance(data, Mapping) else None
    part = record.get(PART) if isinstance(record, Mapping) else None
    if part is None:
        return None
    try:
        return msgspec.convert(part, TextPart)
    except msgspec.ValidationError:  # changed by hand
        return None


def move_results(results: Iterable[Any], part: TextPart) -> list[Any]:
    """Return results of a part at their offsets in the whole text, with region ids that no other part has.

    What lies outside the part stays outside the text, so that it remains a problem.
    """
    return [_moved(result, part) for result in results]


def _moved(result: Any, part: TextPart) -> Any:
    if not isinstance(result, dict):
        return result
    named = {key: f"{result[key]}.{part.number}" for key in _REGIONS if isinstance(result.get(key), str)}
    value = result.get("value")
    if not isinstance(value, dict):
        return result | named
    moved = {**value, **_moved_offsets(value, part)}
    if isinstance(value.get("globalOffsets"), dict):
        moved["globalOffsets"] = {**value["globalOffsets"], **_moved_offsets(value["globalOffsets"], part)}
    return result | named | {"value": moved}


def _moved_offsets(offsets: Mapping[str, Any], part: TextPart) -> dict[str, int]:
    start, end = offsets.get("start"), offsets.get("end")
    if type(start) is not int or type(end) is not int:
        return {}
    inside = 0 <= start < end <= part.end - part.start
    by = part.start if inside else _FAR
    return {"start": start + by, "end": end + by}


_FAR = 10**12
"""More than any text has characters."""
