"""What other files tell of a withdrawn document is found wherever a row of Parquet or a line of JSON can hold it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goldspan.schema import conflict_scheme
from goldspan.workflows.withdrawal.withdraw_documents import withdraw_documents

from ..conftest import record, write_lines

ID = "erbil-7731"
TEXT = "Zephyrina Quillfeather told the Ostrogothic Lancers near Wexcombe that the granary had burnt to the ground."
OTHER = "Iran struck three bases near Kyiv on Friday, the army said."


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOLDSPAN_HOME", str(tmp_path / "home"))
    (tmp_path / "goldspan.toml").touch()
    write_lines(tmp_path / "corpus.jsonl", record(ID, TEXT), record("b", OTHER))
    return tmp_path


def told() -> dict[str, str]:
    return withdraw_documents([ID], "the publisher asked", conflict_scheme(), dry_run=True).traces


def column(kind: Any, cell: Any) -> pa.Table:
    return pa.table({"m": pa.array([cell], kind)})


WORD = pa.struct([("words", pa.list_(pa.large_string()))])
PARQUET = {
    "value_of_map": (column(pa.map_(pa.string(), pa.string()), [("k", TEXT)]), "text"),
    "key_of_map": (column(pa.map_(pa.string(), pa.int32()), [(ID, 1)]), "id"),
    "binary": (column(pa.binary(), TEXT.encode()), "text"),
    "large_binary": (column(pa.large_binary(), TEXT.encode()), "text"),
    "fixed_binary": (column(pa.binary(len(TEXT)), TEXT.encode()), "text"),
    "bytes_in_struct": (column(pa.struct([("bytes", pa.binary())]), {"bytes": TEXT.encode()}), "text"),
    "dictionary": (pa.table({"m": pa.array([TEXT]).dictionary_encode()}), "text"),
    "large_string": (column(pa.large_string(), TEXT), "text"),
    "nested": (column(pa.list_(pa.list_(WORD)), [[{"words": TEXT.split()}]]), "text"),
    "schema_metadata": (column(pa.int32(), 1).replace_schema_metadata({"note": TEXT}), "text"),
    "field_metadata": (pa.table([[1]], pa.schema([pa.field("m", pa.int32(), metadata={"note": TEXT})])), "text"),
    "nested_field_metadata": (
        pa.table([[{"a": 1}]], pa.schema([("m", pa.struct([pa.field("a", pa.int32(), metadata={"note": TEXT})]))])),
        "text",
    ),
    "name_of_column": (pa.table({ID: [1]}), "id"),
    "no_rows": (pa.table({"m": pa.array([], pa.string())}).replace_schema_metadata({"of": ID}), "id"),
    "nothing": (column(pa.map_(pa.string(), pa.binary()), [("k", b"\xff\x00")]), ""),
}


def test_all_that_parquet_holds_is_searched(project: Path) -> None:
    for name, (table, _) in PARQUET.items():
        pq.write_table(table, project / f"{name}.parquet")
    assert told() == {f"{name}.parquet": what for name, (_, what) in PARQUET.items() if what}


def test_only_its_own_text_and_id_are_left_out_of_the_search_in_another_document(project: Path) -> None:
    rows = {
        "context": ({"text": OTHER, "context": TEXT}, "text"),
        "words": ({"text": OTHER, "words": [*OTHER.split(), *TEXT.split()]}, "text"),
        "source": ({"text": OTHER, "source": ID}, "id"),
        "near": ({"text": f"{TEXT} And more.", "quote": TEXT[:60], "tokens": TEXT.split()}, ""),
    }
    for name, (row, _) in rows.items():
        write_lines(project / f"{name}.jsonl", {"id": f"{ID}-{name}", **row})
        (project / f"{name}.json").write_text(json.dumps([{"id": f"{ID}-{name}", **row}]))
        pq.write_table(pa.Table.from_pylist([{"id": f"{ID}-{name}", **row}]), project / f"{name}.parquet")
    assert told() == {
        f"{name}.{suffix}": what for name, (_, what) in rows.items() if what for suffix in ("jsonl", "json", "parquet")
    }
