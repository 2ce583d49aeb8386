"""Groups of documents from the columns of a Parquet table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from ...corpus.queries.document_groups import PERIODS, extra_group, extra_keys, period_group, text_group, zone_group
from ...schema import Metadata
from ...schema.records.metadata_checks import metadata_errors


def grouping_columns(by: Iterable[str]) -> set[str]:
    """Return the paths of the columns that fields to group by require."""
    paths = {**dict.fromkeys(PERIODS, "meta.published"), "zone": "zones"}
    return {"extra" if name.startswith("extra.") else paths.get(name, name) for name in by}


def table_groups(table: pa.Table, by: Sequence[str]) -> dict[str, list[str]]:
    """Return the group of each document, by field.

    Raises:
        ValueError: A record may be invalid.
    """
    return {name: _groups(table, name) for name in by}


def _groups(table: pa.Table, name: str) -> list[str]:
    if name == "zone":
        zones = table.column("zones").to_pylist() if "zones" in table.column_names else [None] * len(table)
        return [zone_group(zone["kind"] for zone in of_document or ()) for of_document in zones]
    if name.startswith("extra."):
        cells, objects = _extras(table)
        key = name.partition(".")[2]
        groups = {cell: extra_group(found, key) for cell, found in objects.items()}
        return [groups[cell] for cell in cells]
    key = "published" if name in PERIODS else name.partition(".")[2]
    cells = _metadata(table, key)
    for cell in set(cells):
        if metadata_errors(Metadata(**{key: cell})):
            raise ValueError
    return [period_group(cell, name) if name in PERIODS else text_group(cell) for cell in cells]


def table_keys(table: pa.Table, by: Sequence[str]) -> frozenset[str]:
    """Return the keys of `extra` of the documents; see `extra_keys`. Errors as in `table_groups`."""
    return extra_keys(_extras(table)[1].values(), by)


def _extras(table: pa.Table) -> tuple[list[str | None], dict[str | None, dict[str, Any] | None]]:
    """Return `extra` of each document as JSON, and each that occurs as an object."""
    cells = table.column("extra").to_pylist() if "extra" in table.column_names else [None] * len(table)
    objects = {cell: None if cell is None else msgspec.json.decode(cell) for cell in set(cells)}
    if not all(found is None or isinstance(found, dict) for found in objects.values()):
        raise ValueError
    return cells, objects


def _metadata(table: pa.Table, key: str) -> list[str | None]:
    if "meta" not in table.column_names:
        return [None] * len(table)
    meta = table.column("meta").combine_chunks()
    if meta.type.get_field_index(key) < 0:
        return [None] * len(table)
    cells: list[str | None] = pc.struct_field(meta, key).to_pylist()
    return cells
