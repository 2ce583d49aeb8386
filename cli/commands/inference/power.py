"""`goldspan power`: from a pilot, how many documents a wanted interval or test needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ....schema.errors import UsageError, pluralize
from ....schema.extras import require_extras
from ...console import note, progress_bar, result, result_json, table
from ...option_effects import CheckedGroup
from ...options import Json, Names, SchemeFile, comma_separated
from ...pseudonym_notes import note_pseudonyms

if TYPE_CHECKING:
    from ....eval.power.planned_estimates import ReadingSplit
    from ....eval.power.power_plan import PilotFigure, PowerPlan
    from ....schema import Document

app = CheckedGroup(help="Plan how many documents a wanted interval or test needs, from a pilot.", no_args_is_help=True)


def _picture_file(path: Path | None) -> Path | None:
    if path is not None:
        require_extras("--plot", "report")
    return path


Width = Annotated[
    float | None, typer.Option("--width", metavar="X", help="The wanted width of the 95 % interval, from end to end.")
]
Assurance = Annotated[
    float,
    typer.Option("--assurance", metavar="SHARE", help="Share of follow-ups that are to be at least as narrow."),
]
Plot = Annotated[
    Path | None,
    typer.Option("--plot", metavar="FILE", callback=_picture_file, help="Draw the curve too: .png, .svg or .pdf."),
]
ScoreFile = Annotated[str, typer.Argument(metavar="SCORES", help="Scores that `goldspan score --out` wrote.")]
Measure = Annotated[
    str, typer.Option("--measure", metavar="MEASURE", help="The metric, such as spans.strict.micro.f1.")
]
_F1 = "spans.strict.micro.f1"


@app.command()
def score(
    scores: ScoreFile,
    measure: Measure = _F1,
    system: Annotated[str | None, typer.Option("--system", metavar="NAME", help="Which of several systems.")] = None,
    width: Width = None,
    assurance: Assurance = 0.95,
    plot: Plot = None,
    json: Json = False,
) -> None:
    """Plan the gold that gives a score an interval of a wanted width.

    Without --width, shows the widths of some sizes.
    """
    from ....eval.power.planned_scores import plan_metric
    from ....eval.score_files.score_reader import load_scores

    _check(width, "width", assurance, plot)
    _answer(plan_metric(load_scores(scores), measure, system), width, assurance, plot, json=json)


@app.command()
def compare(
    scores: ScoreFile,
    measure: Measure = _F1,
    systems: Annotated[
        str | None, typer.Option("--systems", metavar="A,B", help="Which two of several systems.")
    ] = None,
    difference: Annotated[
        float | None, typer.Option("--difference", metavar="X", help="The difference that a test is to find.")
    ] = None,
    assurance: Assurance = 0.95,
    plot: Plot = None,
    json: Json = False,
) -> None:
    """Plan the gold that tells two systems apart at a wanted difference.

    A test at the 5 % level then finds a true difference of this size in 80 % of cases. Without --difference, shows what
    some sizes find.
    """
    from ....eval.power.planned_scores import plan_difference
    from ....eval.score_files.score_reader import load_scores

    _check(difference, "difference", assurance, plot)
    names = None if systems is None else comma_separated("--systems", systems)
    if names is not None and len(names) != 2:
        raise UsageError(f"--systems {systems}: not two systems. Fix: two names, as in --systems rules,spacy")
    both = None if names is None else (names[0], names[1])
    _answer(plan_difference(load_scores(scores), measure, both), difference, assurance, plot, json=json)


@app.command()
def agree(
    passes: Annotated[
        list[str], typer.Argument(metavar="PASS...", help="Records files, a layer each over one corpus.")
    ],
    figure: Annotated[
        str, typer.Option("--figure", metavar="FIGURE", help="The figure of `goldspan agree --json`, such as alpha_u.")
    ] = "alpha_u",
    width: Width = None,
    assurance: Assurance = 0.95,
    resamples: Annotated[int, typer.Option(min=1, help="Bootstrap resamples that `agree` will take.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 0,
    plot: Plot = None,
    names: Names = False,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Plan the documents that give agreement an interval of a wanted width.

    Each further document is read by as many as those of the pilot. Without --width, shows the widths of some sizes.
    """
    from ....corpus.adjudication.passes import read_passes
    from ....eval.power.planned_agreement import check_figure, plan_agreement
    from ....schema import load_scheme
    from ....workflows.privacy.published_names import publish_passes

    _check(width, "width", assurance, plot)
    check_figure(figure)
    loaded = load_scheme(scheme)
    layers: Mapping[str, Sequence[Document]] = read_passes(passes, loaded)
    if not names:
        layers, published = publish_passes(layers, places=passes)
        note_pseudonyms(published)
    pilot = plan_agreement(layers, loaded, figure, resamples=resamples, seed=seed)
    _answer(pilot, width, assurance, plot, json=json)


