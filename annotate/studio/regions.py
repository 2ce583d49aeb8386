"""Regions of a task's results: a mark over a text with what is said of it, whichever project they come from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from .interface import LABELS, TASK_NOTE
from .results import written

_MARKS = ("labels", "hypertextlabels", "paragraphlabels")


@dataclass(frozen=True, slots=True)
class Region:
    """A marked stretch of a text.

    Attributes:
        id: Of the region.
        label: One of its labels, as the project calls it.
        mark: The result that marks it, as goldspan's own interface would make it.
        said: The other results of the region.
    """

    id: str
    label: str
    mark: dict[str, Any]
    said: list[dict[str, Any]]

    def results(self, label: str) -> list[dict[str, Any]]:
        """The region's results under another name of its label, as `spans_of` reads them."""
        mark = {**self.mark, "value": {**self.mark["value"], "labels": [label]}}
        return [mark, *(_renamed(item, self.label, label) for item in self.said)]


@dataclass(frozen=True, slots=True)
class Regions:
    """What results say.

    Attributes:
        found: A region for each label of each mark, in the order of the results.
        note: The remark on the document.
        others: Results that mark nothing, as they stand.
    """

    found: list[Region] = field(default_factory=list)
    note: str = ""
    others: list[Any] = field(default_factory=list)

    def fields(self) -> list[dict[str, Any]]:
        """What is said of the regions, but for fields that a label's own name begins: those go with their span."""
        said = {id(item): (item, region) for region in self.found for item in region.said}
        return [item for item, region in said.values() if not item["from_name"].startswith(f"{region.label}.")]


def regions_of(results: Sequence[Any], text: str) -> Regions:
    """The regions of results, of any control's name.

    Args:
        results: Of an annotation or a prediction.
        text: Theirs.

    Raises:
        ValueError: A mark has no bounds in the text, or a region has two marks; with the reason in words.
    """
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    mute: list[Any] = []
    note = ""
    for item in results:
        if not isinstance(item, dict) or not isinstance(item.get("value"), dict):
            mute.append(item)
        elif item.get("from_name") == TASK_NOTE and item.get("type") == "textarea":
            note = written(item["value"].get("text"))
        elif item.get("type") not in _MARKS and not isinstance(item.get("from_name"), str):
            mute.append(item)
        else:
            parts[str(item.get("id"))].append(item)
    found: list[Region] = []
    for name, group in parts.items():
        marks = [item for item in group if item.get("type") in _MARKS]
        if not marks:
            mute += group
            continue
        if len(marks) > 1:
            raise ValueError(f"region {name!r} is marked twice")
        said = [item for item in group if item is not marks[0]]
        found += [Region(name, label, mark, said) for label, mark in _marks(name, marks[0], text)]
    unmarked = {id(item) for item in mute}
    return Regions(found, note, [item for item in results if id(item) in unmarked])


def fitting(data: Mapping[str, Any], results: Sequence[Any]) -> str:
    """The field of a task's data that holds the text: its only string, else `text`, else the one that marks fit.

    Raises:
        ValueError: No field is it, or several may be.
    """
    names = [name for name, content in data.items() if isinstance(content, str)]
    if "text" in names or len(names) == 1:
        return "text" if "text" in names else names[0]
    places = [_place(item["value"]) for item in results if _is_mark(item)]
    surfaces = [item["value"].get("text") for item in results if _is_mark(item)]
    fit = [
        name
        for name in names
        if places and all(p is not None and data[name][p[0] : p[1]] == s for p, s in zip(places, surfaces, strict=True))
    ]
    if len(fit) == 1:
        return fit[0]
    among = f" (of {', '.join(sorted(names))})" if names else ""
    raise ValueError(f"no field of its data is known for the text{among}")


def _is_mark(item: Any) -> bool:
    return isinstance(item, dict) and item.get("type") in _MARKS and isinstance(item.get("value"), dict)


def _marks(name: str, mark: dict[str, Any], text: str) -> list[tuple[str, dict[str, Any]]]:
    value = mark["value"]
    labels = value.get(mark["type"], value.get("labels"))
    if not isinstance(labels, list) or not labels or not all(isinstance(label, str) for label in labels):
        raise ValueError(f"region {name!r} has no label")
    place = _place(value)
    if place is None:
        told = ", ".join(f"{key} {value.get(key)!r}" for key in ("start", "end"))
        raise ValueError(f"region {name!r} has no bounds in code points ({told})")
    start, end = place
    if not 0 <= start < end <= len(text):
        raise ValueError(f"region {name!r} [{start}, {end}) is not in the text, which has {len(text)} code points")
    shown = value.get("text")
    if not _whole(value.get("start")) and isinstance(shown, str) and _solid(shown) != _solid(text[start:end]):
        # such bounds count what the page shows, which is the text only where the text has no markup
        raise ValueError(f"region {name!r} has the bounds of {shown[:40]!r} in a page, not in the text")
    made = {**mark, "type": "labels", "from_name": LABELS, "value": {"start": start, "end": end}}
    return [(label, made) for label in dict.fromkeys(labels)]


def _place(value: Mapping[str, Any]) -> tuple[int, int] | None:
    shown = value.get("globalOffsets")
    for held in (value, shown if isinstance(shown, dict) else {}):
        start, end = held.get("start"), held.get("end")
        if _whole(start) and _whole(end):
            return start, end
    return None


def _whole(bound: Any) -> TypeGuard[int]:
    return isinstance(bound, int) and not isinstance(bound, bool)


def _solid(words: str) -> str:
    return "".join(words.split())


def _renamed(item: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    name = item.get("from_name")
    if old == new or not isinstance(name, str) or not name.startswith(f"{old}."):
        return item
    return {**item, "from_name": new + name.removeprefix(old)}
