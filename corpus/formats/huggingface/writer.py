"""Writing of a dataset's Parquet files, several at once and some rows at a time."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....schema import Scheme
from .features import DatasetDocument, dataset_features, document_batch
from .statistics import DataFile

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

CONFIGURATIONS = ("spans", "tokens", "standoff", "passes", "entities")
"""Configurations in the order of the card; the first one that a dataset has is its default."""

_BATCH_ROWS = 500


class DatasetFiles:
    """The files of a dataset, each opened when its first row is added.

    Args:
        out: The dataset's folder.
        scheme: Scheme of the dataset.
        texts: Whether passes include the texts.
    """

    def __init__(self, out: Path, scheme: Scheme, *, texts: bool) -> None:
        self._out = out
        self._scheme = scheme
        self._texts = texts
        self._stack = ExitStack()
        self._open: dict[str, _File] = {}

    def __enter__(self) -> DatasetFiles:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def add(self, configuration: str, split: str, entry: DatasetDocument, folder: str = "") -> None:
        """Add a document; `folder` separates files of the same configuration and split."""
        self._file(configuration, split, folder).add(entry)

    def add_row(self, configuration: str, split: str, row: Mapping[str, Any]) -> None:
        """Add a row to a configuration whose rows are not documents."""
        self._file(configuration, split, "").add(row)

    @property
    def written(self) -> list[DataFile]:
        """The files written so far, those of the default configuration first."""
        files = [
            DataFile(path, file.configuration, file.split, file.rows, file.size) for path, file in self._open.items()
        ]
        return sorted(files, key=lambda file: (CONFIGURATIONS.index(file.configuration), file.path))

    def _file(self, configuration: str, split: str, folder: str) -> _File:
        path = "/".join(part for part in (configuration, folder, f"{split}.parquet") if part)
        if path not in self._open:
            file = _File(self._out / path, configuration, split, self._scheme, texts=self._texts)
            self._open[path] = self._stack.enter_context(file)
        return self._open[path]


class _File:
    """One Parquet file, written in batches."""

    def __init__(self, path: Path, configuration: str, split: str, scheme: Scheme, *, texts: bool) -> None:
        from ...storage.arrow import BatchBudget

        self.configuration = configuration
        self.split = split
        self.rows = 0
        self.size = 0
        self._path = path
        self._scheme = scheme
        self._texts = texts
        self._schema: pa.Schema = dataset_features(configuration, scheme, texts=texts).arrow_schema
        self._budget = BatchBudget(scheme, _BATCH_ROWS)
        self._pending: list[Any] = []
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> _File:
        import pyarrow.parquet as pq

        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(self._path, self._schema, compression="zstd")
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        if self._writer is not None:
            self._writer.close()

    def add(self, row: DatasetDocument | Mapping[str, Any]) -> None:
        """Add a document or a row."""
        self._pending.append(row)
        self.rows += 1
        if self._budget.add(row.document) if isinstance(row, DatasetDocument) else len(self._pending) == _BATCH_ROWS:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._pending and self._writer is not None:
            if isinstance(self._pending[0], DatasetDocument):
                batch = document_batch(self.configuration, self._pending, self._scheme, texts=self._texts)
            else:
                batch = pa.RecordBatch.from_pylist(self._pending, self._schema)
            self._writer.write_batch(batch)
            self.size += batch.nbytes
        self._pending = []
