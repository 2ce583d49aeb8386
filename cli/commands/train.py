"""`goldspan train`: train a spaCy pipeline on gold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...schema.errors import pluralize
from .. import hints
from ..console import cell, note, progress_bar, result, result_json, table
from ..option_effects import effects, yields
from ..options import Json, Language, RecordsFile, SchemeFile, language_tag

if TYPE_CHECKING:
    from ...schema import Document


@effects(yields("mixed", "only"))
def train(
    gold: RecordsFile,
    out: Annotated[Path, typer.Option("--out", help="Folder for the pipeline; it must not exist yet.")],
    folds: Annotated[int, typer.Option(min=0, help="Also cross-validate with this number of folds; 0 for none.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of weights, dropout and order.")] = 0,
    epochs: Annotated[int, typer.Option(min=1, help="Number of epochs.")] = 40,
    language: Language = None,
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            metavar="TAG",
            callback=language_tag,
            help="Of documents in several languages, train on those in this one; de stands for de-AT too.",
        ),
    ] = None,
    mixed: Annotated[
        bool, typer.Option("--mixed", help="Train one pipeline on documents in several languages.")
    ] = False,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Train a spaCy pipeline on gold, for use as `--extractor spacy:DIR`.

    With --folds, each document is also predicted by a pipeline that was not trained on it, and scored beside the rules
    if these support the scheme and the language.
    """
    from ...schema import load_scheme
    from ...workflows.pipeline_training import train_pipeline

    loaded = load_scheme(scheme)
    with progress_bar() as progress:
        summary = train_pipeline(
            gold,
            out,
            loaded,
            folds=folds,
            seed=seed,
            epochs=epochs,
            language=language,
            only=only,
            mixed=mixed,
            progress=progress,
        )
    if json:
        result_json(summary.to_dict())
        return
    documents, trained, scores = summary.documents, summary.trained, summary.scores
    spans = pluralize(trained.spans, "span")
    result(f"{summary.component} of {pluralize(len(documents), 'document')}, {spans} -> {out}")
    if summary.left_out:
        note(f"note: {pluralize(summary.left_out, 'document')} not in {only} left out")
    elif only is not None:
        note(f"note: --only {only}: every document is in this language")
    if mixed and len({document.meta.language for document in documents}) < 2:
        note("note: --mixed: no document is in another language")
    if summary.language is None:
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
    if len(tags) > 1:
        return f"documents in {', '.join(tags)}"
    from ...corpus.spans.tokenisation import missing_tokenizer_packages, splits_characters

    packages = missing_tokenizer_packages(tags[0])
    why = f"spaCy has no tokeniser for {tags[0]}" + (" without other packages" if packages else "")
    if splits_characters(tags[0]):
        why += "; its tokens are characters, because nothing separates words"
    return f"{why}. Fix: to train on words, pip install {packages}" if packages else why
