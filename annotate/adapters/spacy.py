"""The extractor `spacy`: any trained spaCy pipeline, by package or folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ...corpus.spans.tokenisation import tokenizer_language
from ...schema import (
    NEUTRAL,
    DependencyError,
    Document,
    Extractor,
    Parameter,
    Scheme,
    Span,
    UsageError,
    primary_language,
)
from ..rules.document_reader import split_text
from .normalisation import FILL, MAP, ForeignSpan, PredictionNormalizer

if TYPE_CHECKING:
    from spacy.language import Language

_PIECE = 100_000


class SpacyPipeline:
    """Runs a pipeline and takes its entities, or a group of its spans.

    Args:
        scheme: The scheme of the layers.
        pipeline: The pipeline.
        spans: The key in `Doc.spans` to take instead of the entities; by default entities, else the only key there is.
        batch: Texts in a batch of the pipeline.
        how: For `PredictionNormalizer`.
    """

    def __init__(
        self, scheme: Scheme, *, pipeline: Language, spans: str | None = None, batch: int = 64, **how: Any
    ) -> None:
        self._pipeline = pipeline
        self._key = spans
        self._batch = batch
        self._intake = PredictionNormalizer(scheme, may_use=_labels(pipeline), **how)
        self.tally = self._intake.tally
        self.name = f"spacy:{pipeline.meta['lang']}_{pipeline.meta['name']}"
        self.version = f"{pipeline.meta['version']}{self._intake.mark}"

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """The layers of a batch; long texts are read in pieces that end with a sentence."""
        for document in documents:
            tag, own = document.meta.language, self._pipeline.lang
            if tag is not None and own != NEUTRAL and own not in (primary_language(tag), tokenizer_language(tag)):
                self.tally[f"documents in {tag}, read by a pipeline for {own}"] += 1
        parts = [(d, start, end) for d in documents for start, end in split_text(d.text or "", _PIECE)]
        texts = ((d.text or "")[start:end] for d, start, end in parts)
        found: dict[str, list[ForeignSpan]] = {document.id: [] for document in documents}
        for (document, start, _), doc in zip(parts, self._pipeline.pipe(texts, batch_size=self._batch), strict=True):
            found[document.id].extend(self._findings(doc, start))
        return self._intake.layers(documents, (found[document.id] for document in documents))

    def load(self) -> None:
        """Loads what fills values; the pipeline is loaded already."""
        self._intake.load()

    def _findings(self, doc: Any, offset: int) -> Iterator[ForeignSpan]:
        key = self._key
        if key is None and not doc.ents and len(doc.spans) == 1:
            key = next(iter(doc.spans))
        group = doc.ents if key is None else doc.spans.get(key, ())
        scores = getattr(group, "attrs", {}).get("scores", [None] * len(group))
        for span, score in zip(group, scores, strict=False):
            confidence = float(score) if score is not None else None
            yield ForeignSpan(span.start_char + offset, span.end_char + offset, span.label_, confidence)


def _labels(pipeline: Language) -> set[str]:
    """The labels of the components that make entities or groups of spans."""
    finding = {"doc.ents", "doc.spans"}
    names = [name for name in pipeline.pipe_names if finding & set(pipeline.get_pipe_meta(name).assigns)]
    return {label for name in names for label in pipeline.pipe_labels.get(name, ())}


class _SpacyFactory:
    summary = "any trained spaCy pipeline: its entities, or a group of its spans"
    parameters = (
        Parameter("model", "a package's name or a folder", required=True, positional=True),
        Parameter("spans", "the key in Doc.spans to take instead of the entities"),
        Parameter("batch", "texts in a batch", type=int, default=64),
        MAP,
        FILL,
    )

    def __call__(self, scheme: Scheme, *, model: str, **arguments: Any) -> Extractor:
        """The extractor.

        Raises:
            DependencyError: No such pipeline, or one that cannot be loaded here.
            UsageError: It has no component that finds spans.
        """
        import spacy

        try:
            pipeline = spacy.load(model)
        except (OSError, ValueError, ImportError) as error:
            why = " ".join(str(error).split())[:300]
            fix = "the folder of one, or the name of an installed one"
            what = f"the spaCy pipeline {model!r} cannot be loaded: {why.removesuffix('.')}"
            raise DependencyError(f"{what}. Fix: {fix}") from error
        if not set(pipeline.pipe_names) - {"tok2vec", "transformer"}:
            raise UsageError(f"the spaCy pipeline {model!r} has no component that finds spans")
        return SpacyPipeline(scheme, pipeline=pipeline, **arguments)


SPACY = _SpacyFactory()
"""What the entry point `spacy` names."""
