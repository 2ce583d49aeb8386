"""Zips of annotations, read as the folders that they pack."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ...schema import DataError, Problem, UsageError
from .file_io import LARGEST_UNPACKED

_OFFICE = ("[Content_Types].xml", "mimetype")
"""Files in the zips that are documents themselves: of Office, OpenDocument and EPUB."""

_DOCUMENTS = (".docx", ".xlsx", ".xlsm", ".pptx", ".odt", ".ods", ".epub")

_MOST_FILES = 200_000
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def is_archive(path: Path) -> bool:
    """Return whether a file is a zip of files, and not a document that is stored as a zip."""
    if path.suffix.lower() in _DOCUMENTS or not path.is_file() or not zipfile.is_zipfile(path):
        return False
    return not set(_OFFICE).intersection(names_in(path))  # a broken one is reported by `unpacked`


def names_in(path: Path) -> list[str]:
    """Return the names of the files in a zip; empty if it is broken, or not a zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except _FAULTS:
        return []


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Yield a temporary folder with the files of a zip; errors about them name the zip.

    Raises:
        DataError: The zip is broken, encrypted or too large.
    """
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / (path.stem or "zip")
        try:
            with zipfile.ZipFile(path) as archive:
                files = [info for info in archive.infolist() if not info.is_dir()]
                if sum(info.file_size for info in files) > LARGEST_UNPACKED or len(files) > _MOST_FILES:
                    what = f"the zip has more than {LARGEST_UNPACKED:,} bytes or {_MOST_FILES:,} files unpacked"
                    raise DataError(Problem(what, "unpack it yourself", str(path)))
                folder.mkdir()
                for info in files:
                    archive.extract(info, folder)  # which stays in the folder, whatever the name
        except _FAULTS as error:
            raise DataError(Problem(f"the zip cannot be read: {error}", "pack it again", str(path))) from error
        try:
            yield folder
        except DataError as error:
            problems = [_of_zip(problem, folder, path) for problem in error.problems]
            raise DataError(problems) from error
        except UsageError as error:
            lines = [_renamed(line, folder, path) for line in error.lines]
            raise UsageError(*lines, example=error.example) from error


def _of_zip(problem: Problem, folder: Path, path: Path) -> Problem:
    what, fix, place = (_renamed(text, folder, path) for text in (problem.what, problem.fix, problem.path))
    return replace(problem, what=what, fix=fix, path=place)


def _renamed(text: str, folder: Path, path: Path) -> str:
    return text.replace(str(folder), str(path))
