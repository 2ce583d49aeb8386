"""Scores of a single system, with metrics and intervals as attributes or by path, plain data, tables, data frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..schema import UsageError
from .metric_types.document_counts import DocumentCounts
from .metric_types.metric_groups import (
    Metric,
    MetricInterval,
    NamedMetrics,
    find_interval,
    find_metric,
    metrics_as_dict,
)
from .metric_types.score_intervals import ScoreIntervals
from .metric_types.slice_metrics import SliceIntervals, SliceMetrics
from .metric_types.span_metrics import ByMeasure, CountedMetrics, MeasureMetrics, PrecisionRecallF1, TokenMetrics
from .metric_types.value_metrics import ValueMetrics
from .result_display import Figure, arrow_frame, format_metric, html_block, html_table, metric_frame, text_table

if TYPE_CHECKING:
    import pandas as pd

    from .statistics.document_scores import DocumentScores

_COUNTS = ("matched", "partial", "missed", "spurious", "support")


@dataclass(frozen=True, slots=True, repr=False)
class SystemScore:
    """Scores of a single system.

    The metric `spans.strict.labels.DATE.f1` is `system.spans.strict.labels["DATE"].f1`, and its interval is
    `system.intervals.spans.strict.labels["DATE"].f1`. Without an average, as in `system.spans.strict.f1`, metrics are
    those of `micro`.

    Attributes:
        name: Name of the system.
        signature: Everything that the scores depend on; the signature of a single metric is prefixed with its path.
        spans: Span metrics by measure: `strict`, `exact`, `partial` and `type`, and those that were requested.
        tokens: Token metrics, with the number of spans that tags cannot express; None unless they were requested.
        values: Value metrics by label.
        intervals: 95 % bootstrap intervals under the same paths as the metrics, None where not computed; `coverage` is
            how often such intervals contained the true value in simulations.
        counts: Counts of each document, from which intervals and tests are computed.
        slices: Metrics of slices of the documents, by field and group; None unless they were requested.
        documents: Metrics of single documents over all labels, sorted by id.
    """

    name: str
    signature: str
    spans: ByMeasure[MeasureMetrics]
    tokens: TokenMetrics | None
    values: NamedMetrics[ValueMetrics]
    intervals: ScoreIntervals
    counts: DocumentCounts = field(compare=False)
    slices: NamedMetrics[NamedMetrics[SliceMetrics]] | None = None
    documents: DocumentScores = field(compare=False, kw_only=True)

    @property
    def metric_groups(self) -> Mapping[str, Any]:
        """The groups of metrics by the first word of their paths."""
        tokens = {} if self.tokens is None else {"tokens": self.tokens}
        return {"spans": self.spans, **tokens, "values": self.values}

    def metric(self, path: str) -> float | None:
        """Return a metric or count by its path, such as `spans.strict.micro.f1`; None if it is undefined.

        Raises:
            UsageError: There is no metric with that path.
        """
        self._require_requested(path)
        value: float | None = find_metric(self._all_groups, path)
        return value

    def interval(self, path: str) -> MetricInterval:
        """Return the interval of a metric by the path of the metric; None if there is none, as for counts.

        Raises:
            UsageError: There is no metric with that path.
        """
        self._require_requested(path)
        find_metric(self._all_groups, path)
        return find_interval(self.intervals, path)

    @property
    def _all_groups(self) -> Mapping[str, Any]:
        slices = {} if self.slices is None else {"slices": self.slices}
        return {**self.metric_groups, **slices}

    def _require_requested(self, path: str) -> None:
        group = path.partition(".")[0]
        if self.tokens is None and group == "tokens":
            raise UsageError(f"{path}: token metrics were not computed. Fix: score with `tokens=True`")
        if self.slices is None and group == "slices":
            raise UsageError(f"{path}: there are no slices. Fix: name a field for `by`")

    def to_dict(self, *, documents: bool = False) -> dict[str, Any]:
        """Return the scores as plain data, as printed for the system by `goldspan score --json`.

        Args:
            documents: Include the figures of each document.
        """
        metrics = {name: metrics_as_dict(part) for name, part in self._all_groups.items()}
        scores = {"name": self.name, "signature": self.signature, **metrics}
        if documents:
            scores["documents"] = [document.to_dict() for document in self.documents]
        return {**scores, "interval": metrics_as_dict(self.intervals)}

    def to_pandas(self) -> pd.DataFrame:
        """Return a data frame with one row per metric; the columns are those of `Scores.to_pandas`."""
        return system_frame([self])

    def slices_to_pandas(self) -> pd.DataFrame:
        """Return a data frame of the slices; the columns are those of `Scores.slices_to_pandas`."""
        return slice_frame([self])

    def documents_to_pandas(self) -> pd.DataFrame:
        """Return a data frame of the documents; the columns are those of `Scores.documents_to_pandas`."""
        return document_frame([self])

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}: strict F1 {format_metric(self.spans.strict.f1)}>"

    def __str__(self) -> str:
        rows = [
            (name, *map(format_metric, metrics.rates), str(intervals.f1 or "-"), *map(str, metrics.counts))
            for name, metrics, intervals in measure_rows(self)
        ]
        tables = [text_table((self.name, "precision", "recall", "F1", "95 %", *_COUNTS), rows)]
        if self.values:
            values = [
                (label, format_metric(metrics.value_accuracy), format_metric(metrics.value_f1), str(metrics.support))
                for label, metrics in self.values.items()
            ]
            tables.append(text_table(("values", "accuracy", "F1", "matched"), values))
        return "\n\n".join(tables)

    def _repr_html_(self) -> str:
        rows: list[list[Figure]] = [
            [name, *zip(metrics.rates, intervals.rates, strict=True), *map(str, metrics.counts)]
            for name, metrics, intervals in measure_rows(self)
        ]
        tables = [html_table(self.name, ("measure", "precision", "recall", "F1", *_COUNTS), rows)]
        if self.values:
            values = [_value_row(label, self) for label in self.values]
            tables.append(html_table("values", ("label", "accuracy", "F1", "matched"), values))
        return html_block(tables)


def _value_row(label: str, system: SystemScore) -> tuple[Figure, ...]:
    metrics, intervals = system.values[label], system.intervals.values[label]
    accuracy, f1 = (metrics.value_accuracy, intervals.value_accuracy), (metrics.value_f1, intervals.value_f1)
    return label, accuracy, f1, str(metrics.support)


def system_frame(systems: Iterable[SystemScore]) -> pd.DataFrame:
    """Return a data frame with one row per system and metric, as described by `Scores.to_pandas`."""
    return metric_frame(((s.name,), s.metric_groups, s.intervals) for s in systems)


def slice_frame(systems: Iterable[SystemScore]) -> pd.DataFrame:
    """Return a data frame with one row per system, slice and metric, as described by `Scores.slices_to_pandas`.

    Raises:
        UsageError: There are no slices.
    """
    systems = list(systems)
    if any(system.slices is None for system in systems):
        raise UsageError("there are no slices. Fix: name a field for `by`")
    return metric_frame((part for system in systems for part in slice_parts(system)), keys=("system", "by", "slice"))


def slice_parts(system: SystemScore) -> Iterator[tuple[tuple[str, str, str], SliceMetrics, SliceIntervals]]:
    """Yield system, field and group of each slice, with its metrics and intervals; nothing without slices."""
    if system.slices is None or system.intervals.slices is None:
        return
    for by, groups in system.slices.items():
        for group, metrics in groups.items():
            yield (system.name, by, group), metrics, system.intervals.slices[by][group]


def document_frame(systems: Iterable[SystemScore]) -> pd.DataFrame:
    """Return a data frame with one row per system, document and measure; see `Scores.documents_to_pandas`."""
    columns: dict[str, list[Any]] = {"system": []}
    for system in systems:
        for name, cells in system.documents.columns().items():
            columns.setdefault(name, []).extend(cells)
        columns["system"] += [system.name] * (len(columns["document"]) - len(columns["system"]))
    types = dict.fromkeys(("precision", "recall", "f1"), "float64") | dict.fromkeys(_COUNTS, "int64")
    return arrow_frame(columns, types)


def main_metrics(system: SystemScore) -> dict[str, tuple[Metric, MetricInterval]]:
    """Return the metrics that represent a system in a table of systems, with their intervals, by their short names."""
    strict, strict_intervals = system.spans.strict, system.intervals.spans.strict
    tokens, token_intervals = system.tokens, system.intervals.tokens
    metrics: dict[str, tuple[Metric, MetricInterval]] = {
        "strict F1": (strict.f1, strict_intervals.f1),
        "precision": (strict.precision, strict_intervals.precision),
        "recall": (strict.recall, strict_intervals.recall),
        "partial F1": (system.spans.partial.f1, system.intervals.spans.partial.f1),
    }
    if tokens is not None and token_intervals is not None:
        metrics["token F1"] = tokens.f1, token_intervals.f1
    return metrics


def measure_rows(
    system: SystemScore,
) -> Iterator[tuple[str, CountedMetrics, PrecisionRecallF1[MetricInterval]]]:
    """Yield name, metrics and intervals of each row of a system's table: measures, tokens, then strict by label."""
    intervals = system.intervals
    for measure, metrics in system.spans.parts().items():
        yield measure, metrics.micro, intervals.spans[measure].micro
    if system.tokens is not None and intervals.tokens is not None:
        yield "tokens", system.tokens.micro, intervals.tokens.micro
    for label, of_label in system.spans.strict.labels.items():
        yield f"strict {label}", of_label, intervals.spans.strict.labels[label]
