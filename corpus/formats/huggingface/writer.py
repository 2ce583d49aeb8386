"""The Parquet files of a dataset, written side by side some rows at a time."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ....schema import Scheme
from ...storage.arrow import BatchBudget
from .features import DatasetDocument, dataset_features, entry_batch
from .statistics import DataFile

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

CONFIGURATIONS = ("spans", "tokens", "standoff", "passes", "entities")
"""In the order in which they are named; the first that a dataset has is its default."""

_ROWS = 500


class DatasetFiles:
    """The files of a dataset, each begun when its first row comes.

    Args:
        out: The dataset's folder.
        scheme: Of the dataset.
        texts: Whether passes come with the texts.
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
        """One document more; a folder parts files of one configuration and split."""
        self._file(configuration, split, folder).add(entry)

    def add_cells(self, configuration: str, split: str, cells: Mapping[str, Any]) -> None:
        """One row more, of a configuration whose rows are no documents."""
        self._file(configuration, split, "").add(cells)

    @property
    def written(self) -> list[DataFile]:
        """The files, the default configuration's first."""
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
    """One file of a dataset, written some rows at a time."""

    def __init__(self, path: Path, configuration: str, split: str, scheme: Scheme, *, texts: bool) -> None:
        self.configuration = configuration
        self.split = split
        self.rows = 0
        self.size = 0
        self._path = path
        self._scheme = scheme
        self._texts = texts
        self._schema: pa.Schema = dataset_features(configuration, scheme, texts=texts).arrow_schema
        self._fill = BatchBudget(scheme, _ROWS)
        self._waiting: list[Any] = []
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
        """One row more."""
        self._waiting.append(row)
        self.rows += 1
        if self._fill.add(row.document) if isinstance(row, DatasetDocument) else len(self._waiting) == _ROWS:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._waiting and self._writer is not None:
            if isinstance(self._waiting[0], DatasetDocument):
                batch = entry_batch(self.configuration, self._waiting, self._scheme, texts=self._texts)
            else:
                batch = pa.RecordBatch.from_pylist(self._waiting, self._schema)
            self._writer.write_batch(batch)
            self.size += batch.nbytes
        self._waiting = []
