"""What would be released: wheel, sdist and the version, as `make release-check` looks at them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .release.built_files import (
    build_sdist,
    build_wheel,
    export_source,
    package_folders,
    path_problems,
    sdist_contents,
    sdist_problems,
    tracked_files,
    wheel_contents,
    wheel_problems,
)
from .release.stated_version import project_version, uncommitted_problems, version_problems

ROOT = Path(__file__).parents[1]
FOLDERS = {"goldspan": "goldspan", "eval": "goldspan/eval", "docs": "goldspan/docs"}
TRACKED = ["goldspan/__init__.py", "eval/data.txt", "docs/index.md", "docs/guidelines.md", "tests/test_x.py", "LICENSE"]
INFO = "goldspan-1.0.dist-info"
LICENCES = [f"{INFO}/licenses/LICENSE", f"{INFO}/licenses/LICENSE-ANNOTATIONS"]
WHEEL = ["goldspan/__init__.py", "goldspan/eval/data.txt", "goldspan/docs/guidelines.md", f"{INFO}/METADATA", *LICENCES]
CHANGELOG = "# Changelog\n\n## [1.2.0] - 2026-12-01\n\n### Added\n\n- A thing.\n"


def test_every_package_and_data_file_is_in_the_wheel_and_in_the_sdist_and_nothing_else(tmp_path: Path) -> None:
    source, built = export_source(ROOT, tmp_path / "source"), tmp_path / "dist"
    built.mkdir()
    tracked, folders = tracked_files(ROOT), package_folders(ROOT)
    paths = (ROOT, source, Path.home())
    wheel = wheel_contents(build_wheel(source, built))
    assert {"goldspan/py.typed", "goldspan/schema/data/conflict.toml", "goldspan/docs/guidelines.md"} <= set(wheel)
    assert wheel_problems(wheel, tracked, folders) + path_problems("the wheel", wheel, paths) == []
    sdist = sdist_contents(build_sdist(source, built))
    assert sdist_problems(sdist, tracked, folders) + path_problems("the sdist", sdist, paths) == []


@pytest.mark.parametrize(
    ("names", "problem"),
    {
        "data left out": (WHEEL[:1] + WHEEL[2:], "the wheel lacks goldspan/eval/data.txt. Fix: "),
        "a licence left out": (WHEEL[:-1], "the wheel's licences lacks LICENSE-ANNOTATIONS. Fix: "),
        "a test": ([*WHEEL, "tests/test_x.py"], "the wheel holds tests/test_x.py, which does not belong there. Fix: "),
        "bytecode": ([*WHEEL, "goldspan/__pycache__/x.pyc"], "the wheel holds goldspan/__pycache__/x.pyc, which"),
        "a page": ([*WHEEL, "goldspan/docs/index.md"], "the wheel holds goldspan/docs/index.md, which does not"),
    }.values(),
)
def test_what_a_wheel_lacks_and_what_does_not_belong_there_is_said(names: list[str], problem: str) -> None:
    assert wheel_problems(dict.fromkeys(WHEEL, b""), TRACKED, FOLDERS) == []
    [said] = wheel_problems(dict.fromkeys(names, b""), TRACKED, FOLDERS)
    assert said.startswith(problem)


def test_a_path_of_the_machine_is_found(tmp_path: Path) -> None:
    contents = {"a.py": f"HERE = '{tmp_path.as_posix()}/x'".encode(), "b.py": b"HERE = '.'"}
    assert path_problems("the wheel", contents, [tmp_path]) == [
        "the wheel: a.py names a path of this machine. Fix: write it without"
    ]


def repository(folder: Path, changelog: str = CHANGELOG, version: str = "1.2.0", date: str = "2026-12-01") -> Path:
    (folder / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1.2.0"\n', "utf-8")
    (folder / "CHANGELOG.md").write_text(changelog, "utf-8")
    (folder / "CITATION.cff").write_text(f'version: {version}\ndate-released: "{date}"\n', "utf-8")
    return folder


@pytest.mark.parametrize("empty", ["", "## [Unreleased]\n\n"])
def test_a_version_that_all_state_alike_is_ready(empty: str, tmp_path: Path) -> None:
    root = repository(tmp_path, CHANGELOG.replace("## [1", f"{empty}## [1"))
    assert project_version(root) == "1.2.0" and version_problems(root) == []


@pytest.mark.parametrize(
    ("given", "problem"),
    {
        "unreleased changes": (
            {"changelog": CHANGELOG.replace("## [1", "## [Unreleased]\n\n- New.\n\n## [1")},
            "CHANGELOG.md begins with changes that are unreleased. Fix: put them under a heading ## [1.2.0] - DATE",
        ),
        "nothing but unreleased changes": (
            {"changelog": "# Changelog\n\n## [Unreleased]\n\n- New.\n"},
            "CHANGELOG.md begins with changes that are unreleased. Fix: put them under a heading ## [1.2.0] - DATE",
        ),
        "another version in the changelog": (
            {"changelog": CHANGELOG.replace("1.2.0", "1.1.0")},
            "CHANGELOG.md begins with ## [1.1.0] - 2026-12-01. Fix: ## [1.2.0] - DATE, as in pyproject.toml",
        ),
        "no date in the changelog": (
            {"changelog": CHANGELOG.replace(" - 2026-12-01", "")},
            "CHANGELOG.md begins with ## [1.2.0]. Fix: ## [1.2.0] - DATE, as in pyproject.toml",
        ),
        "another version in the citation": (
            {"version": "1.1.0"},
            "CITATION.cff has version: 1.1.0. Fix: version: 1.2.0",
        ),
        "another date in the citation": (
            {"date": "2026-11-30"},
            "CITATION.cff has date-released: 2026-11-30. Fix: date-released: 2026-12-01",
        ),
    }.values(),
)
def test_where_the_version_is_stated_otherwise_is_said(given: dict[str, str], problem: str, tmp_path: Path) -> None:
    assert version_problems(repository(tmp_path, **given)) == [problem]


def test_the_version_and_the_citation_of_this_repository_agree() -> None:
    assert [problem for problem in version_problems(ROOT) if not problem.startswith("CHANGELOG.md begins")] == []


def test_files_that_are_not_committed_are_said(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    assert uncommitted_problems(tmp_path) == []
    (tmp_path / "new.py").touch()
    assert uncommitted_problems(tmp_path) == ["1 file is not committed. Fix: commit or remove it"]
    (tmp_path / "other.py").touch()
    assert uncommitted_problems(tmp_path) == ["2 files are not committed. Fix: commit or remove them"]
