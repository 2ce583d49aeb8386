"""Training spaCy pipelines on gold: a named entity recogniser, or a span categoriser if spans may overlap."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ..schema import (
    DataError,
    DependencyError,
    Document,
    Problem,
    Scheme,
    UsageError,
    layer_fingerprint,
    os_error_hint,
    pluralize,
)
from ..schema.errors import check_seed, check_whole_number
from ..schema.extras import require_extras
from .rules.guideline_tokenizer import blank_pipeline
from .training_languages import pipeline_language

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.training import Example

_BATCH = 4
_DROPOUT = 0.2
_LARGEST_SEED = 2**32 - 1  # that spaCy takes
_SPANS_KEY = "sc"


@dataclass(frozen=True, slots=True)
class TrainedPipeline:
    """A trained pipeline.

    Attributes:
        pipeline: The pipeline, with one component: `ner` or `spancat`.
        examples: The number of passages that it was trained on: the text between the zones of the documents.
        spans: The number of spans that it was trained on.
        unaligned: The number of spans left out because they start or end within a token.
    """

    pipeline: Language
    examples: int
    spans: int
    unaligned: int


def check_training(seed: object, epochs: object) -> None:
    """Check the numbers that a training is started with.

    Raises:
        UsageError: `seed` or `epochs` is not a whole number from 0 up, or the seed is too large.
    """
    check_seed(seed, largest=_LARGEST_SEED)
    check_whole_number("epochs", epochs, "a number of passes over the examples")


def train(
    documents: Iterable[Document],
    scheme: Scheme,
    *,
    language: str | None = None,
    seed: int = 0,
    epochs: int = 40,
    tick: Callable[[], None] = lambda: None,
) -> TrainedPipeline:
    """Train a pipeline on gold; the same documents and seed give the same weights on the same machine.

    Args:
        documents: The documents with gold spans. Their zones are left out.
        scheme: The scheme with the labels to learn. If it allows overlapping spans, a span categoriser is trained.
        language: The tokeniser, a spaCy language code or `characters`; by default that of the documents.
        seed: The seed for weights, dropout and the order of the examples.
        epochs: The number of passes over the examples.
        tick: A function called after each epoch.

    Raises:
        DataError: No document has a span to learn from, or all of them begin or end inside a token.
        DependencyError: spaCy is not installed.
        UsageError: `seed` or `epochs` is not a whole number from 0 up, or the seed is too large.
    """
    require_extras("training", "rules")
    from spacy import util

    check_training(seed, epochs)
    spacy_util: Any = util
    gold = list(documents)
    spacy_util.fix_random_seed(seed)
    pipeline = blank_pipeline(language or pipeline_language(gold))
    examples: list[Example] = []
    spans = unaligned = 0
    for document in gold:
        for start, end in training_passages(document):
            example, example_spans, example_unaligned = _make_example(
                pipeline, document, start, end, overlap=scheme.overlap
            )
            examples.append(example)
            spans += example_spans
            unaligned += example_unaligned
    if not spans and unaligned:
        what = f"all spans of the gold ({unaligned}) begin or end inside a token, so there is none to learn"
        raise DataError(Problem(what, "mark whole words, or train a system with tokens of its own on an export"))
    if not spans:
        raise DataError(Problem("no document has a span to learn from", "use a gold file with spans"))
    component: Any = pipeline.add_pipe(
        *(("spancat",) if scheme.overlap else ("ner",)),
        config={"spans_key": _SPANS_KEY, "suggester": _suggester(examples)} if scheme.overlap else {},
    )
    for label in scheme.labels:
        component.add_label(label)
    optimiser = pipeline.initialize(lambda: examples)
    order = random.Random(seed)
    for _ in range(epochs):
        order.shuffle(examples)
        for batch in spacy_util.minibatch(examples, _BATCH):
            pipeline.update(list(batch), sgd=optimiser, drop=_DROPOUT)
        tick()
    pipeline.config["training"].update({"seed": seed, "max_epochs": epochs, "dropout": _DROPOUT})
    pipeline.meta["name"] = scheme.name.replace("-", "_")
    pipeline.meta["version"] = f"0.0.0+{layer_fingerprint(gold)[:8]}.{seed}"
    pipeline.meta["description"] = f"trained by goldspan on {pluralize(len(gold), 'document')} of {scheme.ref}"
    return TrainedPipeline(pipeline, len(examples), spans, unaligned)


def training_passages(document: Document) -> Iterator[tuple[int, int]]:
    """Yield the passages between the zones of a document, `[start, end)` in code points, except for blank ones."""
    text = document.text or ""
    position = 0
    for start, end in [*sorted((zone.start, zone.end) for zone in document.zones), (len(text), len(text))]:
        if start > position and text[position:start].strip():
            yield position, start
        position = max(position, end)


def _make_example(
    pipeline: Language, document: Document, start: int, end: int, *, overlap: bool
) -> tuple[Example, int, int]:
    """Return a passage as an example, the number of its spans, and the number of spans not aligned with tokens."""
    from spacy.training import Example

    text = (document.text or "")[start:end]
    predicted, reference = pipeline.make_doc(text), pipeline.make_doc(text)
    inside = [span for span in document.spans if start <= span.start and span.end <= end]
    aligned = [reference.char_span(span.start - start, span.end - start, label=span.label) for span in inside]
    learnable = [span for span in aligned if span is not None]
    if overlap:
        reference.spans[_SPANS_KEY] = learnable
    else:
        reference.set_ents(learnable)
    return Example(predicted, reference), len(learnable), len(aligned) - len(learnable)


def _suggester(examples: list[Example]) -> dict[str, Any]:
    longest = max(
        (len(span) for example in examples for span in example.reference.spans.get(_SPANS_KEY, ())), default=1
    )
    return {"@misc": "spacy.ngram_range_suggester.v1", "min_size": 1, "max_size": longest}


def save_pipeline(pipeline: Language, folder: Path) -> None:
    """Write a pipeline to a new folder, completely or not at all.

    Raises:
        UsageError: The folder exists.
        DependencyError: The folder cannot be written.
    """
    if folder.exists():
        raise UsageError(f"{folder}: already exists. Fix: choose another folder, or remove it")
    temporary = folder.with_name(f".{folder.name}.{uuid4().hex[:8]}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        pipeline.to_disk(temporary)
        temporary.rename(folder)
    except OSError as error:
        raise DependencyError(
            f"{folder}: cannot be written: {error.strerror or error}. Fix: {os_error_hint(error, writing=True)}"
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
