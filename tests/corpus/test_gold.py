"""The published gold is what its passes and decisions make, and says what it is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from goldspan.corpus import read_records
from goldspan.corpus.release.editions import Edition, edition, editions
from goldspan.schema import Document, Scheme, UsageError, layer_fingerprint

from ..conftest import SEEDS, Run

EDITIONS = editions()
FOLDER = Path(str(edition().folder))


@pytest.fixture(scope="module")
def gold() -> list[Document]:
    from goldspan.schema import conflict_scheme

    return list(read_records(FOLDER / "gold.jsonl", conflict_scheme()))


@pytest.mark.parametrize("published", EDITIONS, ids=[item.version for item in EDITIONS])
def test_a_published_edition_never_changes(published: Edition) -> None:
    folder = Path(str(published.folder))
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {name: hashlib.sha256(data).hexdigest() for name, data in found.items()} == published.files


def test_adjudicating_the_passes_gives_the_gold(
    goldspan: Run, tmp_path: Path, gold: list[Document], scheme: Scheme
) -> None:
    out = tmp_path / "gold.jsonl"
    passes = sorted((FOLDER / "passes").iterdir())
    states = ("--name", "gold", "--guidelines", edition().guidelines)
    done = goldspan("adjudicate", *passes, "--decisions", FOLDER / "decisions.jsonl", *states, "--out", out)
    assert done.returncode == 0, done.stderr
    assert list(read_records(out, scheme)) == gold


def test_the_gold_breaks_no_rule_and_every_finding_has_its_answer(goldspan: Run) -> None:
    done = goldspan("corpus", "check", "--suspicious", "--suppress", FOLDER / "answers.jsonl", FOLDER / "gold.jsonl")
    assert (done.returncode, done.stdout, done.stderr) == (0, "5 documents, 0 problems, 0 findings\n", "")


def test_the_gold_is_over_the_seeds_as_they_are(gold: list[Document]) -> None:
    assert {d.id: d.text for d in gold} == {p.stem: p.read_bytes().decode() for p in SEEDS.glob("*.txt")}


def test_the_editions_figures_are_those_of_its_layer(gold: list[Document], scheme: Scheme) -> None:
    newest = edition()
    assert newest.sha256 == layer_fingerprint(gold)
    assert newest.spans == sum(len(document.spans) for document in gold)
    assert {layer.guidelines for document in gold if (layer := document.layer)} == {newest.guidelines}
    assert f"Fingerprint `{newest.sha256[:12]}`" in (FOLDER.parent / "CHANGELOG.md").read_text("utf-8")


def test_every_span_names_its_passes_and_every_pass_says_what_its_reader_was(
    gold: list[Document], scheme: Scheme
) -> None:
    assert {span.passes for document in gold for span in document.spans} == {("reader-1", "reader-2")}
    for path in (FOLDER / "passes").iterdir():
        for document in read_records(path, scheme):
            layer = document.layer
            assert layer is not None and layer.annotator == path.stem and layer.created and layer.guidelines == "1.0"
            assert layer.annotator_kind == "language model"


def test_an_unknown_edition_is_refused() -> None:
    with pytest.raises(UsageError, match=r"known: 1\.0\.0"):
        edition("9.9.9")
