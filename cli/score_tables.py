"""Tables of scores, errors, slices and documents, as `goldspan score` prints them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .comparison_tables import show_comparisons, show_runs
from .console import cell, note, one_line, result, table

if TYPE_CHECKING:
    from ..eval import CountedMetrics, Scores, SliceMetrics, SystemScore, ValueMetrics
    from ..eval.error_analysis import ErrorAnalysis
    from ..eval.metric_types.metric_groups import MetricInterval
    from ..schema import Span


def show_errors(name: str, analysis: ErrorAnalysis) -> None:
    """Print the errors of a system: their counts and the first of each class."""
    counts = analysis.counts().get("all", {})
    result(f"\nerrors of {one_line(name)}: {', '.join(f'{kind} {n}' for kind, n in counts.items()) or 'none'}")
    for kind in counts:
        for e in analysis.examples(kind):
            sides = " -> ".join(
                "nothing" if s is None else f"[{s.start}, {s.end}) {s.label}" for s in (e.gold, e.system)
            )
            result(f"  {kind}: {one_line(e.document)} {e.surface!r} {sides}")


def error_record(analysis: ErrorAnalysis) -> dict[str, Any]:
    """Return the errors of a system as `--json` prints them."""
    slices = ("label", "document", "length", "seen")
    return {
        "counts": analysis.counts().get("all", {}),
        **{f"by_{name}": analysis.counts(name) for name in slices},
        "confusion": analysis.confusion,
        "examples": [
            {
                "document": e.document,
                "kind": e.kind,
                "surface": e.surface,
                "gold": _place(e.gold),
                "system": _place(e.system),
            }
            for kind in analysis.counts().get("all", {})
            for e in analysis.examples(kind)
        ],
    }


def _place(span: Span | None) -> dict[str, Any] | None:
    return None if span is None else {"start": span.start, "end": span.end, "label": span.label}


def show_tags(name: str, figures: Mapping[str, Any]) -> None:
    """Print the scores of a system's tags by seqeval."""
    rows = [
        (f"{mode} {kind}".strip(), *(cell(row[key]) for key in ("precision", "recall", "f1")), row["support"])
        for mode in ("strict", "lenient")
        if figures[mode] is not None
        for kind, row in (("micro", figures[mode]["micro"]), *figures[mode]["labels"].items())
    ]
    result(f"\ntags of {one_line(name)} by seqeval, {figures['scheme']}")
    table(rows, ("mode", "P", "R", "F1", "support"))


def show_scores(scores: Scores, remarked: Sequence[str], *, per_document: bool) -> None:
    """Print tables of scores, with comparisons and notes.

    Args:
        scores: The scores.
        remarked: Notes that have been printed.
        per_document: Whether to print a table of the documents too.
    """
    from ..eval.system_score import measure_rows

    result(one_line(str(scores.gold)))
    repeated = {run.name for group in scores.runs for run in group.systems}
    for system in scores:
        if system.name in repeated:
            continue  # a table of its runs follows
        result(f"\n{one_line(system.name)}")
        rows = [_row(name, metrics, intervals.f1) for name, metrics, intervals in measure_rows(system)]
        header = ("measure", "P", "R", "F1", "95 %", "matched", "partial", "missed", "spurious", "support")
        table(rows, header)
        result()
        values = [
            (label, cell(metrics.value_accuracy), cell(metrics.value_f1), metrics.support, _parts(metrics))
            for label, metrics in system.values.items()
        ]
        table(values, ("values", "accuracy", "F1", "matched", "parts"))
        _show_parts(system, per_document=per_document)
        result(f"\nsignature  {system.signature}")
    for group in scores.runs:
        show_runs(group)
        for run in group.systems if per_document or group.systems[0].slices else ():
            result(f"\n{one_line(run.name)}")
            _show_parts(run, per_document=per_document)
    show_comparisons(scores)
    for line in scores.notes:
        if line not in remarked:
            note(f"note: {line}")


def _show_parts(system: SystemScore, *, per_document: bool) -> None:
    """Print the tables of slices and documents that were asked for."""
    for field, groups in (system.slices or {}).items():
        _show_slices(system, field, groups)
    if per_document:
        _show_documents(system)


def _show_slices(system: SystemScore, field: str, groups: Mapping[str, SliceMetrics]) -> None:
    result()
    rows = []
    for group, metrics in groups.items():
        intervals = system.intervals.slices[field][group] if system.intervals.slices else None
        strict, *others = (of_measure.f1 for of_measure in metrics.spans.parts().values())
        interval = intervals.spans.strict.f1 if intervals else None
        spans = (metrics.documents, metrics.gold_spans, metrics.system_spans)
        rows.append((group, *spans, cell(strict), interval or "-", *map(cell, others)))
    strict_name, *names = (f"{name} F1" for name in system.documents.measures)
    table(rows, (field, "documents", "gold", "system", strict_name, "95 %", *names))


def _show_documents(system: SystemScore) -> None:
    result()
    rows = []
    for score in system.documents:
        strict = score.spans["strict"]
        rows.append((score.document, strict.support, *(cell(metrics.f1) for metrics in score.spans.values())))
    table(rows, ("document", "gold", *(f"{name} F1" for name in system.documents.measures)))


def _row(name: str, metrics: CountedMetrics, interval: MetricInterval) -> tuple[object, ...]:
    return name, *map(cell, metrics.rates), interval or "-", *metrics.counts


def _parts(metrics: ValueMetrics) -> str:
    shown = {name: value for name, value in metrics.fields.items() if name.endswith("accuracy") or name == "acc_161km"}
    return " ".join(f"{name.removesuffix('_accuracy')} {cell(value)}" for name, value in shown.items()) or "-"
