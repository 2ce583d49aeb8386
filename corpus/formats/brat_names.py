"""Names of the files that the format `brat` has for each document."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from ...schema import DataError, Problem, sha256_hex

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
_OTHER = re.compile(r"[^A-Za-z0-9_-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9]|goldspan)(\..*)?", re.I)  # by Windows, and our own file
_LENGTH = 60


class BratNames:
    """Gives each document a file name that any system takes, and no two the same one even where case is ignored."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, document: str) -> str:
        """A name for a document's files: its id where that is a plain name, else made of it and a hash.

        Args:
            document: The id.
        """
        name = document
        if not self.safe(name) or name.endswith(".") or _RESERVED.fullmatch(name) or name.lower() in self._taken:
            stem = f"{_OTHER.sub('_', document)[:_LENGTH].lstrip('-') or '_'}-{sha256_hex(document)[:12]}"
            name, number = stem, 1
            while name.lower() in self._taken:
                number += 1
                name = f"{stem}-{number}"
        self._taken.add(name.lower())
        return name

    @staticmethod
    def safe(name: str) -> bool:
        """Whether a name stays in its folder and is plain."""
        return _PLAIN.fullmatch(name) is not None


def foreign_pairs(folder: Path, listed: set[str]) -> Iterator[str]:
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
