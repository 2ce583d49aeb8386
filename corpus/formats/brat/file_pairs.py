"""Discovery of brat's files: a text and its annotations, in an `.ann` file or, as BioNLP has it, in `.a1` and `.a2`."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ....schema import DataError, Problem, truncate_problems
from ...storage.file_io import file_suffix

INDEX = "goldspan.jsonl"
"""The file with the records of a folder that goldspan wrote."""

ANNOTATIONS = (".ann", ".a1", ".a2")
"""Suffixes of files with annotations, in the order in which they are read."""

_SUFFIXES = (".txt", *ANNOTATIONS)


def annotation_files(folder: Path) -> Iterator[Path]:
    """Yield the files with annotations below a folder."""
    return (path for suffix in ANNOTATIONS for path in folder.rglob(f"*{suffix}"))


def find_pairs(source: Path, known: set[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the names of texts with annotations below a folder, sorted, each with the suffixes of its annotations.

    Args:
        source: The folder, whose hidden files and folders are ignored; or a single file with annotations.
        known: Names to leave out.

    Raises:
        DataError: Files have no counterpart, all of which are named; there are none, or a folder cannot be read.
    """
    folder = source if source.is_dir() else source.parent
    found = _suffixes(folder) if source.is_dir() else _suffixes_beside(source)
    problems = []
    for name in sorted(found.keys() - known):
        suffixes = [suffix for suffix in ANNOTATIONS if suffix in found[name]]
        path = str(folder / f"{name}{(suffixes or ['.txt'])[0]}")
        if not suffixes or ".txt" not in found[name]:
            missing = ".txt" if suffixes else ".ann"
            fix = "add it (empty if nothing is annotated), or move this file away"
            problems.append(Problem(f"there is no {missing} file next to it", fix, path))
        elif ".ann" in suffixes and len(suffixes) > 1:
            what = f"there are annotations in {' and '.join(suffixes)}"
            problems.append(Problem(what, "keep those of .ann, or those of .a1 and .a2", path))
        elif not name.isprintable() or any("\ud800" <= c <= "\udfff" for c in name):
            problems.append(Problem("the file name is not printable UTF-8", "rename it", repr(str(folder / name))))
    if problems:
        raise DataError(truncate_problems(problems, "files"))
    if not known and not found.keys() and not (folder / INDEX).exists():
        raise DataError(Problem("there are no .ann files", "name the folder that contains them", str(source)))
    for name in sorted(found.keys() - known):
        yield name, [suffix for suffix in ANNOTATIONS if suffix in found[name]]


def _suffixes(folder: Path) -> dict[str, set[str]]:
    """Return the suffixes of a folder's texts and annotations, by name."""

    def refuse(error: OSError) -> None:
        raise DataError(Problem(f"cannot be read: {error.strerror}", "", str(error.filename))) from error

    found: dict[str, set[str]] = defaultdict(set)
    for parent, subfolders, files in os.walk(folder, onerror=refuse):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        for file in files:
            path = (Path(parent) / file).relative_to(folder)
            if path.suffix in _SUFFIXES and not file.startswith("."):
                found[path.with_suffix("").as_posix()].add(path.suffix)
    return found


def _suffixes_beside(file: Path) -> dict[str, set[str]]:
    """Return the suffixes of the files that belong to a file with annotations, by their name."""
    if file_suffix(file) not in ANNOTATIONS:
        fix = "name the folder of the .txt and .ann files, or an .ann file"
        raise DataError(Problem("not a file of brat" if file.exists() else "no such folder", fix, str(file)))
    return {file.stem: {suffix for suffix in _SUFFIXES if file.with_suffix(suffix).is_file()}}
