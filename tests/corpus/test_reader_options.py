"""Options of readers wherever files are read: in `load`, `load_passes`, `score`, and refused where they do nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import goldspan
from goldspan.corpus import load_passes
from goldspan.schema import DataError, UsageError

from ..conftest import Run, record, span, write_lines

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

ILL = "Iran\tB-ACTOR\nstruck\tO\nGoma\tI-LOCATION\n.\tO\n"
GOLD = record("ill", "Iran struck Goma .", spans=[span(0, 4, "ACTOR"), span(12, 16, "LOCATION")])
ROWS = "doc,begin,stop,label,other,document_text\na,0,4,ACTOR,LOCATION,Iran struck Goma.\n"
LATIN = "id,start,end,label,document_text\na,0,6,ACTOR,Müller struck.\n".encode("latin-1")
SPLIT = {"id": "a", "text": "Iran and Goma", "spans": [{"start": 0, "end": 4, "label": "PER"}]}
TRIPLES = [
    {"doc_id": 1, "name": "n", "username": who, "text": "Iran struck Goma.", "label": marks}
    for who, marks in {"ada": [[0, 4, "ACTOR"]], "ben": [[0, 4, "ACTOR"], [12, 16, "LOCATION"]]}.items()
]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "ill.conll").write_text(ILL)
    (tmp_path / "spans.csv").write_text(ROWS)
    (tmp_path / "latin.csv").write_bytes(LATIN)
    write_lines(tmp_path / "gold.jsonl", GOLD)
    write_lines(tmp_path / "foreign.jsonl", SPLIT)
    write_lines(tmp_path / "one.jsonl", {**TRIPLES[0], "username": ""})
    write_lines(tmp_path / "team.jsonl", *TRIPLES)
    (tmp_path / "map.toml").write_text('PER = "ACTOR"\n')
    (tmp_path / "split").mkdir()
    (tmp_path / "split" / "a.txt").write_text("Iran struck Goma.")
    (tmp_path / "split" / "a.ann").write_text("T1\tACTOR 0 4;12 16\tIran Goma\n")
    return tmp_path


LOADED: dict[str, tuple[str, dict[str, Any], list[tuple[str, str, str]]]] = {
    "columns": ("spans.csv", {"columns": "label=other"}, [("a", "Iran", "LOCATION")]),
    "repair": ("ill.conll", {"repair": "discard"}, [("ill", "Iran", "ACTOR")]),
    "repair by seqeval": (
        *("ill.conll", {"repair": "conlleval"}),
        [("ill", "Iran", "ACTOR"), ("ill", "Goma", "LOCATION")],
    ),
    "encoding": ("latin.csv", {"encoding": "latin-1"}, [("a", "Müller", "ACTOR")]),
    "fragments": ("split", {"fragments": "first"}, [("a", "Iran", "ACTOR")]),
    "id_field": ("one.jsonl", {"id_field": "name"}, [("n", "Iran", "ACTOR")]),
    "labels": ("foreign.jsonl", {"labels": {"PER": "ACTOR"}}, [("a", "Iran", "ACTOR")]),
    "labels of a file": ("foreign.jsonl", {"labels": "map.toml"}, [("a", "Iran", "ACTOR")]),
    "labels dropped": ("foreign.jsonl", {"labels": {"*": ""}}, []),
    "scheme auto": ("foreign.jsonl", {"scheme": "auto"}, [("a", "Iran", "PER")]),
}


@pytest.mark.parametrize("name", LOADED)
def test_load_takes_the_options_of_readers(name: str, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)
    path, options, wanted = LOADED[name]
    corpus = goldspan.load(path, **options)
    assert [(d.id, d.surface(s), s.label) for d in corpus for s in d.spans] == wanted
    if name == "scheme auto":
        assert list(corpus.scheme.labels) == ["PER"] and corpus.scheme.name == "foreign"


REFUSED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "columns": ("gold.jsonl", {"columns": "a=b"}, "`columns` has no effect on the format jsonl. Fix: leave it out"),
    "fragments": ("ill.conll", {"fragments": "hull"}, "its options are `columns`, `repair`, `encoding`"),
    "repair": ("spans.csv", {"repair": "none"}, "`repair` has no effect on the format spans"),
    "id_field": ("split", {"id_field": "n"}, "its options are `encoding`, `fragments`"),
    "an unknown rule": ("ill.conll", {"repair": "nonsense"}, "nonsense"),
    "documents": ([GOLD], {"repair": "discard"}, "`repair` has no effect on documents in memory"),
    "labels of documents": ([GOLD], {"labels": {"PER": "ACTOR"}}, "`labels` has no effect on documents in memory"),
    "labels to none": ("foreign.jsonl", {"labels": {"PER": "ACTR"}}, "did you mean 'ACTOR'"),
    "labels of no type": ("foreign.jsonl", {"labels": 3}, "`labels` are not a mapping"),
    "labels and auto": ("foreign.jsonl", {"labels": {}, "scheme": "auto"}, "`labels` has no effect with the scheme auto"),
    "auto in memory": ([GOLD], {"scheme": "auto"}, "is drafted from a file"),
    "several people": ("team.jsonl", {}, "is read by `goldspan.corpus.load_passes`"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_options_without_effect_are_refused_with_those_that_have_one(
    name: str, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files)
    source, options, said = REFUSED[name]
    with pytest.raises((UsageError, DataError)) as refused:
        goldspan.load(source, **options)
    assert said in str(refused.value)


def test_rows_in_memory_take_them_too() -> None:
    pandas = pytest.importorskip("pandas")
    rows = [{"tokens": ["Iran", "fell"], "ner_tags": ["I-PER", "O"], "key": "k"}]
    options: dict[str, Any] = {"repair": "conlleval", "labels": {"PER": "ACTOR"}, "id_field": "key"}
    for source in (rows, pandas.DataFrame(rows)):
        (document,) = goldspan.load(source, **options)
        assert (document.id, [s.label for s in document.spans]) == ("k", ["ACTOR"])
    with pytest.raises(UsageError, match="`encoding` has no effect on the format hf-tokens"):
        goldspan.load(rows, encoding="latin-1")


def test_passes_of_one_file_are_compared(files: Path) -> None:
    passes = load_passes(files / "team.jsonl")
    assert {name: len(corpus[0].spans) for name, corpus in passes.items()} == {"ada": 1, "ben": 2}
    assert goldspan.agreement(passes).documents == 1
    drafted = load_passes(files / "team.jsonl", "auto")
    assert drafted["ada"].scheme.labels.keys() == {"ACTOR", "LOCATION"}
    for name, said in {"one.jsonl": "Fix: use `goldspan.load`", "gold.jsonl": "`passes` has no effect"}.items():
        with pytest.raises(UsageError, match=said):
            load_passes(files / name)


def test_other_functions_say_that_load_has_the_option(files: Path) -> None:
    with pytest.raises(DataError, match=r"`repair` is an option of `goldspan\.load`. Fix: load the file with it"):
        goldspan.score(files / "gold.jsonl", files / "ill.conll", resamples=0)
    scores = goldspan.score(
        goldspan.load(files / "gold.jsonl"), goldspan.load(files / "ill.conll", repair="conlleval"), resamples=0
    )
    assert scores[0].spans.strict.f1 == 1.0


@pytest.mark.parametrize(("rule", "f1"), [("conlleval", 1.0), ("discard", 0.667)])
def test_score_reads_with_options_and_says_so(rule: str, f1: float, files: Path, goldspan: Run) -> None:
    call = ["score", "gold.jsonl", "ill.conll", "--resamples", "0", "--json"]
    assert "Fix: " in goldspan(*call, cwd=files).stderr and "--repair" in goldspan(*call, cwd=files).stderr
    ran = goldspan(*call, "--repair", rule, cwd=files)
    assert ran.returncode == 0, ran.stderr
    scores = json.loads(ran.stdout)
    assert round(scores["systems"][0]["spans"]["strict"]["micro"]["f1"], 3) == f1
    assert f"|repair:{rule}|" in scores["systems"][0]["signature"]
    assert any(line.startswith("ill.conll: ") and "ill-formed" in line for line in scores["notes"])
    shown = goldspan(*call[:-1], "--repair", rule, cwd=files)
    assert shown.stderr.count("ill-formed") == 1 and f"repair:{rule}" in shown.stdout


def test_options_of_score_apply_to_the_files_that_know_them(files: Path, goldspan: Run) -> None:
    write_lines(files / "latin.jsonl", record("a", "Müller struck.", spans=[span(0, 6, "ACTOR")]))
    read = ["score", "latin.jsonl", "latin.csv", "--encoding", "latin-1", "--resamples", "0", "--json"]
    scores = json.loads(goldspan(*read, cwd=files).stdout)
    assert scores["systems"][0]["spans"]["strict"]["micro"]["f1"] == 1.0
    for call, said in {
        "gold.jsonl gold.jsonl --repair discard": "--repair has no effect on files of the format jsonl",
        "gold.jsonl ill.conll --repair discard --fragments hull": "--fragments has no effect on files of the format conll or jsonl",
        "ill.conll ill.conll --tags as-is --repair discard": "--repair has no effect with --tags as-is",
    }.items():  # fmt: skip
        ran = goldspan("score", *call.split(), cwd=files)
        assert ran.returncode == 2 and said in ran.stderr, ran.stderr


def test_a_format_that_only_the_name_tells_is_said_with_the_error(files: Path) -> None:
    (files / "t.csv").write_text("a,b\n1,2\n")
    write_lines(files / "odd.jsonl", {"id": 1, "text": "Iran fell.", "status": "new"})
    for name, form in {"t.csv": "spans", "odd.jsonl": "jsonl"}.items():
        with pytest.raises(DataError, match=f"read as {form} because of its name. Fix: name another format as `form`"):
            goldspan.load(files / name)
        with pytest.raises(DataError) as named:
            goldspan.load(files / name, form=form)
        assert "because of its name" not in str(named.value)
    write_lines(files / "bad.jsonl", {**GOLD, "id": "b", "spans": [{"start": 0, "end": 400, "label": "ACTOR"}]})
    with pytest.raises(DataError) as plain:
        goldspan.load(files / "bad.jsonl")
    assert "because of its name" not in str(plain.value)  # its contents are records


@pytest.mark.parametrize(
    "line",
    [
        {"id": 1, "text": "Iran fell.", "label": []},
        {"id": 1, "text": "Iran fell.", "labels": []},
        {"id": 1, "data": "Iran fell.", "label": []},
        {"id": 1, "text": "Iran fell.", "entities": [], "relations": []},
        {"id": 1, "text": "Iran fell.", "entities": [], "relations": [], "Comments": []},
    ],
    ids=str,
)
def test_an_export_of_doccano_with_nothing_marked_is_one_of_doccano(line: object, files: Path, goldspan: Run) -> None:
    write_lines(files / "export.jsonl", line)
    ran = goldspan("convert", "export.jsonl", "--out", "o.jsonl", cwd=files)
    assert ran.returncode == 0 and "note: export.jsonl: read as doccano\n" in ran.stderr


@pytest.mark.parametrize(
    "line", [{"id": 1, "text": "x", "entities": []}, {"id": "a", "text": "x", "label": []}], ids=str
)
def test_lines_that_may_be_anything_are_not_said_to_be_of_doccano(line: object, files: Path, goldspan: Run) -> None:
    write_lines(files / "export.jsonl", line)
    ran = goldspan("convert", "export.jsonl", "--out", "o.jsonl", cwd=files)
    assert ran.returncode == 1 and "because of its name. Fix: name another format as --from" in ran.stderr
