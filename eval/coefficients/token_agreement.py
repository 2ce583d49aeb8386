"""Agreement on the label of each token: Krippendorff's alpha, Cohen's kappa, Gwet's AC1, from counts by document.

* Alpha is nominal, with Krippendorff's rule for missing data (Krippendorff 2011).
* Kappa is that of two raters (Cohen 1960).
* AC1 is that of any number of raters, some of whom may not have rated an item (Gwet 2008; Gwet 2014, ch. 5): agreement
  is averaged over the items with two or more raters, and the probability of a category is the mean over items of the
  share of raters who chose it. Its categories are all labels of the scheme and no label, whether they occur or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ...corpus.spans.tokenisation import token_bounds
from ..columns.span_columns import Ints, SpanColumns
from ..statistics.metrics import Floats, ratio
from .pass_columns import SharedDocuments

_OUTSIDE = "O\n"  # category of tokens in no span; no label is the same, for labels have one line
_AT_ONCE = 2000  # documents whose tokens are in memory at a time


@dataclass(frozen=True, slots=True)
class TokenRatings:
    """Labels that raters gave to tokens, counted by document. Categories are sorted by name.

    Attributes:
        raters: Number of raters of each document, two or more. Shape `(n_documents,)`.
        tokens: Number of tokens. Shape `(n_documents,)`.
        chosen: How often each rater chose each category. Shape `(n_documents, n_raters, n_categories)`.
        agreeing: Number of pairs of raters who agree, summed over tokens. Shape `(n_documents,)`.
    """

    raters: Ints
    tokens: Ints
    chosen: Ints
    agreeing: Ints

    def columns(self) -> Floats:
        """Return the sums that alpha and AC1 are functions of; see `nominal_alpha` and `gwet_ac1`.

        Returns:
            The disagreement, the mean agreement and the number of tokens, then the choices and the shares of raters by
            category. Shape `(n_documents, 3 + 2 * n_categories)`.
        """
        raters, chosen = self.raters.astype(np.float64), self.chosen.sum(axis=1).astype(np.float64)
        pairs = raters * (raters - 1)
        disagreement = (pairs * self.tokens - 2 * self.agreeing) / (raters - 1)
        return np.column_stack([disagreement, 2 * self.agreeing / pairs, self.tokens, chosen, chosen / raters[:, None]])

    def pair_columns(self) -> Floats:
        """Return the sums that the kappa of two raters is a function of; see `cohen_kappa`.

        Returns:
            The agreeing tokens, then the choices of each rater by category.
            Shape `(n_documents, 1 + 2 * n_categories)`.
        """
        return np.column_stack([self.agreeing, *self.chosen.swapaxes(0, 1)]).astype(np.float64)


def nominal_alpha(disagreement: Floats, chosen: Floats) -> Floats:
    """Return Krippendorff's alpha for nominal categories; NaN if nothing was chosen but a single category.

    Args:
        disagreement: Ordered pairs of raters of an item who disagree, over its raters less 1, summed. Shape `(…,)`.
        chosen: How often each category was chosen for items with two or more raters. Shape `(…, n_categories)`.
    """
    total = chosen.sum(axis=-1)
    expected = ratio(total**2 - (chosen**2).sum(axis=-1), total - 1)
    return 1 - ratio(disagreement, np.where(expected > 0, expected, 0.0))


def gwet_ac1(agreement: Floats, tokens: Floats, shares: Floats) -> Floats:
    """Return Gwet's AC1; NaN without items.

    Args:
        agreement: Share of pairs of raters who agree on an item, summed over items. Shape `(…,)`.
        tokens: Number of items. Shape `(…,)`.
        shares: Share of raters who chose each category for an item, summed over items. Shape `(…, n_categories)`.
    """
    probability = ratio(shares, tokens[..., None])
    chance = (probability * (1 - probability)).sum(axis=-1) / (shares.shape[-1] - 1)
    coefficient: Floats = (ratio(agreement, tokens) - chance) / (1 - chance)
    return coefficient


def cohen_kappa(sums: Floats) -> Floats:
    """Return Cohen's kappa; NaN if both raters chose a single category only.

    Args:
        sums: As in `TokenRatings.pair_columns`. Shape `(…, 1 + 2 * n_categories)`.
    """
    one, other = np.split(sums[..., 1:], 2, axis=-1)
    occurs = (one + other).reshape(-1, one.shape[-1]).any(axis=0)
    one, other = one[..., occurs], other[..., occurs]
    total = one.sum(axis=-1)
    # what each category of one rater leaves to the others of the other rater: 0 exactly where nothing differs
    expected = ratio((one * (total[..., None] - other)).sum(axis=-1), total)
    return 1 - ratio(total - sums[..., 0], expected)


class _Tokens:
    """Tokens of some documents, one after another.

    Attributes:
        document: Index of the document of each token. Shape `(n_tokens,)`.
        start: Starts in code points.
        end: Ends in code points.
    """

    def __init__(self, first: int, bounds: Sequence[tuple[Ints, Ints]]) -> None:
        self.document = first + np.repeat(np.arange(len(bounds)), [len(starts) for starts, _ in bounds])
        self.start, self.end = (np.concatenate([np.empty(0, np.int64), *side]) for side in zip(*bounds, strict=True))

    def labels(self, spans: SpanColumns, names: Ints) -> Ints:
        """Return the label of the longest span that each token overlaps, 0 if there is none.

        Args:
            spans: Spans of these documents.
            names: Rank of each label's name; of equally long spans that start together the last is taken.
        """
        labels = np.zeros(len(self.document), dtype=np.int64)
        if not len(labels):
            return labels
        stride = int(max(self.end.max(), spans.end.max(initial=0))) + 1
        first = np.searchsorted(self.document * stride + self.end, spans.document * stride + spans.start, side="right")
        last = np.searchsorted(self.document * stride + self.start, spans.document * stride + spans.end, side="left")
        counts = np.maximum(0, last - first)
        order = np.lexsort((names[spans.label], spans.start, spans.end - spans.start))
        first, counts = first[order], counts[order]
        tokens = np.arange(counts.sum()) + np.repeat(first - (np.cumsum(counts) - counts), counts)
        labels[tokens] = np.repeat(spans.label[order] + 1, counts)
        return labels


def rate_tokens(sets: Sequence[SharedDocuments], labels: Sequence[str]) -> list[TokenRatings | None]:
    """Count the labels of tokens, which are made once for all sets of documents.

    Args:
        sets: Shared documents of the same passes.
        labels: Names of the labels.

    Returns:
        The ratings of each set; None for a set with a document that has no text.
    """
    rated = [_Rating(shared, labels) if _have_texts(shared) else None for shared in sets]
    last = max((int(shared.rows[-1]) + 1 for shared in sets if len(shared)), default=0)
    for first in range(0, last, _AT_ONCE):
        bounds: dict[tuple[int, str | None], tuple[Ints, Ints]] = {}
        for rating in rated:
            if rating is not None:
                rating.add(first, min(first + _AT_ONCE, last), bounds)
    return [None if rating is None else rating.result() for rating in rated]


def _have_texts(shared: SharedDocuments) -> bool:
    return all(any(d.text is not None for d in versions.values()) for versions in shared.versions)


class _Rating:
    """The ratings of a set of shared documents, to which some documents at a time are added."""

    def __init__(self, shared: SharedDocuments, labels: Sequence[str]) -> None:
        names = (_OUTSIDE, *labels)
        self._shared = shared
        self._by_name = sorted(range(len(names)), key=names.__getitem__)
        self._ranks = np.argsort(self._by_name)  # of each category by its name
        self._tables: list[tuple[Ints, Ints, Ints]] = []

    def add(self, first: int, last: int, bounds: dict[tuple[int, str | None], tuple[Ints, Ints]]) -> None:
        """Add the documents with places from `first` to `last` among those of all passes.

        Args:
            first: Place of the first document.
            last: Place after the last.
            bounds: Tokens of documents by place and language, which are added to where they are missing.
        """
        shared = self._shared
        begin, stop = np.searchsorted(shared.rows, [first, last]).tolist()
        own = []
        for place in range(begin, stop):
            versions = shared.versions[place].values()
            language = next((d.meta.language for d in versions if d.meta.language), None)
            key = int(shared.rows[place]), language
            if key not in bounds:
                bounds[key] = token_bounds(next(d.text for d in versions if d.text is not None), language)
            own.append(bounds[key])
        if not own:
            return
        tokens = _Tokens(begin, own)
        document, size, categories = tokens.document - begin, stop - begin, len(self._ranks)
        chosen = np.zeros((size, len(shared.names), categories), dtype=np.int64)
        agreeing = np.zeros(size, dtype=np.int64)
        given: list[tuple[Ints, NDArray[np.bool_]]] = []
        for number, spans in enumerate(shared.spans):
            edges = np.searchsorted(spans.document, [begin, stop])
            labels = tokens.labels(spans.take(np.arange(*edges)), self._ranks[1:])
            read = shared.read[number, tokens.document]
            flat = np.bincount((document * categories + labels)[read], minlength=size * categories)
            chosen[:, number] = flat.reshape(size, categories)
            given.append((labels, read))
        for (one, read_one), (other, read_other) in combinations(given, 2):
            same = (one == other) & read_one & read_other
            agreeing += np.bincount(document[same], minlength=size)
        self._tables.append((np.bincount(document, minlength=size), chosen, agreeing))

    def result(self) -> TokenRatings:
        """Return the ratings of all documents that were added."""
        empty = np.empty(0, np.int64), np.empty((0, len(self._shared.names), len(self._by_name)), np.int64)
        tokens, chosen, agreeing = map(np.concatenate, zip((*empty, empty[0]), *self._tables, strict=True))
        return TokenRatings(self._shared.read.sum(axis=0), tokens, chosen[:, :, self._by_name], agreeing)
