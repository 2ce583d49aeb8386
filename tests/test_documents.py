"""What the documents show is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from goldspan.schema import conflict_scheme, parse_scheme

ROOT = Path(__file__).parents[1]


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
