"""The command `goldspan agree` as a whole, less its start: beside reading the same files, and krippendorff."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from goldspan.corpus.spans.tokenisation import token_bounds

from .corpus import lines
from .process_usage import ProcessUsage, run_measured
from .scoring import changed_spans

_SPANS, _CHARACTERS = 10, 1000
_SIZES = (1_000, 10_000)
_NAMES = ("ada", "ben", "cem")
_READ = "import json, sys\nfor path in sys.argv[1:]:\n    for line in open(path, 'rb'):\n        json.loads(line)"


def main() -> None:
    """Print times and memory of two and three passes, ratios to reading alone, and the time of krippendorff."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = _agree(_passes(folder, 5))
        print(f"agreement  {_SPANS} spans a document; seconds of processor time less {start.cpu_seconds:.2f} to start")
        for size in _SIZES:
            paths = _passes(folder, size)
            for count in (2, 3):
                usage = _agree(paths[:count])
                seconds = usage.cpu_seconds - start.cpu_seconds
                print(f"           {count} passes, {size:>6,} documents: {seconds:6.2f} s, ", end="")
                print(f"{seconds / size * 1e6:.0f} µs a document, peak {usage.peak:.0f} MB")
        empty = run_measured([sys.executable, "-c", "import json"])
        alone = run_measured([sys.executable, "-c", _READ, *paths])
        ratio = (usage.cpu_seconds - start.cpu_seconds) / (alone.cpu_seconds - empty.cpu_seconds)
        print(f"           {ratio:.1f} times json.loads over the same lines, of three passes")
        _print_peer(paths, usage.cpu_seconds - start.cpu_seconds)


def _agree(paths: list[Path]) -> ProcessUsage:
    usage = run_measured([Path(sys.executable).with_name("goldspan"), "agree", *paths])
    if usage.status:
        raise SystemExit(f"goldspan agree ended with status {usage.status}")
    return usage


def _passes(folder: Path, documents: int) -> list[Path]:
    """Write three passes, of which the second and third differ from the first here and there."""
    rng = np.random.default_rng(5)
    paths = [folder / f"{name}-{documents}.jsonl" for name in _NAMES]
    streams = [path.open("wb") for path in paths]
    for line in lines(documents, characters=_CHARACTERS, spans=_SPANS):
        for name, stream in zip(_NAMES, streams, strict=True):
            record = json.loads(line)
            if name != _NAMES[0]:
                record["spans"] = list(changed_spans(rng, record["spans"]))
            record["layer"]["annotator"] = name
            stream.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
    for stream in streams:
        stream.close()
    return paths


def _print_peer(paths: list[Path], ours: float) -> None:
    """Print the time of krippendorff for alpha over tokens alone, given the labels of the tokens.

    Args:
        paths: Files of the passes.
        ours: Seconds of goldspan for the same files and all its figures.
    """
    try:
        import krippendorff  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        print("           krippendorff: not installed")
        return
    labels = {"ACTOR": 1, "LOCATION": 2, "DATE": 3, "COUNT": 4}
    rows = []
    for path in paths:
        row = []
        for line in path.open("rb"):
            record = json.loads(line)
            starts, ends = token_bounds(record["text"], None)
            tags = np.zeros(len(starts))
            for span in record["spans"]:
                tags[(ends > span["start"]) & (starts < span["end"])] = labels[span["label"]]
            row.append(tags)
        rows.append(np.concatenate(row))
    begun = time.process_time()
    krippendorff.alpha(reliability_data=np.stack(rows), level_of_measurement="nominal")
    seconds = time.process_time() - begun
    print(f"           krippendorff's alpha over the same tokens, already labelled: {seconds:.2f} s", end="")
    print(f"; all of goldspan's figures: {ours:.2f} s")
