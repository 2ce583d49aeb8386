"""Regions of a task's results: a mark over a text with its further results, from any project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from .....corpus.spans.offsets import StatedSpan
from .....schema import Problem, Scheme
from .....schema.label_keys import may_be_key
from ..labeling_config import LABELS, TASK_NOTE, result_label
from ..region_values import texts_of

_PAGE_TYPES = ("hypertextlabels", "htmllabels")
MARK_TYPES = ("labels", *_PAGE_TYPES, "paragraphlabels")
"""Types of results that mark labels on a text."""

_USE_PLAIN_TEXT = "mark the plain text in a project with `Text` and `Labels`, and export that"


@dataclass(frozen=True, slots=True)
class Region:
    """A marked part of a text under one of its labels.

    Attributes:
        id: Id of the region.
        label: Label as the project names it.
        number: Index of its mark in `RegionSet.marks`.
        mark: The result that marks it.
        details: The other results of the region.
    """

    id: str
    label: str
    number: int
    mark: dict[str, Any]
    details: list[dict[str, Any]]

    def results(self, label: str, start: int, end: int, scheme: Scheme) -> list[dict[str, Any]]:
        """Return the region's results as goldspan's own labeling config would produce them, for `spans_of`.

        Args:
            label: Name of the region's label in the scheme.
            start: Start of the region, in code points.
            end: End of the region, in code points.
            scheme: Scheme of the label.
        """
        value = {"start": start, "end": end, "labels": [result_label(label, scheme)]}
        mark = {**self.mark, "type": "labels", "from_name": LABELS, "value": value}
        key = scheme.label_keys[label]
        return [mark, *(_renamed(item, self.label, key) for item in self.details)]


@dataclass(slots=True)
class RegionSet:
    """The regions of a task's results.

    Attributes:
        regions: A region for each label of each mark, in the order of the results.
        marks: The marks as the results state them.
        texts: Names of the texts that they belong to.
        problems: What keeps marks from being read.
        note: The annotator's note on the document.
        others: Results that do not mark text, unchanged.
        unread: Types of those that mark something else than labels on a text.
        notes: Number of regions with a note, which the editor stores as their meta.
    """

    regions: list[Region] = field(default_factory=list)
    marks: list[StatedSpan] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    note: str = ""
    others: list[Any] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    notes: int = 0

    def unplaced_details(self) -> list[dict[str, Any]]:
        """Return the further results of the regions, except fields of their own label, which belong to their spans."""
        details = {id(item): (item, region) for region in self.regions for item in region.details}
        return [item for item, region in details.values() if _field(item["from_name"], region.label) is None]

    def _add_problem(self, message: str, fix: str = "correct it in the task and export again") -> None:
        self.problems.append(Problem(message, fix))

    def _add_regions(self, name: str, mark: dict[str, Any], details: list[dict[str, Any]]) -> None:
        value = mark["value"]
        labels = next((value[key] for key in (mark["type"], *MARK_TYPES) if key in value), None)
        offsets, on_page = _offsets(value), mark["type"] in _PAGE_TYPES or not _is_integer(value.get("start"))
        words = value["text"] if isinstance(value.get("text"), str) and value["text"].strip() else None
        if not isinstance(labels, list) or not labels or not all(isinstance(label, str) for label in labels):
            self._add_problem(f"region {name!r} has no label")
        elif offsets is None and mark["type"] == "paragraphlabels":
            words_of_it = f" (it says {value['text'][:40]!r})" if isinstance(value.get("text"), str) else ""
            self._add_problem(f"region {name!r} is in no utterance of the conversation{words_of_it}")
        elif offsets is None and isinstance(value.get("startOffset"), int):
            self._add_problem(f"region {name!r} has offsets only in an HTML page, not in the text", _USE_PLAIN_TEXT)
        elif offsets is None:
            stated = ", ".join(f"{key} {value.get(key)!r}" for key in ("start", "end"))
            self._add_problem(f"region {name!r} has no offsets in code points ({stated})")
        elif on_page and words is None:
            message = f"region {name!r} has offsets in an HTML page, and no words to find it in the text"
            self._add_problem(message, _USE_PLAIN_TEXT)
        else:
            shown_name = f"region {name!r}" + (" (offsets in an HTML page, not in the text)" if on_page else "")
            self.regions += [Region(name, label, len(self.marks), mark, details) for label in dict.fromkeys(labels)]
            self.marks.append(StatedSpan((offsets,), words, shown_name))
            self.texts.add(str(mark.get("to_name")))
            self.notes += bool(mark.get("meta"))


def regions_of(results: Sequence[Any]) -> RegionSet:
    """Return the regions of results, whatever the controls are called; offsets are not compared with the text.

    Args:
        results: Results of an annotation or a prediction.
    """
    groups: dict[str, list[dict[str, Any]]] = {}
    unmarked: list[Any] = []
    region_set = RegionSet()
    for index, item in enumerate(results):
        if not isinstance(item, dict) or not isinstance(item.get("value"), dict):
            unmarked.append(item)
        elif item.get("from_name") == TASK_NOTE and item.get("type") == "textarea":
            region_set.note = "\n".join(filter(None, (region_set.note, *texts_of(item))))
        elif item.get("type") not in MARK_TYPES and not isinstance(item.get("from_name"), str):
            unmarked.append(item)
        else:  # each result without an id is a region of its own
            groups.setdefault(str(item.get("id") or f"#{index + 1}"), []).append(item)
    for name, group in groups.items():
        marks = [item for item in group if item.get("type") in MARK_TYPES]
        if not marks:
            unmarked += group
        elif len({str(_offsets(mark["value"])) for mark in marks}) > 1:
            region_set._add_problem(f"region {name!r} is marked twice")
        else:  # labels of several controls on one region are several spans, as several labels of one control are
            details = [item for item in group if item not in marks]
            for mark in marks:
                region_set._add_regions(name, mark, details)
    unmarked_ids = {id(item) for item in unmarked}
    region_set.others = [item for item in results if id(item) in unmarked_ids]
    region_set.unread.update(str(item.get("type")) for item in region_set.others if _marks_something(item))
    return region_set


def _marks_something(item: Any) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get("value"), dict):
        return False
    return str(item.get("type")).endswith("labels") or bool({"start", "end"} & item["value"].keys())


def _offsets(value: Mapping[str, Any]) -> tuple[int, int] | None:
    global_offsets = value.get("globalOffsets")
    for source in (value, global_offsets if isinstance(global_offsets, dict) else {}):
        start, end = source.get("start"), source.get("end")
        if _is_integer(start) and _is_integer(end):
            return start, end
    return None


def _is_integer(offset: Any) -> TypeGuard[int]:
    return isinstance(offset, int) and not isinstance(offset, bool)


def _renamed(item: dict[str, Any], label: str, key: str) -> dict[str, Any]:
    """Return a result of a field of a label with the control name that the field has under another label's key."""
    field_name = _field(item["from_name"], label)
    return item if field_name is None else {**item, "from_name": f"{key}.{field_name}"}


def _field(name: Any, label: str) -> str | None:
    """Return the field of a label that a control fills, by its name; None for any other control."""
    if not isinstance(name, str) or "." not in name:
        return None
    if name.startswith(f"{label}."):
        return name.removeprefix(f"{label}.")
    key, _, field_name = name.partition(".")
    return field_name if may_be_key(key, label) else None
