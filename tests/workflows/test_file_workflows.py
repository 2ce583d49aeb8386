"""The workflows of files, called as a script does: what a command does is a function with a result."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from goldspan.corpus import read_records
from goldspan.schema import Problem, Scheme, UsageError
from goldspan.workflows import (
    adjudicate_files,
    build_records,
    check_file,
    convert_file,
    export_file,
    run_benchmark,
    score_files,
    train_pipeline,
)
from tests.conftest import record, span, write_lines

TEXT = "Gunmen struck Homs on Friday."
HOMS, FRIDAY = span(14, 18, "LOCATION"), span(22, 28, "DATE")


def layer(path: Path, name: str, *spans: dict[str, object]) -> str:
    return str(write_lines(path / f"{name}.jsonl", record("a", TEXT, spans=list(spans), layer={"annotator": name})))


def test_importing_the_workflows_imports_nothing_heavy() -> None:
    code = (
        "import sys, goldspan.workflows; print([m for m in ('numpy', 'spacy', 'httpx', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert done.stdout == "[]\n", done.stderr


def test_passes_in_files_are_adjudicated_and_no_decision_is_lost(tmp_path: Path, scheme: Scheme) -> None:
    passes = [layer(tmp_path, "ann", HOMS, FRIDAY), layer(tmp_path, "ben", HOMS)]
    out, conflicts = str(tmp_path / "gold.jsonl"), str(tmp_path / "conflicts.jsonl")
    result = adjudicate_files(passes, out, scheme, conflicts=conflicts)
    assert (result.passes, result.agreed, len(result.undecided)) == (["ann", "ben"], 1, 1)
    assert [len(document.spans) for document in read_records(out, scheme)] == [1]
    line = Path(conflicts).read_text("utf-8")
    filled = line.replace('"choose":null', '"choose":"ann"').replace('"by":null', '"by":"rae"')
    Path(conflicts).write_text(filled.replace('"reason":null', '"reason":"it is a date"'), "utf-8")
    with pytest.raises(UsageError, match=r"1 decision in it would be lost.*Fix: `decisions`"):
        adjudicate_files(passes, out, scheme, conflicts=conflicts)
    decided = adjudicate_files(passes, out, scheme, decisions=conflicts)
    assert decided.undecided == [] and decided.to_dict()["decided"] == 1


def test_systems_in_files_are_scored_with_their_errors_and_a_report(tmp_path: Path, scheme: Scheme) -> None:
    gold, system = layer(tmp_path, "gold", HOMS, FRIDAY), layer(tmp_path, "rules", HOMS)
    labels = tmp_path / "map.toml"
    labels.write_text('LOCATION = "LOCATION"\nORG = "ACTOR"\n')
    remarks: list[str] = []
    scored = score_files(
        gold, [system], scheme, label_map=labels, errors=True, passes=[gold, system], resamples=0, remark=remarks.append
    )
    assert scored.scores.metric("spans.strict.micro.recall") == 0.5 and remarks == []
    assert scored.errors[0].counts()["all"]["missed"] == 1 and scored.agreement is not None
    assert scored.scores.systems[0].name in "".join(scored.page().html())
    with pytest.raises(UsageError):
        score_files("nowhere.jsonl", [system], scheme, measures=["spans.strikt"])


def test_articles_become_records_and_records_become_another_format_and_come_back(
    tmp_path: Path, scheme: Scheme
) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    steps: list[tuple[str, int, int]] = []

    def progress(step: str, done: int, total: int) -> None:
        steps.append((step, done, total))

    built = build_records(
        [str(tmp_path / "a.txt")],
        str(tmp_path / "built.jsonl"),
        scheme,
        report=lambda problem: pytest.fail(str(problem)),
        note=lambda problem: None,
        progress=progress,
    )
    assert (built.documents, built.undated, built.columns_missing) == (1, 1, {})
    gold = layer(tmp_path, "gold", HOMS)
    exported = export_file(gold, "conll", tmp_path / "out.conll", scheme, progress=progress)
    assert (exported.format, exported.documents, exported.upload) == ("conll", 1, None)
    converted = convert_file(tmp_path / "out.conll", str(tmp_path / "back.jsonl"), scheme, progress=progress)
    assert (converted.documents, converted.restored, converted.dropped) == (1, None, {})
    assert steps == [("building", 1, 0), ("exporting", 1, 0), ("converting", 1, 0)]
    with pytest.raises(UsageError, match="`include_text=True`"):
        export_file(gold, "hf", tmp_path / "dataset", scheme, push="me/data")


def test_a_file_is_checked_with_findings_and_suppressions_that_are_stale(tmp_path: Path, scheme: Scheme) -> None:
    unmarked = record("b", "Homs fell. Troops left Homs.", spans=[span(0, 4, "LOCATION")])
    file = write_lines(tmp_path / "checked.jsonl", record("a", TEXT, spans=[span(13, 18, "LOCATION")]), unmarked)
    problems: list[Problem] = []
    summary = check_file(str(file), scheme, report=problems.append, suspicious=True)
    assert summary.documents == 2 and [problem.document for problem in problems] == ["a"]
    found = next(finding for finding in summary.findings if finding.document == "b")
    key = {"check": found.check, "document": "b", "start": found.start, "end": found.end, "reason": "another Homs"}
    suppress = write_lines(tmp_path / "suppress.jsonl", key, {**key, "document": "gone"})
    again = check_file(str(file), scheme, report=problems.append, suspicious=True, suppress=suppress)
    assert found not in again.findings and [str(item) for item in again.stale] == [
        f"{found.check} gone [{found.start}, {found.end})"
    ]
    failed = check_file(str(file), scheme, report=problems.append, suspicious=True, extractors=["ruels"])
    assert failed.findings == summary.findings and "did you mean 'rules'" in str(failed.failure)


def test_a_benchmark_tells_its_progress_and_the_cost_of_each_extractor(tmp_path: Path, scheme: Scheme) -> None:
    steps: list[tuple[str, int, int]] = []
    gold = layer(tmp_path, "gold", HOMS, FRIDAY)
    result = run_benchmark(gold, ["rules"], scheme, resamples=0, progress=lambda *step: steps.append(step))
    assert steps == [("running extractors", 1, 1)] and [cost.name for cost in result.costs] == ["rules"]
    [system] = result.to_dict()["systems"]
    assert system["cost"]["words"] == 5 and system["failure"] is None
    assert "words/s" in "".join(result.page().html())


def test_a_pipeline_is_trained_from_a_file_and_an_existing_folder_is_kept(tmp_path: Path, scheme: Scheme) -> None:
    gold, epochs = layer(tmp_path, "gold", HOMS, FRIDAY), []
    with pytest.raises(UsageError, match="exists already"):
        train_pipeline(gold, tmp_path, scheme)
    summary = train_pipeline(
        gold,
        tmp_path / "model",
        scheme,
        epochs=2,
        language="en",
        progress=lambda _, done, total: epochs.append((done, total)),
    )
    assert epochs == [(1, 2), (2, 2)] and summary.scores is None
    assert (summary.language, summary.component, summary.trained.spans) == ("en", "ner", 2)
    assert (tmp_path / "model" / "meta.json").is_file()
