"""Data frames of the agreement between passes: pairs, passes, documents and disagreements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..schema import Span, value_text
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
    columns: dict[str, list[Any]] = {"a": [pair.a for pair in pairs], "b": [pair.b for pair in pairs]}
    types = {"documents": "int64"}
    for name in ("documents", *_COEFFICIENTS):
        columns[name] = [getattr(pair, name) for pair in pairs]
    for label in labels:
        columns[f"f1_{label}"] = [pair.labels[label] for pair in pairs]
    for label in labels:
        columns[f"value_accuracy_{label}"] = [pair.values[label].value_accuracy for pair in pairs]
        columns[f"value_support_{label}"] = [pair.values[label].support for pair in pairs]
        types[f"value_support_{label}"] = "int64"
    for label in labels:
        columns[f"alpha_u_{label}"] = [pair.alpha_u_labels[label] for pair in pairs]
    for name in _COEFFICIENTS:
        columns |= _bounds(name, [getattr(pair.intervals, name) for pair in pairs])
    for label in labels:
        columns |= _bounds(f"f1_{label}", [pair.intervals.labels[label] for pair in pairs])
        columns |= _bounds(f"alpha_u_{label}", [pair.intervals.alpha_u_labels[label] for pair in pairs])
        values = [pair.intervals.values[label].value_accuracy for pair in pairs]
        columns |= _bounds(f"value_accuracy_{label}", values)
    if gamma:
        columns["gamma"] = [item.value for item in gamma[: len(pairs)]]
        columns |= _bounds("gamma", [item.interval for item in gamma[: len(pairs)]])
    return arrow_frame(columns, dict.fromkeys([*columns][2:], "float64") | types)


def _bounds(name: str, intervals: Sequence[MetricInterval]) -> dict[str, list[Any]]:
    return {f"{name}_{end}": [interval and getattr(interval, end) for interval in intervals] for end in ("low", "high")}


def pass_frame(passes: Sequence[PassAgreement]) -> pd.DataFrame:
    """Return a data frame with one row per pass, as described by `Agreement.to_pandas`."""
    names = ("with_others", "among_others", "difference")
    columns: dict[str, list[Any]] = {"name": [item.name for item in passes]}
    columns |= {name: [getattr(item, name) for item in passes] for name in names}
    columns |= _bounds("difference", [item.interval for item in passes])
    return arrow_frame(columns, dict.fromkeys([*columns][1:], "float64"))


def document_agreement_frame(documents: Sequence[DocumentAgreement]) -> pd.DataFrame:
    """Return a data frame with one row per document, as described by `Agreement.to_pandas`."""
    names = ("document", "passes", *DOCUMENT_METRICS)
    columns = {name: [getattr(item, name) for item in documents] for name in names}
    return arrow_frame(columns, {"passes": "int64"} | dict.fromkeys(DOCUMENT_METRICS, "float64"))


def disagreement_frame(disagreements: Sequence[Disagreement], passes: Sequence[str]) -> pd.DataFrame:
    """Return a data frame with one row per disagreement, as described by `Agreement.to_pandas`."""
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
