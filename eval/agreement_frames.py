"""Data frames of the agreement between passes: pairs, passes, documents and disagreements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..schema import Span, UsageError, value_text
from .disagreements import Disagreement
from .metric_types.agreement_metrics import (
    DOCUMENT_METRICS,
    DocumentAgreement,
    GammaCoefficient,
    PairAgreement,
    PassAgreement,
)
from .metric_types.metric_groups import MetricInterval
from .result_display import arrow_frame

if TYPE_CHECKING:
    import pandas as pd

_COEFFICIENTS = ("strict_f1", "partial_f1", "alpha_u", "token_alpha", "token_kappa", "token_ac1")


def pair_frame(
    pairs: Sequence[PairAgreement], labels: Sequence[str], gamma: Sequence[GammaCoefficient]
) -> pd.DataFrame:
    """Return a data frame with one row per pair of passes, as described by `Agreement.to_pandas`."""
    columns = _Columns({"a": [pair.a for pair in pairs], "b": [pair.b for pair in pairs]})
    types = {"documents": "int64"}
    for name in ("documents", *_COEFFICIENTS):
        columns.add(name, [getattr(pair, name) for pair in pairs])
    for label in labels:
        columns.add(f"f1_{label}", [pair.labels[label] for pair in pairs])
    for label in labels:
        columns.add(f"value_accuracy_{label}", [pair.values[label].value_accuracy for pair in pairs])
        columns.add(f"value_support_{label}", [pair.values[label].support for pair in pairs])
        types[f"value_support_{label}"] = "int64"
    for label in labels:
        columns.add(f"alpha_u_{label}", [pair.alpha_u_labels[label] for pair in pairs])
    for name in _COEFFICIENTS:
        columns.add_bounds(name, [getattr(pair.intervals, name) for pair in pairs])
    for label in labels:
        columns.add_bounds(f"f1_{label}", [pair.intervals.labels[label] for pair in pairs])
        columns.add_bounds(f"alpha_u_{label}", [pair.intervals.alpha_u_labels[label] for pair in pairs])
        values = [pair.intervals.values[label].value_accuracy for pair in pairs]
        columns.add_bounds(f"value_accuracy_{label}", values)
    if gamma:
        columns.add("gamma", [item.value for item in gamma[: len(pairs)]])
        columns.add_bounds("gamma", [item.interval for item in gamma[: len(pairs)]])
    return arrow_frame(columns, dict.fromkeys([*columns][2:], "float64") | types)


class _Columns(dict[str, list[Any]]):
    """Columns by name, none of which takes the place of another."""

    def add(self, name: str, cells: list[Any], *, what: str = "") -> None:
        """Add a column.

        Args:
            name: Name of the column.
            cells: Its cells.
            what: What it holds, if the name does not say it.

        Raises:
            UsageError: There is a column of that name, as labels can end as bounds do.
        """
        if name in self:
            raise UsageError(
                f"{what or name} and another figure would both be the column {name}, because of the name of a label. "
                "Fix: read them from `pairwise`, or rename the label"
            )
        self[name] = cells

    def add_bounds(self, name: str, intervals: Sequence[MetricInterval]) -> None:
        """Add the ends of the intervals of a column."""
        for end in ("low", "high"):
            cells = [interval and getattr(interval, end) for interval in intervals]
            self.add(f"{name}_{end}", cells, what=f"the {end} end of {name}")


def pass_frame(passes: Sequence[PassAgreement]) -> pd.DataFrame:
    """Return a data frame with one row per pass, as described by `Agreement.to_pandas`."""
    names = ("with_others", "among_others", "difference")
    columns = _Columns({"name": [item.name for item in passes]})
    for name in names:
        columns.add(name, [getattr(item, name) for item in passes])
    columns.add_bounds("difference", [item.interval for item in passes])
    return arrow_frame(columns, dict.fromkeys([*columns][1:], "float64"))


def document_agreement_frame(documents: Sequence[DocumentAgreement]) -> pd.DataFrame:
    """Return a data frame with one row per document, as described by `Agreement.to_pandas`."""
    names = ("document", "passes", *DOCUMENT_METRICS)
    columns = {name: [getattr(item, name) for item in documents] for name in names}
    return arrow_frame(columns, {"passes": "int64"} | dict.fromkeys(DOCUMENT_METRICS, "float64"))


def disagreement_frame(disagreements: Sequence[Disagreement], passes: Sequence[str]) -> pd.DataFrame:
    """Return a data frame with one row per disagreement, as described by `Agreement.to_pandas`."""
    columns = _Columns()
    for name in ("document", "start", "end", "kind"):
        columns.add(name, [getattr(item, name) for item in disagreements])
    for name in passes:
        columns.add(f"spans_{name}", [_describe(item.readings.get(name)) for item in disagreements])
    return arrow_frame(columns, {"start": "int64", "end": "int64"})


def _describe(spans: tuple[Span, ...] | None) -> str | None:
    return None if spans is None else "; ".join(map(_span_text, spans))


def _span_text(span: Span) -> str:
    value = "" if span.value is None else f" ({value_text(span.value)})"
    return f"[{span.start}, {span.end}) {span.label}{value}"
