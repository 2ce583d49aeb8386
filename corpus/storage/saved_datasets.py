"""The files that describe a dataset in a folder, as `save_to_disk` of the package datasets writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ...schema import DataError, Problem

_SAVE_AGAIN = "save the dataset again"


def checked_names(path: Path, names: Any) -> list[str]:
    """Return the names that a file lists, after checking that none leads out of its folder.

    Raises:
        DataError: One is no plain name.
    """
    checked: list[str] = []
    for name in names if isinstance(names, list) else [None]:
        if not isinstance(name, str) or name in ("", ".", "..") or Path(name).name != name:
            raise DataError(Problem(f"{name!r} is not a file in the folder", _SAVE_AGAIN, str(path)))
        checked.append(name)
    return checked


def read_json_object(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file of a saved dataset; empty if it holds anything else.

    Raises:
        DataError: The file cannot be read, or is not JSON.
    """
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise DataError(Problem(f"cannot be read: {error.strerror}", _SAVE_AGAIN, str(path))) from error
    except (ValueError, RecursionError) as error:
        raise DataError(Problem("not JSON", _SAVE_AGAIN, str(path))) from error
    return data if isinstance(data, dict) else {}
