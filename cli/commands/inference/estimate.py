"""`goldspan estimate`: a quantity over a corpus from gold for a sample of it and predictions for all of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ....schema.errors import UsageError
from ....schema.extras import require_extras
from ...console import note, progress_bar, result, result_json, table
from ...option_effects import Rule, effects, needs, yields
from ...options import Json, SchemeFile

if TYPE_CHECKING:
    from ....eval.estimation.estimates import Estimates
    from ....eval.estimation.regressions import Regression


def _plot_file(path: Path | None) -> Path | None:
    if path is not None:
        require_extras("--plot", "report")
    return path


@effects(
    Rule("methods", lambda call: "with --json" if call["json"] else ""),
    needs("against", "by"),
    yields("by", "on"),
    needs("reference", "on"),
    needs("logit", "on"),
)
def estimate(
    quantity: Annotated[
        str,
        typer.Argument(
            metavar="QUANTITY",
            help="documents(ACTOR.id=hamas), spans(LOCATION), or sum(COUNT.min, unit=killed): a mean per document.",
        ),
    ],
    gold: Annotated[str, typer.Option("--gold", metavar="FILE", help="The sample that people annotated.")],
    predictions: Annotated[
        str, typer.Option("--predictions", metavar="FILE", help="The whole corpus with what a system found.")
    ],
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="FIELD", help="Estimate for each group too: meta.publisher, month, extra.KEY."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="GROUP", help="With --by: estimate the differences from this group too."),
    ] = None,
    on: Annotated[
        list[str] | None,
        typer.Option(
            "--on",
            metavar="FIELD",
            help="Regress the quantity on this field instead: meta.publisher, meta.published, extra.KEY; repeatable.",
        ),
    ] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(
            "--reference",
            metavar="FIELD=LEVEL",
            help="The level of a categorical field that others are compared with; the most frequent by default.",
        ),
    ] = None,
    logit: Annotated[
        bool, typer.Option("--logit", help="With --on: a logistic regression, of documents(...) only.")
    ] = False,
    weights: Annotated[
        str | None,
        typer.Option(
            "--weights",
            metavar="FIELD",
            help="A field of the gold with 1 / probability of each document, such as extra.weight.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the estimates as CSV too.")] = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE", callback=_plot_file, help="Draw them too: .png, .svg or .pdf."),
    ] = None,
    methods: Annotated[
        bool, typer.Option("--methods", help="Print a paragraph for the methods section of a paper too.")
    ] = False,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Estimate how often something is in a corpus that no one can read whole.

    Three figures stand side by side: by the predictions alone, which are wrong by as much as the system is; by the gold
    alone, whose interval is wide; and the predictions corrected by the gold. The gold must be a random sample of the
    corpus, as `goldspan corpus sample` draws it.
    """
    from ....schema import load_scheme
    from ....workflows.inference.estimate_tables import check_outputs, write_estimates, write_plot
    from ....workflows.inference.estimation import estimate_files

    check_outputs(out, plot)
    references = _references(reference or [])
    with progress_bar() as progress:
        found = estimate_files(
            quantity,
            gold,
            predictions,
            load_scheme(scheme),
            by=by,
            against=against,
            on=on or [],
            references=references,
            logit=logit,
            weights=weights,
            progress=progress,
        )
    if out is not None:
        write_estimates(out, found)
    _show(found, methods=methods, json=json)
    if plot is not None:
        write_plot(plot, found)


def _show(found: Estimates | Regression, *, methods: bool, json: bool) -> None:
    if json:
        result_json(found.to_dict())
        return
    result(f"{found.headline}\n")
    for number, (header, rows) in enumerate(found.tables):
        if number:
            result()
        table(rows, header)
    if methods:
        result(f"\n{found.methods}")
    for line in found.notes:
        note(f"note: {line}")


def _references(pairs: list[str]) -> dict[str, str]:
    references = {}
    for pair in pairs:
        field, equals, level = pair.partition("=")
        if not equals or not field or not level or field in references:
            raise UsageError(f"--reference {pair}: not a field with its level, once. Fix: meta.publisher=AFP")
        references[field] = level
    return references
