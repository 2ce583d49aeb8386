"""Scores as files, tables, leaderboards, model cards and a metric of the library evaluate."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from markdown_it import MarkdownIt

from goldspan.corpus import write_records
from goldspan.eval import Scores, load_scores, merge_scores, metric_folder, score
from goldspan.eval.publishing.stored_columns import decode_column, encode_column
from goldspan.schema import DataError, Document, GoldspanError, UsageError, conflict_scheme
from goldspan.workflows import studio_report, write_leaderboard

from ..conftest import Run
from ..document_blocks import blocks, run_script
from .test_comparisons import valued

ROOT = Path(__file__).parents[2]
PAGE = blocks((ROOT / "docs" / "publish.md").read_text("utf-8"))
ODD = ["a|b", "*x* _y_", "<script>1</script>", "[x](http://y)", "`c`", "\\ & % $ # {}~^", "[z", "-1"]
"""Names with characters that mean something in Markdown, LaTeX, CSV or HTML."""


@cache
def layers() -> list[list[Document]]:
    """The gold, and systems of different quality."""
    return [valued(conflict_scheme(), seed) for seed in range(4)]


def scored(*names: str, **settings: Any) -> Scores:
    gold, *systems = layers()
    chosen = [systems[n % 3] for n, _ in enumerate(names)]
    return score(gold, *chosen, names=names, **{"resamples": 20, **settings})


KINDS: dict[str, Callable[[], Scores]] = {
    "one system": lambda: scored("a"),
    "everything": lambda: scored(
        "a", "b", tokens=True, measures=["iou@0.5", "clusters.b_cubed"], by=["month"], tests=["values.LOCATION.auc"]
    ),
    "runs": lambda: scored("a", "b", "b", labels=["ACTOR", "LOCATION"]),
    "no resamples": lambda: scored("a", "b", resamples=0),
    "no documents": lambda: score([], [], names=["a"]),
    "spans without texts": lambda: score({"x": [(0, 4, "ACTOR")]}, {"x": []}, names=[ODD[0]], resamples=0),
}


@pytest.mark.parametrize("kind", KINDS)
def test_stored_scores_are_the_same_when_they_are_read(kind: str, tmp_path: Path) -> None:
    scores, files = KINDS[kind](), [tmp_path / name for name in ("a.json", "b.json", "c.json.gz")]
    for path in files:
        scores.save(path)
        read = load_scores(path)
        assert read == scores and read.to_dict(documents=True) == scores.to_dict(documents=True)
        assert read.to_csv(documents=True) == scores.to_csv(documents=True)
    assert files[0].read_bytes() == files[1].read_bytes()
    stored = json.loads(files[0].read_bytes())
    assert scores.to_dict().items() <= {**stored, "systems": scores.to_dict()["systems"]}.items()


@pytest.mark.parametrize("largest", [0, 1, 255, 256, 65_535, 65_536, 2**32, 2**63 - 1])
def test_columns_take_as_little_as_their_numbers_need(largest: int) -> None:
    column = np.array([0, largest, 1], dtype=np.int64)
    assert decode_column(encode_column(column), 3).tolist() == column.tolist()
    assert len(encode_column(np.full(100_000, largest))) < 2000


def changed(path: Path, *keys: Any, to: Any) -> None:
    """Sets a value in a stored file."""
    stored = json.loads(path.read_bytes())
    *parents, last = keys
    node = stored
    for key in parents:
        node = node[key]
    node[last] = to(node[last]) if callable(to) else to
    path.write_text(json.dumps(stored))


CHANGES: dict[str, tuple[tuple[Any, ...], Any, str]] = {
    "a better figure": (("systems", 0, "spans", "strict", "micro", "f1"), 1.0, "spans.strict.micro.f1 of 'a' does not follow"),
    "a better count": (("systems", 0, "spans", "type", "labels", "LOCATION", "missed"), 0, "does not follow from the counts"),
    "a better value": (("systems", 0, "values", "ACTOR", "value_f1"), 1.0, "values.ACTOR.value_f1 of 'a'"),
    "other counts": (("columns", 0), lambda text: encode_column(np.full(12, 3)), "does not follow"),
    "too few counts": (("columns", 0), lambda text: encode_column(np.ones(2, np.int64)), "a number for each of 12 documents"),
    "too many counts": (("columns", 0), encode_column(np.zeros(10**6, np.int64)), "a number for each of 12 documents"),
    "no column": (("systems", 0, "counts", "spans", "strict", 0, 0), 999, "name a column 999"),
    "text for a column": (("columns", 0), "u1:%", "a column of counts is damaged"),
    "a type": (("columns", 0), "x9:", "has the unknown type 'x9'"),
    "text for a figure": (("systems", 0, "spans", "strict", "micro", "f1"), "x", r"Expected `float | null`, got `str` - at `$.systems[0]"),
    "a number for a group": (("systems", 0, "values", "ACTOR", "b_cubed"), 1.0, "Expected `object | null`, got `float`"),
    "a group for a number": (("systems", 0, "values", "ACTOR", "id_accuracy"), {}, "Expected `float | null`, got `object`"),
    "another document": (("documents", 0), "zz", "the documents are not those of the gold"),
    "no systems": (("systems",), [], "the documents are not those of the gold"),
    "twice a name": (("systems",), lambda systems: systems * 2, "names of the systems do not match"),
    "no measure": (("systems", 0, "spans"), {}, "'a' lacks figures"),
    "no settings": (("settings",), {}, "settings.boot is '', not a number from 0 to 100000"),
    "a later version": (("version",), 2, "has version 2 of the format, and this goldspan reads version 1"),
    "another format": (("format",), "x", "does not hold scores"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_file_that_was_changed_is_refused_with_what_is_wrong(name: str, tmp_path: Path) -> None:
    keys, to, message = CHANGES[name]
    path = tmp_path / "s.json"
    scored("a", resamples=0).save(path)
    changed(path, *keys, to=to)
    with pytest.raises(DataError, match=re.escape(message)) as caught:
        load_scores(path)
    assert str(caught.value).startswith(f"{path}: ") and " Fix: " in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"format": 1}'])
def test_what_is_no_file_of_scores_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_bytes(data)
    with pytest.raises(DataError, match=r"does not hold scores with their counts\. Fix: a file that"):
        load_scores(tmp_path / "s.json")


def test_scores_replace_scores_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "tasks.json").write_text("[]")
    for name, message in (
        ("tasks.json", "exists and does not hold scores"),
        ("s.jsonl", "a name that ends with .json"),
    ):
        with pytest.raises(UsageError, match=message):
            scored("a").save(tmp_path / name)
    assert (tmp_path / "tasks.json").read_text() == "[]" and not (tmp_path / "s.jsonl").exists()
    for name in ("a", "b"):
        scored(name).save(tmp_path / "s.json")
    assert load_scores(tmp_path / "s.json")[0].name == "b"


TESTED = ["spans.strict.micro.f1", "spans.iou@0.5.macro.f1", "values.ACTOR.value_f1", "values.LOCATION.auc"]


@pytest.mark.parametrize("names", [("a", "b", "c"), ("a", "b", "b"), ("a", "a", "a")])
def test_files_merged_are_the_same_as_systems_scored_together(names: tuple[str, ...], tmp_path: Path) -> None:
    gold, *systems = layers()
    settings: dict[str, Any] = {"resamples": 40, "measures": ["iou@0.5"], "seed": 3}
    tests = TESTED if len(set(names)) > 1 else []
    for number, system in enumerate(systems):
        score(gold, system, names=["same"], **settings).save(tmp_path / f"{number}.json")
    merged = merge_scores(*(tmp_path / f"{n}.json" for n in range(3)), names=names, tests=tests)
    order = list(dict.fromkeys(re.sub(r"-\d$", "", system.name) for system in merged))
    ranked = sorted(zip(names, systems, strict=True), key=lambda pair: order.index(pair[0]))
    together = score(gold, *(s for _, s in ranked), names=[n for n, _ in ranked], tests=tests, **settings)
    by_name = {system.name: system for system in together}
    assert {s.name: s.to_dict() for s in merged} == {name: s.to_dict() for name, s in by_name.items()}
    assert [c.to_dict() for c in merged.comparisons] == [c.to_dict() for c in together.comparisons]
    assert [group.to_dict() for group in merged.runs] == [group.to_dict() for group in together.runs]
    if tests:
        figures = [merged.comparison_table(tests[0]).metrics[order.index(name)] for name in order]
        assert figures == sorted(figures, key=lambda value: -(value or 0))
        assert sum("Holm's correction" in note for note in merged.notes) == 1


def other_gold() -> Scores:
    return score(layers()[1], layers()[2], names=["b"], resamples=20)


APART: dict[str, tuple[Callable[[], Scores], str]] = {
    "gold": (other_gold, "gold"),
    "measures": (lambda: scored("b", measures=["iou@0.5"]), "measures strict, exact, partial, type, iou@0.5 here"),
    "tokens": (lambda: scored("b", tokens=True), "score all systems"),
    "labels": (lambda: scored("b", labels=["ACTOR"]), "labels ACTOR here, all there. Fix: score all systems with the same `labels`"),
    "resamples": (lambda: scored("b", resamples=30), "boot 30 here, 20 there"),
    "seed": (lambda: scored("b", seed=1), "seed 1 here, 0 there"),
    "common documents": (lambda: scored("b", common=True), "documents common here, none there"),
}  # fmt: skip


@pytest.mark.parametrize("name", APART)
def test_scores_that_cannot_stand_side_by_side_are_refused_with_what_differs(name: str, tmp_path: Path) -> None:
    other, message = APART[name]
    scored("a").save(tmp_path / "a.json")
    with pytest.raises(DataError, match=re.escape(message)) as caught:
        merge_scores(tmp_path / "a.json", other())
    assert str(caught.value).startswith(f"scores 2: its scores cannot stand beside those of {tmp_path / 'a.json'}: ")


def test_names_are_distinct_or_given(tmp_path: Path) -> None:
    a, pair = scored("a"), scored("a", "b")
    with pytest.raises(
        UsageError, match=r"scores 1 and scores 2 both have a system 'a'. Fix: name one of them in `names`"
    ):
        merge_scores(a, pair)
    with pytest.raises(
        UsageError, match=r"scores 2 cannot be named 'x': it holds 2 systems, a, b\. Fix: leave out the name"
    ):
        merge_scores(a, pair, names=["", "x"])
    with pytest.raises(UsageError, match="`names` are not one for each source"):
        merge_scores(a, pair, names=["x"])
    with pytest.raises(UsageError, match="did you mean 'strict'"):
        merge_scores(scored("a"), scored("b"), tests=["spans.strct.micro.f1"])
    either_order = [
        scored(name, measures=asked) for name, asked in (("a", ["characters", "iou@1"]), ("b", ["iou@1", "characters"]))
    ]
    assert len(merge_scores(*either_order)) == 2
    assert sorted(system.name for system in merge_scores(a, pair, names=["x", ""])) == ["a", "b", "x"]


def markdown_cells(text: str) -> list[list[list[str]]]:
    """The text of each cell of each table, as GitHub would show it."""
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert not re.search(r"<(script|em|strong|a) ?", html)
    decoded = re.sub(
        r"&(amp|lt|gt|quot);", lambda found: {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}[found[1]], html
    )
    tables = re.findall(r"<table>(.*?)</table>", decoded, re.S)
    return [[re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.split("<tr>", t)[1:]] for t in tables]


def test_markdown_tables_are_aligned_and_names_stand_in_them_as_they_are() -> None:
    scores = scored(*ODD, by=["month"])
    text = scores.to_markdown()
    systems, labels, values, slices, tests, matrix = markdown_cells(text)
    assert [row[0] for row in systems[1:]] == ODD and slices[0][2:] == ODD
    assert sorted(row[0] for row in matrix[1:]) == sorted(ODD) and len(tests) == 1 + 28
    f1 = scores[0].spans.strict.f1
    assert systems[1][1].startswith(f"{f1:.3f} [") and labels[0][1:] == list(conflict_scheme().labels)
    assert values[0][1:] == ["ACTOR", "LOCATION", "COUNT"]  # DATE has no values
    for block in re.findall(r"(?:^\|.*\n)+", text, re.M):
        lines = block.splitlines()
        assert len({len(line) for line in lines}) == 1
        bars = [[m.start() for m in re.finditer(r"(?<!\\)\|", line)] for line in lines]
        assert bars.count(bars[0]) == len(bars)
    assert f"`{scores[0].signature}`" in text


def test_latex_rows_have_their_cells_and_no_command_of_a_name() -> None:
    text = scored(*ODD).to_latex()
    begun = text.count("\\begin{tabular}")
    assert begun == text.count("\\toprule") == text.count("\\midrule") == text.count("\\bottomrule") == 5
    for columns, body in re.findall(r"\\begin\{tabular\}\{(\w+)\}(.*?)\\end\{tabular\}", text, re.S):
        for row in re.findall(r"^    (?!\\)(.*) \\\\$", body, re.M):
            assert len(re.split(r"(?<!\\)&", row)) == len(columns)
            assert not row.startswith(("[", "*"))
            assert not re.search(r"(?<!\\)[%#_]|(?<![\\_\w^$)])~", row)
    assert r"\textless{}script\textgreater{}1" in text and "{[}z &" in text and r"\textbackslash{} \& \%" in text
    assert re.search(r"\$[+-]0\.\d{3}\^\{\*+\}\$", text) or "***" not in text
    assert re.search(r"\$0\.\d{3} \\pm 0\.\d{3}\$", scored("a", "a").to_latex())


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_has_the_rows_of_the_data_frames() -> None:
    import pandas as pd

    scores = scored(*ODD[:2], by=["month"], measures=["iou@0.5"])
    plain = pd.read_csv(io.StringIO(scored(*ODD[:2], measures=["iou@0.5"]).to_csv()))
    frame = scores.to_pandas()
    assert list(plain.columns) == list(frame.columns) and list(plain["system"]) == list(frame["system"])
    assert plain["value"].to_numpy() == pytest.approx(frame["value"].to_numpy("float64", na_value=np.nan), nan_ok=True)
    rows = rows_of(scores.to_csv(documents=True))
    assert list(rows[0])[:5] == ["system", "by", "slice", "document", "path"]
    assert sum(bool(row["by"]) for row in rows) == len(scores.slices_to_pandas())
    documents = {(row["system"], row["document"]) for row in rows if row["document"]}
    assert documents == {(name, document.id) for name in ODD[:2] for document in layers()[0]}
    [row] = [
        r for r in rows if r["document"] == "03" and r["system"] == ODD[1] and r["path"] == "spans.partial.micro.f1"
    ]
    assert float(row["value"]) == scores[1].documents["03"].spans["partial"].f1
    runs = scored("a", "b", "b")
    [mean] = [r for r in rows_of(runs.to_csv()) if r["system"] == "b" and r["path"] == "spans.strict.micro.f1"]
    statistics = runs.runs[0].metric("spans.strict.micro.f1")
    assert (float(mean["value"]), float(mean["deviation"])) == statistics


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, layer in zip(("gold", "a", "b", "c"), layers(), strict=True):
        write_records(str(tmp_path / f"{name}.jsonl"), layer, conflict_scheme())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_commands_store_merge_and_publish(folder: Path, goldspan: Run) -> None:
    few = ("--resamples", 20)
    for name in "abc":
        done = goldspan("score", "gold.jsonl", f"{name}.jsonl", *few, "--out", f"s-{name}.json")
        assert done.returncode == 0 and f"scores: s-{name}.json" in done.stderr, done.stderr
    formats = {form: goldspan("score", "gold.jsonl", "a.jsonl", *few, "--format", form).stdout for form in FORMATS}
    scores = load_scores("s-a.json")
    assert formats["json"] == goldspan("score", "gold.jsonl", "a.jsonl", *few, "--json").stdout
    assert formats["csv"] == scores.to_csv() and formats["latex"] == scores.to_latex()
    assert formats["markdown"] == scores.to_markdown() and formats["table"].startswith("gold gold.jsonl")
    heading = ("--title", "Task <1>", "--description", "One.\n\nTwo & three.", "--date", "2024-05-31")
    call = ("leaderboard", "s-a.json", "s-b.json", "third=s-c.json")
    pages = []
    for _ in range(2):  # the second time over the first
        done = goldspan(*call, "--html", "site", *heading)
        assert done.returncode == 0, done.stderr
        pages.append({path.name: path.read_bytes() for path in (folder / "site").iterdir()})
    assert pages[0] == pages[1] and sorted(pages[0]) == [
        "index.html",
        "leaderboard.csv",
        "leaderboard.json",
    ]
    page = pages[0]["index.html"].decode()
    assert "<h1>Task &lt;1&gt;</h1>" in page and "<p>Two &amp; three.</p>" in page and "<dd>2024-05-31</dd>" in page
    data = json.loads(pages[0]["leaderboard.json"])
    merged = merge_scores("s-a.json", "s-b.json", "s-c.json", names=["", "", "third"])
    assert data.items() >= merged.to_dict().items() and data["title"] == "Task <1>"
    assert pages[0]["leaderboard.csv"].decode() == merged.to_csv() == goldspan(*call, "--format", "csv").stdout
    assert json.loads(goldspan(*call, "--json").stdout) == merged.to_dict()


@pytest.mark.parametrize("name", ["index.html", "leaderboard.json", "leaderboard.csv"])
def test_a_leaderboard_replaces_nothing_but_an_earlier_one(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goldspan: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    scored("a").save("a.json")
    (tmp_path / "site").mkdir()
    mine = {
        "index.html": '<meta name="generator" content="goldspan 0.1.0"><p>mine</p>',
        "leaderboard.json": Path("a.json").read_text(),
        "leaderboard.csv": "system,mine\n",
    }[name]
    (tmp_path / "site" / name).write_text(mine)
    source = "site/leaderboard.json" if name.endswith(".json") else "missing.json"  # refused before anything is read
    done = goldspan("leaderboard", source, "--html", "site")
    assert done.returncode == 2 and f"{Path('site', name)} exists and is not of a leaderboard" in done.stderr
    assert "--html: " in done.stderr and " Fix: name another folder" in done.stderr
    assert [path.read_text() for path in (tmp_path / "site").iterdir()] == [mine]


FORMATS = ("table", "markdown", "latex", "csv", "json")


def results_of(metadata: str) -> list[Any]:
    """The evaluation results of a model card, as the hub's library reads them."""
    from huggingface_hub import ModelCard

    data: Any = ModelCard(f"---\n{metadata}---\n# x\n").data
    return list(data.eval_results)


