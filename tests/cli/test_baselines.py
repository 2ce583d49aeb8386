"""`goldspan bench --split`: what is trained on one split of a gold is scored on the other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from goldspan.annotate.training import TrainedPipeline, train
from goldspan.schema import Document, Scheme
from goldspan.workflows.baselines import trained_systems
from tests.conftest import Run, record, span, write_lines

TEXT = "Iran struck Kyiv."
SPANS = [span(0, 4, "ACTOR"), span(12, 16, "LOCATION")]


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """Eight documents to train on, two to score on, of which one has a place that no other has; one in no split."""
    lines = [
        record(f"t{i}", f"{TEXT} {i}", spans=SPANS if i else SPANS[:1], extra={"split": "train"}) for i in range(8)
    ]
    lines += [record("e0", f"{TEXT} Again.", spans=SPANS, extra={"split": "test"})]
    goma = [span(0, 4, "ACTOR"), span(12, 16, "LOCATION")]
    lines += [record("e1", "Iran struck Goma.", spans=goma, extra={"split": "test"}), record("x", TEXT, spans=SPANS)]
    return write_lines(tmp_path / "gold.jsonl", *lines)


def test_what_is_trained_on_one_split_is_scored_on_the_other(gold: Path, goldspan: Run) -> None:
    call = ("bench", gold, "--split", "extra.split", "--train", "same-surface", "--resamples", "0")
    done = goldspan(*call, "--curve", "--json")
    assert done.returncode == 0, done.stderr
    assert "documents: 8 train, 2 test, 1 in neither" in done.stderr
    told = json.loads(done.stdout)
    assert told["gold"]["documents"] == 2 and told["gold"]["path"] == str(gold)
    [system] = told["systems"]
    assert system["spans"]["strict"]["micro"]["matched"] == 3  # Goma is in no document that it was trained on
    points = [(p["system"], p["documents"], p["strict_f1"]) for p in told["curve"]]
    assert [size for _, size, _ in points] == [1, 2, 4, 8] and points[-1] == ("same-surface", 8, 6 / 7)
    assert all(p["spans"] <= q["spans"] for p, q in zip(told["curve"], told["curve"][1:], strict=False))
    assert "Learning curve" in goldspan(*call, "--curve").stdout
    assert "Learning curve" not in goldspan(*call).stdout


def test_texts_of_both_splits_are_told_with_their_number(gold: Path, goldspan: Run, tmp_path: Path) -> None:
    call = ("--split", "extra.split", "--extractor", "same-surface:gold.jsonl", "--resamples", "0")
    assert "in train too" not in goldspan("bench", gold, *call, cwd=tmp_path).stderr
    copies = [record(f"e{n}", f"{TEXT} {n}", spans=SPANS, extra={"split": "test"}) for n in (2, 3)]
    twice = write_lines(tmp_path / "twice.jsonl", *map(json.loads, gold.read_text("utf-8").splitlines()), *copies)
    ran = goldspan("bench", twice, *call, cwd=tmp_path)
    assert "note: the texts of 2 test documents are in train too, under other ids" in ran.stderr, ran.stderr


def test_epochs_are_those_of_the_training(gold: Path, goldspan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[tuple[list[str], int]] = []

    def watched(documents: list[Document], scheme: Scheme, *, seed: int, epochs: int) -> TrainedPipeline:
        trained.append(([document.id for document in documents], epochs))
        return train(documents, scheme, seed=seed, epochs=epochs)

    monkeypatch.setattr(trained_systems, "train", watched)
    call = ("bench", gold, "--split", "extra.split", "--train", "spacy", "--resamples", "0", "--json")
    done = goldspan(*call, "--epochs", "1")
    assert done.returncode == 0, done.stderr
    assert trained == [([f"t{i}" for i in range(8)], 1)]
    assert [system["name"] for system in json.loads(done.stdout)["systems"]] == ["spacy:xx_conflict_news"]
