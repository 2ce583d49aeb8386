"""The extractor `same-surface`: what people marked in other documents, wherever the same words occur.

A document's own marks never count for it, so that scores against the very file are those of documents not seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ...corpus.storage.records import read_records
from ...schema import (
    DataError,
    Document,
    Extractor,
    Parameter,
    Scheme,
    Span,
    UsageError,
    Value,
    layer_fingerprint,
    pluralize,
)
from ...schema.hashing import json_sha256
from .candidates import Candidate, choose_spans
from .marked_surfaces import MarkedSurfaces, SurfaceCounts

_VERSION = "2"


class SameSurface:
    """An extractor that marks what is marked elsewhere.

    Args:
        scheme: The scheme of the layers.
        file: Records with the marks of people, such as a gold or a pass.
        min_count: How often a surface must be marked with a label in other documents.
        min_share: The share, from 0 to 1, of its occurrences there that must have the label; and the share of these
            that must have a value for it to be suggested.

    Attributes:
        version: A version of this module, a digest of the options, and the fingerprint of the file's layers.
        tally: The number of candidates that were dropped, by reason; whoever reports it clears it.
        warning: How many documents of the file count for nothing, and why; empty if all count.

    Raises:
        DataError: The file cannot be read, a document has no text, or nothing is marked.
        UsageError: An option is out of range.
    """

    name = "same-surface"

    def __init__(self, scheme: Scheme, *, file: Path, min_count: int = 1, min_share: float = 0.5) -> None:
        if min_count < 1:
            raise UsageError(f"min_count {min_count} is less than 1. Fix: 1 or more")
        if not 0 <= min_share <= 1:
            raise UsageError(f"min_share {min_share:g} is not a share. Fix: a number from 0 to 1")
        self._scheme = scheme
        self._min_count = min_count
        self._min_share = min_share
        documents = list(read_records(file, scheme))
        try:
            self._marked = MarkedSurfaces(documents)
        except DataError as error:
            raise error.with_location(str(file)) from error
        options = json_sha256([min_count, min_share])[:8]
        self.version = f"{_VERSION}-{options}+{layer_fingerprint(documents)[:16]}"
        self.tally: Counter[str] = Counter()
        left_out = {"draft": self._marked.drafts, "document": self._marked.unmarked}
        told = " and ".join(pluralize(count, noun) for noun, count in left_out.items() if count)
        told += " that nobody has submitted" if self._marked.unmarked else ""
        self.warning = f"{file}: left out {told}" if told else ""

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the spans of each document."""
        return [choose_spans(self._candidates(document), document, self._scheme, self.tally) for document in documents]

    def _candidates(self, document: Document) -> Iterator[Candidate]:
        own = self._marked.of_others(document)
        for start, end, key in self._marked.find(document):
            if (label := self._label(counts := self._marked.counts(key, own))) is None:
                continue
            name, share = label
            yield Candidate(start, end, name, 0, self._value(counts, name), round(share, 4))

    def _label(self, counts: SurfaceCounts) -> tuple[str, float] | None:
        """Return the label that a surface has most often, and its share of the occurrences; None if too small."""
        labels: Counter[str] = Counter()
        for (name, _), count in counts.marks.items():
            labels[name] += count
        ranked = sorted(labels.items(), key=lambda item: (-item[1], item[0]))
        if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
            return None
        name, count = ranked[0]
        share = count / (labels.total() + counts.unmarked)
        return (name, share) if count >= self._min_count and share >= self._min_share else None

    def _value(self, counts: SurfaceCounts, label: str) -> Value | None:
        """Return the commonest value of a label; None if none is, or its share is too small."""
        values = Counter({value: count for (name, value), count in counts.marks.items() if name == label})
        ranked = values.most_common(2)
        if len(ranked) > 1 and ranked[0][1] == ranked[1][1]:
            return None
        value, count = ranked[0]
        return value if count >= self._min_share * values.total() else None


class _SameSurfaceFactory:
    summary = "what people marked in other documents of a file of yours, where the same words occur"
    parameters = (
        Parameter("file", "records that people annotated, such as a gold", type=Path, required=True, positional=True),
        Parameter("min_count", "how often a surface must be marked in other documents", type=int, default=1),
        Parameter("min_share", "the share of its occurrences there that must be marked", type=float, default=0.5),
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """Create the extractor; arguments and errors are those of `SameSurface`."""
        return SameSurface(scheme, **arguments)


SAME_SURFACE = _SameSurfaceFactory()
"""The factory behind the entry point `same-surface`."""
