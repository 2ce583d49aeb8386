"""Erase from the embedded server's database and log what was deleted, which otherwise stays there as unused bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from .paths import ServerPaths

_PATIENCE = 30.0
_SHORTEST = 4  # shorter words are parts of others


def erase_deleted(paths: ServerPaths, words: Iterable[str]) -> str:
    """Have SQLite write its file anew without deleted rows, and overwrite words in the log with `*`.

    The server may run; it waits while the file is written.

    Args:
        paths: The server's.
        words: Ids that requests in the log name.

    Returns:
        Why deleted rows may still be read in the files; empty if they cannot.
    """
    for log in (paths.log, paths.log.with_name(f"{paths.log.name}.1")):
        if log.is_file():
            _overwrite(log, words)
    if not paths.database.is_file():
        return "PostgreSQL keeps deleted rows in its files until VACUUM FULL"
    try:
        connection = sqlite3.connect(paths.database, timeout=_PATIENCE, isolation_level=None)
        try:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
    except sqlite3.Error as error:
        return f"deleted rows stay in the database's file until it is written anew, which failed: {error}"
    return ""


def _overwrite(log: Path, words: Iterable[str]) -> None:
    forms = {
        form.encode() for word in words if len(word) >= _SHORTEST for form in (word, quote(word), quote(quote(word)))
    }
    data = log.read_bytes()
    with log.open("r+b") as stream:  # in place: the server appends to the same file
        for form in sorted(forms):
            at = data.find(form)
            while at >= 0:
                stream.seek(at)
                stream.write(b"*" * len(form))
                at = data.find(form, at + len(form))
