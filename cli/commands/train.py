"""`goldspan train`: train a spaCy pipeline on gold."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...schema.errors import pluralize
from .. import hints
from ..console import cell, note, progress_bar, result, result_json, table
from ..options import Json, Language, RecordsFile, SchemeFile

if TYPE_CHECKING:
    from ...schema import Document


def train(
    gold: RecordsFile,
    out: Annotated[Path, typer.Option("--out", help="Folder for the pipeline; it must not exist yet.")],
    folds: Annotated[int, typer.Option(min=0, help="Also cross-validate with this number of folds; 0 for none.")] = 0,
    seed: Annotated[int, typer.Option(help="Seed of weights, dropout and order.")] = 0,
    epochs: Annotated[int, typer.Option(min=1, help="Number of epochs.")] = 40,
    language: Language = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Train a spaCy pipeline on gold, for use as `--extractor spacy:DIR`.

    With --folds, each document is also predicted by a pipeline that was not trained on it, and scored beside the rules
    if these support the scheme and the language.
    """
    from ...annotate.training import save_pipeline
    from ...annotate.training import train as run
    from ...corpus.adjudication.drafts import read_gold
    from ...corpus.ingest.document_language import fill_language
    from ...schema import NEUTRAL, UsageError, load_scheme
    from ...workflows.cross_validation import cross_validate

    if out.exists():
        raise UsageError(f"{out} exists already. Fix: another folder, or remove it")
    loaded = load_scheme(scheme)
    documents = list(fill_language(read_gold(gold, loaded), language))
    epochs_done = itertools.count(1)
    scores = None
    with progress_bar() as progress:
        if folds:
            scores = cross_validate(documents, loaded, folds, seed=seed, epochs=epochs, progress=progress)
        trained = run(
            documents,
            loaded,
            seed=seed,
            epochs=epochs,
            tick=lambda: progress("training on all documents", next(epochs_done), epochs),
        )
    save_pipeline(trained.pipeline, out)
    [component] = trained.pipeline.pipe_names
    code = None if trained.pipeline.lang == NEUTRAL else trained.pipeline.lang
    if json:
        data = {"path": str(out), "component": component, "examples": trained.examples, "spans": trained.spans}
        data |= {"unaligned": trained.unaligned, "version": trained.pipeline.meta["version"], "language": code}
        result_json({**data, "scores": scores.to_dict() if scores is not None else None})
        return
    result(f"{component} of {pluralize(len(documents), 'document')}, {pluralize(trained.spans, 'span')} -> {out}")
    if code is None:
        note(f"note: the pipeline is language-independent (xx): {_why_no_language(documents)}")
    if trained.unaligned:
        note(f"note: {pluralize(trained.unaligned, 'span')} not learned, because they begin or end inside a token")
    if scores is not None:
        rows = []
        for system in scores.systems:
            strict = system.spans.strict
            rows.append(
                (
                    system.name,
                    cell(strict.f1),
                    system.intervals.spans.strict.f1 or "-",
                    *(cell(strict.labels[name].f1) for name in loaded.labels),
                )
            )
        table(rows, (f"{folds}-fold cross-validation", "strict F1", "95 %", *loaded.labels))
        for line in scores.notes:
            note(f"note: {line}")
    hints.after_train(gold, out, scheme=scheme)


def _why_no_language(documents: list[Document]) -> str:
    tags = sorted({tag for document in documents if (tag := document.meta.language)})
    if unstated := sum(document.meta.language is None for document in documents):
        return f"{pluralize(unstated, 'document')} without a language. Fix: --language TAG"
    return f"documents in {', '.join(tags)}" if len(tags) > 1 else f"spaCy does not support {tags[0]}"
