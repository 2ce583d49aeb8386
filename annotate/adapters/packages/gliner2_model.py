"""The extractor `gliner2`: models that are told in words what to find (Zaratiana et al. 2025)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any, ClassVar

from ....schema import DependencyError, Extractor, Scheme
from ..normalisation import FILL, MAP, ForeignSpan
from ..token_classifier import max_tokens
from .label_prompts import DEFINITIONS, LabelPrompts
from .model_folder import MODEL, ModelFolder, model_folder
from .torch_models import DEVICE, on_device, quiet_loading, torch_device
from .zero_shot import BATCH, THRESHOLD, WINDOW, ZeroShotExtractor

_WORDS = 384
"""Words of a piece: the length to which the package itself cuts long texts by default."""

_FRAME = 8
"""Tokens at most that frame a question: those of its own for the task, its brackets and the end."""


class Gliner2Model:
    """A model of GLiNER2, of either of its architectures.

    Args:
        model: The model, on its device.
        digest: The hash of its files.
    """

    def __init__(self, model: Any, digest: str) -> None:
        self._model = model
        self._tokenizer = model.processor.tokenizer
        self._limit = max_tokens(self._tokenizer, model)
        self.identity = f"{version('gliner2')}-{digest[:8]}"
        self.window = min(_WORDS, self._limit)

    def tokens(self, text: str) -> tuple[int, int]:
        """Return how many words a text has, by the model's own splitter, and how many tokens."""
        words = [word for word, _, _ in self._model.processor.word_splitter(text, lower=True)]
        return len(words), self._count(words)

    def room(self, prompts: LabelPrompts) -> int:
        """Return how many tokens of text it can read at once beside the words of the labels."""
        definitions = prompts.definitions or {}
        asked = sum(self._count([text, *filter(None, [definitions.get(text)])]) + 2 for text in prompts.labels)
        return self._limit - asked - _FRAME

    def predict(
        self, texts: Sequence[str], prompts: LabelPrompts, *, threshold: float, batch: int
    ) -> Iterator[list[ForeignSpan]]:
        """Yield the spans of each text, labelled with the words of the prompts."""
        asked = list(prompts.labels) if prompts.definitions is None else dict(prompts.definitions)
        options = {"batch_size": batch, "threshold": threshold, "include_confidence": True, "include_spans": True}
        for found in self._model.batch_extract_entities(list(texts), asked, **options) if texts else ():
            yield [
                ForeignSpan(span["start"], span["end"], label, float(span["confidence"]))
                for label, spans in found.get("entities", {}).items()
                for span in spans
            ]

    def _count(self, words: Sequence[str]) -> int:
        return sum(len(self._tokenizer.tokenize(word)) for word in words)


def _loaded(folder: ModelFolder) -> Any:
    from gliner2 import AutoExtractor

    try:
        with quiet_loading(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import gliner2.inference.engine  # noqa: F401 - registers the architectures

            return AutoExtractor.from_pretrained(str(folder.path))
    except (OSError, ValueError, ImportError, KeyError, RuntimeError, TypeError, AttributeError) as error:
        reason = " ".join(str(error).split())[:300].removesuffix(".")
        raise DependencyError(
            f"the model {folder.name!r} cannot be loaded by gliner2: {reason}. "
            "Fix: give a folder that its save_pretrained wrote, or a name on the Hub"
        ) from error


class _Gliner2Factory:
    packages: ClassVar[Mapping[str, Sequence[str]]] = {"gliner2[local]": ("gliner2", "torch", "transformers", "peft")}
    summary = "models of GLiNER2, which are told in words what to find"
    parameters = (MODEL, THRESHOLD, WINDOW, BATCH, DEFINITIONS, DEVICE, MAP, FILL)

    def __call__(self, scheme: Scheme, *, model: str, device: str, **arguments: Any) -> Extractor:
        """Create the extractor.

        Raises:
            DependencyError: The device is not available, or the model cannot be loaded or comes with code of its own.
            UsageError: An argument is wrong.
        """
        torch_device(device)  # before a model is downloaded for it
        folder = model_folder(model)
        adapted = Gliner2Model(on_device(_loaded(folder), device), folder.digest)
        return ZeroShotExtractor(scheme, name=f"gliner2:{folder.name}", model=adapted, **arguments)


GLINER2 = _Gliner2Factory()
"""The factory behind the entry point `gliner2`."""
