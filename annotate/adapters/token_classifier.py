"""A token classification model over texts of any length: windows in, tags out, spans of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...schema import Document, Scheme, Span, UsageError
from .bio import Tag, align_words, read_tags, spans_from_tags
from .normalisation import PredictionNormalizer
from .windows import Window, merge_windows

_WITHOUT_LIMIT = 512


@dataclass(frozen=True, slots=True)
class _Piece:
    """A window's input, and where it belongs."""

    document: int
    start: int
    inputs: dict[str, list[int]]
    kept: slice  # the tokens that are the text's


class TokenClassifier:
    """Runs a model over windows of tokens and takes the spans that its tags make.

    A word's tag is that of its first token. Nothing is drawn by chance: a window alone gives the same tags every time.

    Args:
        scheme: The scheme of the layers.
        name: What the model is called.
        digest: Of the model's files.
        tokenizer: With offsets.
        model: On its device.
        window: Tokens that the model reads at once, its own marks included; by default as many as it can.
        stride: Tokens that two windows share; by default a quarter of a window.
        batch: Windows that are read together, whichever documents they are of.
        how: For `PredictionNormalizer`.

    Raises:
        UsageError: A window that is too long for the model, or a stride that is too long for the window.
    """

    def __init__(
        self,
        scheme: Scheme,
        *,
        name: str,
        digest: str,
        tokenizer: Any,
        model: Any,
        window: int | None,
        stride: int | None,
        batch: int,
        **how: Any,
    ) -> None:
        self._tokenizer = tokenizer
        self._model = model
        names: dict[int, str] = model.config.id2label
        self._tags = read_tags([names[number] for number in sorted(names)])
        limit = _limit(tokenizer, model)
        self._window = window if window is not None else limit
        marks = tokenizer.num_special_tokens_to_add()
        held = self._window - marks
        if not 2 <= held <= limit - marks:
            raise UsageError(f"window={self._window} must be from {marks + 2} to {limit}, what the model can read")
        self._stride = stride if stride is not None else held // 4
        if not 0 <= self._stride <= held // 2:
            raise UsageError(f"stride={self._stride} must be from 0 to {held // 2}, half of what a window holds")
        if batch < 1:
            raise UsageError(f"batch={batch} must be 1 or more")
        self._batch = batch
        self._step = held - self._stride
        self._intake = PredictionNormalizer(scheme, may_use={tag.label for tag in self._tags if tag.label}, **how)
        self.tally = self._intake.tally
        self.name = f"transformers:{name}"
        self.version = f"{digest[:8]}-{self._window}.{self._stride}{self._intake.mark}"

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """The layers of a batch."""
        texts = [document.text or "" for document in documents]
        pieces: list[_Piece] = []
        offsets: list[list[tuple[int, int]]] = []
        for number, text in enumerate(texts):
            own, places = self._pieces(number, text)
            pieces += own
            offsets.append(places)
        windows: list[list[Window]] = [[] for _ in documents]
        for piece, tags in zip(pieces, self._read(pieces), strict=True):
            windows[piece.document].append(Window(piece.start, tags))
        found = []
        for text, places, read in zip(texts, offsets, windows, strict=True):
            words = align_words(text, places)
            found.append(spans_from_tags(text, words, merge_windows(read, words)))
        return self._intake.layers(documents, found)

    def load(self) -> None:
        """Loads what fills values; the model is loaded already."""
        self._intake.load()

    def _pieces(self, document: int, text: str) -> tuple[list[_Piece], list[tuple[int, int]]]:
        """A text's windows, and the places of all its tokens."""
        if not text.strip():
            return [], []
        encoded = self._tokenizer(
            text,
            truncation=True,
            max_length=self._window,
            stride=self._stride,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
            padding=False,
        )
        pieces: list[_Piece] = []
        offsets: list[tuple[int, int]] = []
        for number, (special, places) in enumerate(
            zip(encoded["special_tokens_mask"], encoded["offset_mapping"], strict=True)
        ):
            first = special.index(0) if 0 in special else 0
            kept = slice(first, len(special) - special[::-1].index(0) if 0 in special else 0)
            start = number * self._step
            if start > len(offsets):
                raise ValueError(f"the tokenizer left out tokens before its window {number + 1}")
            offsets += places[kept][len(offsets) - start :]
            inputs = {key: encoded[key][number] for key in self._tokenizer.model_input_names if key in encoded}
            pieces.append(_Piece(document, start, inputs, kept))
        return pieces, offsets

    def _read(self, pieces: Sequence[_Piece]) -> list[list[tuple[Tag, float]]]:
        """Of each window its tokens' tags with their probabilities; windows of like length are read together."""
        import torch

        read: list[list[tuple[Tag, float]]] = [[] for _ in pieces]
        lengths = [len(piece.inputs["input_ids"]) for piece in pieces]
        order = (
            sorted(range(len(pieces)), key=lambda number: -lengths[number]) if self._batch > 1 else range(len(pieces))
        )
        for at in range(0, len(order), self._batch):
            numbers = order[at : at + self._batch]
            longest = max(lengths[number] for number in numbers)
            inputs = {}
            for key in pieces[numbers[0]].inputs:
                # a padding token is read by nobody: its id matters only in that the model must have it
                blank = (self._tokenizer.pad_token_id or 0) if key == "input_ids" else 0
                rows = [pieces[number].inputs[key] for number in numbers]
                inputs[key] = torch.tensor([row + [blank] * (longest - len(row)) for row in rows])
            with torch.inference_mode():
                logits = self._model(**{key: rows.to(self._model.device) for key, rows in inputs.items()}).logits
                best = logits.float().softmax(dim=-1).max(dim=-1)
            for number, scores, tags in zip(numbers, best.values.tolist(), best.indices.tolist(), strict=True):
                kept = pieces[number].kept
                read[number] = [(self._tags[tag], score) for tag, score in zip(tags[kept], scores[kept], strict=True)]
        return read


def _limit(tokenizer: Any, model: Any) -> int:
    """How many tokens the model can read at once: by its tokenizer, its table of positions, its configuration."""
    limits = [tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", None)]
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and hasattr(module, "num_embeddings"):
            # RoBERTa and its kin count positions from the one after the padding's
            skipped = module.padding_idx + 1 if module.padding_idx is not None else 0
            limits.append(module.num_embeddings - skipped)
    return min((limit for limit in limits if limit and 0 < limit < 10**9), default=_WITHOUT_LIMIT)