def test_a_model_card_has_the_figures_when_the_hub_reads_it() -> None:
    scores = scored("a", ODD[0], ODD[0], by=["month"])
    where = {"model": "us/tagger: 1", "dataset": "us/gold", "split": "test", "revision": "1.0"}
    read = results_of(scores.to_model_index(**where, system="a"))
    assert all(r.metric_value == scores.metric(r.metric_name, "a") for r in read)
    assert [r.metric_name for r in read][:3] == [f"spans.strict.micro.{x}" for x in ("precision", "recall", "f1")]
    assert {(r.dataset_type, r.dataset_split, r.dataset_revision) for r in read} == {("us/gold", "test", "1.0")}
    assert all(r.metric_args["signature"] == f"{r.metric_name}|{scores[0].signature}" for r in read)
    mean = scores.to_model_index(**where, system=ODD[0], metrics=["spans.strict.micro.f1"])
    [result] = results_of(mean)
    assert (result.metric_value, result.metric_args["deviation"]) == scores.runs[0].metric("spans.strict.micro.f1")


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "which system": ({}, "a model card is of one system. Fix: name it as `system`, one of a, b"),
    "an unknown system": ({"system": "c"}, "unknown system 'c': known: a, b"),
    "an unknown metric": ({"system": "a", "metrics": ["spans.strict.f1"]}, "did you mean 'spans.strict.micro.f1'"),
    "an undefined metric": ({"system": "a", "metrics": ["values.DATE.value_f1"]}, "of 'a' is undefined. Fix: leave it out"),
    "a string": ({"system": "a", "metrics": "x"}, "`metrics` is a string"),
    "no dataset": ({"system": "a", "dataset": " "}, "`dataset` is empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_model_card_is_refused_with_what_to_do(name: str) -> None:
    arguments, message = MISTAKES[name]
    with pytest.raises(GoldspanError, match=re.escape(message)):
        scored("a", "b").to_model_index(**{"model": "m", "dataset": "d", **arguments})


def test_the_library_evaluate_loads_the_metric(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import evaluate

    for name in ("HF_MODULES_CACHE", "HF_METRICS_CACHE", "HF_EVALUATE_CACHE"):
        monkeypatch.setattr(f"evaluate.config.{name}", str(tmp_path / name))
    monkeypatch.setattr("evaluate.config.HF_EVALUATE_OFFLINE", True)
    [example] = [block for block in PAGE if block.title == "with_evaluate.py"]
    [shown] = [block for block in PAGE if block.title == "with_evaluate.txt"]
    assert run_script(example.body, tmp_path) == shown.body
    metric = evaluate.load(metric_folder(), cache_dir=str(tmp_path))
    gold, *systems = layers()

    def plain(documents: list[Document]) -> list[list[dict[str, Any]]]:
        return [[{"start": s.start, "end": s.end, "label": s.label} for s in d.spans] for d in documents]

    found = metric.compute(predictions=plain(systems[0]), references=plain(gold), labels=["ACTOR", "LOCATION"])
    scores = scored("a", labels=["ACTOR", "LOCATION"])
    assert found is not None and found == {path: scores.metric(path) for path in found}
    assert "spans.weighted.f1" not in found and found["spans.partial.labels.LOCATION.recall"] > 0


SPAN = {"start": 0, "end": 4, "label": "PER"}
ODD_SPANS: dict[str, tuple[Any, dict[str, Any], str]] = {
    "a fraction": ([[{**SPAN, "end": 4.5}]], {}, r"predictions\[0\]\[0\]: end 4.5 is not an integer"),
    "text for a number": ([[{**SPAN, "start": "0"}]], {}, "start '0' is not an integer"),
    "a truth value": ([[{**SPAN, "start": False}]], {}, "start False is not an integer"),
    "no label": ([[{**SPAN, "label": None}]], {}, "label None is not a name"),
    "a missing key": ([[{"start": 0, "end": 4}]], {}, "does not have just start, end and label"),
    "a further key": ([[{**SPAN, "value": {}}]], {}, "does not have just start, end and label"),
    "no list": ([SPAN], {}, r"predictions\[0\] is not a list of spans"),
    "nothing": (None, {}, "`predictions` are not lists of spans"),
    "another label": ([[SPAN]], {"labels": ["PERS"]}, "has the label 'PERS': did you mean 'PER'"),
    "a string": ([[SPAN]], {"labels": "PER"}, "`labels` is a string"),
    "ids": ([[SPAN]], {"measures": ["linked.strict"]}, "linked.strict compares ids"),
    "clusters": ([[SPAN]], {"measures": ["clusters"]}, "clusters compares ids"),
}


@pytest.mark.parametrize("name", ODD_SPANS)
def test_the_metric_of_evaluate_refuses_what_it_would_misread(name: str, tmp_path: Path) -> None:
    import evaluate

    predictions, more, message = ODD_SPANS[name]
    metric = evaluate.load(metric_folder(), cache_dir=str(tmp_path))
    with pytest.raises(UsageError, match=f"{message}.* Fix: "):
        metric.compute(predictions=predictions, references=[[SPAN]], **more)


def test_the_workflow_of_the_documents_makes_a_leaderboard(folder: Path) -> None:
    [block] = [block for block in PAGE if block.language == "yaml"]
    workflow = yaml.safe_load(block.body)
    own = (ROOT / ".github" / "workflows" / "checks.yml").read_text("utf-8")
    used = re.findall(r"uses: (\S+)", block.body)
    assert used and all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name) for name in used)
    assert set(used[:2]) <= set(re.findall(r"uses: (\S+)", own))
    assert workflow["permissions"] == {"contents": "read"} and "pull_request" not in str(workflow[True])
    assert re.search(r'"goldspan\[report\]==\d+\.\d+\.\d+"', block.body) and "${{ github" not in block.body
    (folder / "predictions").mkdir()
    (folder / "a.jsonl").rename(folder / "predictions" / "-our system.jsonl")
    (folder / "b.jsonl").rename(folder / "predictions" / "with=equals.jsonl")
    (folder / "predictions" / "bad.jsonl").write_text("{")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for step in workflow["jobs"]["build"]["steps"]:
        if "goldspan " in step.get("run", ""):
            done = subprocess.run(
                ["bash", "-e", "-c", step["run"]], env={**os.environ, "PATH": path}, capture_output=True
            )
            assert done.returncode == 0, done.stderr
            assert b"::warning::not scored: predictions/bad.jsonl" in done.stdout or "leaderboard" in step["run"]
    table = (folder / "site" / "leaderboard.csv").read_text("utf-8")
    assert "\n-our system," in table and "\nwith=equals," in table and "bad" not in table


