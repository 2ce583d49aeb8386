"""What to read next: the documents from which most is to be learned first, with a random share kept among them.

Gold of documents chosen so is no random sample: each remembers why it was chosen, and what was drawn at random can be
looked at alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations

from ...schema import Document, Span, UsageError, did_you_mean

RANDOM = "random"
"""Why a document was chosen that was drawn at random."""

Suggestions = Mapping[str, Sequence[Span]]
"""Spans of a document, by the extractor's name."""


@dataclass(frozen=True, slots=True)
class RankedDocument:
    """A document in the order of reading.

    Attributes:
        document: The document.
        by: The strategy that chose it, or `random`.
    """

    document: Document
    by: str


def reading_order(
    documents: Sequence[tuple[Document, Suggestions]], strategy: str, *, random_share: float = 0.2
) -> list[RankedDocument]:
    """The documents in the order in which they should be read.

    Args:
        documents: With their suggestions.
        strategy: One of `STRATEGIES`, or `mix`: the mean of the ranks that all strategies give that have anything to
            go by.
        random_share: Share of documents drawn at random (by a hash of their ids), spread evenly.

    Raises:
        UsageError: No such strategy, a share that is none, or nothing for the strategy to go by.
    """
    if strategy not in (*STRATEGIES, "mix"):
        raise UsageError(f"--order {strategy}: {did_you_mean(strategy, [*STRATEGIES, 'mix'])}")
    if not 0 <= random_share <= 1:
        raise UsageError(f"--random-share {random_share:g}: Fix: a share between 0 and 1")
    rank = _mixed(documents) if strategy == "mix" else _ranks(documents, strategy)
    by_name = {document.id: document for document, _ in documents}
    wanted = iter(sorted(by_name, key=lambda name: (rank[name], _hash(name))))
    drawn = iter(sorted(by_name, key=_hash))
    order: list[RankedDocument] = []
    taken: set[str] = set()
    due = 0.0
    for _ in range(len(by_name)):
        due += random_share
        source, by = (drawn, RANDOM) if due >= 1 else (wanted, strategy)
        due -= 1 if due >= 1 else 0
        name = next(one for one in source if one not in taken)
        taken.add(name)
        order.append(RankedDocument(by_name[name], by))
    return order


def _ranks(documents: Sequence[tuple[Document, Suggestions]], strategy: str) -> dict[str, float]:
    """The rank of each document, the first 0; documents of which a strategy says nothing come last."""
    values = STRATEGIES[strategy](documents)
    if all(value is None for value in values.values()):
        needs = {"disagreement": "suggestions of two extractors", "score": "suggestions with scores"}
        raise UsageError(f"--order {strategy} has nothing to go by. Fix: {needs.get(strategy, 'suggestions')}")
    told = sorted({value for value in values.values() if value is not None}, reverse=True)
    place = {value: float(i) for i, value in enumerate(told)}
    return {name: place[value] if value is not None else float(len(told)) for name, value in values.items()}


def _mixed(documents: Sequence[tuple[Document, Suggestions]]) -> dict[str, float]:
    parts = []
    for strategy in STRATEGIES:
        try:
            ranks = _ranks(documents, strategy)
        except UsageError:
            continue
        most = max(1.0, *ranks.values())
        parts.append({name: rank / most for name, rank in ranks.items()})
    if not parts:
        raise UsageError("--order mix has nothing to go by. Fix: suggestions")
    return {name: sum(part[name] for part in parts) / len(parts) for name in parts[0]}


def _disagreement(documents: Sequence[tuple[Document, Suggestions]]) -> dict[str, float | None]:
    """One less the mean strict F1 of each two extractors."""
    told: dict[str, float | None] = {}
    for document, suggestions in documents:
        sides = [{(s.start, s.end, s.label) for s in spans} for spans in suggestions.values()]
        pairs = [(a, b) for a, b in combinations(sides, 2) if a or b]
        f1 = [2 * len(a & b) / (len(a) + len(b)) for a, b in pairs]
        told[document.id] = (1 - sum(f1) / len(f1) if f1 else 0.0) if len(sides) > 1 else None
    return told


def _doubt(documents: Sequence[tuple[Document, Suggestions]]) -> dict[str, float | None]:
    """One less the mean score of the suggested spans."""
    told: dict[str, float | None] = {}
    for document, suggestions in documents:
        scores = [span.score for spans in suggestions.values() for span in spans if span.score is not None]
        told[document.id] = 1 - sum(scores) / len(scores) if scores else None
    return told


def _novelty(documents: Sequence[tuple[Document, Suggestions]]) -> dict[str, float | None]:
    """How rare, on the mean, the suggested names are among the documents."""
    named = {
        document.id: {(s.label, document.surface(s).casefold()) for spans in suggestions.values() for s in spans}
        for document, suggestions in documents
    }
    seen = Counter(name for names in named.values() for name in names)
    return {key: sum(1 / seen[name] for name in names) / len(names) if names else None for key, names in named.items()}


STRATEGIES: Mapping[str, Callable[[Sequence[tuple[Document, Suggestions]]], dict[str, float | None]]] = {
    "disagreement": _disagreement,
    "score": _doubt,
    "novelty": _novelty,
}
"""What a document is chosen by: extractors that differ, low scores, names that few other documents have."""


def _hash(name: str) -> bytes:
    return sha256(f"draw\0{name}".encode()).digest()
