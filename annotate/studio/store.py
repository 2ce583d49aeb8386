"""People's work kept beside the layers made of it, so that a pull asks only for what has changed.

The layers are always made of the whole work, so they depend on what people did and never on when it was pulled.
"""

from __future__ import annotations

from collections.abc import Iterator
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


@dataclass
class Store:
    """Work by task.

    Attributes:
        path: Of the file; one that is torn or of another project counts as empty.
        since: The time of the newest change that it holds; empty where it holds nothing.
        work: By the task's number; only tasks that anyone has annotated or skipped.
    """

    path: Path
    since: str = ""
    work: dict[int, Work] = field(default_factory=dict)

    def update(self, api: Api, project: Project) -> tuple[int, bool]:
        """Brings the store up to date; answers how many tasks were read, and whether all were.

        Raises:
            StudioError: The server does not answer, or refuses.
        """
        self._read(api, project)
        if self.since:
            known = {task: work.updated for task, work in self.work.items()}
            changed = list(work_since(api, project, _before(self.since), known))
            self._take(changed)
            # a task that was removed cannot be among the changes, but it is missing in the count
            if len(self.work) == count_work(api, project):
                return len(changed), False
        self.work, self.since = {}, ""
        everything = list(all_work(api, project))
        self._take(everything)
        return len(everything), True

    def save(self, api: Api, project: Project) -> None:
        """Writes the store, whole or not at all.

        Raises:
            SurroundingsError: The file cannot be written.
        """
        encode = msgspec.json.encode
        with writing(str(self.path)) as stream:
            stream.write(encode(_Head(api.connection.url, project.id, self.since)) + b"\n")
            for _, work in sorted(self.work.items()):
                stream.write(encode(work) + b"\n")

    def in_order(self) -> Iterator[Work]:
        """The work, in the order in which the tasks were made."""
        yield from (work for _, work in sorted(self.work.items()))

    def _take(self, changed: list[Work]) -> None:
        for work in changed:
            self.since = max(self.since, work.updated, *(one.updated for one in work.annotations))
            if work.annotations:
                self.work[work.task] = work
            else:
                self.work.pop(work.task, None)

    def _read(self, api: Api, project: Project) -> None:
        self.work, self.since = {}, ""
        if not self.path.is_file():
            return
        decode = msgspec.json.Decoder(Work).decode
        try:
            with reading(str(self.path)) as stream:
                head = msgspec.json.decode(next(iter(stream), b""), type=_Head)
                if (head.server, head.project) != (api.connection.url, project.id):
                    return
                kept = [decode(line) for line in stream]
        except (msgspec.MsgspecError, DataError, UnicodeDecodeError):
            return
        self.work, self.since = {work.task: work for work in kept}, head.since


def _before(time: str) -> str:
    return (datetime.strptime(time, _TIME) - _MARGIN).strftime(_TIME)
