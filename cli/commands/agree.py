"""`goldspan agree`: agreement of passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ...schema.extras import require_extras
from .. import hints
from ..agreement_tables import show_agreement
from ..console import check_page, note, result_json, write_page
from ..option_effects import Rule, effects, needs
from ..options import OF_REPORT, Day, Html, Json, Names, SchemeFile, Title, report_heading, resampled
from ..pseudonym_notes import note_pseudonyms

if TYPE_CHECKING:
    from ...schema import Document


@effects(
    Rule("seed", lambda call: "" if call["resamples"] or call["gamma"] else "with --resamples 0"),
    resampled("intervals"),
    needs("epsilon", "model"),
    *OF_REPORT,
)
def agree(
    passes: Annotated[
        list[str], typer.Argument(metavar="PASS...", help="Records files, a layer each over one corpus.")
    ],
    resamples: Annotated[int, typer.Option(min=0, help="Bootstrap resamples for intervals; 0 for none.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap and of the samples of --gamma.")] = 0,
    intervals: Annotated[
        bool, typer.Option("--intervals", help="Show intervals for fewer than 10 documents too, with a caveat.")
    ] = False,
    gamma: Annotated[bool, typer.Option("--gamma", help="Show gamma too, which takes longer than all else.")] = False,
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="FILE", help="A model's pass: test whether it may stand in for a reader."),
    ] = None,
    epsilon: Annotated[
        float,
        typer.Option(
            "--epsilon",
            help="By how much the model may be worse, 0 to below 1: 0.2 for experts, 0.15 if skilled, 0.1 for crowds.",
        ),
    ] = 0.2,
    html: Html = None,
    title: Title = None,
    day: Day = None,
    names: Names = False,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Measure the agreement between two or more passes.

    Each pair is compared over the documents that both cover. Annotators have pseudonyms, which `goldspan corpus names`
    looks up. Ends with status 1 if no two share any document. --model takes a pass that no other figure includes, and
    makes the alternative annotator test with it.
    """
    from ...corpus.adjudication.passes import read_passes
    from ...eval.pass_agreement import agreement_of
    from ...eval.replacement.model_replacement import check_replacement
    from ...schema import load_scheme
    from ...workflows.privacy.published_names import publish_passes
    from ...workflows.privacy.working_times import agreement_without_times

    check_page(html)
    if gamma:
        require_extras("--gamma", "gamma")
    if model is not None:
        check_replacement(len(passes), epsilon)
    loaded = load_scheme(scheme)
    files = [*passes, *([] if model is None else [model])]
    layers: Mapping[str, Sequence[Document]] = read_passes(files, loaded)
    if not names:
        layers, published = publish_passes(layers, places=files)
        note_pseudonyms(published)
    *readers, last = layers
    of_model = None if model is None else (last, layers[last])
    if model is not None:
        layers = {name: layers[name] for name in readers}
    agreement = agreement_of(
        layers,
        loaded,
        resamples=resamples,
        seed=seed,
        intervals=intervals,
        gamma=gamma,
        model=of_model,
        epsilon=epsilon,
    )
    if not names:
        agreement = agreement_without_times(agreement, layers)
    if html is not None:
        from ...eval.report import agreement_page

        write_page(html, agreement_page(agreement, layers, loaded, **report_heading(title, day)))
    if json:
        result_json(agreement.to_dict())
        return
    show_agreement(agreement)
    for line in agreement.notes:
        note(f"note: {line}")
    hints.after_agree(passes, scheme=scheme)
