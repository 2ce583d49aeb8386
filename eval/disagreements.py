"""The places that passes annotate differently, with differences in values that leave them correct left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from ..corpus.adjudication.conflicts import find_conflicts
from ..corpus.spans.span_alignment import align
from ..schema import Span
from .shared_documents import DocumentVersions
from .value_comparison import ValueRules


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A place that passes annotate differently.

    Attributes:
        document: Id of the document.
        start: Where the place starts.
        end: Where it ends.
        kind: Kind of the disagreement, such as `label` or `missing`.
        readings: Spans of each pass at the place.
    """

    document: str
    start: int
    end: int
    kind: str
    readings: Mapping[str, tuple[Span, ...]]

    def to_dict(self) -> dict[str, Any]:
        """Return the disagreement as plain data."""
        readings = {name: [_span_data(span) for span in spans] for name, spans in self.readings.items()}
        place = {"document": self.document, "start": self.start, "end": self.end}
        return {**place, "kind": self.kind, "readings": readings}


def _span_data(span: Span) -> dict[str, Any]:
    from msgspec import to_builtins

    return {"start": span.start, "end": span.end, "label": span.label, "value": to_builtins(span.value)}


def list_disagreements(
    shared_versions: Sequence[DocumentVersions], rules: Mapping[tuple[str, str], ValueRules]
) -> tuple[list[Disagreement], int]:
    """Return the disagreements, and how many places differ only in ways that leave values correct."""
    disagreements, minor = [], 0
    for versions in shared_versions:
        _, conflicts = find_conflicts(versions)
        for conflict in conflicts:
            kind: str | None = conflict.kind
            if kind == "value" and _values_agree(conflict.readings, rules):
                kind = None if all(conflict.readings.values()) else "missing"
            if kind is None:
                minor += 1
                continue
            readings = {name: tuple(spans) for name, spans in conflict.readings.items()}
            disagreements.append(Disagreement(conflict.document, conflict.start, conflict.end, kind, readings))
    return disagreements, minor


def _values_agree(spans_by_pass: Mapping[str, Sequence[Span]], rules: Mapping[tuple[str, str], ValueRules]) -> bool:
    """Check whether the values match for each pair of passes that both have spans at a place."""
    return all(
        rules[a, b].same(left, right)
        for a, b in combinations(spans_by_pass, 2)
        if spans_by_pass[a] and spans_by_pass[b]
        for pair in align(spans_by_pass[a], spans_by_pass[b], rules[a, b].similarity)
        if (left := pair.a) and (right := pair.b)
    )
