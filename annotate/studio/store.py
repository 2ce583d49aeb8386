"""People's work kept beside the layers made of it, so that a pull asks only for what has changed.

The layers are always made of the whole work, so they depend on what people did and never on when it was pulled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from ...corpus.files import reading, writing
from ...schema import DataError
from .api import Api
from .project import Project
from .work import Work, all_work, count_work, work_since

_MARGIN = timedelta(seconds=5)  # a task's time is set before its change can be seen
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


class _Head(msgspec.Struct, forbid_unknown_fields=True):
    """Whose work a store holds, and how far it goes."""

    server: str
    project: int
    since: str


class _Kept(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A task's work as a store holds it: decoded when it is wanted, for thousands of them are mostly left alone.

    Attributes:
        task: The task's number.
        updated: As `Work.updated`.
        users: Numbers of the people who worked on it.
        work: As JSON.
    """

    task: int
    updated: str
    users: tuple[int, ...]
    work: msgspec.Raw


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Work).decode


@dataclass
class Store:
    """Work by task.

    Attributes:
        path: Of the file; one that is torn or of another project counts as empty.
        since: The time of the newest change that it holds; empty where it holds nothing.
    """

    path: Path
    since: str = ""
    _kept: dict[int, _Kept] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many tasks it holds: those that anyone has annotated or skipped."""
        return len(self._kept)

    def update(self, api: Api, project: Project) -> tuple[int, bool]:
        """Brings the store up to date; answers how many tasks were read, and whether all were.

        Raises:
            StudioError: The server does not answer, or refuses.
        """
        self._read(api, project)
        if self.since:
            known = {task: kept.updated for task, kept in self._kept.items()}
            read = self._take(work_since(api, project, _before(self.since), known))
            # a task that was removed cannot be among the changes, but it is missing in the count
            if len(self) == count_work(api, project):
                return read, False
        self._kept, self.since = {}, ""
        return self._take(all_work(api, project)), True

    def save(self, api: Api, project: Project) -> None:
        """Writes the store, whole or not at all.

        Raises:
            SurroundingsError: The file cannot be written.
        """
        with writing(str(self.path)) as stream:
            stream.write(_encode(_Head(api.connection.url, project.id, self.since)) + b"\n")
            for _, kept in sorted(self._kept.items()):
                stream.write(_encode(kept) + b"\n")

    def in_order(self) -> Iterator[Work]:
        """The work, in the order in which the tasks were made."""
        yield from (_decode(kept.work) for _, kept in sorted(self._kept.items()))

    def tasks_by_user(self) -> Counter[int]:
        """How many tasks each account worked on, by its number."""
        return Counter(user for kept in self._kept.values() for user in set(kept.users))

    def _take(self, changed: Iterable[Work]) -> int:
        """Takes in what has changed; answers how many tasks that were."""
        count = 0
        for work in changed:
            count += 1
            self.since = max(self.since, work.updated, *(one.updated for one in work.annotations))
            if work.annotations:
                users = tuple(one.user for one in work.annotations)
                self._kept[work.task] = _Kept(work.task, work.updated, users, msgspec.Raw(_encode(work)))
            else:
                self._kept.pop(work.task, None)
        return count

    def _read(self, api: Api, project: Project) -> None:
        self._kept, self.since = {}, ""
        if not self.path.is_file():
            return
        decode = msgspec.json.Decoder(_Kept).decode
        try:
            with reading(str(self.path)) as stream:
                head = msgspec.json.decode(next(iter(stream), b""), type=_Head)
                if (head.server, head.project) != (api.connection.url, project.id):
                    return
                found = [decode(line) for line in stream]
        except (msgspec.MsgspecError, DataError, UnicodeDecodeError):
            return
        # a copy: as decoded, the work would keep the whole line alive
        self._kept = {kept.task: _Kept(kept.task, kept.updated, kept.users, kept.work.copy()) for kept in found}
        self.since = head.since


def _before(time: str) -> str:
    return (datetime.fromisoformat(time) - _MARGIN).strftime(_TIME)
