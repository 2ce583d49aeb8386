"""The spans of other systems brought to the scheme: labels mapped, bounds adjusted, values filled in, losses counted.

Every adapter for a system other than goldspan's own uses it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...corpus.spans.bounds import NOT_IN_TEXT
from ...corpus.spans.layer_correction import fit_layer
from ...corpus.storage.label_map import CATCH_ALL, LabelMap, read_label_map
from ...schema import (
    Document,
    Parameter,
    Scheme,
    Span,
    Value,
    is_english,
)
from ...schema.extras import require_extras
from ..label_errors import LabelNotInMapError, UnmappedLabelsError
from ..rules import rules_support
from ..rules.rules_extractor import rules_version
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


class PredictionNormalizer:
    """A converter from the spans of another system to layers of the scheme.

    Args:
        scheme: The scheme whose labels, values and rules for spans the layers follow.
        map: A file that maps labels; without one the system must use the scheme's labels.
        fill: Whether values are filled in for spans without one.
        complete: Whether `fill` also looks up the ids that values of the system leave open.
        may_use: Labels that the system is known to use. If an unknown label occurs, unknown ones among these are
            reported with it.

    Attributes:
        signature: The part of an adapter's version that states the label map, and what fills in values.
        names: The labels that the system may use, each with that of the scheme, which is empty for a dropped label.
        tally: How many spans were adjusted or dropped so far, by reason; whoever reports the counts clears it.

    Raises:
        DependencyError: Values are to be filled in, and spaCy is not installed.
    """

    def __init__(
        self,
        scheme: Scheme,
        *,
        map: Path | None = None,  # noqa: A002 - the argument's name
        fill: bool = True,
        complete: bool = False,
        may_use: Iterable[str] = (),
    ) -> None:
        self._scheme = scheme
        self._path = str(map)
        self._may_use = frozenset(may_use)
        self._map: LabelMap | None = read_label_map(map, scheme) if map is not None else None
        known = self._map.labels if self._map is not None else {name: name for name in scheme.labels}
        self.names: Mapping[str, str] = {name: label for name, label in known.items() if name != CATCH_ALL}
        self._fill = fill and rules_support(scheme)
        if self._fill:
            require_extras("filling in values (fill=false turns it off)", "rules")
        self._complete = complete and self._fill
        filled = f"+rules-{rules_version()}" if self._fill else ""
        self.signature = (
            ("" if fill else "-bare")
            + (f"+{self._map.signature}" if self._map is not None else "")
            + filled
            + ("+ids" if self._complete else "")
        )
        self.tally: Counter[str] = Counter()

    def load(self) -> None:
        """Load what fills in values, which would otherwise be loaded with the first span without a value."""
        if self._fill:
            self._fill_values(SAMPLE, [Span(0, 10, "DATE")])

    def _fill_values(self, document: Document, spans: list[Span]) -> list[Span]:
        from .value_filling import shared_filler

        return shared_filler(self._scheme).fill(document, spans, complete=self._complete)

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

    def layers_each(
        self, documents: Sequence[Document], spans: Sequence[Sequence[ForeignSpan] | Exception]
    ) -> list[list[Span] | Exception]:
        """Return the layers as `layers` does; errors in place of the spans of documents stay as they are.

        Raises:
            GoldspanError: As for `layers`.
        """
        whole = [(d, found) for d, found in zip(documents, spans, strict=True) if not isinstance(found, Exception)]
        layers = iter(self.layers([document for document, _ in whole], [found for _, found in whole]))
        return [found if isinstance(found, Exception) else next(layers) for found in spans]

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
        lacking = any(span.value is None for span in spans)
        if not self._fill or not (lacking or self._complete):
            return spans
        if lacking and not is_english(document.meta.language):
            self.tally[f"documents in {document.meta.language}, whose dates and counts got no values by rules"] += 1
        return self._fill_values(document, spans)


def require_layers(results: Iterable[list[Span] | Exception]) -> list[list[Span]]:
    """Return the layers of documents.

    Raises:
        Exception: The first error among them.
    """
    layers = []
    for result in results:
        if isinstance(result, Exception):
            raise result
        layers.append(result)
    return layers
