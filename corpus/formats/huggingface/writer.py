"""Writing of a dataset's Parquet files, several at once and some rows at a time.

A split of a configuration is one file, `train.parquet`; if that were large, `train-00000-of-00003.parquet` and so on,
which `load_dataset` loads or streams one after another.
"""

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

CONFIGURATIONS = ("spans", "tokens", "windows", "standoff", "passes", "entities")
"""Configurations in the order of the card; the first one that a dataset has is its default."""

LARGEST_FILE = 500_000_000
"""Bytes of columns in memory with which a file is full; on disk it is a fraction of this."""

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
        self._open: dict[str, _SplitFiles] = {}

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
        files = [file for split in self._open.values() for file in split.files()]
        return sorted(files, key=lambda file: (CONFIGURATIONS.index(file.configuration), file.path))

    def _file(self, configuration: str, split: str, folder: str) -> _SplitFiles:
        path = "/".join(part for part in (configuration, folder, split) if part)
        if path not in self._open:
            files = _SplitFiles(self._out, path, configuration, split, self._scheme, texts=self._texts)
            self._open[path] = self._stack.enter_context(files)
        return self._open[path]


class _SplitFiles:
    """The Parquet files of a split of a configuration, written in batches.

    Args:
        out: The dataset's folder.
        path: Path of the files below it, without number and suffix.
        configuration: The configuration.
        split: The split.
        scheme: Scheme of the dataset.
        texts: Whether passes include the texts.
    """

    def __init__(self, out: Path, path: str, configuration: str, split: str, scheme: Scheme, *, texts: bool) -> None:
        from ...storage.arrow import BatchBudget

        self._out, self._path = out, path
        self._configuration, self._split = configuration, split
        self._scheme = scheme
        self._texts = texts
        self._schema: pa.Schema = dataset_features(configuration, scheme, texts=texts).arrow_schema
        self._budget = BatchBudget(scheme, _BATCH_ROWS)
        self._pending: list[Any] = []
        self._writer: pq.ParquetWriter | None = None
        self._contents: list[tuple[int, int]] = []  # rows and size of each file

    def __enter__(self) -> _SplitFiles:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        if self._writer is not None:
            self._writer.close()
        if len(self._contents) > 1:  # only now is their number known
            for number in range(len(self._contents)):
                (self._out / self._begun(number)).rename(self._out / self._name(number))

    def add(self, row: DatasetDocument | Mapping[str, Any]) -> None:
        """Add a document or a row."""
        self._pending.append(row)
        if self._budget.add(row.document) if isinstance(row, DatasetDocument) else len(self._pending) == _BATCH_ROWS:
            self._flush()

    def files(self) -> list[DataFile]:
        """Return the files, after they were written."""
        return [
            DataFile(self._name(number), self._configuration, self._split, rows, size)
            for number, (rows, size) in enumerate(self._contents)
        ]

    def _name(self, number: int) -> str:
        count = len(self._contents)
        return f"{self._path}-{number:05}-of-{count:05}.parquet" if count > 1 else self._begun(number)

    def _begun(self, number: int) -> str:
        """Return the name of a file before it is known how many there are; the first may be the only one."""
        return f"{self._path}-{number:05}.parquet" if number else f"{self._path}.parquet"

    def _flush(self) -> None:
        import pyarrow as pa

        if self._pending:
            if isinstance(self._pending[0], DatasetDocument):
                batch = document_batch(self._configuration, self._pending, self._scheme, texts=self._texts)
            else:
                batch = pa.RecordBatch.from_pylist(self._pending, self._schema)
            self._write(batch)
        self._pending = []

    def _write(self, batch: pa.RecordBatch) -> None:
        import pyarrow.parquet as pq

        if self._writer is None or self._contents[-1][1] >= LARGEST_FILE:
            if self._writer is not None:
                self._writer.close()
            path = self._out / self._begun(len(self._contents))
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
            self._contents.append((0, 0))
        self._writer.write_batch(batch)
        rows, size = self._contents[-1]
        self._contents[-1] = (rows + batch.num_rows, size + batch.nbytes)
