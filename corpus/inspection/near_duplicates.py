"""Detection of near-duplicates, such as wire copy in several outlets, which must not be in both training and test."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from ...schema import Document
from ...schema.extras import require_extras
from ...schema.writing.word_scripts import split_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SHINGLE = 5  # words
_PERMUTATIONS = 128
_CHUNK = 1 << 12  # signatures that are allocated at once


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two documents with nearly the same text.

    Attributes:
        earlier: Id of the document that was added first.
        later: Id of the other document.
        similarity: Jaccard similarity of their five-word shingles, estimated by MinHash; 1.0 for the same words. In
            scripts without spaces between words, characters count as words.
    """

    earlier: str
    later: str
    similarity: float


def word_shingles(text: str) -> set[str]:
    """Return each five consecutive words of a text, without case and punctuation; of a shorter text, all its words.

    In scripts without spaces between words, characters count as words.
    """
    words = split_words(text.casefold())
    return {" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))}


class NearDuplicates:
    """The near-duplicates among documents, found as the documents are added (MinHash of datasketch, in bands).

    Some 800 bytes a document are kept, for a corpus may have millions.

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

        best = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)  # for its number of bands and of their rows
        self._empty = MinHash(num_perm=_PERMUTATIONS)
        self._threshold = threshold
        self._bands = _BandIndex(best.b, best.r)
        self._ids: list[str] = []
        self._known: set[str] = set()
        self._signatures: list[NDArray[np.uint32]] = []
        self._first: dict[bytes, str] = {}
        self.pairs: list[DuplicatePair] = []

    def add(self, document: Document) -> None:
        """Compare a document with the earlier ones; text-free documents and known ids are ignored.

        Of documents with the same words, only the first is compared with others.
        """
        if document.text is None or document.id in self._known:
            return
        self._known.add(document.id)
        signature = self._signature(document.text)
        digest = blake2b(signature.tobytes(), digest_size=16).digest()
        import numpy as np  # slow to import, as above

        if digest in self._first:  # avoids a quadratic number of pairs among many copies
            self.pairs.append(DuplicatePair(self._first[digest], document.id, 1.0))
            return
        self._first[digest] = document.id
        candidates = self._bands.add(signature, len(self._ids))
        for other in sorted(candidates, key=self._ids.__getitem__):
            known = self._signatures[other // _CHUNK][other % _CHUNK]
            similarity = np.count_nonzero(signature == known) / _PERMUTATIONS
            if similarity >= self._threshold:
                self.pairs.append(DuplicatePair(self._ids[other], document.id, similarity))
        if len(self._ids) % _CHUNK == 0:
            self._signatures.append(np.empty((_CHUNK, _PERMUTATIONS), dtype=signature.dtype))
        self._signatures[-1][len(self._ids) % _CHUNK] = signature
        self._ids.append(document.id)

    def _signature(self, text: str) -> NDArray[np.uint32]:
        hashed = self._empty.copy()
        hashed.update_batch([shingle.encode() for shingle in word_shingles(text)])
        signature: NDArray[np.uint32] = hashed.hashvalues
        return signature


class _BandIndex:
    """Signatures by each of their bands: those that share one may be similar (locality-sensitive hashing).

    It needs 12 bytes a band, where datasketch's index of dictionaries of sets needs some 400. Different bands with the
    same hash only make more candidates.

    Args:
        bands: Number of bands.
        rows: Number of rows of each.
    """

    _RECENT = 1 << 14

    def __init__(self, bands: int, rows: int) -> None:
        import numpy as np

        self._shape = (bands, rows)
        rng = np.random.default_rng(0)
        self._factors = rng.integers(1, 2**63, size=(bands, rows), dtype=np.uint64) * 2 + 1
        self._recent: dict[int, list[int]] = {}
        self._keys: NDArray[np.uint64] = np.empty(0, dtype=np.uint64)
        self._owners: NDArray[np.int32] = np.empty(0, dtype=np.int32)

    def add(self, signature: NDArray[np.uint32], number: int) -> set[int]:
        """Add a signature under its number, and return the numbers of earlier ones that share a band."""
        import numpy as np

        bands, rows = self._shape
        keys = (signature[: bands * rows].reshape(bands, rows) * self._factors).sum(axis=1)
        lows, highs = (np.searchsorted(self._keys, keys, side) for side in ("left", "right"))
        candidates = {
            owner
            for low, high in zip(lows, highs, strict=True)
            if low < high
            for owner in self._owners[low:high].tolist()
        }
        for key in keys.tolist():
            owners = self._recent.setdefault(key, [])
            candidates.update(owners)
            owners.append(number)
        if len(self._recent) > self._RECENT * bands:
            self._sort_recent()
        return candidates - {number}

    def _sort_recent(self) -> None:
        import numpy as np

        counts = [len(owners) for owners in self._recent.values()]
        recent = np.repeat(np.fromiter(self._recent, dtype=np.uint64, count=len(counts)), counts)
        owners = np.fromiter((owner for owners in self._recent.values() for owner in owners), np.int32, len(recent))
        keys = np.concatenate([self._keys, recent])
        order = np.argsort(keys, kind="stable")
        self._keys, self._owners = keys[order], np.concatenate([self._owners, owners])[order]
        self._recent.clear()
