"""The commands of the how-tos print what the pages show."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .conftest import SEEDS
from .walkthrough import CUT, printed, steps

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "corpus" / "gold" / "1.0.0" / "gold.jsonl"


@pytest.mark.slow
@pytest.mark.parametrize("page", ["own-scheme", "score-others", "text-free"])
def test_a_how_tos_commands_print_what_it_shows(page: str, tmp_path: Path) -> None:
    shutil.copy(GOLD, tmp_path / "gold.jsonl")
    if page == "text-free":
        (tmp_path / "articles").symlink_to(SEEDS)
    count = 0
    for step in steps(ROOT / "docs" / f"{page}.md", tmp_path):
        found = printed(step.call, tmp_path)
        if step.shown.endswith(CUT):
            assert found.startswith(step.shown.removesuffix(CUT)), step.call
        else:
            assert found == step.shown, step.call
        count += 1
    assert count >= 4
