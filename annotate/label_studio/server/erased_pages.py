"""Erase from the files of the embedded server what was deleted there, which otherwise stays as unused bytes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Mapping
from pathlib import Path

from .paths import ServerPaths

_PATIENCE = 30.0
LISTS = "*goldspan-*.json"
"""Names of the files with what pickers offer, as `list_name` gives them, after a prefix of the server's."""

_QUERY = re.compile(rb"(?<=[?&]query=)[^&\s\"']+")


def erase_deleted(paths: ServerPaths, uploads: Mapping[int, Collection[str]]) -> str:
    """Have SQLite write its file anew without deleted rows; delete forgotten lists and blank queries in the log.

    The server may run; it waits while the database is written.

    Args:
        paths: The server's.
        uploads: The files that the server knows, as paths below its folder of media, by the server's id of the project.

    Returns:
        Why deleted rows may still be read in the files; empty if they cannot.
    """
    media = paths.data / "media"
    for project, known in uploads.items():
        for path in (media / "upload" / str(project)).glob(LISTS):
            if path.relative_to(media).as_posix() not in known:
                path.unlink(missing_ok=True)
    for log in (paths.log, paths.log.with_name(f"{paths.log.name}.1")):
        if log.is_file():
            _blank_queries(log)
    if not paths.database.is_file():
        return "deleted rows, which PostgreSQL keeps in its files until VACUUM FULL"
    try:
        connection = sqlite3.connect(paths.database, timeout=_PATIENCE, isolation_level=None)
        try:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
    except sqlite3.Error as error:
        return f"deleted rows in the server's database, which could not be written anew ({error}). Fix: this again"
    return ""


def _blank_queries(log: Path) -> None:
    """Overwrite the queries of requests, which name documents; in place, for the server appends to the same file."""
    data = log.read_bytes()
    with log.open("r+b") as stream:
        for match in _QUERY.finditer(data):
            stream.seek(match.start())
            stream.write(b"*" * len(match[0]))
