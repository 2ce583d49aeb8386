"""Manifests: a TOML file beside articles that says what their texts do not, or that holds what they do to account.

```toml
language = "en"     # of all articles here that state none, a BCP 47 tag; folders below take it over

[[article]]
file = "000_4a5eb45f31d5ab59.txt"
title = "…"
published = "2023-11-06"
publisher = "…"
url = "…"
language = "de"     # of this one
sha256 = "…"        # of the file's bytes; another one is refused
note = "…"          # for people; not read
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from ...schema import DataError, Metadata, Problem, os_error_hint, parse_language
from ...schema.files.toml_text import parse_toml
from .publication_dates import parse_published

NAME = "manifest.toml"
_TOP = ("article", "language")
_TEXTS = ("title", "publisher", "url")
_KEYS = ("file", *_TEXTS, "published", "language", "sha256", "note")


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """What a manifest says of one file: its metadata, and the hash of its bytes where one is given."""

    meta: Metadata
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder's manifest says.

    Attributes:
        entries: By file name.
        language: Of the articles that state none; None where the manifest states none either.
    """

    entries: Mapping[str, ManifestEntry] = field(default_factory=dict)
    language: str | None = None


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder; an empty one where there is none.

    Raises:
        DataError: The manifest is not TOML, names a file that is not there or twice, has an unknown key, a day that is
            none, or a language that is none.
    """
    path = folder / NAME
    if not path.is_file():
        return Manifest()
    try:
        data = parse_toml(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise DataError(Problem(f"cannot be read: {error.strerror}", os_error_hint(error), str(path))) from error
    except ValueError as error:
        raise DataError(Problem(f"not TOML: {error}", "see toml.io for the syntax", str(path))) from error
    listed = data.get("article", [])
    if data.keys() - set(_TOP) or not isinstance(listed, list):
        unknown = ", ".join(sorted(data.keys() - set(_TOP))) or "article"
        raise DataError(Problem(f"{unknown} is not known", "write one table [[article]] a file", str(path)))
    try:
        language = _language(data)
    except DataError as error:
        raise error.with_location(str(path)) from error
    entries: dict[str, ManifestEntry] = {}
    for number, item in enumerate(listed, 1):
        try:
            name, entry = _entry(item, folder)
        except DataError as error:
            what = f"article {number}: {error.problems[0].what}"
            raise DataError(Problem(what, error.problems[0].fix, str(path))) from error
        if name in entries:
            raise DataError(Problem(f"article {number}: {name!r} stands twice", "remove one", str(path)))
        entries[name] = entry
    return Manifest(entries, language)


def _language(said: Mapping[str, Any]) -> str | None:
    tag = said.get("language")
    if tag is None:
        return None
    try:
        return parse_language(tag if isinstance(tag, str) else repr(tag))
    except DataError as error:
        raise DataError(Problem(f"language {error.problems[0].what}", error.problems[0].fix)) from error


def _entry(item: Any, folder: Path) -> tuple[str, ManifestEntry]:
    if not isinstance(item, dict) or not isinstance(item.get("file"), str):
        raise DataError(Problem("no file is named", 'add file = "…"'))
    name = item["file"]
    if unknown := [key for key in item if key not in _KEYS]:
        raise DataError(Problem(f"unknown key {unknown[0]!r}", f"known: {', '.join(_KEYS)}"))
    if "/" in name:
        raise DataError(Problem(f"{name!r} lies in another folder", f"give that folder a {NAME} of its own"))
    if not (folder / name).is_file():
        raise DataError(Problem(f"{name!r} is not there", "correct the name or remove the entry"))
    published = item.get("published")
    day = None if published is None else parse_published(str(published))
    if published is not None and day is None:
        raise DataError(Problem(f"published {str(published)!r} is no one day", "write YYYY-MM-DD"))
    try:
        parts = {key: item[key] for key in _TEXTS if key in item}
        meta = msgspec.convert({**parts, "published": day, "language": _language(item)}, Metadata)
        return name, ManifestEntry(meta, item.get("sha256"))
    except msgspec.ValidationError as error:
        raise DataError(Problem(str(error), "write it in quotes")) from error
