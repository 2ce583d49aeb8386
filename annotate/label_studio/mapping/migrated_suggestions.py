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
    spans: list[Span] = []
    prefixes: dict[str, str] = {}
    for name, parts in regions.items():
        found = spans_of(parts, document.text or "", migration.old).spans
        if not found:
            others += parts
            continue
        number = str(len(spans))
        score = next((part["score"] for part in parts if isinstance(part.get("score"), int | float)), None)
        prefixes[number] = name.removesuffix(f"s{number}") if name.endswith(f"s{number}") else f"{name}-"
        spans.append(replace(found[0], id=number, score=score, origin=None, extra=None))
    was = _results(document, spans, prefixes, migration.old)
    outcome = migrate(replace(document, spans=tuple(spans), layer=None), migration, answers)
    asked = {(q.start, q.end, q.label) for q in outcome.questions if q.kind in ("label", "value")}
    settled = [span for span in spans if (span.start, span.end, span.label) not in asked]
    if asked:
        outcome = migrate(replace(document, spans=tuple(settled), layer=None), migration, answers)
    plain = _results(document, outcome.document.spans, prefixes, migration.new)
    return MigratedSuggestions(plain, others, was, len(spans) - len(settled))


def _results(document: Document, spans: Sequence[Span], prefixes: dict[str, str], scheme: Scheme) -> list[Result]:
    return results_of(document, spans, scheme, prefix=lambda span: prefixes[str(span.id)])
