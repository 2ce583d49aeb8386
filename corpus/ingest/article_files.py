"""Reading of the articles in one file: a text, a table, or lines of JSON."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, Any

from ...schema import DataError, Metadata, Problem, UsageError, did_you_mean, language_error
from ...schema.records.plain_data import plain_data
from ..storage.file_io import COMPRESSED, STANDARD, file_suffix, open_reader, read_lines, read_whole
from ..storage.records import JSON_LINES, PARQUET, numbered_records
from ..storage.rows import parse_record
from .articles import ARTICLE_COLUMNS, SUFFIXES, TABLE_SUFFIXES, TEXT_SUFFIXES, Article, SourceOptions
from .manifest import ManifestEntry
from .publication_dates import parse_publication_date

_META = Metadata.__struct_fields__
_ENCODING_FIX = "save the file as UTF-8, name its `encoding`, or try `detect` as `encoding`"
_RECORD = ("meta", "zones", "spans", "layer", "extra", "text_sha256", "text_length")
_SAMPLE = 1_000_000  # bytes of a table from which its encoding is guessed


def read_article_file(
    path: str, name: str, options: SourceOptions, entry: ManifestEntry | None
) -> Iterator[Article | Problem]:
    """Yield the articles of a file, and a problem for each that cannot be read.

    Args:
        path: The file; `-` is standard input (JSONL).
        name: Path relative to the source, from which ids are derived.
        options: Columns and encoding.
        entry: The entry of the file in a manifest, for a text file.

    Raises:
        UsageError: The suffix or the encoding is unknown.
    """
    suffix = ".jsonl" if path == STANDARD else file_suffix(path)
    stem = _stem(name)
    try:
        if not stem.isprintable() or any("\ud800" <= c <= "\udfff" for c in stem):
            raise DataError(Problem("the file name is not printable UTF-8", "rename it", repr(path)))
        if suffix in TEXT_SUFFIXES:
            yield _read_text(path, stem, options, entry)
        elif suffix in TABLE_SUFFIXES:
            yield from _read_table(path, stem, options, "\t" if suffix == ".tsv" else ",")
        elif suffix in (*JSON_LINES, *PARQUET):
            yield from _read_json_lines(path, stem, options)
        else:
            raise UsageError(f"{path}: unknown article format {suffix!r}. Fix: {', '.join(SUFFIXES)}")
    except DataError as error:
        yield from error.problems


def _stem(name: str) -> str:
    for suffix in COMPRESSED:
        name = name.removesuffix(suffix)
    return name.rpartition(".")[0]


def _read_text(path: str, stem: str, options: SourceOptions, entry: ManifestEntry | None) -> Article:
    data = read_whole(path)
    if entry and entry.sha256 and hashlib.sha256(data).hexdigest() != entry.sha256:
        raise DataError(Problem("the SHA-256 differs from that in the manifest", "restore the file", path))
    detect = options.encoding == "detect"
    encoding = _guess_encoding(data, path) if detect else options.encoding
    meta = entry.meta if entry else Metadata()
    return Article(stem, _decode(data, encoding, path), meta, path, guessed_encoding=encoding if detect else "")


def _decode(data: bytes, encoding: str, path: str) -> str:
    try:
        return data.decode(encoding)
    except (LookupError, UnicodeError) as error:
        if not isinstance(error, UnicodeDecodeError):
            raise _unknown_encoding(encoding) from error
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(Problem(f"byte {error.start + 1} is not {encoding}", _ENCODING_FIX, path, line)) from error


def _guess_encoding(data: bytes, path: str) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise DataError(Problem("cannot detect the encoding", "name its `encoding`", path))
    return "utf-8" if best.encoding in ("ascii", "utf_8") else best.encoding  # an ASCII sample may continue as UTF-8


def _unknown_encoding(encoding: str) -> UsageError:
    return UsageError(f"unknown encoding {encoding!r}. Fix: a Python codec such as latin-1, or detect")


def _read_table(path: str, stem: str, options: SourceOptions, delimiter: str) -> Iterator[Article | Problem]:
    csv.field_size_limit(2**31 - 1)
    with _open_table(path, options.encoding) as (lines, codec):
        table = csv.DictReader(lines, delimiter=delimiter, strict=True)
        guess = codec if options.encoding == "detect" else ""
        try:
            for item in _read_rows(table, path, stem, options):
                yield replace(item, guessed_encoding=guess) if guess and isinstance(item, Article) else item
        except csv.Error as error:
            line = table.reader.line_num
            raise DataError(Problem(f"not CSV: {error}", "quote cells as in RFC 4180", path, line)) from error
        except UnicodeDecodeError as error:
            raise DataError(Problem(f"not {error.encoding}", _ENCODING_FIX, path, table.line_num + 1)) from error


@contextmanager
def _open_table(path: str, encoding: str) -> Iterator[tuple[Iterator[str], str]]:
    """Yield the decoded lines of a table and the name of its codec, detecting the encoding if requested."""
    if encoding == "detect":
        with open_reader(path) as stream:
            encoding = _guess_encoding(stream.read(_SAMPLE), path)
    try:
        codec = codecs.lookup(encoding).name
    except LookupError as error:
        raise _unknown_encoding(encoding) from error
    with open_reader(path) as stream:
        if codec.startswith(("utf-16", "utf-32")):  # their lines do not end with the byte of a line feed
            yield io.TextIOWrapper(stream, codec, newline=""), codec
        else:
            yield _decode_lines(stream, codec, path), codec


def _decode_lines(stream: IO[bytes], codec: str, path: str) -> Iterator[str]:
    for number, line in enumerate(read_lines(stream, path), 1):
        try:
            yield line.removeprefix(codecs.BOM_UTF8 if number == 1 and codec == "utf-8" else b"").decode(codec)
        except UnicodeDecodeError as error:
            raise DataError(Problem(f"not {codec}", _ENCODING_FIX, path, number)) from error


def _read_rows(table: csv.DictReader[str], path: str, stem: str, options: SourceOptions) -> Iterator[Article | Problem]:
    header = list(table.fieldnames or ())
    if duplicates := [name for name, count in Counter(header).items() if count > 1]:
        raise DataError(Problem(f"duplicate column {duplicates[0]!r}", "rename one of them", path, 1))
    missing = [column for column in options.columns.values() if column not in header]
    missing += ["text"] if "text" not in (*options.columns, *header) else []
    if missing:
        fix = f"name it in `columns`; {did_you_mean(missing[0], header)}"
        raise DataError(Problem(f"no column {missing[0]!r}", fix, path, 1))
    for number, row in enumerate(table, 1):
        if None in row or None in row.values():
            what = "more cells than the header" if None in row else "fewer cells than the header"
            yield Problem(what, "quote cells that contain separators", path, table.line_num)
        else:
            cells = {key: cell for key, cell in row.items() if cell}
            yield _article_of_row(cells, stem, number, path, table.line_num, options)


def _read_json_lines(path: str, stem: str, options: SourceOptions) -> Iterator[Article | Problem]:
    for number, raw in numbered_records(path):
        row, problem = parse_record(raw)
        if problem is not None:
            yield problem.with_location(path, number)
            continue
        try:
            cells = row if isinstance(raw, bytes) else plain_data(row)
            yield _article_of_row(cells, stem, number, path, number, options)
        except DataError as error:
            yield from error.with_location(path, number).problems


def _article_of_row(
    row: dict[str, Any], stem: str, number: int, path: str, line: int, options: SourceOptions
) -> Article | Problem:
    options.columns_seen.update(name for name, column in options.columns.items() if column in row)
    cells = {name: row.pop(options.columns.get(name, name), None) for name in ARTICLE_COLUMNS}
    record = {key: row.pop(key) for key in _RECORD if row.get(key) is not None}
    name = f"{stem}#{number}" if cells["id"] is None else cells["id"]
    if isinstance(name, bool | float) or not isinstance(name, str | int):
        return Problem(f"id {name!r} is not a string", "write ids in quotes", path, line)
    name = str(name)
    if not isinstance(cells["text"], str):
        return Problem("no text", "add a column 'text', or name the column in `columns`", path, line, name)
    for key in ("meta", "extra"):
        if not isinstance(record.get(key, {}), dict):
            return Problem(f"{key} is not an object", f"write {key} as an object `{{…}}`", path, line, name)
    meta = {**record.pop("meta", {}), **{key: cells[key] for key in _META if cells[key] is not None}}
    meta = {key: item for key, item in meta.items() if item is not None}
    if invalid := [key for key in meta if key not in _META or not isinstance(meta[key], str)]:
        reason = "is not a string" if invalid[0] in _META else "is not a known field"
        what = f"meta.{invalid[0]} {meta[invalid[0]]!r} {reason}"
        return Problem(what, f"the fields of meta, all strings, are {', '.join(_META)}", path, line, name)
    date = parse_publication_date(meta["published"]) if "published" in meta else None
    if date is None and "published" in meta:
        what = f"cannot parse publication date {meta['published']!r}"
        return Problem(what, "write YYYY-MM-DD, or leave it out", path, line, name)
    if "language" in meta and (fault := language_error(meta["language"])):
        return Problem(f"language {fault[0]}", fault[1], path, line, name)
    if row:
        record["extra"] = {**row, **record.get("extra", {})}
    return Article(name, cells["text"], Metadata(**{**meta, "published": date}), path, line, record)
