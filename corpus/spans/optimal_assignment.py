"""The best one-to-one pairing of two small sets."""

from __future__ import annotations

from collections.abc import Sequence


def best_pairs(weights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pairs rows with columns so that the sum of their weights is the largest possible.

    The shorter side is paired whole. Of equally good pairings the result is always the same one for the same table.

    Args:
        weights: What each pair is worth. Shape `(n_rows, n_columns)`.

    Returns:
        (row, column), by row; `min(n_rows, n_columns)` of them.

    The Hungarian method with potentials, in the form of Jonker and Volgenant (1987): one shortest augmenting path a
    row, in time that grows with the square of the shorter side times the longer one.
    """
    import numpy as np

    table = np.asarray(weights, dtype=np.float64)
    if table.size == 0:
        return []
    if table.shape[0] > table.shape[1]:
        return sorted((row, column) for column, row in best_pairs(table.T.tolist()))
    cost = -table
    rows, columns = cost.shape
    row_price, column_price = np.zeros(rows), np.zeros(columns)
    owner = np.full(columns, -1)  # the row that each column is paired with
    for row in range(rows):
        distance = np.full(columns, np.inf)
        before = np.full(columns, -1)
        done = np.zeros(columns, dtype=bool)
        at, column, reached = row, -1, 0.0
        while at >= 0:
            through = reached + cost[at] - row_price[at] - column_price
            nearer = ~done & (through < distance)
            distance[nearer], before[nearer] = through[nearer], column
            column = int(np.argmin(np.where(done, np.inf, distance)))
            reached = float(distance[column])
            done[column] = True
            at = int(owner[column])
        settled = np.flatnonzero(done)
        row_price[row] += reached
        inner = settled[owner[settled] >= 0]
        row_price[owner[inner]] += reached - distance[inner]
        column_price[settled] -= reached - distance[settled]
        while column >= 0:  # hand each column on the path to the row before it
            previous = int(before[column])
            owner[column] = row if previous < 0 else owner[previous]
            column = previous
    return sorted((int(owner[column]), int(column)) for column in np.flatnonzero(owner >= 0))
