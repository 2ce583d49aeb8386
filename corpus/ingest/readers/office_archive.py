"""Office files as archives: bounds on what they unpack to, checked before anything reads them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from ....schema import DataError, Problem
from ....schema.errors import unreadable_problem
from ....schema.extras import require_extras
from ...storage.file_io import read_whole

LARGEST_OFFICE_FILE = 500_000_000
"""Maximum size of the parts of an Office file when decompressed, in bytes."""

_MOST_PARTS = 10_000
_CHUNK = 1 << 20
_MARKUP = (".xml", ".rels")
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
_OLE = b"\xd0\xcf\x11\xe0"  # of encrypted files, and of those from before 2007


@contextmanager
def open_office_file(path: str) -> Iterator[io.BytesIO]:
    """Open an Office file in memory after checking it; what its reader raises becomes a `DataError`.

    Raises:
        DataError: The file is no archive, is damaged, unpacks to more than `LARGEST_OFFICE_FILE`, or declares entities
            in its XML; or it is read and cannot be.
        DependencyError: The extra `office` is not installed.
    """
    require_extras(path, "office")
    data = read_whole(path)
    if not data.startswith(b"PK"):
        fix = (
            "remove its password, and save it in the format of its suffix" if data.startswith(_OLE) else "save it again"
        )
        what = (
            "encrypted, or of an older format than its suffix says" if data.startswith(_OLE) else "not an Office file"
        )
        raise DataError(Problem(what, fix, path))
    stream = io.BytesIO(data)
    try:
        _check_parts(stream, path)
        stream.seek(0)
        yield stream
    except DataError:
        raise
    except OSError as error:
        raise DataError(unreadable_problem(error, path)) from error
    except Exception as error:  # the readers raise anything on damaged files
        what = f"cannot be read as an Office file: {type(error).__name__}: {error}"
        raise DataError(Problem(what[:300], "open it in an Office program and save it again", path)) from error


def _check_parts(stream: io.BytesIO, path: str) -> None:
    """Check the declared sizes of the parts of an archive, then what they really unpack to."""
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            declared = sum(part.file_size for part in parts)
            if len(parts) > _MOST_PARTS or declared > LARGEST_OFFICE_FILE:
                raise DataError(_too_large(f"{len(parts):,} parts of {declared:,} bytes", path))
            unpacked = 0
            for part in parts:
                with archive.open(part) as opened:
                    tail = b""
                    while chunk := opened.read(_CHUNK):
                        unpacked += len(chunk)
                        if unpacked > LARGEST_OFFICE_FILE:
                            raise DataError(_too_large(f"more than {LARGEST_OFFICE_FILE:,} bytes", path))
                        if part.filename.endswith(_MARKUP) and _declares_entities(tail + chunk):
                            what = f"{part.filename} has a document type, which Office programs never write"
                            raise DataError(Problem(what, "save it again in an Office program", path))
                        tail = chunk[-16:]
    except _FAULTS as error:
        raise DataError(Problem(f"the file is damaged: {error}", "save it again", path)) from error


def _declares_entities(part: bytes) -> bool:
    return b"<!DOCTYPE" in part or b"<!ENTITY" in part or part.startswith((b"\xff\xfe", b"\xfe\xff"))


def _too_large(what: str, path: str) -> Problem:
    what = f"unpacks to {what}; at most {LARGEST_OFFICE_FILE:,} bytes are read"
    return Problem(what, "save the texts as .csv or .txt", path)
