"""The open edition: what its passes and decisions make, answered, and loaded with and without goldspan."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import goldspan as library
from goldspan.corpus import load, read_records
from goldspan.corpus.formats.huggingface.metadata import Rereading, read_authorship, read_rereading
from goldspan.corpus.formats.huggingface.token_windows import MostSubwords, WindowSize, document_windows, with_blanks
from goldspan.corpus.spans.tokenisation import token_offsets
from goldspan.schema import DataError, Document, Span, Zone, conflict_scheme, layer_fingerprint
from tests.conftest import Run, record, span, write_lines

FOLDER = Path(__file__).parents[2] / "corpus" / "open"
DATASET = FOLDER / "dataset"
LOADED = """
import sys
sys.modules["goldspan"] = None  # whoever has the dataset alone
from datasets import load_dataset
whole = load_dataset(sys.argv[1], split="test", cache_dir=sys.argv[2])
streamed = load_dataset(sys.argv[1], "windows", split="train", streaming=True)
tags = streamed.features["tags"].feature
lengths = [len(row["tokens"]) for row in streamed]  # all of it: a thread that reads ahead may abort at the end
print(len(whole), sum(len(row["spans"]) for row in whole), tags.names[1], min(lengths) > 0)
"""


@pytest.fixture(scope="module")
def gold() -> list[Document]:
    return list(read_records(FOLDER / "gold.jsonl", conflict_scheme()))


def test_adjudicating_the_passes_gives_the_open_gold_to_the_byte(goldspan: Run, tmp_path: Path) -> None:
    passes, out = [FOLDER / "passes" / f"reader-{number}.jsonl" for number in (1, 2)], tmp_path / "gold.jsonl"
    done = goldspan("adjudicate", *passes, "--decisions", FOLDER / "decisions.jsonl", "--out", out)
    assert done.returncode == 0, done.stderr
    assert out.read_bytes() == (FOLDER / "gold.jsonl").read_bytes()


@pytest.mark.parametrize("where", [(), ("--where", "extra.split=train"), ("--where", "extra.split=test")])
def test_the_documented_check_finds_nothing_that_is_not_answered(where: tuple[str, ...], goldspan: Run) -> None:
    call = re.search(r"^goldspan (corpus check .*)$", (FOLDER / "README.md").read_text("utf-8"), re.M)
    assert call is not None
    done = goldspan(*(FOLDER / word if word.endswith(".jsonl") else word for word in call[1].split()), *where)
    assert (done.returncode, done.stdout) == (0, "132 documents, 0 problems, 0 findings\n"), done.stderr
    assert done.stderr == ""  # no answer is about a span that changed, or is about nothing


def test_a_check_of_some_documents_takes_no_condition_on_computed_splits(goldspan: Run) -> None:
    done = goldspan("corpus", "check", FOLDER / "gold.jsonl", "--suspicious", "--where", "split=train")
    assert done.returncode == 2 and "computed splits here. Fix: write the documents" in done.stderr


def test_every_text_states_its_licence_and_source_and_the_readme_counts_them(gold: list[Document]) -> None:
    extras = [document.extra or {} for document in gold]
    assert all(
        extra["licence"] and (document.meta.url or extra.get("source"))
        for document, extra in zip(gold, extras, strict=True)
    )
    statements = sum(extra["kind"] == "statement" for extra in extras)
    spans = sum(len(document.spans) for document in gold)
    for text in ((FOLDER / "README.md").read_text("utf-8"), (FOLDER / "about.toml").read_text("utf-8")):
        assert f"{statements} " in text and str(len(gold)) in text
    assert f"{spans:,} spans" in (FOLDER / "README.md").read_text("utf-8")
    assert [extra["split"] for extra in extras].count("test") == 30


def test_the_card_tells_how_the_splits_differ(gold: list[Document]) -> None:
    train, test = (
        [document for document in gold if (document.extra or {})["split"] == name] for name in ("train", "test")
    )

    def of_the_white_house(documents: list[Document]) -> int:
        return sum(document.meta.publisher == "The White House" for document in documents)

    def surfaces(documents: list[Document]) -> list[str]:
        return [(document.text or "")[span.start : span.end] for document in documents for span in document.spans]

    def runs(document: Document) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", (document.text or "").lower())
        return set(zip(*(words[at:] for at in range(5)), strict=False))

    seen, asked = set(surfaces(train)), surfaces(test)
    shared = sum(surface in seen for surface in asked) / len(asked)
    of_train = [runs(document) for document in train]
    most = max(len(own & other) / len(own) for own in map(runs, test) for other in of_train)
    said = " ".join((FOLDER / "about.toml").read_text("utf-8").split())
    counted = f"{of_the_white_house(train)} of the {len(train)} documents of `train` are of the White House"
    assert (
        f"{counted}, {of_the_white_house(test)} of the {len(test)} of `test`; {shared:.0%}".replace("%", " %") in said
    )
    assert f"at most {most:.1%}".replace("%", " %") in said


def test_the_dataset_is_that_of_the_gold(gold: list[Document]) -> None:
    assert {d.id: d for d in load(DATASET)} == {d.id: d for d in gold}
    card = (DATASET / "README.md").read_text("utf-8")
    assert layer_fingerprint(gold) in card
    about = read_authorship(FOLDER / "about.toml")
    assert all(text.strip() in card for text in (about.made, about.limits, about.bias, about.sensitive, about.texts))
    reread, third = read_rereading(about.reread), FOLDER / "passes" / "reader-3.jsonl"
    said = f"{reread.changed} of {reread.spans}" if reread else "read again against the guidelines: not measured"
    assert said in card and third.is_file() == ("`reader-3`: not measured" not in card)
    lines = (DATASET / "SHA256SUMS").read_text("utf-8").splitlines()
    for digest, name in (line.split("  ", 1) for line in lines):
        assert hashlib.sha256((DATASET / name).read_bytes()).hexdigest() == digest, name


def test_it_is_loaded_without_goldspan_and_streamed(gold: list[Document], tmp_path: Path) -> None:
    call = [sys.executable, "-c", LOADED, str(DATASET), str(tmp_path)]
    done = subprocess.run(call, capture_output=True, encoding="utf-8", cwd=tmp_path)
    spans = sum(len(d.spans) for d in gold if (d.extra or {})["split"] == "test")
    assert done.returncode == 0 and done.stdout.split() == ["30", str(spans), "B-ACTOR", "True"], done.stderr


def test_its_windows_have_every_word_and_zone_of_the_training_texts(gold: list[Document]) -> None:
    import pyarrow.parquet as pq

    rows = pq.read_table(DATASET / "windows" / "train.parquet").to_pylist()
    texts = {document.id: document.text or "" for document in gold}
    assert all(token == texts[row["id"]][a:b] for row in rows for token, a, b in zip(*_of(row), strict=True))
    for document in gold:
        if (document.extra or {})["split"] == "train":
            words = "".join(token for row in rows if row["id"] == document.id for token in row["tokens"])
            assert words == re.sub(r"\s", "", document.text or "")
    counts = [sum(MostSubwords().count(row["tokens"])) for row in rows]
    assert max(counts) <= 510 and all(token.strip() for row in rows for token in row["tokens"])


def _of(row: dict[str, Any]) -> tuple[list[str], list[int], list[int]]:
    return row["tokens"], row["starts"], row["ends"]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # mlcroissant's own affair with rdflib
def test_its_metadata_for_machines_are_valid_and_say_what_the_card_says() -> None:
    import mlcroissant

    metadata = mlcroissant.Dataset(jsonld=str(DATASET / "croissant.json")).metadata
    assert not metadata.issues.errors and not metadata.issues.warnings
    assert metadata.ctx.is_v1_1()
    told = json.loads((DATASET / "croissant.json").read_text("utf-8"))
    card = (DATASET / "README.md").read_text("utf-8")
    for name in ("dataLimitations", "dataBiases", "personalSensitiveInformation", "dataReleaseMaintenancePlan"):
        assert told[f"rai:{name}"] in card
    assert told["rai:machineAnnotationTools"] == ["language model (Claude)"] and "not people" in card


def test_golds_have_names_and_a_file_of_the_name_is_meant_where_there_is_one(
    gold: list[Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert list(library.load("open")) == gold and len(library.load("seeds")) == 5
    (tmp_path / "open").mkdir()
    write_lines(tmp_path / "open" / "a.jsonl", record("mine"))
    with pytest.warns(UserWarning, match="open is the file or folder here"):
        assert [document.id for document in library.load("open")] == ["mine"]


WORDS = st.sampled_from(
    ["Iran", "struck", "Erbil.", "\n\n", " ", "(IRGC)", "𝒢ö", "https://example.org/a-long-address", "،"]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(WORDS, max_size=60), st.integers(16, 90), st.data())
def test_windows_hold_every_word_once_within_their_size_and_cut_no_span(
    words: list[str], size: int, data: st.DataObject
) -> None:
    scheme, text = conflict_scheme(), " ".join(words)
    offsets = [bounds for bounds in token_offsets(text, None) if text[slice(*bounds)].strip()]
    spans: list[Span] = []
    if offsets:
        first = data.draw(st.integers(0, len(offsets) - 1))
        last = min(first + data.draw(st.integers(0, 2)), len(offsets) - 1)
        spans = [Span(offsets[first][0], offsets[last][1], "ACTOR")]
    zones = (Zone(0, offsets[0][1], "url"),) if offsets else ()
    document = Document(id="a", text=text, spans=tuple(spans), zones=zones)
    made = document_windows(document, 0, scheme, WindowSize.of(size))
    counts = [sum(MostSubwords().count(row["tokens"])) for row in made.rows]
    assert all(count <= size - 2 for count in counts)
    kept = [(a, b) for row in made.rows for a, b in zip(row["starts"], row["ends"], strict=True)]
    assert kept == sorted(set(kept)) and len(kept) + made.too_long == len(token_set(document))
    for marked in spans:
        parts = [row for row in made.rows if row["start"] < marked.end and marked.start < row["end"]]
        counts = MostSubwords().count([text[a:b] for a, b in offsets if marked.start <= a < marked.end])
        own = [count for count in counts if count <= size - 2]  # without words that are left out
        fits = sum(own) <= size - 2
        assert len(parts) == 1 or not fits or not own
        for row in parts:  # its tags or `unaligned` tell of it
            assert fits == any(row["tags"]) or row["unaligned"]
    assert not zones or not made.rows or made.rows[0]["zones"][0] == 2 or made.too_long


@pytest.mark.parametrize("kind", ["spans", "zones"])
def test_windows_look_at_each_span_and_zone_a_few_times_however_many_a_document_has(
    kind: str,
) -> None:
    looks = 0

    class Counted(int):
        """An offset that counts how often it is compared."""

        def _compared(self, other: int, name: str) -> bool:
            nonlocal looks
            looks += 1
            return bool(getattr(int, name)(self, other))

        def __lt__(self, other: int) -> bool:
            return self._compared(other, "__lt__")

        def __gt__(self, other: int) -> bool:
            return self._compared(other, "__gt__")

    def compared(count: int) -> int:
        nonlocal looks
        looks = 0
        places = [(Counted(9 * number), Counted(9 * number + 4)) for number in range(count)]
        marked: dict[str, Any] = {
            "spans": tuple(Span(start, end, "ACTOR") for start, end in places) if kind == "spans" else (),
            "zones": tuple(Zone(start, end, "url") for start, end in places) if kind == "zones" else (),
        }
        document = Document(id="a", text="Iran was " * count, **marked)
        made = document_windows(document, 0, conflict_scheme(), WindowSize.of(128))
        assert sum(map(bool, (tag for row in made.rows for tag in row[{"spans": "tags"}.get(kind, kind)]))) == count
        return looks

    assert compared(800) < 6 * compared(200)  # and not sixteen times as often


def test_a_tokenizer_is_taken_with_and_without_blanks_before_words() -> None:
    def ways(*parts: dict[str, Any]) -> list[Any]:
        file = {"pre_tokenizer": {"type": "Sequence", "pretokenizers": list(parts)}, "model": {"vocab": {"a": 0}}}
        made = [json.loads(way) for way in with_blanks(json.dumps(file))]
        assert all(way["model"] == file["model"] for way in made)
        return [way["pre_tokenizer"]["pretokenizers"] for way in made]

    byte_level = {"type": "ByteLevel", "add_prefix_space": False}
    assert ways(byte_level) == [[{**byte_level, "add_prefix_space": True}]]
    first = {"type": "Metaspace", "prepend_scheme": "first"}
    assert [part["prepend_scheme"] for [part] in ways(first)] == ["always", "never"]
    assert ways({"type": "BertPreTokenizer"}) == []
    assert list(with_blanks('{"pre_tokenizer": null}')) == []


def token_set(document: Document) -> list[tuple[int, int]]:
    text = document.text or ""
    return [bounds for bounds in token_offsets(text, document.meta.language) if text[slice(*bounds)].strip()]


def test_splits_are_those_that_documents_state_and_a_document_without_one_is_refused(
    goldspan: Run, tmp_path: Path
) -> None:
    about = tmp_path / "about.toml"
    about.write_text(
        'split = "extra.part"\nlicence_field = "extra.licence"\nreread = "r.json"\nexpected_passes = ["cy"]\n'
    )
    lines = [
        record(name, "Iran struck Erbil.", spans=[span(0, 4, "ACTOR")], extra={"part": part, "licence": "CC0"})
        for name, part in (("a", "train"), ("b", "dev"))
    ]
    out = tmp_path / "set"
    call = ("export", "--to", "hf", "--metadata", about)
    done = goldspan(*call, write_lines(tmp_path / "gold.jsonl", *lines), "--out", out)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (out / "spans").iterdir()) == ["dev.parquet", "train.parquet"]
    assert "nearly the same as one in another split" in done.stderr  # the same text twice
    card = (out / "README.md").read_text("utf-8")
    assert "(`extra.part`)" in card and "CC0 (2)" in card and "not measured" in card and "`cy`: not measured" in card
    (tmp_path / "r.json").write_text('{"spans": 40, "changed": 1, "by": "a reader"}')
    done = goldspan(*call, tmp_path / "gold.jsonl", "--out", out, "--overwrite")
    assert "1 of 40 (2.5 %) would be changed" in (out / "README.md").read_text("utf-8")
    for part in ({}, {"part": "../x"}):
        bad = write_lines(tmp_path / "bad.jsonl", record("c", extra={**part, "more": 1}))
        done = goldspan(*call, bad, "--out", tmp_path / "none")
        assert (done.returncode, "state train, validation or test" in done.stderr) == (1, True), done.stderr
        assert not (tmp_path / "none").exists()


def test_the_outcome_of_a_second_reading_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "reread.json"
    assert read_rereading(str(path)) is None
    path.write_text('{"spans": 100, "changed": 2}')
    assert read_rereading(str(path)) == Rereading(100, 2)
    for bad in ('{"spans": 100}', '{"spans": 1, "changed": 2}', '{"spans": 0, "changed": 0}', "[", "\udcff"):
        path.write_text(bad, errors="surrogateescape")
        with pytest.raises(DataError, match=r"reread\.json"):
            read_rereading(str(path))
