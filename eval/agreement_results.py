"""Agreement between passes as an object, with plain data, tables and data frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..schema import Span, UsageError, did_you_mean, pluralize, value_text
from .metric_types.metric_groups import Metric, MetricGroup, NamedMetrics, metrics_as_dict
from .result_display import Figure, arrow_frame, format_metric, html_block, html_table, note_count, text_table
from .suggestion_bias import SuggestionEffect

if TYPE_CHECKING:
    import pandas as pd

AgreementRows = Literal["pairs", "disagreements"]


@dataclass(frozen=True, slots=True)
class ValueAgreement(MetricGroup):
    """How often the values of a label agree.

    Attributes:
        value_accuracy: Share of strictly matched spans whose values agree; None if a pass fills in no values.
        support: Number of strictly matched spans whose values were compared.
    """

    value_accuracy: Metric
    support: int


@dataclass(frozen=True, slots=True)
class PairAgreement(MetricGroup):
    """Agreement of two passes over the documents that both have read; metrics are None if there are none.

    The metrics equal the agreement of these two passes alone.

    Attributes:
        a: Name of the first pass.
        b: Name of the second pass.
        documents: Number of documents that both have read.
        strict_f1: Strict micro F1. F1 is symmetric, so either pass may be the gold.
        partial_f1: Partial micro F1.
        labels: Strict F1 by label.
        alpha_u: Krippendorff's alpha for unitising, labels as categories.
        token_alpha: Krippendorff's alpha over tokens and their labels.
        token_kappa: Cohen's kappa over tokens and their labels.
        values: Agreement of values by label.
    """

    a: str
    b: str
    documents: int
    strict_f1: Metric
    partial_f1: Metric
    labels: NamedMetrics[Metric]
    alpha_u: Metric
    token_alpha: Metric
    token_kappa: Metric
    values: NamedMetrics[ValueAgreement]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A place that passes annotate differently.

    Attributes:
        document: Id of the document.
        start: Where the place starts.
        end: Where it ends.
        kind: Kind of the disagreement, such as `label` or `missing`.
        readings: Spans of each pass at the place.
    """

    document: str
    start: int
    end: int
    kind: str
    readings: Mapping[str, tuple[Span, ...]]

    def to_dict(self) -> dict[str, Any]:
        """Return the disagreement as plain data."""
        readings = {name: [_span_data(span) for span in spans] for name, spans in self.readings.items()}
        place = {"document": self.document, "start": self.start, "end": self.end}
        return {**place, "kind": self.kind, "readings": readings}


