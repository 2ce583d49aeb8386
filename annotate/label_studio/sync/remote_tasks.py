"""The server's tasks of documents, with the state of their suggestions and whether people have worked on them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..client.http_client import StudioClient
from ..client.projects import Project
from ..client.queries import (
    chunk_for_query,
    field_filter,
    pages_by_id,
    project_suggestions,
    select_tasks,
    sum_of_suggestion_counts,
    task_suggestions,
)
from ..mapping.task_parts import PART
from ..mapping.tasks import ID, MIGRATED, RECORD
from .task_filters import annotated_task_ids, drafted_task_ids

_PAGE = 500
_FEW = 20
_MOST_LISTED = 4  # tasks that are listed for each wanted one
_FIELDS = "id,data,total_predictions"
_COMPARED = ("text_sha256", "content", "suggestions", MIGRATED, PART)
"""Keys of what a task's data says about its document that a push compares or keeps; the rest need not be in memory."""


@dataclass(frozen=True, slots=True)
class RemoteTask:
    """A task on the server.

    Attributes:
        id: The server's id of the task.
        record: What its data says about its document, as far as a push compares it.
        worked: Whether anyone has annotated or skipped it, or has a draft of it.
        missing_or_duplicated: Extractors whose suggestions are missing or present more than once.
        known_empty: Whether it certainly has no suggestions.
    """

    id: int
    record: dict[str, Any]
    worked: bool
    missing_or_duplicated: frozenset[str] = frozenset()
    known_empty: bool = False

    @property
    def hashes(self) -> dict[str, str]:
        """Hashes of the suggestions that it should have, by extractor."""
        return _hashes(self.record)


def remote_tasks(client: StudioClient, project: Project, names: Sequence[str]) -> dict[str, list[RemoteTask]]:
    """Return the tasks of documents by document id.

    Raises:
        StudioError: A request failed.
    """
    items: list[dict[str, Any]] = []
    for item in tasks_with(client, project, ID, names, include=_FIELDS):
        data = item.pop("data", None) or {}
        record = data.get(RECORD)
        compared = {key: record[key] for key in _COMPARED if key in record} if isinstance(record, dict) else {}
        items.append({**item, ID: str(data.get(ID)), RECORD: compared})
    reliable = bool(items) and _counts_are_reliable(client, project, items)
    missing_or_duplicated = _missing_or_duplicated(client, project, items, reliable)
    worked = annotated_task_ids(client, project) | drafted_task_ids(client, project) if items else set()
    tasks: dict[str, list[RemoteTask]] = defaultdict(list)
    for item in items:
        task_id = int(item["id"])
        tasks[item[ID]].append(
            RemoteTask(
                task_id,
                item[RECORD],
                task_id in worked,
                missing_or_duplicated.get(task_id, frozenset()),
                reliable and not item.get("total_predictions"),
            )
        )
    return tasks


def tasks_with(
    client: StudioClient, project: Project, field: str, names: Sequence[str], *, include: str
) -> Iterator[dict[str, Any]]:
    """Yield the tasks that have one of the names in a field of their data.

    The server looks at the data of all tasks for each query by document ids, so that for many documents it is faster to
    list all tasks once.
    """
    if project.tasks > _MOST_LISTED * len(names):
        for chunk in chunk_for_query(names, _PAGE):
            yield from select_tasks(client, project, field_filter(field, chunk), include=include, page_size=_PAGE)
        return
    wanted = frozenset(names)
    for page in pages_by_id(client, project, [], include=include, page_size=_PAGE):
        yield from (item for item in page if str((item.get("data") or {}).get(field)) in wanted)


def _missing_or_duplicated(
    client: StudioClient, project: Project, items: Sequence[dict[str, Any]], reliable: bool
) -> dict[int, frozenset[str]]:
    """Return the extractors whose suggestions are not present exactly once, by task.

    Suggestions are requested only where their number is in doubt. The list of tasks could include the extractors too,
    but takes minutes to do so for thousands of tasks.
    """
    expected = {int(item["id"]): _hashes(item[RECORD]) for item in items}
    doubtful = [
        task_id
        for item in items
        if expected[task_id := int(item["id"])]
        and not (reliable and item.get("total_predictions") == len(expected[task_id]))
    ]
    # if another service suggests too, all are in doubt, and one long response is faster than many short ones
    if len(doubtful) > _FEW:
        predictions = project_suggestions(client, project)
    else:
        predictions = [prediction for task_id in doubtful for prediction in task_suggestions(client, task_id)]
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for prediction in predictions:
        counts[int(prediction["task"])][str(prediction.get("model_version"))] += 1
    return {
        task_id: frozenset(name for name in expected[task_id] if counts[task_id][name] != 1) for task_id in doubtful
    }


def _counts_are_reliable(client: StudioClient, project: Project, items: Sequence[dict[str, Any]]) -> bool:
    """Check whether the suggestion counts stored with the tasks add up to the number of suggestions.

    Of two concurrent requests the server stores the count of the one that counted first, and after two concurrent
    deletions of projects it no longer updates counts (see `task_filters`).
    """
    current = client.sdk.projects.get(project.id)
    if current.task_number == len(items):
        counted = sum(item.get("total_predictions") or 0 for item in items)
    else:
        counted = sum_of_suggestion_counts(client, project)
    return bool(current.total_predictions_number == counted)


def _hashes(record: dict[str, Any]) -> dict[str, str]:
    hashes = record.get("suggestions")
    return dict(hashes) if isinstance(hashes, dict) else {}
