"""Counts of each document, whose sums determine all metrics of a system but medians and clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class DocumentCounts:
    """Counts of a system in each document, from which intervals and tests are computed.

    Attributes:
        documents: Ids of the documents, sorted.
        labels: Names of the labels, in the order of the counts.
        spans: Pairs with full credit, pairs with half credit, gold spans and system spans of each document, for each
            label and then all labels, by measure. Shape `(n_documents, n_labels + 1, 4)`.
        tokens: The same counts of tokens; None unless they were requested.
        values: Numerator and denominator of each value metric that is a quotient of sums, by its path. Shape
            `(n_documents, 2)`.
    """

    documents: Sequence[str]
    labels: Sequence[str]
    spans: Mapping[str, NDArray[Any]]
    tokens: NDArray[Any] | None
    values: Mapping[str, NDArray[Any]]
