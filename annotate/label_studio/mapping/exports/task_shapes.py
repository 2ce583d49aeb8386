"""The shapes in which exports hold a task, all made into that of the JSON export.

```json
{"id": 1, "data": {"text": "…"}, "annotations": [{"result": […]}]}                       the JSON export
{"id": 9, "result": […], "completed_by": …, "task": {"id": 1, "data": {…}}}              a file of a target storage
{"id": 1, "text": "…", "ner": [{"start": 0, "end": 4, "labels": […]}], "annotator": 1}   the JSON-MIN export
```

A row of the CSV or TSV export is an item of the JSON-MIN export, with its numbers as texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from .regions import MARK_TYPES

_WORK = ("annotations", "completions", "predictions")
_TASK_KEYS = frozenset(
    (
        "id",
        "data",
        "meta",
        "drafts",
        *_WORK,
        "created_at",
        "updated_at",
        "inner_id",
        "project",
        "file_upload",
        "overlap",
    )
)
_MIN = ("annotation_id", "annotator")
_MIN_KEYS = ("created_at", "updated_at", "lead_time")
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")
_DETAIL_TYPES = ("choices", "taxonomy", "number", "rating", "datetime")


def is_task(item: Any) -> bool:
    """Return whether an item of a file is certainly a task, in one of the shapes."""
    if not isinstance(item, dict):
        return False
    if isinstance(item.get("data"), dict):
        return any(isinstance(item.get(key), list) for key in _WORK) or item.keys() <= _TASK_KEYS
    return is_annotation(item) or is_min(item)


def is_annotation(item: Mapping[str, Any]) -> bool:
    """Return whether an item is an annotation with its task, as a target storage writes it."""
    task = item.get("task")
    return isinstance(item.get("result"), list) and isinstance(task, dict) and isinstance(task.get("data"), dict)


def is_min(item: Mapping[str, Any]) -> bool:
    """Return whether an item is an annotation of the JSON-MIN export."""
    if "data" in item or "spans" in item:
        return False
    return all(key in item for key in _MIN) or any(_marks(content) for content in item.values())


def task_of_annotation(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the task of an annotation, with that annotation alone."""
    annotation = {key: content for key, content in item.items() if key != "task"}
    task = {key: content for key, content in item["task"].items() if key not in _WORK}
    return {**task, "annotations": [annotation]}


def task_of_min(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the task of an item of the JSON-MIN export, with that annotation alone.

    The export does not say which region an answer belongs to; it is that of the same bounds, if there is only one.
    """
    marks: list[dict[str, Any]] = []
    details: list[dict[str, Any]] = []
    data: dict[str, Any] = {}
    for name, content in item.items():
        if name in _MIN or name in _MIN_KEYS or (name == "id" and not isinstance(content, list)):
            continue
        if _marks(content):
            marks += [_result(name, value, _mark_type(value)) for value in content]
        elif _answers(content):
            details += [_result(name, value, _answer_type(value)) for value in content]
        elif content is not None:  # an empty cell of a table
            data[name] = content
    for n, mark in enumerate(marks, 1):
        mark["id"] = f"{mark['from_name']} {n}"
    bounds = Counter(map(_bounds, marks))
    regions = {_bounds(mark): mark["id"] for mark in marks if bounds[_bounds(mark)] == 1}
    for detail in details:
        detail["id"] = regions.get(_bounds(detail))
    annotation = {key: _number(item[key]) for key in _MIN_KEYS if key in item}
    annotation |= {
        "id": item.get("annotation_id"),
        "completed_by": _number(item.get("annotator")),
        "result": marks + details,
    }
    number = _number(item.get("id"))  # a control of that name takes its place
    return {"id": None if isinstance(number, list) else number, "data": data, "annotations": [annotation]}


def _number(content: Any) -> Any:
    """Return the number in a cell of a table; anything else as it is."""
    if isinstance(content, str) and _NUMBER.fullmatch(content):
        return float(content) if "." in content else int(content)
    return content


def _result(name: str, value: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"from_name": name, "to_name": "text", "type": kind, "value": value}


def _marks(content: Any) -> bool:
    """Return whether the content of a field is regions with labels."""
    return _are_regions(content) and all(_mark_type(value) for value in content)


def _answers(content: Any) -> bool:
    """Return whether the content of a field is answers on regions."""
    return _are_regions(content) and all(_answer_type(value) for value in content)


def _are_regions(content: Any) -> bool:
    is_list = isinstance(content, list) and len(content) > 0
    return is_list and all(isinstance(value, dict) and value.keys() >= {"start", "end"} for value in content)


def _mark_type(value: Mapping[str, Any]) -> str:
    return next((kind for kind in MARK_TYPES if isinstance(value.get(kind), list)), "")


def _answer_type(value: Mapping[str, Any]) -> str:
    if isinstance(value.get("text"), list):
        return "textarea"
    return next((kind for kind in _DETAIL_TYPES if kind in value), "")


def _bounds(result: Mapping[str, Any]) -> str:
    value = result["value"]
    return repr([value.get(key) for key in ("start", "end", "startOffset", "endOffset")])
