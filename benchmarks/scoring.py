"""The command `goldspan score` as a whole, less its start: beside reading the same files, seqeval and nervaluate."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from goldspan.corpus.storage.arrow import record_schema
from goldspan.schema import conflict_scheme
from goldspan.schema.hashing import sha256_hex

from .corpus import lines
from .process_usage import ProcessUsage, run_measured

_Ints = NDArray[np.int64]
_Rows = tuple[_Ints, _Ints, _Ints]

_SPANS = 25
_SIZES = (1_000, 10_000, 100_000, 1_000_000)
_COMPARED = 100_000
_PEER_DOCUMENTS = 1000

_READ_PARQUET = "import sys, pyarrow.parquet as p; [p.read_table(f, columns=['id', 'spans']) for f in sys.argv[1:]]"
_READ_LINES = "import json, sys\nfor path in sys.argv[1:]:\n    for line in open(path, 'rb'):\n        json.loads(line)"
_START = {"Parquet": "import pyarrow.parquet", "JSON lines": "import json"}


def main() -> None:
    """Print times, memory, ratios to reading alone (targets: 5 for Parquet, 2 for JSON lines), growth, and peers."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few = _lines_files(folder, 5)
        start = _score(few)
        print(f"scoring  {_SPANS} spans a document; seconds of processor time less {start.cpu_seconds:.2f} to start")
        times = {}
        for size in _SIZES:
            paths = _parquet_files(folder, size)
            usage = _score(paths)
            times[size] = usage.cpu_seconds - start.cpu_seconds
            print(
                f"         Parquet, {size:>9,} documents: {times[size]:7.2f} s, {times[size] / size * 1e6:5.1f} µs",
                end="",
            )
            print(f" a document, peak {usage.peak:.0f} MB")
            if size == _COMPARED:
                _print_ratio("Parquet", usage, start, _READ_PARQUET, paths)
            for path in paths:
                path.unlink()
        paths = _lines_files(folder, _COMPARED)
        usage = _score(paths)
        print(f"         JSON lines, {_COMPARED:,} documents ({paths[0].stat().st_size / 1e6:.0f} MB each):", end=" ")
        print(f"{usage.cpu_seconds - start.cpu_seconds:.2f} s, peak {usage.peak:.0f} MB")
        _print_ratio("JSON lines", usage, start, _READ_LINES, paths)
    _print_peers(times[_COMPARED] * _PEER_DOCUMENTS / _COMPARED)


def _score(paths: list[Path]) -> ProcessUsage:
    usage = run_measured([Path(sys.executable).with_name("goldspan"), "score", *paths])
    if usage.status:
        raise SystemExit(f"goldspan score ended with status {usage.status}")
    return usage


def _print_ratio(form: str, usage: ProcessUsage, start: ProcessUsage, reading: str, paths: list[Path]) -> None:
    alone = run_measured([sys.executable, "-c", reading, *paths])
    empty = run_measured([sys.executable, "-c", _START[form]])
    processor = (usage.cpu_seconds - start.cpu_seconds) / (alone.cpu_seconds - empty.cpu_seconds)
    clock = (usage.seconds - start.seconds) / (alone.seconds - empty.seconds)
    peer = "json.loads over the same lines" if form == "JSON lines" else "pyarrow's reading of id and spans"
    print(f"         {form}: {processor:.1f} times {peer} by processor time, {clock:.1f} times by the clock")


def _lines_files(folder: Path, documents: int) -> list[Path]:
    """Write a gold with texts and values, and a system that gets most of it right."""
    rng = np.random.default_rng(5)
    paths = [folder / f"{name}-{documents}.jsonl" for name in ("gold", "system")]
    with paths[0].open("wb") as gold, paths[1].open("wb") as system:
        for line in lines(documents, spans=_SPANS):
            gold.write(line)
            record = json.loads(line)
            record["spans"] = list(changed_spans(rng, record["spans"]))
            record["layer"]["annotator"] = "system"
            system.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
    return paths


