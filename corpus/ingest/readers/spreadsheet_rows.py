"""Rows of spreadsheets (Excel), as their programs stored them: no macro or formula is run."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO, Any

from ....schema import DataError, Problem, pluralize
from ..articles import SourceOptions
from .office_archive import open_office_file
from .table_rows import NumberedRow, cells_by_column, check_header, column_names

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]+\d+:[A-Z]+(\d+))"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_ESCAPED = re.compile(r"_x00([01][0-9A-Fa-f]|5[Ff])_")
_HEADER_ROWS = 20
_LONGEST_CELL = 32_767
_CHUNK = 1 << 20
_OVERLAP = 200  # bytes, longer than what is searched for

_Row = tuple[int, list[Any]]


def spreadsheet_rows(path: str, options: SourceOptions) -> Iterator[NumberedRow | Problem]:
    """Yield the rows of a sheet with their numbers, and a problem for each that does not fit.

    The first visible sheet is read unless one is named. Rows above the header, empty rows and other sheets are left
    out, which is noted.

    Args:
        path: The file.
        options: Columns and the sheet.

    Raises:
        DataError: The file cannot be read, has no such sheet, lacks a column, or has merged cells in the table.
        DependencyError: The extra `office` is not installed.
    """
    with open_office_file(path) as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what openpyxl leaves out, such as conditional formats
        rows, merged = _read_sheet(stream, path, options)
    filled = [row for row in rows if any(cell is not None for cell in row[1])]
    if not filled:
        raise DataError(Problem("the sheet is empty", "name another one in `sheet`", path))
    names = ((index, column_names(cells)) for index, (_, cells) in enumerate(filled[:_HEADER_ROWS]))
    start = next((index for index, header in names if options.column("text") in header), 0)
    line, cells = filled[start]
    header = column_names(cells)
    check_header(header, path, line, options)
    if below := [ref for ref, last in merged if last >= line]:
        what = f"{pluralize(len(below), 'range')} of merged cells in the table: {', '.join(below[:5])}"
        fix = "unmerge them, and fill in the cells that belong to each row"
        raise DataError(Problem(what, fix, path))
    if start:
        options.note(Problem(f"the header is in row {line}; {pluralize(start, 'row')} above it left out", "", path))
    if empty := filled[-1][0] - line - (len(filled) - start - 1):
        options.note(Problem(f"left out {pluralize(empty, 'row')} without content", "", path))
    yield from _rows_below(filled[start + 1 :], header, path, options)


def _rows_below(
    rows: list[_Row], header: list[str], path: str, options: SourceOptions
) -> Iterator[NumberedRow | Problem]:
    longest = 0
    for line, cells in rows:
        cells += [None] * (len(header) - len(cells))
        if fault := next((cell for cell in cells if isinstance(cell, Problem)), None):
            yield fault.with_location(path, line)
        elif isinstance(row := cells_by_column(header, cells), str):
            yield Problem(row, "name each column in the header", path, line)
        else:
            longest += len(str(row.get(options.column("text"), ""))) == _LONGEST_CELL
            yield line, row
    if longest:
        what = f"{pluralize(longest, 'text')} of {_LONGEST_CELL:,} characters, which is all that a cell can hold"
        options.note(Problem(f"{what}: they may be cut", "take the texts from where the sheet was made", path))


def _read_sheet(stream: IO[bytes], path: str, options: SourceOptions) -> tuple[list[_Row], list[tuple[str, int]]]:
    """Return the rows of the sheet, and its merged ranges with the last row of each."""
    from openpyxl import load_workbook

    book = load_workbook(stream, read_only=True, data_only=True)
    sheet = _choose_sheet(book.worksheets, path, options)
    merged, has_formulas = _search(stream, sheet._worksheet_path)
    formulas = None
    if has_formulas:
        formulas = load_workbook(stream, read_only=True, data_only=False)[sheet.title]
        formulas.reset_dimensions()
    sheet.reset_dimensions()  # which may be stated as millions of cells
    others = formulas.iter_rows() if formulas is not None else None
    dates = options.column("published")
    rows: list[_Row] = []
    date_at = -1
    for number, cells in enumerate(sheet.iter_rows(), 1):
        written = next(others, ()) if others is not None else ()
        row = [_value(cell, written[index] if index < len(written) else None) for index, cell in enumerate(cells)]
        if dates in row:
            date_at = row.index(dates)
        elif 0 <= date_at < len(cells) and isinstance(cells[date_at].value, int | float):
            row[date_at] = _serial_date(cells[date_at].value, book.epoch)
        rows.append((number, row))
    return rows, merged


def _choose_sheet(sheets: list[Any], path: str, options: SourceOptions) -> Any:
    names = [sheet.title for sheet in sheets]
    if options.sheet is not None:
        if options.sheet not in names:
            raise DataError(Problem(f"no sheet {options.sheet!r}", f"one of {', '.join(map(repr, names))}", path))
        return sheets[names.index(options.sheet)]
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
    if not visible:
        raise DataError(Problem("the file has no sheet of cells", "save the table as a sheet", path))
    if len(names) > 1:
        others = ", ".join(repr(name) for name in names if name != visible[0].title)
        what = f"read the sheet {visible[0].title!r}; left out: {others}"
        options.note(Problem(what, "name another one in `sheet`", path))
    return visible[0]


def _search(stream: IO[bytes], part: str) -> tuple[list[tuple[str, int]], bool]:
    """Return the merged ranges of a sheet, with the last row of each, and whether it has formulas."""
    merged: dict[str, int] = {}
    has_formulas = False
    with zipfile.ZipFile(stream) as archive, archive.open(part) as opened:
        tail = b""
        while chunk := opened.read(_CHUNK):
            window = tail + chunk
            merged |= {ref.decode(): int(last) for ref, last in _MERGED.findall(window)}
            has_formulas = has_formulas or _FORMULA.search(window) is not None
            tail = window[-_OVERLAP:]
    return list(merged.items()), has_formulas


def _value(cell: Any, written: Any) -> Any:
    """Return the content of a cell as a string, None if it is empty, or a problem if it has none that is known."""
    value = cell.value
    if value is None:
        if written is not None and written.value is not None:
            what = f"the formula in {written.coordinate} has no stored result"
            return Problem(what, "open the file in a spreadsheet program and save it")
        return None
    if cell.data_type == "e":
        return Problem(f"the cell {cell.coordinate} is the error {value}", "correct it in the spreadsheet")
    if isinstance(value, str):
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value) or None
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        value = value.date()
    return value.isoformat() if isinstance(value, date) else str(value)


def _serial_date(number: float, epoch: datetime) -> str:
    """Return what a number in the column of dates says; only days counted from 1904 are converted."""
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, from_excel

    if epoch != CALENDAR_MAC_1904:
        return str(int(number) if float(number).is_integer() else number)
    day = from_excel(number, epoch)
    return day.isoformat() if isinstance(day, date) else str(number)
