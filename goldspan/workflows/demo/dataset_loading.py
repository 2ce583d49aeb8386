"""Load a dataset in a clean environment: by `load_dataset`, in a new process without goldspan and network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...annotate.child_environment import without_tokens
from ...schema import DataError, Document, Problem

_SCRIPT = """
import json, sys
from datasets import get_dataset_config_names, load_dataset

folder, cache = sys.argv[1:]
rows, spans = {}, {}
for name in get_dataset_config_names(folder):
    parts = load_dataset(folder, name, cache_dir=cache)
    rows[name] = {split: part.num_rows for split, part in parts.items()}
for part in load_dataset(folder, cache_dir=cache).values():
    label = part.features["spans"].feature["label"]
    for row in part:
        spans[row["id"]] = [[s["start"], s["end"], label.int2str(s["label"])] for s in row["spans"]]
json.dump({"goldspan": "goldspan" in sys.modules, "rows": rows, "spans": spans}, sys.stdout)
"""
_CACHE = ".loading"


@dataclass(frozen=True, slots=True)
class LoadedDataset:
    """A dataset that `load_dataset` has loaded.

    Attributes:
        rows: Number of rows by configuration and split.
        documents: Number of documents in the default configuration.
        spans: Number of spans there.
    """

    rows: dict[str, dict[str, int]]
    documents: int
    spans: int


def load_in_clean_environment(dataset: Path, gold: Sequence[Document]) -> LoadedDataset:
    """Load a dataset by `load_dataset` alone and compare it with its gold.

    The cache is created beside the dataset and removed at the end; the network is off.

    Args:
        dataset: Folder of an exported dataset.
        gold: The documents that were exported.

    Raises:
        DataError: The dataset does not load, or its documents or spans differ from the gold.
    """
    cache = dataset.with_name(_CACHE)
    shutil.rmtree(cache, ignore_errors=True)  # left by a run that was killed
    environment = {**without_tokens(), "HF_HOME": str(cache), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    # without the current folder on the path: a file there may have the name of a package
    command = [sys.executable, "-P", "-c", _SCRIPT, str(dataset), str(cache)]
    try:
        process = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)
    finally:
        shutil.rmtree(cache, ignore_errors=True)
    if process.returncode:
        message = (process.stderr.strip().split("\n") or [""])[-1][:300]
        raise DataError(Problem(f"load_dataset failed: {message}", path=str(dataset)))
    loaded = json.loads(process.stdout)
    expected = {d.id: [[span.start, span.end, span.label] for span in d.spans] for d in gold}
    if loaded["goldspan"] or loaded["spans"] != expected:
        raise DataError(Problem("the loaded dataset differs from the gold", path=str(dataset)))
    return LoadedDataset(loaded["rows"], len(expected), sum(map(len, expected.values())))
