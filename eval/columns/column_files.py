"""Columns of records files."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...corpus.storage.records import PARQUET, read_records, record_format
from ...schema import Scheme
from .layer_columns import LayerColumns, columns_of
from .record_lines import columns_of_lines


def read_columns(
    path: str, scheme: Scheme, by: Sequence[str] = (), read: Callable[[int], None] = lambda _: None
) -> LayerColumns:
    """Return the columns of a records file, whose texts are not kept.

    Columns are checked in bulk. Where they may be invalid, or a Parquet file has other columns than goldspan writes,
    the file is read again record by record, so that errors name their place.

    Args:
        path: A records file, which can be read twice.
        scheme: Scheme of the records.
        by: Fields by which documents will be grouped; see `checked_groupings`.
        read: Told now and then how many documents were read.

    Raises:
        DataError: A record is invalid.
        UsageError: The suffix is not one of a records file.
    """
    if record_format(path) in PARQUET:
        from .parquet_records import columns_of_parquet

        columns = columns_of_parquet(path, scheme, by, read)
    else:
        columns = columns_of_lines(path, scheme, by, read)
    return columns_of(read_records(path, scheme), scheme, by) if columns is None else columns
