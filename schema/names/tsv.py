"""Tables of registry and gazetteer: tab-separated, a header, several values of a field joined by `|`, no quoting."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from ..errors import DataError, Problem, os_error_hint


def shipped_table(name: str) -> str:
    """The text of a table in the package's data."""
    return resources.files("goldspan.schema").joinpath("data", name).read_text("utf-8")


def read_table(path: Path) -> str:
    """The text of a user's table.

    Raises:
        DataError: The file cannot be read or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(Problem(f"cannot be read: {error.strerror}", os_error_hint(error), str(path))) from error
    except UnicodeDecodeError as error:
        raise DataError(Problem("not UTF-8", "save it as UTF-8", path=str(path))) from error


def rows(text: str, columns: tuple[str, ...], path: str = "") -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table with their lines, one string a column; columns that the table lacks are empty.

    Raises:
        DataError: The header names an unknown column, lacks `id` or `name`, or a row has more cells than the header.
    """
    lines = text.splitlines()
    header = lines[0].split("\t") if lines else []
    if unknown := [name for name in header if name not in columns]:
        raise DataError(Problem(f"unknown column {unknown[0]!r}", f"columns: {', '.join(columns)}", path, 1))
    if missing := [name for name in ("id", "name") if name not in header]:
        raise DataError(Problem(f"the header lacks {missing[0]!r}", "separate columns by a tab", path, 1))
    for number, line in enumerate(lines[1:], 2):
        cells = [cell.strip() for cell in line.split("\t")]
        if not any(cells):
            continue
        if len(cells) > len(header):
            what = f"{len(cells)} cells under a header of {len(header)}"
            raise DataError(Problem(what, "join several values of a field by |, not by tabs", path, number))
        row = dict.fromkeys(columns, "") | dict(zip(header, cells, strict=False))
        if not row["id"] or not row["name"]:
            raise DataError(Problem("a row needs an id and a name", "", path, number))
        yield number, row


def several(cell: str) -> tuple[str, ...]:
    """The values of a field that holds several."""
    return tuple(part for item in cell.split("|") if (part := item.strip()))
