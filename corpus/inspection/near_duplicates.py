"""Detection of near-duplicates, such as wire copy in several outlets, which must not be in both training and test."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ...schema import Document
from ...schema.extras import require_extras

_SHINGLE = 5  # words
_PERMUTATIONS = 128


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two documents with nearly the same text.

    Attributes:
        earlier: Id of the document that was added first.
        later: Id of the other document.
        similarity: Jaccard similarity of their five-word shingles, estimated by MinHash; 1.0 for the same words.
    """

    earlier: str
    later: str
    similarity: float


class NearDuplicates:
    """The near-duplicates among documents, found as the documents are added (MinHash LSH of datasketch).

    Args:
        threshold: Minimum similarity, in (0, 1].

    Attributes:
        pairs: The pairs found so far.

    Raises:
        DependencyError: datasketch is not installed.
    """

    def __init__(self, threshold: float = 0.8) -> None:
        require_extras("a search for near-duplicates", "duplicates")
        from datasketch import MinHash, MinHashLSH  # slow to import, and only needed here

        self._minhash = MinHash
        self._threshold = threshold
        self._index = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)
        self._hashes: dict[str, Any] = {}
        self._first: dict[bytes, str] = {}
        self.pairs: list[DuplicatePair] = []

    def add(self, document: Document) -> None:
        """Compare a document with the earlier ones; text-free documents and known ids are ignored.

        Of documents with the same words, only the first is compared with others.
        """
        if document.text is None or document.id in self._hashes:
            return
        words = re.findall(r"\w+", document.text.casefold())
        hashed = self._minhash(num_perm=_PERMUTATIONS)
        shingles = {" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))}
        hashed.update_batch([shingle.encode() for shingle in shingles])
        signature = hashed.hashvalues.tobytes()
        if signature in self._first:  # avoids a quadratic number of pairs among many copies
            self.pairs.append(DuplicatePair(self._first[signature], document.id, 1.0))
            self._hashes[document.id] = hashed
            return
        self._first[signature] = document.id
        for other in sorted(self._index.query(hashed)):
            similarity = hashed.jaccard(self._hashes[other])
            if similarity >= self._threshold:
                self.pairs.append(DuplicatePair(other, document.id, similarity))
        self._index.insert(document.id, hashed)
        self._hashes[document.id] = hashed
