"""The extractor `spacy`: any trained spaCy pipeline, by package or folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
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
from .program_files import folder_state

if TYPE_CHECKING:
    from spacy.language import Language

_PIECE_SIZE = 100_000


class SpacyPipeline:
    """An extractor that runs a pipeline and takes its entities, or a group of its spans.

    Args:
        scheme: The scheme of the layers.
        pipeline: The pipeline.
        spans: The key of the group in `Doc.spans` to take instead of the entities. By default the entities are taken,
            or, if there are none, the only group of spans.
        batch: The number of texts in a batch of the pipeline.
        normalization: Keyword arguments of `PredictionNormalizer`.
    """

    def __init__(
        self, scheme: Scheme, *, pipeline: Language, spans: str | None = None, batch: int = 64, **normalization: Any
    ) -> None:
        self._pipeline = pipeline
        self._key = spans
        self._batch = batch
        self._normalizer = PredictionNormalizer(scheme, may_use=_labels(pipeline), **normalization)
        self.tally = self._normalizer.tally
        self.name = f"spacy:{pipeline.meta['lang']}_{pipeline.meta['name']}"
        self.version = f"{pipeline.meta['version']}{self._normalizer.signature}"

    @cached_property
    def state(self) -> str:
        """What tells the pipeline from one that was trained again under the same version; empty without files."""
        return "" if self._pipeline.path is None else folder_state(self._pipeline.path)

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the layers of a batch; long texts are split at the ends of sentences."""
        for document in documents:
            tag, language = document.meta.language, self._pipeline.lang
            if tag is None or language == NEUTRAL:
                continue
            if language not in (primary_language(tag), tokenizer_language(tag)):
                self.tally[f"documents in {tag}, read by a pipeline for {language}"] += 1
        pieces = [(d, start, end) for d in documents for start, end in split_text(d.text or "", _PIECE_SIZE)]
        texts = ((d.text or "")[start:end] for d, start, end in pieces)
        spans: dict[str, list[ForeignSpan]] = {document.id: [] for document in documents}
        for (document, start, _), doc in zip(pieces, self._pipeline.pipe(texts, batch_size=self._batch), strict=True):
            spans[document.id].extend(self._spans(doc, start))
        return self._normalizer.layers(documents, (spans[document.id] for document in documents))

    def load(self) -> None:
        """Load what fills in values; the pipeline is already loaded."""
        self._normalizer.load()

    def _spans(self, doc: Any, offset: int) -> Iterator[ForeignSpan]:
        key = self._key
        if key is None and not doc.ents and len(doc.spans) == 1:
            key = next(iter(doc.spans))
        group = doc.ents if key is None else doc.spans.get(key, ())
        scores = getattr(group, "attrs", {}).get("scores", [None] * len(group))
        for span, score in zip(group, scores, strict=False):
            confidence = float(score) if score is not None else None
            yield ForeignSpan(span.start_char + offset, span.end_char + offset, span.label_, confidence)


def _labels(pipeline: Language) -> set[str]:
    """Return the labels of the components that set entities or groups of spans."""
    attributes = {"doc.ents", "doc.spans"}
    names = [name for name in pipeline.pipe_names if attributes & set(pipeline.get_pipe_meta(name).assigns)]
    return {label for name in names for label in pipeline.pipe_labels.get(name, ())}


class _SpacyFactory:
    extras = ("rules",)
    summary = "any trained spaCy pipeline: its entities, or a group of its spans"
    parameters = (
        Parameter("model", "name of a package, or a folder", required=True, positional=True),
        Parameter("spans", "key in Doc.spans of the group to take instead of the entities"),
        Parameter("batch", "number of texts in a batch", type=int, default=64),
        MAP,
        FILL,
    )

    def __call__(self, scheme: Scheme, *, model: str, **arguments: Any) -> Extractor:
        """Create the extractor.

        Raises:
            DependencyError: The pipeline does not exist or cannot be loaded.
            UsageError: The pipeline has no component that finds spans.
        """
        import spacy

        try:
            pipeline = spacy.load(model)
        except (OSError, ValueError, ImportError) as error:
            reason = " ".join(str(error).split())[:300]
            message = f"the spaCy pipeline {model!r} cannot be loaded: {reason.removesuffix('.')}"
            raise DependencyError(f"{message}. Fix: give a folder, or the name of an installed pipeline") from error
        if not set(pipeline.pipe_names) - {"tok2vec", "transformer"}:
            raise UsageError(f"the spaCy pipeline {model!r} has no component that finds spans")
        return SpacyPipeline(scheme, pipeline=pipeline, **arguments)


SPACY = _SpacyFactory()
"""The factory behind the entry point `spacy`."""
