"""What the documents show is what the program does."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from goldspan.schema import conflict_scheme, parse_scheme

from .conftest import GOLDSPAN, SEEDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_readmes_examples_give_what_it_shows(tmp_path: Path) -> None:
    (tmp_path / "seeds").symlink_to(SEEDS)
    [console] = re.findall(r"```console\n(.*?)```", README, re.S)
    for part in console.split("$ goldspan ")[1:]:
        call, _, shown = part.partition("\n")
        done = subprocess.run([GOLDSPAN, *shlex.split(call)], cwd=tmp_path, capture_output=True, encoding="utf-8")
        assert (done.returncode, done.stdout + done.stderr) == (0, shown)
    [python] = re.findall(r"```python\n(.*?)```", README, re.S)
    done = subprocess.run([sys.executable, "-c", python], cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.stdout.startswith("IRQ\n000_4a5eb45f31d5ab59 2023-11-06 1\n"), done.stderr


def test_the_scheme_file_of_the_documents_is_one() -> None:
    [toml] = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "records.md").read_text("utf-8"), re.S)
    assert parse_scheme(toml).ref == "disaster@1"


def test_the_guidelines_are_those_of_the_scheme() -> None:
    guidelines = (ROOT / "docs" / "guidelines.md").read_text("utf-8")
    scheme = conflict_scheme()
    assert f"Version {scheme.guidelines}, for the scheme `{scheme.ref}`" in guidelines
    for kind in scheme.zones:
        assert f"| `{kind}` |" in guidelines
    for label in scheme.labels.values():
        for item in label.fields.values():
            for choice in getattr(item.type, "choices", ()):
                assert choice in guidelines


def test_links_of_the_documents_lead_somewhere() -> None:
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
