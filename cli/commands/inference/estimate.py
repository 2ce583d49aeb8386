"""`goldspan estimate`: a quantity over a corpus from gold for a sample of it and predictions for all of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ....schema.extras import require_extras
from ...console import note, progress_bar, result, result_json, table
from ...option_effects import Rule, effects
from ...options import Json, SchemeFile

if TYPE_CHECKING:
    from ....eval.estimation.corrected_mean import EstimatedMean
    from ....eval.estimation.estimates import Estimates

_HEADER = ("group", "documents", "gold", "predictions", "by gold", "95 %", "corrected", "95 %")


def _plot_file(path: Path | None) -> Path | None:
    if path is not None:
        require_extras("--plot", "report")
    return path


@effects(Rule("methods", lambda call: "with --json" if call["json"] else ""))
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
    with progress_bar() as progress:
        found = estimate_files(
            quantity, gold, predictions, load_scheme(scheme), by=by, weights=weights, progress=progress
        )
    if out is not None:
        write_estimates(out, found)
    if plot is not None:
        write_plot(plot, found)
    if json:
        result_json(found.to_dict())
        return
    _show(found)
    if methods:
        result(f"\n{found.methods}")
    for line in found.notes:
        note(f"note: {line}")


def _show(found: Estimates) -> None:
    result(f"{found.quantity.text}: {found.quantity.meaning}; sample: {found.design}\n")
    rows = [
        (
            "all" if group.group is None else group.group,
            f"{group.documents:,}",
            f"{group.gold_documents:,}",
            f"{group.predictions:.4g}",
            *_cells(group.gold),
            *_cells(group.corrected),
        )
        for group in found.groups
    ]
    table(rows, _HEADER)


def _cells(mean: EstimatedMean | None) -> tuple[str, str]:
    if mean is None:
        return "-", "-"
    if mean.interval is None:
        return f"{mean.value:.4g}", "-"
    low, high = mean.interval
    return f"{mean.value:.4g}", f"{low:.4g} to {high:.4g}"
