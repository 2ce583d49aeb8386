"""`goldspan probe`: whether an extractor follows its codebook and its texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ....schema.errors import pluralize
from ... import completion
from ...console import cell, error, note, progress_bar, result, result_json, table
from ...option_effects import effects
from ...options import Json, RecordsFile, SchemeFile

if TYPE_CHECKING:
    from ....eval.probing.followed_spans import FollowedRate
    from ....eval.probing.probe_report import ProbeFigures, ProbeReport

_HEADER = ("probe", "spans", "follow", "95 %", "as before", "values", "follow", "95 %", "as before", "others", "F1")
_GOLD = ("gold F1", "after")


@effects()
def probe(
    extractor: Annotated[
        str,
        typer.Argument(
            metavar="EXTRACTOR",
            help="As `goldspan extractors` lists them: llm:MODEL,url=URL,values=true.",
            autocompletion=completion.complete_extractors,
        ),
    ],
    records: RecordsFile,
    probes: Annotated[
        list[str] | None,
        typer.Option(
            "--probe",
            metavar="NAME",
            help="Only this one, besides the control: rename, swap, shuffle, exclude, reverse, numbers or names; "
            "repeat.",
            autocompletion=completion.complete_probes,
        ),
    ] = None,
    size: Annotated[
        int | None, typer.Option("--n", min=1, metavar="N", help="Only N documents, drawn at random.")
    ] = None,
    resamples: Annotated[int, typer.Option(min=0, help="Bootstrap resamples for intervals; 0 for none.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of what is drawn: documents, changes, resamples.")] = 0,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE", help="Write the changed texts, answers and expectations to a .jsonl."),
    ] = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Find out whether a model follows the codebook, or goes by what it knows.

    The extractor is asked about the same texts under changed codebooks (labels renamed, names exchanged, another order,
    a name excluded, a rule reversed) and about changed texts (other numbers, other names). Reported is how often its
    spans and values change as they should, beside how often they stay as before.
    """
    from ....annotate.adapters.services.service_usage import tally_lines
    from ....schema import load_scheme
    from ....workflows.probing.answer_file import check_answer_file, write_answers
    from ....workflows.probing.run_probes import probe_extractor

    if out is not None:
        check_answer_file(out, records)
    loaded = load_scheme(scheme)
    with progress_bar() as progress:
        report = probe_extractor(
            extractor,
            records,
            loaded,
            probes=probes or (),
            size=size,
            resamples=resamples,
            seed=seed,
            progress=progress,
        )
    for name, problem in report.problems:
        error(f"{name or 'unchanged'}: {problem.with_location(records)}")
    if out is not None:
        note(f"{pluralize(write_answers(out, report), 'answer')} in {out}")
    for line in tally_lines(report.used):
        note(line)
    if json:
        result_json(report.to_dict())
    else:
        _show(report)
    if report.problems:
        note(f"{pluralize(len(report.problems), 'answer')} failed (see above); these documents count in no such probe")
        raise typer.Exit(1)


def _show(report: ProbeReport) -> None:
    has_gold = any(each.gold_before is not None for each in report.probes)
    rows = [
        (*_row(each), *((cell(each.gold_before), cell(each.gold_after)) if has_gold else ())) for each in report.probes
    ]
    table(rows, _HEADER + (_GOLD if has_gold else ()))
    result("")
    for each in report.probes:
        result(f"{each.name}: {each.verdict.sentence}")
        if each.detail:
            result(f"  {each.detail}")
    for line in report.notes:
        note(f"note: {line}")


def _row(figures: ProbeFigures) -> tuple[str, ...]:
    rates = figures.rates
    return (
        figures.name,
        *_rate_cells(rates.spans),
        cell(rates.spans_as_before.value),
        *_rate_cells(rates.values),
        cell(rates.values_as_before.value),
        cell(rates.others.value),
        cell(figures.agreement),
    )


def _rate_cells(rate: FollowedRate) -> tuple[str, str, str]:
    interval = "-" if rate.interval is None else str(rate.interval)
    return f"{rate.of:,}", cell(rate.value), interval
