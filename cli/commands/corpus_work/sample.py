"""`goldspan corpus sample`: draw a random sample, which says of itself how it was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ....schema.errors import pluralize
from ...console import ProblemCollector, note, one_line, progress_bar, result_json
from ...option_effects import effects, either, needs
from ...options import JSON_BESIDE_RECORDS, Json, Lenient, RecordsFile, SchemeFile, comma_separated

if TYPE_CHECKING:
    from ....corpus.queries.sampling import DrawnSample, DrawnStratum

_FEW = 10
"""Number of strata that a message names."""


@effects(*either("share", "size"), needs("allocation", "by"), JSON_BESIDE_RECORDS)
def sample(
    file: RecordsFile,
    out: Annotated[str, typer.Option("--out", help="Records to write: .jsonl or .parquet; - is standard output.")],
    size: Annotated[int | None, typer.Option("--n", min=1, metavar="N", help="Number of documents to draw.")] = None,
    share: Annotated[
        float | None, typer.Option("--share", metavar="X", help="Share of the documents to draw, such as 0.1.")
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="FIELD[,FIELD]",
            help="Draw from each stratum: the groups of meta.publisher, month, year, zone or extra.KEY.",
        ),
    ] = "",
    allocation: Annotated[
        str,
        typer.Option(
            "--allocation",
            metavar="RULE",
            help="Divide the sample among strata: proportional, equal, or by the sum of a field, such as length.",
        ),
    ] = "proportional",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draw.")] = 0,
    lenient: Lenient = False,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Draw a random sample without replacement, simple or stratified.

    A document is drawn by a hash of its id and the seed, whatever the order of records and the files they are in; a
    larger sample with the same seed has the documents of the smaller one. Each record says how it was drawn, under
    extra.sample.
    """
    from ....corpus.queries.sampling import SampleDesign
    from ....schema import load_scheme
    from ....workflows.corpus_work.corpus_sample import sample_corpus

    fields = tuple(comma_separated("--by", by)) if by else ()
    design = SampleDesign(size=size, share=share, by=fields, allocation=allocation, seed=seed)
    problems = ProblemCollector(lenient=lenient)
    with progress_bar() as progress:
        drawn = sample_corpus(
            file,
            out,
            load_scheme(scheme),
            design,
            lenient=problems if lenient else None,
            note=note,
            progress=progress,
        )
    if json:
        result_json(
            {
                "documents": drawn.population,
                "population_sha256": drawn.population_sha256,
                "sample": drawn.size,
                "seed": seed,
                "by": list(fields),
                "allocation": allocation if fields else None,
                "strata": [
                    {
                        "stratum": dict(zip(fields, stratum.group, strict=True)),
                        "documents": stratum.population,
                        "sample": stratum.size,
                        "probability": stratum.probability,
                    }
                    for stratum in drawn.strata
                ],
            }
        )
    else:
        strata = f", in {len(drawn.strata):,} strata" if fields else ""
        note(f"{drawn.size:,} of {pluralize(drawn.population, 'document')} drawn{strata} -> {out}")
    _remark(drawn)
    raise typer.Exit(problems.status())


def _names(strata: Sequence[DrawnStratum]) -> str:
    more = f" and {len(strata) - _FEW:,} more" if len(strata) > _FEW else ""
    return ", ".join(one_line(" ".join(stratum.group)) for stratum in strata[:_FEW]) + more


def _remark(drawn: DrawnSample) -> None:
    """Tell what whoever weighs the sample should know."""
    from ....corpus.queries.sampling import short_strata

    if drawn.design.by and (short := short_strata(drawn.strata)):
        what = f"one document only of {_names(short)}, which shows no variance"
        note(f"note: {what}. Fix: a larger sample, or fewer strata")
    if drawn.design.allocation != "proportional":
        whole = [stratum for stratum in drawn.strata if stratum.size == stratum.population]
        if whole and drawn.size < drawn.population:
            note(f"note: all documents taken of {_names(whole)}, which are too few for more")
    if drawn.sampled_before:
        note(f"note: {pluralize(drawn.sampled_before, 'document')} of a sample already: probabilities are multiplied")
    if drawn.unknown_before:
        note(
            f"note: {pluralize(drawn.unknown_before, 'document')} of samples that were filtered by what was found in "
            "their documents, or put together with others of their population: their probabilities are unknown"
        )
