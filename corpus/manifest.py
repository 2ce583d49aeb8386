"""Manifests: a TOML file beside articles that says what their texts do not, or that holds what they do to account.

```toml
[[article]]
file = "000_4a5eb45f31d5ab59.txt"
title = "…"
published = "2023-11-06"
publisher = "…"
url = "…"
sha256 = "…"        # of the file's bytes; another one is refused
note = "…"          # for people; not read
```
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ..schema import DataError, Metadata, Problem, remedy
from ..schema.toml_text import parse_toml
from .published import parse_published

NAME = "manifest.toml"
_KEYS = ("file", "title", "published", "publisher", "url", "sha256", "note")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a manifest says of one file: its metadata, and the hash of its bytes where one is given."""

    meta: Metadata
    sha256: str | None


def read_manifest(folder: Path) -> dict[str, Entry]:
    """The entries of a folder's manifest by file name; empty where it has none.

    Raises:
        DataError: The manifest is not TOML, names a file that is not there or twice, has an unknown key, or a day that
            is none.
    """
    path = folder / NAME
    if not path.is_file():
        return {}
    try:
        data = parse_toml(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise DataError(Problem(f"cannot be read: {error.strerror}", remedy(error), str(path))) from error
    except ValueError as error:
        raise DataError(Problem(f"not TOML: {error}", "see toml.io for the syntax", str(path))) from error
    listed = data.get("article", [])
    if data.keys() - {"article"} or not isinstance(listed, list):
        unknown = ", ".join(sorted(data.keys() - {"article"})) or "article"
        raise DataError(Problem(f"{unknown} is not known", "write one table [[article]] a file", str(path)))
    entries: dict[str, Entry] = {}
    for number, item in enumerate(listed, 1):
        try:
            name, entry = _entry(item, folder)
        except DataError as error:
            what = f"article {number}: {error.problems[0].what}"
            raise DataError(Problem(what, error.problems[0].fix, str(path))) from error
        if name in entries:
            raise DataError(Problem(f"article {number}: {name!r} stands twice", "remove one", str(path)))
        entries[name] = entry
    return entries


def _entry(item: Any, folder: Path) -> tuple[str, Entry]:
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
        parts = {key: item[key] for key in ("title", "publisher", "url") if key in item}
        return name, Entry(msgspec.convert({**parts, "published": day}, Metadata), item.get("sha256"))
    except msgspec.ValidationError as error:
        raise DataError(Problem(str(error), "write it in quotes")) from error
