"""Tables of registry and gazetteer: tab-separated with a header, multiple values separated by `|`, no quoting."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

from ..errors import DataError, Problem
from .text_lines import text_lines


def included_table(name: str) -> str:
    """Return the text of a table that is included in the package."""
    return resources.files("goldspan.schema").joinpath("data", name).read_text("utf-8")


def parse_rows(text: str, columns: tuple[str, ...], path: str = "") -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a table with their line numbers, as strings by column; missing columns are empty.

    Raises:
        DataError: The header has an unknown column or lacks `id` or `name`, or a row has no id, no name or more cells
            than the header.
    """
    lines = text_lines(text)
    header = lines[0].split("\t") if lines else []
    if unknown := [name for name in header if name not in columns]:
        raise DataError(Problem(f"unknown column {unknown[0]!r}", f"columns: {', '.join(columns)}", path, 1))
    if missing := [name for name in ("id", "name") if name not in header]:
        raise DataError(Problem(f"missing column {missing[0]!r}", "separate the columns by tabs", path, 1))
    for number, line in enumerate(lines[1:], 2):
        cells = [cell.strip() for cell in line.split("\t")]
        if not any(cells):
            continue
        if len(cells) > len(header):
            what = f"the row has {len(cells)} cells but the header has {len(header)}"
            raise DataError(Problem(what, "separate multiple values of a field by |, not by tabs", path, number))
        row = dict.fromkeys(columns, "") | dict(zip(header, cells, strict=False))
        if not row["id"] or not row["name"]:
            raise DataError(Problem("the row has no id or no name", "fill in both", path, number))
        yield number, row


def split_values(cell: str) -> tuple[str, ...]:
    """Split a cell into its values."""
    return tuple(part for item in cell.split("|") if (part := item.strip()))
