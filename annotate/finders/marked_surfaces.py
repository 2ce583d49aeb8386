"""What people marked in documents, counted by surface, such that each document can be left out again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ...corpus.queries.document_fields import is_annotated
from ...schema import DataError, Document, Problem, Span, Value
from ...schema.writing.folded_text import abbreviation, fold_surface, fold_text, is_turkic
from ...schema.writing.surface_index import SurfaceIndex
from .furthest_ends import FurthestEnds

_Mark = tuple[str, Value | None]
"""Label and value."""
_Key = tuple[str, bool]
"""A folded surface, and whether it is written as an abbreviation."""


@dataclass(slots=True)
class SurfaceCounts:
    """How often a surface occurs and how it is marked there.

    Attributes:
        marks: Number of marks by label and value.
        unmarked: Number of occurrences, as whole words and outside zones, that neither are marked nor lie within a
            longer mark.
    """

    marks: Counter[_Mark] = field(default_factory=Counter)
    unmarked: int = 0

    def with_those(self, other: SurfaceCounts) -> SurfaceCounts:
        """Return the sum of the counts and others."""
        return SurfaceCounts(self.marks + other.marks, self.unmarked + other.unmarked)

    def without(self, other: SurfaceCounts) -> SurfaceCounts:
        """Return the counts that are left without some of them."""
        return SurfaceCounts(self.marks - other.marks, self.unmarked - other.unmarked)


class MarkedSurfaces:
    """The marked surfaces of documents.

    Args:
        documents: The documents; those count that have a submitted layer, or spans and no layer.

    Attributes:
        drafts: Number of drafts, which count for nothing.
        unmarked: Number of documents that nobody has worked on, or that were skipped, which count for nothing either.

    Raises:
        DataError: A document has no text, or there are no marks.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        self._totals: dict[_Key, SurfaceCounts] = defaultdict(SurfaceCounts)
        self._by_document: dict[str, dict[_Key, SurfaceCounts]] = {}
        self._ids_by_text: dict[str, set[str]] = defaultdict(set)
        self.drafts = self.unmarked = 0
        sources = []
        for document in documents:
            if document.draft:
                self.drafts += 1
            elif is_annotated(document) and not (document.layer and document.layer.skipped):
                sources.append(document)
            else:
                self.unmarked += 1
        for document in sources:
            if document.text is None:
                raise DataError(Problem("has no text", "restore the texts first", document=document.id))
        surfaces = {_key(document, span)[0] for document in sources for span in document.spans}
        if not surfaces:
            raise DataError(Problem("nothing is marked in any document", "annotate some of them first"))
        self._index = SurfaceIndex(surfaces - {""})
        for document in sources:
            counts = dict(self._counts(document))
            self._by_document[document.id] = counts
            self._ids_by_text[document.with_hash().text_sha256 or ""].add(document.id)
            for surface, found in counts.items():
                self._totals[surface].marks += found.marks
                self._totals[surface].unmarked += found.unmarked

    def _counts(self, document: Document) -> Iterator[tuple[_Key, SurfaceCounts]]:
        counts: dict[_Key, SurfaceCounts] = defaultdict(SurfaceCounts)
        marked = set()
        for span in document.spans:
            counts[_key(document, span)].marks[span.label, span.value] += 1
            marked.add((span.start, span.end))
        marks, zones = FurthestEnds(document.spans), FurthestEnds(document.zones)
        for start, end, key in self.find(document):
            within_a_mark = marks.before(start + 1) >= end
            if (start, end) not in marked and not within_a_mark and zones.before(end) <= start:
                counts[key].unmarked += 1
        yield from counts.items()

    def find(self, document: Document) -> Iterator[tuple[int, int, _Key]]:
        """Yield each occurrence of a surface that is marked somewhere: its bounds and its key."""
        text = document.text or ""
        for start, end, surface in self._index.find(fold_text(text, turkic=is_turkic(document.meta.language))):
            yield start, end, (surface, bool(abbreviation(text[start:end])))

    def of_others(self, document: Document) -> dict[_Key, list[SurfaceCounts]]:
        """Return what a document itself adds to the counts, by surface: it, and those with the very same text."""
        ids = {document.id, *self._ids_by_text.get(document.with_hash().text_sha256 or "", ())}
        own: dict[_Key, list[SurfaceCounts]] = defaultdict(list)
        for name in ids & self._by_document.keys():
            for surface, counts in self._by_document[name].items():
                own[surface].append(counts)
        return own

    def counts(self, key: _Key, own: dict[_Key, list[SurfaceCounts]]) -> SurfaceCounts:
        """Return the counts for an occurrence without those of a document, as `of_others` returns them.

        Abbreviations count together with the same letters in other case if these are marked too.
        """
        surface, is_abbreviation = key
        capitals, others = self._without((surface, True), own), self._without((surface, False), own)
        if others.marks:
            return capitals.with_those(others)
        return capitals if is_abbreviation else SurfaceCounts()

    def _without(self, key: _Key, own: dict[_Key, list[SurfaceCounts]]) -> SurfaceCounts:
        counts = self._totals.get(key, SurfaceCounts())
        for part in own.get(key, ()):
            counts = counts.without(part)
        return counts


def _key(document: Document, span: Span) -> _Key:
    surface = document.surface(span)
    return fold_surface(surface, turkic=is_turkic(document.meta.language)), bool(abbreviation(surface))
