"""Scoring a hundred thousand documents from Parquet, compared with reading them, seqeval and nervaluate."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from goldspan.annotate.runner.memory import peak_megabytes
from goldspan.eval.columns.span_columns import Ints
from goldspan.eval.matching.match_counts import MEASURES, count_matches
from goldspan.eval.statistics.bootstrap import resampled_sums
from goldspan.schema import conflict_scheme

_Rows = tuple[Ints, Ints, Ints]

_DOCUMENTS = 100_000
_SPANS = 25
_PEER_DOCUMENTS = 1000


def main() -> None:
    """Print times, memory and peers' ratios (targets: scoring under 1 s, resampling under 3 s, memory under 1 GB)."""
    labels = list(conflict_scheme().labels)
    rng = np.random.default_rng(0)
    gold = _spans(rng)
    system = _perturb(rng, *gold)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{name}.parquet" for name in ("gold", "system")]
        for path, side in zip(paths, (gold, system), strict=True):
            _write(path, side, labels)
        command: list[str | Path] = [sys.executable, "-m", "benchmarks.scoring", *paths]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    reading, scoring, resampling, peak = map(float, output.split())
    print(
        f"scoring  {_DOCUMENTS} documents of {_SPANS} gold and system spans: reading Parquet {reading:.2f} s,", end=" "
    )
    print(f"four measures with labels {scoring:.2f} s, 1000 resamples {resampling:.2f} s,", end=" ")
    print(f"peak {peak:.0f} MB")
    share = scoring * _PEER_DOCUMENTS / _DOCUMENTS
    for name, peer in (("seqeval classification_report, strict", _seqeval), ("nervaluate", _nervaluate)):
        seconds = peer(gold, system, labels)
        ratio = seconds / share
        print(f"         {name}: {seconds:.2f} s for {_PEER_DOCUMENTS} of them, {ratio:.0f} times ours a document")


def child(gold_path: str, system_path: str) -> None:
    """Read, score and resample in a separate process, whose memory is only its own; print seconds and peak memory."""
    scheme = conflict_scheme()
    reading, (gold, system) = _time(lambda: [read_columns(path, scheme) for path in (gold_path, system_path)])
    size = {"documents": len(gold.ids), "labels": len(scheme.labels)}
    scoring, matches = _time(lambda: count_matches(gold.spans, system.spans, **size), rounds=3)
    counts = np.concatenate([matches.counts[measure].stacked() for measure in MEASURES], axis=1)
    resampling, _ = _time(lambda: resampled_sums(counts, resamples=1000, seed=0))
    print(reading, scoring, resampling, peak_megabytes() or float("nan"))


def _time(call: Callable[[], Any], *, rounds: int = 1) -> tuple[float, Any]:
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - start)
    return best, result


def _spans(rng: np.random.Generator) -> _Rows:
    n = _DOCUMENTS * _SPANS
    start = np.tile(np.arange(_SPANS) * 100, _DOCUMENTS) + rng.integers(0, 40, n)
    return start, start + rng.integers(3, 30, n), rng.integers(0, 4, n)


def _perturb(rng: np.random.Generator, start: Ints, end: Ints, label: Ints) -> _Rows:
    """Return spans of a system that gets two thirds right; others are shifted, lengthened, relabelled or elsewhere."""
    error = rng.random(len(start))
    start = start + np.where(error < 0.1, 2, 0) + np.where((error > 0.2) & (error < 0.33), 28, 0)
    end = end + np.where(error < 0.15, 3, 0) + np.where((error > 0.2) & (error < 0.33), 28, 0)
    return start, end, np.where((error > 0.15) & (error < 0.2), (label + 1) % 4, label)


def _write(path: Path, side: _Rows, labels: list[str]) -> None:
    start, end, label = side
    names = pa.DictionaryArray.from_arrays(label.astype(np.int32), pa.array(labels)).cast(pa.string())
    items = pa.StructArray.from_arrays([pa.array(start), pa.array(end), names], ["start", "end", "label"])
    offsets = pa.array(np.arange(_DOCUMENTS + 1) * _SPANS, pa.int32())
    ids = pa.array([f"article-{i}" for i in range(_DOCUMENTS)])
    columns = {"id": ids, "text_sha256": ids, "spans": pa.ListArray.from_arrays(offsets, items)}
    pq.write_table(pa.table(columns), path)


def _seqeval(gold: _Rows, system: _Rows, labels: list[str]) -> float:
    """Return the seconds of seqeval on the same spans, with five code points to a token."""
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    tags = [[_tags(side, document, labels) for document in range(_PEER_DOCUMENTS)] for side in (gold, system)]
    return _time(lambda: classification_report(*tags, mode="strict", scheme=IOB2))[0]


def _nervaluate(gold: _Rows, system: _Rows, labels: list[str]) -> float:
    """Return the seconds of nervaluate on the same spans."""
    from nervaluate.evaluator import Evaluator

    sides = [
        [
            [
                {"start": int(start), "end": int(end) - 1, "label": labels[label]}
                for start, end, label in zip(*(column[i * _SPANS : (i + 1) * _SPANS] for column in side), strict=True)
            ]
            for i in range(_PEER_DOCUMENTS)
        ]
        for side in (gold, system)
    ]
    return _time(lambda: Evaluator(*sides, tags=labels, loader="dict").evaluate())[0]


def _tags(side: _Rows, document: int, labels: list[str]) -> list[str]:
    tags = ["O"] * (_SPANS * 20)
    rows = slice(document * _SPANS, (document + 1) * _SPANS)
    for start, end, label in zip(*(column[rows].tolist() for column in side), strict=True):
        first, last = start // 5, min((end - 1) // 5, len(tags) - 1)
        tags[first : last + 1] = [f"B-{labels[label]}", *[f"I-{labels[label]}"] * (last - first)]
    return tags


if __name__ == "__main__":
    child(*sys.argv[1:])
