"""Articles from where people keep them: folders of text files with a manifest, CSV, JSONL, Parquet."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import msgspec

from ...schema import DataError, Metadata, Problem, UsageError, did_you_mean, language_error, os_error_hint
from ...schema.files.json_line import parse_line
from ..storage.file_io import COMPRESSED, STANDARD, file_suffix, open_reader, read_lines, read_whole
from ..storage.records import JSON_LINES, PARQUET, numbered_lines
from .manifest import Manifest, ManifestEntry, read_manifest
from .publication_dates import parse_published

TEXTS = (".txt",)
TABLES = (".csv", ".tsv")
SUFFIXES = (*TEXTS, *TABLES, *JSON_LINES, *PARQUET)

_META = Metadata.__struct_fields__
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

    def in_language(self, language: str | None) -> Article:
        """The same article, in a language where it states none."""
        if language is None or self.meta.language is not None:
            return self
        return replace(self, meta=msgspec.structs.replace(self.meta, language=language))


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How sources are to be read.

    Attributes:
        columns: Name of a table's column for each of `COLUMNS` that is called otherwise there.
        encoding: Of text files and CSV: a codec's name, or `detect` to guess each file's.
        found: Which of the `columns` any row had so far.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    found: set[str] = field(default_factory=set)


def read_articles(source: str, how: SourceOptions, *, without: Path | None = None) -> Iterator[Article | Problem]:
    """The articles of a file or a folder in a fixed order; what cannot be read as an article comes as a problem.

    A folder is read with all below it, in the order of paths; files of other kinds than `SUFFIXES` are passed over.

    Args:
        source: A file, a folder, or `-` for standard input (JSONL).
        how: Columns and encoding.
        without: A file that is passed over: the one that is being written.

    Raises:
        DataError: The source cannot be read at all.
        UsageError: A file that was named has a suffix that says nothing, or the encoding is unknown.
    """
    root = Path(source)
    manifests: dict[Path, Manifest] = {}

    def manifest(folder: Path) -> Manifest:
        """Of a folder; the language is that of the nearest folder above which states one."""
        if folder not in manifests:
            found = read_manifest(folder)
            above = manifest(folder.parent).language if folder != root and folder.is_relative_to(root) else None
            manifests[folder] = Manifest(found.entries, found.language or above)
        return manifests[folder]

    def articles(path: str, name: str) -> Iterator[Article | Problem]:
        told = manifest(Path(path).parent)
        for found in _file(path, name, how, told.entries.get(Path(path).name)):
            yield found if isinstance(found, Problem) else found.in_language(told.language)

    if source == STANDARD:
        yield from _file(source, "stdin.jsonl", how, None)
    elif root.is_dir():
        for path in sorted(source_files(root)):
            if without is None or not (without.exists() and path.samefile(without)):
                yield from articles(str(path), path.relative_to(root).as_posix())
    elif not root.exists():
        raise DataError(Problem("there is no such file or folder", "name one that is there", source))
    else:
        yield from articles(source, root.name)


def source_kinds(source: str) -> Iterator[str]:
    """The suffix of each file that holds articles of a source; none where there is no such source.

    Raises:
        DataError: A folder cannot be read.
    """
    root = Path(source)
    if source == STANDARD:
        yield ".jsonl"
    elif root.is_dir():
        yield from (file_suffix(path) for path in source_files(root))
    elif file_suffix(source) in SUFFIXES and root.exists():
        yield file_suffix(source)


def source_files(folder: Path) -> Iterator[Path]:
    """The regular files below a folder that hold articles; hidden ones do not.

    Raises:
        DataError: A folder cannot be read.
    """

    def refuse(error: OSError) -> None:
        raise DataError(
            Problem(f"cannot be read: {error.strerror}", os_error_hint(error), str(error.filename))
        ) from error

    for where, folders, names in os.walk(folder, onerror=refuse, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith((".", "__")) and not _leads_back(where, name)]
        for name in names:
            path = Path(where) / name
            if file_suffix(name) in SUFFIXES and not name.startswith(".") and path.is_file():
                yield path


def _leads_back(where: str, name: str) -> bool:
    """Whether a folder is a link to one that it lies in: two of them would be read without end."""
    path = Path(where, name)
    return path.is_symlink() and Path(where).resolve().is_relative_to(path.resolve())


def _file(path: str, name: str, how: SourceOptions, entry: ManifestEntry | None) -> Iterator[Article | Problem]:
    kind = ".jsonl" if path == STANDARD else file_suffix(path)
    stem = _stem(name)
    try:
        if not stem.isprintable() or any("\ud800" <= c <= "\udfff" for c in stem):
            raise DataError(Problem("the file's name is no printable UTF-8", "rename it", repr(path)))
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


def _text(path: str, stem: str, how: SourceOptions, entry: ManifestEntry | None) -> Article:
    data = read_whole(path)
    if entry and entry.sha256 and hashlib.sha256(data).hexdigest() != entry.sha256:
        raise DataError(Problem("the file is not the one that the manifest describes (sha256)", "restore it", path))
    encoding = _guess(data, path) if how.encoding == "detect" else how.encoding
    meta = entry.meta if entry else Metadata()
    guess = encoding if how.encoding == "detect" else ""
    return Article(stem, _decoded(data, encoding, path), meta, path, guess=guess)


def _decoded(data: bytes, encoding: str, path: str) -> str:
    try:
        return data.decode(encoding)
    except (LookupError, UnicodeError) as error:
        if not isinstance(error, UnicodeDecodeError):
            raise _unknown(encoding) from error
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(Problem(f"byte {error.start + 1} is not {encoding}", _ENCODE, path, line)) from error


def _guess(data: bytes, path: str) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise DataError(Problem("no encoding fits the file", "name it with --encoding", path))
    return "utf-8" if best.encoding in ("ascii", "utf_8") else best.encoding  # what is ASCII so far may go on as UTF-8


def _unknown(encoding: str) -> UsageError:
    return UsageError(f"unknown encoding {encoding!r}. Fix: a codec of Python such as latin-1, or detect")


def _table(path: str, stem: str, how: SourceOptions, delimiter: str) -> Iterator[Article | Problem]:
    csv.field_size_limit(2**31 - 1)
    with _characters(path, how.encoding) as (lines, codec):
        table = csv.DictReader(lines, delimiter=delimiter, strict=True)
        guess = codec if how.encoding == "detect" else ""
        try:
            for row in _rows(table, path, stem, how):
                yield replace(row, guess=guess) if guess and isinstance(row, Article) else row
        except csv.Error as error:
            at = table.reader.line_num
            raise DataError(Problem(f"not CSV: {error}", "quote cells as in RFC 4180", path, at)) from error
        except UnicodeDecodeError as error:
            raise DataError(Problem(f"not {error.encoding}", _ENCODE, path, table.line_num + 1)) from error


@contextmanager
def _characters(path: str, encoding: str) -> Iterator[tuple[Iterator[str], str]]:
    """The lines of a table as a stream, and their encoding, which is guessed from the first megabyte where asked."""
    if encoding == "detect":
        with open_reader(path) as stream:
            encoding = _guess(stream.read(1_000_000), path)
    try:
        codec = codecs.lookup(encoding).name
    except LookupError as error:
        raise _unknown(encoding) from error
    with open_reader(path) as stream:
        if codec.startswith(("utf-16", "utf-32")):  # whose lines do not end in the byte of a line break
            yield io.TextIOWrapper(stream, codec, newline=""), codec
        else:
            yield _decoded_lines(stream, codec, path), codec


def _decoded_lines(stream: IO[bytes], codec: str, path: str) -> Iterator[str]:
    for number, line in enumerate(read_lines(stream, path), 1):
        try:
            yield line.removeprefix(codecs.BOM_UTF8 if number == 1 and codec == "utf-8" else b"").decode(codec)
        except UnicodeDecodeError as error:
            raise DataError(Problem(f"not {codec}", _ENCODE, path, number)) from error


def _rows(table: csv.DictReader[str], path: str, stem: str, how: SourceOptions) -> Iterator[Article | Problem]:
    header = list(table.fieldnames or ())
    if doubled := [name for name, count in Counter(header).items() if count > 1]:
        raise DataError(Problem(f"two columns are called {doubled[0]!r}", "rename one", path, 1))
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


def _lines(path: str, stem: str, how: SourceOptions) -> Iterator[Article | Problem]:
    for number, line in numbered_lines(path):
        row, problem = parse_line(line)
        yield _article(row, stem, number, path, number, how) if problem is None else problem.with_location(path, number)


def _article(
    row: dict[str, Any], stem: str, number: int, path: str, line: int, how: SourceOptions
) -> Article | Problem:
    how.found.update(name for name, column in how.columns.items() if column in row)
    said = {name: row.pop(how.columns.get(name, name), None) for name in COLUMNS}
    record = {key: row.pop(key) for key in _RECORD if row.get(key) is not None}
    name = f"{stem}#{number}" if said["id"] is None else said["id"]
    if isinstance(name, bool | float) or not isinstance(name, str | int):
        return Problem(f"the id {name!r} is no string", "give ids in quotes", path, line)
    name = str(name)
    if not isinstance(said["text"], str):
        return Problem("no text", "give it in a column `text` or name the column with --column", path, line, name)
    for key in ("meta", "extra"):
        if not isinstance(record.get(key, {}), dict):
            return Problem(f"{key} is no object", f"write {key} as an object `{{…}}`", path, line, name)
    meta = {**record.pop("meta", {}), **{key: said[key] for key in _META if said[key] is not None}}
    meta = {key: item for key, item in meta.items() if item is not None}
    if unknown := [key for key in meta if key not in _META or not isinstance(meta[key], str)]:
        what = f"meta.{unknown[0]} {meta[unknown[0]]!r} is not known or no string"
        return Problem(what, f"meta holds {', '.join(_META)}", path, line, name)
    day = parse_published(meta["published"]) if "published" in meta else None
    if day is None and "published" in meta:
        what = f"published {meta['published']!r} is no one day"
        return Problem(what, "write YYYY-MM-DD, or leave it out", path, line, name)
    if "language" in meta and (fault := language_error(meta["language"])):
        return Problem(f"language {fault[0]}", fault[1], path, line, name)
    if row:
        record["extra"] = {**row, **record.get("extra", {})}
    return Article(name, said["text"], Metadata(**{**meta, "published": day}), path, line, record)
