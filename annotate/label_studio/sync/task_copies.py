"""Copies of a project's tasks, to be sent to another project unchanged."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from ....schema import Scheme
from ..client.http_client import StudioClient
from ..client.projects import Project
from ..client.queries import chunk_for_query, field_filter, project_suggestions, select_tasks, task_suggestions
from ..mapping.pickers.picker_controls import sources
from ..mapping.task_parts import AFTER, BEFORE, TaskPart
from ..mapping.tasks import ID, RECORD, Task, TaskContents, document_from_task
from .parts.part_results import part_of_task

_PAGE = 250
_FEW = 20


def copy_tasks(client: StudioClient, project: Project, names: Sequence[str], scheme: Scheme) -> dict[str, Task]:
    """Return the tasks of documents with their suggestions, by document id, without documents that have no task.

    Pushing such a task makes an identical one, which a later push from files finds up to date.

    Raises:
        DataError: The text of a task is not the one that was pushed.
        StudioError: A request failed.
    """
    matches = [
        item
        for chunk in chunk_for_query(names, _PAGE)
        for item in select_tasks(client, project, field_filter(ID, chunk), include="id,data", page_size=_PAGE)
    ]
    items: dict[str, dict[str, Any]] = {}
    for item in sorted(matches, key=lambda item: int(item["id"])):  # of several tasks the first counts
        items.setdefault(str(item["data"][ID]), item)
    suggestions = _suggestions(client, project, [int(item["id"]) for item in items.values()])
    return {name: _copy(item, suggestions[int(item["id"])], scheme) for name, item in items.items()}


def _suggestions(
    client: StudioClient, project: Project, tasks: Sequence[int]
) -> dict[int, dict[str, list[dict[str, Any]]]]:
    """Return results by task and extractor. One long response is faster than many short ones."""
    if len(tasks) > _FEW:
        predictions = project_suggestions(client, project)
    else:
        predictions = [prediction for task in tasks for prediction in task_suggestions(client, task)]
    results: dict[int, dict[str, list[dict[str, Any]]]] = defaultdict(dict)
    for prediction in predictions:
        results[int(prediction["task"])][str(prediction.get("model_version"))] = prediction["result"]
    return results


def _copy(item: dict[str, Any], suggestions: dict[str, list[dict[str, Any]]], scheme: Scheme) -> Task:
    data = item["data"]
    record = data[RECORD] if isinstance(data.get(RECORD), dict) else {}
    hashes = {name: value for name, value in (record.get("suggestions") or {}).items() if name in suggestions}
    contents = TaskContents(
        replace(document_from_task(data, int(item["id"]), scheme).with_hash(), spans=(), layer=None), suggestions
    )
    task = Task.of(
        contents,
        hashes,
        str(record.get("content") or ""),
        lambda: contents,
        about=dict(record.get("about") or {}),
        conflicts=str(data.get("conflicts") or ""),
        offered={source: data.get(source) or [] for source in sorted(sources(scheme))},
    )
    if (place := part_of_task(data)) is None:
        return task
    context = str(data.get(BEFORE) or ""), str(data.get(AFTER) or "")
    return dataclasses.replace(task, part=TaskPart(place, lambda: context))
