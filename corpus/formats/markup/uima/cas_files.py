"""Where the files of a CAS are: alone, beside the description of their types, in a zip, or in a project of INCEpTION.

A project's folder names the document and the annotator of each file: `annotation/DOCUMENT/ANNOTATOR.zip`, and
`curation/DOCUMENT/CURATION_USER.zip`. Elsewhere, the name of a file says nothing about who annotated it.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from .....schema import DataError, Problem
from ....storage.file_io import COMPRESSED, LARGEST_UNPACKED, file_suffix, read_whole
from ..safe_xml import first_elements
from .cas_xmi_reader import TYPES_ROOT

_WORK = ("annotation", "curation")
_IMPORTED = "INITIAL_CAS"
_AGAIN = "export the project again"
_HEAD = 4096


@dataclass(slots=True)
class StoredCas:
    """A file with a CAS.

    Attributes:
        path: Its path, for messages; within a zip, with the path of the zip.
        data: Its bytes.
        types: The description of its types, with its path; None if there is none.
        document: Name of the document, if its place says so; else empty.
        annotator: Who annotated it, if its place says so; else None.
        only_imported: Whether it is a document as it was imported, beside others that people annotated.
    """

    path: str
    data: bytes
    types: tuple[bytes, str] | None = None
    document: str = ""
    annotator: str | None = None
    only_imported: bool = False


def stored_cas_files(source: Path, suffix: str) -> Iterator[StoredCas]:
    """Yield the CAS files of a file, a zip or a folder, sorted by path.

    Args:
        source: The file or folder.
        suffix: Their suffix: `.xmi` or `.json`.

    Raises:
        DataError: A file cannot be read, a zip is broken or too large, or there is no such file.
    """
    if source.is_dir():
        named = list(_in_folder(source, suffix))
    elif zipfile.is_zipfile(source):
        named = list(_in_zip(source.read_bytes(), str(source), PurePosixPath(source.resolve().as_posix()), suffix))
    else:
        place = PurePosixPath(source.resolve().as_posix())
        named = [(place, StoredCas(str(source), read_whole(str(source)), _types_beside(source.parent, suffix)))]
    if not named:
        raise DataError(
            Problem(f"has no {suffix} file", f"name a file, or a folder or a zip of {suffix} files", str(source))
        )
    by_document: dict[PurePosixPath, list[StoredCas]] = defaultdict(list)
    for place, stored in named:
        parts = place.parts
        work = next((n for n in range(len(parts) - 3, -1, -1) if parts[n] in _WORK), None)
        if work is not None and len(parts) - work in (3, 4):
            stored.document = parts[work + 1]
            person = parts[work + 2].partition(".")[0]
            stored.annotator = None if person == _IMPORTED else person
            by_document[PurePosixPath(*parts[: work + 2])].append(stored)
    for files in by_document.values():
        for stored in files:
            stored.only_imported = stored.annotator is None and len(files) > 1
    yield from (stored for _, stored in named)


def path_below(path: str, source: Path) -> str:
    """Return the path of a file below its folder or zip, without the suffix: the id of a document without one."""
    inner = path.replace("\\", "/").removeprefix(str(source).replace("\\", "/")).lstrip("/")
    return inner.removesuffix(".gz").rpartition(".")[0]


def is_zip_of(path: Path, suffix: str) -> bool:
    """Return whether a file is a zip with files of a suffix."""
    return zipped_head(path, suffix) is not None


def zipped_head(source: Path | IO[bytes], suffix: str) -> bytes | None:
    """Return the beginning of the first file of a suffix in a zip, or in the zip of an annotator in a project.

    Args:
        source: The zip.
        suffix: The suffix.

    Returns:
        The beginning; None if the zip lacks the file or cannot be read.
    """
    if isinstance(source, Path) and not source.is_file():
        return None
    try:
        with zipfile.ZipFile(source) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__")]
            for info in infos:
                if info.filename.lower().endswith(suffix):
                    with archive.open(info) as stream:
                        return stream.read(_HEAD)
            for info in infos:
                inner = PurePosixPath(info.filename)
                is_work = inner.suffix.lower() == ".zip" and set(inner.parts) & set(_WORK)
                if is_work and info.file_size <= LARGEST_UNPACKED:
                    return zipped_head(io.BytesIO(archive.read(info)), suffix)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        pass  # which the reader reports
    return None


def first_work(folder: Path, suffix: str) -> Path | None:
    """Return the first file of an annotator, or a zip of it, in the folder of a project; None if it is not one.

    Args:
        folder: The folder.
        suffix: The suffix of the files.
    """
    return next((path for path in folder.glob("annotation/*/*") if path.suffix.lower() in (suffix, ".zip")), None)


def _in_folder(folder: Path, suffix: str) -> Iterator[tuple[PurePosixPath, StoredCas]]:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        place = PurePosixPath(path.resolve().as_posix())
        if file_suffix(path) == suffix:
            types = _types_beside(path.parent, suffix) or _types_beside(folder, suffix)
            yield place, StoredCas(str(path), read_whole(str(path)), types)
        elif path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
            yield from _in_zip(path.read_bytes(), str(path), place, suffix)


def _in_zip(
    data: bytes, path: str, place: PurePosixPath, suffix: str, *, nested: bool = False
) -> Iterator[tuple[PurePosixPath, StoredCas]]:
    """Yield the files of a zip, and of zips in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = sorted((info for info in archive.infolist() if not info.is_dir()), key=lambda info: info.filename)
            if sum(info.file_size for info in infos) > LARGEST_UNPACKED:
                what = f"the zip has more than {LARGEST_UNPACKED:,} bytes unpacked"
                raise DataError(Problem(what, "unpack it yourself", path))
            types = _types_in(archive, path) if suffix == ".xmi" else {}
            for info in infos:
                inner, name = PurePosixPath(info.filename), f"{path}/{info.filename}"
                if inner.suffix.lower() == suffix and inner.parts[0] != "__MACOSX":
                    # a file in a zip that is itself in its place has the zip's place
                    at = place / inner if len(inner.parts) > 1 else place.parent / place.name / inner
                    beside = types.get(inner.parent) or types.get(PurePosixPath("."))
                    yield at, StoredCas(name, archive.read(info), beside)
                elif inner.suffix.lower() == ".zip" and not nested:
                    yield from _in_zip(archive.read(info), name, place / inner, suffix, nested=True)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise DataError(Problem(f"the zip cannot be read: {error}", _AGAIN, path)) from None


