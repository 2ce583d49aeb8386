"""`goldspan corpus filter`: keep the documents that meet conditions."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ....schema.errors import pluralize
from ...console import ProblemCollector, note, progress_bar, result_json
from ...option_effects import effects
from ...options import JSON_BESIDE_RECORDS, Json, Lenient, RecordsFile, SchemeFile


@effects(JSON_BESIDE_RECORDS)
def filter_documents(
    file: RecordsFile,
    out: Annotated[str, typer.Option("--out", help="Records to write: .jsonl or .parquet; - is standard output.")],
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="CONDITION",
            help="meta.language=de, month>=2023-10, length<5000, text~Goma, ACTOR.kind=state, annotated, "
            "not LOCATION, …; repeat for documents that meet all.",
        ),
    ] = None,
    ids: Annotated[
        Path | None,
        typer.Option("--ids", metavar="FILE", help="Keep documents listed here: ids in lines, a column, or records."),
    ] = None,
    lenient: Lenient = False,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Keep the documents that meet all conditions, as they are and in their order.

    In a random sample, each record says by what it was filtered: it remains one within strata and other parts of the
    population, and no longer is one if documents are chosen by what was found in them. Other records say so if they
    were chosen by their spans.
    """
    from ....schema import load_scheme
    from ....workflows.corpus_work.corpus_filter import filter_corpus

    problems = ProblemCollector(lenient=lenient)
    with progress_bar() as progress:
        summary = filter_corpus(
            file,
            out,
            load_scheme(scheme),
            where=where or (),
            ids=None if ids is None else str(ids),
            lenient=problems if lenient else None,
            note=note,
            progress=progress,
        )
    if json:
        result_json(asdict(summary))
    else:
        note(f"{summary.kept:,} of {pluralize(summary.documents, 'document')} kept -> {out}")
        for condition, count in summary.dropped.items():
            note(f"dropped by {condition}: {count:,}")
    if summary.absent_ids:
        note(f"note: {pluralize(summary.absent_ids, 'id')} of {ids} not in the corpus")
    if summary.selected:
        note(
            "note: these documents are no longer a random sample, because they are chosen by what was found in them; "
            "their records say so"
        )
    raise typer.Exit(problems.status())
