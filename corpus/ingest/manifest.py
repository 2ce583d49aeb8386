"""Manifests: TOML files in folders of articles, with metadata and checksums of the articles.

```toml
language = "en"     # a BCP 47 tag, for articles here and in subfolders that state none

[[article]]
file = "000_4a5eb45f31d5ab59.txt"
title = "…"
published = "2023-11-06"
publisher = "…"
url = "…"
language = "de"     # for this article
sha256 = "…"        # of the bytes of the file, which is rejected if they differ
note = "…"          # ignored
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from ...schema import DataError, Metadata, Problem, parse_language
from ...schema.files.toml_document import read_toml
from .publication_dates import parse_publication_date

MANIFEST_NAME = "manifest.toml"
_TOP_LEVEL_KEYS = ("article", "language")
_TEXT_KEYS = ("title", "publisher", "url")
_KEYS = ("file", *_TEXT_KEYS, "published", "language", "sha256", "note")


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """The entry of a file in a manifest: its metadata, and the SHA-256 of its bytes if given."""

    meta: Metadata
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of a folder.

    Attributes:
        entries: The entries by file name.
        language: The default language of the articles, or None.
    """

    entries: Mapping[str, ManifestEntry] = field(default_factory=dict)
    language: str | None = None


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a folder, or return an empty one if there is none.

    Raises:
        DataError: The manifest is not TOML; it names a missing file, or one file twice; or it has an unknown key, an
            invalid date or an invalid language.
    """
    path = folder / MANIFEST_NAME
    if not path.is_file():
        return Manifest()
    document = read_toml(path)
    articles = document.values.get("article", [])
    unknown = sorted(document.values.keys() - set(_TOP_LEVEL_KEYS))
    if unknown or not isinstance(articles, list):
        unknown = unknown or ["article"]
        fix = "write one [[article]] table for each file"
        raise DataError(document.problem((unknown[0],), f"unknown key {', '.join(unknown)}", fix))
    try:
        language = _language(document.values)
    except DataError as error:
        raise error.with_location(str(path), document.line(("language",))) from error
    entries: dict[str, ManifestEntry] = {}
    for position, item in enumerate(articles):
        at, title = ("article", position), f"article {position + 1}"
        try:
            name, entry = _entry(item, folder)
        except DataError as error:
            wrong = error.problems[0]
            raise DataError(document.problem(at, f"{title}: {wrong.what}", wrong.fix)) from error
        if name in entries:
            raise DataError(document.problem(at, f"{title}: duplicate file {name!r}", "remove one"))
        entries[name] = entry
    return Manifest(entries, language)


def _language(table: Mapping[str, Any]) -> str | None:
    tag = table.get("language")
    if tag is None:
        return None
    try:
        return parse_language(tag if isinstance(tag, str) else repr(tag))
    except DataError as error:
        raise DataError(Problem(f"language {error.problems[0].what}", error.problems[0].fix)) from error


def _entry(item: Any, folder: Path) -> tuple[str, ManifestEntry]:
    if not isinstance(item, dict) or not isinstance(item.get("file"), str):
        raise DataError(Problem("no file name", 'add file = "…"'))
    name = item["file"]
    if unknown := [key for key in item if key not in _KEYS]:
        raise DataError(Problem(f"unknown key {unknown[0]!r}", f"known: {', '.join(_KEYS)}"))
    if "/" in name:
        raise DataError(Problem(f"{name!r} is in another folder", f"list it in a {MANIFEST_NAME} in that folder"))
    if not (folder / name).is_file():
        raise DataError(Problem(f"no such file {name!r}", "correct the name or remove the entry"))
    published = item.get("published")
    date = None if published is None else parse_publication_date(str(published))
    if published is not None and date is None:
        raise DataError(Problem(f"cannot parse publication date {str(published)!r}", "write YYYY-MM-DD"))
    try:
        texts = {key: item[key] for key in _TEXT_KEYS if key in item}
        meta = msgspec.convert({**texts, "published": date, "language": _language(item)}, Metadata)
        return name, ManifestEntry(meta, item.get("sha256"))
    except msgspec.ValidationError as error:
        raise DataError(Problem(str(error), "write it in quotes")) from error
