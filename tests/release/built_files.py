"""The wheel and the sdist: building them from tracked files, and what they hold."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

BESIDE_THE_PACKAGES = {
    "CHANGELOG.md",
    "CITATION.cff",
    "LICENSE",
    "LICENSE-ANNOTATIONS",
    "MANIFEST.in",
    "README.md",
    "pyproject.toml",
}
"""What the sdist holds beside the files of the wheel."""
_NOT_SHIPPED = ("goldspan/corpus/open/", "goldspan/docs/", "goldspan/schema/reference_tables/")
"""For documents and for making data, but for what is shipped all the same."""
_SHIPPED = {
    *(f"goldspan/corpus/open/{name}" for name in ("README.md", "gold.jsonl")),
    *(f"goldspan/docs/{name}" for name in ("__init__.py", "guidelines.md")),
}


def tracked_files(root: Path) -> list[str]:
    """Return the files of the working tree that git tracks, relative to its root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, encoding="utf-8", check=True)
    return [name for name in listed.stdout.split("\0") if name and (root / name).is_file()]


def export_source(root: Path, target: Path) -> Path:
    """Copy the tracked files of the working tree, and nothing that a build left in it; return the copy."""
    for name in tracked_files(root):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target / name)
    return target


def build_wheel(source: Path, folder: Path) -> Path:
    """Build the wheel with this environment's setuptools; return its path."""
    return _build("build_wheel", source, folder)


def build_sdist(source: Path, folder: Path) -> Path:
    """Build the sdist with this environment's setuptools; return its path."""
    return _build("build_sdist", source, folder)


def wheel_contents(wheel: Path) -> dict[str, bytes]:
    """Return the files of a wheel by path."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def sdist_contents(sdist: Path) -> dict[str, bytes]:
    """Return the files of an sdist by path, relative to its one folder."""
    with tarfile.open(sdist) as archive:
        members = [(member, archive.extractfile(member)) for member in archive.getmembers()]
        return {_below_top(member.name): stream.read() for member, stream in members if stream is not None}


def wheel_problems(contents: Mapping[str, bytes], tracked: Iterable[str], folders: Mapping[str, str]) -> list[str]:
    """Return what is missing from a wheel and what does not belong in it.

    Args:
        contents: Its files.
        tracked: The files of the repository.
        folders: Package by folder, as in `package_folders`.
    """
    expected = set(_installed_paths(tracked, folders))
    inside = {name for name in contents if not name.split("/")[0].endswith(".dist-info")}
    problems = _difference("the wheel", expected, inside)
    licences = {PurePosixPath(name).name for name in contents if "/licenses/" in name}
    return problems + _difference("the wheel's licences", {"LICENSE", "LICENSE-ANNOTATIONS"}, licences)


def sdist_problems(contents: Mapping[str, bytes], tracked: Iterable[str], folders: Mapping[str, str]) -> list[str]:
    """Return what is missing from an sdist and what does not belong in it; the parameters are as in `wheel_problems`."""
    expected = set(_installed_paths(tracked, folders).values()) | BESIDE_THE_PACKAGES
    generated = {"PKG-INFO", "setup.cfg"}
    inside = {name for name in contents if name not in generated and ".egg-info/" not in name}
    return _difference("the sdist", expected, inside)


def path_problems(what: str, contents: Mapping[str, bytes], paths: Iterable[Path]) -> list[str]:
    """Return which files name a path of the machine that they were built on."""
    needles = [f"{path.as_posix().rstrip('/')}/".encode() for path in paths]
    named = sorted(name for name, data in contents.items() if any(needle in data for needle in needles))
    return [f"{what}: {name} names a path of this machine. Fix: write it without" for name in named]


def package_folders(root: Path) -> dict[str, str]:
    """Return the packages by the folder at the root that they are made of, as `pyproject.toml` states."""
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    return {folder: package.replace(".", "/") for package, folder in settings["package-dir"].items()}


def _build(hook: str, source: Path, folder: Path) -> Path:
    code = f"import sys; from setuptools import build_meta; build_meta.{hook}(sys.argv[1])"
    before = set(folder.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder.resolve())], cwd=source, capture_output=True, encoding="utf-8"
    )
    if done.returncode:
        raise SystemExit(f"{hook} failed:\n{done.stderr[-2000:]}")
    [built] = {path for path in folder.iterdir() if path.is_file()} - before
    return built


def _installed_paths(tracked: Iterable[str], folders: Mapping[str, str]) -> dict[str, str]:
    """Return the tracked files that are installed: their paths in the repository by the installed ones."""
    installed = {}
    for name in tracked:
        folder, _, rest = name.partition("/")
        if rest and folder in folders:
            path = f"{folders[folder]}/{rest}"
            if not path.startswith(_NOT_SHIPPED) or path in _SHIPPED:
                installed[path] = name
    return installed


def _difference(what: str, expected: set[str], found: set[str]) -> list[str]:
    missing = [
        f"{what} lacks {name}. Fix: name it in pyproject.toml or MANIFEST.in" for name in sorted(expected - found)
    ]
    return missing + [
        f"{what} holds {name}, which does not belong there. Fix: leave it out in MANIFEST.in"
        for name in sorted(found - expected)
    ]


def _below_top(name: str) -> str:
    return str(PurePosixPath(*PurePosixPath(name).parts[1:]))
