"""Whole numbers of NumPy and Arrow, passed by their buffers.

The usual ways, `np.asarray`, `pa.array` and `pa.scalar`, import pandas, which takes longer than to score a small file.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .span_columns import Ints


def numbers_of(array: pa.Array) -> Ints:
    """Return the whole numbers of an array.

    Raises:
        ValueError: One of them is null.
    """
    if array.null_count:
        raise ValueError
    numbers: Ints = np.from_dlpack(array).astype(np.int64, copy=False)
    return numbers


def filled_numbers(array: pa.Array, null: int) -> Ints:
    """Return the numbers of an array, with `null` for nulls."""
    if not array.null_count:
        return numbers_of(array)
    data = pa.Array.from_buffers(array.type, len(array), [None, array.buffers()[1]], offset=array.offset)
    return np.where(known_cells(array), numbers_of(data), null)


def known_cells(array: pa.Array) -> NDArray[np.bool_]:
    """Return a mask of the cells of an array that are not null."""
    known: NDArray[np.bool_] = np.from_dlpack(pc.is_valid(array).cast(pa.uint8())).view(bool)
    return known


def arrow_numbers(numbers: Ints) -> pa.Array:
    """Return whole numbers as an Arrow array."""
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(numbers)])
