"""Tables of runs and of comparisons between systems, as `goldspan score` prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .console import cell, one_line, result, table

if TYPE_CHECKING:
    from ..eval import Scores, SystemRuns
    from ..eval.metric_types.metric_groups import MetricInterval


def show_runs(group: SystemRuns) -> None:
    """Print mean and standard deviation of the metrics of a system with several runs."""
    from ..eval.system_score import measure_rows

    first = group.systems[0]
    names = ", ".join(run.name for run in group.systems)
    result(f"\n{one_line(group.name)}: mean and standard deviation of {len(group.systems)} runs ({one_line(names)})")
    paths = {name: f"spans.strict.labels.{name.removeprefix('strict ')}" for name, *_ in measure_rows(first)}
    paths |= {name: f"spans.{name}.micro" for name in first.spans.parts()} | {"tokens": "tokens.micro"}
    rows = [
        (name, *(group.metric(f"{paths[name]}.{rate}") for rate in ("precision", "recall", "f1")))
        for name, *_ in measure_rows(first)
    ]
    table(rows, ("measure", "P", "R", "F1"))
    result()
    values = [
        (label, *(group.metric(f"values.{label}.{name}") for name in ("value_accuracy", "value_f1")))
        for label in first.values
    ]
    table(values, ("values", "accuracy", "F1"))
    result(f"\nsignature  {first.signature}")


def show_comparisons(scores: Scores) -> None:
    """Print the tests between all pairs of systems, and who beats whom where there are more than two."""
    for measure in dict.fromkeys(comparison.measure for comparison in scores.comparisons):
        found = [comparison for comparison in scores.comparisons if comparison.measure == measure]
        result()
        rows = [
            (
                f"{c.a} - {c.b}",
                cell(c.difference),
                _bounds(c.interval),
                cell(c.p_value),
                cell(c.p_holm),
                cell(c.detectable),
            )
            for c in found
        ]
        table(rows, (f"difference of {found[0].title}", "difference", "95 %", "p", "p (Holm)", "detectable"))
        if len(found) > 1:
            result()
            for line in scores.comparison_table(measure).lines():
                result(one_line(line))
    methods = dict.fromkeys(comparison.method for comparison in scores.comparisons)
    if methods:
        result(f"\ntests  {', '.join(methods)}")


def _bounds(interval: MetricInterval) -> str:
    return "-" if interval is None else f"{interval.low:.3f} to {interval.high:.3f}"
