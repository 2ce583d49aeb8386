"""Statistics of a corpus, per label and per document, computed in one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from ...schema import Document, Scheme
from ...schema.writing.word_scripts import is_unspaced_language


@dataclass(slots=True)
class LabelStats:
    """Counts for one label.

    Attributes:
        spans: Number of spans.
        with_value: Number of spans with a value.
        documents: Number of documents with such spans.
        characters: Total length of the spans, in code points.
    """

    spans: int = 0
    with_value: int = 0
    documents: int = 0
    characters: int = 0


@dataclass(slots=True)
class CorpusStats:
    """Counts of a corpus.

    Attributes:
        documents: Number of documents.
        text_free: Number of documents without text.
        characters: Total length of the texts, in code points.
        words: Number of words in all texts, separated by white space; see `unspaced`.
        spans: Number of spans.
        zones: Number of zones by kind.
        labels: Counts by label, including labels without spans.
        annotators: Number of documents by the annotator of their layer.
        publishers: Number of documents by publisher.
        languages: Number of documents by stated language; documents that state none are not included.
        published: First and last publication date, or None if no document has one.
        undated: Number of documents without a publication date.
        span_counts: Number of documents by number of spans.
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

    @property
    def unspaced(self) -> list[str]:
        """The stated languages without spaces between words, in which words are not counted."""
        return [tag for tag in self.languages if is_unspaced_language(tag)]

    @property
    def counted_words(self) -> int | None:
        """Number of words, or None if all texts are in languages without spaces between words."""
        return None if self.unspaced and not self.words else self.words

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain data, for JSON; `words` is None if they are not counted in any text."""
        return asdict(self) | {"words": self.counted_words}


class StatsCounter:
    """Incremental statistics of documents, in constant memory except for the names of publishers and annotators.

    Args:
        scheme: The scheme of the documents.
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
        """Count a document."""
        stats = self._stats
        stats.documents += 1
        stats.text_free += document.text is None
        stats.characters += document.length
        if document.text and not is_unspaced_language(document.meta.language):
            stats.words += len(document.text.split())
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
        """Return the counts so far."""
        stats = self._stats
        stats.zones, stats.annotators = dict(self._zones), dict(self._annotators)
        stats.publishers, stats.span_counts = dict(self._publishers), dict(sorted(self._span_counts.items()))
        stats.languages = dict(sorted(self._languages.items()))
        stats.published = (self._days[0], self._days[1]) if self._days else None
        return stats


def corpus_stats(documents: Iterable[Document], scheme: Scheme) -> CorpusStats:
    """Compute the statistics of documents, which are consumed one at a time."""
    counter = StatsCounter(scheme)
    for document in documents:
        counter.add(document)
    return counter.stats()
