"""Reading and writing of records as Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ...schema import DataError, Document, Problem, Scheme, pluralize
from ...schema.errors import unreadable_problem
from ...schema.files.addresses import is_address, open_address
from ...schema.files.json_line import parse_line
from .arrow import KEYS, record_batches, record_schema
from .file_io import Digest, open_target
from .rows import record_of_row

_MAX_MEAN_VALUES = 1_000_000  # in a column, per row


def write_parquet(path: str, documents: Iterable[Document], scheme: Scheme, digest: Digest | None = None) -> int:
    """Write checked documents to a Parquet file (zstd) atomically, batch by batch.

    Args:
        path: The file or its address.
        documents: The documents.
        scheme: Their scheme.
        digest: Updated with all bytes of the file.

    Returns:
        The number of documents written.

    Raises:
        DependencyError: The file cannot be written; an existing file is left untouched.
    """
    count = 0
    schema = record_schema(scheme)
    with open_target(path, digest) as stream, pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for batch in record_batches(documents, scheme):
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def parquet_records(path: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a Parquet file, or of one at an address, as records, which are not validated yet.

    Raises:
        DataError: The file cannot be read as Parquet.
    """
    try:
        with open_parquet(path) as file, pq.ParquetFile(file) as table:
            reject_oversized_rows(table.metadata, path)
            keys = _keys(table.schema_arrow.metadata)
            for batch in table.iter_batches(batch_size=256):
                for row in batch.to_pylist():
                    yield record_of_row(row, keys)
    except OSError as error:
        raise DataError(unreadable_problem(error, path)) from error
    except (pa.ArrowException, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise DataError(Problem(f"not a valid Parquet file of records: {error}", "write it again", path)) from error


def parquet_ids(path: str) -> Iterator[str]:
    """Yield the ids of a Parquet file of records, or of one at an address, as far as they are text.

    Raises:
        DataError: The file cannot be read as Parquet.
    """
    try:
        with open_parquet(path) as file, pq.ParquetFile(file) as table:
            reject_oversized_rows(table.metadata, path)
            if "id" not in table.schema_arrow.names:
                return
            for batch in table.iter_batches(columns=["id"]):
                yield from (name for name in batch.column(0).to_pylist() if isinstance(name, str))
    except OSError as error:
        raise DataError(unreadable_problem(error, path)) from error
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise DataError(Problem(f"not a valid Parquet file of records: {error}", "write it again", path)) from error


def open_parquet(path: str) -> AbstractContextManager[Any]:
    """Return a context with what pyarrow reads a file from: its path, or the stream at its address."""
    return open_address(path) if is_address(path) else nullcontext(path)


def _keys(metadata: Mapping[bytes, bytes] | None) -> dict[str, str]:
    """Return the keys that stand for labels as columns, by label, as the file states them."""
    stated, problem = parse_line((metadata or {}).get(KEYS, b"{}"))
    return {} if problem else {label: key for key, label in stated.items() if isinstance(label, str)}


def reject_oversized_rows(metadata: pq.FileMetaData, path: str) -> None:
    """Reject a file whose metadata claims more values than documents can have.

    A file of a few bytes may claim, and decode to, any number of values.

    Raises:
        DataError: The rows of a row group have more than `_MAX_MEAN_VALUES` values in a column on average.
    """
    for index in range(metadata.num_row_groups):
        group = metadata.row_group(index)
        values = max((group.column(column).num_values for column in range(group.num_columns)), default=0)
        if values > _MAX_MEAN_VALUES * max(1, group.num_rows):
            what = f"{pluralize(group.num_rows, 'row')} with {values:,} values in a column"
            raise DataError(Problem(what, f"at most {_MAX_MEAN_VALUES:,} values per row on average", path))
