"""Export of many documents to Parquet, compared with pyarrow writing the same columns; and its peak memory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from msgspec.structs import replace

from goldspan.annotate.runner.memory import peak_megabytes
from goldspan.corpus.formats import export_documents, load_writer
from goldspan.corpus.storage.arrow import record_batch, record_schema
from goldspan.schema import Document, Scheme, conflict_scheme

from .annotation.studio_server import make_document

_DOCUMENTS = 100_000
_DISTINCT = 500  # generated before timing starts, and repeated under different ids
_BATCH_ROWS = 1000


def main(documents: int = _DOCUMENTS) -> None:
    """Print the seconds of both in turn, their ratio (target: at most 1.5), and peak memory (target: constant)."""
    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(2):
            for kind in ("ours", "theirs") if turn == 0 else ("theirs", "ours"):
                run = _time_goldspan if kind == "ours" else _time_pyarrow
                seconds = run(documents, Path(folder) / f"{kind}.parquet")
                (ours if kind == "ours" else theirs).append(seconds)
        rows = pq.read_table(Path(folder) / "ours.parquet", memory_map=True).num_rows
    print(f"export   {rows} documents of 3 kB and 25 spans to Parquet in two turns:", end=" ")
    print(f"{sum(ours) / 2:.1f} s, pyarrow alone {sum(theirs) / 2:.1f} s: {sum(ours) / sum(theirs):.2f} of it")
    few, many = (_peak_memory(count) for count in (documents // 5, documents))
    print(f"         peak memory {few:.0f} MB for {documents // 5} documents, {many:.0f} MB for {documents}")


def _pool(scheme: Scheme) -> list[Document]:
    return [make_document(number) for number in range(_DISTINCT)]


def _repeat(pool: list[Document], count: int) -> Iterator[Document]:
    for number in range(count):
        yield replace(pool[number % len(pool)], id=f"document-{number}")


def _time_goldspan(count: int, path: Path) -> float:
    """Return the seconds of goldspan's export, which validates each document and hashes its text."""
    scheme = conflict_scheme()
    pool = _pool(scheme)
    start = time.perf_counter()
    export_documents(_repeat(pool, count), load_writer("parquet"), path, scheme)
    return time.perf_counter() - start


def _time_pyarrow(count: int, path: Path) -> float:
    """Return the seconds of pyarrow writing plain Python rows with the same columns; generating them is not timed."""
    scheme = conflict_scheme()
    schema = record_schema(scheme)
    rows: list[dict[str, Any]] = record_batch(_pool(scheme), scheme).to_pylist()
    start = time.perf_counter()
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for first in range(0, count, _BATCH_ROWS):
            numbers = range(first, min(first + _BATCH_ROWS, count))
            batch = [{**rows[number % len(rows)], "id": f"document-{number}"} for number in numbers]
            writer.write_batch(pa.RecordBatch.from_pylist(batch, schema))
    return time.perf_counter() - start


def _peak_memory(count: int) -> float:
    """Return the peak memory in MB of a process that exports `count` documents."""
    code = f"from benchmarks.export import export_alone; export_alone({count})"
    process = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, encoding="utf-8")
    return float(process.stdout)


def export_alone(count: int) -> None:
    """Export `count` documents, and print the peak memory of this process in MB."""
    with tempfile.TemporaryDirectory() as folder:
        _time_goldspan(count, Path(folder) / "documents.parquet")
    print(peak_megabytes() or float("nan"))
