"""Train a spaCy pipeline on a gold in a file, and cross-validate it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..annotate.training import TrainedPipeline, check_training, save_pipeline, train
from ..annotate.training_languages import choose_language
from ..corpus.adjudication.drafts import read_gold
from ..corpus.ingest.document_language import fill_language
from ..eval import Scores
from ..schema import NEUTRAL, Document, Scheme, UsageError
from ..schema.errors import check_whole_number
from ..schema.extras import require_extras
from ..schema.progress import Progress, ignore_progress
from .cross_validation import cross_validate


@dataclass(frozen=True, slots=True)
class TrainingSummary:
    """A pipeline trained on a gold.

    Attributes:
        path: Folder of the pipeline.
        trained: The pipeline, with what it was trained on.
        documents: The gold documents that it was trained on.
        left_out: Number of gold documents in other languages, which were left out.
        scores: Scores of the cross-validation; None if there was none.
    """

    path: Path
    trained: TrainedPipeline
    documents: list[Document]
    left_out: int
    scores: Scores | None

    @property
    def component(self) -> str:
        """Name of the pipeline's component."""
        [name] = self.trained.pipeline.pipe_names
        return str(name)

    @property
    def language(self) -> str | None:
        """The spaCy code of the pipeline's language; None for a language-independent pipeline."""
        return None if self.trained.pipeline.lang == NEUTRAL else self.trained.pipeline.lang

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON-compatible data."""
        return {
            "path": str(self.path),
            "component": self.component,
            "examples": self.trained.examples,
            "spans": self.trained.spans,
            "unaligned": self.trained.unaligned,
            "version": self.trained.pipeline.meta["version"],
            "language": self.language,
            "left_out": self.left_out,
            "scores": self.scores.to_dict() if self.scores is not None else None,
        }


def train_pipeline(
    gold: str,
    out: Path,
    scheme: Scheme,
    *,
    folds: int = 0,
    seed: int = 0,
    epochs: int = 40,
    language: str | None = None,
    only: str | None = None,
    mixed: bool = False,
    progress: Progress = ignore_progress,
) -> TrainingSummary:
    """Train a spaCy pipeline on all documents of a gold, for use as the extractor `spacy:DIR`.

    Args:
        gold: A records file with gold spans.
        out: Folder for the pipeline, which must not exist yet.
        scheme: Scheme of the gold.
        folds: Number of folds of a cross-validation; 0 for none.
        seed: Seed of weights, dropout and order.
        epochs: Number of epochs of each training.
        language: Language of documents that state none.
        only: Language of the documents to train on, of several; as in `choose_language`.
        mixed: Whether one pipeline may be trained on documents in several languages.
        progress: Called after each epoch.

    Raises:
        DataError: The gold is invalid, or has no span to learn from.
        DependencyError: spaCy is not installed, or the pipeline cannot be written.
        UsageError: The folder exists; the folds do not fit the documents; a number is wrong; or the documents are in
            several languages, of which none is chosen.
    """
    require_extras("training", "rules")
    if out.exists():
        raise UsageError(f"{out} exists already. Fix: another folder, or remove it")
    check_training(seed, epochs)
    check_whole_number("folds", folds, "a number of folds, or 0 for none")
    complete = list(fill_language(read_gold(gold, scheme), language))
    documents = choose_language(complete, only, mixed=mixed)
    scores = None
    if folds:
        scores = cross_validate(documents, scheme, folds, seed=seed, epochs=epochs, progress=progress)
    epochs_done = itertools.count(1)
    trained = train(
        documents,
        scheme,
        seed=seed,
        epochs=epochs,
        tick=lambda: progress("training on all documents", next(epochs_done), epochs),
    )
    save_pipeline(trained.pipeline, out)
    return TrainingSummary(out, trained, documents, len(complete) - len(documents), scores)
