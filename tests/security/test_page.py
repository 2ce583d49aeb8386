"""The page on security names a test behind each claim; those it names are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")


def test_every_attack_names_tests_that_are_there() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| attack ")]
    assert rows
    for row in rows:
        held_by = row.rstrip(" |").rpartition(" | ")[2]
        named = re.findall(r"`([\w/]+\.py)`", held_by)
        assert named, row
        for name in named:
            assert (ROOT / "tests" / name).is_file(), name


def test_every_file_of_tests_below_security_is_named() -> None:
    for path in Path(__file__).parent.glob("test_*.py"):
        assert path.name == Path(__file__).name or f"`security/{path.name}`" in PAGE, path.name
