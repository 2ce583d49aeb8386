"""`goldspan power reading`: how a score rises with the documents that people read, in an order and at random."""

from __future__ import annotations

from typing import Annotated

import typer

from ... import completion
from ...console import progress_bar
from ...options import Json, SchemeFile
from .power_options import STRICT_F1, Measure, Plot, show


def reading(
    gold: Annotated[str, typer.Option("--gold", metavar="FILE", help="Gold, which people made of the documents.")],
    predictions: Annotated[
        str, typer.Option("--predictions", metavar="FILE", help="What `goldspan annotate --vote` or a system found.")
    ],
    measure: Measure = STRICT_F1,
    order: Annotated[
        str,
        typer.Option(
            "--order",
            metavar="ORDER",
            help="What is read first, as for `studio push`: contested, score, novelty or mix.",
            autocompletion=completion.complete_orders_of_a_layer,
        ),
    ] = "contested",
    random_share: Annotated[
        float,
        typer.Option("--random-share", metavar="FRACTION", help="Share of random documents within the order."),
    ] = 0.2,
    wanted: Annotated[float | None, typer.Option("--wanted", metavar="X", help="The metric that is wanted.")] = None,
    draws: Annotated[int, typer.Option("--draws", metavar="N", help="Random orders to compare with.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random orders.")] = 0,
    plot: Plot = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Show how a score rises with the documents that people read, contested ones first or in a random order.

    The documents that are read count as the gold has them, and the others as predicted. --wanted says after how many
    documents a metric is reached.
    """
    from ....corpus import read_records
    from ....eval.power.reading_curve import check_reading, reading_curve
    from ....schema import load_scheme
    from ....schema.progress import report_each
    from ....workflows.inference.estimate_tables import check_outputs

    check_reading(measure, order, wanted, draws, seed)
    check_outputs(None, plot)
    loaded = load_scheme(scheme)
    with progress_bar() as progress:
        found = reading_curve(
            read_records(gold, loaded),
            report_each(read_records(predictions, loaded), "reading", progress),
            loaded,
            measure=measure,
            order=order,
            random_share=random_share,
            wanted=wanted,
            draws=draws,
            seed=seed,
        )
    show(found, found.answer, json=json)
    if plot is not None:
        from ....workflows.inference.power_plot import write_reading

        write_reading(plot, found)
