"""Conversions of a corpus to and from pandas, polars, datasets and spaCy."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

from ..schema import Document, RecordCodec, Scheme, UsageError, conflict_scheme
from ..schema.extras import require_extras
from .storage.shards.seen_ids import SeenIds

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from datasets import Dataset
    from spacy.language import Language
    from spacy.tokens import Doc

    from .formats.transfer_reports import ReadReport

RowKind = Literal["documents", "spans"]
"""The unit of a data frame's rows: documents with their spans, or spans with their surfaces and values."""


class CorpusTables(Sequence[Document]):
    """The conversions of a corpus to and from tables, datasets and docs.

    Each table is built once and then shared: Arrow, polars, pandas (with Arrow columns) and datasets all use the same
    memory.

    Args:
        documents: The documents; each is validated as if it were read from a file.
        scheme: The scheme of the documents. Defaults to the conflict news scheme.
        checked: Skip validation, for documents that have just been read from a file.

    Raises:
        DataError: A document is invalid, or two documents have the same id.
    """

    def __init__(self, documents: Iterable[Document], scheme: Scheme | None = None, *, checked: bool = False) -> None:
        self._scheme = scheme or conflict_scheme()
        self._documents: list[Document] = []
        self._tables: dict[str, pa.Table] = {}
        codec, seen = RecordCodec(self.scheme), SeenIds()
        for document in documents:
            if not isinstance(document, Document):
                what = f"{type(document).__name__} is not a document"
                raise UsageError(f"{what}. Fix: `goldspan.load` makes a corpus of other things")
            self._documents.append(document.with_hash() if checked else codec.check(document))
            seen.require_new(document.id)
        self._index = {document.id: position for position, document in enumerate(self._documents)}

    @property
    def scheme(self) -> Scheme:
        """The scheme of the documents."""
        return self._scheme

    def to_arrow(self, rows: RowKind = "documents") -> pa.Table:
        """Return an Arrow table.

        Args:
            rows: `documents` for the columns of a records file; `spans` for a row for each span, with the columns
                `document`, `published`, `start`, `end`, `label`, `surface`, a column `value_KEY` for each key of
                values (null where the label has no such key), `id`, `score`, `source`, `origin`, `note` and `unsure`.

        Raises:
            DependencyError: pyarrow is not installed.
            UsageError: `rows` is neither of them.
        """
        require_extras("to_arrow", "parquet")
        from .dataframes import document_table, span_table

        builders = {"documents": document_table, "spans": span_table}
        if rows not in builders:
            raise UsageError(f"unknown kind of rows {rows!r}. Fix: documents or spans")
        if rows not in self._tables:
            self._tables[rows] = builders[rows](self._documents, self.scheme)
        return self._tables[rows]

    def to_pandas(self, rows: RowKind = "documents") -> pd.DataFrame:
        """Return a pandas data frame with Arrow-backed columns, without copying; arguments as in `to_arrow`.

        Raises:
            DependencyError: pandas is not installed.
        """
        require_extras("to_pandas", "pandas")
        import pandas as pd

        frame: pd.DataFrame = self.to_arrow(rows).to_pandas(types_mapper=pd.ArrowDtype)
        return frame

    def to_polars(self, rows: RowKind = "documents") -> pl.DataFrame:
        """Return a polars data frame, without copying; arguments as in `to_arrow`.

        Raises:
            DependencyError: polars is not installed.
        """
        require_extras("to_polars", "polars")
        import polars as pl

        frame = pl.from_arrow(self.to_arrow(rows))
        assert isinstance(frame, pl.DataFrame)
        return frame

    def to_datasets(self) -> Dataset:
        """Return a dataset with the typed features of the `spans` configuration of an export, without `fold`.

        Raises:
            DependencyError: datasets is not installed.
        """
        require_extras("to_datasets", "hub")
        from .dataframes import typed_dataset

        return typed_dataset(self.to_arrow(), self.scheme)

    def to_spacy(self, nlp: Language | None = None) -> Iterator[Doc]:
        """Yield spaCy docs whose token boundaries include all span boundaries.

        `doc.ents` holds the spans that do not overlap, `doc.spans["sc"]` holds all of them.

        Args:
            nlp: The pipeline whose vocabulary the docs share. Defaults to a new vocabulary.

        Raises:
            DependencyError: spaCy is not installed.
        """
        require_extras("to_spacy", "rules")
        from .formats.spacy.spacy_docs import to_spacy_docs

        return to_spacy_docs(self, self.scheme, nlp.vocab if nlp is not None else None)

    @classmethod
    def from_arrow(cls, table: pa.Table, scheme: Scheme | None = None) -> Self:
        """Build a corpus from a table with one document per row and the columns of a records file or an export.

        Raises:
            DataError: A row is invalid.
            DependencyError: pyarrow is not installed.
            UsageError: The table has a span in each row.
        """
        require_extras("from_arrow", "parquet")
        from .dataframes import documents_from_batches, require_document_rows

        require_document_rows(table.column_names)
        scheme = scheme or conflict_scheme()
        if (documents := _foreign_documents(table, scheme)) is not None:
            return cls(documents, scheme, checked=True)
        return cls(documents_from_batches(table.to_batches(max_chunksize=256), scheme), scheme, checked=True)

    @classmethod
    def from_datasets(cls, dataset: Dataset, scheme: Scheme | None = None) -> Self:
        """Build a corpus from one split of a loaded dataset; otherwise like `from_arrow`.

        Rows may also be those of others: `tokens` with `ner_tags`, or `text` with `entities`.

        Args:
            dataset: A dataset, or a dictionary of splits with a single one.
            scheme: The scheme of the documents. Defaults to the conflict news scheme.

        Warns:
            UserWarning: Something of the rows is left out or changed.

        Raises:
            DataError: A row is invalid.
            UsageError: `dataset` holds several splits.
            DependencyError: pyarrow is not installed.
        """
        require_extras("from_datasets", "hub")
        from .dataframes import documents_from_batches

        scheme = scheme or conflict_scheme()
        if isinstance(dataset, Mapping) and len(dataset) == 1:
            (dataset,) = dataset.values()
        if not hasattr(dataset, "iter"):
            raise UsageError('the dataset has several splits. Fix: choose one, as in dataset["test"]')
        if (documents := _foreign_documents(dataset, scheme)) is not None:
            return cls(documents, scheme, checked=True)
        tables = dataset.with_format("arrow").iter(batch_size=256)
        batches = (batch for table in tables for batch in table.to_batches())
        return cls(documents_from_batches(batches, scheme, dataset.features), scheme, checked=True)

    @classmethod
    def from_pandas(cls, frame: pd.DataFrame, scheme: Scheme | None = None) -> Self:
        """Build a corpus from a pandas data frame with one document per row; otherwise like `from_arrow`."""
        require_extras("from_pandas", "pandas")
        from .dataframes import table_from_pandas

        scheme = scheme or conflict_scheme()
        if (documents := _foreign_documents(frame, scheme)) is not None:
            return cls(documents, scheme, checked=True)
        return cls.from_arrow(table_from_pandas(frame, scheme), scheme)

    @classmethod
    def from_polars(cls, frame: pl.DataFrame, scheme: Scheme | None = None) -> Self:
        """Build a corpus from a polars data frame with one document per row; otherwise like `from_arrow`."""
        require_extras("from_polars", "polars")
        return cls.from_arrow(frame.to_arrow(), scheme)

    @classmethod
    def from_spacy(cls, docs: Iterable[Doc], scheme: Scheme | None = None) -> Self:
        """Build a corpus from spaCy docs, including docs of `to_spacy` that were modified afterwards.

        A doc that does not come from `to_spacy` gets the id `doc.user_data["id"]`, or else its position, and the spans
        of its entities and span groups.

        Raises:
            DataError: A label is unknown, or two docs have the same id.
        """
        from .formats.spacy.spacy_docs import from_spacy_docs

        scheme = scheme or conflict_scheme()
        return cls(from_spacy_docs(docs, scheme), scheme, checked=True)


def _foreign_documents(source: Any, scheme: Scheme) -> Iterator[Document] | None:
    """Return an iterator over the documents of rows that are no records; None if they are."""
    from .formats.format_interface import ReadRequest
    from .formats.tables.row_formats import read_foreign_rows

    request = ReadRequest(scheme)
    documents = read_foreign_rows(source, request)
    return None if documents is None else _warning(documents, request.report)


def _warning(documents: Iterator[Document], report: ReadReport) -> Iterator[Document]:
    yield from documents
    for line in report.summary():
        warnings.warn(line, stacklevel=5)
