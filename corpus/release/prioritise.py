"""Reading order for annotation: the most informative documents first, mixed with a random share.

Gold of documents selected like this is not a random sample. Each document states why it was selected, so that those
drawn at random can be evaluated on their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from ...schema import Document, Span, UsageError, did_you_mean
from ...schema.hashing import draw_key
from ..spans.span_keys import labelled_span

RANDOM = "random"
"""The name of the strategy for documents drawn at random."""

CONTESTED = "contested"
"""The name of the strategy for documents in which the readers of a vote differ most often."""

MIX = "mix"
"""The name of the mean rank over all strategies."""

Suggestions = Mapping[str, Sequence[Span]]
"""The suggested spans of a document, by the name of the extractor."""


@dataclass(frozen=True, slots=True)
class RankedDocument:
    """A document in the reading order.

    Attributes:
        document: The document.
        by: The strategy that selected it, or `random`.
    """

    document: Document
    by: str


def reading_order(
    documents: Sequence[tuple[Document, Suggestions]],
    strategy: str,
    *,
    random_share: float = 0.2,
    contested: Mapping[str, int] | None = None,
) -> list[RankedDocument]:
    """Sort documents into the order in which they should be annotated.

    Args:
        documents: The documents, each with its suggestions.
        strategy: One of `ORDERS`; `mix` is the mean rank over all other strategies that are applicable.
        random_share: Share of documents drawn at random (by a hash of their ids), spread evenly; 0 to 1.
        contested: In how many places the readers of a vote differ, by id of the document; without one there is no vote.

    Returns:
        All documents in reading order.

    Raises:
        UsageError: The strategy is unknown or not applicable to the suggestions, or the share is out of range.
    """
    if strategy not in ORDERS:
        raise UsageError(f"`order`: unknown order {strategy!r}: {did_you_mean(strategy, list(ORDERS))}")
    if not 0 <= random_share <= 1:
        raise UsageError(f"`random_share` {random_share:g} is out of range. Fix: a share between 0 and 1")
    scores = {name: score(documents) for name, score in STRATEGIES.items() if strategy in (name, MIX)}
    if strategy in (CONTESTED, MIX):
        scores[CONTESTED] = {document.id: (contested or {}).get(document.id) for document, _ in documents}
    rank = _mean_ranks(scores) if strategy == MIX else _ranks(scores[strategy], strategy)
    by_id = {document.id: document for document, _ in documents}
    ranked = iter(sorted(by_id, key=lambda name: (rank[name], draw_key("draw", name))))
    shuffled = iter(sorted(by_id, key=lambda name: draw_key("draw", name)))
    order: list[RankedDocument] = []
    selected: set[str] = set()
    random_due = 0.0
    for _ in range(len(by_id)):
        random_due += random_share
        source, by = (shuffled, RANDOM) if random_due >= 1 else (ranked, strategy)
        random_due -= 1 if random_due >= 1 else 0
        document_id = next(candidate for candidate in source if candidate not in selected)
        selected.add(document_id)
        order.append(RankedDocument(by_id[document_id], by))
    return order


def _ranks(scores: Mapping[str, float | None], strategy: str) -> dict[str, float]:
    """Return the rank of each document, counted from 0; documents without a score come last."""
    if all(score is None for score in scores.values()):
        needs = {
            "disagreement": "suggestions of two extractors",
            "score": "suggestions with scores",
            CONTESTED: "suggestions of goldspan annotate --vote",
        }
        required = needs.get(strategy, "suggestions")
        raise UsageError(f"order {strategy!r} is not applicable to these suggestions. Fix: {required}")
    distinct = sorted({score for score in scores.values() if score is not None}, reverse=True)
    rank = {score: float(i) for i, score in enumerate(distinct)}
    return {name: rank[score] if score is not None else float(len(distinct)) for name, score in scores.items()}


def _mean_ranks(scores: Mapping[str, Mapping[str, float | None]]) -> dict[str, float]:
    parts = []
    for strategy, of_documents in scores.items():
        try:
            ranks = _ranks(of_documents, strategy)
        except UsageError:
            continue
        highest = max(1.0, *ranks.values())
        parts.append({name: rank / highest for name, rank in ranks.items()})
    if not parts:
        raise UsageError("order 'mix' is not applicable without suggestions. Fix: suggestions")
    return {name: sum(part[name] for part in parts) / len(parts) for name in parts[0]}


def _disagreement(documents: Sequence[tuple[Document, Suggestions]]) -> dict[str, float | None]:
    """Return 1 minus the mean strict F1 of all pairs of extractors."""
    scores: dict[str, float | None] = {}
    for document, suggestions in documents:
        sides = [set(map(labelled_span, spans)) for spans in suggestions.values()]
        pairs = [(a, b) for a, b in combinations(sides, 2) if a or b]
        f1 = [2 * len(a & b) / (len(a) + len(b)) for a, b in pairs]
        scores[document.id] = (1 - sum(f1) / len(f1) if f1 else 0.0) if len(sides) > 1 else None
    return scores


def _uncertainty(documents: Sequence[tuple[Document, Suggestions]]) -> dict[str, float | None]:
    """Return 1 minus the mean score of the suggested spans."""
    uncertainties: dict[str, float | None] = {}
    for document, suggestions in documents:
        scores = [span.score for spans in suggestions.values() for span in spans if span.score is not None]
        uncertainties[document.id] = 1 - sum(scores) / len(scores) if scores else None
    return uncertainties


def _novelty(documents: Sequence[tuple[Document, Suggestions]]) -> dict[str, float | None]:
    """Return the mean rarity of the suggested names, the inverse of their number of documents."""
    names_by_id = {
        document.id: {(s.label, document.surface(s).casefold()) for spans in suggestions.values() for s in spans}
        for document, suggestions in documents
    }
    frequency = Counter(name for names in names_by_id.values() for name in names)
    return {
        document_id: sum(1 / frequency[name] for name in names) / len(names) if names else None
        for document_id, names in names_by_id.items()
    }


STRATEGIES: Mapping[str, Callable[[Sequence[tuple[Document, Suggestions]]], dict[str, float | None]]] = {
    "disagreement": _disagreement,
    "score": _uncertainty,
    "novelty": _novelty,
}
"""The selection strategies: extractors that disagree, low scores, and names that few other documents have."""

ORDERS = (*STRATEGIES, CONTESTED, MIX)
"""The orders."""
