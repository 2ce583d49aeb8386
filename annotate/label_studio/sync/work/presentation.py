"""How a document was presented to annotators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from ...mapping.tasks import MIGRATED, RECORD


@dataclass(frozen=True, slots=True)
class Presentation:
    """How a document was presented to annotators, as recorded in its task.

    Attributes:
        suggestions_shown: Names of the extractors whose suggestions were shown; None for a foreign task.
        chosen_by: Strategy by which the document was chosen.
        other: Other facts.
    """

    suggestions_shown: tuple[str, ...] | None = None
    chosen_by: tuple[str, ...] | None = None
    other: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Read it from the data of a task."""
        record = data.get(RECORD)
        if not isinstance(record, dict) or record.keys() == {MIGRATED}:
            return cls()
        suggestions, about = record.get("suggestions"), record.get("about")
        other = dict(about) if isinstance(about, dict) else {}
        chosen_by = (other.pop("chosen_by"),) if isinstance(other.get("chosen_by"), str) else None
        return cls(tuple(sorted(suggestions)) if isinstance(suggestions, dict) else (), chosen_by, other)
