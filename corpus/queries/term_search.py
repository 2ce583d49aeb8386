"""Where the forms of terms stand in texts without being marked: what annotators may have missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ...schema import Document, Span, Zone
from ...schema.writing.listed_surfaces import ListedSurfaces
from .term_list import Term


class UnlabelledForms:
    """Counts the occurrences of forms that no span overlaps, as whole words and outside zones.

    Args:
        terms: The terms, whose counts are filled in.
    """

    def __init__(self, terms: Sequence[Term]) -> None:
        listed = [(form, term) for term in terms for form in sorted(term.forms)]
        self._terms = [term for _, term in listed]
        self._search = ListedSurfaces([form for form, _ in listed])

    def add(self, document: Document) -> None:
        """Count the occurrences in a document."""
        if document.text is None:
            return
        taken = bytearray(len(document.text))
        parts: tuple[Span | Zone, ...] = (*document.spans, *document.zones)
        for part in parts:
            taken[part.start : part.end] = b"\1" * (part.end - part.start)
        counts: Counter[int] = Counter()
        terms: dict[int, Term] = {}
        for start, end, numbers in self._places(document.text, document.meta.language):
            if not any(taken[start:end]):
                fitting = {id(term): term for term in map(self._terms.__getitem__, numbers)}
                counts.update(fitting.keys())
                terms |= fitting
        for key, count in counts.items():
            terms[key].unlabelled += count
            terms[key].unlabelled_documents += 1

    def _places(self, text: str, language: str | None) -> Iterator[tuple[int, int, list[int]]]:
        """Yield the longest form at each place where one begins, unless it lies within the one before."""
        position = 0
        longest: tuple[int, int, list[int]] | None = None
        for found in self._search.find(text, language):
            if longest is not None and found[0] > longest[0]:
                yield longest
                position, longest = longest[1], None
            if found[0] >= position:
                longest = found  # of one place, the longest comes last
        if longest is not None:
            yield longest
