"""Migration of suggestions, so that they are as a push of the migrated records makes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from ....schema import Document, Scheme, Span
from ....schema.migration.document_migration import Migration, migrate
from ....schema.migration.questions import Answers
from .migration_notes import Result
from .region_prefixes import UNDECIDED
from .result_json import results_of, spans_of


@dataclass(frozen=True, slots=True)
class MigratedSuggestions:
    """What a migration makes of the results of a prediction.

    Attributes:
        plain: The results of the spans that have a place, as a push makes them, without picks.
        others: Regions that make no span, as they were.
        was: The earlier results as a push would make them.
        left_out: Number of spans that are left out, because a person would have to decide.
    """

    plain: list[Result]
    others: list[Result]
    was: list[Result]
    left_out: int


def migrate_suggestions(
    results: Sequence[Any], document: Document, migration: Migration, answers: Answers | None = None
) -> MigratedSuggestions:
    """Migrate the results of a prediction.

    Args:
        results: The results.
        document: Their document, with zones of the earlier scheme.
        migration: The migration.
        answers: What people decided.

    Raises:
        DataError: An answer does not fit its question.
    """
    regions: dict[str, list[Result]] = defaultdict(list)
    others: list[Any] = []
    for item in results:
        if isinstance(item, dict) and isinstance(item.get("value"), dict) and item.get("id"):
            regions[str(item["id"])].append(item)
        else:
            others.append(item)
    spans: dict[str, Span] = {}
    prefixes: dict[str, str] = {}
    for number, (name, parts) in enumerate(regions.items()):
        span = _span(parts, document, migration.old)
        if span is None:
            others += parts
            continue
        id_ = str(number)
        prefixes[id_] = name.removesuffix(f"s{number}") if name.endswith(f"s{number}") else f"{name}-"
        spans[id_] = replace(span, id=id_, origin=None, extra=None)
    open_places = {name: span for name, span in spans.items() if span.label == UNDECIDED}
    marked = [span for name, span in spans.items() if name not in open_places]
    outcome = migrate(replace(document, spans=tuple(marked), layer=None), migration, answers)
    asked = {(q.start, q.end, q.label) for q in outcome.questions if q.kind in ("label", "value")}
    settled = [span for span in marked if (span.start, span.end, span.label) not in asked]
    if asked:
        outcome = migrate(replace(document, spans=tuple(settled), layer=None), migration, answers)
    after = open_places | {str(span.id): span for span in outcome.document.spans}
    was = _results(document, list(spans.values()), prefixes, migration.old)
    plain = _results(document, [after[name] for name in spans if name in after], prefixes, migration.new)
    return MigratedSuggestions(plain, others, was, len(marked) - len(settled))


def _span(parts: Sequence[Result], document: Document, scheme: Scheme) -> Span | None:
    """Return the span of a region with its score, or what stands for an open conflict; None if it is neither."""
    mark = next((part for part in parts if part.get("type") == "labels"), None)
    if mark is not None and mark["value"].get("labels") == [UNDECIDED] and UNDECIDED not in scheme.labels:
        start, end = mark["value"].get("start"), mark["value"].get("end")
        within = isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(document.text or "")
        return Span(start, end, UNDECIDED) if within else None
    found = spans_of(parts, document.text or "", scheme).spans
    score = next((part["score"] for part in parts if isinstance(part.get("score"), int | float)), None)
    return replace(found[0], score=score) if found else None


def _results(document: Document, spans: Sequence[Span], prefixes: dict[str, str], scheme: Scheme) -> list[Result]:
    return results_of(document, spans, scheme, prefix=lambda span: prefixes[str(span.id)])
