"""The golds that come with goldspan, by their names: `open` and `seeds`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path

from .editions import edition


def _open_corpus() -> Path:
    return Path(str(resources.files("goldspan.corpus").joinpath("open", "gold.jsonl")))


def _seeds() -> Path:
    return Path(str(edition().folder.joinpath("gold.jsonl")))


SHIPPED_GOLDS: Mapping[str, Callable[[], Path]] = {"open": _open_corpus, "seeds": _seeds}
"""Return the records file of each: 132 openly licensed texts, and the newest edition of the five seed articles."""


def shipped_gold(source: object, warn: Callable[[str], None]) -> Path | None:
    """Return the records file of a gold that a source names; None if it names none.

    Args:
        source: Anything; `open` and `seeds` name a gold unless there is a file or folder of this name.
        warn: Called if there is a file or folder of this name, which is meant then.
    """
    if not isinstance(source, str) or source not in SHIPPED_GOLDS:
        return None
    if Path(source).exists():
        what = f"{source} is the file or folder here, not the gold of this name that comes with goldspan"
        warn(f"{what}. Fix: ./{source} for the file, or another folder for the gold")
        return None
    return SHIPPED_GOLDS[source]()