def changed_spans(rng: np.random.Generator, spans: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield most of the spans, some of them shifted, relabelled or with another value."""
    for span, draw in zip(spans, rng.random(len(spans)).tolist(), strict=True):
        if draw < 0.1:
            yield span | {"start": span["start"] - 1, "end": span["end"] - 1}
        elif draw < 0.15:
            yield span | {"label": "COUNT" if span["label"] == "DATE" else "DATE", "value": None}
        elif draw < 0.25 and span["label"] == "ACTOR":
            yield span | {"value": {"kind": "armed_group", "id": f"group-{int(draw * 10_000)}"}}
        elif draw > 0.9 and span["label"] == "LOCATION":
            yield span | {"value": span["value"] | {"lat": span["value"]["lat"] * 0.99}}
        elif draw < 0.9:
            yield span


def _parquet_files(folder: Path, documents: int) -> list[Path]:
    """Write a gold without texts and values, with their hashes and lengths, and a system."""
    rng = np.random.default_rng(0)
    gold = _spans(rng, documents)
    paths = [folder / f"{name}-{documents}.parquet" for name in ("gold", "system")]
    for path, side in zip(paths, (gold, _perturb(rng, *gold)), strict=True):
        _write(path, side, documents)
    return paths


def _spans(rng: np.random.Generator, documents: int) -> _Rows:
    n = documents * _SPANS
    start = np.tile(np.arange(_SPANS) * 100, documents) + rng.integers(0, 40, n)
    return start, start + rng.integers(3, 30, n), rng.integers(0, 4, n)


def _perturb(rng: np.random.Generator, start: _Ints, end: _Ints, label: _Ints) -> _Rows:
    """Return spans of a system that gets two thirds right; others are shifted, lengthened, relabelled or elsewhere."""
    error = rng.random(len(start))
    start = start + np.where(error < 0.1, 2, 0) + np.where((error > 0.2) & (error < 0.33), 28, 0)
    end = end + np.where(error < 0.15, 3, 0) + np.where((error > 0.2) & (error < 0.33), 28, 0)
    return start, end, np.where((error > 0.15) & (error < 0.2), (label + 1) % 4, label)


def _write(path: Path, side: _Rows, documents: int) -> None:
    scheme = conflict_scheme()
    start, end, label = side
    names = pa.DictionaryArray.from_arrays(label.astype(np.int32), pa.array(list(scheme.labels))).cast(pa.string())
    items = pa.StructArray.from_arrays([pa.array(start), pa.array(end), names], ["start", "end", "label"])
    offsets = pa.array(np.arange(documents + 1) * _SPANS, pa.int32())
    columns = {
        "id": pa.array([f"article-{i:07}" for i in range(documents)]),
        "text_sha256": pa.array([sha256_hex(str(i)) for i in range(documents)]),
        "text_length": pa.array(np.full(documents, 3000)),
        "spans": pa.ListArray.from_arrays(offsets, items),
    }
    assert set(columns) <= set(record_schema(scheme).names)
    pq.write_table(pa.table(columns), path)


def _print_peers(ours: float) -> None:
    """Print the times of other scorers for the same spans.

    Args:
        ours: Seconds of goldspan for as many documents as they get.
    """
    labels = list(conflict_scheme().labels)
    rng = np.random.default_rng(0)
    gold = _spans(rng, _PEER_DOCUMENTS)
    system = _perturb(rng, *gold)
    tags = [[_tags(side, document, labels) for document in range(_PEER_DOCUMENTS)] for side in (gold, system)]
    peers: dict[str, Callable[[], Any]] = {
        "seqeval classification_report, strict": lambda: _seqeval(tags),
        "evaluate's metric seqeval": lambda: _evaluate(tags),
        "nervaluate": lambda: _nervaluate(gold, system, labels),
    }
    for name, peer in peers.items():
        begun = time.process_time()
        try:
            peer()
        except ImportError:
            print(f"         {name}: not installed")
            continue
        seconds = time.process_time() - begun
        print(f"         {name}: {seconds:.2f} s for {_PEER_DOCUMENTS} documents, {seconds / ours:.0f} times ours")


def _seqeval(tags: list[list[list[str]]]) -> None:
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    classification_report(*tags, mode="strict", scheme=IOB2)


def _evaluate(tags: list[list[list[str]]]) -> None:
    import evaluate  # type: ignore[import-not-found,unused-ignore]

    evaluate.load("seqeval").compute(references=tags[0], predictions=tags[1])


def _nervaluate(gold: _Rows, system: _Rows, labels: list[str]) -> None:
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
    Evaluator(*sides, tags=labels, loader="dict").evaluate()


def _tags(side: _Rows, document: int, labels: list[str]) -> list[str]:
    """Return the tags of a document, with five code points to a token."""
    tags = ["O"] * (_SPANS * 20)
    rows = slice(document * _SPANS, (document + 1) * _SPANS)
    for start, end, label in zip(*(column[rows].tolist() for column in side), strict=True):
        first, last = start // 5, min((end - 1) // 5, len(tags) - 1)
        tags[first : last + 1] = [f"B-{labels[label]}", *[f"I-{labels[label]}"] * (last - first)]
    return tags
