"""`goldspan corpus merge`: put corpora together."""

from __future__ import annotations

from typing import Annotated

import typer

from ....schema.errors import pluralize
from ...console import ProblemCollector, note
from ...options import Lenient, SchemeFile


def merge(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Records: files, folders of shards, patterns or addresses.")
    ],
    out: Annotated[str, typer.Option("--out", help="Records to write: .jsonl or .parquet; - is standard output.")],
    on_duplicate: Annotated[
        str,
        typer.Option(
            "--on-duplicate",
            metavar="RULE",
            help="A second document of an id: refuse it, keep one if they are the same, or keep the first.",
        ),
    ] = "refuse",
    lenient: Lenient = False,
    scheme: SchemeFile = None,
) -> None:
    """Put corpora together in one file, in the order given; each id occurs once.

    Layers of the same documents are not merged: `goldspan adjudicate` makes one of them.
    """
    from ....schema import load_scheme
    from ....workflows.conversion.sharding import merge_corpora

    problems = ProblemCollector(lenient=lenient)
    merged = merge_corpora(
        files, out, load_scheme(scheme), on_duplicate=on_duplicate, lenient=problems if lenient else None, note=note
    )
    repeated = f" ({pluralize(merged.left_out, 'repeated document')} left out)" if merged.left_out else ""
    note(f"{pluralize(merged.documents, 'document')}{repeated} -> {out}")
    if merged.united:
        note(
            f"note: {pluralize(merged.united, 'document')} of several samples of one population: their probabilities "
            "are unknown now, and their records say so"
        )
    elif merged.samples > 1 or (merged.samples and merged.not_sampled):
        apart = f"{merged.samples} samples" if merged.samples > 1 else "a sample"
        rest = f" and {pluralize(merged.not_sampled, 'document')} of none" if merged.not_sampled else ""
        note(f"note: documents of {apart}{rest}: probabilities hold if no population has a document of another")
    raise typer.Exit(problems.status())
