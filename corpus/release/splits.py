"""Splits and folds: by a hash of the document, near-duplicates always together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice

from ...schema import Document
from ..inspection.near_duplicates import NearDuplicates

FEW = 30
"""Corpora of fewer documents are one test split: they are to be cross-validated by their folds."""

FOLDS = 5
SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}


@dataclass(frozen=True, slots=True)
class SplitAssignment:
    """A document and where it goes.

    Attributes:
        document: The document.
        split: Name of the split; empty where its near-duplicates stand on several sides, so that it can be on none.
        fold: 0 to `FOLDS` - 1; near-duplicates share one.
    """

    document: Document
    split: str
    fold: int


def assign_splits(documents: Iterable[Document], shares: Mapping[str, float] = SHARES) -> Iterator[SplitAssignment]:
    """Gives each document its split and fold. What is near an earlier document goes where that one went.

    In a large corpus the place of a document hangs on its id and on what it is near to, never on how many there are
    beside it. A small one is one split, and its groups of near-duplicates are dealt out to the folds in turn.

    Of text-free documents only repeats of the same text are known to be near.
    """
    stream = iter(documents)
    first = list(islice(stream, FEW))
    near = _Near()
    if len(first) < FEW:
        yield from _dealt(first, near)
        return
    places: dict[str, tuple[str, int]] = {}
    for document in chain(first, stream):
        found = {places[earlier] for earlier in near.add(document) if earlier in places}
        if len(found) > 1:
            yield SplitAssignment(document, "", 0)
            continue
        place = next(iter(found)) if found else _place(document.id, shares)
        places[document.id] = place
        yield SplitAssignment(document, *place)


class _Near:
    """Which earlier documents each document is near to."""

    def __init__(self) -> None:
        self._near = NearDuplicates()
        self._texts: dict[str, str] = {}

    def add(self, document: Document) -> set[str]:
        """Ids of earlier documents that a document is near to."""
        self._near.add(document)
        found = {pair.earlier for pair in self._near.pairs}
        self._near.pairs.clear()
        found.add(self._texts.setdefault(document.with_hash().text_sha256 or document.id, document.id))
        return found - {document.id}


def _dealt(documents: Sequence[Document], near: _Near) -> Iterator[SplitAssignment]:
    """The documents of a small corpus: groups of near-duplicates in the order of their hashes, fold after fold."""
    group: dict[str, str] = {}
    for document in documents:
        joined = {group[earlier] for earlier in near.add(document)} | {document.id}
        least = min(joined, key=_hash)
        group = {name: least if of in joined else of for name, of in group.items()} | {document.id: least}
    rank = {name: at for at, name in enumerate(sorted(set(group.values()), key=_hash))}
    for document in documents:
        yield SplitAssignment(document, "test", rank[group[document.id]] % FOLDS)


def _place(name: str, shares: Mapping[str, float]) -> tuple[str, int]:
    point = int.from_bytes(_hash(name)[:8]) / 2**64 * sum(shares.values())
    fold = int.from_bytes(_hash(name)[8:16]) % FOLDS
    for split, share in shares.items():
        point -= share
        if point < 0:
            return split, fold
    return list(shares)[-1], fold


def _hash(name: str) -> bytes:
    return sha256(f"split\0{name}".encode()).digest()
