"""Inputs of scoring in Python: documents, a path, spaCy Docs, or the rows of a loaded dataset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ..corpus import read_records
from ..corpus.formats.sidecar import SidecarReader
from ..corpus.storage.checked import is_checked
from ..corpus.storage.records import SeenIds, duplicate_id_problem
from ..schema import DataError, Document, RecordCodec, Scheme, UsageError

if TYPE_CHECKING:
    from spacy.tokens import Doc

    Source: TypeAlias = str | Path | Iterable[Document] | Iterable["Doc"] | Iterable[Mapping[str, Any]]
else:
    Source = Any


def as_documents(source: Source, scheme: Scheme) -> Iterator[Document]:
    """Yield the documents of a source.

    Args:
        source: The path of a records file; documents; spaCy Docs, whose id is `doc.user_data["id"]` or else their
            index, and whose spans are the entities and those in `doc.spans["sc"]`; or mappings such as the rows of a
            loaded dataset, with the columns of a records file.
        scheme: Scheme of the documents.

    Raises:
        DataError: A record or row is invalid, or an id occurs twice.
        UsageError: The type of the source is not supported.
    """
    if isinstance(source, str | Path):
        yield from read_records(source, scheme)
        return
    seen = SeenIds()
    for document in _documents(source, scheme):
        if seen.is_duplicate(document.id):
            raise DataError(duplicate_id_problem(document.id))
        yield document


def _documents(source: Any, scheme: Scheme) -> Iterator[Document]:
    if is_checked(source, scheme):
        yield from source
        return
    codec, sidecar_reader = RecordCodec(scheme), SidecarReader(scheme, None)
    features = getattr(source, "features", None) or {}  # loaded datasets encode labels as numbers
    for number, item in enumerate(source):
        if isinstance(item, Document):
            yield codec.check(item)
        elif isinstance(item, Mapping):
            from ..corpus.formats.huggingface.features import record_from_row

            yield codec.from_mapping(record_from_row(item, features))
        elif hasattr(item, "ents") and hasattr(item, "user_data"):
            from ..corpus.formats.spacy_docs import from_spacy_doc

            yield from_spacy_doc(item, sidecar_reader, str(number))
        else:
            fix = "give documents, a path, spaCy Docs or the rows of a dataset"
            raise UsageError(f"cannot score {type(item).__name__}. Fix: {fix}")
