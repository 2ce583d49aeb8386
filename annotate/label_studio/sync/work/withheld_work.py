"""Work on withdrawn documents that a server still has: it is neither pulled nor cached, and is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol, TypeVar

from .....corpus.withdrawal.item_matching import withdrawn_item
from .....corpus.withdrawal.withdrawn_documents import WithdrawnDocuments
from .....schema import pluralize
from ...mapping.task_parts import WHOLE


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def data(self) -> dict[str, Any]: ...


T = TypeVar("T", bound=_Named)


class WithheldWork:
    """Leaves out work on withdrawn documents.

    Args:
        withdrawn: The withdrawals.
    """

    def __init__(self, withdrawn: WithdrawnDocuments) -> None:
        self._withdrawn = withdrawn
        self._names: set[str] = set()

    def holds(self, task: _Named) -> bool:
        """Return whether a task is of a withdrawn document, by its id or its text."""
        if not self._withdrawn:
            return False
        return bool(self._withdrawn.by_id(task.name) or withdrawn_item(task.data, self._withdrawn))

    def rest(self, tasks: Iterable[T]) -> Iterator[T]:
        """Yield the other tasks."""
        for task in tasks:
            if self.holds(task):
                self._names.add(str(task.data.get(WHOLE) or task.name))
            else:
                yield task

    def remarks(self, url: str) -> list[str]:
        """Return a remark on what was left out of a project, if anything was."""
        if not self._names:
            return []
        count = pluralize(len(self._names), "withdrawn document")
        what = f"{url}: left out work on {count}, by {self._withdrawn.sources}: {', '.join(sorted(self._names))}"
        return [f"{what}. Fix: goldspan withdraw takes them out of the project"]
