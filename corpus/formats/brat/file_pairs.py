"""Pairs of files that the brat tool keeps: a text and its annotations."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ....schema import DataError, Problem


def find_pairs(folder: Path, listed: set[str]) -> Iterator[str]:
    """Names of the pairs of a .txt and an .ann file below a folder, in order, without suffix.

    Args:
        folder: Hidden files and folders in it are passed over.
        listed: Names that are known already.

    Raises:
        DataError: A file lacks its other half, there is none at all, or a folder cannot be read.
    """

    def refuse(error: OSError) -> None:
        raise DataError(Problem(f"cannot be read: {error.strerror}", "", str(error.filename))) from error

    halves: dict[str, set[str]] = {".ann": set(), ".txt": set()}
    for where, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = (Path(where) / name).relative_to(folder)
            if path.suffix in halves and not name.startswith("."):
                halves[path.suffix].add(path.with_suffix("").as_posix())
    for name in sorted((halves[".ann"] | halves[".txt"]) - listed):
        for suffix in (".txt", ".ann"):
            if name not in halves[suffix]:
                what, fix = f"there is no {suffix} file beside it", "add it (empty where nothing is annotated)"
                other = ".ann" if suffix == ".txt" else ".txt"
                raise DataError(Problem(what, f"{fix}, or move the file away", str(folder / f"{name}{other}")))
        if not name.isprintable() or any("\ud800" <= c <= "\udfff" for c in name):
            raise DataError(Problem("the file's name is no printable UTF-8", "rename it", repr(str(folder / name))))
        yield name
    if not listed and not halves[".ann"] and not (folder / "goldspan.jsonl").exists():
        raise DataError(Problem("there are no .ann files", "name the folder that holds them", str(folder)))
