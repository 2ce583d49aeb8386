"""Columns of rows: which one holds what, ids, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ....schema import DataError, Problem, UsageError, did_you_mean
from ..foreign.stated_documents import StatedDocument
from ..foreign.stated_metadata import split_metadata


def parse_column_roles(spec: str, roles: Sequence[str]) -> dict[str, str]:
    """Return which column has which role, as `tokens=words,tags=ner` says.

    Args:
        spec: The specification; empty for none.
        roles: The roles that there are.

    Raises:
        UsageError: It is not of this form, or there is no such role.
    """
    columns: dict[str, str] = {}
    for part in filter(None, spec.split(",")):
        role, _, column = (piece.strip() for piece in part.partition("="))
        if role not in roles or not column or role in columns:
            known = did_you_mean(role, list(roles)) if role not in roles else "one column for each"
            raise UsageError(f"`columns` {spec!r}: {part!r} names no column once. Fix: {known}")
        columns[role] = column
    return columns


def cells_as_items(column: Any) -> list[Any] | None:
    """Return the items of a cell: a list as it is, a struct of lists as structs; None for anything else."""
    if isinstance(column, list):
        return column
    if isinstance(column, Mapping) and column and all(isinstance(part, list) for part in column.values()):
        if len({len(part) for part in column.values()}) > 1:
            return None
        return [dict(zip(column, cells, strict=True)) for cells in zip(*column.values(), strict=True)]
    return None


def row_id(row: Mapping[str, Any], field: str) -> str:
    """Return the id of a row; empty if it has none.

    Args:
        row: The row.
        field: The column of ids that the call names; `id` if empty.

    Raises:
        DataError: The id is no string or whole number, or the row lacks the column that the call names.
    """
    name = row.get(field or "id")
    if name is None and not field:
        return ""
    if isinstance(name, str) and name:
        return name
    if type(name) is int:
        return str(name)
    what = f"column {field or 'id'!r}: {name!r} is not an id"
    raise DataError(Problem(what, "give strings or whole numbers, or name another column as `id_field`"))


def keep_columns(row: Mapping[str, Any], read: Collection[str], stated: StatedDocument) -> None:
    """Keep the columns of a row that are not read: metadata and plain values; others are counted.

    Args:
        row: The row.
        read: The columns that are read.
        stated: What the row states, which receives them.
    """
    meta, others = split_metadata({str(name): cell for name, cell in row.items() if name not in read})
    stated.meta = {**stated.meta, **meta}
    plain = {name: cell for name, cell in others.items() if isinstance(cell, str | int | float) and cell == cell}
    stated.extra = {**stated.extra, **plain}
    for name in others.keys() - plain.keys():
        stated.left_out[f"values of column {name!r}"] += 1
