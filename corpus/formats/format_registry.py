"""The registry of formats: entry points of installed packages, loaded on demand."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import NamedTuple

from ...schema import DependencyError, UsageError, did_you_mean
from ...schema.extras import require_extras
from ..storage.archives import is_archive, unpacked
from ..storage.file_io import file_suffix
from ..storage.stream_copies import shown_path
from .file_sample import FileSample
from .folder_files import formats_in
from .format_interface import Format, FormatReader, FormatWriter
from .native_formats import holds_records
from .unread_kinds import unread_kind

_PARQUET = b"PAR1"

GROUP = "goldspan.formats"
"""The group of entry points that formats register under."""


class DetectedFormat(NamedTuple):
    """The format that a file or folder is read as.

    Attributes:
        reader: The format.
        by_name: Whether only the name of the file tells so, and not its contents or the call.
    """

    reader: FormatReader
    by_name: bool = False

    def said(self, source: str | Path) -> str:
        """Return how messages say it."""
        return f"{shown_path(source)}: read as {self.reader.name}"


def installed_formats() -> list[str]:
    """Return the names of the formats of all installed packages, sorted."""
    return sorted(_registered())


def load_format(name: str) -> Format:
    """Load a format by name.

    Raises:
        UsageError: No format has the name.
        DependencyError: The format's package cannot be imported, or does not provide a format.
    """
    return _loaded(name, _registered())


def _loaded(name: str, registered: Mapping[str, EntryPoint]) -> Format:
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


def load_reader(name: str) -> FormatReader:
    """Load a format that documents can be read from.

    Raises:
        UsageError: No format has the name, or it is only written.
        DependencyError: As in `load_format`.
    """
    form = load_format(name)
    if not isinstance(form, FormatReader):
        known = ", ".join(item.name for item in readable_formats())
        raise UsageError(f"the format {name} cannot be read. Fix: one of {known}")
    return form


def load_writer(name: str) -> FormatWriter:
    """Load a format that documents can be written in.

    Raises:
        UsageError: No format has the name, or it is only read.
        DependencyError: As in `load_format`.
    """
    form = load_format(name)
    if not isinstance(form, FormatWriter):
        known = ", ".join(item.name for item in writable_formats())
        raise UsageError(f"the format {name} cannot be written. Fix: one of {known}")
    return form


def detect_format(path: Path) -> FormatReader:
    """Detect the format of a file or folder by its contents; where they do not tell, by its suffix or file names.

    Raises:
        DataError: The file is a zip that cannot be read.
        UsageError: No format fits, or several do.
    """
    return detect(path).reader


def detect(path: Path) -> DetectedFormat:
    """Detect a format as `detect_format` does, and how."""
    by_contents = recognised_formats(path)
    matches = by_contents or _formats_by_name(path)
    if len(matches) == 1:
        sample = FileSample(path)
        told = by_contents or sample.is_folder or sample.head.startswith(_PARQUET) or holds_records(sample)
        return DetectedFormat(matches[0], by_name=not told)
    if matches:
        names = " and ".join(form.name for form in matches)
        raise UsageError(f"{path}: fits several formats: {names}. Fix: name its `form`")
    known = ", ".join(form.name for form in readable_formats())
    clue = "contents" if path.is_dir() else "contents and name"
    raise UsageError(f"{path}: cannot detect the format from its {clue}. Fix: one of {known} as `form`")


def detect_writer(out: Path) -> FormatWriter:
    """Detect the format to write by the suffix of the target.

    Raises:
        UsageError: No format has the suffix, or several do.
    """
    matches = [form for form in writable_formats() if file_suffix(out) in form.suffixes]
    if len(matches) == 1:
        return matches[0]
    names = ", ".join(form.name for form in matches or writable_formats())
    raise UsageError(f"{out}: cannot detect the format from its name. Fix: one of {names} for `to`")


def matching_formats(path: Path) -> list[FormatReader]:
    """Return the formats that a file or folder may be of: by its contents, or else by its suffix or file names.

    Raises:
        DataError: The file is a zip that cannot be read.
        UsageError: A folder or zip holds files of several formats, or a file is of a kind that is known but not read.
    """
    return recognised_formats(path) or _formats_by_name(path)


def _formats_by_name(path: Path) -> list[FormatReader]:
    if (kind := unread_kind(FileSample(path))) is not None:
        raise UsageError(f"{path}: is {kind.name}, which is not read. Fix: {kind.fix}")
    readers = list(readable_formats())
    if path.is_dir():
        return [form for form in readers if _has_export(form, path)]
    return [form for form in readers if file_suffix(path) in form.suffixes]


def recognised_formats(path: Path) -> list[FormatReader]:
    """Return the formats that recognise the contents of a file, a folder or a zip, or of the files in it.

    Raises:
        DataError: The file is a zip that cannot be read.
        UsageError: A folder or zip holds files of several formats.
    """
    sample, readers = FileSample(path), list(readable_formats())
    found = [form for form in readers if (recognises := getattr(form, "recognises", None)) and recognises(sample)]
    if not path.is_dir():
        if found or not is_archive(path):
            return found
        with unpacked(path) as folder:
            return matching_formats(folder)
    is_export = not found and any(_has_export(form, path) for form in readers)
    return [] if is_export else formats_in(path, readers, found)


def _has_export(form: FormatReader, folder: Path) -> bool:
    """Return whether a folder is an export in a format, as far as the names of its files tell."""
    patterns = (form.file,) if form.file else () if hasattr(form, "recognises") else form.folder_patterns
    return any(next(folder.glob(pattern), None) for pattern in patterns)


def readable_formats() -> Iterator[FormatReader]:
    """Yield the installed formats that documents can be read from."""
    return (form for form in loadable_formats() if isinstance(form, FormatReader))


def writable_formats() -> Iterator[FormatWriter]:
    """Yield the installed formats that documents can be written in."""
    return (form for form in loadable_formats() if isinstance(form, FormatWriter))


def loadable_formats() -> Iterator[Format]:
    """Yield the installed formats by name, without those that fail to load: a broken package must not block others."""
    registered = _registered()  # to go through all installed packages takes a tenth of a second
    for name in sorted(registered):
        with suppress(DependencyError):
            yield _loaded(name, registered)


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


@functools.cache  # it reads the metadata of every installed package
def _registered() -> Mapping[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
