"""The extractor `combined`: the spans of several extractors as one suggestion, since annotators see one at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from ...corpus.spans.layer_correction import DisjointIntervals
from ...schema import DependencyError, Document, Extractor, Scheme, Span, UsageError
from ...schema.hashing import json_sha256
from .several_extractors import EXTRACTORS, SeveralExtractors

_VERSION = "1"
_EachOf = Callable[[Sequence[Document]], Sequence[Sequence[Span] | Exception]]


class Combined(SeveralExtractors):
    """An extractor that puts the spans of others together.

    Where spans overlap and the scheme forbids it, those of the extractor that is named first are kept.

    Args:
        scheme: The scheme.
        extractors: As in `SeveralExtractors`.

    Attributes:
        name: The names of the extractors, joined by `+`.
        version: A version of this module, and a digest of the extractors' versions.

    Raises:
        GoldspanError: As for `SeveralExtractors`.
    """

    def __init__(self, scheme: Scheme, *, extractors: str) -> None:
        super().__init__(scheme, "combined", extractors)
        self.name = "+".join(dict.fromkeys(part.name for part in self._parts))
        self.version = f"{_VERSION}-{json_sha256([[part.name, part.version] for part in self._parts])[:8]}"

    def extract_each(self, documents: Sequence[Document]) -> list[list[Span] | Exception]:
        """Return the spans of each document, or the first error of an extractor that it has one for."""
        by_part = [self._of_part(name, part, documents) for name, part in zip(self.names, self._parts, strict=True)]
        return [self._together(found) for found in zip(*by_part, strict=True)]

    def _of_part(
        self, name: str, part: Extractor, documents: Sequence[Document]
    ) -> Sequence[Sequence[Span] | Exception]:
        extract: _EachOf = getattr(part, "extract_each", part.extract)
        results = extract(documents)
        if len(results) != len(documents):
            what = f"the extractor {part.name} returned {len(results)} results for {len(documents)} documents"
            raise DependencyError(f"{what}. Fix: tell its authors")
        tally: Counter[str] = getattr(part, "tally", None) or Counter()
        self._count(name, tally)
        tally.clear()
        return results

    def _together(self, found: Sequence[Sequence[Span] | Exception]) -> list[Span] | Exception:
        errors = [spans for spans in found if isinstance(spans, Exception)]
        if errors:  # those that end the run first
            return min(errors, key=lambda error: not isinstance(error, DependencyError | UsageError))
        occupied = DisjointIntervals()
        kept: dict[tuple[int, int, str], Span] = {}
        for spans in found:
            for span in spans if not isinstance(spans, Exception) else ():
                key = (span.start, span.end, span.label)
                if key in kept:
                    continue
                if self._scheme.overlap or occupied.add(span.start, span.end):
                    kept[key] = span
                else:
                    self.tally["dropped, overlaps a span of an extractor that is named before"] += 1
        return sorted(kept.values(), key=lambda span: (span.start, span.end, span.label))


class _CombinedFactory:
    summary = "the spans of several extractors together, those named first before those that overlap them"
    parameters = (EXTRACTORS,)

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """Create the extractor; arguments and errors are those of `Combined`."""
        return Combined(scheme, **arguments)


COMBINED = _CombinedFactory()
"""The factory behind the entry point `combined`."""
