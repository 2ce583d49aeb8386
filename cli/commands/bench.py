"""`goldspan bench`: extractors over the gold's texts, with time and memory beside their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...schema.errors import pluralize
from .. import completion
from ..console import cell, error, note, one_line, result, result_json, table, write_page
from ..effects import effects
from ..options import Html, Json, SchemeFile, resampled

if TYPE_CHECKING:
    from ...eval import Scores
    from ...eval.report.page import ReportPage
    from ...schema import Scheme
    from ...workflows.benchmark import BenchmarkResult, ExtractorCost, FailedExtractor


@effects(resampled("seed"), again=("extractor",))
def bench(
    gold: Annotated[str, typer.Argument(metavar="GOLD", help="Records with gold spans: .jsonl or .parquet.")],
    extractor: Annotated[
        list[str],
        typer.Option(
            "--extractor",
            metavar="NAME[:ARG]",
            help="As `goldspan extractors` lists them; several.",
            autocompletion=completion.complete_extractors,
        ),
    ],
    resamples: Annotated[int, typer.Option(min=0, help="Bootstrap samples for intervals; 0 for none.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.")] = 0,
    html: Html = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Run extractors over the gold's texts, then score them.

    Each runs alone in a process of its own. One that fails is a row that says why, and the others are scored. Ends with
    status 1 where an extractor failed on a document, and with what the failure stands for where one failed altogether.
    """
    from ...schema import UsageError, load_scheme
    from ...workflows.benchmark import run_bench

    if gold == "-":
        raise UsageError("bench reads the gold more than once. Fix: a file")
    loaded = load_scheme(scheme)
    found = run_bench(gold, extractor, loaded, resamples=resamples, seed=seed)
    for cost in found.costs:
        for problem in cost.failed:
            error(str(problem.with_location(gold)))
        for what, count in sorted(cost.tally.items()):
            note(f"{cost.name}: {what}: {count}")
    for failure in found.failures:
        for line in failure.error.lines:
            error(line)
        for line in failure.error.example:
            note(line)
    if html is not None and found.scores is not None:
        write_page(html, _page(found, found.scores, loaded))
    elif html is not None:
        note("no report: every extractor failed")
    if json:
        result_json(_data(found))
    else:
        _show(found)
    failed = sum(len(cost.failed) for cost in found.costs)
    if failed:
        note(f"counted as empty, as an extractor failed on them: {pluralize(failed, 'document')} (each is named above)")
    if status := max([failure.error.exit_code for failure in found.failures] + [1] * bool(failed), default=0):
        raise typer.Exit(status)


def _data(found: BenchmarkResult) -> dict[str, Any]:
    """The scores as `goldspan score --json` gives them, each system with its cost; one that failed says why."""
    from ...workflows.benchmark import FailedExtractor

    nothing: dict[str, Any] = {"gold": None, "systems": [], "comparisons": [], "notes": []}
    data = found.scores.to_dict() if found.scores is not None else nothing
    scored = iter(data["systems"])
    data["systems"] = [
        {"name": item.name, "failure": _why(item), "cost": None}
        if isinstance(item, FailedExtractor)
        else {**next(scored), "failure": None, "cost": _cost(item)}
        for item in found.ran
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


def _why(failure: FailedExtractor) -> str:
    return " ".join(failure.error.lines)


def _columns(cost: ExtractorCost) -> dict[str, str]:
    """What an extractor took, by the heads of the table's columns."""
    return {
        "load s": f"{cost.load:.1f}",
        "seconds": f"{cost.seconds:.2f}",
        "words/s": "-" if cost.words_per_second is None else f"{cost.words_per_second:.0f}",
        "peak MB": "-" if cost.memory is None else f"{cost.memory:.0f}",
    }


def _show(found: BenchmarkResult) -> None:
    if found.scores is not None:
        rows = []
        for system, cost in zip(found.scores.systems, found.costs, strict=True):
            bounds = ((system.interval.get("spans") or {}).get("strict") or {}).get("micro", {}).get("f1")
            rows.append(
                (
                    system.name,
                    cell(system.spans["strict"]["micro"]["f1"]),
                    "-" if bounds is None else f"{bounds[0]:.3f}-{bounds[1]:.3f}",
                    *(cell(figures["value_f1"]) for figures in system.values.values()),
                    *_columns(cost).values(),
                )
            )
        values = [f"{name} values" for name in found.scores.systems[0].values]
        table(rows, ("extractor", "strict F1", "95 %", *values, *_columns(found.costs[0])))
        for line in found.scores.notes:
            note(f"note: {line}")
    for failure in found.failures:
        result(f"{one_line(failure.name)}  failed: {one_line(_why(failure))}")


def _page(found: BenchmarkResult, scores: Scores, scheme: Scheme) -> ReportPage:
    from ...eval.report import score_page

    names = [system.name for system in scores.systems]
    costs = dict(zip(names, map(_columns, found.costs), strict=True))
    speeds = {name: cost.words_per_second for name, cost in zip(names, found.costs, strict=True)}
    failed = [(failure.name, _why(failure)) for failure in found.failures]
    return score_page(scores, found.gold, found.answers, scheme, costs=costs, speeds=speeds, failed=failed)
