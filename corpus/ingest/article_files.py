"""Reading of the articles in one file: a text, or a table, spreadsheet or JSON with an article in each row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from ...schema import DataError, Metadata, Problem, UsageError
from ..storage.file_io import COMPRESSED, file_suffix, read_whole
from ..storage.records import JSON_LINES, PARQUET
from ..storage.stream_copies import shown_path
from .article_rows import ArticleRows, cell_of
from .articles import (
    HTML_SUFFIXES,
    SHEET_SUFFIXES,
    SUFFIXES,
    TABLE_SUFFIXES,
    TEXT_SUFFIXES,
    WORD_SUFFIXES,
    Article,
    SourceOptions,
)
from .date_columns import DateColumn
from .html_text import clean_article
from .manifest import ManifestEntry
from .readers.decoding import decode_text
from .readers.delimited_rows import delimited_rows
from .readers.json_rows import json_rows, parquet_rows
from .readers.table_rows import NumberedRow

_OTHER_KINDS = {
    **dict.fromkeys(HTML_SUFFIXES, "read HTML with `html=True`"),
    **dict.fromkeys((".xls", ".ods", ".xlsb"), "save the spreadsheet as .xlsx or .csv"),
    **dict.fromkeys((".doc", ".odt", ".rtf", ".docm"), "save the text as .docx or .txt"),
    ".pdf": "extract the text as .txt",
}
"""What to do with files of some suffixes that are not read."""


def read_article_file(
    path: str, name: str, options: SourceOptions, entry: ManifestEntry | None
) -> Iterator[Article | Problem]:
    """Yield the articles of a file, and a problem for each that cannot be read.

    Args:
        path: The file.
        name: Path relative to the source, from which ids are derived.
        options: Columns, encoding and other options.
        entry: The entry of the file in a manifest, for a text file.

    Raises:
        DependencyError: What reads the file is not installed.
        UsageError: The suffix or the encoding is unknown.
    """
    suffix = file_suffix(path)
    stem = _stem(name)
    try:
        if not stem.isprintable() or any("\ud800" <= c <= "\udfff" for c in stem):
            raise DataError(Problem("the file name is not printable UTF-8", "rename it", repr(path)))
        if suffix in TEXT_SUFFIXES or (options.html and suffix in HTML_SUFFIXES):
            yield from _cleaned(_read_text(path, stem, options, entry), options)
        elif suffix in WORD_SUFFIXES:
            from .readers.word_text import read_word_file

            _check_hash(path, entry)
            yield read_word_file(path, stem, options, entry.meta if entry else Metadata())
        else:
            yield from _articles_of_rows(path, suffix, stem, options)
    except DataError as error:
        yield from error.problems


def _stem(name: str) -> str:
    for suffix in COMPRESSED:
        name = name.removesuffix(suffix)
    return name.rpartition(".")[0]


def _read_text(path: str, stem: str, options: SourceOptions, entry: ManifestEntry | None) -> Article:
    data = _check_hash(path, entry)
    return Article(stem, decode_text(data, path, options), entry.meta if entry else Metadata(), path)


def _check_hash(path: str, entry: ManifestEntry | None) -> bytes:
    """Return the bytes of a file, after comparing them with its entry in a manifest."""
    data = read_whole(path)
    if entry and entry.sha256 and hashlib.sha256(data).hexdigest() != entry.sha256:
        raise DataError(Problem("the SHA-256 differs from that in the manifest", "restore the file", path))
    return data


def _articles_of_rows(path: str, suffix: str, stem: str, options: SourceOptions) -> Iterator[Article | Problem]:
    column = options.column("published")

    def dates_again() -> Iterator[tuple[int, Any]]:
        for item in _rows(path, suffix, options.silent()):
            if not isinstance(item, Problem):
                line, row = item
                stated = row.get("meta")
                yield line, cell_of(row, column) or (isinstance(stated, dict) and stated.get("published")) or None

    shown = shown_path(path)
    reader = ArticleRows(shown, stem, options, DateColumn(shown, options, dates_again))
    for item in _rows(path, suffix, options):
        if isinstance(item, Problem):
            yield item
        else:
            yield from _cleaned(reader.article(item[1], item[0]), options)


def _rows(path: str, suffix: str, options: SourceOptions) -> Iterator[NumberedRow | Problem]:
    if suffix in TABLE_SUFFIXES:
        return delimited_rows(path, "\t" if suffix == ".tsv" else ",", options)
    if suffix in JSON_LINES:
        return json_rows(path, options)
    if suffix in PARQUET:
        return parquet_rows(path)
    if suffix in SHEET_SUFFIXES:
        from .readers.spreadsheet_rows import spreadsheet_rows

        return spreadsheet_rows(path, options)
    fix = _OTHER_KINDS.get(suffix, ", ".join(SUFFIXES))
    raise UsageError(f"{path}: unknown article format {suffix!r}. Fix: {fix}")


def _cleaned(article: Article | Problem, options: SourceOptions) -> Iterator[Article | Problem]:
    if not options.html or isinstance(article, Problem):
        yield article
        return
    try:
        cleaned = clean_article(article)
    except DataError as error:
        yield from error.with_location(article.path, article.line).problems
        return
    options.tally.cleaned += cleaned is not article
    yield cleaned
