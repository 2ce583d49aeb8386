"""Documents with suggestions, grouped from layers."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

import msgspec

from ...annotate.label_studio.mapping.region_prefixes import RegionPrefix, no_prefix
from ...annotate.label_studio.mapping.task_parts import TaskPart
from ...annotate.label_studio.sync.work.spool import Spool
from ...annotate.label_studio.sync.work.stored_layer import StoredLayer
from ...corpus import read_records
from ...corpus.adjudication.vote_record import contested_places
from ...corpus.inspection.record_checks import check_spans
from ...corpus.release.prioritise import reading_order
from ...corpus.withdrawal.withdrawn_documents import find_withdrawn, warn_left_out
from ...schema import DataError, Document, Problem, RecordCodec, Scheme, Span
from .low_scores import mark_low_scores

UNNAMED = "suggestions"  # whose layer states no annotator


@dataclass(frozen=True, slots=True)
class DocumentWithSuggestions:
    """A document with suggestions.

    Attributes:
        document: The document, with its text.
        suggestions: Suggested spans by extractor.
        about: What a layer records about how the document was chosen.
        prefix: Returns the prefix of the region id of each suggestion.
        part: The place of the document in the one that it is a part of; None if it is whole.
        contested: In how many places the readers of a vote differ, over all suggestions; None if there was no vote.
    """

    document: Document
    suggestions: dict[str, tuple[Span, ...]]
    about: dict[str, str] = field(default_factory=dict)
    prefix: RegionPrefix = no_prefix
    part: TaskPart | None = None
    contested: int | None = None

    @property
    def source(self) -> str:
        """Id of the whole document."""
        return self.part.place.document if self.part else self.document.id


class SuggestedDocuments(Sequence[DocumentWithSuggestions]):
    """Documents with suggestions, which are on disk.

    Args:
        scheme: Their scheme.

    Attributes:
        prefix: As in `DocumentWithSuggestions`, for all of them.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.prefix: RegionPrefix = no_prefix
        self._codec, self._spool = RecordCodec(scheme), Spool()
        self._texts = StoredLayer(self._codec, self._spool)
        self._layers: dict[str, StoredLayer] = {}

    @overload
    def __getitem__(self, position: int) -> DocumentWithSuggestions: ...

    @overload
    def __getitem__(self, position: slice) -> list[DocumentWithSuggestions]: ...

    def __getitem__(self, position: int | slice) -> DocumentWithSuggestions | list[DocumentWithSuggestions]:
        """Return the document at a position, or those of a slice."""
        if isinstance(position, slice):
            return [self[index] for index in range(*position.indices(len(self)))]
        name = self._texts.id_at(range(len(self))[position])
        layers = {extractor: layer[name] for extractor, layer in self._layers.items() if name in layer}
        spans = {extractor: layer.spans for extractor, layer in layers.items()}
        contested = [count for layer in layers.values() if (count := contested_places(layer)) is not None]
        document, total = self._texts[name], sum(contested) if contested else None
        return DocumentWithSuggestions(document, spans, prefix=self.prefix, contested=total)

    def __len__(self) -> int:
        return len(self._texts)

    def text(self, name: str) -> Document | None:
        """Return a document without suggestions, or None if there is none."""
        return self._texts.get(name)

    def add_text(self, document: Document) -> None:
        """Add a document; if there is one of the same id, it takes its place."""
        self._texts.add(document)

    def has_suggestions(self, extractor: str, name: str) -> bool:
        """Check whether a document has suggestions of an extractor."""
        return name in self._layers.get(extractor, ())

    def add_suggestions(self, extractor: str, document: Document) -> None:
        """Add the spans of a document as suggestions."""
        self._layers.setdefault(extractor, StoredLayer(self._codec, self._spool)).add(document)


class ChosenDocuments(Sequence[DocumentWithSuggestions]):
    """Some of the documents of a sequence, in its order, of which memory holds their positions.

    Args:
        documents: The documents. They need not be in memory.
        names: Ids of those that are chosen.
    """

    def __init__(self, documents: Sequence[DocumentWithSuggestions], names: Container[str]) -> None:
        self._documents = documents
        self._positions = array("Q", (number for number, item in enumerate(documents) if item.document.id in names))

    @overload
    def __getitem__(self, position: int) -> DocumentWithSuggestions: ...

    @overload
    def __getitem__(self, position: slice) -> list[DocumentWithSuggestions]: ...

    def __getitem__(self, position: int | slice) -> DocumentWithSuggestions | list[DocumentWithSuggestions]:
        """Return the document at a position, or those of a slice."""
        if isinstance(position, slice):
            return [self._documents[number] for number in self._positions[position]]
        return self._documents[self._positions[position]]

    def __len__(self) -> int:
        return len(self._positions)


@dataclass(frozen=True, slots=True)
class SuggestionLayer:
    """A layer of suggestions over the documents of a push.

    Attributes:
        documents: The texts with the suggested spans.
        path: Where they come from, for messages; empty if they come from no file.
        extractor: Name of whoever made the suggestions; the annotator of each document's layer if empty.
    """

    documents: Iterable[Document]
    path: str = ""
    extractor: str = ""


