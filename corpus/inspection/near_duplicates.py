"""Near-duplicates: wire copy that several outlets print must not count, or train and test, twice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ...schema import Document

_SHINGLE = 5  # words
_PERMUTATIONS = 128


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two documents of much the same text.

    Attributes:
        similarity: Jaccard similarity of their runs of five words, estimated by MinHash; 1.0 for the same words.
    """

    earlier: str
    later: str
    similarity: float


class NearDuplicates:
    """Finds, for each document added, the earlier ones that it nearly repeats (MinHash LSH of datasketch).

    Args:
        threshold: Least similarity that counts, above 0 and up to 1.
    """

    def __init__(self, threshold: float = 0.8) -> None:
        from datasketch import MinHash, MinHashLSH  # only where near-duplicates are looked for

        self._make = MinHash
        self._threshold = threshold
        self._index = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)
        self._hashes: dict[str, Any] = {}
        self._first: dict[bytes, str] = {}
        self.pairs: list[DuplicatePair] = []

    def add(self, document: Document) -> None:
        """Compares a document with those before it and remembers it; a text-free or repeated one is passed over.

        Of documents with the same words only the first is compared with others: it stands for all.
        """
        if document.text is None or document.id in self._hashes:
            return
        words = re.findall(r"\w+", document.text.casefold())
        hashed = self._make(num_perm=_PERMUTATIONS)
        runs = {" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))}
        hashed.update_batch([run.encode() for run in runs])
        same = hashed.hashvalues.tobytes()
        if same in self._first:  # compared with one of them only: of many copies each is near every other
            self.pairs.append(DuplicatePair(self._first[same], document.id, 1.0))
            self._hashes[document.id] = hashed
            return
        self._first[same] = document.id
        for other in sorted(self._index.query(hashed)):
            similarity = hashed.jaccard(self._hashes[other])
            if similarity >= self._threshold:
                self.pairs.append(DuplicatePair(other, document.id, similarity))
        self._index.insert(document.id, hashed)
        self._hashes[document.id] = hashed
