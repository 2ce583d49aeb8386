"""The spans of other systems brought to the scheme: labels mapped, bounds adjusted, values filled in, losses counted.

Every adapter for a system other than goldspan's own uses it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ...corpus.spans.bounds import NOT_IN_TEXT
from ...corpus.spans.fitting import fit_layer
from ...corpus.storage.label_map import CATCH_ALL, LabelMap, read_label_map
from ...corpus.storage.unknown_labels import label_map_lines, quoted_labels
from ...schema import (
    DataError,
    Document,
    GoldspanError,
    Parameter,
    Problem,
    Scheme,
    Span,
    UsageError,
    Value,
    did_you_mean,
    is_english,
)
from ..rules import rules_support
from ..runner.readiness import SAMPLE

MAP = Parameter("map", "a file that maps the system's labels to the scheme's (TOML)", type=Path)
FILL = Parameter(
    "fill", "values from registry, gazetteer and rules where the system gives none", type=bool, default=True
)


@dataclass(frozen=True, slots=True)
class ForeignSpan:
    """A span as labelled by another system: `[start, end)` in code points, with the system's own label.

    Attributes:
        score: The system's confidence, from 0 to 1.
        value: Its value in the terms of the scheme, if the system gives one.
    """

    start: int
    end: int
    label: str
    score: float | None = None
    value: Value | None = None


class UnknownLabelsError(GoldspanError):
    """A system uses labels that are not known, so that reading on would lose spans of every document.

    Attributes:
        labels: The unknown labels found so far.
        scheme: The scheme of the layers.
    """

    labels: frozenset[str]
    scheme: Scheme

    def merged(self, labels: Iterable[str]) -> Self:
        """Return the same error for additional labels."""
        raise NotImplementedError


class UnmappedLabelsError(UnknownLabelsError, UsageError):
    """A system uses labels that the scheme lacks, and there is no label map.

    Args:
        labels: The unknown labels found so far.
        scheme: The scheme of the layers.
    """

    def __init__(self, labels: Collection[str], scheme: Scheme) -> None:
        self.labels, self.scheme = frozenset(labels), scheme
        if len(self.labels) == 1:
            subject, hint = "label {} is", did_you_mean(next(iter(self.labels)), list(scheme.labels))
        else:
            subject, hint = "labels {} are", ""
        message = f"the system's {subject.format(quoted_labels(self.labels))} not in the scheme"
        if hint:
            message += f" ({hint})"
        super().__init__(f"{message}. Fix: map=FILE with these lines", example=label_map_lines(self.labels, scheme))

    def merged(self, labels: Iterable[str]) -> Self:
        """Return the same error for additional labels."""
        return type(self)(self.labels.union(labels), self.scheme)

    def __reduce__(self) -> tuple[type[UnmappedLabelsError], tuple[frozenset[str], Scheme]]:
        return type(self), (self.labels, self.scheme)  # pickled when sent between processes


class LabelNotInMapError(UnknownLabelsError, DataError):
    """A system uses labels for which its label map has no line.

    Args:
        labels: The unknown labels found so far.
        scheme: The scheme of the map.
        path: The path of the map.
    """

    def __init__(self, labels: Collection[str], scheme: Scheme, path: str) -> None:
        self.labels, self.scheme, self.path = frozenset(labels), scheme, path
        message = f"the label map has no line for {quoted_labels(self.labels)}"
        super().__init__(Problem(message, "add these lines to it", path, example=label_map_lines(self.labels, scheme)))

    def merged(self, labels: Iterable[str]) -> Self:
        """Return the same error for additional labels."""
        return type(self)(self.labels.union(labels), self.scheme, self.path)

    def __reduce__(self) -> tuple[type[LabelNotInMapError], tuple[frozenset[str], Scheme, str]]:  # type: ignore[override]
        return type(self), (self.labels, self.scheme, self.path)


class PredictionNormalizer:
    """A converter from the spans of another system to layers of the scheme.

    Args:
        scheme: The scheme whose labels, values and rules for spans the layers follow.
        map: A file that maps labels; without one the system must use the scheme's labels.
        fill: Whether values are filled in for spans without one.
        may_use: Labels that the system is known to use. If an unknown label occurs, unknown ones among these are
            reported with it.

    Attributes:
        signature: The part of an adapter's version that states the label map and whether values are filled in.
        names: The labels that the system may use, each with that of the scheme, which is empty for a dropped label.
        tally: How many spans were adjusted or dropped so far, by reason; whoever reports the counts clears it.
    """

    def __init__(
        self,
        scheme: Scheme,
        *,
        map: Path | None = None,  # noqa: A002 - the argument's name
        fill: bool = True,
        may_use: Iterable[str] = (),
    ) -> None:
        self._scheme = scheme
        self._path = str(map)
        self._may_use = frozenset(may_use)
        self._map: LabelMap | None = read_label_map(map, scheme) if map is not None else None
        self.signature = ("" if fill else "-bare") + (f"+{self._map.signature}" if self._map is not None else "")
        known = self._map.labels if self._map is not None else {name: name for name in scheme.labels}
        self.names: Mapping[str, str] = {name: label for name, label in known.items() if name != CATCH_ALL}
        self._fill = fill and rules_support(scheme)
        self.tally: Counter[str] = Counter()

    def load(self) -> None:
        """Load what fills in values, which would otherwise be loaded with the first span without a value."""
        if self._fill:
            self._fill_values(SAMPLE, [Span(0, 10, "DATE")])

    def _fill_values(self, document: Document, spans: list[Span]) -> list[Span]:
        from .value_filling import shared_filler

        return shared_filler(self._scheme).fill(document, spans)

    def layers(self, documents: Sequence[Document], spans: Iterable[Iterable[ForeignSpan]]) -> list[list[Span]]:
        """Return the layers for the spans of a batch, document by document.

        Raises:
            UsageError: The scheme lacks a label, and there is no label map.
            DataError: The label map has no line for a label.
        """
        spans_by_document = [list(document_spans) for document_spans in spans]
        self._check_labels({span.label for document_spans in spans_by_document for span in document_spans})
        return [
            self._layer(document, document_spans)
            for document, document_spans in zip(documents, spans_by_document, strict=True)
        ]

    def layer(self, document: Document, spans: Iterable[ForeignSpan]) -> list[Span]:
        """Return the layer of one document: in text order, following the rules of the scheme, with values.

        Raises:
            GoldspanError: As for `layers`.
        """
        return self.layers([document], [spans])[0]

    def _check_labels(self, used: Collection[str]) -> None:
        known: Collection[str] = self._map.labels if self._map is not None else self._scheme.labels
        if CATCH_ALL in known or all(name in known for name in used):
            return
        unknown = {name for name in (*used, *self._may_use) if name not in known}
        if self._map is None:
            raise UnmappedLabelsError(unknown, self._scheme)
        raise LabelNotInMapError(unknown, self._scheme, self._path)

    def _layer(self, document: Document, foreign_spans: Iterable[ForeignSpan]) -> list[Span]:
        text = document.text or ""
        spans: list[Span] = []
        for span in foreign_spans:
            label = self._map(span.label) if self._map is not None else span.label
            if label is None:
                self.tally[f"dropped, labelled {span.label}"] += 1
            elif not 0 <= span.start < span.end <= len(text):
                self.tally[f"dropped, {NOT_IN_TEXT}"] += 1
            else:
                spans.append(Span(span.start, span.end, label, span.value, score=span.score))
        spans = fit_layer(document, spans, self._scheme, self.tally)
        if not self._fill or all(span.value is not None for span in spans):
            return spans
        if not is_english(document.meta.language):
            self.tally[f"documents in {document.meta.language}, whose dates and counts got no values by rules"] += 1
        return self._fill_values(document, spans)
