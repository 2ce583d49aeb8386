"""Tables and plots of the agreement between passes."""

from __future__ import annotations

from collections.abc import Sequence

from ..agreement_results import Agreement
from ..metric_types.agreement_metrics import DocumentAgreement, DocumentSpread, PassAgreement
from ..metric_types.metric_groups import Metric, MetricInterval
from . import plots
from .page import Cell, Plot, Table
from .tables import interval_text, metric_cell

_COEFFICIENTS = {
    "alpha_u": "alpha-u, labels as categories",
    "token_alpha": "Krippendorff's alpha over tokens",
    "token_kappa": "Cohen's kappa over tokens",
    "token_ac1": "Gwet's AC1 over tokens",
}
_SPREADS = {"strict_f1": "strict F1", "alpha_u": "alpha-u", "token_alpha": "alpha over tokens"}
_MATRIX = 3  # passes from which on a matrix shows more than the table of pairs


def agreement_parts(agreement: Agreement, labels: Sequence[str]) -> list[Table | Plot]:
    """Return the agreement of pairs and over all passes.

    Args:
        agreement: The agreement.
        labels: Labels in the order of the page.
    """
    pairs = agreement.pairwise
    several = len(agreement.passes) >= _MATRIX
    parts: list[Table | Plot] = [
        Table(
            "F1 of each pair of passes (symmetric: either may be the gold)",
            ("passes", "documents read by both", "strict", "95 %", "partial", *labels),
            [
                [
                    f"{p.a} | {p.b}",
                    str(p.documents),
                    metric_cell(p.strict_f1),
                    interval_text(p.intervals.strict_f1),
                    _figure(p.partial_f1, p.intervals.partial_f1),
                    *(_figure(p.labels[name], p.intervals.labels[name]) for name in labels),
                ]
                for p in pairs
            ],
        )
    ]
    if several:
        plot = plots.matrix_plot(agreement.passes, agreement.matrix(), "strict F1")
        parts += [Plot("strict F1 of each pass (row) with each other (column)", plot), _pass_table(agreement.by_pass)]
    series = {f"{p.a} | {p.b}": [(p.labels[x], p.intervals.labels[x]) for x in labels] for p in pairs}
    parts.append(Plot("strict F1 by label", plots.label_plot(labels, series, "strict F1")))
    if several:
        coefficients: list[list[Cell | str]] = [
            [
                f"{p.a} | {p.b}",
                *(_figure(getattr(p, name), getattr(p.intervals, name)) for name in _COEFFICIENTS),
                *(_figure(p.alpha_u_labels[x], p.intervals.alpha_u_labels[x]) for x in labels),
            ]
            for p in pairs
        ]
        header = ["passes", *_COEFFICIENTS.values(), *(f"alpha-u of {label}" for label in labels)]
        if agreement.gamma:
            header.append("gamma")
            for row, item in zip(coefficients, agreement.gamma, strict=False):  # the last is that of all passes
                row.append(_figure(item.value, item.interval))
        parts.append(Table("coefficients of each pair of passes", header, coefficients))
    return [*parts, _overall_table(agreement, labels)]


def _overall_table(agreement: Agreement, labels: Sequence[str]) -> Table:
    intervals = agreement.intervals
    figures: list[tuple[str, Metric, MetricInterval]] = [
        (title, getattr(agreement, name), getattr(intervals, name)) for name, title in _COEFFICIENTS.items()
    ]
    figures[1:1] = [
        (f"alpha-u of {label}", agreement.alpha_u_labels[label], intervals.alpha_u_labels[label]) for label in labels
    ]
    figures += [("gamma", item.value, item.interval) for item in agreement.gamma[-1:]]
    figures += [
        (
            f"value accuracy of {label} ({values.support} strict matches)",
            values.value_accuracy,
            intervals.values[label].value_accuracy,
        )
        for label, values in agreement.values.items()
    ]
    rows: list[list[Cell | str]] = [
        [title, metric_cell(value), interval_text(interval)] for title, value, interval in figures
    ]
    return Table("all passes", ("metric", "value", "95 %"), rows)


def _pass_table(passes: Sequence[PassAgreement]) -> Table:
    rows: list[list[Cell | str]] = [
        [
            item.name,
            metric_cell(item.with_others),
            metric_cell(item.among_others),
            "-" if item.difference is None else f"{item.difference:+.3f}",
            interval_text(item.interval, signed=True),
            "agrees less" if item.is_outlier else "",
        ]
        for item in passes
    ]
    header = ("pass", "with the others", "the others among themselves", "difference", "95 %", "beyond chance")
    return Table("mean strict F1 of each pass with the others", header, rows)


def spread_table(spread: DocumentSpread) -> Table:
    """Return how figures vary over documents."""
    header = ("metric", "documents", "mean", "deviation", "lowest", "25 %", "median", "75 %", "highest")
    rows: list[list[Cell | str]] = []
    for name, title in _SPREADS.items():
        documents, *figures = getattr(spread, name).parts().values()
        rows.append([title, str(documents), *map(metric_cell, figures)])
    return Table("agreement by document", header, rows)


def lowest_table(documents: Sequence[DocumentAgreement]) -> Table:
    """Return the figures of documents over all passes."""
    rows: list[list[Cell | str]] = [
        [item.document, str(item.passes), *(metric_cell(getattr(item, name)) for name in _SPREADS)]
        for item in documents
    ]
    header = ("document", "passes", *_SPREADS.values())
    which = "document" if len(rows) == 1 else f"{len(rows)} documents"
    return Table(f"the {which} with the lowest strict F1 over all passes", header, rows)


def _figure(value: Metric, interval: MetricInterval) -> Cell:
    return metric_cell(value, "" if interval is None else f"95 %: {interval_text(interval)}")
