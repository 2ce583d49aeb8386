"""Clusters of mentions: the spans of a label that share an id, in whatever documents they are.

Only which mentions share an id matters, not what it is, so that layers can be compared that link to different
authorities, or to none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..columns.span_columns import Ints
from .pairing import Pairs


@dataclass(frozen=True, slots=True)
class ClusterSide:
    """The clusters of gold or system.

    Attributes:
        size: Number of mentions of each cluster. Shape `(n_clusters,)`.
        label: Index of the label of each cluster.
        overlapping: Index of the cluster in each pair of `MentionClusters`. Shape `(n_pairs,)`.
    """

    size: Ints
    label: Ints
    overlapping: Ints

    @property
    def overlapping_size(self) -> Ints:
        """Number of mentions of the cluster in each pair."""
        return self.size[self.overlapping]


@dataclass(frozen=True, slots=True)
class MentionClusters:
    """Clusters of gold and system, and how many mentions each two of them share.

    Attributes:
        gold: The clusters of the gold.
        system: The clusters of the system.
        shared: Number of mentions in both clusters of each pair that shares any, in the order of the first mention that
            it shares. Shape `(n_pairs,)`.
    """

    gold: ClusterSide
    system: ClusterSide
    shared: Ints


def mention_clusters(gold: tuple[Ints, Ints], system: tuple[Ints, Ints], same: Pairs) -> MentionClusters:
    """Return the clusters that mentions with the same label and id form.

    Args:
        gold: Number of the id and index of the label of each gold mention; a mention whose number is negative is a
            cluster of its own.
        system: The same of each system mention.
        same: Gold and system mentions that are the same one; each occurs at most once.
    """
    gold_cluster, gold_label = _clustered(*gold)
    system_cluster, system_label = _clustered(*system)
    keys = gold_cluster[same.gold] * max(1, len(system_label)) + system_cluster[same.system]
    _, first, shared = np.unique(keys, return_index=True, return_counts=True)
    order = np.argsort(first)
    at = first[order]
    return MentionClusters(
        ClusterSide(np.bincount(gold_cluster, minlength=len(gold_label)), gold_label, gold_cluster[same.gold[at]]),
        ClusterSide(
            np.bincount(system_cluster, minlength=len(system_label)), system_label, system_cluster[same.system[at]]
        ),
        shared[order],
    )


def _clustered(ids: Ints, labels: Ints) -> tuple[Ints, Ints]:
    """Return the cluster of each mention, and the label of each cluster."""
    alone = ids < 0
    distinct = np.where(alone, ids.max(initial=-1) + np.cumsum(alone), ids)
    size = int(distinct.max(initial=0)) + 1
    keys, cluster = np.unique(labels * size + distinct, return_inverse=True)
    return cluster.reshape(-1).astype(np.int64), keys // size