def read_suggestions(
    path: str,
    suggestions: Sequence[str],
    scheme: Scheme,
    *,
    review: bool = False,
    order: str = "",
    random_share: float = 0.2,
    faint: float | None = None,
    framed: float | None = None,
    note: Callable[[str], None] = warn_left_out,
) -> Sequence[DocumentWithSuggestions]:
    """Read the documents of a file, with its spans and those of further files as suggestions.

    Args:
        path: A records file.
        suggestions: Further records files over the same texts.
        scheme: Their scheme.
        review: As in `group_suggestions`.
        order: As in `order_for_reading`; if empty, they keep the order of the file.
        random_share: As in `order_for_reading`.
        faint: As in `mark_low_scores`.
        framed: As there.
        note: As in `group_suggestions`.

    Raises:
        DataError: A file is invalid; all spans that `goldspan corpus check` would report are listed.
        UsageError: As in `order_for_reading` and `mark_low_scores`.
    """
    layers = [SuggestionLayer(read_records(file, scheme), file) for file in (path, *suggestions)]
    documents = group_suggestions(layers, scheme, review=review, note=note)
    mark_low_scores(documents, faint, framed)
    return order_for_reading(documents, order, random_share=random_share) if order else documents


def group_suggestions(
    layers: Sequence[SuggestionLayer],
    scheme: Scheme,
    *,
    review: bool = False,
    note: Callable[[str], None] = warn_left_out,
) -> SuggestedDocuments:
    """Group layers by document.

    Args:
        layers: The documents to push, whose spans are suggestions too; then further layers over the same texts.
        scheme: Their scheme.
        review: Whether the layers are passes. These need not cover the same documents: all documents that any of them
            has are returned, each with the spans of the passes that cover it.
        note: Called with notes on withdrawn documents, which are left out.

    Raises:
        DataError: Layers have other documents or texts, or an extractor has two; all spans that break a rule are
            listed.
    """
    grouped = SuggestedDocuments(scheme)
    withdrawn = find_withdrawn(*(layer.path for layer in layers))
    problems: list[Problem] = []
    for number, layer in enumerate(layers):
        is_first = number == 0
        for document in withdrawn.keep(layer.documents):
            pushed = grouped.text(document.id)
            if pushed is None and (is_first or review):
                pushed = document
                grouped.add_text(document)
            pushed = _check_same_text(pushed, document, layer.path, review=review)
            if pushed.text is None and review:
                pushed = document
                grouped.add_text(document)
            annotated = msgspec.structs.replace(pushed, spans=document.spans)
            problems += [problem.with_location(layer.path) for problem in check_spans(annotated, scheme)]
            name = layer.extractor or _annotator(document)
            has_no_layer = is_first and not document.spans and name == UNNAMED
            if has_no_layer or (review and document.layer and document.layer.skipped):
                continue
            if grouped.has_suggestions(name, document.id):
                fix = "give each layer an annotator of its own"
                what = f"a second layer of suggestions by {name!r}"
                raise DataError(Problem(what, fix, layer.path, document=document.id))
            grouped.add_suggestions(name, document)
        if withdrawn.left_out and not grouped:
            raise withdrawn.nothing_left(layer.path)
        if not grouped and not review:
            raise DataError(
                Problem("no documents", "name a file that has some" if layer.path else "give some", layer.path)
            )
    if problems:
        raise DataError(problems)
    withdrawn.tell(note)
    return grouped


def order_for_reading(
    documents: Sequence[DocumentWithSuggestions], strategy: str, *, random_share: float
) -> list[DocumentWithSuggestions]:
    """Order documents for reading, and record why each was chosen. Arguments are those of `reading_order`."""
    by_id = {item.document.id: item for item in documents}
    pairs = [(item.document, item.suggestions) for item in by_id.values()]
    contested = {name: item.contested for name, item in by_id.items() if item.contested is not None}
    ranked = reading_order(pairs, strategy, random_share=random_share, contested=contested)
    return [replace(by_id[chosen.document.id], about={"chosen_by": chosen.by}) for chosen in ranked]


def _annotator(document: Document) -> str:
    return (document.layer.annotator if document.layer else None) or UNNAMED


def _check_same_text(pushed: Document | None, document: Document, path: str, *, review: bool) -> Document:
    """Return the pushed document of the same id after checking that it has the same text."""
    unlike = ("suggestions for another text", "annotate the text that is pushed: offsets hold for one text only")
    passes = ("the text differs between passes", "review passes over the same texts")
    if pushed is None:
        missing = ("suggestions for a document that is not pushed", "push it too")
        raise DataError(Problem(*missing, path, document=document.id))
    if pushed.with_hash().text_sha256 != document.with_hash().text_sha256:
        raise DataError(Problem(*(passes if review else unlike), path, document=document.id))
    return pushed
