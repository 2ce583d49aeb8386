"""Discovery of brat's file pairs: a text and its annotations."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ....schema import DataError, Problem


def find_pairs(folder: Path, known: set[str]) -> Iterator[str]:
    """Yield the names of the pairs of a .txt and an .ann file below a folder, sorted and without suffix.

    Args:
        folder: The folder; hidden files and folders in it are ignored.
        known: Names of pairs to leave out.

    Raises:
        DataError: A file has no counterpart, there are no .ann files, or a folder cannot be read.
    """

    def refuse(error: OSError) -> None:
        raise DataError(Problem(f"cannot be read: {error.strerror}", "", str(error.filename))) from error

    names: dict[str, set[str]] = {".ann": set(), ".txt": set()}
    for parent, subfolders, files in os.walk(folder, onerror=refuse):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        for file in files:
            path = (Path(parent) / file).relative_to(folder)
            if path.suffix in names and not file.startswith("."):
                names[path.suffix].add(path.with_suffix("").as_posix())
    for name in sorted((names[".ann"] | names[".txt"]) - known):
        for suffix, other in ((".txt", ".ann"), (".ann", ".txt")):
            if name not in names[suffix]:
                fix = "add it (empty if nothing is annotated), or move this file away"
                raise DataError(Problem(f"there is no {suffix} file next to it", fix, str(folder / f"{name}{other}")))
        if not name.isprintable() or any("\ud800" <= c <= "\udfff" for c in name):
            raise DataError(Problem("the file name is not printable UTF-8", "rename it", repr(str(folder / name))))
        yield name
    if not known and not names[".ann"] and not (folder / "goldspan.jsonl").exists():
        raise DataError(Problem("there are no .ann files", "name the folder that contains them", str(folder)))
