"""Articles from where people keep them: folders of text files with a manifest, CSV, JSONL, Parquet."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO

from ..schema import DataError, Metadata, Problem, UsageError, did_you_mean
from .files import COMPRESSED, STANDARD, reading, suffix
from .manifest import Entry, read_manifest
from .published import parse_published
from .records import JSON_LINES, PARQUET, numbered_lines

TEXTS = (".txt",)
TABLES = (".csv", ".tsv")
SUFFIXES = (*TEXTS, *TABLES, *JSON_LINES, *PARQUET)

_META = ("title", "published", "publisher", "url")
_ENCODE = "save the file as UTF-8, name its encoding with --encoding, or try --encoding detect"
COLUMNS = ("id", "text", *_META)
"""What a table can say of an article; its columns of other names are kept under `extra`."""

_RECORD = ("meta", "zones", "spans", "layer", "extra", "text_sha256", "text_length")


@dataclass(frozen=True, slots=True)
class Article:
    """A text as its source gives it, with what the source says of it.

    Attributes:
        text: Exactly as decoded.
        meta: As the source says; `published` is a day or None.
        record: Keys that the source has in the form of a record already: zones, spans, layer, extra.
        path: The file as the user named it.
        line: Line or row in it; 0 for a file that is one article.
        guess: The encoding that was guessed for its file, empty where none was.
    """

    id: str
    text: str
    meta: Metadata
    path: str
    line: int = 0
    record: Mapping[str, Any] = field(default_factory=dict)
    guess: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How sources are to be read.

    Attributes:
        columns: Name of a table's column for each of `COLUMNS` that is called otherwise there.
        encoding: Of text files and CSV: a codec's name, or `detect` to guess each file's.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"


def read_articles(source: str, how: Reading) -> Iterator[Article | Problem]:
    """The articles of a file or a folder in a fixed order; what cannot be read as an article comes as a problem.

    A folder is read with all below it, in the order of paths; files of other kinds than `SUFFIXES` are passed over.

    Raises:
        DataError: The source cannot be read at all.
        UsageError: A file that was named has a suffix that says nothing, or the encoding is unknown.
    """
    root = Path(source)
    if source != STANDARD and root.is_dir():
        for path in sorted(files(root)):
            yield from _file(str(path), path.relative_to(root).as_posix(), how, _entry(path))
    else:
        entry = _entry(root) if source != STANDARD else None
        yield from _file(source, "stdin.jsonl" if source == STANDARD else root.name, how, entry)


def files(folder: Path) -> Iterator[Path]:
    """The files below a folder that hold articles; hidden ones do not."""
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        for name in names:
            if suffix(name) in SUFFIXES and not name.startswith("."):
                yield Path(where) / name


def _entry(path: Path) -> Entry | None:
    return read_manifest(path.parent).get(path.name)


def _file(path: str, name: str, how: Reading, entry: Entry | None) -> Iterator[Article | Problem]:
    kind = ".jsonl" if path == STANDARD else suffix(path)
    stem = _stem(name)
    try:
        if kind in TEXTS:
            yield _text(path, stem, how, entry)
        elif kind in TABLES:
            yield from _table(path, stem, how, "\t" if kind == ".tsv" else ",")
        elif kind in (*JSON_LINES, *PARQUET):
            yield from _lines(path, stem, how)
        else:
            raise UsageError(f"{path}: the suffix {kind!r} names no kind of articles. Fix: {', '.join(SUFFIXES)}")
    except DataError as error:
        yield from error.problems


def _stem(name: str) -> str:
    for ending in COMPRESSED:
        name = name.removesuffix(ending)
    return name.rpartition(".")[0]


def _text(path: str, stem: str, how: Reading, entry: Entry | None) -> Article:
    with reading(path) as stream:
        data = stream.read()
    if entry and entry.sha256 and hashlib.sha256(data).hexdigest() != entry.sha256:
        raise DataError(Problem("the file is not the one that the manifest describes (sha256)", "restore it", path))
    encoding = _guess(data, path) if how.encoding == "detect" else how.encoding
    meta = entry.meta if entry else Metadata()
    guess = encoding if how.encoding == "detect" else ""
    return Article(stem, _decoded(data, encoding, path), meta, path, guess=guess)


def _decoded(data: bytes, encoding: str, path: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError as error:
        raise _unknown(encoding) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(Problem(f"byte {error.start + 1} is not {encoding}", _ENCODE, path, line)) from error


def _guess(data: bytes, path: str) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise DataError(Problem("no encoding fits the file", "name it with --encoding", path))
    return best.encoding


def _unknown(encoding: str) -> UsageError:
    return UsageError(f"unknown encoding {encoding!r}. Fix: a codec of Python such as latin-1, or detect")


def _table(path: str, stem: str, how: Reading, delimiter: str) -> Iterator[Article | Problem]:
    csv.field_size_limit(2**31 - 1)
    with _characters(path, how.encoding) as characters:
        table = csv.DictReader(characters, delimiter=delimiter, strict=True)
        guess = characters.encoding if how.encoding == "detect" else ""
        try:
            for row in _rows(table, path, stem, how):
                yield replace(row, guess=guess) if guess and isinstance(row, Article) else row
        except csv.Error as error:
            raise DataError(Problem(f"not CSV: {error}", "quote cells as in RFC 4180", path, table.line_num)) from error
        except UnicodeDecodeError as error:
            raise DataError(Problem(f"not {error.encoding}", _ENCODE, path, table.line_num + 1)) from error


@contextmanager
def _characters(path: str, encoding: str) -> Iterator[TextIO]:
    """The characters of a table as a stream; an encoding is guessed from its first megabyte."""
    if encoding == "detect":
        with reading(path) as stream:
            encoding = _guess(stream.read(1_000_000), path)
    with reading(path) as stream:
        try:
            yield io.TextIOWrapper(stream, "utf-8-sig" if encoding == "utf-8" else encoding, newline="")
        except LookupError as error:
            raise _unknown(encoding) from error


def _rows(table: csv.DictReader[str], path: str, stem: str, how: Reading) -> Iterator[Article | Problem]:
    header = list(table.fieldnames or ())
    missing = [column for column in how.columns.values() if column not in header]
    missing += ["text"] if "text" not in (*how.columns, *header) else []
    if missing:
        fix = f"name it with --column; {did_you_mean(missing[0], header)}"
        raise DataError(Problem(f"no column {missing[0]!r}", fix, path, 1))
    for number, row in enumerate(table, 1):
        if None in row or None in row.values():
            what = "more cells than the header" if None in row else "fewer cells than the header"
            yield Problem(what, "quote cells that hold separators", path, table.line_num)
        else:
            said = {key: cell for key, cell in row.items() if cell}
            yield _article(said, stem, number, path, table.line_num, how)


def _lines(path: str, stem: str, how: Reading) -> Iterator[Article | Problem]:
    for number, line in numbered_lines(path):
        try:
            row = json.loads(line)
        except ValueError as error:
            yield Problem(f"the line is not JSON in UTF-8: {error}", "write one object `{…}` a line", path, number)
            continue
        if isinstance(row, dict):
            yield _article(row, stem, number, path, number, how)
        else:
            yield Problem("the line is no JSON object", "write one object `{…}` a line", path, number)


def _article(row: dict[str, Any], stem: str, number: int, path: str, line: int, how: Reading) -> Article | Problem:
    said = {name: row.pop(how.columns.get(name, name), None) for name in COLUMNS}
    record = {key: row.pop(key) for key in _RECORD if row.get(key) is not None}
    meta = {**(record.pop("meta", None) or {}), **{key: said[key] for key in _META if said[key] is not None}}
    meta = {key: item for key, item in meta.items() if item is not None}
    name = f"{stem}#{number}" if said["id"] is None else str(said["id"])
    if not isinstance(said["text"], str):
        return Problem("no text", "give it in a column `text` or name the column with --column", path, line, name)
    if unknown := [key for key in meta if key not in _META or not isinstance(meta[key], str)]:
        what = f"meta.{unknown[0]} {meta[unknown[0]]!r} is not known or no string"
        return Problem(what, f"meta holds {', '.join(_META)}", path, line, name)
    day = parse_published(meta["published"]) if "published" in meta else None
    if day is None and "published" in meta:
        what = f"published {meta['published']!r} is no one day"
        return Problem(what, "write YYYY-MM-DD, or leave it out", path, line, name)
    if row:
        record["extra"] = {**row, **(record.get("extra") or {})}
    return Article(name, said["text"], Metadata(**{**meta, "published": day}), path, line, record)
