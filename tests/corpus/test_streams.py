"""Standard input and pipes: whatever is read from a file is read from a stream, and messages name the stream."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import sys
import threading
from collections.abc import Iterable
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

import goldspan
from goldspan.corpus.formats import ReadOptions, ReadReport, detect_format, load_reader, read_any
from goldspan.corpus.formats.conversion import knows_texts
from goldspan.corpus.formats.format_registry import matching_formats
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import DataError, Document, Scheme
from goldspan.workflows import build_records

from ..conftest import Run, record, span, write_lines
from .fuzz import json_shapes, own_shapes, text_shapes  # noqa: F401 - they register their shapes
from .fuzz.file_shapes import SHAPES
from .fuzz.seeded_texts import seeded_texts, state_bounds

COSTLY = "hf of goldspan"  # a folder, whose package takes long to load
SHA = hashlib.sha256(b"Iran struck Goma.").hexdigest()
TEXTS = {
    "c.conll": "Iran\tB-ACTOR\nstruck\tO\nGoma\tO\n.\tO\n",
    "ill.conll": "Iran\tB-ACTOR\nstruck\tO\nGoma\tI-LOCATION\n",
    "days.csv": "id;text;published\na;Iran fell.;2023-10-05\n",
    "spans.csv": "id,start,end,label,document_text\na,0,4,ACTOR,Iran struck Goma.\n",
    "t.csv": "id,body\na,Iran fell.\n",
    "x.txt": "Iran struck Goma on Friday, the army said.",
}
TRIPLES = {"id": 7, "text": "Müller struck Goma.", "label": [[0, 6, "ACTOR"]]}


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(data))))


def by_contents(documents: Iterable[Document]) -> list[tuple[object, ...]]:
    return [(document.text, document.text_sha256, document.spans, document.meta) for document in documents]


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gzip"])
def test_every_format_of_files_is_read_from_standard_input(
    compressed: bool, tmp_path: Path, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_before = set()
    for name, shape in SHAPES.items():
        if name == COSTLY or (compressed and (shape.folder or shape.binary or shape.form in read_before)):
            continue
        features = {"several": shape.several, "flat": shape.flat, "nested": shape.nested}
        for random in map(Random, count()):
            texts = seeded_texts(random, **features, labels=shape.labels)
            if all(text.marks for text in texts):  # spans, by which a format is recognised
                break
        state_bounds(texts, shape.unit)
        (folder := tmp_path / name).mkdir()
        path = shape.write(texts, folder, random)
        if path.is_dir():
            continue
        read_before.add(shape.form)
        own = {label: label for label in scheme.labels} | dict(shape.label_map)
        known = {text.id: text.text for text in texts}
        data = path.read_bytes()
        for form in ("", shape.form) if matching_formats(path) else (shape.form,):  # few words may not tell the format
            reader = load_reader(form) if form else detect_format(path)
            options = ReadOptions(texts=known.get if knows_texts(reader) else None)
            feed(monkeypatch, gzip.compress(data) if compressed else data)
            labels = LabelMap(own) if shape.label_map else None
            read = partial(read_any, scheme=scheme, report=ReadReport(), name=form, labels=labels, options=options)
            assert by_contents(read(Path("-"))) == by_contents(read(path)), (name, form)


def test_a_pipe_is_read_like_a_file_and_errors_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def loaded(*lines: object, **more: str) -> list[str]:
        data = "".join(json.dumps(line) + "\n" for line in lines).encode()
        writer = threading.Thread(target=pipe.write_bytes, args=(data,))
        writer.start()
        try:
            return [document.id for document in goldspan.load(pipe, **more)]
        finally:
            writer.join()

    with pytest.warns(UserWarning, match=f"^{pipe}: read as doccano$"):
        assert loaded(TRIPLES) == ["7"]
    assert loaded(TRIPLES, scheme="auto", form="doccano") == ["7"]
    with pytest.warns(UserWarning, match="read as doccano"), pytest.raises(DataError) as refused:
        loaded(TRIPLES, {**TRIPLES, "id": 8, "label": [[0, 99, "ACTOR"]]})
    assert str(refused.value).startswith(f"{pipe}:2: document '8': ") and "goldspan-" not in str(refused.value)
    feed(monkeypatch, b'{"id": "a", "text": "x", "spans": [[]]}\n')
    with pytest.raises(DataError, match=r"^-:1: "):
        goldspan.load("-")
    feed(monkeypatch, b"")
    assert len(goldspan.load("-")) == 0


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("streams")
    for name in ("gold.jsonl", "sys.jsonl"):
        write_lines(folder / name, record("a", "Iran struck Goma.", spans=[span(0, 4, "ACTOR")]))
    bare = {**record("a", spans=[span(0, 4, "ACTOR")]), "text_length": 17}
    write_lines(
        folder / "bare.jsonl", {key: item for key, item in bare.items() if key != "text"} | {"text_sha256": SHA}
    )
    write_lines(folder / "half.jsonl", record("a"), {"id": "b"})
    task = {"id": 1, "data": {"text": "Iran fell."}, "annotations": [{"completed_by": 1, "result": []}]}
    (folder / "tasks.json").write_text(json.dumps([task]))
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("call", "given", "status", "said"),
    [
        ("convert - --out {o}", "spans.csv", 0, "note: -: read as spans"),
        ("convert - --out {o} --scheme auto", "c.conll", 0, "note: -: read as conll"),
        ("convert - --out {o} --audit {o}.csv", "tasks.json", 0, "note: -: read as studio"),
        ("convert - --out {o} --restore gold.jsonl", "bare.jsonl", 0, "note: -: read as jsonl"),
        ("convert bare.jsonl --out {o} --restore -", "gold.jsonl", 0, "1 document"),
        ("convert - --from brat --out {o}", "x.txt", 1, "error: -: not a file of brat. Fix: name the folder of"),
        ("convert - --from hf --out {o}", "gold.jsonl", 1, "or a folder made by `goldspan export --to hf`"),
        ("convert - --out {o}", "x.txt", 2, "-: cannot detect the format from its contents and name. Fix: one of"),
        ("convert - --out {o}", "ill.conll", 1, "error: -:3: "),
        ("convert - --out {o}", "t.csv", 2, "error: -: cannot detect the format"),
        ("score gold.jsonl - --resamples 0", "c.conll", 0, "strict"),
        ("score gold.jsonl NAME=- --resamples 0", "sys.jsonl", 0, "\nNAME\n"),
        ("score - sys.jsonl --resamples 0", "c.conll", 0, "strict"),
        ("score - NAME=- --resamples 0", "c.conll", 2, "standard input is named twice, and read once. Fix: name a file"),
        ("score c.conll - --tags as-is", "sys.jsonl", 2, "error: -: --tags as-is compares column files"),
        ("corpus build - --out {o}", "gold.jsonl", 0, "1 document"),
        ("corpus build - --out {o} --column text=body", "t.csv", 0, "1 document"),
        ("corpus build - --out {o}", "days.csv", 0, "note: -: read with semicolons"),
        ("corpus build - --out {o}", "tasks.json", 1, "Fix: goldspan convert - --from studio"),
        ("corpus build - --out {o}", "t.csv", 2, "-: neither JSON, Parquet, an Office file, nor a table with a column 'text'"),
        ("corpus build - --out {o}", "half.jsonl", 1, "error: -:2: "),
        ("corpus build - --out {o}", "x.txt", 2, "Fix: save it as a file, whose suffix says what it is"),
    ],
)  # fmt: skip
def test_commands_read_any_format_from_standard_input(
    call: str, given: str, status: int, said: str, goldspan: Run, files: Path, tmp_path: Path
) -> None:
    words = call.format(o=tmp_path / "o.jsonl").split()
    ran = goldspan(*words, cwd=files, stdin=(files / given).read_text("utf-8"))
    assert ran.returncode == status, ran.stderr
    assert said in ran.stdout + ran.stderr and "goldspan-" not in ran.stderr and "Traceback" not in ran.stderr


@pytest.mark.parametrize("suffix", [".parquet", ".xlsx"])
def test_articles_in_binary_files_come_from_standard_input(
    suffix: str, scheme: Scheme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"t{suffix}"
    if suffix == ".parquet":
        pq.write_table(pa.table({"text": ["Iran fell.", "Goma fell."]}), path)
    else:
        book = Workbook()
        for cell in ("text", "Iran fell.", "Goma fell."):
            book.active.append([cell])
        book.save(path)
    feed(monkeypatch, path.read_bytes())
    built = build_records(["-"], str(tmp_path / "o.jsonl"), scheme, note=lambda _: None)
    assert built.documents == 2


def test_articles_as_an_array_come_from_standard_input(goldspan: Run, tmp_path: Path) -> None:
    array = json.dumps([record("a"), record("b")], indent=1)
    ran = goldspan("corpus", "build", "-", "--out", tmp_path / "o.jsonl", stdin=array)
    assert ran.returncode == 0 and "2 documents" in ran.stderr
