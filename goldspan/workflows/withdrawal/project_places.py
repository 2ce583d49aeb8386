"""Where documents may stand in the folder of a project, and in corpora beside it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ...corpus.withdrawal.withdrawal_list import LIST_NAME
from ...schema import DataError, Problem, UsageError
from ...schema.files.addresses import is_address
from ...schema.files.toml_document import read_toml
from .edition_changelog import CHANGELOG

CONFIGURATION = "goldspan.toml"
_EDITIONS = "editions.toml"
_CHECKSUMS = "SHA256SUMS"
_OWN = (LIST_NAME, f".{LIST_NAME}.lock")
_REPOSITORIES = (".git", ".hg", ".svn")
_PROGRAMS = (".venv", "venv", "node_modules", "__pycache__", "site-packages", ".tox", ".mypy_cache", ".ruff_cache")


@dataclass(slots=True)
class ProjectPlaces:
    """The places that are searched, and those that are not changed.

    Attributes:
        root: The folder of the project.
        files: Files that may hold documents.
        published: Folders of published editions, which never change.
        editions: Folders with editions, whose changelog tells what the next one leaves out.
        exports: Folders of exported datasets, which are made again from the gold.
        linked: Folders that links lead to, out of all that is searched.
        repositories: Repositories whose history keeps what files held.
    """

    root: Path
    files: list[Path] = field(default_factory=list)
    published: list[Path] = field(default_factory=list)
    editions: list[Path] = field(default_factory=list)
    exports: list[Path] = field(default_factory=list)
    linked: list[Path] = field(default_factory=list)
    repositories: list[Path] = field(default_factory=list)


def project_folder() -> Path:
    """Return the nearest folder, from the working directory up, with a `goldspan.toml` or a list of withdrawals.

    Without one it is the working directory.
    """
    here = Path.cwd()
    try:
        home = Path.home()
    except RuntimeError:
        home = None
    for folder in (here, *here.parents):
        if (folder / CONFIGURATION).is_file() or (folder / LIST_NAME).is_file():
            return folder
        if folder == home:
            break
    return here


def project_places(corpora: Collection[str]) -> ProjectPlaces:
    """Return the places of the project that the working directory is in, and of further corpora.

    Raises:
        DataError: A corpus does not exist.
        UsageError: The folder of the project would be the home folder or the root; or a corpus is an address.
    """
    root = project_folder()
    if root == root.parent or root in _homes():
        fix = "go to the folder of the project, or put a goldspan.toml into it"
        raise UsageError(f"{root} is not the folder of a project, and is not searched as one. Fix: {fix}")
    places = ProjectPlaces(root)
    _add_folder(root, places)
    for corpus in corpora:
        if is_address(corpus):
            fix = "copy it here, withdraw from the copy with `corpora`, and copy it back"
            raise UsageError(f"`corpora` {corpus}: files at addresses cannot be changed in place. Fix: {fix}")
        path = Path(corpus)
        if path.is_dir():
            _add_folder(path.absolute(), places)
        elif path.is_file():
            places.files.append(path.absolute())
        else:
            raise DataError(Problem("no such file or folder", "a corpus as `corpora`", corpus))
    searched = [root.resolve(), *(Path(corpus).resolve() for corpus in corpora)]
    places.linked = [
        path for path in places.linked if not any(path.resolve().is_relative_to(folder) for folder in searched)
    ]
    places.files = list({path.resolve(): path for path in places.files}.values())
    return places


def list_places(places: ProjectPlaces, corpora: Iterable[str]) -> list[Path]:
    """Return where the list of withdrawals is kept: in the project, and beside each corpus that is not below it."""
    root = places.root.resolve()
    folders = [Path(corpus).resolve() for corpus in corpora]
    beside = [folder if folder.is_dir() else folder.parent for folder in folders if not folder.is_relative_to(root)]
    return [folder / LIST_NAME for folder in dict.fromkeys([places.root, *beside])]


def _homes() -> list[Path]:
    try:
        return [Path.home(), Path.home().resolve()]
    except RuntimeError:
        return []


def _add_folder(folder: Path, places: ProjectPlaces) -> None:
    for parent, names, files in os.walk(folder):
        here = Path(parent)
        places.repositories += [here / name for name in _REPOSITORIES if name in names or name in files]
        names[:] = sorted(name for name in names if name not in (*_REPOSITORIES, *_PROGRAMS))
        places.linked += [here / name for name in names if (here / name).is_symlink()]
        if _CHECKSUMS in files:
            places.exports.append(here)
            names.clear()
            continue
        if _EDITIONS in files:
            places.editions.append(here)
            versions = _versions(here / _EDITIONS)
            places.published += [here / name for name in names if name in versions]
            names[:] = [name for name in names if name not in versions]
            files = [name for name in files if name not in (_EDITIONS, CHANGELOG)]  # which may name an id
        places.files += [here / name for name in sorted(files) if name not in _OWN and (here / name).is_file()]


def _versions(path: Path) -> set[str]:
    """Return the versions of the editions that a file lists."""
    tables = read_toml(path).values.get("edition")
    return (
        {str(item.get("version")) for item in tables if isinstance(item, dict)} if isinstance(tables, list) else set()
    )


def all_files(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the files of folders and of those below them."""
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())
