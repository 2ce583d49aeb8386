"""Training with scores from outside the training: each document read by a pipeline that has not seen it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from ..annotate import load_extractor
from ..annotate.adapters.spacy import SpacyPipeline
from ..annotate.rules import rules_support
from ..annotate.training import pipeline_language, train
from ..eval import score
from ..eval.scores import Scores
from ..schema import Document, Extractor, Scheme, UsageError, is_english


def fold_scores(
    documents: list[Document],
    scheme: Scheme,
    folds: int,
    *,
    seed: int,
    epochs: int,
    tick: Callable[[], None] = lambda: None,
) -> Scores:
    """Scores of pipelines on the documents that they were not trained on, beside those of the rules where they fit.

    Args:
        documents: With gold spans.
        scheme: Theirs.
        folds: Parts; as many as there are documents leaves out one at a time. A document's part hangs on its id alone.
        seed: Of the training and the bootstrap.
        epochs: Of the training.
        tick: Called after each epoch of each part.

    Raises:
        UsageError: Fewer than two parts, or more than documents.
    """
    systems = {"trained": read_left_out(documents, scheme, folds, seed=seed, epochs=epochs, tick=tick)}
    if rules_support(scheme) and all(is_english(document.meta.language) for document in documents):
        systems["rules"] = _read(load_extractor("rules", scheme), [_bare(document) for document in documents])
    return score(documents, *systems.values(), scheme=scheme, names=list(systems), seed=seed)


def read_left_out(
    documents: list[Document],
    scheme: Scheme,
    folds: int,
    *,
    seed: int,
    epochs: int,
    tick: Callable[[], None] = lambda: None,
) -> list[Document]:
    """The documents, each with what a pipeline finds that was trained on the other parts; no layer is stated.

    Arguments and errors as `fold_scores`.
    """
    if not 2 <= folds <= len(documents):
        raise UsageError(f"--folds {folds}: Fix: between 2 and {len(documents)}, the number of documents")
    shuffled = sorted(documents, key=lambda document: hashlib.sha256(document.id.encode()).digest())
    trained: list[Document] = []
    language = pipeline_language(documents)  # of all parts alike, though one of them might lack a language
    for part in range(folds):
        held = [document for number, document in enumerate(shuffled) if number % folds == part]
        rest = [document for number, document in enumerate(shuffled) if number % folds != part]
        pipeline = train(rest, scheme, language=language, seed=seed, epochs=epochs, tick=tick).pipeline
        trained += _read(SpacyPipeline(scheme, pipeline=pipeline), [_bare(document) for document in held])
    return trained


def _bare(document: Document) -> Document:
    from msgspec.structs import replace

    return replace(document, spans=(), layer=None)


def _read(extractor: Extractor, documents: list[Document]) -> list[Document]:
    from msgspec.structs import replace

    layers = extractor.extract(documents)
    return [replace(document, spans=tuple(spans)) for document, spans in zip(documents, layers, strict=True)]
