"""Error analysis: the classes of errors that a system makes, where they occur, and examples."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..corpus.spans.span_alignment import align
from ..schema import Document, Scheme, Span, pluralize
from .alignment.document_alignment import restrict_to
from .matching.excluded_spans import drop_excluded
from .value_comparison import ValueRules, filled_fields

ErrorClass = Literal["boundary", "label", "boundary and label", "value", "missed", "spurious"]


@dataclass(frozen=True, slots=True)
class ScoringError:
    """A difference between a system and the gold.

    Attributes:
        document: Id of the document.
        kind: Class of the error; `value` if bounds and label are correct and the value is not.
        gold: Gold span; None for a spurious span.
        system: System span; None for a missed span.
        surface: Text of the gold span, else of the system span.
        seen: Whether the label and surface occur in the training documents; None without training documents.
    """

    document: str
    kind: ErrorClass
    gold: Span | None
    system: Span | None
    surface: str
    seen: bool | None


@dataclass(frozen=True, slots=True)
class ErrorAnalysis:
    """All errors of a system, with counts.

    Attributes:
        errors: Errors by document and position.
        confusion: Number of pairs of spans by gold label and system label; `-` if there is no span on that side.
    """

    errors: list[ScoringError]
    confusion: dict[str, dict[str, int]]

    def counts(self, by: str = "kind") -> dict[str, dict[str, int]]:
        """Return the number of errors by slice and class.

        The label is that of the gold span, or of the system span for spurious spans; the length is in words.

        Args:
            by: Name of the slice, one of `SLICES`.
        """
        table: dict[str, Counter[str]] = defaultdict(Counter)
        for error in self.errors:
            table[SLICES[by](error)][error.kind] += 1
        return {key: dict(sorted(kinds.items())) for key, kinds in sorted(table.items())}

    def examples(self, kind: str, *, limit: int = 5) -> list[ScoringError]:
        """Return the first errors of a class."""
        return [error for error in self.errors if error.kind == kind][:limit]


def _label(error: ScoringError) -> str:
    span = error.gold or error.system
    return span.label if span else ""


def _length(error: ScoringError) -> str:
    words = len(error.surface.split())
    return "5 words and more" if words >= 5 else pluralize(words, "word")


SLICES: Mapping[str, Callable[[ScoringError], str]] = {
    "kind": lambda _: "all",
    "label": _label,
    "document": lambda error: error.document,
    "length": _length,
    "seen": lambda error: {True: "seen", False: "unseen", None: "unknown"}[error.seen],
}
"""Slices by which errors can be counted."""


def analyse_errors(
    gold: Iterable[Document],
    system: Iterable[Document],
    scheme: Scheme,
    *,
    labels: Sequence[str] = (),
    training: Iterable[Document] = (),
) -> ErrorAnalysis:
    """Pair gold and system spans (equal bounds first, then the largest overlap) and classify the differences.

    Args:
        gold: Gold documents, whose zones apply.
        system: The same documents with the spans of the system; missing documents count as empty.
        scheme: Scheme that defines when values match.
        labels: Labels to compare on both sides; all by default.
        training: Training documents, whose surfaces count as seen.
    """
    selected = list(labels or scheme.labels)
    predictions = {document.id: restrict_to(document, selected) for document in system}
    known = {(span.label, document.surface(span)) for document in training for span in document.spans}
    aligned: list[tuple[Document, tuple[Span, ...], tuple[Span, ...]]] = []
    for document in gold:
        prediction = predictions.get(document.id)
        gold_spans = drop_excluded(restrict_to(document, selected), document.zones).spans
        system_spans = () if prediction is None else drop_excluded(prediction, document.zones).spans
        aligned.append((document, gold_spans, system_spans))
    gold_fields = filled_fields(((s.label, s.value) for _, gold_spans, _ in aligned for s in gold_spans), scheme)
    system_fields = filled_fields(((s.label, s.value) for *_, system_spans in aligned for s in system_spans), scheme)
    rules = ValueRules(scheme, gold_fields, system_fields)
    errors: list[ScoringError] = []
    confusion: dict[str, Counter[str]] = defaultdict(Counter)
    for document, gold_spans, system_spans in aligned:
        for pair in align(gold_spans, system_spans, rules.similarity):
            confusion[pair.a.label if pair.a else "-"][pair.b.label if pair.b else "-"] += 1
            kind = _kind(pair.a, pair.b, rules)
            if kind is not None:
                span = pair.a or pair.b
                surface = document.surface(span) if span else ""
                seen = (span.label, surface) in known if known and span else None
                errors.append(ScoringError(document.id, kind, pair.a, pair.b, surface, seen))
    return ErrorAnalysis(errors, {label: dict(sorted(row.items())) for label, row in sorted(confusion.items())})


def _kind(gold: Span | None, system: Span | None, rules: ValueRules) -> ErrorClass | None:
    if gold is None or system is None:
        return "spurious" if gold is None else "missed"
    same_bounds = (gold.start, gold.end) == (system.start, system.end)
    if gold.label != system.label:
        return "label" if same_bounds else "boundary and label"
    if not same_bounds:
        return "boundary"
    return None if rules.same(gold, system) else "value"
