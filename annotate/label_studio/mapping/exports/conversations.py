"""Conversations (`Paragraphs`): their utterances as one text, a line each, and the bounds of regions in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .....corpus.spans.offset_units import CODE_POINTS, CodePointIndex, OffsetUnit
from .....corpus.spans.quoted_words import same_words

_UNITS = (CODE_POINTS, OffsetUnit("UTF-16 code units"))
_MARK = "paragraphlabels"
_TEXT = "text"


def flatten_conversation(data: Mapping[str, Any], results: Sequence[Any]) -> tuple[str, str, list[Any]] | None:
    """Return the field of a task's conversation, its text, and the results with bounds in that text.

    Regions that do not fit their utterance are returned as they are.

    Args:
        data: Data of the task.
        results: Results of an annotation.

    Returns:
        None if the task has no conversation: it has a text instead, and no region on an utterance.
    """
    marks = [item["value"] for item in results if _is_mark(item)]
    fields = [name for name, content in data.items() if _text_keys(content)]
    has_text = any(isinstance(content, str) and content.strip() for content in data.values())
    if len(fields) != 1 or (has_text and not marks):
        return None
    keys = _text_keys(data[fields[0]])
    texts = {key: [utterance[key] for utterance in data[fields[0]]] for key in keys}
    key = max(keys, key=lambda key: (sum(_place(texts[key], mark) is not None for mark in marks), key == _TEXT))
    placed = [_placed(item, texts[key]) if _is_mark(item) else item for item in results]
    return fields[0], "\n".join(texts[key]), placed


def _is_mark(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("value"), dict) and _MARK in item["value"]


def _text_keys(content: Any) -> list[str]:
    """Return the keys under which all utterances of a conversation have a text; empty if there are no such keys."""
    if not isinstance(content, list) or not content or not all(isinstance(item, dict) for item in content):
        return []
    return [key for key in content[0] if all(isinstance(item.get(key), str) for item in content)]


def _placed(item: dict[str, Any], texts: Sequence[str]) -> dict[str, Any]:
    place = _place(texts, item["value"])
    if place is None:
        return item
    return {**item, "value": {**item["value"], "start": place[0], "end": place[1]}}


def _place(texts: Sequence[str], value: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the bounds of a region in the utterances, joined by line ends; None if its words are not there."""
    first, last = _index(value.get("start")), _index(value.get("end"))
    start, end = value.get("startOffset"), value.get("endOffset")
    if type(start) is not int or type(end) is not int or not 0 <= first <= last < len(texts):
        return None
    whole = "\n".join(texts)
    words = value.get("text")
    for unit in _UNITS:
        indexes = CodePointIndex(texts[first], unit), CodePointIndex(texts[last], unit)
        inside = indexes[0].code_point(start), indexes[1].code_point(end)
        if min(inside) < 0:
            continue
        bounds = inside[0] + _offset(texts, first), inside[1] + _offset(texts, last)
        if bounds[0] < bounds[1] and (not isinstance(words, str) or same_words(words, whole[slice(*bounds)])):
            return bounds
    return None


def _offset(texts: Sequence[str], number: int) -> int:
    return sum(len(text) + 1 for text in texts[:number])


def _index(stated: Any) -> int:
    """Return the number of an utterance, which the editor writes as a string."""
    if isinstance(stated, str) and stated.isdecimal() and len(stated) < 10:
        return int(stated)
    return stated if type(stated) is int else -1
