"""The best one-to-one alignment of clusters, which CEAF is computed from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..columns.span_columns import Ints
from .mention_clusters import MentionClusters

_WORTHWHILE = 100  # the share of the pairs, one in so many, that a round has to settle for another to be tried


def aligned(clusters: MentionClusters, similarity: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which pairs of clusters are aligned, so that the sum of their similarities is as large as possible.

    Only clusters that share mentions are considered. A pair that is at least as similar as the two pairs together that
    could replace it, one for each of its clusters, belongs to a best alignment. Such pairs are settled first, which in
    practice are nearly all, and an optimal assignment of the others is found in their sparse table.

    Args:
        clusters: The clusters.
        similarity: Similarity of each pair that shares mentions, above 0. Shape `(n_pairs,)`.
    """
    gold, system = clusters.gold.overlapping, clusters.system.overlapping
    chosen = np.zeros(len(similarity), dtype=bool)
    left: Ints = np.arange(len(similarity))
    settled = left
    while len(settled) * _WORTHWHILE > len(left):
        rivals = _rival(gold[left], similarity[left]) + _rival(system[left], similarity[left])
        settled = left[similarity[left] >= rivals]
        for side in (gold, system):  # of equally similar pairs of one cluster, the first
            settled = settled[np.sort(np.unique(side[settled], return_index=True)[1])]
        chosen[settled] = True
        for side in (gold, system):
            left = left[~np.isin(side[left], side[settled])]
    chosen[left] = assigned(gold[left], system[left], similarity[left])
    return chosen


def _rival(cluster: Ints, similarity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, for each pair, the largest similarity of another pair of the same cluster; 0 if there is none."""
    order = np.lexsort((-similarity, cluster))
    first = np.diff(cluster[order], prepend=-1) != 0
    highest = np.flatnonzero(first)
    following = np.append(similarity[order], 0.0)[highest + 1]
    second = np.where(np.append(first, True)[highest + 1], 0.0, following)
    group = np.cumsum(first) - 1
    rivals = np.empty(len(cluster))
    rivals[order] = np.where(first, second[group], similarity[order][highest][group])
    return rivals


def assigned(gold: Ints, system: Ints, similarity: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which pairs an optimal assignment has."""
    if not len(similarity):
        return np.zeros(0, dtype=bool)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    rows, columns = (np.unique(side, return_inverse=True)[1].reshape(-1) for side in (gold, system))
    n_rows, n_columns = int(rows.max()) + 1, int(columns.max()) + 1
    # Each row has to be assigned: to a column, or to nothing, which is a column of its own. One more for each of these
    # changes no comparison, and keeps nothing from being 0, which a sparse table cannot hold.
    nothing = np.arange(n_rows)
    weights = np.concatenate([similarity + 1, np.ones(n_rows)])
    places = np.concatenate([rows, nothing]), np.concatenate([columns, n_columns + nothing])
    table = coo_array((weights, places), shape=(n_rows, n_columns + n_rows)).tocsr()
    partner = min_weight_full_bipartite_matching(table, maximize=True)[1]  # of each row, as all are assigned
    found: NDArray[np.bool_] = partner[rows] == columns
    return found
