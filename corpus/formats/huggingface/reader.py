"""Records of a dataset on disk: of the Parquet files of an export, or of what `save_to_disk` writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....schema import DataError, Document, Problem, RecordCodec, Scheme
from ...storage.parquet import refuse_oversized_rows
from .features import record_of_row

if TYPE_CHECKING:
    import pyarrow as pa

_FIX = "name a folder that `goldspan export --to hf` or `save_to_disk` made"
_SPLITS = "dataset_dict.json"
_STATE = "state.json"
_BATCH = 256

CHECKSUMS = "SHA256SUMS"
"""The file of an export with the hash of every other, as `sha256sum --check` reads it."""


def read_dataset(folder: Path, scheme: Scheme) -> Iterator[Document]:
    """The records of a dataset: configuration `spans`, in a text-free one `standoff`, all splits.

    Args:
        folder: As an export makes it, that of one configuration or pass in it (`dataset/passes/ann`), or as
            `save_to_disk` makes it.
        scheme: What the documents are to have.

    Raises:
        DataError: It is no dataset, or a row is not right, with file and row.
    """
    codec = RecordCodec(scheme)
    if (folder / _SPLITS).is_file() or (folder / _STATE).is_file():
        for path in _saved(folder):
            yield from _records(_arrow_batches(path), path, codec)
        return
    folders = (folder / "spans", folder / "standoff", folder)
    files = next((found for place in folders if (found := sorted(place.glob("*.parquet")))), [])
    if not files:
        raise DataError(Problem("no dataset: it holds no spans/*.parquet", _FIX, str(folder)))
    _whole(files)
    for path in files:
        yield from _records(_parquet_batches(path), path, codec)


def _whole(files: Sequence[Path]) -> None:
    """Refuses an export that has lost a file beside these, by its list of checksums."""
    beside = files[0].parent
    for folder in beside.parents:
        if (folder / CHECKSUMS).is_file():
            below = beside.relative_to(folder).as_posix() + "/"
            for line in (folder / CHECKSUMS).read_text("utf-8", "replace").splitlines():
                _, _, name = line.partition("  ")
                if name.startswith(below) and not (folder / name).is_file():
                    what = f"the dataset has lost {name}"
                    raise DataError(Problem(what, f"restore it, or remove {CHECKSUMS}", str(folder)))
            return


def _saved(folder: Path) -> Iterator[Path]:
    """The Arrow files of a saved dataset, split after split."""
    if (folder / _SPLITS).is_file():
        splits = _names(folder / _SPLITS, _json(folder / _SPLITS).get("splits"))
        for name in splits:
            yield from _saved(folder / name)
        return
    state = folder / _STATE
    files = _json(state).get("_data_files")
    known = files if isinstance(files, list) else [None]
    listed = [item.get("filename") if isinstance(item, dict) else None for item in known]
    yield from (folder / name for name in _names(state, listed))


def _names(path: Path, found: Any) -> list[str]:
    """Names that a file lists; none may lead out of its folder."""
    names: list[str] = []
    for name in found if isinstance(found, list) else [None]:
        if not isinstance(name, str) or name in ("", ".", "..") or Path(name).name != name:
            raise DataError(Problem(f"{name!r} names nothing in the folder", "save the dataset again", str(path)))
        names.append(name)
    return names


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise DataError(Problem(f"cannot be read: {error.strerror}", _FIX, str(path))) from error
    except (ValueError, RecursionError) as error:
        raise DataError(Problem("not JSON", "save the dataset again", str(path))) from error
    return found if isinstance(found, dict) else {}


def _parquet_batches(path: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as table:
        refuse_oversized_rows(table.metadata, str(path))
        yield from table.iter_batches(batch_size=_BATCH)


def _arrow_batches(path: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as stream:
        yield from stream


def _records(batches: Iterator[pa.RecordBatch], path: Path, codec: RecordCodec) -> Iterator[Document]:
    import pyarrow as pa
    from datasets import Features

    number = 0
    try:
        for batch in batches:
            features = Features.from_arrow_schema(batch.schema)
            for row in batch.to_pylist():
                number += 1
                yield codec.decode(record_of_row(row, features))
    except DataError as error:
        raise error.with_location(str(path), number) from error
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        fix = "export it again"
        raise DataError(Problem(f"not a whole file of a dataset: {error}", fix, str(path), number)) from error
