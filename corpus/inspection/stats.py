"""Counts of a records file, per label and per document, gathered in one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from ...schema import Document, Scheme


@dataclass(slots=True)
class LabelStats:
    """Of one label: spans, how many have a value, in how many documents they stand, how long they are.

    Attributes:
        characters: Code points in all its spans together.
    """

    spans: int = 0
    with_value: int = 0
    documents: int = 0
    characters: int = 0


@dataclass(slots=True)
class CorpusStats:
    """Counts of a corpus.

    Attributes:
        characters: Code points of all texts.
        words: Runs of characters between white space, of all texts.
        zones: Zones by kind.
        labels: Spans by label, labels without any included.
        annotators: Documents by the annotator of their layer.
        publishers: Documents by publisher.
        languages: Documents by the language that they state; those that state none are not in it.
        published: First and last day of publication, None where no document has one.
        undated: Documents without a day of publication.
        span_counts: How many documents have how many spans.
    """

    documents: int = 0
    text_free: int = 0
    characters: int = 0
    words: int = 0
    spans: int = 0
    zones: dict[str, int] = field(default_factory=dict)
    labels: dict[str, LabelStats] = field(default_factory=dict)
    annotators: dict[str, int] = field(default_factory=dict)
    publishers: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    published: tuple[str, str] | None = None
    undated: int = 0
    span_counts: dict[int, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The counts as plain data, for JSON."""
        return asdict(self)


class StatsCounter:
    """Counts documents one by one, in memory that does not grow with them (but for names of publishers).

    Args:
        scheme: Theirs.
    """

    def __init__(self, scheme: Scheme) -> None:
        self._stats = CorpusStats(labels={name: LabelStats() for name in scheme.labels})
        self._zones = Counter(dict.fromkeys(scheme.zones, 0))
        self._annotators: Counter[str] = Counter()
        self._publishers: Counter[str] = Counter()
        self._languages: Counter[str] = Counter()
        self._span_counts: Counter[int] = Counter()
        self._days: list[str] = []

    def add(self, document: Document) -> None:
        """Counts one document more."""
        stats = self._stats
        stats.documents += 1
        stats.text_free += document.text is None
        stats.characters += document.length
        stats.words += len(document.text.split()) if document.text else 0
        self._zones.update(zone.kind for zone in document.zones)
        self._span_counts[len(document.spans)] += 1
        for label, count in Counter(span.label for span in document.spans).items():
            stats.labels[label].documents += 1
            stats.labels[label].spans += count
            stats.spans += count
        for span in document.spans:
            stats.labels[span.label].with_value += span.value is not None
            stats.labels[span.label].characters += span.end - span.start
        if document.layer and document.layer.annotator:
            self._annotators[document.layer.annotator] += 1
        if document.meta.publisher:
            self._publishers[document.meta.publisher] += 1
        if document.meta.language:
            self._languages[document.meta.language] += 1
        if (day := document.meta.published) is not None:
            self._days = [min([*self._days[:1], day]), max([*self._days[1:], day])]
        else:
            stats.undated += 1

    def stats(self) -> CorpusStats:
        """The counts so far."""
        stats = self._stats
        stats.zones, stats.annotators = dict(self._zones), dict(self._annotators)
        stats.publishers, stats.span_counts = dict(self._publishers), dict(sorted(self._span_counts.items()))
        stats.languages = dict(sorted(self._languages.items()))
        stats.published = (self._days[0], self._days[1]) if self._days else None
        return stats


def corpus_stats(documents: Iterable[Document], scheme: Scheme) -> CorpusStats:
    """The counts of documents, which are consumed one by one."""
    counter = StatsCounter(scheme)
    for document in documents:
        counter.add(document)
    return counter.stats()
