"""Optimal one-to-one assignment between two small sets."""

from __future__ import annotations

from collections.abc import Sequence


def best_pairs(weights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pair rows with columns so that the sum of their weights is maximal.

    Every item of the shorter side is paired. Ties are broken deterministically.

    This is the Hungarian method with potentials in the form of Jonker and Volgenant (1987): one shortest augmenting
    path for each row, in O(n²m) time, where n is the length of the shorter side and m that of the longer one.

    Args:
        weights: The weight of each pair. Shape `(n_rows, n_columns)`.

    Returns:
        `min(n_rows, n_columns)` pairs (row, column), sorted by row.
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
    owner = np.full(columns, -1)  # the row assigned to each column
    for row in range(rows):
        distance = np.full(columns, np.inf)
        predecessor = np.full(columns, -1)
        done = np.zeros(columns, dtype=bool)
        current_row, column, path_length = row, -1, 0.0
        while current_row >= 0:
            through = path_length + cost[current_row] - row_price[current_row] - column_price
            nearer = ~done & (through < distance)
            distance[nearer], predecessor[nearer] = through[nearer], column
            column = int(np.argmin(np.where(done, np.inf, distance)))
            path_length = float(distance[column])
            done[column] = True
            current_row = int(owner[column])
        settled = np.flatnonzero(done)
        row_price[row] += path_length
        inner = settled[owner[settled] >= 0]
        row_price[owner[inner]] += path_length - distance[inner]
        column_price[settled] -= path_length - distance[settled]
        while column >= 0:  # reassign the columns along the augmenting path
            previous = int(predecessor[column])
            owner[column] = row if previous < 0 else owner[previous]
            column = previous
    return sorted((int(owner[column]), int(column)) for column in np.flatnonzero(owner >= 0))
