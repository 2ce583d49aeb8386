"""Tasks of withdrawn documents: found by id and by text, and removed with all that people did in them.

What pickers learned from them goes first, then the tasks: an interruption leaves tasks, which the next call finds. The
server removes annotations, drafts and suggestions with their task.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ....corpus.withdrawal.withdrawn_documents import WithdrawnDocuments
from ....schema import Scheme
from ..client.attempts import attempt_until_done
from ..client.http_client import StudioClient
from ..client.projects import Project
from ..client.queries import chunk_for_query, field_filter, select_tasks
from ..mapping.tasks import ID, RECORD
from .annotated_tasks import annotated_tasks, annotator_names, drafts_as_tasks, tasks_by_id
from .project_lists import forget_entries
from .pull import read_annotations
from .push_checksum import remove_checksum
from .task_filters import annotated_task_ids, drafted_task_ids

_PAGE = 100
_BATCH = 250
_LONG = 600.0
_PASSAGE = 80  # code points; the data of a task is compared as a whole afterwards


@dataclass(frozen=True, slots=True)
class WithdrawnTask:
    """A task of a withdrawn document.

    Attributes:
        id: The server's id of the task.
        name: Id of the document; empty if the task states none.
        text: Its text; empty if the task has none where goldspan puts it.
    """

    id: int
    name: str
    text: str


def find_withdrawn_tasks(
    client: StudioClient, project: Project, names: Sequence[str], texts: Iterable[str], withdrawn: WithdrawnDocuments
) -> list[WithdrawnTask]:
    """Return the tasks of withdrawn documents, by the id of the document, the hash of its text, or the text.

    Args:
        client: The server.
        project: The project to search.
        names: Ids of the documents.
        texts: Their texts, as far as they are known, for tasks that state no hash.
        withdrawn: The withdrawals.

    Raises:
        StudioError: A request failed.
    """
    if not project.tasks:
        return []
    queries = [field_filter(ID, chunk) for chunk in chunk_for_query(names, _PAGE)]
    hashes = {item.text_sha256 for item in withdrawn.withdrawals if item.text_sha256}
    queries += [_contains(RECORD, value) for value in sorted(hashes)]
    queries += [_contains("text", passage) for text in texts if (passage := _passage(text))]
    found: dict[int, WithdrawnTask] = {}
    for query in queries:
        for item in select_tasks(client, project, query, include="id,data", page_size=_PAGE):
            data = item.get("data") or {}
            task = WithdrawnTask(int(item["id"]), str(data.get(ID) or ""), str(data.get("text") or ""))
            if _is_withdrawn(task, data, withdrawn):
                found[task.id] = task
    return [found[key] for key in sorted(found)]


def count_work(client: StudioClient, project: Project, tasks: Iterable[int]) -> tuple[int, int]:
    """Return how many tasks somebody has annotated or skipped, and how many have a draft.

    Raises:
        StudioError: A request failed.
    """
    own = set(tasks)
    return len(own & annotated_task_ids(client, project)), len(own & drafted_task_ids(client, project))


def remove_withdrawn_tasks(client: StudioClient, project: Project, tasks: Sequence[int], scheme: Scheme) -> int:
    """Remove tasks, whoever has worked on them, and what the project's lists learned from them alone.

    Args:
        client: The server.
        project: Their project.
        tasks: The server's ids of the tasks.
        scheme: Scheme of the project.

    Returns:
        The number of entries that were taken out of the project's lists.

    Raises:
        StudioError: A request failed; the same call completes the removal.
    """
    entries = _forget_written(client, project, frozenset(tasks), scheme)
    remove_checksum(client, project)
    for start in range(0, len(tasks), _BATCH):
        batch = list(tasks[start : start + _BATCH])

        def attempt(_: bool, batch: list[int] = batch) -> None:
            client.sdk.actions.create(
                id="delete_tasks",
                project=project.id,
                selected_items={"all": False, "included": batch},
                request_options={"timeout": _LONG},
            )

        attempt_until_done(attempt)
    return entries


def _forget_written(client: StudioClient, project: Project, tasks: frozenset[int], scheme: Scheme) -> int:
    """Take out of a project's lists what people wrote in some tasks and in no other."""
    names = annotator_names(client)
    own = [*tasks_by_id(client, project, sorted(tasks))]
    own += [task for task in drafts_as_tasks(client, project) if task.task in tasks]
    written = read_annotations(own, project, names, scheme).written
    if not any(written.values()):
        return 0
    others = (task for task in annotated_tasks(client, project) if task.task not in tasks)
    remaining = read_annotations(others, project, names, scheme).written
    alone = {source: offers.keys() - remaining.get(source, {}).keys() for source, offers in written.items()}
    return forget_entries(client, project, alone, scheme)


def _is_withdrawn(task: WithdrawnTask, data: dict[str, Any], withdrawn: WithdrawnDocuments) -> bool:
    record = data.get(RECORD)
    stated = record.get("text_sha256") if isinstance(record, dict) else None
    return bool(withdrawn.by_id(task.name) or withdrawn.by_hash(stated) or withdrawn.by_text(task.text))


def _contains(field: str, value: str) -> list[dict[str, Any]]:
    return [{"filter": f"filter:tasks:data.{field}", "operator": "contains", "type": "String", "value": value}]


def _passage(text: str) -> str:
    """Return the longest line of a text, shortened: a query with line ends finds nothing."""
    return max(text.splitlines(), key=len, default="").strip()[:_PASSAGE]
