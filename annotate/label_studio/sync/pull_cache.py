"""People's work kept beside the layers made of it, so that a pull asks only for what has changed.

The layers are always made of the whole work, so they depend on what people did and never on when it was pulled. What
has changed is found by time, and then checked without trust in the server's clock: each task must be there with exactly
the time that is known of it, and tasks and annotations must be as many as are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import structs

from ....corpus.storage.file_io import open_reader, open_writer
from ....schema import DataError
from ..client.client import StudioClient
from ..client.projects import Project
from .annotations import (
    AnnotatedTask,
    annotated_tasks,
    count_annotated_tasks,
    tasks_by_id,
    tasks_changed_since,
    tasks_with_other_times,
)

_MARGIN = timedelta(seconds=5)  # a task's time is set before its change can be seen
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


class _Head(msgspec.Struct, forbid_unknown_fields=True):
    """Whose work a store holds, and how far it goes."""

    server: str
    project: int
    since: str


class _CachedTask(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A task's work as a store holds it: decoded when it is wanted, for thousands of them are mostly left alone.

    Attributes:
        task: The task's number.
        updated: As `AnnotatedTask.updated`.
        users: Numbers of the people who worked on it.
        done: How many of its annotations are no skips.
        late: It changed at a time before what was known then: the server's clock stood back. As it may stand still
            there, the same time does not show that nothing has changed since.
        work: As JSON.
    """

    task: int
    updated: str
    users: tuple[int, ...]
    done: int
    late: bool
    work: msgspec.Raw


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(AnnotatedTask).decode


@dataclass
class PullCache:
    """Work by task.

    Attributes:
        path: Of the file; one that is torn or of another project counts as empty.
        since: The time of the newest change that it holds; empty where it holds nothing.
    """

    path: Path
    since: str = ""
    _kept: dict[int, _CachedTask] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many tasks it holds: those that anyone has annotated or skipped."""
        return len(self._kept)

    def update(self, api: StudioClient, project: Project) -> tuple[int, bool]:
        """Brings the store up to date; answers how many tasks were read, and whether all were.

        Raises:
            StudioError: The server does not answer, or refuses.
        """
        self._read(api, project)
        before, since = self._kept, self.since
        if since:
            self._kept = dict(before)
            asked = self._doubtful(api, project)
            for task in asked:
                self._kept.pop(task, None)
            read = self._take(tasks_by_id(api, project, asked), before, since)
            # a task that somebody annotated for the first time while the clock stood back is missing in the counts
            if (len(self), sum(kept.done for kept in self._kept.values())) == count_annotated_tasks(api, project):
                return read, False
        self._kept, self.since = {}, ""
        return self._take(annotated_tasks(api, project), before, since), True

    def _doubtful(self, api: StudioClient, project: Project) -> list[int]:
        """Numbers of the tasks that may not be as they are kept."""
        known = {task: kept.updated for task, kept in self._kept.items()}
        found = set(tasks_changed_since(api, project, _before(self.since), known))
        # in the moment of the newest change more can have changed, as long as the clock stands still
        newest = max(known.values(), default="")
        found.update(task for task, kept in self._kept.items() if kept.late or kept.updated == newest)
        found.update(
            tasks_with_other_times(api, project, {task: time for task, time in known.items() if task not in found})
        )
        return sorted(found)

    def save(self, api: StudioClient, project: Project) -> None:
        """Writes the store, whole or not at all.

        Raises:
            DependencyError: The file cannot be written.
        """
        with open_writer(str(self.path)) as stream:
            stream.write(_encode(_Head(api.connection.url, project.id, self.since)) + b"\n")
            for _, kept in sorted(self._kept.items()):
                stream.write(_encode(kept) + b"\n")

    def in_order(self) -> Iterator[AnnotatedTask]:
        """The work, in the order in which the tasks were made."""
        yield from (_decode(kept.work) for _, kept in sorted(self._kept.items()))

    def tasks_by_user(self) -> Counter[int]:
        """How many tasks each account worked on, by its number."""
        return Counter(user for kept in self._kept.values() for user in set(kept.users))

    def _take(self, changed: Iterable[AnnotatedTask], before: Mapping[int, _CachedTask], since: str) -> int:
        """Takes in what has changed; answers how many tasks that were.

        Args:
            changed: Tasks as they are now.
            before: What was kept.
            since: The newest time of that.
        """
        count = 0
        for work in changed:
            count += 1
            self.since = max(self.since, work.updated, *(one.updated for one in work.annotations))
            if work.annotations:
                users = tuple(one.user for one in work.annotations)
                done = sum(not one.skipped for one in work.annotations)
                held = before.get(work.task)
                late = held.late if held and held.updated == work.updated else work.updated < since
                raw = msgspec.Raw(_encode(work))
                self._kept[work.task] = _CachedTask(work.task, work.updated, users, done, late, raw)
        return count

    def _read(self, api: StudioClient, project: Project) -> None:
        self._kept, self.since = {}, ""
        if not self.path.is_file():
            return
        decode = msgspec.json.Decoder(_CachedTask).decode
        try:
            with open_reader(str(self.path)) as stream:
                head = msgspec.json.decode(next(iter(stream), b""), type=_Head)
                if (head.server, head.project) != (api.connection.url, project.id):
                    return
                found = [decode(line) for line in stream]
        except (msgspec.MsgspecError, DataError, UnicodeDecodeError):
            return
        # a copy: as decoded, the work would keep the whole line alive
        self._kept = {kept.task: structs.replace(kept, work=kept.work.copy()) for kept in found}
        self.since = head.since


def _before(time: str) -> str:
    return (datetime.fromisoformat(time) - _MARGIN).strftime(_TIME)
