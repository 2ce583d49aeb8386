"""The extractor `transformers`: any token classification model, from a folder or the Hugging Face Hub."""

from __future__ import annotations

import re
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from ...schema import DependencyError, Extractor, Parameter, Scheme, UsageError
from .normalisation import FILL, MAP
from .packages.torch_models import DEVICE, on_device, quiet_loading, torch_device
from .token_classifier import TokenClassifier

_HUB_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?", re.ASCII)
_MODEL_SUFFIXES = (".json", ".model", ".safetensors", ".txt")


class _TransformersFactory:
    extras = ("transformers",)
    summary = "any token classification model of transformers, from a folder or the hub; weights as safetensors only"
    parameters = (
        Parameter("model", "a folder, or a name on the hub", required=True, positional=True),
        Parameter("window", "tokens in a window; by default as many as the model can read", type=int),
        Parameter("stride", "tokens shared by neighbouring windows; by default a quarter of a window", type=int),
        Parameter("batch", "windows that the model reads together", type=int, default=1),
        DEVICE,
        MAP,
        FILL,
    )

    def __call__(self, scheme: Scheme, *, model: str, device: str, **arguments: Any) -> Extractor:
        """Create the extractor.

        Raises:
            DependencyError: The device is not available, or the model cannot be loaded: it does not exist, or its
                weights are only stored in a format that can run code.
            UsageError: It is not a token classification model, has no tokenizer with offsets, or an argument is
                invalid.
        """
        folder = Path(model)
        if not folder.is_dir() and (folder.exists() or not _HUB_NAME.fullmatch(model)):
            raise UsageError(f"{model!r} is neither a folder with a model nor a name on the Hub")
        torch_device(device)  # before a model is downloaded for it
        tokenizer, classifier = _load(model, folder)
        classifier = on_device(classifier, device)
        name = folder.resolve().name if folder.is_dir() else model
        digest = _digest(folder, classifier)
        return TokenClassifier(scheme, name=name, digest=digest, tokenizer=tokenizer, model=classifier, **arguments)


def _load(model: str, folder: Path) -> tuple[Any, Any]:
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    is_local = folder.is_dir()
    if is_local and not any(folder.glob("*.safetensors")) and any(folder.glob("*.bin")):
        message = f"the weights in {model!r} are pickled, and loading them may run code"
        raise DependencyError(f"{message}. Fix: save the model with save_pretrained, which writes safetensors")
    options = {"trust_remote_code": False, "local_files_only": is_local}
    try:
        with quiet_loading():
            tokenizer = AutoTokenizer.from_pretrained(model, use_fast=True, **options)
            classifier, report = AutoModelForTokenClassification.from_pretrained(
                model, use_safetensors=True, dtype=torch.float32, output_loading_info=True, **options
            )
    except (OSError, ValueError, ImportError, KeyError, RuntimeError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:300].removesuffix(".")
        fix = "give a folder with a model, or a name on the Hub"
        raise DependencyError(f"the model {model!r} cannot be loaded: {reason}. Fix: {fix}") from error
    if not tokenizer.is_fast:
        message = f"the model {model!r} has no fast tokenizer, the only kind that returns the offsets of tokens"
        raise UsageError(f"{message}. Fix: use a model with a tokenizer.json")
    if missing := sorted(report["missing_keys"]):
        message = f"the model {model!r} lacks weights ({', '.join(missing)[:100]})"
        raise UsageError(f"{message}. Fix: use a model trained for token classification")
    tokenizer.truncation_side = "right"  # windows are numbered from the start of the text
    return tokenizer, classifier


def _digest(folder: Path, model: Any) -> str:
    """Return the hash of the files that determine a model's output, or the commit of a model from the Hub."""
    commit = getattr(model.config, "_commit_hash", None)
    if commit and not folder.is_dir():
        return str(commit)
    digest = sha256()
    for path in sorted(folder.iterdir() if folder.is_dir() else ()):
        if path.suffix in _MODEL_SUFFIXES and path.is_file():
            with path.open("rb") as file:
                digest.update(path.name.encode() + b"\0" + file_digest(file, "sha256").digest())
    return digest.hexdigest()


TRANSFORMERS = _TransformersFactory()
"""The factory behind the entry point `transformers`."""
