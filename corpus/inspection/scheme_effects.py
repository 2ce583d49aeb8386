"""Spans that a change of the scheme makes invalid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...schema import Scheme, span_incompatibility
from ..storage.records import read_records


@dataclass(frozen=True, slots=True)
class InvalidatedSpan:
    """A span that is valid in one scheme and not in another.

    Attributes:
        file: The records file.
        document: Id of the document.
        start: Start of the span, in code points.
        end: End of the span, in code points.
        label: Its label.
        surface: Its text; empty in a text-free document.
        reason: Why it is not valid.
    """

    file: str
    document: str
    start: int
    end: int
    label: str
    surface: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return the span as JSON-compatible data."""
        return asdict(self)


def invalidated_spans(paths: Iterable[str | Path], before: Scheme, after: Scheme) -> list[InvalidatedSpan]:
    """Return the spans of records files that become invalid with another scheme.

    Args:
        paths: Records files.
        before: Scheme of the records.
        after: The other scheme.

    Raises:
        DataError: A file is invalid.
    """
    return [
        InvalidatedSpan(str(path), document.id, span.start, span.end, span.label, document.surface(span), reason)
        for path in paths
        for document in read_records(path, before)
        for span in document.spans
        if (reason := span_incompatibility(span, before, after))
    ]