def keys_of(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every key and index of plain data."""
    for key, part in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield (*path, key)
        yield from keys_of(part, (*path, key))


def test_no_part_that_a_file_lacks_is_more_than_an_error(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    scored("a", "b", "b", by=["month"], tests=["values.ACTOR.value_f1"], labels=["ACTOR", "LOCATION"]).save(path)
    whole = json.loads(path.read_bytes())
    kinds = {"strict exact partial type": "measure", "micro macro weighted": "mean", "precision recall f1": "rate"}
    kind_of = {name: kind for names, kind in kinds.items() for name in names.split()}
    similar = {
        tuple(
            "*" if isinstance(key, int) or "." in key or key.isupper() else kind_of.get(key, key) for key in keys
        ): keys
        for keys in keys_of(whole)
    }
    assert len(similar) > 100
    refused = 0
    for *parents, last in similar.values():
        node = whole
        for key in parents:
            node = node[key]
        removed = node.pop(last)
        path.write_text(json.dumps(whole))
        try:
            read = load_scores(path)
        except DataError:
            refused += 1
        else:
            assert read.to_markdown()
        node.insert(last, removed) if isinstance(node, list) else node.__setitem__(last, removed)
    assert refused > len(similar) / 2


def test_no_leaf_of_a_file_is_more_than_an_error_whatever_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    scored("a", "b", by=["month"], measures=["clusters.lea"], labels=["ACTOR", "LOCATION"], resamples=1).save(path)
    whole = json.loads(path.read_bytes())
    whole["notes"], whole["systems"][1]["name"] = [], "b"
    alike = {"exact", "partial", "type", "macro", "weighted", "recall", "f1", "missed", "spurious", "LOCATION"}
    similar = {
        tuple("*" if isinstance(key, int) or key[0].isdecimal() else key for key in keys): keys
        for keys in keys_of(whole)
        if not alike & set(keys) and 1 not in keys
    }
    for *parents, last in similar.values():
        node = whole
        for key in parents:
            node = node[key]
        kept = node[last]
        values: tuple[Any, ...] = ("x",) if isinstance(kept, dict) else (None, "x", 10**400, [])
        for value in values:
            node[last] = value
            path.write_text(json.dumps(whole))
            try:
                assert load_scores(path).to_markdown()
            except DataError as error:
                assert " Fix: " in str(error)
        node[last] = kept


UNDERIVED: dict[str, tuple[tuple[Any, ...], Any, str]] = {
    "an interval": (("systems", 0, "interval", "spans", "strict", "micro", "f1"), [0.9, 0.99], "interval.spans.strict.micro.f1 of 'a' does not follow"),
    "an interval of values": (("systems", 0, "interval", "values", "ACTOR", "value_f1"), [0.9, 0.99], "interval.values.ACTOR.value_f1 of 'a'"),
    "a coverage": (("systems", 0, "interval", "coverage", "simulated"), 0.95, "interval.coverage of 'a'"),
    "an average of clusters": (("systems", 0, "spans", "clusters.lea", "macro", "f1"), 0.99, "spans.clusters.lea.macro.f1 of 'a'"),
    "a rate above 1": (("systems", 0, "spans", "clusters.lea", "labels", "ACTOR", "recall"), 1.5, "spans.clusters.lea.labels.ACTOR.recall of 'a'"),
    "a slice's figure": (("systems", 0, "slices", "month", "2023-02", "spans", "strict", "micro", "f1"), 0.99, "slices.month.2023-02.spans.strict.micro.f1 of 'a'"),
    "a slice's size": (("systems", 0, "slices", "month", "2023-02", "documents"), 2, "slices.month of 'a' does not add up to all 12 documents"),
    "a number of pairs": (("systems", 0, "values", "ACTOR", "support"), 99, "values.ACTOR.support of 'a'"),
    "no number of pairs": (("systems", 0, "values", "ACTOR", "support"), None, "Expected `int`, got `null` - at `$.values.ACTOR.support`"),
    "gold spans": (("gold", "spans"), 1, "gold.spans is not the number"),
    "another gold": (("gold", "sha256"), "0" * 64, "gold.sha256 is not the gold of the settings"),
    "a signature": (("systems", 0, "signature"), "gold:x", "the signature of 'a' does not have the settings"),
    "a long seed": (("settings", "seed"), "9" * 5000, "settings.seed is '99999999999999999999…', not a number"),
    "many resamples": (("settings", "boot"), "99999999999", "settings.boot is '99999999999', not a number from 0 to 100000"),
    "a p-value": (("comparisons", 0, "p_value"), 0.001, "the test of 'a' and 'b' by spans.strict.micro.f1"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNDERIVED)
def test_what_does_not_follow_from_the_counts_is_refused(name: str, tmp_path: Path) -> None:
    keys, to, message = UNDERIVED[name]
    path = tmp_path / "s.json"
    scored("a", "b", measures=["clusters.lea"], by=["month"]).save(path)
    if keys[1:3] == (0, "slices"):  # a month that there is
        months = json.loads(path.read_bytes())["systems"][0]["slices"]["month"]
        keys = tuple(next(iter(months)) if key == "2023-02" else key for key in keys)
        message = message.replace("2023-02", next(iter(months)))
    changed(path, *keys, to=to)
    with pytest.raises(DataError, match=re.escape(message)):
        load_scores(path)


def test_notes_of_merged_files_name_systems_as_they_are_shown(tmp_path: Path) -> None:
    a, b = scored("a", resamples=0), scored("b", resamples=0)
    a.notes[:] = [
        "a has no values for ACTOR, a: not compared",
        "no value of DATE can be correct: the gold has no edtf; a has no unit",
        "spans without texts: the gold, a; whether the texts are the same cannot be checked",
        "scored only the 9 common documents; excluded: 1 of the gold, 2 of a",
        "a: matched by text: 3 documents",
        "/mnt/secret/a.conll: 3 spans left out",
        "C:\\me\\a.conll: 4 spans left out",
        "everywhere",
    ]
    b.notes[:] = ["everywhere", "b: matched by text: 2 documents"]
    a.save(tmp_path / "secret.json")
    notes = merge_scores(tmp_path / "secret.json", b, names=["new", "us/b"]).notes
    assert notes == [
        "everywhere",
        "new has no values for ACTOR, a: not compared",
        "new: no value of DATE can be correct: the gold has no edtf; new has no unit",
        "new: spans without texts: the gold, new; whether the texts are the same cannot be checked",
        "new: scored only the 9 common documents; excluded: 1 of the gold, 2 of new",
        "new: matched by text: 3 documents",
        "new: a.conll: 3 spans left out",
        "new: a.conll: 4 spans left out",
        "us/b: matched by text: 2 documents",
    ]


def test_a_leaderboard_has_no_folder_of_the_gold(tmp_path: Path) -> None:
    scores = scored("a", resamples=0)
    write_leaderboard(tmp_path / "site", replace(scores, gold=replace(scores.gold, path="/mnt/secret/gold.jsonl")))
    assert json.loads((tmp_path / "site" / "leaderboard.json").read_bytes())["gold"]["path"] == "gold.jsonl"
    assert all(b"secret" not in path.read_bytes() for path in (tmp_path / "site").iterdir())


def test_scores_with_and_without_requested_intervals_are_not_merged(tmp_path: Path) -> None:
    gold, *systems = (list(layer[:5]) for layer in layers())
    few = [score(gold, s, names=[n], resamples=20, intervals=n != "c") for n, s in zip("abc", systems, strict=True)]
    few[0].save(tmp_path / "a.json")
    assert "intervals:requested" in few[0][0].signature
    assert merge_scores(tmp_path / "a.json", few[1])["a"].intervals == few[0]["a"].intervals
    with pytest.raises(
        DataError, match=r"intervals none here, requested there\. Fix: score all systems with `intervals`"
    ):
        merge_scores(few[0], few[2])


def test_what_could_not_be_read_again_is_not_stored(folder: Path, goldspan: Run) -> None:
    done = goldspan("score", "missing.jsonl", "a.jsonl", "--out", "s.json", "--resamples", 10**6)
    assert done.returncode == 2 and "--resamples: 1000000 is more than stored scores may have. Fix: " in done.stderr


def test_arguments_of_other_types_are_refused_by_name(tmp_path: Path) -> None:
    odd: Any = [scored("a", resamples=0)]
    with pytest.raises(UsageError, match=r"`sources`: a list is neither scores nor a file\. Fix: "):
        merge_scores(odd)
    with pytest.raises(UsageError, match=r"`path` is of the type int\. Fix: the name of a file"):
        odd[0].save(3)
    with pytest.raises(UsageError, match=r"`model` is of the type NoneType\. Fix: its id on the hub"):
        odd[0].to_model_index(model=None, dataset="us/gold")
    with pytest.raises(UsageError, match=r"`passes` is a list\. Fix: the passes by annotator"):
        studio_report(odd)
