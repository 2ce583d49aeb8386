"""Assignment of documents to splits and folds by hash, with near-duplicates kept together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from ...schema import Document
from ...schema.hashing import draw_key
from ..inspection.near_duplicates import NearDuplicates

MIN_SPLIT_DOCUMENTS = 30
"""Minimum size of a corpus that is split. A smaller one is a single test split, for cross-validation by folds."""

FOLDS = 5
SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}


@dataclass(frozen=True, slots=True)
class SplitAssignment:
    """A document with its split and fold.

    Attributes:
        document: The document.
        split: Name of the split; empty if the document belongs to none, since its near-duplicates are in several.
        fold: Number of the fold, 0 to `FOLDS` - 1; near-duplicates are in the same fold.
        across: Whether it is a near-duplicate of a document in another split, which stated splits allow.
    """

    document: Document
    split: str
    fold: int
    across: bool = False


def assign_splits(documents: Iterable[Document], shares: Mapping[str, float] = SHARES) -> Iterator[SplitAssignment]:
    """Assign each document to a split and a fold; near-duplicates follow the first document of their group.

    In a large corpus, the assignment of a document depends only on its id and on its near-duplicates, not on the number
    of documents. A small corpus is one split, and its groups of near-duplicates are assigned to the folds in turn.

    For text-free documents, only those with the same text are recognised as near-duplicates.

    Args:
        documents: The documents; consumed one at a time.
        shares: The share of each split. The shares need not add up to 1.
    """
    stream = iter(documents)
    first = list(islice(stream, MIN_SPLIT_DOCUMENTS))
    duplicates = _EarlierDuplicates()
    if len(first) < MIN_SPLIT_DOCUMENTS:
        yield from _assign_folds(first, duplicates)
        return
    assigned: dict[str, tuple[str, int]] = {}
    for document in chain(first, stream):
        candidates = {assigned[earlier] for earlier in duplicates.add(document) if earlier in assigned}
        if len(candidates) > 1:
            yield SplitAssignment(document, "", 0)
            continue
        split, fold = next(iter(candidates)) if candidates else _hash_assignment(document.id, shares)
        assigned[document.id] = split, fold
        yield SplitAssignment(document, split, fold)


def stated_splits(documents: Iterable[Document], split_of: Callable[[Document], str]) -> Iterator[SplitAssignment]:
    """Assign each document to the split that is stated for it, and to a fold as `assign_splits` does.

    Args:
        documents: The documents; consumed one at a time.
        split_of: Returns the split of a document.
    """
    duplicates = _EarlierDuplicates()
    assigned: dict[str, tuple[str, int]] = {}
    for document in documents:
        split = split_of(document)
        earlier = [assigned[name] for name in duplicates.add(document)]
        fold = min((fold for _, fold in earlier), default=_hash_assignment(document.id, SHARES)[1])
        assigned[document.id] = split, fold
        yield SplitAssignment(document, split, fold, any(other != split for other, _ in earlier))


class _EarlierDuplicates:
    """An index of documents that finds the earlier near-duplicates of each."""

    def __init__(self) -> None:
        self._near = NearDuplicates()
        self._first_by_hash: dict[str, str] = {}

    def add(self, document: Document) -> set[str]:
        """Add a document and return the ids of its earlier near-duplicates."""
        self._near.add(document)
        earlier = {pair.earlier for pair in self._near.pairs}
        self._near.pairs.clear()
        earlier.add(self._first_by_hash.setdefault(document.with_hash().text_sha256 or document.id, document.id))
        return earlier - {document.id}


def _assign_folds(documents: Sequence[Document], duplicates: _EarlierDuplicates) -> Iterator[SplitAssignment]:
    """Assign the groups of near-duplicates of a small corpus to the folds in turn, sorted by hash."""
    group: dict[str, str] = {}
    for document in documents:
        merged = {group[earlier] for earlier in duplicates.add(document)} | {document.id}
        representative = min(merged, key=_hash)
        group = {name: representative if other in merged else other for name, other in group.items()}
        group[document.id] = representative
    rank = {name: index for index, name in enumerate(sorted(set(group.values()), key=_hash))}
    for document in documents:
        yield SplitAssignment(document, "test", rank[group[document.id]] % FOLDS)


def _hash_assignment(name: str, shares: Mapping[str, float]) -> tuple[str, int]:
    point = int.from_bytes(_hash(name)[:8]) / 2**64 * sum(shares.values())
    fold = int.from_bytes(_hash(name)[8:16]) % FOLDS
    for split, share in shares.items():
        point -= share
        if point < 0:
            return split, fold
    return list(shares)[-1], fold


def _hash(name: str) -> bytes:
    return draw_key("split", name)