def _types_in(archive: zipfile.ZipFile, path: str) -> dict[PurePosixPath, tuple[bytes, str]]:
    """Return the descriptions of types in a zip, by the folder that each is in."""
    found = {}
    for info in archive.infolist():
        inner = PurePosixPath(info.filename)
        if inner.suffix.lower() == ".xml" and _describes_types(data := archive.read(info)):
            found[inner.parent] = (data, f"{path}/{info.filename}")
    return found


def _types_beside(folder: Path, suffix: str) -> tuple[bytes, str] | None:
    """Return the description of types in a folder; None if there is none, or several of other names."""
    if suffix != ".xmi":
        return None
    candidates = [path for path in folder.iterdir() if path.name.lower().removesuffix(".gz").endswith(".xml")]
    named = [path for path in candidates if path.name.lower().startswith("typesystem.xml")]
    found = [path for path in named or candidates if path.is_file() and _describes_types(_head(path))]
    return (read_whole(str(found[0])), str(found[0])) if len(found) == 1 else None


def _head(path: Path) -> bytes:
    if path.name.lower().endswith(COMPRESSED):
        return read_whole(str(path))[:_HEAD]
    with path.open("rb") as stream:
        return stream.read(_HEAD)


def _describes_types(head: bytes) -> bool:
    return any(element.name == TYPES_ROOT for element in first_elements(head[:_HEAD], 1))
