"""Layers on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .....schema import Document, RecordCodec
from .place_index import PlaceIndex
from .spool import Spool


class StoredLayer(Mapping[str, Document]):
    """The documents of a layer by id, each read from a spool when it is used.

    Args:
        codec: Codec of the layer's scheme.
        spool: Where the documents are; several layers may share it.
    """

    def __init__(self, codec: RecordCodec, spool: Spool) -> None:
        self._codec = codec
        self._spool = spool
        self._places = PlaceIndex()

    def add(self, document: Document) -> None:
        """Store a document; one of the same id is replaced, and its rank kept.

        Raises:
            DependencyError: The temporary file cannot be written.
        """
        self._places[document.id] = self._spool.add(self._codec.encode_checked(document))

    def __getitem__(self, name: str) -> Document:
        return self._codec.decode_checked(self._spool.read(self._places[name]))

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def id_at(self, rank: int) -> str:
        """Return the id of the document of a rank, counted from 0. Raises IndexError if there are fewer."""
        return self._places.name_at(rank)

    def by_id(self) -> Iterator[Document]:
        """Yield the documents, sorted by id."""
        return (self[name] for name in self._places.by_name())
