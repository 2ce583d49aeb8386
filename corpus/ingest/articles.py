"""The article type, and the options with which articles are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from ...schema import Metadata
from ..storage.records import JSON_LINES, PARQUET

TEXT_SUFFIXES = (".txt",)
TABLE_SUFFIXES = (".csv", ".tsv")
SUFFIXES = (*TEXT_SUFFIXES, *TABLE_SUFFIXES, *JSON_LINES, *PARQUET)

ARTICLE_COLUMNS = ("id", "text", *Metadata.__struct_fields__)
"""The table columns with a meaning of their own; all others are kept in `extra`."""


@dataclass(frozen=True, slots=True)
class Article:
    """A text and its metadata as read from a source.

    Attributes:
        id: The id of the document to build.
        text: The text, exactly as decoded.
        meta: The metadata of the source; `published` is a date in the form `YYYY-MM-DD` or None.
        path: The file, as the user named it.
        line: Line or row in the file; 0 for a file that is one article.
        record: Values that the source gives in the form of a record: zones, spans, layer, extra.
        guessed_encoding: The detected encoding of the file; empty if it was not detected.
    """

    id: str
    text: str
    meta: Metadata
    path: str
    line: int = 0
    record: Mapping[str, Any] = field(default_factory=dict)
    guessed_encoding: str = ""

    def in_language(self, language: str | None) -> Article:
        """Return the article with its language set to `language` if it states none."""
        if language is None or self.meta.language is not None:
            return self
        return replace(self, meta=msgspec.structs.replace(self.meta, language=language))


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """Options for reading sources.

    Attributes:
        columns: Names of table columns that differ from `ARTICLE_COLUMNS`, by the name there.
        encoding: Encoding of text files and CSV: the name of a codec, or `detect` to guess it for each file.
        columns_seen: Those of `columns` that any row has had so far.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    columns_seen: set[str] = field(default_factory=set)
