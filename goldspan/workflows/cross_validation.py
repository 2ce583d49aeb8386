"""Cross-validation: train a pipeline on part of the gold, and predict and score the rest."""

from __future__ import annotations

from ..annotate import load_extractor
from ..annotate.adapters.spacy import SpacyPipeline
from ..annotate.rules import rules_support
from ..annotate.training import train
from ..annotate.training_languages import pipeline_language
from ..eval.score_results import Scores
from ..eval.scoring import score_documents
from ..schema import Document, Extractor, Scheme, UsageError, is_english
from ..schema.hashing import draw_key
from ..schema.progress import Progress, ignore_progress


def cross_validate(
    documents: list[Document],
    scheme: Scheme,
    folds: int,
    *,
    seed: int,
    epochs: int,
    progress: Progress = ignore_progress,
) -> Scores:
    """Score pipelines on documents that they were not trained on, beside the rules where these apply.

    Args:
        documents: Documents with gold spans.
        scheme: Their scheme.
        folds: Number of folds; as many as there are documents is leave-one-out. A document's fold depends on its id
            alone.
        seed: Seed of the training and the bootstrap.
        epochs: Number of epochs of each training.
        progress: Called after each epoch of each fold.

    Raises:
        UsageError: Fewer than two folds, or more than documents.
    """
    systems = {"trained": predict_held_out(documents, scheme, folds, seed=seed, epochs=epochs, progress=progress)}
    if rules_support(scheme) and all(is_english(document.meta.language) for document in documents):
        rules = load_extractor("rules", scheme)
        systems["rules"] = _predict(rules, [_without_layer(document) for document in documents])
    return score_documents(documents, list(systems.values()), scheme, names=list(systems), seed=seed)


def predict_held_out(
    documents: list[Document],
    scheme: Scheme,
    folds: int,
    *,
    seed: int,
    epochs: int,
    progress: Progress = ignore_progress,
) -> list[Document]:
    """Return the documents, each with the predictions of a pipeline trained on the other folds, and without a layer.

    Arguments and errors are those of `cross_validate`.
    """
    if not 2 <= folds <= len(documents):
        raise UsageError(f"`folds` is {folds}. Fix: between 2 and {len(documents)}, the number of documents")
    shuffled = sorted(documents, key=lambda document: draw_key(document.id))
    predicted: list[Document] = []
    language = pipeline_language(documents)  # that of all folds, although one of them might lack a language
    epochs_done = 0

    def epoch_done() -> None:
        nonlocal epochs_done
        epochs_done += 1
        progress("training", epochs_done, folds * epochs)

    for fold in range(folds):
        held_out = [document for number, document in enumerate(shuffled) if number % folds == fold]
        others = [document for number, document in enumerate(shuffled) if number % folds != fold]
        pipeline = train(others, scheme, language=language, seed=seed, epochs=epochs, tick=epoch_done).pipeline
        extractor = SpacyPipeline(scheme, pipeline=pipeline)
        predicted += _predict(extractor, [_without_layer(document) for document in held_out])
    return predicted


def _without_layer(document: Document) -> Document:
    from msgspec.structs import replace

    return replace(document, spans=(), layer=None)


def _predict(extractor: Extractor, documents: list[Document]) -> list[Document]:
    from msgspec.structs import replace

    layers = extractor.extract(documents)
    return [replace(document, spans=tuple(spans)) for document, spans in zip(documents, layers, strict=True)]
