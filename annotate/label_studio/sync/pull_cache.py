"""A cache of people's work beside the layers made from it, so that a pull requests only what has changed.

The layers are always made from the complete work, so they depend on what people did and never on when it was pulled.
The work itself is on disk; memory holds a few facts about each task.
Changes are found by time, and then verified without trusting the server's clock: each task must exist with exactly the
cached time, and the numbers of tasks and annotations must match.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from ....corpus.storage.file_io import open_reader, open_writer
from ....schema import DataError
from ....schema.progress import Progress, ignore_progress, report_each
from ..client.http_client import StudioClient
from ..client.projects import Project
from ..client.queries import newest_change
from .annotated_tasks import (
    AnnotatedTask,
    annotated_tasks,
    annotation_totals,
    tasks_by_id,
    tasks_changed_since,
    tasks_with_other_times,
)
from .work.spool import Place, Spool

_MARGIN = timedelta(seconds=5)  # the server sets a task's time before its change becomes visible
_STEP = "pulling"
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    """First line of a cache file: the project, and as in `PullCache`."""

    server: str
    project: int
    since: str
    known: list[str] = []


class _StoredTask(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A task's work as stored in a cache file.

    Attributes:
        task: The server's id of the task.
        updated: Same as `AnnotatedTask.updated`.
        users: Ids of the accounts that worked on it.
        done: Number of its annotations that are not skips.
        late: Whether its time of change lies before the newest one known then: the server's clock was set back. As it
            may stand still there, an equal time does not prove that nothing has changed since.
        work: The work as JSON.
    """

    task: int
    updated: str
    users: tuple[int, ...]
    done: int
    late: bool
    work: msgspec.Raw


class _CachedTask(msgspec.Struct, frozen=True, gc=False):
    """What memory holds about a task: as in `_StoredTask`, with the place of the work in the spool."""

    updated: str
    users: tuple[int, ...]
    done: int
    late: bool
    place: Place


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(AnnotatedTask).decode


def _none(_task: AnnotatedTask) -> bool:
    return False


