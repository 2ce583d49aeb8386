"""The backup of a project before its migration: all that will change, written before anything is changed.

Its first line states the project and its settings, the others are items as they were, and the last of the first
writing says how many there are. What people changed between the backup and its migration is added as it was then.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from ....schema import DataError, DependencyError, Problem, os_error_hint
from ....schema.hashing import json_sha256
from .task_work import ItemKey, Kind, TaskWork, WorkItem


class BackupHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """First line of a backup.

    Attributes:
        server: URL of the server then.
        project: The server's id of the project.
        made: Time at which the project was made, which tells it from those of other servers.
        migration: Id of the migration.
        reverse: Whether it is the reverse.
        settings: The settings of the project that the migration changes.
        goldspan: What the file is.
    """

    server: str
    project: int
    made: str
    migration: str
    reverse: bool
    settings: dict[str, Any]
    goldspan: str = "backup of a Label Studio project"

    def is_about(self, other: BackupHeader) -> bool:
        """Check whether both are about the same migration of the same project."""
        mine, its = ((one.project, one.made, one.migration, one.reverse) for one in (self, other))
        return mine == its


class BackupItem(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An item as it was.

    Attributes:
        task: The server's id of its task.
        kind: As in `WorkItem`.
        id: As in `WorkItem`.
        content: As in `WorkItem`.
        updated: As in `WorkItem`.
        user: As in `WorkItem`.
        model: As in `WorkItem`.
        annotation: As in `WorkItem`.
    """

    task: int
    kind: Kind
    id: int
    content: Any
    updated: str = ""
    user: int = 0
    model: str = ""
    annotation: int | None = None


class _Complete(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The line after the items of the first writing."""

    items: int


_encode = msgspec.json.Encoder().encode


def content_key(content: Any) -> str:
    """Return a hash of the content of an item."""
    return json_sha256(content)[:32]


class MigrationBackup:
    """A backup file.

    Args:
        path: The file.
        header: Its first line.
        known: Hash of the content of each item, as it was before the migration.

    Attributes:
        path: The file.
        header: Its first line.
    """

    def __init__(self, path: Path, header: BackupHeader, known: dict[ItemKey, str]) -> None:
        self.path = path
        self.header = header
        self._known = known

    @classmethod
    def create(cls, path: Path, header: BackupHeader, tasks: Iterable[TaskWork]) -> MigrationBackup:
        """Write a backup, all of it before this returns; an incomplete one is left by an interruption.

        Raises:
            DependencyError: The file cannot be written.
        """
        known: dict[ItemKey, str] = {}
        try:
            with path.open("wb") as stream:
                stream.write(_encode(header) + b"\n")
                for task in tasks:
                    for item in task.all_items:
                        stream.write(_line(task.id, item))
                        known[item.key] = content_key(item.content)
                stream.write(_encode(_Complete(len(known))) + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise _unwritable(path, error) from error
        return cls(path, header, known)

    @classmethod
    def load(cls, path: Path) -> MigrationBackup | None:
        """Return a backup; None if there is none, or writing it was interrupted, before which nothing was changed.

        Raises:
            DataError: The file is something else.
        """
        if not path.exists():
            return None
        known: dict[ItemKey, str] = {}
        complete = False
        try:
            with path.open("rb") as stream:
                header = msgspec.json.decode(stream.readline(), type=BackupHeader)
                for line in stream:
                    if not line.endswith(b"\n"):  # an interruption cut it off, before what it is about was changed
                        break
                    data = msgspec.json.decode(line, type=dict[str, Any])
                    if "items" in data:
                        complete = True
                    elif not complete:
                        item = msgspec.convert(data, BackupItem)
                        known[item.kind, item.id] = content_key(item.content)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            fix = "name another file with --backup"
            raise DataError(Problem("the file exists and is not a backup of a project", fix, str(path))) from error
        except OSError as error:
            raise _unwritable(path, error) from error
        return cls(path, header, known) if complete else None

    def has(self, item: WorkItem) -> bool:
        """Check whether an item is as it was before the migration."""
        return self._known.get(item.key) == content_key(item.content)

    def add(self, task: int, items: Iterable[WorkItem]) -> None:
        """Add items as they are now, before they are changed.

        Raises:
            DependencyError: The file cannot be written.
        """
        lines = b"".join(_line(task, item) for item in items)
        try:
            with self.path.open("r+b") as stream:
                stream.seek(_end_of_lines(stream))
                stream.truncate()
                stream.write(lines)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def items(self) -> Iterator[BackupItem]:
        """Yield the items as they were before the migration.

        Raises:
            DataError: The file cannot be read.
        """
        with self.path.open("rb") as stream:
            stream.readline()
            for line in stream:
                data = msgspec.json.decode(line)
                if "items" in data:
                    return
                yield msgspec.convert(data, BackupItem)


def _line(task: int, item: WorkItem) -> bytes:
    stored = BackupItem(task, item.kind, item.id, item.content, item.updated, item.user, item.model, item.annotation)
    return _encode(stored) + b"\n"


def _end_of_lines(stream: Any) -> int:
    """Return where the last complete line ends: a part of one may stand after it."""
    end = int(stream.seek(0, os.SEEK_END))
    while end:
        start = max(0, end - 65_536)
        stream.seek(start)
        found = stream.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + int(found) + 1
        end = start
    return 0


def _unwritable(path: Path, error: OSError) -> DependencyError:
    hint = os_error_hint(error, writing=True)
    return DependencyError(f"{path}: the backup cannot be written: {error.strerror}. Fix: {hint}")
