"""Renaming of documents, and merging of the same ones."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ...command import run_here
from ...conftest import Run, record, span, write_lines
from .dated_news import lines, news

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6).filter(
    lambda name: name.strip() == name
)


@given(st.sets(NAMES, min_size=1, max_size=6), st.sampled_from(["", "x-"]), st.data())
@settings(max_examples=8, deadline=None)
def test_a_renaming_can_be_undone_by_its_map(
    tmp_path_factory: pytest.TempPathFactory, ids: set[str], prefix: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("names")
    names = data.draw(st.permutations(sorted(ids)))
    layer = {"annotator": "ada", "passes": ["ada", "ben"]}
    decided = span(0, 4, "ACTOR", source="ben", passes=["ada", "ben"], decision={"by": "ben"})
    records = [
        record(name, layer=layer, spans=[decided], extra={"a": n, "of": name, "z": 1}) for n, name in enumerate(names)
    ]
    write_lines(folder / "raw.jsonl", *records)
    run_here("corpus", "merge", folder / "raw.jsonl", "--out", folder / "a.jsonl")
    with (folder / "t.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("old", "new"), *zip(names, names[1:] + names[:1], strict=True)])
    call = ("--table", folder / "t.csv", "--suffix", "!", *(("--prefix", prefix) if prefix else ()))
    moved = ("--field", "extra.of=extra.from", "--annotator", "ada=ben", "--annotator", "ben=Ada")
    done = run_here(
        "corpus", "rename", folder / "a.jsonl", *call, *moved, "--map", folder / "m.csv", "--out", folder / "b.jsonl"
    )
    assert done.returncode == 0, done.stderr
    first = lines(folder / "b.jsonl")[0]
    assert (first["layer"]["annotator"], first["layer"]["passes"]) == ("ben", ["ben", "Ada"])
    assert (first["spans"][0]["source"], first["spans"][0]["decision"]["by"]) == ("Ada", "Ada")
    assert list(first["extra"]) == ["a", "from", "z"]
    done = run_here(
        "corpus", "rename", folder / "b.jsonl", "--table", folder / "m.csv", "--reverse", "--out", folder / "c.jsonl"
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "c.jsonl").read_bytes() == (folder / "a.jsonl").read_bytes()


def test_a_sample_by_a_renamed_field_has_its_strata_by_the_new_name(goldspan: Run, tmp_path: Path) -> None:
    records = [item | {"extra": {"dup": "xy"[n % 2], "n": n}} for n, item in enumerate(news(12))]
    write_lines(tmp_path / "a.jsonl", *records)
    for call in (
        "sample a.jsonl --n 6 --by extra.dup,meta.publisher --allocation extra.n --out b.jsonl",
        "rename b.jsonl --field extra.dup=extra.old --field extra.n=extra.dup --map m.csv --out c.jsonl",
        "rename c.jsonl --table m.csv --reverse --out again.jsonl",
        "filter c.jsonl --where extra.old=x --out strata.jsonl",
        "filter c.jsonl --where extra.dup>=0 --out domain.jsonl",
    ):
        assert (done := goldspan("corpus", *call.split(), cwd=tmp_path)).returncode == 0, done.stderr
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    [first, *_] = lines(tmp_path / "c.jsonl")
    [stage] = first["extra"]["sample"]["stages"]
    assert stage["by"] == list(stage["stratum"]) == ["extra.old", "meta.publisher"]
    assert stage["allocation"] == "extra.dup"
    for name in ("strata", "domain"):
        assert {item["extra"]["sample"]["stages"][-1]["kept"] for item in lines(tmp_path / f"{name}.jsonl")} == {name}


def test_a_table_of_names_in_another_encoding_is_refused_without_an_option_that_is_not_there(
    goldspan: Run, tmp_path: Path
) -> None:
    write_lines(tmp_path / "a.jsonl", record("a"))
    (tmp_path / "t.csv").write_bytes("old,new\na,é\n".encode("latin-1"))
    for call in (("rename", "--table", "t.csv"), ("filter", "--ids", "t.csv")):
        done = goldspan("corpus", call[0], "a.jsonl", *call[1:], "--out", "b.jsonl", cwd=tmp_path)
        assert done.returncode == 1 and done.stderr.rstrip().endswith("Fix: save the file as UTF-8"), done.stderr


COLLISIONS = {
    "--table to-a.csv": (1, "another document would have the id 'a' too"),
    "--table twice.csv": (2, "two ids would get the name 'x'"),
    "--table thrice.csv": (1, "thrice.csv:3: 'a' is renamed twice"),
    "--field meta.title=extra.of": (
        1,
        "the field 'meta.title' would be called 'extra.of', which is a name here already",
    ),
    "--field extra.of=meta.title": (
        1,
        "the field 'extra.of' would be called 'meta.title', which is a name here already",
    ),
    "--field extra.n=meta.publisher": (1, "would be 1, which is no text"),
    "--field extra.no=extra.yes": (2, "no document has the field 'extra.no'"),
    "--field title=extra.t": (2, "unknown 'title'"),
    "--annotator ada=ben": (1, "the annotator 'ada' would be called 'ben', which is a name here already"),
    "--annotator eve=ann": (2, "no document has the annotator 'eve'"),
    "--annotator ada": (2, "--annotator ada: no two names. Fix:"),
    "--prefix x --map o.csv --out o.csv": (2, "Fix: "),
}


@pytest.mark.parametrize("words", COLLISIONS)
def test_two_things_never_get_one_name(goldspan: Run, tmp_path: Path, words: str) -> None:
    write_lines(
        tmp_path / "a.jsonl",
        record("a", layer={"annotator": "ada"}, meta={"title": "T"}, extra={"of": "x", "n": 1}),
        record("b", layer={"annotator": "ben"}),
    )
    (tmp_path / "to-a.csv").write_text("old,new\nb,a\n")
    (tmp_path / "twice.csv").write_text("old,new\na,x\nb,x\n")
    (tmp_path / "thrice.csv").write_text("old,new\na,x\na,y\n")
    out = () if "--out" in words else ("--out", "o.jsonl")
    done = goldspan("corpus", "rename", "a.jsonl", *words.split(), *out, cwd=tmp_path)
    status, message = COLLISIONS[words]
    assert done.returncode == status and message in done.stderr and "Fix: " in done.stderr, done.stderr
    assert not (tmp_path / "o.jsonl").exists() and not (tmp_path / "o.csv").exists()


def test_a_merge_keeps_one_of_the_same_documents(goldspan: Run, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", record("a"), record("b"))
    write_lines(tmp_path / "b.jsonl", record("b"), record("c"))
    write_lines(tmp_path / "c.jsonl", record("b", "Another text."))
    merge = ("corpus", "merge", "a.jsonl", "b.jsonl", "--out", "o.jsonl")
    assert goldspan(*merge, cwd=tmp_path).returncode == 1
    assert (
        "3 documents (1 repeated document left out)" in goldspan(*merge, "--on-duplicate", "same", cwd=tmp_path).stderr
    )
    differing = ("corpus", "merge", "a.jsonl", "c.jsonl", "--out", "p.jsonl", "--on-duplicate")
    done = goldspan(*differing, "same", cwd=tmp_path)
    assert done.returncode == 1 and "'b': two documents of this id differ" in done.stderr
    assert goldspan(*differing, "first", cwd=tmp_path).returncode == 0
    assert [item["text"] for item in lines(tmp_path / "p.jsonl")] == [record()["text"]] * 2
