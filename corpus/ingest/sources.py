"""Reading of articles from sources: folders of text files with manifests, tables, JSON, spreadsheets and Word files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from ...schema import DataError, Problem, UsageError
from ...schema.data.text_lines import text_lines
from ...schema.errors import unreadable_problem
from ..storage.archives import names_in
from ..storage.file_io import file_suffix
from ..storage.shards.run_state import require_complete
from ..storage.shards.shard_listing import LIST_OF_WITHDRAWN
from ..storage.stream_copies import is_stream, reread, shown_problem
from .article_files import read_article_file
from .articles import HTML_SUFFIXES, SUFFIXES, Article, SourceOptions
from .manifest import Manifest, read_manifest
from .readers.decoding import choose_codec

_OFFICE_PARTS = {"word": ".docx", "xl": ".xlsx"}
"""Suffixes of Office files by the folder that each has within."""


def read_articles(source: str, options: SourceOptions, *, exclude: Path | None = None) -> Iterator[Article | Problem]:
    """Yield the articles of a file or folder in a fixed order, and a problem for each that cannot be read.

    Folders are read recursively, sorted by path; files with suffixes other than `SUFFIXES` are ignored;
    with `html`, those of `HTML_SUFFIXES` are read too.

    Args:
        source: A file, a folder, or a stream; `-` is standard input.
        options: Columns, encoding and other options.
        exclude: A file to skip, such as the output file.

    Raises:
        DataError: The source cannot be read, or is a folder of shards that a run has not finished.
        DependencyError: What reads a file is not installed.
        UsageError: `source` is a file with an unknown suffix, or a stream of an unknown kind; or the encoding is
            unknown.
    """
    with open_source(source, options) as copy:
        told = replace(options, note=lambda problem: options.note(shown_problem(problem)))
        for item in _read_articles(str(copy), told, exclude):
            yield shown_problem(item) if isinstance(item, Problem) else item


def open_source(source: str, options: SourceOptions) -> AbstractContextManager[Path]:
    """Return a context with the path of a source; a stream is copied, and gets the suffix of its contents."""

    def suffix_of(copy: Path, head: bytes) -> str:
        if parts := {name.partition("/")[0] for name in names_in(copy)}:
            return next((suffix for part, suffix in _OFFICE_PARTS.items() if part in parts), "")
        text = head.decode(choose_codec(head, source, options.silent()), "replace").removeprefix("\ufeff").lstrip()
        if text.startswith(("{", "[")):
            return ".jsonl"
        header = text_lines(text)[:1]
        cells = [cell.strip(' "') for cell in re.split(r"[,;\t|]", header[0])] if header else []
        if options.column("text") in cells:
            return ".csv"
        what = f"neither JSON, Parquet, an Office file, nor a table with a column {options.column('text')!r}"
        raise UsageError(f"{source}: {what}. Fix: save it as a file, whose suffix says what it is")

    return reread(source, suffix_of)


def _read_articles(source: str, options: SourceOptions, exclude: Path | None) -> Iterator[Article | Problem]:
    root = Path(source)
    manifests: dict[Path, Manifest] = {}

    def manifest_of(folder: Path) -> Manifest:
        """Return the manifest of a folder, with the language of the nearest parent folder if it states none."""
        if folder not in manifests:
            manifest = read_manifest(folder)
            inherited = manifest_of(folder.parent).language if folder != root and folder.is_relative_to(root) else None
            manifests[folder] = Manifest(manifest.entries, manifest.language or inherited)
        return manifests[folder]

    def articles_of(path: str, name: str) -> Iterator[Article | Problem]:
        manifest = manifest_of(Path(path).parent)
        for item in read_article_file(path, name, options, manifest.entries.get(Path(path).name)):
            yield item if isinstance(item, Problem) else item.in_language(manifest.language)

    if root.is_dir():
        require_complete(source)
        for path in sorted(source_files(root, html=options.html)):
            if exclude is None or not (exclude.exists() and path.samefile(exclude)):
                yield from articles_of(str(path), path.relative_to(root).as_posix())
    elif not root.exists():
        raise DataError(Problem("no such file or folder", "check the path", source))
    else:
        yield from articles_of(source, root.name)


def source_suffixes(source: str, *, html: bool = False) -> Iterator[str]:
    """Yield the suffix of each article file of a source; nothing if the source does not exist.

    Args:
        source: As in `read_articles`; a stream without a suffix may be of any kind.
        html: Whether files of HTML are article files.

    Raises:
        DataError: A folder cannot be read.
    """
    root = Path(source)
    if is_stream(source) and not file_suffix(source):
        yield from _suffixes(html)  # of any kind
    elif root.is_dir():
        yield from (file_suffix(path) for path in source_files(root, html=html))
    elif file_suffix(source) in _suffixes(html) and root.exists():
        yield file_suffix(source)


def source_files(folder: Path, *, html: bool = False) -> Iterator[Path]:
    """Yield the article files in a folder and its subfolders.

    Hidden files, locks of open documents and the list of withdrawn documents are left out.

    Args:
        folder: The folder.
        html: Whether files of HTML are article files.

    Raises:
        DataError: A folder cannot be read.
    """

    def raise_data_error(error: OSError) -> None:
        raise DataError(unreadable_problem(error, error.filename)) from error

    for parent, folders, names in os.walk(folder, onerror=raise_data_error, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith((".", "__")) and not _is_cycle(parent, name)]
        for name in names:
            path = Path(parent) / name
            if name.startswith((".", "~$")) or name == LIST_OF_WITHDRAWN:
                continue
            if file_suffix(name) in _suffixes(html) and path.is_file():
                yield path


def _suffixes(html: bool) -> tuple[str, ...]:
    return (*SUFFIXES, *HTML_SUFFIXES) if html else SUFFIXES


def _is_cycle(parent: str, name: str) -> bool:
    """Check whether a folder is a symbolic link to one of its ancestors, which would be walked forever."""
    path = Path(parent, name)
    return path.is_symlink() and Path(parent).resolve().is_relative_to(path.resolve())
