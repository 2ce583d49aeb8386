"""Text files that people write, in UTF-8."""

from __future__ import annotations

from pathlib import Path

from ..errors import DataError, Problem, unreadable_problem


def read_utf8(path: Path) -> str:
    """Return the text of a file, without a byte order mark.

    Raises:
        DataError: The file cannot be read or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(unreadable_problem(error, path)) from error
    except UnicodeDecodeError as error:
        raise DataError(Problem("not UTF-8", "save it as UTF-8", str(path))) from error
