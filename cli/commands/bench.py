"""`goldspan bench`: benchmark extractors on the gold's texts: scores, time and memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ...schema.errors import pluralize
from .. import completion
from ..console import cell, check_page, error, note, one_line, progress_bar, result, result_json, table, write_page
from ..option_effects import effects, needs
from ..options import OF_REPORT, Day, Html, Json, SchemeFile, Title, report_heading, resampled
from ..score_formats import ONE_FORMAT, PUBLISHED, Form, not_in, print_published

if TYPE_CHECKING:
    from ...workflows.baselines.held_out_benchmark import CurvePoint
    from ...workflows.benchmark_results import BenchmarkResult


@effects(
    resampled("seed"),
    *ONE_FORMAT,
    *OF_REPORT,
    needs("train", "split"),
    needs("curve", "train"),
    needs("epochs", "train"),
    not_in("curve", *PUBLISHED),
    repeatable=("extractor",),
)
def bench(
    gold: Annotated[
        str, typer.Argument(metavar="GOLD", help="Records with gold spans: .jsonl or .parquet; or open, seeds.")
    ],
    extractor: Annotated[
        list[str] | None,
        typer.Option(
            "--extractor",
            metavar="NAME[:ARG]",
            help="As `goldspan extractors` lists them; repeat.",
            autocompletion=completion.complete_extractors,
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option("--split", metavar="FIELD", help="Score only documents whose field says test: extra.split."),
    ] = None,
    train: Annotated[
        list[str] | None,
        typer.Option(
            "--train",
            metavar="NAME",
            help="With --split: train it on the documents whose field says train: spacy, same-surface; repeat.",
        ),
    ] = None,
    curve: Annotated[
        bool, typer.Option("--curve", help="With --train: also train on an eighth, a quarter and half of them.")
    ] = False,
    epochs: Annotated[int, typer.Option(min=1, help="With --train: passes over the documents, of spacy.")] = 40,
    resamples: Annotated[int, typer.Option(min=0, help="Bootstrap resamples for intervals; 0 for none.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 0,
    html: Html = None,
    title: Title = None,
    day: Day = None,
    scheme: SchemeFile = None,
    output_format: Form = "table",
    json: Json = False,
) -> None:
    """Run extractors over the gold's texts and score them.

    With --split, systems are trained on the documents of the split train, and all are scored on those of test, so that
    none is scored on what it has seen.

    Each runs in a process of its own, one after the other. An extractor that fails is listed with the reason, and the
    others are scored. Ends with status 1 if an extractor failed on a document, and with the status of the failure if
    one failed altogether.
    """
    from ...annotate.adapters.services.service_usage import tally_lines
    from ...corpus.release.shipped_golds import shipped_gold
    from ...schema import UsageError, load_scheme
    from ...workflows.benchmark import run_benchmark

    if gold == "-":
        raise UsageError("bench reads the gold more than once, so it cannot be standard input. Fix: name a file")
    if not extractor and not train:
        raise UsageError("there is nothing to run. Fix: name an `extractor`, or a system to `train` with `split`")
    check_page(html)
    loaded, specs, gold = load_scheme(scheme), extractor or [], str(shipped_gold(gold, note) or gold)
    points: list[CurvePoint] = []
    with progress_bar() as progress:
        if split is None:
            benchmark = run_benchmark(gold, specs, loaded, resamples=resamples, seed=seed, progress=progress)
        else:
            from ...workflows.baselines.held_out_benchmark import benchmark_held_out
            from ...workflows.baselines.trained_systems import TrainingSettings

            held_out = benchmark_held_out(
                gold,
                specs,
                loaded,
                split=split,
                train=train or [],
                curve=curve,
                settings=TrainingSettings(seed, epochs),
                resamples=resamples,
                seed=seed,
                progress=progress,
            )
            benchmark, points = held_out.result, held_out.curve
            sizes = f"{len(held_out.gold.train)} train, {len(held_out.gold.test)} test"
            note(f"documents: {sizes}, {held_out.gold.left_out} in neither")
    for cost in benchmark.costs:
        for problem in cost.failed:
            error(str(problem.with_location(gold)))
        for line in tally_lines(cost.tally):
            note(f"{cost.name}: {line}")
    for failure in benchmark.failures:
        for line in failure.error.lines:
            error(line)
        for line in failure.error.example:
            note(line)
    if html is not None and benchmark.scores is not None:
        write_page(html, benchmark.page(**report_heading(title, day)))
    elif html is not None:
        note("no report written: every extractor failed")
    if json or output_format == "json":
        result_json(benchmark.to_dict() | ({"curve": [point.to_dict() for point in points]} if curve else {}))
    elif output_format in PUBLISHED:
        _publish(benchmark, output_format)
    else:
        _show(benchmark)
        _show_curve(points)
    failed = sum(len(cost.failed) for cost in benchmark.costs)
    if failed:
        note(f"{pluralize(failed, 'document')} counted as empty because an extractor failed (see above)")
    if status := max([failure.error.exit_code for failure in benchmark.failures] + [1] * bool(failed), default=0):
        raise typer.Exit(status)


def _show_curve(points: list[CurvePoint]) -> None:
    if points:
        result("\nLearning curve, strict F1:")
        rows = [
            (
                point.system,
                f"{point.documents:,}",
                f"{point.spans:,}",
                cell(point.f1),
                point.interval or "-",
            )
            for point in points
        ]
        table(rows, ("trained", "documents", "spans", "strict F1", "95 %"))


def _publish(benchmark: BenchmarkResult, form: str) -> None:
    """Print scores and costs in a format of `PUBLISHED`; extractors that failed were reported as errors."""
    if benchmark.scores is not None:
        costs = dict(zip([system.name for system in benchmark.scores], benchmark.costs, strict=True))
        columns = {name: cost.columns() for name, cost in costs.items()}
        print_published(
            benchmark.scores, form, columns=columns, figures={name: {"cost": c.figures()} for name, c in costs.items()}
        )


def _show(benchmark: BenchmarkResult) -> None:
    if benchmark.scores is not None:
        rows = []
        for system, cost in zip(benchmark.scores.systems, benchmark.costs, strict=True):
            rows.append(
                (
                    system.name,
                    cell(system.spans.strict.f1),
                    system.intervals.spans.strict.f1 or "-",
                    *(cell(metrics.value_f1) for metrics in system.values.values()),
                    *cost.columns().values(),
                )
            )
        values = [f"{name} values" for name in benchmark.scores[0].values]
        table(rows, ("extractor", "strict F1", "95 %", *values, *benchmark.costs[0].columns()))
        for line in benchmark.scores.notes:
            note(f"note: {line}")
    for failure in benchmark.failures:
        result(f"{one_line(failure.name)}  failed: {one_line(failure.reason)}")
