"""The article type, the options with which articles are read, and the account of what was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from ...schema import Metadata, Problem
from ..storage.records import JSON_LINES, PARQUET

TEXT_SUFFIXES = (".txt",)
HTML_SUFFIXES = (".html", ".htm")
WORD_SUFFIXES = (".docx",)
TABLE_SUFFIXES = (".csv", ".tsv")
SHEET_SUFFIXES = (".xlsx", ".xlsm")
ROW_SUFFIXES = (*TABLE_SUFFIXES, *JSON_LINES, *PARQUET, *SHEET_SUFFIXES)
"""The suffixes of files that hold an article in each row."""
SUFFIXES = (*TEXT_SUFFIXES, *WORD_SUFFIXES, *ROW_SUFFIXES)
"""The suffixes of article files. Files of `HTML_SUFFIXES` are read only where HTML is cleaned."""

ARTICLE_COLUMNS = ("id", "text", *Metadata.__struct_fields__)
"""The table columns with a meaning of their own; all others are kept in `extra`."""

DATE_ORDERS = ("dmy", "mdy", "ymd")
"""The orders of day, month and year in the dates of a table."""


@dataclass(frozen=True, slots=True)
class Article:
    """A text and its metadata as read from a source.

    Attributes:
        id: The id of the document to build.
        text: The text, exactly as decoded, or as extracted from HTML or a Word file.
        meta: The metadata of the source; `published` is a date in the form `YYYY-MM-DD` or None.
        path: The file, as the user named it.
        line: Line or row in the file; 0 for a file that is one article.
        record: Values that the source gives in the form of a record: zones, spans, layer, extra.
    """

    id: str
    text: str
    meta: Metadata
    path: str
    line: int = 0
    record: Mapping[str, Any] = field(default_factory=dict)

    def in_language(self, language: str | None) -> Article:
        """Return the article with its language set to `language` if it states none."""
        if language is None or self.meta.language is not None:
            return self
        return replace(self, meta=msgspec.structs.replace(self.meta, language=language))


@dataclass(slots=True)
class SourceTally:
    """What was met while sources were read.

    Attributes:
        columns_seen: Those of the named columns that any row has had.
        extra_columns: Number of rows by column that is kept in `extra`.
        annotation_columns: A file by column that holds annotations, which are kept in `extra` too.
        dates: Number of publication dates by what was made of them, a key of `date_columns.DATE_NOTES`.
        date_examples: The first of each of these, with its file and line.
        order_used: Whether the named order decided what a date means.
        cleaned: Number of texts that were extracted from HTML.
    """

    columns_seen: set[str] = field(default_factory=set)
    extra_columns: Counter[str] = field(default_factory=Counter)
    annotation_columns: dict[str, str] = field(default_factory=dict)
    dates: Counter[str] = field(default_factory=Counter)
    date_examples: dict[str, str] = field(default_factory=dict)
    order_used: bool = False
    cleaned: int = 0

    def count_date(self, kind: str, cell: str, path: str, line: int = 0) -> None:
        """Count a date by what was made of it, and keep the first as an example."""
        self.dates[kind] += 1
        self.date_examples.setdefault(kind, f"{cell!r} at {path}{f':{line}' if line else ''}")


def _ignore(_: Problem) -> None:
    """Ignore a note."""


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """Options for reading sources.

    Attributes:
        columns: Names of table columns that differ from `ARTICLE_COLUMNS`, by the name there; `a.b` names the key `b`
            of an object in the column `a` of JSON or Parquet.
        encoding: Encoding of text files, CSV and JSON: the name of a codec, or `detect` to guess it for each file. A
            file that begins with the mark of UTF-16 is decoded as that if this is UTF-8.
        dates: Order of day, month and year in the dates of tables, one of `DATE_ORDERS`; if None, the dates of the
            column decide.
        html: Whether to extract the text of documents with HTML in them.
        sheet: Name of the sheet in spreadsheets; if None, the first.
        note: Called with information that requires no action.
        tally: Receives what is met.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    dates: str | None = None
    html: bool = False
    sheet: str | None = None
    note: Callable[[Problem], None] = _ignore
    tally: SourceTally = field(default_factory=SourceTally)

    def column(self, name: str) -> str:
        """Return the column that holds one of `ARTICLE_COLUMNS`."""
        return self.columns.get(name, name)

    def silent(self) -> SourceOptions:
        """Return the same options without notes and with a tally of their own, to read a file a second time."""
        return replace(self, note=_ignore, tally=SourceTally())
