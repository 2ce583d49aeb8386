"""The extractor `gliner`: models that are told in words what to find (Zaratiana et al. 2024)."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any, ClassVar

from ....schema import DependencyError, Extractor, Scheme, UsageError
from ..normalisation import FILL, MAP, ForeignSpan
from ..token_classifier import max_tokens
from .label_prompts import DEFINITIONS, LabelPrompts
from .model_folder import CODE, MODEL, ModelFolder, model_folder
from .torch_models import DEVICE, on_device, quiet_loading, torch_device
from .zero_shot import BATCH, THRESHOLD, WINDOW, ZeroShotExtractor


class GlinerModel:
    """A model of GLiNER.

    Args:
        model: The model, on its device.
        digest: The hash of its files.
        overlap: Whether its spans may overlap.
    """

    def __init__(self, model: Any, digest: str, *, overlap: bool) -> None:
        self._model, self._overlap = model, overlap
        self._tokenizer = model.data_processor.transformer_tokenizer
        self._limit = max_tokens(self._tokenizer, model)
        self.identity = f"{version('gliner')}-{digest[:8]}"
        self.window = int(model.config.max_len)

    def tokens(self, text: str) -> tuple[int, int]:
        """Return how many words a text has, by the model's own splitter, and how many tokens."""
        words = [word for word, _, _ in self._model.data_processor.words_splitter(text)]
        return len(words), self._count(words)

    def room(self, prompts: LabelPrompts) -> int:
        """Return how many tokens of text it can read at once beside the words of the labels."""
        words = prompts.labels if prompts.definitions is None else prompts.definitions.values()
        asked = sum(self._count([text]) + 1 for text in words)  # a token of its own before each
        return self._limit - asked - 1 - int(self._tokenizer.num_special_tokens_to_add())

    def predict(
        self, texts: Sequence[str], prompts: LabelPrompts, *, threshold: float, batch: int
    ) -> Iterator[list[ForeignSpan]]:
        """Yield the spans of each text, labelled with the words of the prompts."""
        labels = list(prompts.labels) if prompts.definitions is None else dict(prompts.definitions)
        options = {"flat_ner": not self._overlap, "threshold": threshold, "batch_size": batch}
        for found in self._model.inference(list(texts), labels, **options) if texts else ():
            yield [ForeignSpan(span["start"], span["end"], span["label"], float(span["score"])) for span in found]

    def _count(self, words: Sequence[str]) -> int:
        return len(self._tokenizer(list(words), is_split_into_words=True, add_special_tokens=False)["input_ids"])


def _loaded(folder: ModelFolder) -> Any:
    from gliner import GLiNER

    try:
        _refuse_code(folder)
        with quiet_loading(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return GLiNER.from_pretrained(str(folder.path))
    except (OSError, ValueError, ImportError, KeyError, RuntimeError, TypeError, AttributeError) as error:
        reason = " ".join(str(error).split())[:300].removesuffix(".")
        raise DependencyError(
            f"the model {folder.name!r} cannot be loaded by gliner: {reason}. "
            "Fix: give a folder that its save_pretrained wrote, or a name on the Hub"
        ) from error


def _refuse_code(folder: ModelFolder) -> None:
    """Refuse a model whose configuration names another on the hub that has code of its own, which gliner would run."""
    from transformers import PretrainedConfig

    config = json.loads((folder.path / "gliner_config.json").read_text(encoding="utf-8"))
    backbone = config.get("model_name")
    if backbone and not config.get("encoder_config") and PretrainedConfig.get_config_dict(backbone)[0].get(CODE):
        raise RuntimeError(f"its backbone {backbone} comes with code of its own, which goldspan does not run")


class _GlinerFactory:
    packages: ClassVar[Mapping[str, Sequence[str]]] = {"gliner": ("gliner", "torch", "transformers")}
    summary = "models of GLiNER, which are told in words what to find"
    parameters = (MODEL, THRESHOLD, WINDOW, BATCH, DEFINITIONS, DEVICE, MAP, FILL)

    def __call__(self, scheme: Scheme, *, model: str, device: str, **arguments: Any) -> Extractor:
        """Create the extractor.

        Raises:
            DependencyError: The device is not available, or the model cannot be loaded or comes with code of its own.
            UsageError: It is a model for something else, or an argument is wrong.
        """
        torch_device(device)  # before a model is downloaded for it
        folder = model_folder(model)
        loaded = on_device(_loaded(folder), device)
        if not hasattr(getattr(loaded, "data_processor", None), "words_splitter"):
            raise UsageError(f"the model {model!r} marks no spans. Fix: use a model of GLiNER for entities")
        adapted = GlinerModel(loaded, folder.digest, overlap=scheme.overlap)
        return ZeroShotExtractor(scheme, name=f"gliner:{folder.name}", model=adapted, **arguments)


GLINER = _GlinerFactory()
"""The factory behind the entry point `gliner`."""
