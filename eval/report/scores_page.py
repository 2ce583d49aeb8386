"""The report on scores, optionally with the costs of extractors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ...schema import Document, Scheme
from ...schema.extras import require_extras
from ..error_analysis import ErrorAnalysis
from ..metric_types.value_metrics import ValueMetrics
from ..score_results import Scores
from ..system_score import SystemScore
from . import plots
from .page import Cell, DocumentTable, Group, Plot, ReportPage, Section, Table
from .parts_of_scores import runs_section, slices_section
from .side_by_side import KINDS, Comparison, compare_layers
from .tables import confusion_table, interval_text, metric_cell

_TITLES = dict(zip(KINDS, KINDS, strict=True))


def score_page(
    scores: Scores,
    gold: Sequence[Document],
    systems: Sequence[Sequence[Document]],
    scheme: Scheme,
    *,
    labels: Sequence[str] = (),
    training: Sequence[Document] = (),
    costs: Mapping[str, Mapping[str, str]] | None = None,
    speeds: Mapping[str, float | None] | None = None,
    failed: Sequence[tuple[str, str]] = (),
    title: str = "goldspan scores",
    day: date | None = None,
) -> ReportPage:
    """Create the report on scores.

    Args:
        scores: Scores of the systems.
        gold: Gold documents.
        systems: Documents of the systems, in the order of the scores.
        scheme: Scheme of the documents.
        labels: Labels to include; all by default.
        training: Training documents, whose surfaces count as seen.
        costs: Additional columns of the leaderboard, by system.
        speeds: Words per second, by system.
        failed: Extractors that failed, with the reasons.
        title: Title of the page.
        day: Date of the report; none by default, so that the same scores give the same page.

    Raises:
        DependencyError: matplotlib is not installed.
    """
    require_extras("a report", "report")
    names = [system.name for system in scores.systems]
    gold_name = _unique_name("gold", names)
    layers = {gold_name: gold, **dict(zip(names, systems, strict=True))}
    pairs = [(gold_name, name) for name in names]
    comparison = compare_layers(layers, pairs, scheme, labels=labels, training=training)
    ranked = sorted(scores.systems, key=lambda s: (-(s.spans.strict.f1 or 0.0), s.name))
    analyses = dict(zip(names, comparison.analyses, strict=True))
    facts = {
        **({"date": day.isoformat()} if day else {}),
        "gold": str(scores.gold.path or "in memory"),
        "documents": str(scores.gold.documents),
        "spans": str(scores.gold.spans),
        "scheme": scores.gold.scheme,
        "fingerprint": scores.gold.sha256[:12],
    }
    sections = [
        _leaderboard(ranked, costs or {}, speeds or {}, failed),
        Section("By document", (), (DocumentTable("figures of each document for all systems"),)),
        _by_label(ranked, comparison.labels),
        *([slices_section(ranked)] if ranked and ranked[0].slices else []),
        *([runs_section(scores.runs)] if scores.runs else []),
        *([_differences(scores)] if scores.comparisons else []),
        _errors(ranked, analyses, comparison, seen=bool(training)),
        _signatures(scores),
    ]
    return ReportPage(title, facts, scores.notes, sections, comparison, _TITLES)


def _leaderboard(
    ranked: Sequence[SystemScore],
    costs: Mapping[str, Mapping[str, str]],
    speeds: Mapping[str, float | None],
    failed: Sequence[tuple[str, str]],
) -> Section:
    labels = list(ranked[0].values) if ranked else []
    extra = list(dict.fromkeys(column for columns in costs.values() for column in columns))
    measures = list(ranked[0].spans.parts())[1:] if ranked else []
    header = ["system", "strict F1", "95 %", "precision", "recall", *(f"{m} F1" for m in measures)]
    header += ["token F1"] if ranked and ranked[0].tokens else []
    header += [*(f"{label} value F1" for label in labels), *extra]
    rows = []
    for system in ranked:
        paths = ["spans.strict.micro.precision", "spans.strict.micro.recall"]
        paths += [f"spans.{measure}.micro.f1" for measure in measures]
        metrics = {path: system.metric(path) for path in paths}
        metrics |= {"tokens.micro.f1": system.tokens.f1} if system.tokens else {}
        metrics |= {f"values.{label}.value_f1": system.values[label].value_f1 for label in labels}
        row: list[Cell | str] = [
            Cell(system.name, title=system.signature),
            metric_cell(system.spans.strict.f1, f"spans.strict.micro.f1|{system.signature}"),
            interval_text(system.intervals.spans.strict.f1),
            *(metric_cell(value, f"{path}|{system.signature}") for path, value in metrics.items()),
            *(costs.get(system.name, {}).get(column, "-") for column in extra),
        ]
        rows.append(row)
    marks = [(s.name, s.spans.strict.f1, s.intervals.spans.strict.f1) for s in ranked]
    caption = "strict F1 with 95 % intervals" if any(bounds for *_, bounds in marks) else "strict F1"
    parts: list[Table | Plot] = [
        Table("systems by strict F1; hover over a score to see its signature", header, rows),
        Plot(caption, plots.forest_plot(marks, "strict F1")),
    ]
    if sum(speed is not None for speed in speeds.values()) > 1:
        points = [(s.name, speeds.get(s.name), s.spans.strict.f1) for s in ranked]
        parts.append(Plot("strict F1 against speed", plots.speed_plot(points, "strict F1")))
    if failed:
        parts.append(Table("extractors that failed and have no scores", ("extractor", "reason"), failed))
    prose = (
        "Strict: equal bounds and label. Exact: equal bounds. Partial: equal bounds, or overlap for half credit. Type: "
        "overlap and equal label. Value F1: strict matches with a correct value. Intervals are computed by resampling "
        "documents, by default only for 10 documents or more."
    )
    return Section("Leaderboard", [prose], parts)


def _by_label(ranked: Sequence[SystemScore], labels: Sequence[str]) -> Section:
    series = {
        system.name: [
            (system.spans.strict.labels[label].f1, system.intervals.spans.strict.labels[label].f1) for label in labels
        ]
        for system in ranked
    }
    rows: list[list[Cell | str]] = []
    for system in ranked:
        for label in labels:
            metrics = system.spans.strict.labels[label]
            values = system.values.get(label)
            counts = (metrics.support, metrics.matched, metrics.missed, metrics.spurious)
            rows.append(
                [
                    system.name,
                    label,
                    *map(metric_cell, metrics.rates),
                    interval_text(system.intervals.spans.strict.labels[label].f1),
                    *map(str, counts),
                    metric_cell(values.value_accuracy if values else None),
                    _details(values) if values else "",
                ]
            )
    header = (
        "system",
        "label",
        "precision",
        "recall",
        "F1",
        "95 %",
        "support",
        "matched",
        "missed",
        "spurious",
        "value accuracy",
        "value details",
    )
    return Section(
        "Labels",
        (),
        (
            Plot("strict F1 by label", plots.label_plot(labels, series, "strict F1")),
            Table("strict metrics by label", header, rows),
        ),
    )


def _differences(scores: Scores) -> Section:
    rows: list[list[Cell | str]] = [
        [
            f"{c.a} - {c.b}",
            c.method,
            c.title,
            _signed(c.difference),
            interval_text(c.interval, signed=True),
            metric_cell(c.p_value),
            metric_cell(c.p_holm),
            metric_cell(c.detectable),
        ]
        for c in scores.comparisons
    ]
    header = ("systems", "method", "metric", "difference", "95 %", "p", "p (Holm)", "detectable")
    return Section(
        "Differences", ("Systems are compared on the same documents.",), (Table("paired tests", header, rows),)
    )


def _errors(
    ranked: Sequence[SystemScore], analyses: Mapping[str, ErrorAnalysis], comparison: Comparison, *, seen: bool
) -> Section:
    counts = {system.name: analyses[system.name].counts().get("all", {}) for system in ranked}
    parts: list[Plot | Group] = [Plot("errors by class", plots.stacked_bars(counts, _TITLES, "errors"))]
    slices = ("label", "length", "seen") if seen else ("label", "length")
    for system in ranked:
        analysis = analyses[system.name]
        rows = [
            [f"{by}: {name}", *(str(kinds.get(kind, 0)) for kind in KINDS), str(sum(kinds.values()))]
            for by in slices
            for name, kinds in analysis.counts(by).items()
        ]
        confusion = f"{system.name}: gold labels (rows) and system labels (columns)"
        tables = (
            confusion_table(confusion, analysis, comparison.labels),
            Table(f"{system.name}: errors by slice", ("slice", *KINDS, "all"), rows),
        )
        parts.append(Group(f"errors of {system.name}", tables, is_open=system is ranked[0]))
    prose = "The errors of each document stand under By document, for all systems at once."
    return Section("Errors", (prose,), parts)


def _signatures(scores: Scores) -> Section:
    rows = [[system.name, system.signature] for system in scores.systems]
    prose = (
        "A score is identified by its path, a vertical bar and the signature of its system. The same gold, predictions "
        "and version reproduce the same score."
    )
    return Section("Signatures", [prose], (Table("signatures", ("system", "signature"), rows),))


def _signed(value: float | None) -> str:
    return "-" if value is None else f"{value:+.3f}"


def _details(values: ValueMetrics) -> str:
    shown = [(name, value) for name, value in values.fields.items() if value is not None]
    return ", ".join(f"{name.removesuffix('_accuracy')} {value:.3f}" for name, value in shown)


def _unique_name(name: str, names: Sequence[str]) -> str:
    while name in names:
        name += "*"
    return name
