"""What kind of errors a system makes, where, and examples of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..corpus.spans.span_alignment import align
from ..schema import Document, Scheme, Span, pluralize
from .document_alignment import restrict_to
from .matching.excluded_spans import drop_zoned
from .value_rules import ValueRules, given_fields

ErrorClass = Literal["boundary", "label", "boundary and label", "value", "missed", "spurious"]


@dataclass(frozen=True, slots=True)
class ScoringError:
    """One difference between a system and the gold.

    Attributes:
        document: Id.
        kind: `value` where bounds and label are right and the value is not.
        gold: None for a spurious span.
        system: None for a missed one.
        surface: Of the gold span, else of the system's.
        seen: Whether the surface stands in the training documents; None without any.
    """

    document: str
    kind: ErrorClass
    gold: Span | None
    system: Span | None
    surface: str
    seen: bool | None


@dataclass(frozen=True, slots=True)
class ErrorAnalysis:
    """All errors of a system, and counts of them.

    Attributes:
        errors: By document and place.
        confusion: How many gold spans of a label pair with system spans of a label; `-` stands for none.
    """

    errors: list[ScoringError]
    confusion: dict[str, dict[str, int]]

    def counts(self, by: str = "kind") -> dict[str, dict[str, int]]:
        """Errors by a slice and class. A label is the gold's, the system's for spurious spans; a length is in words.

        Args:
            by: One of `SLICES`.
        """
        table: dict[str, Counter[str]] = defaultdict(Counter)
        for error in self.errors:
            table[SLICES[by](error)][error.kind] += 1
        return {key: dict(sorted(kinds.items())) for key, kinds in sorted(table.items())}

    def examples(self, kind: str, *, most: int = 5) -> list[ScoringError]:
        """The first errors of a class."""
        return [error for error in self.errors if error.kind == kind][:most]


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
"""What errors can be counted by."""


def analyse_errors(
    gold: Iterable[Document],
    system: Iterable[Document],
    scheme: Scheme,
    *,
    labels: Sequence[str] = (),
    training: Iterable[Document] = (),
) -> ErrorAnalysis:
    """Pairs spans that are about one thing (the same bounds first, then the most shared) and classes what differs.

    Args:
        gold: Documents; their zones rule.
        system: The same documents; one that is left out counts as empty.
        scheme: Says when a value is right.
        labels: Only these, both sides.
        training: Documents whose surfaces count as seen.
    """
    chosen = list(labels or scheme.labels)
    answers = {document.id: restrict_to(document, chosen) for document in system}
    known = {(span.label, document.surface(span)) for document in training for span in document.spans}
    sides: list[tuple[Document, tuple[Span, ...], tuple[Span, ...]]] = []
    for document in gold:
        answer = answers.get(document.id)
        ours = drop_zoned(restrict_to(document, chosen), document.zones).spans
        theirs = () if answer is None else drop_zoned(answer, document.zones).spans
        sides.append((document, ours, theirs))
    gold_given = given_fields((span for _, ours, _ in sides for span in ours), scheme)
    rules = ValueRules(scheme, gold_given, given_fields((span for _, _, theirs in sides for span in theirs), scheme))
    errors: list[ScoringError] = []
    confusion: dict[str, Counter[str]] = defaultdict(Counter)
    for document, ours, theirs in sides:
        for pair in align(ours, theirs, rules.likeness):
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
