"""The registry of formats: entry points of installed packages, loaded on demand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from ...schema import DependencyError, UsageError, did_you_mean
from ...schema.extras import require_extras
from ..storage.file_io import file_suffix
from .format_interface import Format

GROUP = "goldspan.formats"
"""The group of entry points that formats register under."""


def installed_formats() -> list[str]:
    """Return the names of the formats of all installed packages, sorted."""
    return sorted(_registered())


def load_format(name: str) -> Format:
    """Load a format by name.

    Raises:
        UsageError: No format has the name.
        DependencyError: The format's package cannot be imported, or does not provide a format.
    """
    registered = _registered()
    if name not in registered:
        raise UsageError(f"unknown format {name!r}: {did_you_mean(name, sorted(registered))}")
    try:
        loaded = registered[name].load()
    except Exception as error:  # importing a third-party package can raise anything
        reason = f"{type(error).__name__}: {error}"
        raise DependencyError(f"cannot load format {name!r} ({registered[name].value}): {reason}") from error
    if not isinstance(loaded, Format):
        raise DependencyError(f"format {name!r} does not implement the format protocol. Fix: report it to its authors")
    return loaded


def detect_format(path: Path) -> Format | None:
    """Detect the format of a file by its suffix, or of a folder by its contents.

    Returns:
        The format; None if no format matches, or several do.
    """
    loadable = list(loadable_formats())
    if path.is_dir():
        matches = [form for form in loadable if any(next(path.glob(p), None) for p in form.folder_patterns)]
    else:
        matches = [form for form in loadable if file_suffix(path) in form.suffixes]
    return matches[0] if len(matches) == 1 else None


def loadable_formats() -> Iterator[Format]:
    """Yield the installed formats by name, without those that fail to load: a broken package must not block others."""
    for name in installed_formats():
        with suppress(DependencyError):
            yield load_format(name)


def require_reader(form: Format) -> None:
    """Check that the extras are installed that a format needs to read documents.

    Raises:
        DependencyError: One is missing.
    """
    require_extras(f"reading the format {form.name}", *getattr(form, "read_extras", ()))


def require_writer(form: Format) -> None:
    """Check that the extras are installed that a format needs to write documents.

    Raises:
        DependencyError: One is missing.
    """
    require_extras(f"writing the format {form.name}", *getattr(form, "write_extras", ()))


def _registered() -> Mapping[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
