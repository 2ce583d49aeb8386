"""Places by name on disk, so that memory does not grow with the number of names."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterator, Mapping

from .spool import Place, temporary_files

_TABLE = "CREATE TABLE places (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, place INTEGER NOT NULL)"
_SET = "INSERT INTO places (name, place) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET place = excluded.place"


class PlaceIndex(Mapping[str, Place]):
    """Where in a spool, or in a sequence, the item of each name is, in the order in which the names were added.

    It is a temporary database of SQLite, of which 2 MB stay in memory, and which is removed with the index. One thread
    may use it at a time.
    """

    def __init__(self) -> None:
        with temporary_files():
            self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            weakref.finalize(self, self._database.close)
            for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -2000"):  # nothing to recover
                self._database.execute(f"PRAGMA {setting}")
            self._database.execute(_TABLE)
        self._count = 0

    def __setitem__(self, name: str, place: Place) -> None:
        """Set the place of a name; a known one keeps its rank.

        Raises:
            DependencyError: The temporary file cannot be written.
        """
        with temporary_files():
            self._count = max(self._count, self._database.execute(_SET, (name, place)).lastrowid or 0)

    def __getitem__(self, name: str) -> Place:
        found = self._one("SELECT place FROM places WHERE name = ?", name)
        if found is None:
            raise KeyError(name)
        return int(found)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._one("SELECT 1 FROM places WHERE name = ?", name) is not None

    def __iter__(self) -> Iterator[str]:
        return self._names("number")

    def __len__(self) -> int:
        return self._count

    def name_at(self, position: int) -> str:
        """Return the name of a rank, counted from 0. Raises IndexError if there are fewer."""
        name = self._one("SELECT name FROM places WHERE number = ?", position + 1)
        if name is None:
            raise IndexError(position)
        return str(name)

    def by_name(self) -> Iterator[str]:
        """Yield the names in the order of their code points."""
        return self._names("name")

    def _one(self, query: str, value: str | int) -> str | int | None:
        try:
            with temporary_files():
                row = self._database.execute(query, (value,)).fetchone()
        except UnicodeEncodeError:  # half of a surrogate pair, as in a task that another program named
            return None
        return row[0] if row else None

    def _names(self, order: str) -> Iterator[str]:
        with temporary_files():
            for (name,) in self._database.execute(f"SELECT name FROM places ORDER BY {order}"):
                yield name
