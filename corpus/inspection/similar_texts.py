"""Texts by their similarity to another: the cosine of their weighted n-grams of characters (TF-IDF).

Characters serve every script and need no list of words. A text is compared without case, and with each run of white
space as one blank.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import log, sqrt

_N = 4  # characters; of shorter texts, all of them
_DIGITS = 9  # of similarities, so that the last bits of sums decide nothing


class SimilarTexts:
    """Texts that can be ranked by their similarity to others.

    Args:
        texts: The texts.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._size = len(texts)
        counts = [_ngrams(text) for text in texts]
        documents = Counter(gram for grams in counts for gram in grams)
        self._rarity = {gram: log((1 + self._size) / (1 + count)) + 1 for gram, count in documents.items()}
        self._weights: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, grams in enumerate(counts):
            weights = self._weighted(grams)
            length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
            for gram, weight in weights.items():
                self._weights[gram].append((number, weight / length))

    def ranked(self, text: str) -> list[int]:
        """Return the numbers of all texts, the most similar first; of equally similar ones, the first."""
        similarity = [0.0] * self._size
        weights = self._weighted(_ngrams(text))
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        for gram, weight in weights.items():
            for number, other in self._weights[gram]:
                similarity[number] += weight * other / length
        return sorted(range(self._size), key=lambda number: (-round(similarity[number], _DIGITS), number))

    def _weighted(self, grams: Counter[str]) -> dict[str, float]:
        return {
            gram: (1 + log(count)) * rarity for gram, count in grams.items() if (rarity := self._rarity.get(gram, 0.0))
        }


def _ngrams(text: str) -> Counter[str]:
    plain = " ".join(text.casefold().split())
    return Counter(plain[start : start + _N] for start in range(max(1, len(plain) - _N + 1)))