@dataclass(frozen=True, repr=False)
class Agreement:
    """Agreement between passes.

    Attributes:
        documents: Number of documents that two or more passes have read.
        alone: Number of documents that only one pass has read; no metric includes them.
        passes: Names of the passes.
        pairwise: Agreement of each pair of passes.
        alpha_u: Krippendorff's alpha for unitising over all passes, labels as categories.
        token_alpha: Krippendorff's alpha over tokens and their labels (nominal), over all passes.
        token_kappa: Cohen's kappa over tokens and their labels; for more than two passes the mean over pairs (Light's
            kappa).
        values: By label, how often the values of strictly matched spans agree, over all pairs of passes that both fill
            in values of the label.
        disagreements: Each place that the passes annotate differently. Values are compared as in `values`: differences
            that leave a value correct are omitted and counted in the notes.
        suggestions: Time saved by suggestions and anchoring bias; None if no pass saw any suggestions.
        notes: What could not be computed, and why.
    """

    documents: int
    alone: int
    passes: list[str]
    pairwise: list[PairAgreement]
    alpha_u: Metric
    token_alpha: Metric
    token_kappa: Metric
    values: NamedMetrics[ValueAgreement]
    disagreements: list[Disagreement]
    suggestions: SuggestionEffect | None
    notes: list[str]

    def to_dict(self) -> dict[str, Any]:
        """Return the agreement as plain data, as printed by `goldspan agree --json`."""
        return {
            **vars(self),
            "pairwise": [metrics_as_dict(pair) for pair in self.pairwise],
            "values": metrics_as_dict(self.values),
            "disagreements": [disagreement.to_dict() for disagreement in self.disagreements],
            "suggestions": metrics_as_dict(self.suggestions),
        }

    def to_pandas(self, rows: AgreementRows = "pairs") -> pd.DataFrame:
        """Return a data frame with Arrow-backed columns.

        Args:
            rows: `pairs` for one row per pair of passes, with the metrics of `PairAgreement`, where `f1_LABEL`,
                `value_accuracy_LABEL` and `value_support_LABEL` are those of a label; `disagreements` for one row per
                disagreement, with `document`, `start`, `end`, `kind`, and the spans of each pass as text in
                `spans_PASS`, which is empty if the pass has no spans there and missing if it has not read the document.

        Raises:
            UsageError: `rows` is neither of these.
        """
        if rows == "pairs":
            return _pair_frame(self.pairwise, list(self.values))
        if rows == "disagreements":
            return _disagreement_frame(self.disagreements, self.passes)
        raise UsageError(f"unknown `rows` {rows!r}: {did_you_mean(str(rows), ['pairs', 'disagreements'])}")

    def __repr__(self) -> str:
        passes = ", ".join(map(repr, self.passes))
        return f"<{type(self).__name__} of {passes} on {pluralize(self.documents, 'document')}>"

    def __str__(self) -> str:
        rows = [
            (f"{pair.a} - {pair.b}", str(pair.documents), *map(format_metric, _f1s(pair))) for pair in self.pairwise
        ]
        lines = [self._summary(), text_table(self._header(), rows)]
        lines.append(", ".join(f"{name} {format_metric(value)}" for name, value in self._coefficients().items()))
        values = [
            f"{name} {format_metric(item.value_accuracy)} of {item.support}" for name, item in self.values.items()
        ]
        lines.append(f"values agree: {', '.join(values)}")
        return "\n".join([*lines, self._kinds(), *note_count(self.notes)])

    def _repr_html_(self) -> str:
        rows: list[list[Figure]] = [
            [f"{pair.a} - {pair.b}", str(pair.documents), *((value, None) for value in _f1s(pair))]
            for pair in self.pairwise
        ]
        coefficients: list[list[Figure]] = [[name, (value, None)] for name, value in self._coefficients().items()]
        coefficients += [[f"values of {label}", (values.value_accuracy, None)] for label, values in self.values.items()]
        tables = [
            html_table(self._summary(), self._header(), rows),
            html_table(self._kinds(), ("all passes", "value"), coefficients),
        ]
        return html_block(tables, self.notes)

    def _summary(self) -> str:
        alone = f"; {self.alone} read by one pass only" if self.alone else ""
        return f"{pluralize(self.documents, 'document')} read by two or more passes{alone}"

    def _header(self) -> list[str]:
        return ["F1 of", "documents", "strict", "partial", *(self.pairwise[0].labels if self.pairwise else ())]

    def _coefficients(self) -> dict[str, Metric]:
        return {"alpha-u": self.alpha_u, "alpha over tokens": self.token_alpha, "kappa over tokens": self.token_kappa}

    def _kinds(self) -> str:
        kinds = Counter(item.kind for item in self.disagreements)
        listed = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
        return pluralize(len(self.disagreements), "disagreement") + (f": {listed}" if listed else "")


def _f1s(pair: PairAgreement) -> tuple[Metric, ...]:
    return pair.strict_f1, pair.partial_f1, *pair.labels.values()


def _pair_frame(pairs: list[PairAgreement], labels: list[str]) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {"a": [pair.a for pair in pairs], "b": [pair.b for pair in pairs]}
    types = {"documents": "int64"}
    for name in ("documents", "strict_f1", "partial_f1", "alpha_u", "token_alpha", "token_kappa"):
        columns[name] = [getattr(pair, name) for pair in pairs]
    for label in labels:
        columns[f"f1_{label}"] = [pair.labels[label] for pair in pairs]
    for label in labels:
        columns[f"value_accuracy_{label}"] = [pair.values[label].value_accuracy for pair in pairs]
        columns[f"value_support_{label}"] = [pair.values[label].support for pair in pairs]
        types[f"value_support_{label}"] = "int64"
    return arrow_frame(columns, dict.fromkeys([*columns][2:], "float64") | types)


def _disagreement_frame(disagreements: list[Disagreement], passes: list[str]) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {
        name: [getattr(item, name) for item in disagreements] for name in ("document", "start", "end", "kind")
    }
    for name in passes:
        columns[f"spans_{name}"] = [_describe(item.readings.get(name)) for item in disagreements]
    return arrow_frame(columns, {"start": "int64", "end": "int64"})


def _describe(spans: tuple[Span, ...] | None) -> str | None:
    return None if spans is None else "; ".join(map(_span_text, spans))


def _span_text(span: Span) -> str:
    value = "" if span.value is None else f" ({value_text(span.value)})"
    return f"[{span.start}, {span.end}) {span.label}{value}"


def _span_data(span: Span) -> dict[str, Any]:
    from msgspec import to_builtins

    return {"start": span.start, "end": span.end, "label": span.label, "value": to_builtins(span.value)}
