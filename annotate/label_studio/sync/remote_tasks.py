"""The server's tasks of documents, with the state of their suggestions and whether people have worked on them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

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
from .work.place_index import PlaceIndex
from .work.spool import Place, Spool

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


class _Listed(msgspec.Struct, frozen=True, array_like=True):
    """A task as the server lists it: as in `RemoteTask`, with its name and what is counted.

    Attributes:
        suggestions: Number of its suggestions, as the server counts them.
        earlier: Place of the task of the same document that was listed before it.
    """

    id: int
    name: str
    record: dict[str, Any]
    suggestions: int
    earlier: Place | None


class RemoteTasks(Mapping[str, list[RemoteTask]]):
    """The tasks of documents by document id, in the order in which they were listed, which are on disk.

    Args:
        items: Tasks as the server lists them.

    Attributes:
        count: Number of the tasks.
        suggestions: Number of their suggestions, as the server counts them.
        reliable: Whether these counts are right.
        worked: Ids of the tasks that people have worked on.
        missing_or_duplicated: As in `RemoteTask`, by task.
    """

    def __init__(self, items: Iterable[dict[str, Any]]) -> None:
        self.count = self.suggestions = 0
        self.reliable = False
        self.worked: Collection[int] = ()
        self.missing_or_duplicated: Mapping[int, frozenset[str]] = {}
        self._spool, self._last = Spool(), PlaceIndex()
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(_Listed).decode
        for item in items:
            self._add(item)

    def __getitem__(self, name: str) -> list[RemoteTask]:
        return [self._remote_task(listed) for listed in self._of(name)]

    def __contains__(self, name: object) -> bool:
        return name in self._last

    def __iter__(self) -> Iterator[str]:
        return iter(self._last)

    def __len__(self) -> int:
        return len(self._last)

    def counts(self) -> Iterator[tuple[int, Collection[str], int]]:
        """Yield the id of each task, the extractors of the suggestions that it should have, and how many it has."""
        for name in self:
            for listed in self._of(name):
                yield listed.id, _hashes(listed.record), listed.suggestions

    def _add(self, item: dict[str, Any]) -> None:
        data = item.get("data") or {}
        record = data.get(RECORD)
        compared = {key: record[key] for key in _COMPARED if key in record} if isinstance(record, dict) else {}
        name, suggestions = str(data.get(ID)), int(item.get("total_predictions") or 0)
        try:
            msgspec.json.encode(compared)
        except UnicodeEncodeError:  # half of a surrogate pair: another program wrote it, and it equals nothing of ours
            compared = {}
        listed = _Listed(int(item["id"]), name, compared, suggestions, self._last.get(name))
        self._last[name] = self._spool.add(self._encode(listed))
        self.count += 1
        self.suggestions += suggestions

    def _of(self, name: str) -> list[_Listed]:
        found = []
        place: Place | None = self._last[name]
        while place is not None:
            found.append(self._decode(self._spool.read(place)))
            place = found[-1].earlier
        return found[::-1]

    def _remote_task(self, listed: _Listed) -> RemoteTask:
        return RemoteTask(
            listed.id,
            listed.record,
            listed.id in self.worked,
            self.missing_or_duplicated.get(listed.id, frozenset()),
            self.reliable and not listed.suggestions,
        )


def remote_tasks(client: StudioClient, project: Project, names: Collection[str]) -> RemoteTasks:
    """Return the tasks of documents by document id. Arguments are those of `tasks_with`.

    Raises:
        DependencyError: A temporary file cannot be written.
        StudioError: A request failed.
    """
    tasks = RemoteTasks(tasks_with(client, project, ID, names, include=_FIELDS))
    if tasks:
        tasks.reliable = _counts_are_reliable(client, project, tasks)
        tasks.missing_or_duplicated = _missing_or_duplicated(client, project, tasks)
        tasks.worked = annotated_task_ids(client, project) | drafted_task_ids(client, project)
    return tasks


def tasks_with(
    client: StudioClient, project: Project, field: str, names: Collection[str], *, include: str
) -> Iterator[dict[str, Any]]:
    """Yield the tasks that have one of the names in a field of their data.

    The server looks at the data of all tasks for each query by document ids, so that for many documents it is faster to
    list all tasks once.

    Args:
        client: The server.
        project: Project of the tasks.
        field: The field.
        names: The names. If they are a sequence, a set is made of it, which needs memory for each.
        include: Comma-separated fields of the tasks to return.
    """
    if project.tasks > _MOST_LISTED * len(names):
        for chunk in chunk_for_query(names, _PAGE):
            yield from select_tasks(client, project, field_filter(field, chunk), include=include, page_size=_PAGE)
        return
    wanted = frozenset(names) if isinstance(names, Sequence) else names
    for page in pages_by_id(client, project, [], include=include, page_size=_PAGE):
        yield from (item for item in page if str((item.get("data") or {}).get(field)) in wanted)


def _missing_or_duplicated(client: StudioClient, project: Project, tasks: RemoteTasks) -> dict[int, frozenset[str]]:
    """Return the extractors whose suggestions are not present exactly once, by task.

    Suggestions are requested only where their number is in doubt. The list of tasks could include the extractors too,
    but takes minutes to do so for thousands of tasks.
    """
    doubtful = {
        task_id: list(expected)
        for task_id, expected, count in tasks.counts()
        if expected and not (tasks.reliable and count == len(expected))
    }
    # if another service suggests too, all are in doubt, and one long response is faster than many short ones
    if len(doubtful) > _FEW:
        predictions = project_suggestions(client, project)
    else:
        predictions = [prediction for task_id in doubtful for prediction in task_suggestions(client, task_id)]
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for prediction in predictions:
        counts[int(prediction["task"])][str(prediction.get("model_version"))] += 1
    return {
        task_id: frozenset(name for name in expected if counts[task_id][name] != 1)
        for task_id, expected in doubtful.items()
    }


def _counts_are_reliable(client: StudioClient, project: Project, tasks: RemoteTasks) -> bool:
    """Check whether the suggestion counts stored with the tasks add up to the number of suggestions.

    Of two concurrent requests the server stores the count of the one that counted first, and after two concurrent
    deletions of projects it no longer updates counts (see `task_filters`).
    """
    current = client.sdk.projects.get(project.id)
    listed = current.task_number == tasks.count
    counted = tasks.suggestions if listed else sum_of_suggestion_counts(client, project)
    return bool(current.total_predictions_number == counted)


def _hashes(record: dict[str, Any]) -> dict[str, str]:
    hashes = record.get("suggestions")
    return dict(hashes) if isinstance(hashes, dict) else {}
