"""Splits and folds: by a hash of the document, near-duplicates always together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice

from ..schema import Document
from .near import NearDuplicates

FEW = 30
"""Corpora of fewer documents are one test split: they are to be cross-validated by their folds."""

FOLDS = 5
SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}


@dataclass(frozen=True, slots=True)
class Placed:
    """A document and where it goes.

    Attributes:
        document: The document.
        split: Name of the split; empty where its near-duplicates stand on several sides, so that it can be on none.
        fold: 0 to `FOLDS` - 1; near-duplicates share one.
    """

    document: Document
    split: str
    fold: int


def placed(documents: Iterable[Document], shares: Mapping[str, float] = SHARES) -> Iterator[Placed]:
    """Gives each document its split and fold. What is near an earlier document goes where that one went.

    The place of a document hangs on its id and on what it is near to, never on how many there are beside it.

    Raises:
        SurroundingsError: datasketch is not installed.
    """
    stream = iter(documents)
    first = list(islice(stream, FEW))
    few = len(first) < FEW
    rank = {d.id: i for i, d in enumerate(sorted(first, key=lambda d: _hash(d.id)))} if few else {}
    places: dict[str, tuple[str, int]] = {}
    near = NearDuplicates()
    for document in chain(first, stream):
        near.add(document)
        found = {places[pair.earlier] for pair in near.pairs if pair.earlier in places}
        near.pairs.clear()
        if len({split for split, _ in found}) > 1:
            yield Placed(document, "", 0)
            continue
        place = min(found) if found else _place(document.id, shares, rank)
        places[document.id] = place
        yield Placed(document, *place)


def _place(name: str, shares: Mapping[str, float], rank: Mapping[str, int]) -> tuple[str, int]:
    if rank:
        return "test", rank[name] % FOLDS
    point = int.from_bytes(_hash(name)[:8]) / 2**64 * sum(shares.values())
    fold = int.from_bytes(_hash(name)[8:16]) % FOLDS
    for split, share in shares.items():
        point -= share
        if point < 0:
            return split, fold
    return list(shares)[-1], fold


def _hash(name: str) -> bytes:
    return sha256(f"split\0{name}".encode()).digest()
