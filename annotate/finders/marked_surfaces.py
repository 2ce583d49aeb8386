"""What people marked in documents, counted by surface, such that each document can be left out again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ...corpus.queries.document_fields import is_annotated
from ...schema import DataError, Document, Problem, Value
from .folded_text import fold_surface, fold_text
from .furthest_ends import FurthestEnds
from .surface_index import SurfaceIndex

_Mark = tuple[str, Value | None]
"""Label and value."""


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

    def without(self, other: SurfaceCounts) -> SurfaceCounts:
        """Return the counts that are left without some of them."""
        return SurfaceCounts(self.marks - other.marks, self.unmarked - other.unmarked)


class MarkedSurfaces:
    """The marked surfaces of documents.

    Args:
        documents: The documents; those count that have a submitted layer, or spans and no layer.

    Attributes:
        index: All surfaces that are marked somewhere.
        drafts: Number of drafts, which count for nothing.
        unmarked: Number of documents that nobody has worked on, or that were skipped, which count for nothing either.

    Raises:
        DataError: A document has no text, or there are no marks.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        self._totals: dict[str, SurfaceCounts] = defaultdict(SurfaceCounts)
        self._by_document: dict[str, dict[str, SurfaceCounts]] = {}
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
        surfaces = {fold_surface(document.surface(span)) for document in sources for span in document.spans}
        if not surfaces:
            raise DataError(Problem("nothing is marked in any document", "annotate some of them first"))
        self.index = SurfaceIndex(surfaces - {""})
        for document in sources:
            counts = dict(self._counts(document))
            self._by_document[document.id] = counts
            self._ids_by_text[document.with_hash().text_sha256 or ""].add(document.id)
            for surface, found in counts.items():
                self._totals[surface].marks += found.marks
                self._totals[surface].unmarked += found.unmarked

    def _counts(self, document: Document) -> Iterator[tuple[str, SurfaceCounts]]:
        counts: dict[str, SurfaceCounts] = defaultdict(SurfaceCounts)
        marked = set()
        for span in document.spans:
            counts[fold_surface(document.surface(span))].marks[span.label, span.value] += 1
            marked.add((span.start, span.end))
        marks, zones = FurthestEnds(document.spans), FurthestEnds(document.zones)
        for start, end, surface in self.index.find(fold_text(document.text or "")):
            within_a_mark = marks.before(start + 1) >= end
            if (start, end) not in marked and not within_a_mark and zones.before(end) <= start:
                counts[surface].unmarked += 1
        yield from counts.items()

    def of_others(self, document: Document) -> dict[str, list[SurfaceCounts]]:
        """Return what a document itself adds to the counts, by surface: it, and those with the very same text."""
        ids = {document.id, *self._ids_by_text.get(document.with_hash().text_sha256 or "", ())}
        own: dict[str, list[SurfaceCounts]] = defaultdict(list)
        for name in ids & self._by_document.keys():
            for surface, counts in self._by_document[name].items():
                own[surface].append(counts)
        return own

    def counts(self, surface: str, own: dict[str, list[SurfaceCounts]]) -> SurfaceCounts:
        """Return the counts of a surface without those of a document, as `of_others` returns them."""
        counts = self._totals[surface]
        for part in own.get(surface, ()):
            counts = counts.without(part)
        return counts
