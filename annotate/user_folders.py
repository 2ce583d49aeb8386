"""The user's folders for what goldspan keeps: those of the system, or older ones that are in use."""

from __future__ import annotations

import os
from pathlib import Path

_NAME = "goldspan"


def user_data_folder() -> Path:
    """Return the folder for the data of embedded servers."""
    from platformdirs import user_data_path

    return _existing(user_data_path(_NAME, appauthor=False), "XDG_DATA_HOME", "~/.local/share")


def user_cache_folder() -> Path:
    """Return the folder for what can be deleted at the price of asking or computing again."""
    from platformdirs import user_cache_path

    return _existing(user_cache_path(_NAME, appauthor=False), "XDG_CACHE_HOME", "~/.cache")


def _existing(folder: Path, variable: str, default: str) -> Path:
    """Return a folder, or if only that exists, the one that the variable or its default names on any system.

    The variable may hold a relative path there, or one that begins with a tilde; platformdirs ignores such a path.
    """
    older = Path(os.environ.get(variable) or default).expanduser().absolute() / _NAME
    return older if older.is_dir() and not folder.is_dir() else folder
