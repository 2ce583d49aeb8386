"""Tasks on disk, of which memory holds a number each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, overload

import msgspec

from .....corpus.parts.text_parts import TextPart
from ...mapping.task_parts import TaskPart
from ...mapping.tasks import Task, TaskContents, TaskLists
from .spool import SpooledList


class _Facts(msgspec.Struct, frozen=True, array_like=True):
    """The small parts of a task: as in `Task`, and its place in the document that it is a part of."""

    id: str
    text_sha256: str
    extractors: tuple[str, ...]
    hashes: dict[str, str]
    content: str
    size: int
    about: dict[str, str]
    conflicts: str
    low_scores: tuple[int, int]
    offered: dict[str, Any] | None
    place: TextPart | None


class StoredTasks(Sequence[Task]):
    """Tasks made from documents, in their order.

    Args:
        contents: Returns the large parts of the task at a position.
        context: Returns what stands before and after the part at a position.
        lists: The lists that pickers choose from; None in a project without pickers.
    """

    def __init__(
        self,
        contents: Callable[[int], TaskContents],
        context: Callable[[int], tuple[str, str]],
        lists: TaskLists | None,
    ) -> None:
        self._contents, self._context, self._lists = contents, context, lists
        self._facts = SpooledList(_Facts)

    @overload
    def __getitem__(self, position: int) -> Task: ...

    @overload
    def __getitem__(self, position: slice) -> list[Task]: ...

    def __getitem__(self, position: int | slice) -> Task | list[Task]:
        """Return the task at a position, or those of a slice."""
        if isinstance(position, slice):
            return [self[index] for index in range(*position.indices(len(self)))]
        position = range(len(self))[position]
        facts = self._facts[position]
        return Task(
            facts.id,
            facts.text_sha256,
            facts.extractors,
            facts.hashes,
            facts.content,
            facts.size,
            partial(self._contents, position),
            facts.about,
            facts.conflicts,
            facts.low_scores,
            self._lists,
            facts.offered,
            TaskPart(facts.place, partial(self._context, position)) if facts.place else None,
        )

    def __len__(self) -> int:
        return len(self._facts)

    def append(self, task: Task) -> None:
        """Add the task of the next document.

        Raises:
            DependencyError: The temporary file cannot be written.
        """
        self._facts.append(
            _Facts(
                task.id,
                task.text_sha256,
                task.extractors,
                dict(task.hashes),
                task.content,
                task.size,
                dict(task.about),
                task.conflicts,
                task.low_scores,
                None if task.offered is None else dict(task.offered),
                task.part.place if task.part else None,
            )
        )
