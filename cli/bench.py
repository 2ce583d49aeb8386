"""`goldspan bench`: extractors over the gold's texts, with time and memory beside their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..schema.errors import counted
from . import completion
from .effects import effects
from .options import Html, Json, SchemeFile, resampled
from .show import cell, error, note, result_json, table, write_page

if TYPE_CHECKING:
    from ..eval.report.page import Page
    from ..schema import Scheme
    from .flows.bench import Bench


@effects(resampled("seed"), again=("extractor",))
def bench(
    gold: Annotated[str, typer.Argument(metavar="GOLD", help="Records with gold spans: .jsonl or .parquet.")],
    extractor: Annotated[
        list[str],
        typer.Option(
            "--extractor",
            metavar="NAME[:ARG]",
            help="As `goldspan extractors` lists them; several.",
            autocompletion=completion.extractors,
        ),
    ],
    resamples: Annotated[int, typer.Option(min=0, help="Bootstrap samples for intervals; 0 for none.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.")] = 0,
    html: Html = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Run extractors over the gold's texts, then score them.

    Each runs alone in a process of its own. Ends with status 1 where an extractor failed on a document.
    """
    from ..schema import UsageError, load_scheme
    from .flows.bench import run_bench

    if gold == "-":
        raise UsageError("bench reads the gold more than once. Fix: a file")
    loaded = load_scheme(scheme)
    found = run_bench(gold, extractor, loaded, resamples=resamples, seed=seed)
    scores, costs = found.scores, found.costs
    for cost in costs:
        for problem in cost.failed:
            error(str(problem.at(gold)))
    if html is not None:
        write_page(html, _page(found, loaded))
    if json:
        data = scores.to_dict()
        for system, cost in zip(data["systems"], costs, strict=True):
            system["cost"] = {
                "load_seconds": cost.load,
                "seconds": cost.seconds,
                "words": cost.words,
                "words_per_second": cost.words_per_second,
                "peak_megabytes": cost.memory,
                "failed": len(cost.failed),
            }
        result_json(data)
    else:
        rows = []
        for system, cost in zip(scores.systems, costs, strict=True):
            bounds = ((system.interval.get("spans") or {}).get("strict") or {}).get("micro", {}).get("f1")
            speed = "-" if cost.words_per_second is None else f"{cost.words_per_second:.0f}"
            rows.append(
                (
                    system.name,
                    cell(system.spans["strict"]["micro"]["f1"]),
                    "-" if bounds is None else f"{bounds[0]:.3f}-{bounds[1]:.3f}",
                    *(cell(figures["value_f1"]) for figures in system.values.values()),
                    f"{cost.seconds:.2f}",
                    speed,
                    f"{cost.load:.1f}",
                    "-" if cost.memory is None else f"{cost.memory:.0f}",
                )
            )
        values = [f"{name} values" for name in scores.systems[0].values]
        table(rows, ("extractor", "strict F1", "95 %", *values, "seconds", "words/s", "load s", "peak MB"))
        for line in scores.notes:
            note(f"note: {line}")
    if failed := sum(len(cost.failed) for cost in costs):
        note(f"counted as empty, as an extractor failed on them: {counted(failed, 'document')} (each is named above)")
        raise typer.Exit(1)


def _page(found: Bench, scheme: Scheme) -> Page:
    from ..eval.report import score_page

    costs = {
        system.name: {
            "seconds": f"{cost.seconds:.2f}",
            "words/s": "-" if cost.words_per_second is None else f"{cost.words_per_second:.0f}",
            "load s": f"{cost.load:.1f}",
            "peak MB": "-" if cost.memory is None else f"{cost.memory:.0f}",
        }
        for system, cost in zip(found.scores.systems, found.costs, strict=True)
    }
    speeds = {s.name: c.words_per_second for s, c in zip(found.scores.systems, found.costs, strict=True)}
    return score_page(found.scores, found.gold, found.answers, scheme, costs=costs, speeds=speeds)
