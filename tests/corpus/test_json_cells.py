"""Tables with lists in their cells are read as the lines of JSON that they stand for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from goldspan.corpus.formats import ReadReport, detect_format, read_any
from goldspan.corpus.formats.format_registry import recognised_formats
from goldspan.corpus.storage.table_items import item_of_row
from goldspan.schema import DataError, GoldspanError

from .written import SCHEME

TEXT = '😊 "M23", rebels\nleft Goma'
_WORK = {"annotator": "ann@example.org", "annotation_id": "4", "created_at": "2026-01-02T00:00:00Z"}
_REGIONS = [
    {"start": 3, "end": 6, "text": "M23", "labels": ["ACTOR"]},
    {"start": 21, "end": 25, "labels": ["LOCATION"]},
]
ROWS: dict[str, list[dict[str, Any]]] = {
    "doccano": [
        {"id": "1", "text": TEXT, "label": [[3, 6, "ACTOR"], [21, 25, "LOCATION"]]},
        {"id": "2", "text": "[sic] Nothing", "label": []},
        {"id": "3", "text": "It's nothing", "label": None},
    ],
    "studio": [  # its CSV export, where an empty list is an empty cell
        {"id": 7, "text": TEXT, "label": _REGIONS, "tone": "bad", **_WORK},
        {"id": 8, "text": "[sic] Nothing", "label": None, "tone": None, **_WORK},
    ],
    "hf-spans": [
        {"id": "1", "text": TEXT, "entities": [{"start": 3, "end": 6, "label": "ACTOR"}, {"start": 21, "end": 25, "type": "LOCATION"}]},
        {"id": "2", "text": "It's nothing", "entities": []},
    ],
    "hf-tokens": [
        {"id": "1", "tokens": ["M23", "left", "Goma"], "ner_tags": ["B-ACTOR", "O", "B-LOCATION"]},
        {"id": "2", "tokens": ["It's", "no", "[thing]"], "ner_tags": ["O", "O", "O"]},
    ],
}  # fmt: skip
WRITERS: dict[str, Callable[[Any], str]] = {
    "JSON": lambda part: json.dumps(part, ensure_ascii=False),
    "Python": repr,
    "tuples": lambda part: repr([tuple(p) if isinstance(p, list) else p for p in part] if isinstance(part, list) else part),
}  # fmt: skip


def table(rows: list[dict[str, Any]], write: Callable[[Any], str], separator: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(rows[0])
    for row in rows:
        cells = ("" if part is None else write(part) if isinstance(part, list) else part for part in row.values())
        writer.writerow(cells)
    return out.getvalue()


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("written_by", WRITERS)
def test_a_table_gives_what_its_lines_give(name: str, written_by: str, tmp_path: Path) -> None:
    rows = ROWS[name]
    lines = tmp_path / "x.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    wanted = list(read_any(lines, SCHEME, ReadReport(), name=name))
    assert [(s.label, wanted[0].surface(s)) for s in wanted[0].spans] == [("ACTOR", "M23"), ("LOCATION", "Goma")]
    for file, separator, mark in (("x.csv", ",", ""), ("x.tsv", "\t", "\ufeff"), ("y.csv", ";", "\ufeff")):
        path = tmp_path / file
        path.write_text(mark + table(rows, WRITERS[written_by], separator), encoding="utf-8", newline="")
        assert detect_format(path).name == name
        assert [(d.id, d.text, d.spans) for d in read_any(path, SCHEME, ReadReport())] == [
            (d.id, d.text, d.spans) for d in wanted
        ]


def test_faults_in_cells_are_named_with_their_line(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "text": TEXT, "label": [[3, 6, "ACTOR"]]},
        {"id": "2", "text": "No\nnews", "label": [[0, 99, "ACTOR"]]},
    ]
    path = tmp_path / "x.csv"
    path.write_text(table(rows, json.dumps, ","), encoding="utf-8", newline="")
    with pytest.raises(DataError, match=r"x\.csv:4: document '2'.*not in the text"):
        list(read_any(path, SCHEME, ReadReport()))


@pytest.mark.parametrize(
    "cell",
    [
        "['M23' 'left']",  # NumPy's two words, which Python reads as one
        "[0 3 0]",
        "[" * 9000 + "]" * 9000,
        "[" + "9" * 5000 + "]",
        "[sic]",
        "{1, 2}",
        "[b'x']",
        "[__import__('os')]",
        '["\ud800"]',
    ],
)
def test_other_cells_stay_texts(cell: str) -> None:
    assert item_of_row({"a": cell, "b": ""}) == {"a": cell, "b": None}


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "", "text\n[1]\n", 'text,entities\nx,"[{""start"": 0}]"\n', "\x00"])
def test_tables_of_anything_else_are_of_no_format(content: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(content)
    assert recognised_formats(path) == []
    with pytest.raises(GoldspanError):
        list(read_any(path, SCHEME, ReadReport(), name="doccano"))
