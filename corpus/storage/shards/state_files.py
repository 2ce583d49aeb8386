"""Files of the state of a run: whole, cut off, or of another version of goldspan."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ....schema import DataError, DependencyError, Problem, os_error_hint
from ....schema.files.addresses import file_system, is_address, store_errors
from ..file_io import open_bytes, open_reader, open_writer

T = TypeVar("T")

_BLOCK = 1 << 20
_PART = re.compile(r"\..+\.[0-9a-f]{12}\.part")  # as `replace_file` names them


def read_run_state(path: str, kind: type[T]) -> T | None:
    """Read a file of state; None if there is none, or it was cut off.

    Raises:
        DataError: It is whole, and not as this version of goldspan writes it.
    """
    try:
        with open_reader(path) as stream:
            return msgspec.json.decode(stream.read(), type=kind)
    except msgspec.ValidationError as error:
        what = f"not the state of a run as this version of goldspan writes it: {error}"
        raise DataError(
            Problem(what, "continue with the version that began the run, or name another folder", path)
        ) from error
    except (DataError, msgspec.MsgspecError):
        return None


def encoded_state(state: Any) -> bytes:
    """Return the bytes of a file of state that people may read."""
    return msgspec.json.format(msgspec.json.encode(state)) + b"\n"


def write_file(path: str, data: bytes) -> None:
    """Write a file whole, in a folder that need not be there.

    Raises:
        DependencyError: It cannot be written.
    """
    ensure_folder(path)
    with open_writer(path) as stream:
        stream.write(data)


def remove_file(path: str) -> None:
    """Remove a file, if it is there."""
    if is_address(path):
        system, inner = file_system(path)
        with store_errors(path), suppress(FileNotFoundError):
            system.rm(inner)
    else:
        Path(path).unlink(missing_ok=True)


def remove_parts(target: str) -> None:
    """Remove unfinished files of writers that were killed. One that still writes fails when it has finished."""
    if not is_address(target):
        for path in Path(target).rglob(".*.part"):
            if _PART.fullmatch(path.name):
                path.unlink(missing_ok=True)


def file_digest(path: str) -> str:
    """Return the SHA-256 of the bytes of a file."""
    digest = hashlib.sha256()
    with open_bytes(path) as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def ensure_folder(path: str) -> None:
    """Make the folder of a file, unless it is at an address, where folders need not be made.

    Raises:
        DependencyError: It cannot be made.
    """
    if not is_address(path):
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            what = f"{Path(path).parent}: cannot be made: {error.strerror or error}"
            raise DependencyError(f"{what}. Fix: {os_error_hint(error, writing=True)}") from error
