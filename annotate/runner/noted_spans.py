"""Spans with a note for their layer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...schema import Span


class NotedSpans(list[Span]):
    """The spans of a document, as an extractor returns them, with what is kept of how they came about.

    Args:
        spans: The spans.
        layer_extra: What stands under `extra` of the document's layer.
    """

    def __init__(self, spans: Iterable[Span], layer_extra: dict[str, Any]) -> None:
        super().__init__(spans)
        self.layer_extra = layer_extra
