"""The folder that a run writes: how it may be named, and that it is apart from the corpus that the run reads."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ....schema import UsageError
from ....schema.files.addresses import is_address
from ..file_io import STANDARD, file_suffix
from .shard_listing import SHARD_SUFFIXES, is_pattern

FILE_SUFFIXES = (*SHARD_SUFFIXES, ".json")
"""Suffixes of records files, by which a name is one of a file wherever records are written."""


def require_folder_name(target: str) -> None:
    """Check that the name of a folder of shards is not one that commands take for something else.

    Raises:
        UsageError: It is standard output, ends like a records file, or is an address that would be read as a pattern.
    """
    what = ""
    if target == STANDARD:
        what = "shards are files, which standard output cannot hold"
    elif (suffix := file_suffix(target)) in FILE_SUFFIXES:
        what = f"shards are written to a folder, and a name that ends in {suffix} is one of a file"
    elif is_address(target) and is_pattern(target):
        what = "commands would read this address as a pattern"
    if what:
        raise UsageError(f"`out` {target}: {what}. Fix: name a folder, such as news")


def require_apart(source: str, files: Iterable[str], target: str) -> None:
    """Check that a target is neither the input, nor a folder in it, nor one that the input lies in.

    Args:
        source: The corpus that is read: a file, a folder, a pattern or an address.
        files: Its files.
        target: The folder to write, or its address.

    Raises:
        UsageError: It is; shards would be written over what is still to be read, or be read by the next run.
    """
    place = _place(target)
    if any(_is_within(_place(file), place) for file in files):
        raise UsageError(f"`out` {target} holds the input {source}. Fix: another folder, beside the input")
    if _is_folder(source) and _is_within(place, _place(source)):
        raise UsageError(f"`out` {target} lies in the input {source}. Fix: another folder, beside the input")


def _is_folder(source: str) -> bool:
    return is_address(source) or Path(source).is_dir()


def _place(path: str) -> str:
    """Return the one name of a file or folder."""
    if is_address(path) and not path.startswith("file://"):
        return path.rstrip("/")
    return os.path.realpath(path.removeprefix("file://"))


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/" if not folder.endswith(os.sep) else folder)
