"""The audit of a conversion as a table: a row for each span of the source, with what was done with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from ...schema import UsageError
from ..queries.table_lines import csv_line, inert_cell
from ..storage.file_io import file_suffix, open_writer
from .transfer_reports import AuditRow

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_JSON_LINES = (".jsonl", ".ndjson")


class AuditWriter:
    """Writes the rows of an audit.

    Args:
        stream: The file.
        suffix: The suffix that determines its format.

    Attributes:
        refused: Number of spans that were refused.
    """

    def __init__(self, stream: IO[bytes], suffix: str) -> None:
        self._stream, self._delimiter = stream, _DELIMITERS.get(suffix)
        self.refused = 0
        if self._delimiter is not None:
            self._write(AuditRow._fields)

    def __call__(self, row: AuditRow) -> None:
        """Write a row."""
        self.refused += row.action.startswith("refused")
        if self._delimiter is None:
            self._stream.write(msgspec.json.encode(row._asdict()) + b"\n")
        else:
            self._write(["" if item is None else inert_cell(item) for item in row])

    def _write(self, cells: list[str] | tuple[str, ...]) -> None:
        self._stream.write(csv_line(cells, self._delimiter or ","))


def check_audit_file(path: Path) -> str:
    """Return the suffix of an audit's file.

    Raises:
        UsageError: It is not that of a table.
    """
    suffix = file_suffix(path)
    if suffix not in (*_DELIMITERS, *_JSON_LINES):
        raise UsageError(f"{path}: unknown audit format {suffix!r}. Fix: .csv, .tsv or .jsonl as `audit`")
    return suffix


@contextmanager
def open_audit(path: Path) -> Iterator[AuditWriter]:
    """Open an audit's file, which replaces an existing one at the end, and is not written on any failure.

    Raises:
        DependencyError: The file cannot be written.
        UsageError: The suffix is not that of a table.
    """
    suffix = check_audit_file(path)
    with open_writer(str(path)) as stream:
        yield AuditWriter(stream, suffix)
