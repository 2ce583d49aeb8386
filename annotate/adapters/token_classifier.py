"""Token classification models applied to texts of any length, in overlapping windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...schema import Document, Scheme, Span, UsageError
from .bio import Tag, align_words, read_tags, spans_from_tags
from .normalisation import PredictionNormalizer
from .windows import Window, merge_windows

_DEFAULT_LIMIT = 512


@dataclass(frozen=True, slots=True)
class _WindowInput:
    """The model's input for one window.

    Attributes:
        document: The index of the document in its batch.
        start: The index in the text of the window's first token.
        inputs: The model's arguments.
        text_tokens: The slice of tokens that belong to the text, without special tokens.
    """

    document: int
    start: int
    inputs: dict[str, list[int]]
    text_tokens: slice


class TokenClassifier:
    """An extractor that runs a token classification model over windows of tokens and builds spans from its tags.

    The tag of a word is that of its first token. The result is deterministic: nothing is sampled.

    Args:
        scheme: The scheme of the layers.
        name: The name of the model.
        digest: The hash of the model's files.
        tokenizer: A tokenizer that returns offsets.
        model: The model, on its device.
        window: The number of tokens in a window, special tokens included; by default as many as the model can read.
        stride: The number of tokens that neighbouring windows share; by default a quarter of a window.
        batch: The number of windows that the model reads together, also across documents.
        normalization: Keyword arguments of `PredictionNormalizer`.

    Raises:
        UsageError: The window is too long for the model, the stride too long for the window, or the batch empty.
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
        **normalization: Any,
    ) -> None:
        self._tokenizer = tokenizer
        self._model = model
        names: dict[int, str] = model.config.id2label
        self._tags = read_tags([names[number] for number in sorted(names)])
        limit = max_tokens(tokenizer, model)
        self._window = window if window is not None else limit
        special = tokenizer.num_special_tokens_to_add()
        capacity = self._window - special
        if not 2 <= capacity <= limit - special:
            raise UsageError(f"window={self._window} must be from {special + 2} to {limit}, the limit of the model")
        self._stride = stride if stride is not None else capacity // 4
        if not 0 <= self._stride <= capacity // 2:
            raise UsageError(f"stride={self._stride} must be from 0 to {capacity // 2}, half of a window's tokens")
        if batch < 1:
            raise UsageError(f"batch={batch} must be 1 or more")
        self._batch = batch
        self._step = capacity - self._stride
        self._normalizer = PredictionNormalizer(
            scheme, may_use={tag.label for tag in self._tags if tag.label}, **normalization
        )
        self.tally = self._normalizer.tally
        self.name = f"transformers:{name}"
        self.version = f"{digest[:8]}-{self._window}.{self._stride}{self._normalizer.signature}"

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the layers of a batch."""
        texts = [document.text or "" for document in documents]
        inputs: list[_WindowInput] = []
        offsets: list[list[tuple[int, int]]] = []
        for index, text in enumerate(texts):
            document_inputs, document_offsets = self._window_inputs(index, text)
            inputs += document_inputs
            offsets.append(document_offsets)
        windows: list[list[Window]] = [[] for _ in documents]
        for window_input, tags in zip(inputs, self._predict(inputs), strict=True):
            windows[window_input.document].append(Window(window_input.start, tags))
        spans = []
        for text, document_offsets, document_windows in zip(texts, offsets, windows, strict=True):
            words = align_words(text, document_offsets)
            spans.append(spans_from_tags(text, words, merge_windows(document_windows, words)))
        return self._normalizer.layers(documents, spans)

    def load(self) -> None:
        """Load what fills in values; the model is already loaded."""
        self._normalizer.load()

    def _window_inputs(self, document: int, text: str) -> tuple[list[_WindowInput], list[tuple[int, int]]]:
        """Return the inputs for the windows of a text, and the bounds of all its tokens."""
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
        window_inputs: list[_WindowInput] = []
        offsets: list[tuple[int, int]] = []
        for number, (special, window_offsets) in enumerate(
            zip(encoded["special_tokens_mask"], encoded["offset_mapping"], strict=True)
        ):
            first = special.index(0) if 0 in special else 0
            text_tokens = slice(first, len(special) - special[::-1].index(0) if 0 in special else 0)
            start = number * self._step
            if start > len(offsets):
                raise ValueError(f"the tokenizer omitted tokens before window {number + 1}")
            offsets += window_offsets[text_tokens][len(offsets) - start :]
            inputs = {key: encoded[key][number] for key in self._tokenizer.model_input_names if key in encoded}
            window_inputs.append(_WindowInput(document, start, inputs, text_tokens))
        return window_inputs, offsets

    def _predict(self, windows: Sequence[_WindowInput]) -> list[list[tuple[Tag, float]]]:
        """Return the tags of each window's tokens with their probabilities; windows of similar length share a batch."""
        import torch

        predictions: list[list[tuple[Tag, float]]] = [[] for _ in windows]
        lengths = [len(window.inputs["input_ids"]) for window in windows]
        order: Sequence[int] = range(len(windows))
        if self._batch > 1:
            order = sorted(order, key=lambda number: -lengths[number])
        for batch_start in range(0, len(order), self._batch):
            numbers = order[batch_start : batch_start + self._batch]
            longest = max(lengths[number] for number in numbers)
            inputs = {}
            for key in windows[numbers[0]].inputs:
                # padding is masked, so that any id in the vocabulary will do
                padding = (self._tokenizer.pad_token_id or 0) if key == "input_ids" else 0
                rows = [windows[number].inputs[key] for number in numbers]
                inputs[key] = torch.tensor([row + [padding] * (longest - len(row)) for row in rows])
            with torch.inference_mode():
                logits = self._model(**{key: rows.to(self._model.device) for key, rows in inputs.items()}).logits
                best = logits.float().softmax(dim=-1).max(dim=-1)
            for number, scores, tags in zip(numbers, best.values.tolist(), best.indices.tolist(), strict=True):
                text_tokens = windows[number].text_tokens
                predictions[number] = [
                    (self._tags[tag], score) for tag, score in zip(tags[text_tokens], scores[text_tokens], strict=True)
                ]
        return predictions


def max_tokens(tokenizer: Any, model: Any) -> int:
    """Return how many tokens the model can read at once, by its tokenizer, position embeddings and configuration."""
    limits = [tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", None)]
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and hasattr(module, "num_embeddings"):
            # RoBERTa and its relatives number positions from the one after that of the padding
            skipped = module.padding_idx + 1 if module.padding_idx is not None else 0
            limits.append(module.num_embeddings - skipped)
    return min((limit for limit in limits if limit and 0 < limit < 10**9), default=_DEFAULT_LIMIT)
