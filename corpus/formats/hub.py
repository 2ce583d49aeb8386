"""The format `hf`: a folder that `datasets.load_dataset` loads without a script, as Parquet with typed features.

Parquet, never JSON: the loader would turn a column of full dates into timestamps. Each configuration lies in a folder
of its own with a file for each split; the card names them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...schema import DataError, Document, Problem, RecordCodec, Scheme
from ..label_map import LabelMap
from ..splits import placed
from .base import Loss
from .card import card
from .columns import dataset_features, dataset_row, record_of_row
from .records import text_free

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

CONFIGURATIONS = ("spans", "tokens", "standoff")
_ROWS = 500


class Hub:
    """A dataset for the Hugging Face hub."""

    name = "hf"
    summary = "a dataset that load_dataset loads: spans, tokens, standoff, with card"
    file = ""
    suffixes: tuple[str, ...] = ()

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: Loss) -> int:
        """As `Format.write`.

        Raises:
            DataError: A document is text-free, or there are none.
            SurroundingsError: datasketch is not installed; the disk is full.
        """
        counts: Counter[tuple[str, str]] = Counter()
        told: Counter[str] = Counter()
        seen = 0
        with ExitStack() as stack:
            writers: dict[tuple[str, str], _Writer] = {}
            for place in placed(documents):
                document = place.document
                seen += 1
                if document.text is None:
                    fix = "export --to standoff holds records without texts"
                    raise DataError(Problem("the record is text-free", fix, document=document.id))
                if not place.split:
                    loss("documents whose near-duplicates stand in several splits, left out", document)
                    continue
                for label in (span.label for span in document.spans):
                    told[label] += 1
                for name in CONFIGURATIONS:
                    key = (name, place.split)
                    if key not in writers:
                        writers[key] = stack.enter_context(_Writer(out, name, place.split, scheme))
                    shown = text_free(document) if name == "standoff" else document
                    row, untagged = dataset_row(name, shown, place.fold, scheme)
                    writers[key].add(row)
                    counts[key] += 1
                    loss("spans that no tags can express, listed in `unaligned` of tokens", document, untagged)
        if not seen:
            raise DataError(Problem("no documents", "export a file that has some"))
        (out / "README.md").write_text(card(counts, told, scheme), encoding="utf-8")
        return seen

    def read(self, source: Path, scheme: Scheme, labels: LabelMap | None) -> Iterator[Document]:
        """As `Format.read`: the configuration `spans`, all splits; of a dataset saved to disk, its rows.

        A label map is for formats of others and is not asked: labels of a dataset are typed.
        """
        files = sorted((source / "spans").glob("*.parquet")) or sorted(source.glob("*.parquet"))
        if not files:
            fix = "name a folder that `goldspan export --to hf` made"
            raise DataError(Problem("no dataset: it holds no spans/*.parquet", fix, str(source)))
        codec = RecordCodec(scheme)
        for path in files:
            yield from _rows(path, codec)


def _rows(path: Path, codec: RecordCodec) -> Iterator[Document]:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from datasets import Features

    number = 0
    try:
        with pq.ParquetFile(path) as table:
            features = Features.from_arrow_schema(table.schema_arrow)
            for batch in table.iter_batches(batch_size=256):
                for row in batch.to_pylist():
                    number += 1
                    yield codec.decode(record_of_row(row, features))
    except DataError as error:
        raise error.at(str(path), number) from error
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        fix = "export it again"
        raise DataError(Problem(f"not a whole Parquet file of a dataset: {error}", fix, str(path), number)) from error


class _Writer:
    """One file of a dataset, written some rows at a time."""

    def __init__(self, out: Path, configuration: str, split: str, scheme: Scheme) -> None:
        self._path = out / configuration / f"{split}.parquet"
        self._schema: pa.Schema = dataset_features(configuration, scheme).arrow_schema
        self._rows: list[Mapping[str, Any]] = []
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> _Writer:
        import pyarrow.parquet as pq

        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(self._path, self._schema, compression="zstd")
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        if self._writer is not None:
            self._writer.close()

    def add(self, row: Mapping[str, Any]) -> None:
        """One row more."""
        self._rows.append(row)
        if len(self._rows) == _ROWS:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        rows: Sequence[Mapping[str, Any]] = self._rows
        if rows and self._writer is not None:
            self._writer.write_batch(pa.RecordBatch.from_pylist(list(rows), self._schema))
        self._rows = []


HUB = Hub()
"""What the entry point `hf` names."""
