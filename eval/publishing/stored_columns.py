"""Columns of counts by document as compact text, each column once.

Many columns are the same for several measures and systems, such as the number of gold spans. Tables therefore name
their columns by number. A column is the type of its numbers and, in Base64, their bytes compressed by zlib: one byte
per document for small counts, before compression.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...schema import DataError, Problem

_TYPES = {"u1": "<u1", "u2": "<u2", "u4": "<u4", "u8": "<u8", "f8": "<f8"}
"""NumPy types by their names in files, the smallest first."""

_FIX = "write the file again"


class ColumnStore:
    """Columns that are to be stored.

    Attributes:
        encoded: The distinct columns as text, by number.
    """

    def __init__(self) -> None:
        self.encoded: list[str] = []
        self._numbers: dict[str, int] = {}

    def add(self, table: NDArray[Any]) -> Any:
        """Add the columns of a table, and return their numbers: nested lists of the shape without the documents.

        Args:
            table: Counts of each document, not negative. Shape `(n_documents, …)`.
        """
        if table.ndim > 1:
            return [self.add(table[:, place]) for place in range(table.shape[1])]
        text = encode_column(table)
        if text not in self._numbers:
            self._numbers[text] = len(self.encoded)
            self.encoded.append(text)
        return self._numbers[text]


def encode_column(column: NDArray[Any]) -> str:
    """Return a column as text.

    Args:
        column: Counts of each document, not negative, or other numbers. Shape `(n_documents,)`.
    """
    if column.dtype.kind == "f":
        name = "f8"
    else:
        largest = int(column.max(initial=0))
        name = next(name for name in _TYPES if largest <= np.iinfo(_TYPES[name]).max)
    packed = zlib.compress(column.astype(_TYPES[name]).tobytes())
    return f"{name}:{base64.b64encode(packed).decode()}"


def decode_column(text: str, documents: int) -> NDArray[Any]:
    """Return the numbers of a column; whole ones as 64-bit integers.

    Args:
        text: The column, as `encode_column` returns it.
        documents: Number of documents. No more is unpacked than they need.

    Raises:
        DataError: The text is not a column of that length.
    """
    name, _, packed = text.partition(":")
    if name not in _TYPES:
        raise DataError(Problem(f"a column of counts has the unknown type {name[:20]!r}", _FIX))
    size = documents * np.dtype(_TYPES[name]).itemsize
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(base64.b64decode(packed, validate=True), size + 1)
    except (binascii.Error, zlib.error) as error:
        raise DataError(Problem(f"a column of counts is damaged: {error}", _FIX)) from error
    if len(data) != size:
        raise DataError(Problem(f"a column of counts does not have a number for each of {documents} documents", _FIX))
    column = np.frombuffer(data, _TYPES[name])
    if name == "f8":
        return column.astype(np.float64)
    if name == "u8" and int(column.max(initial=0)) >= 2**63:
        raise DataError(Problem("a column of counts has a number of more than 63 bits", _FIX))
    return column.astype(np.int64)


def decode_table(numbers: Any, columns: Sequence[NDArray[Any]], shape: tuple[int, ...]) -> NDArray[Any]:
    """Return a table from the numbers of its columns.

    Args:
        numbers: As `ColumnStore.add` returned them.
        columns: The decoded columns. Shape of each `(n_documents,)`.
        shape: Expected shape without the documents, such as `(n_labels + 1, 4)`.

    Returns:
        Shape `(n_documents, …)`.

    Raises:
        DataError: There is no column of a number, or the table has another shape.
    """
    if not shape:
        if isinstance(numbers, bool) or not isinstance(numbers, int) or not 0 <= numbers < len(columns):
            raise DataError(Problem(f"counts name a column {numbers!r}, which the file does not have", _FIX))
        return columns[numbers]
    if not isinstance(numbers, list) or len(numbers) != shape[0]:
        raise DataError(Problem(f"a table of counts does not have {shape[0]} parts, as labels and counts need", _FIX))
    return np.stack([decode_table(part, columns, shape[1:]) for part in numbers], axis=1)
