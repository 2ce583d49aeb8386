"""The version of a release, wherever the repository states it."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

_HEADING = re.compile(r"^## \[(?P<name>[^\]]+)\](?: - (?P<date>\d{4}-\d{2}-\d{2}))?\s*$", re.M)


def project_version(root: Path) -> str:
    """Return the version in `pyproject.toml`, which the others have to repeat."""
    return str(tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def version_problems(root: Path) -> list[str]:
    """Return where the changelog and the citation do not fit a release of the project's version."""
    version = project_version(root)
    problems, date = _changelog_problems((root / "CHANGELOG.md").read_text("utf-8"), version)
    return problems + _citation_problems((root / "CITATION.cff").read_text("utf-8"), version, date)


def uncommitted_problems(root: Path) -> list[str]:
    """Return one problem if the working tree differs from the last commit."""
    listed = subprocess.run(
        ["git", "status", "--porcelain"], cwd=root, capture_output=True, encoding="utf-8", check=True
    )
    count = len(listed.stdout.splitlines())
    if not count:
        return []
    files, them = ("1 file is", "it") if count == 1 else (f"{count} files are", "them")
    return [f"{files} not committed. Fix: commit or remove {them}"]


def _changelog_problems(text: str, version: str) -> tuple[list[str], str | None]:
    """Return the problems of a changelog, and the date of the release if it states one."""
    headings = list(_HEADING.finditer(text))
    if headings and headings[0]["name"] == "Unreleased":
        unreleased, headings = headings[0], headings[1:]
        end = headings[0].start() if headings else len(text)
        if text[unreleased.end() : end].strip():
            fix = f"put them under a heading ## [{version}] - DATE"
            return [f"CHANGELOG.md begins with changes that are unreleased. Fix: {fix}"], None
    newest = headings[0] if headings else None
    if newest is None or newest["name"] != version or newest["date"] is None:
        found = newest[0].strip() if newest else "no release"
        return [f"CHANGELOG.md begins with {found}. Fix: ## [{version}] - DATE, as in pyproject.toml"], None
    return [], newest["date"]


def _citation_problems(text: str, version: str, date: str | None) -> list[str]:
    stated = dict(re.findall(r"^(version|date-released): *\"?([^\"\n]+?)\"?\s*$", text, re.M))
    expected = {"version": version} | ({"date-released": date} if date else {})
    return [
        f"CITATION.cff has {key}: {stated.get(key, 'nothing')}. Fix: {key}: {value}"
        for key, value in expected.items()
        if stated.get(key) != value
    ]
