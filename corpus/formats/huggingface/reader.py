"""Reading of datasets on disk: exported Parquet files, or the Arrow files that `save_to_disk` writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ....schema import DataError, Document, Problem, RecordCodec, Scheme
from ....schema.data.text_lines import text_lines
from ...storage.saved_datasets import checked_names, read_json_object
from ...storage.shards.seen_ids import SeenIds
from .features import record_from_row

if TYPE_CHECKING:
    import pyarrow as pa

_FIX = "name a folder made by `goldspan export --to hf` or `save_to_disk`"
_SPLITS = "dataset_dict.json"
_STATE = "state.json"
_BATCH_ROWS = 256

CHECKSUMS = "SHA256SUMS"
"""The file of an export with the hashes of all others, in the format of `sha256sum --check`."""


def read_dataset(folder: Path, scheme: Scheme) -> Iterator[Document]:
    """Read the documents of a dataset: configuration `spans`, or `standoff` if it is text-free, in all splits.

    Args:
        folder: A dataset made by an export, the folder of one configuration or pass in it (`dataset/passes/ann`), or
            a dataset made by `save_to_disk`.
        scheme: Scheme of the documents.

    Raises:
        DataError: The folder is not a dataset, or a row is invalid, with file and row.
    """
    codec, seen = RecordCodec(scheme), SeenIds()
    if (folder / _SPLITS).is_file() or (folder / _STATE).is_file():
        for path in _saved_files(folder):
            yield from _records(_arrow_batches(path), path, codec, seen)
        return
    candidates = (folder / "spans", folder / "standoff", folder)
    files = next((matches for candidate in candidates if (matches := sorted(candidate.glob("*.parquet")))), [])
    if not files:
        raise DataError(Problem("not a dataset: there is no spans/*.parquet", _FIX, str(folder)))
    _check_complete(files)
    for path in files:
        yield from _records(_parquet_batches(path), path, codec, seen)


def _check_complete(files: Sequence[Path]) -> None:
    """Refuse an export from which files next to these are missing, according to its checksums."""
    parent = files[0].parent
    for folder in parent.parents:
        if (folder / CHECKSUMS).is_file():
            prefix = parent.relative_to(folder).as_posix() + "/"
            for line in text_lines((folder / CHECKSUMS).read_text("utf-8", "replace")):
                _, _, name = line.partition("  ")
                if name.startswith(prefix) and not (folder / name).is_file():
                    message = f"{name} is missing from the dataset"
                    raise DataError(Problem(message, f"restore it, or delete {CHECKSUMS}", str(folder)))
            return


def _saved_files(folder: Path) -> Iterator[Path]:
    """Yield the Arrow files of a saved dataset, split by split."""
    if (folder / _SPLITS).is_file():
        splits = checked_names(folder / _SPLITS, read_json_object(folder / _SPLITS).get("splits"))
        for split in splits:
            yield from _saved_files(folder / split)
        return
    state = folder / _STATE
    entries = read_json_object(state).get("_data_files")
    entries = entries if isinstance(entries, list) else [None]
    names = [entry.get("filename") if isinstance(entry, dict) else None for entry in entries]
    yield from (folder / name for name in checked_names(state, names))


def _parquet_batches(path: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    from ...storage.parquet import reject_oversized_rows

    with pq.ParquetFile(path) as table:
        reject_oversized_rows(table.metadata, str(path))
        yield from table.iter_batches(batch_size=_BATCH_ROWS)


def _arrow_batches(path: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as stream:
        yield from stream


def _records(batches: Iterator[pa.RecordBatch], path: Path, codec: RecordCodec, seen: SeenIds) -> Iterator[Document]:
    import pyarrow as pa
    from datasets import Features

    number = 0
    try:
        for batch in batches:
            features = Features.from_arrow_schema(batch.schema)
            for row in batch.to_pylist():
                number += 1
                document = codec.from_mapping(record_from_row(row, features, codec.scheme))
                seen.require_new(document.id)
                yield document
    except DataError as error:
        raise error.with_location(str(path), number) from error
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        fix = "export the dataset again"
        raise DataError(Problem(f"not a complete dataset file: {error}", fix, str(path), number)) from error
