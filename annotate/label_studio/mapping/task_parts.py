"""What a task that holds a part of a document says of it, and shows beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec import to_builtins

from ....corpus.parts.text_parts import TextPart

WHOLE = "part_of"
"""Field of a task's data with the id of the document that it holds a part of."""

PART = "part"
"""Field of a task's data that says to annotators which part it holds; in the record, the place of the part."""

BEFORE, AFTER = "before", "after"
"""Fields of a task's data with what stands before and after a part, and names of the texts that show it."""


@dataclass(frozen=True, slots=True)
class TaskPart:
    """The part of a document that a task holds.

    Attributes:
        place: Its place in the document.
        context: Returns what stands before and after it. It need not be in memory.
    """

    place: TextPart
    context: Callable[[], tuple[str, str]]

    def in_record(self) -> dict[str, Any]:
        """Return what a task's record says of the place."""
        return {PART: to_builtins(self.place)}

    def shown(self) -> dict[str, str]:
        """Return the fields of a task's data that only parts have."""
        place = self.place
        told = "whole document" if place.of == 1 else f"part {place.number} of {place.of}"
        before, after = self.context()
        return {WHOLE: place.document, PART: told, BEFORE: before, AFTER: after}


def shows_parts(config: str) -> bool:
    """Check whether a labeling config is for tasks that hold parts of documents."""
    return f'value="${BEFORE}"' in config
