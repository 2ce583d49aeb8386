"""Records to formats and back: what comes back is what went out, and what cannot be held is said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from goldspan.corpus import read_records, write_records
from goldspan.corpus.formats.huggingface.features import spans_from_iob2
from goldspan.corpus.release.splits import assign_splits
from goldspan.corpus.spans.tokenisation import iob2_tags, token_offsets
from goldspan.schema import Document, Scheme, Span, layer_fingerprint
from tests.annotate.label_studio.texts import make_document
from tests.conftest import Run, record, span, write_lines

LOAD = """
import importlib.util, json, sys
sys.modules["goldspan"] = None  # a machine without it
from datasets import load_dataset
path, streaming = sys.argv[1], sys.argv[2] == "stream"
told = {}
for name in ("spans", "tokens", "standoff"):
    loaded = load_dataset(path, name, split="test", streaming=streaming)
    told[name] = {"features": {key: repr(kind) for key, kind in loaded.features.items()}, "rows": list(loaded)}
default = load_dataset(path, split="test")
assert "text" in default.column_names
labels = default.features["spans"].feature["label"].names
told["labels"] = labels
print(json.dumps(told), flush=True)
import os
os._exit(0)
"""


@pytest.fixture(scope="module")
def gold() -> Path:
    return Path(__file__).parents[2] / "corpus" / "gold" / "1.0.1" / "gold.jsonl"


@pytest.mark.slow
@pytest.mark.parametrize("how", ["whole", "stream"])
def test_the_dataset_loads_without_goldspan_and_without_network(
    gold: Path, tmp_path: Path, goldspan: Run, how: str, scheme: Scheme
) -> None:
    out = tmp_path / "dataset"
    done = goldspan("export", gold, "--to", "hf", "--out", out)
    assert done.returncode == 0, done.stderr
    surroundings = {
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path / "hf"),
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
    }
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", LOAD, out, how],
        capture_output=True,
        encoding="utf-8",
        env=surroundings,
        cwd=tmp_path,
    )
    assert loaded.returncode == 0, loaded.stderr[-2000:]
    told = json.loads(loaded.stdout.splitlines()[-1])
    assert told["labels"] == list(scheme.labels)
    documents = {document.id: document for document in read_records(gold, scheme)}
    rows = {row["id"]: row for row in told["spans"]["rows"]}
    assert rows.keys() == documents.keys() and sorted(row["fold"] for row in rows.values()) == [0, 1, 2, 3, 4]
    dates = []
    for name, document in documents.items():
        found = [(row["start"], row["end"], told["labels"][row["label"]]) for row in rows[name]["spans"]]
        assert found == [(s.start, s.end, s.label) for s in document.spans]
        assert rows[name]["text"] == document.text
        dates += [row["value"]["DATE"]["edtf"] for row in rows[name]["spans"] if row["value"] and row["value"]["DATE"]]
    assert dates and all(isinstance(date, str) for date in dates)
    assert "ClassLabel" in told["tokens"]["features"]["tags"] and "text" not in told["standoff"]["features"]
    assert all(row["text_sha256"] and "text" not in row for row in told["standoff"]["rows"])


def test_a_dataset_comes_back_with_the_same_fingerprint(
    gold: Path, tmp_path: Path, goldspan: Run, scheme: Scheme
) -> None:
    assert goldspan("export", gold, "--to", "hf", "--out", tmp_path / "d").returncode == 0
    assert goldspan("convert", tmp_path / "d", "--from", "hf", "--out", tmp_path / "back.jsonl").returncode == 0
    before, after = (list(read_records(path, scheme)) for path in (gold, tmp_path / "back.jsonl"))
    assert layer_fingerprint(after) == layer_fingerprint(before) and after == before


def hard(scheme: Scheme, count: int = 60) -> list[Document]:
    empty = Document(id="empty", text="", spans=())
    return [*(make_document(seed, scheme).with_hash() for seed in range(count)), empty.with_hash()]


@pytest.mark.parametrize("name", ["jsonl", "parquet", "hf"])
def test_hard_documents_come_back_equal(name: str, tmp_path: Path, goldspan: Run, scheme: Scheme) -> None:
    documents = hard(scheme)
    write_records(tmp_path / "in.jsonl", documents, scheme)
    done = goldspan("export", tmp_path / "in.jsonl", "--to", name, "--out", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    lost = json.loads(done.stdout)["lost"]
    back = goldspan("convert", tmp_path / "out", "--from", name, "--out", tmp_path / "back.jsonl")
    assert back.returncode == 0, back.stderr
    found = {d.id: d for d in read_records(tmp_path / "back.jsonl", scheme)}
    left_out = sum(number for what, number in lost.items() if "near-duplicates" in what)
    assert len(found) == len(documents) - left_out
    assert all(found[d.id] == d for d in documents if d.id in found)


def test_tags_of_tokens_and_the_unaligned_are_all_spans(tmp_path: Path, goldspan: Run, scheme: Scheme) -> None:
    import pyarrow.parquet as pq
    from datasets import Features

    documents = hard(scheme, 20)
    write_records(tmp_path / "in.jsonl", documents, scheme)
    assert goldspan("export", tmp_path / "in.jsonl", "--to", "hf", "--out", tmp_path / "out").returncode == 0
    by_name = {document.id: document for document in documents}
    for path in (tmp_path / "out" / "tokens").glob("*.parquet"):
        table = pq.read_table(path)
        features = Features.from_arrow_schema(table.schema)
        tags, labels = features["tags"].feature.names, features["unaligned"].feature["label"].names
        for row in table.to_pylist():
            document = by_name[row["id"]]
            offsets = list(zip(row["starts"], row["ends"], strict=True))
            assert row["tokens"] == [(document.text or "")[start:end] for start, end in offsets]
            told = spans_from_iob2([tags[tag] for tag in row["tags"]], offsets)
            told |= {(item["start"], item["end"], labels[item["label"]]) for item in row["unaligned"]}
            assert told == {(s.start, s.end, s.label) for s in document.spans}


def test_touching_spans_keep_apart_in_tags() -> None:
    text = "Iran Iraq fell"
    spans = [Span(0, 4, "ACTOR"), Span(5, 9, "ACTOR")]
    offsets = token_offsets(text, "en")
    assert spans_from_iob2(iob2_tags(offsets, spans)[0], offsets) == {(0, 4, "ACTOR"), (5, 9, "ACTOR")}


def test_a_text_free_release_is_restored_from_the_texts_and_from_no_others(
    tmp_path: Path, goldspan: Run, scheme: Scheme
) -> None:
    text = "Iran struck Kyiv.\n"
    gold = write_lines(tmp_path / "gold.jsonl", record("a", text, spans=[span(0, 4, "ACTOR")]))
    out = tmp_path / "release"
    assert goldspan("export", gold, "--to", "standoff", "--out", out).returncode == 0
    [released] = map(json.loads, (out / "standoff.jsonl").read_text().splitlines())
    assert "text" not in released and text.strip() not in (out / "standoff.jsonl").read_text()
    back = tmp_path / "back.jsonl"
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "renamed.txt").write_text(text, newline="")
    for texts in (gold, articles):
        done = goldspan("convert", out, "--from", "standoff", "--restore", texts, "--out", back)
        assert done.returncode == 0, done.stderr
        assert [d.text for d in read_records(back, scheme)] == [text]
    back.write_text("before")
    other = write_lines(tmp_path / "other.jsonl", record("a", text.upper()))
    done = goldspan("convert", out, "--from", "standoff", "--restore", other, "--out", back)
    assert done.returncode == 1 and "the hash of the text differs" in done.stderr and back.read_text() == "before"


def test_near_duplicates_are_never_on_two_sides() -> None:
    words = [f"word{i}" for i in range(2000)]
    documents = []
    for i in range(200):
        body = " ".join(words[(i // 2) * 9 : (i // 2) * 9 + 120])
        documents.append(Document(id=f"d{i}", text=body + (" more" if i % 2 else ""), spans=()))
    places = {place.document.id: place for place in assign_splits(documents)}
    assert {place.split for place in places.values()} - {""} == {"train", "validation", "test"}
    for i in range(0, 200, 2):
        one, other = places[f"d{i}"], places[f"d{i + 1}"]
        assert "" in (one.split, other.split) or (one.split, one.fold) == (other.split, other.fold)


BAD: dict[str, tuple[list[Any], int, str]] = {
    "an unknown format": (["export", "G", "--to", "hff", "--out", "x"], 2, "unknown format 'hff'"),
    "a folder that holds something": (["export", "G", "--to", "hf", "--out", "full"], 2, "already exists"),
    "a folder named as a file": (
        ["export", "G", "--to", "hf", "--out", "x.jsonl"],
        2,
        "without .jsonl as --out, or jsonl as --to",
    ),
    "nothing there": (["convert", "nowhere", "--from", "hf", "--out", "x.jsonl"], 1, "No such file"),
    "a folder without a dataset": (["convert", "full", "--from", "hf", "--out", "x.jsonl"], 1, "not a dataset"),
    "no name of a format": (
        ["convert", "full/pickle.bin", "--out", "x.jsonl"],
        2,
        "cannot detect the format from its contents and name. Fix: one of argilla, ",
    ),
    "a pickle given as Parquet": (["convert", "p.parquet", "--out", "x.jsonl"], 1, "p.parquet"),
}


@pytest.mark.parametrize(("arguments", "status", "told"), BAD.values(), ids=BAD)
def test_wrong_calls_and_files_are_refused(
    arguments: list[Any], status: int, told: str, tmp_path: Path, goldspan: Run
) -> None:
    import pickle

    gold = write_lines(tmp_path / "gold.jsonl", record("a", "Iran."))
    (tmp_path / "full").mkdir()
    for name in ("full/pickle.bin", "p.parquet"):
        (tmp_path / name).write_bytes(pickle.dumps({"a": 1}))
    done = goldspan(*(gold if part == "G" else part for part in arguments), cwd=tmp_path)
    assert done.returncode == status and told in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert not (tmp_path / "x.jsonl").exists() and not list(tmp_path.glob(".*.part"))


def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path, goldspan: Run) -> None:
    good = write_lines(tmp_path / "good.jsonl", record("a", "Iran."))
    torn = tmp_path / "torn.jsonl"
    torn.write_text(json.dumps(record("a", "Iran.")) + '\n{"id": "b", "te')
    assert goldspan("export", good, "--to", "hf", "--out", tmp_path / "d").returncode == 0
    before = {path: path.read_bytes() for path in (tmp_path / "d").rglob("*") if path.is_file()}
    assert goldspan("export", torn, "--to", "hf", "--out", tmp_path / "d", "--overwrite").returncode == 1
    assert {path: path.read_bytes() for path in (tmp_path / "d").rglob("*") if path.is_file()} == before
    assert goldspan("export", good, "--to", "hf", "--out", tmp_path / "d", "--overwrite").returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d", "good.jsonl", "torn.jsonl"]
