"""`goldspan bench`: benchmark extractors on the gold's texts: scores, time and memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...schema.errors import pluralize
from .. import completion
from ..console import cell, error, note, one_line, result, result_json, table, write_page
from ..option_effects import effects
from ..options import Html, Json, SchemeFile, resampled

if TYPE_CHECKING:
    from ...eval import Scores
    from ...eval.report.page import ReportPage
    from ...schema import Scheme
    from ...workflows.benchmark import BenchmarkResult, ExtractorCost, FailedExtractor


@effects(resampled("seed"), repeatable=("extractor",))
def bench(
    gold: Annotated[str, typer.Argument(metavar="GOLD", help="Records with gold spans: .jsonl or .parquet.")],
    extractor: Annotated[
        list[str],
        typer.Option(
            "--extractor",
            metavar="NAME[:ARG]",
            help="As `goldspan extractors` lists them; repeat.",
            autocompletion=completion.complete_extractors,
        ),
    ],
    resamples: Annotated[int, typer.Option(min=0, help="Bootstrap resamples for intervals; 0 for none.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.")] = 0,
    html: Html = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Run extractors over the gold's texts and score them.

    Each runs in a process of its own, one after the other. An extractor that fails is listed with the reason, and the
    others are scored. Ends with status 1 if an extractor failed on a document, and with the status of the failure if
    one failed altogether.
    """
    from ...schema import UsageError, load_scheme
    from ...workflows.benchmark import run_benchmark

    if gold == "-":
        raise UsageError("bench reads the gold more than once, so it cannot be standard input. Fix: name a file")
    loaded = load_scheme(scheme)
    benchmark = run_benchmark(gold, extractor, loaded, resamples=resamples, seed=seed)
    for cost in benchmark.costs:
        for problem in cost.failed:
            error(str(problem.with_location(gold)))
        for what, count in sorted(cost.tally.items()):
            note(f"{cost.name}: {what}: {count}")
    for failure in benchmark.failures:
        for line in failure.error.lines:
            error(line)
        for line in failure.error.example:
            note(line)
    if html is not None and benchmark.scores is not None:
        write_page(html, _page(benchmark, benchmark.scores, loaded))
    elif html is not None:
        note("no report written: every extractor failed")
    if json:
        result_json(_as_data(benchmark))
    else:
        _show(benchmark)
    failed = sum(len(cost.failed) for cost in benchmark.costs)
    if failed:
        note(f"{pluralize(failed, 'document')} counted as empty because an extractor failed (see above)")
    if status := max([failure.error.exit_code for failure in benchmark.failures] + [1] * bool(failed), default=0):
        raise typer.Exit(status)


def _as_data(benchmark: BenchmarkResult) -> dict[str, Any]:
    """Return the scores as in `goldspan score --json`, each system with its cost; a failed one with the reason."""
    from ...workflows.benchmark import FailedExtractor

    empty: dict[str, Any] = {"gold": None, "systems": [], "comparisons": [], "notes": []}
    data = benchmark.scores.to_dict() if benchmark.scores is not None else empty
    scored = iter(data["systems"])
    data["systems"] = [
        {"name": item.name, "failure": _reason(item), "cost": None}
        if isinstance(item, FailedExtractor)
        else {**next(scored), "failure": None, "cost": _cost(item)}
        for item in benchmark.outcomes
    ]
    return data


def _cost(cost: ExtractorCost) -> dict[str, Any]:
    return {
        "load_seconds": cost.load,
        "seconds": cost.seconds,
        "restart_seconds": cost.restarts,
        "words": cost.words,
        "words_per_second": cost.words_per_second,
        "peak_megabytes": cost.memory,
        "failed": len(cost.failed),
        "tally": dict(sorted(cost.tally.items())),
    }


def _reason(failure: FailedExtractor) -> str:
    return " ".join(failure.error.lines)


def _columns(cost: ExtractorCost) -> dict[str, str]:
    """Return the cost of an extractor by the headers of the table's columns."""
    return {
        "load s": f"{cost.load:.1f}",
        "seconds": f"{cost.seconds:.2f}",
        "words/s": "-" if cost.words_per_second is None else f"{cost.words_per_second:.0f}",
        "peak MB": "-" if cost.memory is None else f"{cost.memory:.0f}",
    }


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
                    *_columns(cost).values(),
                )
            )
        values = [f"{name} values" for name in benchmark.scores[0].values]
        table(rows, ("extractor", "strict F1", "95 %", *values, *_columns(benchmark.costs[0])))
        for line in benchmark.scores.notes:
            note(f"note: {line}")
    for failure in benchmark.failures:
        result(f"{one_line(failure.name)}  failed: {one_line(_reason(failure))}")


def _page(benchmark: BenchmarkResult, scores: Scores, scheme: Scheme) -> ReportPage:
    from ...eval.report import score_page

    names = [system.name for system in scores.systems]
    costs = dict(zip(names, map(_columns, benchmark.costs), strict=True))
    speeds = {name: cost.words_per_second for name, cost in zip(names, benchmark.costs, strict=True)}
    failed = [(failure.name, _reason(failure)) for failure in benchmark.failures]
    return score_page(scores, benchmark.gold, benchmark.predictions, scheme, costs=costs, speeds=speeds, failed=failed)
