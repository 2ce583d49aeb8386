"""Formats by name: found among the entry points of installed packages, loaded when wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from ...schema import DependencyError, UsageError, did_you_mean
from ..storage.file_io import file_suffix
from .base import Format

GROUP = "goldspan.formats"


def installed_formats() -> list[str]:
    """Names of the formats of all installed packages."""
    return sorted(_points())


def load_format(name: str) -> Format:
    """The format of a name.

    Raises:
        UsageError: There is none.
        DependencyError: Its package cannot be imported.
    """
    points = _points()
    if name not in points:
        raise UsageError(f"no format is called {name!r}: {did_you_mean(name, sorted(points))}")
    try:
        found = points[name].load()
    except Exception as error:  # whatever another package does when it is imported
        told = f"{type(error).__name__}: {error}"
        raise DependencyError(f"the format {name!r} ({points[name].value}) cannot be loaded: {told}") from error
    if not isinstance(found, Format):
        raise DependencyError(f"the format {name!r} lacks what a format needs. Fix: tell its authors")
    return found


def format_of(path: Path) -> Format | None:
    """The format that a file's suffix or a folder's contents tell, None where they tell none or several."""
    forms = list(formats())
    if path.is_dir():
        named = [form for form in forms if any(next(path.glob(pattern), None) for pattern in form.holds)]
    else:
        named = [form for form in forms if file_suffix(path) in form.suffixes]
    return named[0] if len(named) == 1 else None


def formats() -> Iterator[Format]:
    """The formats that can be loaded, by name: a broken package must not stand in the way of the others."""
    for name in sorted(_points()):
        with suppress(DependencyError):
            yield load_format(name)


def _points() -> Mapping[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
