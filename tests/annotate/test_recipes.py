"""The recipes of `docs/open.md`, run as they stand there, on a part of the data."""

from __future__ import annotations

import json
from pathlib import Path

import datasets
import pytest

from goldspan.annotate import load_extractor
from goldspan.corpus import load
from goldspan.schema import Scheme
from tests.document_blocks import blocks, run_script

ROOT = Path(__file__).parents[2]


def recipe(title: str, constants: dict[str, str]) -> str:
    """A script of the page, on a few windows, with other constants, and its result in a folder."""
    [block] = [b for b in blocks((ROOT / "docs" / "open.md").read_text("utf-8")) if b.title == title]
    changes = {
        '"corpus/open/dataset"': repr(str(ROOT / "corpus" / "open" / "dataset")),
        'split="train"': 'split="train[:6]"',
    }
    script = block.body
    for old, new in {**changes, **constants}.items():
        assert old in script, old
        script = script.replace(old, new)
    return script


def test_the_spacy_recipe_makes_an_extractor(tmp_path: Path, scheme: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    run_script(recipe("train_spacy.py", {'"open-spacy", 10': '"open-spacy", 1'}), tmp_path)
    extractor = load_extractor(f"spacy:{tmp_path / 'open-spacy'}", scheme)
    documents = list(load(ROOT / "corpus" / "open" / "gold.jsonl"))[:1]
    assert len(extractor.extract(documents)) == 1


def test_the_script_for_a_pass_writes_the_texts_and_nothing_that_was_annotated(tmp_path: Path) -> None:
    [block] = [b for b in blocks((ROOT / "docs" / "open.md").read_text("utf-8")) if b.title == "new_pass.py"]
    run_script(block.body, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "texts.jsonl").read_text("utf-8").splitlines()]
    assert len(lines) == 132 and not any(line.get("spans") or line.get("layer") for line in lines)
    assert all(line["extra"]["licence"] for line in lines)
