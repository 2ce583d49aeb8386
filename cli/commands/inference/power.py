"""`goldspan power`: from a pilot, how many documents a wanted interval or test needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ....schema.errors import UsageError
from ...console import progress_bar
from ...option_effects import CheckedGroup
from ...options import Json, Names, SchemeFile, comma_separated
from ...pseudonym_notes import note_pseudonyms
from .power_options import STRICT_F1, Measure, Plot, show
from .power_reading import reading

if TYPE_CHECKING:
    from ....eval.power.power_plan import PilotFigure
    from ....schema import Document

app = CheckedGroup(help="Plan how many documents a wanted interval or test needs, from a pilot.", no_args_is_help=True)
app.command()(reading)


Width = Annotated[
    float | None, typer.Option("--width", metavar="X", help="The wanted width of the 95 % interval, from end to end.")
]
Assurance = Annotated[
    float,
    typer.Option("--assurance", metavar="SHARE", help="Share of follow-ups that are to be at least as narrow."),
]
ScoreFile = Annotated[str, typer.Argument(metavar="SCORES", help="Scores that `goldspan score --out` wrote.")]


@app.command()
def score(
    scores: ScoreFile,
    measure: Measure = STRICT_F1,
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
    measure: Measure = STRICT_F1,
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
    from ....corpus import read_records
    from ....eval.power.estimate_pilots import pilot_of_estimate
    from ....schema import load_scheme
    from ....schema.progress import report_each

    _check(width, "width", assurance, plot)
    loaded = load_scheme(scheme)
    with progress_bar() as progress:
        read = report_each(read_records(predictions, loaded), "reading", progress)
        pilot = pilot_of_estimate(quantity, read_records(gold, loaded), read, loaded, weights=weights)
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
    from ....corpus import read_records
    from ....eval.power.estimate_pilots import split_of_readings
    from ....schema import load_scheme

    _check(None, "width", assurance, plot)
    loaded = load_scheme(scheme)
    found = split_of_readings(
        quantity,
        read_records(gold, loaded),
        read_records(first, loaded),
        loaded,
        readings=readings,
        cost=cost,
        assurance=assurance,
    )
    best, _, narrowest = found.best
    show(found, json=json)
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


def _answer(pilot: PilotFigure, wanted: float | None, assurance: float, plot: Path | None, *, json: bool) -> None:
    """Plan, draw and show."""
    from ....eval.power.power_plan import plan_documents

    plan = plan_documents(pilot, wanted, assurance)
    show(plan, plan.answer, json=json)
    if plot is not None:
        from ....workflows.inference.power_plot import write_curve

        marked = None if plan.needed is None else (plan.needed, dict(plan.curve)[plan.needed])
        write_curve(plot, plan.curve, across="documents", up=pilot.kind, wanted=wanted, marked=marked)
