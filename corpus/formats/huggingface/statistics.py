"""Statistics for a dataset's card and metadata, counted while the dataset is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ....schema import Document, Layer, LayerFingerprint, Scheme
from ...inspection.stats import CorpusStats, StatsCounter
from ..mentioned_entities import EntityCounter


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of the dataset.

    Attributes:
        path: Path relative to the dataset's folder, separated by `/`.
        configuration: The file's configuration.
        split: The file's split.
        rows: Number of rows.
        size: Size of its columns in memory, in bytes.
    """

    path: str
    configuration: str
    split: str
    rows: int
    size: int


@dataclass(slots=True)
class LayerStatistics:
    """The origin and size of a layer.

    Attributes:
        documents: Number of documents.
        spans: Number of spans.
        guidelines: Number of documents by version of the guidelines.
        kinds: Number of documents by kind of annotator: as layers state it (`annotator_kind` and `annotator_family`),
            the extractor, or an annotator in Label Studio who saw suggestions.
        created: The latest time of creation; empty if no layer states one.
        skipped: Number of documents that the annotator skipped.
    """

    documents: int = 0
    spans: int = 0
    guidelines: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    created: str = ""
    skipped: int = 0

    def add(self, document: Document) -> None:
        """Add a document."""
        self.documents += 1
        self.spans += len(document.spans)
        layer = document.layer or Layer()
        if layer.guidelines:
            self.guidelines[layer.guidelines] += 1
        if kind := _stated_kind(layer) or _inferred_kind(document):
            self.kinds[kind] += 1
        self.created = max(self.created, layer.created or "")
        self.skipped += layer.skipped


class DatasetStatistics:
    """Counts the documents of a dataset, added one at a time.

    Args:
        scheme: Scheme of the dataset.

    Attributes:
        scheme: Scheme of the dataset.
        gold: Statistics of the gold layer.
        passes: Statistics of each pass, by annotator.
        decided: Number of spans decided in adjudication, by who decided them.
        agreed: Number of spans by the number of passes that had them.
        licences: Number of documents by the licence that they state for their text.
        selected: Number of documents by the reason for which they were selected for annotation.
        entities: Counts of identifiers.
        files: Files of the dataset.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.gold = LayerStatistics()
        self.passes: dict[str, LayerStatistics] = {}
        self.decided: Counter[str] = Counter()
        self.agreed: Counter[int] = Counter()
        self.licences: Counter[str] = Counter()
        self.selected: Counter[str] = Counter()
        self.entities = EntityCounter(scheme)
        self.files: list[DataFile] = []
        self._stats = StatsCounter(scheme)
        self._fingerprint = LayerFingerprint()

    def add(self, document: Document) -> None:
        """Add a document."""
        self.gold.add(document)
        self.decided.update(span.decision.by for span in document.spans if span.decision)
        self.agreed.update(len(span.passes) for span in document.spans if span.passes)
        self.selected.update((document.layer.chosen_by if document.layer else None) or ())
        self.entities.add(document)
        self._stats.add(document)
        self._fingerprint.add(document)

    @property
    def stats(self) -> CorpusStats:
        """Counts of documents, labels and zones."""
        return self._stats.stats()

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the gold layer."""
        return self._fingerprint.hexdigest()

    def configurations(self) -> list[str]:
        """Return the names of the configurations, the default first."""
        return list(dict.fromkeys(file.configuration for file in self.files))

    def splits(self, configuration: str) -> dict[str, list[DataFile]]:
        """Return the files of a configuration by split."""
        by_split: dict[str, list[DataFile]] = {}
        for file in self.files:
            if file.configuration == configuration:
                by_split.setdefault(file.split, []).append(file)
        return dict(sorted(by_split.items()))


def _inferred_kind(document: Document) -> str:
    if document.extractor:
        return f"the extractor {document.extractor}"
    extractors = document.suggestions_shown
    return f"an annotator in Label Studio, who saw suggestions of {', '.join(extractors)}" if extractors else ""


def _stated_kind(layer: Layer) -> str:
    if not layer.annotator_kind:
        return ""
    return f"{layer.annotator_kind} ({layer.annotator_family})" if layer.annotator_family else layer.annotator_kind
