"""The files of a format in a folder that is not of its own making: `anna.jsonl` and `ben.jsonl` beside a README."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ...schema import DataError, Problem, UsageError
from ..storage.archives import is_archive
from ..storage.shards.shard_listing import RUN_FOLDER
from .file_sample import FileSample
from .format_interface import FormatReader
from .native_formats import holds_records

_SAMPLED = 12
"""Files of each suffix by which the formats of a folder are recognised."""

_SHOWN = 3
_OPEN_SUFFIXES = (".jsonl", ".ndjson", ".csv", ".tsv")
"""Suffixes by which a file is not taken for a format, although some format has them."""

_DOCUMENTATION = ("readme", "license", "licence", "copying", "changelog", "authors", "citation")


class FolderFiles(NamedTuple):
    """The files in a folder.

    Attributes:
        read: Those of the format, sorted.
        others: Those that are not read.
    """

    read: list[Path]
    others: list[Path]

    def note(self, folder: Path) -> str:
        """Return what is to be said of the files that are not read; empty if there are none."""
        if not self.others:
            return ""
        shown = ", ".join(path.relative_to(folder).as_posix() for path in self.others[:_SHOWN])
        return f"not read of the folder: {shown}" + (f" and {len(self.others) - _SHOWN} more" * (len(self.others) > 3))


def takes_whole(form: FormatReader, source: Path) -> bool:
    """Return whether a format reads a file, folder or zip itself, rather than the files in it one by one."""
    recognises = getattr(form, "recognises", None)
    if recognises is not None and recognises(FileSample(source)):
        return True
    return getattr(form, "reads_folders", False) if source.is_dir() else not is_archive(source)


def folder_files(form: FormatReader, folder: Path) -> FolderFiles:
    """Return the files of a format in a folder and below it.

    They are the file that an export has there, or else all files of the suffixes by which files are of the format: by
    its contents, or if none is, by its own suffixes.

    Raises:
        DataError: There is none.
    """
    files = list(_files(folder))
    if form.file and (folder / form.file).is_file():
        own = folder / form.file
        return FolderFiles([own], [path for path in files if path != own])
    groups = _by_suffix(files)
    suffixes = [suffix for suffix, group in groups.items() if any(form in formats_of(p, (form,)) for p in group)]
    suffixes = suffixes or [suffix for suffix in groups if suffix in form.suffixes]
    found = [path for path in files if FileSample(path).suffix in suffixes and not _is_documentation(path)]
    if not found:
        fix = f"name a file of the format {form.name}, or a folder that contains some"
        raise DataError(Problem(f"no {form.name} file in the folder", fix, str(folder)))
    return FolderFiles(found, [path for path in files if path not in set(found)])


def formats_in(folder: Path, readers: Sequence[FormatReader], whole: Sequence[FormatReader] = ()) -> list[FormatReader]:
    """Return the formats that all files of a folder may be of, as far as the files are of any.

    Args:
        folder: The folder.
        readers: The formats.
        whole: Those that recognise the folder itself, of which only the files directly in it are then looked at.

    Raises:
        UsageError: The files are of several formats.
    """
    examples: dict[tuple[FormatReader, ...], Path] = {}
    for group in _by_suffix(path for path in _files(folder) if not whole or path.parent == folder).values():
        for path in group:
            if found := formats_of(path, readers):
                examples.setdefault(tuple(found), path)
    if whole and not any(form in found for form in whole for found in examples):
        examples[tuple(whole)] = folder
    common = [form for form in readers if examples and all(form in found for found in examples)]
    if examples and not common:
        kinds = {" or ".join(form.name for form in found): path for found, path in examples.items()}
        listed = ", ".join(f"{kind} ({path.relative_to(folder).as_posix()})" for kind, path in sorted(kinds.items()))
        fix = "name the files of one format, put them into a folder of their own, or name its `form`"
        raise UsageError(f"{folder}: holds files of several formats: {listed}. Fix: {fix}")
    return common


def formats_of(path: Path, readers: Iterable[FormatReader]) -> list[FormatReader]:
    """Return the formats that a file is of: by its contents, or else by a suffix that tells."""
    sample, readers = FileSample(path), list(readers)
    known: list[tuple[FormatReader, Callable[[FileSample], bool] | None]]
    known = [(form, getattr(form, "recognises", None)) for form in readers]
    if found := [form for form, recognises in known if recognises is not None and recognises(sample)]:
        return found
    by_suffix = [form for form in readers if sample.suffix in form.suffixes]
    is_open = sample.suffix in _OPEN_SUFFIXES
    return [form for form in by_suffix if not is_open or (form.name == "jsonl" and holds_records(sample))]


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and below it, without hidden ones, the state of runs and what macOS adds to zips."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    inner = ((path, path.relative_to(folder).parts) for path in paths)
    return (path for path, parts in inner if not any(part.startswith((".", "__MACOSX", RUN_FOLDER)) for part in parts))


def _by_suffix(files: Iterable[Path]) -> dict[str, list[Path]]:
    """Return the first files of each suffix, by which it is judged."""
    groups: dict[str, list[Path]] = defaultdict(list)
    for path in files:
        group = groups[FileSample(path).suffix]
        if len(group) < _SAMPLED and not _is_documentation(path):
            group.append(path)
    return groups


def _is_documentation(path: Path) -> bool:
    return path.name.lower().startswith(_DOCUMENTATION)
