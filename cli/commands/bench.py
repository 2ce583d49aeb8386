"""`goldspan bench`: benchmark extractors on the gold's texts: scores, time and memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...schema.errors import DependencyError, UsageError, pluralize
from .. import completion
from ..console import cell, check_page, error, note, one_line, progress_bar, result, result_json, table, write_page
from ..option_effects import Rule, effects, needs, yields
from ..options import OF_REPORT, Day, Html, Json, SchemeFile, Title, report_heading, resampled
from ..score_formats import ONE_FORMAT, PUBLISHED, Form, not_in, print_published
from .benchmarking.field_gold import SetsFolder

if TYPE_CHECKING:
    from ...workflows.baselines.held_out_benchmark import CurvePoint
    from ...workflows.benchmarking.benchmark_results import BenchmarkResult


@effects(
    resampled("seed"),
    *ONE_FORMAT,
    *OF_REPORT,
    needs("folder", "suite"),
    *(yields(name, "suite") for name in ("seed", "html", "scheme", "split", "train", "curve", "epochs")),
    Rule("resamples", lambda call: "with --suite, whose figures have no intervals" if call["suite"] else ""),
    Rule(
        "output_format",
        lambda call: "with --suite as latex" if call["suite"] and call["output_format"] == "latex" else "",
    ),
    needs("train", "split"),
    needs("curve", "train"),
    needs("epochs", "train"),
    yields("cache", "train"),
    not_in("curve", *PUBLISHED),
    repeatable=("extractor", "train"),
)
def bench(
    gold: Annotated[
        str | None,
        typer.Argument(
            metavar="GOLD", help="Records with gold spans: .jsonl or .parquet; or open, seeds.", show_default=False
        ),
    ] = None,
    extractor: Annotated[
        list[str] | None,
        typer.Option(
            "--extractor",
            metavar="NAME[:ARG]",
            help="As `goldspan extractors` lists them; repeat.",
            autocompletion=completion.complete_extractors,
        ),
    ] = None,
    suite: Annotated[
        str,
        typer.Option(
            "--suite",
            metavar="SUITE",
            help="Instead of GOLD, all sets of a suite that are at hand, each under its protocol: conflict, places, "
            "dates or counts.",
            autocompletion=completion.complete_suites,
        ),
    ] = "",
    folder: SetsFolder = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            "--cache",
            metavar="DIR",
            help="Keep what each extractor predicted and took, and do not run again what is there.",
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
    """Run extractors over the texts of a gold, or of the field's open sets, and score them.

    With --split, systems are trained on the documents of the split train, and all are scored on those of test, so that
    none is scored on what it has seen.

    Each runs in a process of its own, one after the other. An extractor that fails is listed with the reason, and the
    others are scored. Ends with status 1 if an extractor failed on a document, and with the status of the failure if
    one failed altogether.
    """
    from ...annotate.adapters.services.service_usage import tally_lines
    from ...corpus.release.shipped_golds import shipped_gold
    from ...schema import load_scheme
    from ...workflows.benchmarking.benchmark import run_benchmark

    if (gold is None) == (not suite):
        what = "GOLD and --suite are both given" if suite else "Missing argument 'GOLD', or --suite"
        raise UsageError(f"{what}. Fix: one of them")
    if gold is None:
        if not extractor:
            raise UsageError("there is nothing to run. Fix: name an `extractor`")
        _bench_suite(suite, extractor, folder, cache, "json" if json else output_format)
        return
    if gold == "-":
        raise UsageError("bench reads the gold more than once, so it cannot be standard input. Fix: name a file")
    if not extractor and not train:
        raise UsageError("there is nothing to run. Fix: name an `extractor`, or a system to `train` with `split`")
    check_page(html)
    loaded, specs, gold = load_scheme(scheme), extractor or [], str(shipped_gold(gold, note) or gold)
    points: list[CurvePoint] = []
    with progress_bar() as progress:
        if split is None:
            benchmark = run_benchmark(
                gold, specs, loaded, resamples=resamples, seed=seed, cache=cache, progress=progress
            )
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
                cache=cache,
                progress=progress,
            )
            benchmark, points = held_out.result, held_out.curve
            sizes = f"{len(held_out.gold.train)} train, {len(held_out.gold.test)} test"
            note(f"documents: {sizes}, {held_out.gold.left_out} in neither")
            if repeated := held_out.gold.repeated:
                what = f"the texts of {pluralize(repeated, 'test document')} are in train too, under other ids"
                note(f"note: {what}, and were seen in training. Fix: take out the copies")
    for cost in benchmark.costs:
        if cost.origin:
            note(f"{cost.name}: {cost.origin}")
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


def _bench_suite(
    suite: str, extractors: list[str], folder: Path | None, cache: Path | None, output_format: str
) -> None:
    """Show the figures of a suite; end with the highest status of what failed."""
    from ...workflows.gold_sets.suite_benchmark import run_suite
    from .benchmarking.suite_table import show_suite

    with progress_bar() as progress:
        outcome = run_suite(suite, extractors, root=folder, cache=cache, progress=progress)
    show_suite(outcome, output_format)
    if not outcome.sets:
        raise DependencyError(f"no set of the suite {suite} is at hand. Fix: goldspan gold get NAME, as named above")
    statuses = [one.exit_code for one in outcome.sets] + [1 for each in outcome.missing if each.problem]
    for one in outcome.sets:
        if one.benchmark is not None:
            statuses += [failure.error.exit_code for failure in one.benchmark.failures]
            statuses += [1 for cost in one.benchmark.costs if cost.failed]
    if status := max(statuses, default=0):
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
        columns = dict(zip(costs, benchmark.cost_columns(), strict=True))
        print_published(
            benchmark.scores, form, columns=columns, figures={name: {"cost": c.figures()} for name, c in costs.items()}
        )


def _show(benchmark: BenchmarkResult) -> None:
    if benchmark.scores is not None:
        rows = []
        for system, columns in zip(benchmark.scores.systems, benchmark.cost_columns(), strict=True):
            rows.append(
                (
                    system.name,
                    cell(system.spans.strict.f1),
                    system.intervals.spans.strict.f1 or "-",
                    *(cell(metrics.value_f1) for metrics in system.values.values()),
                    *columns.values(),
                )
            )
        values = [f"{name} values" for name in benchmark.scores[0].values]
        table(rows, ("extractor", "strict F1", "95 %", *values, *benchmark.cost_columns()[0]))
        for line in benchmark.scores.notes:
            note(f"note: {line}")
    for failure in benchmark.failures:
        result(f"{one_line(failure.name)}  failed: {one_line(failure.reason)}")