@dataclass
class PullCache:
    """People's work by task.

    Attributes:
        path: Path of the file; a damaged file, or that of another project, counts as empty. Without one, nothing is
            kept for the next pull.
        since: Time of the newest change in the cache; empty for an empty cache.
        known: Keys of the unknown names that the last pull reported, so that the next one can say which are new.
    """

    path: Path | None = None
    since: str = ""
    known: frozenset[str] = frozenset()
    _tasks: dict[int, _CachedTask] = field(default_factory=dict)
    _spool: Spool = field(default_factory=Spool)

    def __len__(self) -> int:
        """Return the number of tasks that anyone has annotated or skipped."""
        return len(self._tasks)

    def update(self, client: StudioClient, project: Project, progress: Progress = ignore_progress) -> tuple[int, bool]:
        """Update the cache from the server; return how many tasks were read, and whether all were.

        Args:
            client: The server.
            project: The project.
            progress: Called after each task that is read.

        Raises:
            DependencyError: A temporary file cannot be written.
            StudioError: A request failed.
        """
        self._load(client, project)
        before, since = self._tasks, self.since
        if since:
            self._tasks = dict(before)
            read = self._refresh(client, project, self._doubtful_tasks(client, project), progress, before, since)
            # the totals reveal a task first annotated while the server's clock was set back
            if self._totals() == annotation_totals(client, project):
                return read, False
        self._tasks, self.since = {}, ""
        start = newest_change(client, project)
        read = self._add(report_each(annotated_tasks(client, project), _STEP, progress), before, since)
        if start:
            # the pages take minutes, and what people do meanwhile may be on one that has been read
            known = {task: cached.updated for task, cached in self._tasks.items()}
            changed = tasks_changed_since(client, project, _before(start), known)
            self._refresh(client, project, changed, progress, before, since)
            if self._totals() != annotation_totals(client, project):  # a task that had been read was deleted
                self._refresh(client, project, self._doubtful_tasks(client, project), progress, before, since)
        return read, True

    def _totals(self) -> tuple[int, int]:
        """Return the number of tasks, and of annotations that are not skips."""
        return len(self), sum(cached.done for cached in self._tasks.values())

    def _refresh(
        self,
        client: StudioClient,
        project: Project,
        tasks: Sequence[int],
        progress: Progress,
        before: Mapping[int, _CachedTask],
        since: str,
    ) -> int:
        """Read tasks again; return how many still exist. The last two arguments are those of `_add`."""
        for task in tasks:
            self._tasks.pop(task, None)
        return self._add(report_each(tasks_by_id(client, project, tasks), _STEP, progress), before, since)

    def _doubtful_tasks(self, client: StudioClient, project: Project) -> list[int]:
        """Return the ids of the tasks that may differ from their cached state."""
        known = {task: cached.updated for task, cached in self._tasks.items()}
        doubtful = set(tasks_changed_since(client, project, _before(self.since), known))
        # more may have changed at the time of the newest change, if the clock stood still
        newest = max(known.values(), default="")
        doubtful.update(task for task, cached in self._tasks.items() if cached.late or cached.updated == newest)
        rest = {task: time for task, time in known.items() if task not in doubtful}
        doubtful.update(tasks_with_other_times(client, project, rest))
        return sorted(doubtful)

    def save(self, client: StudioClient, project: Project, withheld: Callable[[AnnotatedTask], bool] = _none) -> None:
        """Write the cache atomically, if it has a path, without the tasks that are withheld.

        Raises:
            DependencyError: The file cannot be written.
        """
        if self.path is None:
            return
        with open_writer(str(self.path)) as stream:
            header = _Header(client.connection.url, project.id, self.since, sorted(self.known))
            stream.write(_encode(header) + b"\n")
            for task, cached in sorted(self._tasks.items()):
                work = msgspec.Raw(self._spool.read(cached.place))
                if withheld is not _none and withheld(_decode(work)):
                    continue
                stored = _StoredTask(task, cached.updated, cached.users, cached.done, cached.late, work)
                stream.write(_encode(stored) + b"\n")

    def in_order(self) -> Iterator[AnnotatedTask]:
        """Yield the work in the order in which the tasks were created."""
        yield from (_decode(self._spool.read(cached.place)) for _, cached in sorted(self._tasks.items()))

    def tasks_by_user(self) -> Counter[int]:
        """Return the number of tasks that each account worked on, by the account's id."""
        return Counter(user for cached in self._tasks.values() for user in set(cached.users))

    def _add(self, changed: Iterable[AnnotatedTask], before: Mapping[int, _CachedTask], since: str) -> int:
        """Add changed tasks; return their number.

        Args:
            changed: Tasks as they are now.
            before: Tasks that were cached before.
            since: Time of the newest change among those.
        """
        count = 0
        for work in changed:
            count += 1
            self.since = max(self.since, work.updated, *(annotation.updated for annotation in work.annotations))
            if work.annotations:
                users = tuple(annotation.user for annotation in work.annotations)
                done = sum(not annotation.skipped for annotation in work.annotations)
                cached = before.get(work.task)
                late = cached.late if cached and cached.updated == work.updated else work.updated < since
                place = self._spool.add(_encode(work))
                self._tasks[work.task] = _CachedTask(work.updated, users, done, late, place)
        return count

    def _load(self, client: StudioClient, project: Project) -> None:
        self._tasks, self.since, self.known = {}, "", frozenset()
        if self.path is None or not self.path.is_file():
            return
        decode = msgspec.json.Decoder(_StoredTask).decode
        tasks: dict[int, _CachedTask] = {}
        try:
            with open_reader(str(self.path)) as stream:
                header = msgspec.json.decode(next(iter(stream), b""), type=_Header)
                if (header.server, header.project) != (client.connection.url, project.id):
                    return
                for line in stream:
                    stored = decode(line)
                    place = self._spool.add(bytes(stored.work))
                    tasks[stored.task] = _CachedTask(stored.updated, stored.users, stored.done, stored.late, place)
        except (msgspec.MsgspecError, DataError, UnicodeDecodeError):
            return
        self._tasks, self.since, self.known = tasks, header.since, frozenset(header.known)


def _before(time: str) -> str:
    return (datetime.fromisoformat(time) - _MARGIN).strftime(_TIME)
