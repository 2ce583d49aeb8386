"""Names in people's annotations that the registry or the gazetteer does not know, each with its occurrences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from .....schema import pluralize


@dataclass(slots=True)
class UnknownName:
    """A name or id that no entry matches, or several.

    Attributes:
        label: Label of the spans that have it.
        message: What is wrong, with the closest entries.
        url: URL of the first task with such a span.
        spans: Number of the spans.
        documents: Ids of their documents, in the order of the tasks.
        new: Whether the last pull to the same place did not report it.
    """

    label: str
    message: str
    url: str
    spans: int = 0
    documents: list[str] = field(default_factory=list)
    new: bool = True

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return f"{self.label}: {self.message}"

    def __str__(self) -> str:
        spans = pluralize(self.spans, "span")
        return f"{self.key} ({spans} in {pluralize(len(self.documents), 'document')}, first {self.url})"

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-compatible data."""
        return {
            "label": self.label,
            "what": self.message,
            "spans": self.spans,
            "documents": self.documents,
            "first": self.url,
            "new": self.new,
        }


class UnknownNames:
    """The unknown names of a pull, in the order in which they were found."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], UnknownName] = {}

    def count(self, label: str, message: str, document: str, url: str) -> None:
        """Count a span with a name."""
        found = self._names.setdefault((label, message), UnknownName(label, message, url))
        found.spans += 1
        if found.documents[-1:] != [document]:
            found.documents.append(document)

    def by_frequency(self, known: Iterable[str] = ()) -> list[UnknownName]:
        """Return the names, the most frequent first.

        Args:
            known: Keys of those that are not new.
        """
        before = frozenset(known)
        names = [replace(name, new=name.key not in before) for name in self._names.values()]
        return sorted(names, key=lambda name: (-name.spans, name.key))
