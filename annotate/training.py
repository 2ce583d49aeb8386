"""A spaCy pipeline from gold: entities where its spans are flat, span categories where they overlap."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ..corpus.spans.tokenisation import tokenizer_language
from ..schema import (
    NEUTRAL,
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
from .rules.tokens import blank_pipeline

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.training import Example

_BATCH = 4
_DROPOUT = 0.2
_KEY = "sc"


@dataclass(frozen=True, slots=True)
class TrainedPipeline:
    """A trained pipeline.

    Attributes:
        pipeline: With one component, `ner` or `spancat`.
        examples: Stretches of text that it learned from: what lies between the zones of a document.
        spans: Spans that it learned from.
        unaligned: Spans that begin or end within a token, which it could not learn.
    """

    pipeline: Language
    examples: int
    spans: int
    unaligned: int


def train(
    documents: Iterable[Document],
    scheme: Scheme,
    *,
    language: str | None = None,
    seed: int = 0,
    epochs: int = 40,
    tick: Callable[[], None] = lambda: None,
) -> TrainedPipeline:
    """Trains a pipeline on gold; the same documents and seed give the same weights on the same machine.

    Args:
        documents: With gold spans. Their zones are left out.
        scheme: Whose labels are learned; one that lets spans overlap gives a span categoriser.
        language: As spaCy calls it; that of the documents where none is given.
        seed: Of weights, dropout and order.
        epochs: How often each example is seen.
        tick: Called after each epoch.

    Raises:
        DataError: No document has a span to learn.
    """
    from spacy import util

    tools: Any = util
    gold = list(documents)
    tools.fix_random_seed(seed)
    pipeline = blank_pipeline(language or pipeline_language(gold))
    examples: list[Example] = []
    spans = unaligned = 0
    for document in gold:
        for start, end in training_passages(document):
            example, aligned, lost = _example(pipeline, document, start, end, overlap=scheme.overlap)
            examples.append(example)
            spans += aligned
            unaligned += lost
    if not spans:
        raise DataError(Problem("no document has a span to learn from", "a gold file with spans"))
    component: Any = pipeline.add_pipe(
        *(("spancat",) if scheme.overlap else ("ner",)),
        config={"spans_key": _KEY, "suggester": _suggester(examples)} if scheme.overlap else {},
    )
    for label in scheme.labels:
        component.add_label(label)
    optimiser = pipeline.initialize(lambda: examples)
    order = random.Random(seed)
    for _ in range(epochs):
        order.shuffle(examples)
        for batch in tools.minibatch(examples, _BATCH):
            pipeline.update(list(batch), sgd=optimiser, drop=_DROPOUT)
        tick()
    pipeline.config["training"].update({"seed": seed, "max_epochs": epochs, "dropout": _DROPOUT})
    pipeline.meta["name"] = scheme.name.replace("-", "_")
    pipeline.meta["version"] = f"0.0.0+{layer_fingerprint(gold)[:8]}.{seed}"
    pipeline.meta["description"] = f"trained by goldspan on {pluralize(len(gold), 'document')} of {scheme.ref}"
    return TrainedPipeline(pipeline, len(examples), spans, unaligned)


def pipeline_language(documents: Iterable[Document]) -> str:
    """What spaCy calls a pipeline for documents: their language, where all state the same one and spaCy has it.

    `xx`, which is for no language in particular, where they state none, or several.
    """
    found = {tokenizer_language(document.meta.language) for document in documents}
    return found.pop() if len(found) == 1 else NEUTRAL


def training_passages(document: Document) -> Iterator[tuple[int, int]]:
    """What lies between the zones of a document, `[start, end)` in code points, blanks alone left out."""
    text = document.text or ""
    at = 0
    for start, end in [*sorted((zone.start, zone.end) for zone in document.zones), (len(text), len(text))]:
        if start > at and text[at:start].strip():
            yield at, start
        at = max(at, end)


def _example(
    pipeline: Language, document: Document, start: int, end: int, *, overlap: bool
) -> tuple[Example, int, int]:
    """A stretch with its spans, how many there are, and how many do not lie on tokens."""
    from spacy.training import Example

    text = (document.text or "")[start:end]
    predicted, reference = pipeline.make_doc(text), pipeline.make_doc(text)
    inside = [span for span in document.spans if start <= span.start and span.end <= end]
    found = [reference.char_span(span.start - start, span.end - start, label=span.label) for span in inside]
    known = [span for span in found if span is not None]
    if overlap:
        reference.spans[_KEY] = known
    else:
        reference.set_ents(known)
    return Example(predicted, reference), len(known), len(found) - len(known)


def _suggester(examples: list[Example]) -> dict[str, Any]:
    longest = max((len(span) for example in examples for span in example.reference.spans.get(_KEY, ())), default=1)
    return {"@misc": "spacy.ngram_range_suggester.v1", "min_size": 1, "max_size": longest}


def save_pipeline(pipeline: Language, folder: Path) -> None:
    """Writes a pipeline to a folder that is not there yet, whole or not at all.

    Raises:
        UsageError: The folder is there.
        DependencyError: It cannot be written.
    """
    if folder.exists():
        raise UsageError(f"{folder}: is there already. Fix: another folder, or remove it")
    beside = folder.with_name(f".{folder.name}.{uuid4().hex[:8]}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        pipeline.to_disk(beside)
        beside.rename(folder)
    except OSError as error:
        raise DependencyError(
            f"{folder}: cannot be written: {error.strerror or error}. Fix: {os_error_hint(error, writing=True)}"
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
