"""Reports as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ...corpus.storage.file_io import open_writer, require_writable
from ...schema import UsageError

if TYPE_CHECKING:
    from ...eval.report.concordance_page import ConcordancePage
    from ...eval.report.page import ReportPage


def check_report_path(path: Path) -> None:
    """Check that a report can be written, before the work that it shows. Errors are those of `write_report`."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"`html`: {path} is not the name of a page. Fix: a name that ends with .html")
    require_writable(path)


def write_report(path: Path, page: ReportPage | ConcordancePage) -> None:
    """Write a report, all of it or nothing.

    Args:
        path: The file, whose name ends with .html or .htm: a report never overwrites data.
        page: The report.

    Raises:
        DependencyError: The file cannot be written.
        UsageError: The name does not end with .html or .htm.
    """
    check_report_path(path)
    with open_writer(str(path)) as stream:
        for piece in page.html():
            stream.write(piece.encode(errors="replace"))  # a file's name may hold bytes that are no characters
