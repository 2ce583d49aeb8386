"""`goldspan train`: a spaCy pipeline from gold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...schema.errors import pluralize
from .. import hints
from ..console import cell, note, result, result_json, table
from ..options import Json, Language, RecordsFile, SchemeFile

if TYPE_CHECKING:
    from ...schema import Document


def train(
    gold: RecordsFile,
    out: Annotated[Path, typer.Option("--out", help="Folder for the pipeline; it must not be there yet.")],
    folds: Annotated[
        int, typer.Option(min=0, help="Also score on documents left out, in so many parts; 0 for no scores.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="Of weights, dropout and order.")] = 0,
    epochs: Annotated[int, typer.Option(min=1, help="How often each example is seen.")] = 40,
    language: Language = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Train a spaCy pipeline on gold, usable at once as `--extractor spacy:DIR`.

    With --folds, each document is also read by a pipeline that has not seen it, and scored beside the rules where they
    are for the scheme and the language.
    """
    from tqdm import tqdm

    from ...annotate.training import save_pipeline
    from ...annotate.training import train as run
    from ...corpus.adjudication.drafts import read_gold
    from ...corpus.ingest.document_language import fill_language
    from ...schema import NEUTRAL, UsageError, load_scheme
    from ...workflows.cross_validation import fold_scores

    if out.exists():
        raise UsageError(f"{out}: is there already. Fix: another folder, or remove it")
    loaded = load_scheme(scheme)
    documents = list(fill_language(read_gold(gold, loaded), language))
    total = epochs * (folds + 1)
    with tqdm(total=total, desc="training", unit="", delay=0.5, leave=False, disable=None) as bar:
        scores = None
        if folds:
            scores = fold_scores(documents, loaded, folds, seed=seed, epochs=epochs, tick=lambda: bar.update() and None)
        trained = run(documents, loaded, seed=seed, epochs=epochs, tick=lambda: bar.update() and None)
    save_pipeline(trained.pipeline, out)
    [component] = trained.pipeline.pipe_names
    code = None if trained.pipeline.lang == NEUTRAL else trained.pipeline.lang
    if json:
        made = {"path": str(out), "component": component, "examples": trained.examples, "spans": trained.spans}
        made |= {"unaligned": trained.unaligned, "version": trained.pipeline.meta["version"], "language": code}
        result_json({**made, "scores": scores.to_dict() if scores is not None else None})
        return
    result(f"{component} of {pluralize(len(documents), 'document')}, {pluralize(trained.spans, 'span')} -> {out}")
    if code is None:
        note(f"note: the pipeline is for no language in particular (xx): {_why_none(documents)}")
    if trained.unaligned:
        note(f"note: not learned, as they begin or end within a token: {pluralize(trained.unaligned, 'span')}")
    if scores is not None:
        rows = []
        for system in scores.systems:
            bounds = ((system.interval.get("spans") or {}).get("strict") or {}).get("micro", {}).get("f1")
            labels = system.spans["strict"]["labels"]
            rows.append(
                (
                    system.name,
                    cell(system.spans["strict"]["micro"]["f1"]),
                    "-" if bounds is None else f"{bounds[0]:.3f}-{bounds[1]:.3f}",
                    *(cell(labels[name]["f1"]) for name in loaded.labels),
                )
            )
        table(rows, (f"left out, {folds} parts", "strict F1", "95 %", *loaded.labels))
        for line in scores.notes:
            note(f"note: {line}")
    hints.after_train(gold, out, scheme=scheme)


def _why_none(documents: list[Document]) -> str:
    tags = sorted({tag for document in documents if (tag := document.meta.language)})
    if unstated := sum(document.meta.language is None for document in documents):
        return f"{pluralize(unstated, 'document')} without a stated language. Fix: --language TAG"
    return f"documents in {', '.join(tags)}" if len(tags) > 1 else f"spaCy has none for {tags[0]}"
