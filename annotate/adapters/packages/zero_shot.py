"""What the extractors have in common whose models are told in words what to find, and run in this process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from ....schema import Document, Parameter, Scheme, Span, UsageError
from ..normalisation import ForeignSpan, PredictionNormalizer
from .label_prompts import LabelPrompts
from .text_pieces import text_pieces

THRESHOLD = Parameter("threshold", "lowest score of a span, from 0 to 1", type=float, default=0.5)
WINDOW = Parameter("window", "most words of a piece; by default as many as the model reads", type=int)
BATCH = Parameter("batch", "pieces that the model reads together", type=int, default=1)

_DIGITS = 4  # digits beyond the fourth differ between processors


class ZeroShotModel(Protocol):
    """A model that is told in words what to find."""

    @property
    def identity(self) -> str:
        """The versions of package and weights, and what else its predictions depend on."""

    @property
    def window(self) -> int:
        """The most words that it reads at once."""

    def tokens(self, text: str) -> tuple[int, int]:
        """Return how many words a text has, and how many tokens."""

    def room(self, prompts: LabelPrompts) -> int:
        """Return how many tokens of text it can read at once beside the words of the labels."""

    def predict(
        self, texts: Sequence[str], prompts: LabelPrompts, *, threshold: float, batch: int
    ) -> Iterable[Iterable[ForeignSpan]]:
        """Return the spans of each text, labelled with the words of the prompts."""


class ZeroShotExtractor:
    """An extractor that asks a model for the labels of the scheme, piece by piece.

    Args:
        scheme: The scheme of the layers.
        name: The name of the extractor with its model.
        model: The model.
        threshold: The lowest score of a span.
        window: The most words of a piece; None for as many as the model reads.
        batch: How many pieces the model reads together, also across documents.
        definitions: Whether the model also reads the definitions of the labels.
        map: A file that maps labels, whose names the model is asked for.
        fill: Whether values are filled in.

    Raises:
        UsageError: A number is out of range, or the labels leave the model no room for text.
    """

    def __init__(
        self,
        scheme: Scheme,
        *,
        name: str,
        model: ZeroShotModel,
        threshold: float,
        window: int | None,
        batch: int,
        definitions: bool,
        map: Path | None,  # noqa: A002 - the argument's name
        fill: bool,
    ) -> None:
        if not 0 <= threshold <= 1:
            raise UsageError(f"threshold={threshold:g} is out of range. Fix: threshold=0.5, or another from 0 to 1")
        if batch < 1:
            raise UsageError(f"batch={batch} must be 1 or more")
        self._window = model.window if window is None else window
        if not 1 <= self._window <= model.window:
            raise UsageError(f"window={self._window} must be from 1 to {model.window}, the limit of the model")
        self._normalizer = PredictionNormalizer(scheme, map=map, fill=fill)
        self._prompts = LabelPrompts(scheme, self._normalizer.names, mapped=map is not None, definitions=definitions)
        self._room = model.room(self._prompts)
        if self._room < 1:
            what = "the words for the labels fill the whole window of the model"
            raise UsageError(f"{what}. Fix: definitions=false, or a map with fewer or shorter names")
        self._model, self._threshold, self._batch = model, threshold, batch
        self.tally = self._normalizer.tally
        self.name = name
        settings = f"{self._window}.{threshold:g}-{self._prompts.signature}"
        self.version = f"{model.identity}-{settings}{self._normalizer.signature}"

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the layers of a batch; long texts are cut at the ends of sentences."""
        pieces = text_pieces(documents, self._fits)
        found: list[list[ForeignSpan]] = [[] for _ in documents]
        texts = [piece.text for piece in pieces]
        predictions = self._model.predict(texts, self._prompts, threshold=self._threshold, batch=self._batch)
        for piece, spans in zip(pieces, predictions, strict=True):
            found[piece.document] += (
                ForeignSpan(
                    piece.start + span.start,
                    piece.start + span.end,
                    self._prompts.labels[span.label],
                    None if span.score is None else round(min(1.0, span.score), _DIGITS),
                )
                for span in spans
            )
        return self._normalizer.layers(documents, found)

    def load(self) -> None:
        """Load what fills in values; the model is already loaded."""
        self._normalizer.load()

    def _fits(self, text: str) -> bool:
        words, tokens = self._model.tokens(text)
        return words <= self._window and tokens <= self._room
