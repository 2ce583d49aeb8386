"""What the server holds of documents: their tasks, with what was suggested and whether people have worked on them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..client.client import StudioClient
from ..client.projects import (
    Project,
    all_suggestions,
    id_filter,
    query_chunks,
    select_tasks,
    suggestions_at,
    sum_of_suggestions,
)
from ..mapping.tasks import ID, RECORD
from .worked_tasks import annotated_tasks, drafted_tasks

_PAGE = 500
_FEW = 20
_FIELDS = "id,data,total_predictions"


@dataclass(frozen=True, slots=True)
class RemoteTask:
    """A task at the server.

    Attributes:
        id: The server's number.
        record: What it says of its document.
        worked: Whether anyone has annotated or skipped it, or has a draft of it.
        amiss: Extractors whose suggestions it should have once, and has not or more than once.
        bare: Whether it is known to have no suggestions.
    """

    id: int
    record: dict[str, Any]
    worked: bool
    amiss: frozenset[str] = frozenset()
    bare: bool = False

    @property
    def hashes(self) -> dict[str, str]:
        """Of the suggestions that it should have, by extractor."""
        return _hashes(self.record)


def remote_tasks(api: StudioClient, project: Project, names: Sequence[str]) -> dict[str, list[RemoteTask]]:
    """The tasks of documents, by the documents' ids.

    Raises:
        StudioError: The server does not answer, or refuses.
    """
    items: list[dict[str, Any]] = []
    for group in query_chunks(names, _PAGE):
        for item in select_tasks(api, project, id_filter(ID, group), include=_FIELDS, page_size=_PAGE):
            data = item.pop("data", None) or {}
            record = data.get(RECORD)
            items.append({**item, ID: str(data.get(ID)), RECORD: record if isinstance(record, dict) else {}})
    trusted = bool(items) and _counts_hold(api, project, items)
    amiss = _amiss(api, project, items, trusted)
    worked = annotated_tasks(api, project) | drafted_tasks(api, project) if items else set()
    found: dict[str, list[RemoteTask]] = defaultdict(list)
    for item in items:
        number = int(item["id"])
        found[item[ID]].append(
            RemoteTask(
                number,
                item[RECORD],
                number in worked,
                amiss.get(number, frozenset()),
                trusted and not item.get("total_predictions"),
            )
        )
    return found


def _amiss(
    api: StudioClient, project: Project, items: Sequence[dict[str, Any]], trusted: bool
) -> dict[int, frozenset[str]]:
    """The extractors whose suggestions are not there once, by task; asked for where the number is in doubt.

    The list of tasks could tell the extractors too, but takes minutes to do so for thousands of tasks.
    """
    wanted = {int(item["id"]): _hashes(item[RECORD]) for item in items}
    doubtful = [
        number
        for item in items
        if wanted[number := int(item["id"])] and not (trusted and item.get("total_predictions") == len(wanted[number]))
    ]
    # where a service suggests beside us all are in doubt, and one long answer is faster than many short ones
    if len(doubtful) > _FEW:
        found = all_suggestions(api, project)
    else:
        found = [one for number in doubtful for one in suggestions_at(api, number)]
    there: dict[int, Counter[str]] = defaultdict(Counter)
    for one in found:
        there[int(one["task"])][str(one.get("model_version"))] += 1
    return {number: frozenset(name for name in wanted[number] if there[number][name] != 1) for number in doubtful}


def _counts_hold(api: StudioClient, project: Project, items: Sequence[dict[str, Any]]) -> bool:
    """Whether the numbers that tasks keep of their suggestions add up to those that there are.

    Of two requests at once the server keeps the number of the one that counted first, and after two deletions of
    projects at once it keeps none (see `touched`).
    """
    there = api.get(f"/api/projects/{project.id}/")
    if there.get("task_number") == len(items):
        counted = sum(item.get("total_predictions") or 0 for item in items)
    else:
        counted = sum_of_suggestions(api, project)
    return bool(there.get("total_predictions_number") == counted)


def _hashes(record: dict[str, Any]) -> dict[str, str]:
    held = record.get("suggestions")
    return dict(held) if isinstance(held, dict) else {}
