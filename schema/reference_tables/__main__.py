"""Write the tables into `schema/data`, or with `--check` tell which of those there are not what would be written."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from .division_rows import all_divisions
from .geonames_table import PlaceRow, content_digest, write_table
from .iso_code_tables import country_table, currency_table, language_table
from .settlement_rows import all_settlements, raise_seats

DATA = Path(__file__).parents[1] / "data"
TEXTS = {"countries.txt": country_table, "currencies.txt": currency_table, "languages.tsv": language_table}
SETTLEMENTS = "settlements.sqlite"


def rows() -> list[PlaceRow]:
    """Return what the table of places holds, largest population first."""
    divisions = list(all_divisions())
    settlements = raise_seats(all_settlements(), divisions)
    return sorted((*settlements, *divisions), key=lambda row: (-row.population, row.id))


def write() -> None:
    """Write all tables."""
    for name, content in TEXTS.items():
        (DATA / name).write_text(content(), "utf-8", newline="\n")
    print(f"{SETTLEMENTS}: edition {write_table(DATA / SETTLEMENTS, rows())}")


def differences() -> list[str]:
    """Return the names of the tables that are not what would be written."""
    different = [name for name, content in TEXTS.items() if (DATA / name).read_text("utf-8") != content()]
    with TemporaryDirectory() as folder:
        made = Path(folder) / SETTLEMENTS
        write_table(made, rows())
        if content_digest(made) != content_digest(DATA / SETTLEMENTS):
            different.append(SETTLEMENTS)
    return different


if sys.argv[1:] == ["--check"]:
    if different := differences():
        sys.exit(f"not as their sources give them: {', '.join(different)}. Fix: make reference")
    print("the tables are as their sources give them")
else:
    write()
