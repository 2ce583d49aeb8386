"""Measures of the clusters that ids form across documents, as scorers of coreference have them.

Recall and precision are quotients: credit for each two clusters that share mentions, by what each cluster could get at
most. Both are sums over labels too, as no cluster has mentions of two labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..columns.span_columns import Ints
from .cluster_alignment import aligned
from .compared_spans import ComparedSpans
from .mention_clusters import MentionClusters

Credit = NDArray[np.float64]
"""The credit of each two clusters that share mentions. Shape `(n_pairs,)`."""


@dataclass(frozen=True, slots=True)
class ClusterSums:
    """What the metrics of a measure of clusters are computed from. The last row is over all labels.

    Attributes:
        rates: Credit and its maximum for precision, then for recall. Shape `(n_labels + 1, 4)`.
        mentions: Number of mentions of both sides, 0, of gold and of system, like the counts of a span measure. Shape
            `(n_labels + 1, 4)`.
    """

    rates: NDArray[np.float64]
    mentions: Ints


@dataclass(frozen=True, slots=True)
class ClusterFigure:
    """A figure over clusters.

    Attributes:
        credit: Function from clusters to the credit for recall and for precision.
        maximum: Function from the sizes of clusters to the largest credit that each can get.
    """

    credit: Callable[[MentionClusters], tuple[Credit, Credit]]
    maximum: Callable[[Ints], NDArray[Any]]

    def sums(self, clusters: MentionClusters, labels: int) -> ClusterSums:
        """Return the sums over the clusters of each label.

        Args:
            clusters: The clusters.
            labels: Number of labels.
        """
        recall, precision = self.credit(clusters)
        gold, system = clusters.gold, clusters.system
        of_pair = gold.label[gold.overlapping]
        rates = [
            (precision, of_pair),
            (self.maximum(system.size), system.label),
            (recall, of_pair),
            (self.maximum(gold.size), gold.label),
        ]
        none = np.zeros(0), of_pair[:0]
        mentions = [(clusters.shared, of_pair), none, (gold.size, gold.label), (system.size, system.label)]
        return ClusterSums(_summed(rates, labels), _summed(mentions, labels).astype(np.int64))


def _summed(columns: list[tuple[NDArray[Any], Ints]], labels: int) -> NDArray[np.float64]:
    """Sum numbers by their labels, then over all labels. Shape `(n_labels + 1, n_columns)`."""
    table = np.column_stack([np.bincount(label, weights=numbers, minlength=labels) for numbers, label in columns])
    return np.vstack([table, table.sum(axis=0)])


def _b_cubed(clusters: MentionClusters) -> tuple[Credit, Credit]:
    """Give each shared mention the share of its cluster that is shared with it (Bagga and Baldwin 1998)."""
    squares = clusters.shared * clusters.shared
    return squares / clusters.gold.overlapping_size, squares / clusters.system.overlapping_size


def _lea(clusters: MentionClusters) -> tuple[Credit, Credit]:
    """Give each cluster its size times the share of its links that are found (Moosavi and Strube 2016).

    A cluster of one mention has one link, to itself, which is found if it is a cluster of one mention on both sides.
    """
    sizes = clusters.gold.overlapping_size, clusters.system.overlapping_size
    alone = (sizes[0] == 1) & (sizes[1] == 1)
    # n (n - 1) / 2 of N (N - 1) / 2 links, times N
    links = clusters.shared * (clusters.shared - 1)
    recall, precision = (np.where(alone, 1.0, links / np.maximum(1, size - 1)) for size in sizes)
    return recall, precision


def _pairwise(clusters: MentionClusters) -> tuple[Credit, Credit]:
    """Give each two mentions that share a cluster on both sides 1."""
    links = _links(clusters.shared)
    return links, links


def _ceaf_m(clusters: MentionClusters) -> tuple[Credit, Credit]:
    """Give aligned clusters the number of mentions that they share (Luo 2005, phi 3)."""
    shared = clusters.shared.astype(np.float64)
    credit = np.where(aligned(clusters, shared), shared, 0.0)
    return credit, credit


def _ceaf_e(clusters: MentionClusters) -> tuple[Credit, Credit]:
    """Give aligned clusters their Dice coefficient (Luo 2005, phi 4)."""
    similarity = 2 * clusters.shared / (clusters.gold.overlapping_size + clusters.system.overlapping_size)
    credit = np.where(aligned(clusters, similarity), similarity, 0.0)
    return credit, credit


def _links(size: Ints) -> NDArray[np.float64]:
    return size * (size - 1) / 2


CLUSTER_FIGURES: Mapping[str, ClusterFigure] = {
    "b_cubed": ClusterFigure(_b_cubed, lambda size: size),
    "ceaf_m": ClusterFigure(_ceaf_m, lambda size: size),
    "ceaf_e": ClusterFigure(_ceaf_e, np.ones_like),
    "lea": ClusterFigure(_lea, lambda size: size),
    "pairwise": ClusterFigure(_pairwise, _links),
}
"""The figures by name."""


@dataclass(frozen=True, slots=True)
class ClusterMeasure:
    """A figure over the clusters of the mentions of each label.

    Labels that the gold links nowhere are not compared.

    Attributes:
        figure: One of `CLUSTER_FIGURES`.
        nil: Whether spans without an id are compared too, each as a cluster of its own.
    """

    figure: str
    nil: bool = False

    @property
    def name(self) -> str:
        """`clusters.` and the figure, with `@nil` for spans without an id."""
        return f"clusters.{self.figure}{'@nil' if self.nil else ''}"

    def compare(self, spans: ComparedSpans) -> ClusterSums:
        """Compare the clusters of gold and system.

        Args:
            spans: The spans of gold and system.
        """
        return CLUSTER_FIGURES[self.figure].sums(spans.clusters(nil=self.nil), len(spans.labels))
