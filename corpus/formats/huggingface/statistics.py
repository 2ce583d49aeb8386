"""What a dataset's card and metadata state of it, all of it counted while the dataset is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ....schema import Document, Layer, LayerFingerprint, Scheme
from ...inspection.stats import CorpusStats, StatsCounter
from ..entities import EntityCounter


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of the dataset.

    Attributes:
        path: Below the dataset's folder, with `/`.
        configuration: That it is of.
        split: That it is of.
        rows: How many it has.
        size: Bytes of its columns in memory.
    """

    path: str
    configuration: str
    split: str
    rows: int
    size: int


@dataclass(slots=True)
class LayerStatistics:
    """Who made a layer.

    Attributes:
        documents: How many.
        spans: How many.
        guidelines: Versions followed, with documents.
        kinds: What the annotator is, where layers say so (`annotator_kind`, `annotator_family` of their `extra`), an
            extractor made them, or whoever made them in Label Studio saw suggestions.
        created: The newest time of a layer; empty where none states one.
        skipped: Documents passed over.
    """

    documents: int = 0
    spans: int = 0
    guidelines: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    created: str = ""
    skipped: int = 0

    def add(self, document: Document) -> None:
        """Counts one document more."""
        self.documents += 1
        self.spans += len(document.spans)
        layer = document.layer or Layer()
        if layer.guidelines:
            self.guidelines[layer.guidelines] += 1
        if kind := _kind(layer.extra or {}) or _made_by(document):
            self.kinds[kind] += 1
        self.created = max(self.created, layer.created or "")
        self.skipped += layer.skipped


class DatasetStatistics:
    """Counts the documents of a dataset one by one.

    Args:
        scheme: Of the dataset.

    Attributes:
        scheme: Of the dataset.
        gold: Who made the gold.
        passes: Who made each pass, by annotator.
        decided: Spans by who settled them, of those that were settled.
        agreed: Spans by the passes that had them.
        chosen: Documents by why they were chosen to be annotated.
        entities: Identifiers.
        files: Of the dataset, in the order in which they were begun.
    """

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.gold = LayerStatistics()
        self.passes: dict[str, LayerStatistics] = {}
        self.decided: Counter[str] = Counter()
        self.agreed: Counter[int] = Counter()
        self.chosen: Counter[str] = Counter()
        self.entities = EntityCounter(scheme)
        self.files: list[DataFile] = []
        self._stats = StatsCounter(scheme)
        self._fingerprint = LayerFingerprint()

    def add(self, document: Document) -> None:
        """Counts one document more."""
        self.gold.add(document)
        self.decided.update(span.decision.by for span in document.spans if span.decision)
        self.agreed.update(len(span.passes) for span in document.spans if span.passes)
        self.chosen.update(_chosen_by(document))
        self.entities.add(document)
        self._stats.add(document)
        self._fingerprint.add(document)

    @property
    def stats(self) -> CorpusStats:
        """Counts of documents, labels, zones."""
        return self._stats.stats()

    @property
    def fingerprint(self) -> str:
        """Of the gold layer."""
        return self._fingerprint.hexdigest()

    def configurations(self) -> list[str]:
        """Names of the configurations, the default first."""
        return list(dict.fromkeys(file.configuration for file in self.files))

    def splits(self, configuration: str) -> dict[str, list[DataFile]]:
        """The files of a configuration by split."""
        found: dict[str, list[DataFile]] = {}
        for file in self.files:
            if file.configuration == configuration:
                found.setdefault(file.split, []).append(file)
        return dict(sorted(found.items()))


def _made_by(document: Document) -> str:
    if document.extractor:
        return f"the extractor {document.extractor}"
    names = document.suggestions_shown
    return f"an annotator in Label Studio, who saw suggestions of {', '.join(names)}" if names else ""


def _kind(extra: dict[str, Any]) -> str:
    kind, family = extra.get("annotator_kind"), extra.get("annotator_family")
    if not isinstance(kind, str):
        return ""
    return f"{kind} ({family})" if isinstance(family, str) else kind


def _chosen_by(document: Document) -> list[str]:
    """Why a document was chosen, as adjudication brings it into the gold's `extra`."""
    chosen = ((document.layer.extra if document.layer else None) or {}).get("chosen_by")
    return [by for by in chosen if isinstance(by, str)] if isinstance(chosen, list) else []
