"""A dataset loaded as strangers load it: by `load_dataset` in a Python of its own, without goldspan and network."""

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
    """What `load_dataset` found.

    Attributes:
        rows: Their number by configuration and split.
        documents: Of the default configuration.
        spans: Likewise.
    """

    rows: dict[str, dict[str, int]]
    documents: int
    spans: int


def load_in_clean_environment(dataset: Path, gold: Sequence[Document]) -> LoadedDataset:
    """Loads a dataset by `load_dataset` alone and holds it against its gold.

    The cache lies beside the dataset and is removed at the end; the network is off.

    Args:
        dataset: The folder of an export.
        gold: What was exported.

    Raises:
        DataError: It does not load, or has other documents or spans than the gold.
    """
    cache = dataset.with_name(_CACHE)
    shutil.rmtree(cache, ignore_errors=True)  # of a run that was killed
    surroundings = {**without_tokens(), "HF_HOME": str(cache), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    # without the folder one stands in on the path: a file there may be called as a package is
    command = [sys.executable, "-P", "-c", _SCRIPT, str(dataset), str(cache)]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", env=surroundings, check=False)
    finally:
        shutil.rmtree(cache, ignore_errors=True)
    if done.returncode:
        said = (done.stderr.strip().split("\n") or [""])[-1][:300]
        raise DataError(Problem(f"load_dataset does not load it: {said}", path=str(dataset)))
    found = json.loads(done.stdout)
    wanted = {d.id: [[span.start, span.end, span.label] for span in d.spans] for d in gold}
    if found["goldspan"] or found["spans"] != wanted:
        raise DataError(Problem("what load_dataset loads is not the gold", path=str(dataset)))
    return LoadedDataset(found["rows"], len(wanted), sum(map(len, wanted.values())))
