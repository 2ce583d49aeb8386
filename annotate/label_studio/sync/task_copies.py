"""Tasks as a project holds them, to be sent to another one just as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from ....schema import Scheme
from ..client.client import StudioClient
from ..client.projects import Project, all_suggestions, id_filter, query_chunks, select_tasks, suggestions_at
from ..mapping.tasks import ID, RECORD, Task, document_of

_PAGE = 250
_FEW = 20


def copied_tasks(api: StudioClient, project: Project, names: Sequence[str], scheme: Scheme) -> dict[str, Task]:
    """The tasks of documents with their suggestions, by the documents' ids; those that are not there are left out.

    A push of such a task makes the same task, and a later push from files finds it as it should be.

    Raises:
        DataError: A task's text is not the one that was pushed.
        StudioError: The server does not answer, or refuses.
    """
    found = [
        item
        for group in query_chunks(names, _PAGE)
        for item in select_tasks(api, project, id_filter(ID, group), include="id,data", page_size=_PAGE)
    ]
    items: dict[str, dict[str, Any]] = {}
    for item in sorted(found, key=lambda item: int(item["id"])):  # as they are read
        items.setdefault(str(item["data"][ID]), item)
    shown = _suggestions(api, project, [int(item["id"]) for item in items.values()])
    return {name: _copied(item, shown[int(item["id"])], scheme) for name, item in items.items()}


def _suggestions(
    api: StudioClient, project: Project, tasks: Sequence[int]
) -> dict[int, dict[str, list[dict[str, Any]]]]:
    """Results by task and extractor. One long answer is faster than many short ones."""
    if len(tasks) > _FEW:
        there = all_suggestions(api, project)
    else:
        there = [one for number in tasks for one in suggestions_at(api, number)]
    found: dict[int, dict[str, list[dict[str, Any]]]] = defaultdict(dict)
    for one in there:
        found[int(one["task"])][str(one.get("model_version"))] = one["result"]
    return found


def _copied(item: dict[str, Any], suggestions: dict[str, list[dict[str, Any]]], scheme: Scheme) -> Task:
    data = item["data"]
    record = data[RECORD] if isinstance(data.get(RECORD), dict) else {}
    hashes = {name: found for name, found in (record.get("suggestions") or {}).items() if name in suggestions}
    return Task(
        document=replace(document_of(data, int(item["id"]), scheme).with_hash(), spans=(), layer=None),
        suggestions=suggestions,
        hashes=hashes,
        content=str(record.get("content") or ""),
        about=dict(record.get("about") or {}),
        conflicts=str(data.get("conflicts") or ""),
    )
