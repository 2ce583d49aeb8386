"""Export of many documents to Parquet, beside pyarrow writing the same columns; and the memory that it takes."""

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
from goldspan.corpus.formats import export, load_format
from goldspan.corpus.storage.arrow import record_batch, record_schema
from goldspan.schema import Document, Scheme, conflict_scheme

from .studio import make_document

_DOCUMENTS = 100_000
_DIFFERENT = 500  # made before the clock starts, and told apart by their ids
_ROWS = 1000


def main(documents: int = _DOCUMENTS) -> None:
    """Prints seconds of both in turns, their ratio (at most 1.5), and the growth of memory (none)."""
    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(2):
            for kind in ("ours", "theirs") if turn == 0 else ("theirs", "ours"):
                seconds = (_ours if kind == "ours" else _theirs)(documents, Path(folder) / f"{kind}.parquet")
                (ours if kind == "ours" else theirs).append(seconds)
        same = pq.read_table(Path(folder) / "ours.parquet", memory_map=True).num_rows
    print(f"export   {same} documents of 3 kB and 25 spans to Parquet in two turns:", end=" ")
    print(f"{sum(ours) / 2:.1f} s, pyarrow alone {sum(theirs) / 2:.1f} s: {sum(ours) / sum(theirs):.2f} of it")
    few, many = (_peak(count) for count in (documents // 5, documents))
    print(f"         peak memory {few:.0f} MB for {documents // 5} documents, {many:.0f} MB for {documents}")


def _pool(scheme: Scheme) -> list[Document]:
    return [make_document(number) for number in range(_DIFFERENT)]


def _many(pool: list[Document], count: int) -> Iterator[Document]:
    for number in range(count):
        yield replace(pool[number % len(pool)], id=f"document-{number}")


def _ours(count: int, path: Path) -> float:
    """The export of goldspan: every document checked, its text hashed, written batch by batch."""
    scheme = conflict_scheme()
    pool = _pool(scheme)
    start = time.perf_counter()
    export(_many(pool, count), load_format("parquet"), path, scheme)
    return time.perf_counter() - start


def _theirs(count: int, path: Path) -> float:
    """The way of pyarrow alone: rows of plain Python with the same columns; making the rows is not counted."""
    scheme = conflict_scheme()
    schema = record_schema(scheme)
    rows: list[dict[str, Any]] = record_batch(_pool(scheme), scheme).to_pylist()
    start = time.perf_counter()
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for first in range(0, count, _ROWS):
            numbers = range(first, min(first + _ROWS, count))
            some = [{**rows[number % len(rows)], "id": f"document-{number}"} for number in numbers]
            writer.write_batch(pa.RecordBatch.from_pylist(some, schema))
    return time.perf_counter() - start


def _peak(count: int) -> float:
    """Peak memory of a process that exports so many, in MB."""
    code = f"from benchmarks.export import alone; alone({count})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, encoding="utf-8")
    return float(done.stdout)


def alone(count: int) -> None:
    """Exports so many documents and prints this process's peak of memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        _ours(count, Path(folder) / "documents.parquet")
    print(peak_megabytes() or float("nan"))
