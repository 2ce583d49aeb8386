"""Converting files of other tools, compared with parsing the same files and nothing else."""

from __future__ import annotations

import csv
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from goldspan.corpus import write_records
from goldspan.corpus.formats import ReadReport, read_any
from goldspan.schema import conflict_scheme

from .corpus import lines
from .process_usage import run_measured

_DOCUMENTS = 20_000
_LARGE = 300_000
_ROUNDS = 3


def main() -> None:
    """Print the time of converting 20,000 documents of 0.8 kB and 15 spans, and the memory of 100,000 and 300,000."""
    with tempfile.TemporaryDirectory() as folder:
        for name, (write, parse) in FORMATS.items():
            path = Path(folder) / name
            write(path, map(json.loads, lines(_DOCUMENTS, characters=800, spans=15)))
            times = [(_seconds(_convert, path), _seconds(parse, path)) for _ in range(_ROUNDS)]
            ours, theirs = (min(column) for column in zip(*times, strict=True))
            print(f"foreign  {name}, {_DOCUMENTS:,} documents ({path.stat().st_size / 1e6:.0f} MB):", end=" ")
            print(f"convert {ours:.2f} s of CPU (least of {_ROUNDS}); parse alone {theirs:.2f} s,", end=" ")
            print(f"ratio {ours / theirs:.0f}")
        for count in (_LARGE // 3, _LARGE):
            path = Path(folder) / f"{count}.jsonl"
            _write_doccano(path, map(json.loads, lines(count, characters=800, spans=15)))
            goldspan = Path(sys.executable).with_name("goldspan")
            usage = run_measured([goldspan, "convert", path, "--out", f"{path}.records.jsonl"])
            print(f"foreign  convert of {count:,} lines of doccano ({path.stat().st_size / 1e6:.0f} MB): {usage}")


def _spans(record: dict[str, Any]) -> list[tuple[int, int, str]]:
    return [(span["start"], span["end"], span["label"]) for span in record["spans"]]


def _write_doccano(path: Path, records: Iterable[dict[str, Any]]) -> None:
    _write_lines(path, ({"id": r["id"], "text": r["text"], "label": _spans(r), "Comments": []} for r in records))


def _write_prodigy(path: Path, records: Iterable[dict[str, Any]]) -> None:
    answers = (
        {"text": r["text"], "meta": {"id": r["id"]}, "answer": "accept", "spans": _structs(r), "_input_hash": number}
        for number, r in enumerate(records)
    )
    _write_lines(path, answers)


def _write_spans(path: Path, records: Iterable[dict[str, Any]]) -> None:
    _write_lines(path, ({"id": r["id"], "text": r["text"], "entities": _structs(r)} for r in records))


def _write_tokens(path: Path, records: Iterable[dict[str, Any]]) -> None:
    rows = []
    for record in records:
        starts = {start: label for start, _, label in _spans(record)}
        row: dict[str, Any] = {"id": record["id"], "tokens": record["text"].split(" "), "ner_tags": []}
        position = 0
        for token in row["tokens"]:
            row["ner_tags"].append(f"B-{starts[position]}" if position in starts else "O")
            position += len(token) + 1
        rows.append(row)
    _write_lines(path, rows)


def _write_studio(path: Path, records: Iterable[dict[str, Any]]) -> None:
    tasks = []
    for number, record in enumerate(records, 1):
        regions = [
            {
                "id": f"r{place}",
                "from_name": "spans",
                "to_name": "text",
                "type": "labels",
                "value": {"start": start, "end": end, "text": record["text"][start:end], "labels": [label]},
            }
            for place, (start, end, label) in enumerate(_spans(record))
        ]
        annotation = {"id": number, "completed_by": 1, "created_at": "2026-11-20T00:00:00Z", "result": regions}
        tasks.append({"id": number, "data": {"text": record["text"]}, "annotations": [annotation]})
    path.write_text(json.dumps(tasks, ensure_ascii=False), "utf-8")


def _write_table(path: Path, records: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["id", "start", "end", "label", "words", "document_text"])
        for record in records:
            text = record["text"]
            for number, (start, end, label) in enumerate(_spans(record)):
                table.writerow([record["id"], start, end, label, text[start:end], "" if number else text])


def _structs(record: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"start": start, "end": end, "label": label} for start, end, label in _spans(record)]


def _write_lines(path: Path, items: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(item, ensure_ascii=False) + "\n" for item in items)


def _convert(path: Path) -> None:
    scheme = conflict_scheme()
    write_records(f"{path}.records.jsonl", read_any(path, scheme, ReadReport()), scheme)


def _parse_lines(path: Path) -> None:
    with path.open("rb") as stream:
        for line in stream:
            json.loads(line)


def _parse_whole(path: Path) -> None:
    json.loads(path.read_bytes())


def _parse_table(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        for _ in csv.reader(stream):
            pass


FORMATS: dict[str, tuple[Callable[[Path, Iterable[dict[str, Any]]], None], Callable[[Path], None]]] = {
    "doccano.jsonl": (_write_doccano, _parse_lines),
    "prodigy.jsonl": (_write_prodigy, _parse_lines),
    "hf-spans.jsonl": (_write_spans, _parse_lines),
    "hf-tokens.jsonl": (_write_tokens, _parse_lines),
    "studio.json": (_write_studio, _parse_whole),
    "spans.csv": (_write_table, _parse_table),
}
"""How a file is made, and how it is parsed alone."""


def _seconds(run: Callable[[Path], None], path: Path) -> float:
    start = time.process_time()
    run(path)
    return time.process_time() - start
