"""A corpus in memory: its documents in order, and the ways to and from what researchers work with."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from ..schema import (
    DataError,
    Document,
    Problem,
    RecordCodec,
    Scheme,
    UsageError,
    conflict_scheme,
    layer_fingerprint,
    pluralize,
)
from .storage.records import SeenIds, duplicate_id, write_records

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from datasets import Dataset
    from spacy.language import Language
    from spacy.tokens import Doc

Rows = Literal["documents", "spans"]
"""What a row of a frame is: a document with its spans, or a span with its surface and value."""


class Corpus(Sequence[Document]):
    """Documents under one scheme.

    Tables are made once and shared: Arrow, polars, pandas (with Arrow columns) and datasets look at the same memory.

    Args:
        documents: Each is checked as if it were read from a file.
        scheme: Theirs; conflict news where none is given.
        checked: They were read just now, and need no second look.

    Raises:
        DataError: A document is one that reading would refuse, or two have one id.
    """

    def __init__(self, documents: Iterable[Document], scheme: Scheme | None = None, *, checked: bool = False) -> None:
        self.scheme = scheme or conflict_scheme()
        codec, seen = RecordCodec(self.scheme), SeenIds()
        self._documents: list[Document] = []
        for document in documents:
            self._documents.append(document.with_hash() if checked else _as_read(document, codec))
            if seen.again(document.id):
                raise DataError(duplicate_id(document.id))
        self._places = {document.id: place for place, document in enumerate(self._documents)}
        self._tables: dict[str, pa.Table] = {}

    def __len__(self) -> int:
        return len(self._documents)

    @overload
    def __getitem__(self, key: int | str) -> Document: ...

    @overload
    def __getitem__(self, key: slice) -> Corpus: ...

    def __getitem__(self, key: int | str | slice) -> Document | Corpus:
        """A document by its place or its id, or a part of the corpus."""
        if isinstance(key, slice):
            return Corpus(self._documents[key], self.scheme, checked=True)
        return self._documents[self._places[key] if isinstance(key, str) else key]

    def __repr__(self) -> str:
        spans = sum(len(document.spans) for document in self)
        return f"<Corpus of {pluralize(len(self), 'document')}, {pluralize(spans, 'span')}, {self.scheme.ref}>"

    @property
    def fingerprint(self) -> str:
        """Of the layer, as `layer_fingerprint` has it."""
        return layer_fingerprint(self)

    def save(self, path: str | Path) -> None:
        """Writes a records file, whole or not at all; as `write_records`."""
        write_records(path, self, self.scheme)

    def to_arrow(self, rows: Rows = "documents") -> pa.Table:
        """A table: of documents, the columns of a records file; of spans, those of `span_table`."""
        from .dataframes import document_table, span_table

        makers = {"documents": document_table, "spans": span_table}
        if rows not in makers:
            raise UsageError(f"rows are documents or spans, not {rows!r}")
        if rows not in self._tables:
            self._tables[rows] = makers[rows](self._documents, self.scheme)
        return self._tables[rows]

    def to_pandas(self, rows: Rows = "documents") -> pd.DataFrame:
        """A frame whose columns are Arrow's, without a copy."""
        import pandas as pd

        frame: pd.DataFrame = self.to_arrow(rows).to_pandas(types_mapper=pd.ArrowDtype)
        return frame

    def to_polars(self, rows: Rows = "documents") -> pl.DataFrame:
        """A frame of polars, without a copy.

        Raises:
            DependencyError: polars is not installed.
        """
        from .dataframes import polars

        frame: pl.DataFrame = polars().from_arrow(self.to_arrow(rows))
        return frame

    def to_datasets(self) -> Dataset:
        """A dataset with typed features, as the configuration `spans` of an export has them but for `fold`."""
        from .dataframes import typed_dataset

        return typed_dataset(self.to_arrow(), self.scheme)

    def to_spacy(self, nlp: Language | None = None) -> Iterator[Doc]:
        """Docs whose tokens end where spans do: `doc.ents` has what does not overlap, `doc.spans["sc"]` all.

        Args:
            nlp: Whose vocabulary they share; one of their own where none is given.
        """
        from .formats.spacy_docs import docs_of

        return docs_of(self, self.scheme, nlp.vocab if nlp is not None else None)

    @classmethod
    def from_arrow(cls, table: pa.Table, scheme: Scheme | None = None) -> Corpus:
        """The corpus of a table whose rows are documents, with the columns of a records file or of an export.

        Raises:
            DataError: A row is not right.
        """
        from .dataframes import documents_of

        scheme = scheme or conflict_scheme()
        return cls(documents_of(table.to_batches(max_chunksize=256), scheme), scheme, checked=True)

    @classmethod
    def from_datasets(cls, dataset: Dataset, scheme: Scheme | None = None) -> Corpus:
        """The corpus of a loaded dataset, or of one of its splits; as `from_arrow`."""
        from .dataframes import documents_of

        scheme = scheme or conflict_scheme()
        if not hasattr(dataset, "iter"):
            raise UsageError('a dataset of several splits. Fix: name one, as in dataset["test"]')
        batches = dataset.with_format("arrow").iter(batch_size=256)
        found = documents_of((b for table in batches for b in table.to_batches()), scheme, dataset.features)
        return cls(found, scheme, checked=True)

    @classmethod
    def from_pandas(cls, frame: pd.DataFrame, scheme: Scheme | None = None) -> Corpus:
        """The corpus of a frame whose rows are documents; as `from_arrow`."""
        from .dataframes import table_of_pandas

        scheme = scheme or conflict_scheme()
        return cls.from_arrow(table_of_pandas(frame, scheme), scheme)

    @classmethod
    def from_polars(cls, frame: pl.DataFrame, scheme: Scheme | None = None) -> Corpus:
        """The corpus of a frame whose rows are documents; as `from_arrow`."""
        return cls.from_arrow(frame.to_arrow(), scheme)

    @classmethod
    def from_spacy(cls, docs: Iterable[Doc], scheme: Scheme | None = None) -> Corpus:
        """The corpus of docs: of `to_spacy`, with what was changed since, or of any others.

        A doc of others has the id `doc.user_data["id"]`, else its place, and the spans of its entities and groups.

        Raises:
            DataError: A doc's label is unknown, or two docs have one id.
        """
        from .formats.spacy_docs import documents_of

        scheme = scheme or conflict_scheme()
        return cls(documents_of(docs, scheme), scheme, checked=True)


def _as_read(document: Document, codec: RecordCodec) -> Document:
    """The document as a file would give it back."""
    try:
        return codec.decode(codec.encode(document))
    except (UnicodeEncodeError, TypeError, AttributeError) as error:
        raise DataError(Problem(f"it cannot be written: {error}", "make it of what records hold")) from error


def load(path: str | Path, scheme: Scheme | None = None, *, form: str = "") -> Corpus:
    """The corpus of a file or folder in any installed format.

    Args:
        path: Records, an exported or saved dataset, or a file of another format.
        scheme: What the documents are to have; conflict news where none is given.
        form: Name of the format; told by the suffix, or for a folder by what it holds, where it is empty.

    Warns:
        UserWarning: The reader left something out, or brought offsets from another unit to code points.

    Raises:
        DataError: Something in it is at fault, with file and line.
        UsageError: Nothing tells the format.
    """
    from .formats import ReadReport, read_any

    scheme, account = scheme or conflict_scheme(), ReadReport()
    corpus = Corpus(read_any(Path(path), scheme, account, name=form), scheme, checked=True)
    for line in account.told():
        warnings.warn(f"{path}: {line}", stacklevel=2)
    return corpus
