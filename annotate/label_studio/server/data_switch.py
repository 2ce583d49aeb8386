"""The exchange of a server's data for other data that lies ready beside it: whole, whenever it is interrupted.

The folder of what lies ready gets one name while the data of the server is put away, and another one once all of that
is away and what lies ready is put in its place. So whoever finds it after an interruption knows how to complete it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ....schema.files.private_files import write_private
from .paths import ServerPaths, ensure_private_dir

_ENTRIES = ("data", "postgres", "database.json", "credentials.json", "mark_once.json", "state.json")
"""What belongs to the data of a server; its logs, its lock and what was put away stay where they are."""

_KEPT = "kept-as"
_OUTWARD, _INWARD = "switching", "arriving"


def beside(paths: ServerPaths, what: str) -> ServerPaths:
    """Return a place for another state of a server, beside its folder and under a name that no server can have."""
    return ServerPaths(paths.name, paths.folder.with_name(f".{paths.name}.{what}"))


def switch_data(paths: ServerPaths, ready: ServerPaths, keep_as: str) -> Path | None:
    """Give a stopped server, whose lock is held, the data that lies ready.

    Args:
        paths: The server.
        ready: Place of the data, made by `beside`; it is gone afterwards.
        keep_as: Name of the folder that what the server has is put into.

    Returns:
        That folder; None if the server had nothing.
    """
    write_private(ready.folder / _KEPT, keep_as)
    for path in (*ready.folder.rglob("*"), ready.folder):
        if path.is_file() or path.is_dir():
            make_durable(path)
    ready.folder.rename(beside(paths, _OUTWARD).folder)
    return finish_switch(paths)


def finish_switch(paths: ServerPaths) -> Path | None:
    """Complete a switch that was interrupted, if there is one; the lock of the server is held.

    Returns:
        The folder with what the server had; None if it had nothing, or nothing was to be done.
    """
    outward, inward, done = (beside(paths, what).folder for what in (_OUTWARD, _INWARD, "done"))
    shutil.rmtree(done, ignore_errors=True)  # of a run that was killed at the very end
    if outward.exists():
        kept = kept_folder(paths) / (outward / _KEPT).read_text("utf-8")
        for entry in _ENTRIES:
            if (paths.folder / entry).exists():
                (paths.folder / entry).rename(ensure_private_dir(kept) / entry)
        outward.rename(inward)
    if not inward.exists():
        return None
    kept = kept_folder(paths) / (inward / _KEPT).read_text("utf-8")
    for entry in _ENTRIES:
        if (inward / entry).exists():
            (inward / entry).rename(paths.folder / entry)
    inward.rename(done)
    shutil.rmtree(done)
    return kept if kept.is_dir() else None


def make_durable(path: Path) -> None:
    """Have a file, or the names in a folder, written to the disk, so that they outlive a power failure."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_switching(paths: ServerPaths) -> bool:
    """Return whether a switch was interrupted, and is still to be completed."""
    return any(beside(paths, what).folder.exists() for what in (_OUTWARD, _INWARD))


def kept_folder(paths: ServerPaths) -> Path:
    """Return the folder of what was put away."""
    return paths.folder / "kept"
