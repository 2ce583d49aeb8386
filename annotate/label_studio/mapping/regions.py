"""Regions of a task's results: a mark over a text with what is said of it, whichever project they come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from ....corpus.spans.offsets import StatedSpan
from ....schema import Problem
from .labeling_config import LABELS, TASK_NOTE
from .results import texts_of

_PAGES = ("hypertextlabels", "htmllabels")
_PLAIN = "mark the plain text in a project with `Text` and `Labels`, and export that"
_MARKS = ("labels", *_PAGES, "paragraphlabels")


@dataclass(frozen=True, slots=True)
class Region:
    """A marked stretch of a text under one of its labels.

    Attributes:
        id: Of the region.
        label: As the project calls it.
        number: Of its mark, in `RegionSet.marks`.
        mark: The result that marks it.
        said: The other results of the region.
    """

    id: str
    label: str
    number: int
    mark: dict[str, Any]
    said: list[dict[str, Any]]

    def results(self, label: str, start: int, end: int) -> list[dict[str, Any]]:
        """The region's results as goldspan's own interface would make them, for `spans_of`.

        Args:
            label: The name of its label there.
            start: Of the region, in code points.
            end: Of the same.
        """
        value = {"start": start, "end": end, "labels": [label]}
        mark = {**self.mark, "type": "labels", "from_name": LABELS, "value": value}
        return [mark, *(_renamed(item, self.label, label) for item in self.said)]


@dataclass(slots=True)
class RegionSet:
    """What results say.

    Attributes:
        found: A region for each label of each mark, in the order of the results.
        marks: The marks as the results state them.
        texts: Names of the texts that they lie on.
        faults: What keeps a mark from being read.
        note: The remark on the document.
        others: Results that mark nothing, as they stand.
        unread: Types of those that mark something all the same, which is no label on a text.
        remarks: How many regions have a remark, which the editor keeps as their meta.
    """

    found: list[Region] = field(default_factory=list)
    marks: list[StatedSpan] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)
    faults: list[Problem] = field(default_factory=list)
    note: str = ""
    others: list[Any] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    remarks: int = 0

    def fields(self) -> list[dict[str, Any]]:
        """What is said of the regions, but for fields that a label's own name begins: those go with their span."""
        said = {id(item): (item, region) for region in self.found for item in region.said}
        return [item for item, region in said.values() if not item["from_name"].startswith(f"{region.label}.")]

    def _fault(self, what: str, fix: str = "correct it in the task and export again") -> None:
        self.faults.append(Problem(what, fix))

    def _take(self, name: str, mark: dict[str, Any], said: list[dict[str, Any]]) -> None:
        value = mark["value"]
        labels = next((value[key] for key in (mark["type"], *_MARKS) if key in value), None)
        place, paged = _place(value), mark["type"] in _PAGES or not _whole(value.get("start"))
        words = value["text"] if isinstance(value.get("text"), str) and value["text"].strip() else None
        if not isinstance(labels, list) or not labels or not all(isinstance(label, str) for label in labels):
            self._fault(f"region {name!r} has no label")
        elif place is None and isinstance(value.get("startOffset"), int):
            self._fault(f"region {name!r} has its bounds in a page alone, not in the text", _PLAIN)
        elif place is None:
            told = ", ".join(f"{key} {value.get(key)!r}" for key in ("start", "end"))
            self._fault(f"region {name!r} has no bounds in code points ({told})")
        elif paged and words is None:
            self._fault(f"region {name!r} has bounds in a page, and no words to prove them in the text", _PLAIN)
        else:
            shown = f"region {name!r} (bounds in a page, not in the text)" if paged else f"region {name!r}"
            self.found += [Region(name, label, len(self.marks), mark, said) for label in dict.fromkeys(labels)]
            self.marks.append(StatedSpan((place,), words, shown))
            self.texts.add(str(mark.get("to_name")))
            self.remarks += bool(mark.get("meta"))


def regions_of(results: Sequence[Any]) -> RegionSet:
    """The regions of results, of any control's name; whether their bounds fit the text is not looked at.

    Args:
        results: Of an annotation or a prediction.
    """
    parts: dict[str, list[dict[str, Any]]] = {}
    mute: list[Any] = []
    told = RegionSet()
    for place, item in enumerate(results):
        if not isinstance(item, dict) or not isinstance(item.get("value"), dict):
            mute.append(item)
        elif item.get("from_name") == TASK_NOTE and item.get("type") == "textarea":
            told.note = "\n".join(filter(None, (told.note, *texts_of(item))))
        elif item.get("type") not in _MARKS and not isinstance(item.get("from_name"), str):
            mute.append(item)
        else:  # results without an id are of no common region
            parts.setdefault(str(item.get("id") or f"#{place + 1}"), []).append(item)
    for name, group in parts.items():
        marks = [item for item in group if item.get("type") in _MARKS]
        if not marks:
            mute += group
        elif len(marks) > 1:
            told._fault(f"region {name!r} is marked twice")
        else:
            told._take(name, marks[0], [item for item in group if item is not marks[0]])
    unmarked = {id(item) for item in mute}
    told.others = [item for item in results if id(item) in unmarked]
    told.unread.update(str(item.get("type")) for item in told.others if _marks_something(item))
    return told


def _marks_something(item: Any) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get("value"), dict):
        return False
    return str(item.get("type")).endswith("labels") or bool({"start", "end"} & item["value"].keys())


def _place(value: Mapping[str, Any]) -> tuple[int, int] | None:
    shown = value.get("globalOffsets")
    for held in (value, shown if isinstance(shown, dict) else {}):
        start, end = held.get("start"), held.get("end")
        if _whole(start) and _whole(end):
            return start, end
    return None


def _whole(bound: Any) -> TypeGuard[int]:
    return isinstance(bound, int) and not isinstance(bound, bool)


def _renamed(item: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    name = item.get("from_name")
    if old == new or not isinstance(name, str) or not name.startswith(f"{old}."):
        return item
    return {**item, "from_name": new + name.removeprefix(old)}