@app.command()
def estimate(
    quantity: Annotated[
        str,
        typer.Argument(
            metavar="QUANTITY", help="documents(ACTOR.id=hamas), spans(LOCATION), or sum(COUNT.min, unit=killed)."
        ),
    ],
    gold: Annotated[str, typer.Option("--gold", metavar="FILE", help="The sample that people annotated so far.")],
    predictions: Annotated[
        str, typer.Option("--predictions", metavar="FILE", help="The whole corpus with what a system found.")
    ],
    weights: Annotated[
        str | None,
        typer.Option("--weights", metavar="FIELD", help="A field of the gold with 1 / probability of each document."),
    ] = None,
    width: Width = None,
    assurance: Assurance = 0.95,
    plot: Plot = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Plan the gold that gives an estimate over a corpus an interval of a wanted width.

    Further gold is drawn as the pilot was. Without --width, shows the widths of some sizes.
    """
    from ....schema import load_scheme
    from ....workflows.inference.power_files import pilot_of_estimate

    _check(width, "width", assurance, plot)
    with progress_bar() as progress:
        pilot = pilot_of_estimate(quantity, gold, predictions, load_scheme(scheme), weights=weights, progress=progress)
    _answer(pilot, width, assurance, plot, json=json)


@app.command()
def split(
    quantity: Annotated[str, typer.Argument(metavar="QUANTITY", help="What is estimated, as for `power estimate`.")],
    gold: Annotated[str, typer.Option("--gold", metavar="FILE", help="Gold of a pilot.")],
    first: Annotated[str, typer.Option("--first", metavar="FILE", help="A first reading of the pilot, by one reader.")],
    readings: Annotated[
        int, typer.Option("--readings", metavar="N", min=1, help="Readings to spend, the pilot's included.")
    ],
    cost: Annotated[
        float,
        typer.Option(
            "--cost", metavar="X", help="What gold costs beyond the first reading of a document, in readings."
        ),
    ] = 1.0,
    assurance: Assurance = 0.95,
    plot: Plot = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Split readings between double reading and more documents, so that the interval is narrowest.

    Every document is read once, and some get gold by a second reading. The gold corrects the first readings, as
    `goldspan estimate` corrects predictions.
    """
    from ....schema import load_scheme
    from ....workflows.inference.power_files import split_of_readings

    _check(None, "width", assurance, plot)
    loaded = load_scheme(scheme)
    found = split_of_readings(quantity, gold, first, loaded, readings=readings, cost=cost, assurance=assurance)
    best, _, narrowest = found.best
    if json:
        result_json(found.to_dict())
    else:
        _show_split(found)
    for line in found.notes if not json else ():
        note(f"note: {line}")
    if plot is not None:
        from ....workflows.inference.power_plot import write_curve

        curve = [(count, width) for count, _, width in found.curve]
        write_curve(plot, curve, across="documents with gold", up="interval width", marked=(best, narrowest))


def _check(wanted: float | None, name: str, assurance: float, plot: Path | None) -> None:
    """Check what is asked for, before anything is read."""
    from ....eval.power.power_plan import check_wanted
    from ....workflows.inference.estimate_tables import check_outputs

    check_wanted(wanted, assurance, name)
    check_outputs(None, plot)


def _show_split(found: ReadingSplit) -> None:
    result(
        f"{found.quantity}: {found.readings:,} readings, of which a document takes 1 and its gold {found.cost:g} more\n"
    )
    rows = [
        (f"{gold:,}", f"{documents:,}", f"{width:.4g}", "best" if (gold, documents, width) == found.best else "")
        for gold, documents, width in found.shown
    ]
    table(rows, ("with gold", "documents", f"width at {found.assurance:.0%}", ""))


def _answer(pilot: PilotFigure, wanted: float | None, assurance: float, plot: Path | None, *, json: bool) -> None:
    """Plan, draw and show."""
    from ....eval.power.power_plan import plan_documents

    plan = plan_documents(pilot, wanted, assurance)
    _show_plan(plan, json=json)
    if plot is not None:
        from ....workflows.inference.power_plot import write_curve

        marked = None if plan.needed is None else (plan.needed, dict(plan.curve)[plan.needed])
        write_curve(plot, plan.curve, across="documents", up=pilot.kind, wanted=wanted, marked=marked)


def _show_plan(plan: PowerPlan, *, json: bool) -> None:
    if json:
        result_json(plan.to_dict())
        return
    pilot, wanted, assurance = plan.pilot, plan.wanted, plan.assurance
    size = pilot.spread.documents
    value = "-" if pilot.value is None else f"{pilot.value:.4g}"
    interval = "" if pilot.interval is None else f", 95 % from {pilot.interval.low:.4g} to {pilot.interval.high:.4g}"
    result(f"{pilot.target}: {value}{interval}; pilot: {pluralize(size, 'document')}\n")
    rows = [
        (f"{count:,}", f"{count - size:,}", f"{width:.4g}", "wanted" if count == plan.needed else "")
        for count, width in plan.curve
    ]
    table(rows, ("documents", "more", f"{pilot.kind} at {assurance:.0%}", ""))
    if plan.needed is not None and wanted is not None:
        result(_sentence(pilot.kind, wanted, plan.needed, plan.needed - size, assurance))
    for line in plan.notes:
        note(f"note: {line}")


def _sentence(kind: str, wanted: float, needed: int, more: int, assurance: float) -> str:
    if not more:
        return f"\nno more documents: the pilot's {kind} is at most {wanted:g} already"
    return (
        f"\n{pluralize(more, 'document')} more, {needed:,} in all: with {assurance:.0%} assurance, the {kind} is at "
        f"most {wanted:g}"
    )
