"""Records as Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from ...schema import DataError, Document, Problem, RecordCodec, Scheme, os_error_hint, pluralize
from .arrow import record_batches, record_schema
from .file_io import replace_file
from .rows import row_line

_VALUES = 1_000_000


def write_parquet(path: Path, documents: Iterable[Document], scheme: Scheme) -> int:
    """Writes documents as Parquet (zstd), whole or not at all, batch by batch; answers how many.

    Raises:
        DependencyError: The file cannot be written; what was there before is untouched.
    """
    checked = map(RecordCodec(scheme).validate, documents)
    count = 0
    with replace_file(path) as beside, pq.ParquetWriter(beside, record_schema(scheme), compression="zstd") as writer:
        for batch in record_batches(checked, scheme):
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def parquet_lines(path: Path) -> Iterator[bytes]:
    """The rows of a Parquet file, each as the line of JSON that says the same.

    Raises:
        DataError: The file cannot be read as Parquet.
    """
    try:
        with pq.ParquetFile(path) as table:
            refuse_oversized_rows(table.metadata, str(path))
            for batch in table.iter_batches(batch_size=256):
                for row in batch.to_pylist():
                    yield row_line(row)
    except OSError as error:
        raise DataError(
            Problem(f"cannot be read: {error.strerror or error}", os_error_hint(error), str(path))
        ) from error
    except (pa.ArrowException, msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise DataError(
            Problem(f"not a whole Parquet file of records: {error}", "write it again", str(path))
        ) from error


def refuse_oversized_rows(metadata: pq.FileMetaData, path: str) -> None:
    """Refuses a file that says of itself that its rows hold more than any document: few bytes may stand for it.

    Raises:
        DataError: The rows of a part have more than `_VALUES` values in a column on the average.
    """
    for part in range(metadata.num_row_groups):
        group = metadata.row_group(part)
        most = max((group.column(at).num_values for at in range(group.num_columns)), default=0)
        if most > _VALUES * max(1, group.num_rows):
            what = f"{pluralize(group.num_rows, 'row')} with {most:,} values in a column"
            raise DataError(Problem(what, f"at most {_VALUES:,} a row on the average", path))
