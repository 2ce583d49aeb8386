"""The extractor `transformers`: any token classification model, from a folder or by its name on the hub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from ...schema import DependencyError, Extractor, Parameter, Scheme, UsageError
from .normalisation import FILL, MAP
from .token_classifier import TokenClassifier

_HUB_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?", re.ASCII)
_MATTERS = (".json", ".model", ".safetensors", ".txt")
_FIX = "Fix: pip install 'goldspan[transformers]'"


class _TransformersFactory:
    summary = "any token classification model of transformers, from a folder or the hub; weights as safetensors only"
    parameters = (
        Parameter("model", "a folder, or a name on the hub", required=True, positional=True),
        Parameter("window", "tokens that are read at once; by default as many as the model can", type=int),
        Parameter("stride", "tokens that two windows share; by default a quarter", type=int),
        Parameter("batch", "windows that are read together", type=int, default=1),
        Parameter("device", "as torch calls it: cpu, cuda, cuda:1, mps", default="cpu"),
        MAP,
        FILL,
    )

    def __call__(self, scheme: Scheme, *, model: str, device: str, **arguments: Any) -> Extractor:
        """The extractor.

        Raises:
            DependencyError: transformers or torch is not installed, there is no such device, or the model cannot be
                loaded: it is not there, or has its weights only in a form that can run code.
            UsageError: It is no token classification model, has no tokenizer with offsets, or an argument is at fault.
        """
        try:
            import torch
            import transformers  # noqa: F401 - only asked whether it is there
        except ImportError as error:
            message = f"the extractor transformers needs the packages transformers and torch. {_FIX}"
            raise DependencyError(message) from error
        folder = Path(model)
        if not folder.is_dir() and (folder.exists() or not _HUB_NAME.fullmatch(model)):
            raise UsageError(f"{model!r} is neither a folder with a model nor a name on the hub")
        try:
            place = torch.device(device)
        except RuntimeError as error:
            raise UsageError(f"device={device!r} is none that torch knows. Fix: cpu, cuda, cuda:1 or mps") from error
        tokenizer, loaded = _load(model, folder)
        try:
            loaded = loaded.to(place).eval()
        # torch says by an AssertionError that it was built without CUDA, by the others that the device is not there
        except (AssertionError, RuntimeError, NotImplementedError) as error:
            raise DependencyError(f"there is no device {device!r} here. Fix: device=cpu") from error
        name = folder.resolve().name if folder.is_dir() else model
        digest = _digest(folder, loaded)
        return TokenClassifier(scheme, name=name, digest=digest, tokenizer=tokenizer, model=loaded, **arguments)


def _load(model: str, folder: Path) -> tuple[Any, Any]:
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    here = folder.is_dir()
    if here and not any(folder.glob("*.safetensors")) and any(folder.glob("*.bin")):
        what = f"the weights in {model!r} are pickled, and reading them may run code"
        raise DependencyError(f"{what}. Fix: save the model with save_pretrained, which writes safetensors")
    how = {"trust_remote_code": False, "local_files_only": here}
    try:
        with _quiet():
            tokenizer = AutoTokenizer.from_pretrained(model, use_fast=True, **how)
            loaded, report = AutoModelForTokenClassification.from_pretrained(
                model, use_safetensors=True, dtype=torch.float32, output_loading_info=True, **how
            )
    except (OSError, ValueError, ImportError, KeyError, RuntimeError, SafetensorError) as error:
        why = " ".join(str(error).split())[:300]
        fix = "a folder or a name of the hub that holds one"
        raise DependencyError(f"the model {model!r} cannot be loaded: {why.removesuffix('.')}. Fix: {fix}") from error
    if not tokenizer.is_fast:
        what = f"the model {model!r} has no fast tokenizer, the only kind that knows where its tokens stand in the text"
        raise UsageError(f"{what}. Fix: a model with a tokenizer.json")
    if missing := sorted(report["missing_keys"]):
        what = f"the model {model!r} lacks weights ({', '.join(missing)[:100]})"
        raise UsageError(f"{what}. Fix: a model trained for token classification")
    tokenizer.truncation_side = "right"  # windows are counted from the text's beginning
    return tokenizer, loaded


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps the library's bars and reports off the terminal; what matters in them is raised as an error."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _digest(folder: Path, model: Any) -> str:
    """Of the files that decide what a model says; of one from the hub the name of its commit."""
    commit = getattr(model.config, "_commit_hash", None)
    if commit and not folder.is_dir():
        return str(commit)
    digest = sha256()
    for path in sorted(folder.iterdir() if folder.is_dir() else ()):
        if path.suffix in _MATTERS and path.is_file():
            with path.open("rb") as file:
                digest.update(path.name.encode() + b"\0" + file_digest(file, "sha256").digest())
    return digest.hexdigest()


TRANSFORMERS = _TransformersFactory()
"""What the entry point `transformers` names."""
