"""The folder of a model that is not one of transformers: its own, or the files of a name on the Hugging Face Hub."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from ....schema import DependencyError, Parameter, UsageError

MODEL = Parameter("model", "a folder, or a name on the hub", required=True, positional=True)

_HUB_NAME = re.compile(r"\w[\w.-]*/\w[\w.-]*", re.ASCII)
_DIGESTED = (".bin", ".json", ".model", ".safetensors", ".txt")
CODE = "auto_map"
"""The key of a configuration that names code of the model, which transformers would run."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder with the files of a model.

    Attributes:
        path: The folder.
        name: What the model is called in layers.
        digest: The commit on the hub, or the hash of the files that determine what the model predicts.
    """

    path: Path
    name: str
    digest: str


def model_folder(model: str) -> ModelFolder:
    """Return the folder of a model; those of a name on the hub are downloaded, weights as safetensors if it has them.

    Raises:
        DependencyError: The hub has no such model or cannot be reached, or the model comes with code of its own.
        UsageError: It is neither a folder nor a name on the hub.
    """
    path = Path(model)
    if path.is_dir():
        found = ModelFolder(path, path.resolve().name, _digest(path))
    elif path.exists() or not _HUB_NAME.fullmatch(model):
        raise UsageError(
            f"{model!r} is neither a folder with a model nor a name on the Hub. Fix: OWNER/MODEL, or a folder"
        )
    else:
        snapshot = _download(model)
        found = ModelFolder(snapshot, model, snapshot.name)
    if file := next((file for file in _configurations(found.path) if _names_code(file)), None):
        what = f"the model {model!r} comes with code of its own ({file.name}: {CODE}), which goldspan does not run"
        raise DependencyError(f"{what}. Fix: use a model of an architecture that transformers has")
    return found


def weights_digest(model: Any) -> str:
    """Return the hash of the weights of a model that is loaded, where its files are not known."""
    digest = sha256()
    for name, weights in sorted(model.state_dict().items()):
        digest.update(name.encode() + b"\0" + weights.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _download(model: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        files = ["*.json", "*.txt", "*.model"]
        folder = Path(snapshot_download(model, allow_patterns=[*files, "*.safetensors"]))
        if not any(folder.rglob("*.safetensors")):
            folder = Path(snapshot_download(model, allow_patterns=[*files, "pytorch_model.bin"]))
    except (OSError, ValueError, RuntimeError) as error:  # those of the hub and of its HTTP client are one of these
        reason = " ".join(str(error).split())[:300].removesuffix(".")
        raise DependencyError(
            f"the model {model!r} cannot be downloaded: {reason}. Fix: give a folder with a model, or a name on the Hub"
        ) from error
    return folder


def _configurations(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*config.json")) if file.is_file())


def _names_code(file: Path) -> bool:
    try:
        return _has_key(json.loads(file.read_text(encoding="utf-8")), CODE)
    except (OSError, ValueError, RecursionError):  # whoever loads the model says what is wrong with it
        return False


def _has_key(value: object, key: str) -> bool:
    if isinstance(value, dict):
        return bool(value.get(key)) or any(_has_key(part, key) for part in value.values())
    return isinstance(value, list) and any(_has_key(part, key) for part in value)


def _digest(folder: Path) -> str:
    digest = sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in _DIGESTED and path.is_file():
            with path.open("rb") as file:
                name = path.relative_to(folder).as_posix()
                digest.update(name.encode() + b"\0" + file_digest(file, "sha256").digest())
    return digest.hexdigest()
