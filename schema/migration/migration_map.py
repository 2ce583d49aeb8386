"""Migration maps: what becomes of labels, fields, choices and zone kinds that another scheme does not have.

```toml
[labels]
FLOOD = "HAZARD"                    # renamed; or merged, if several labels become one
RUMOUR = ""                         # set aside: kept in the records, and put back by the reverse

[labels.STRUCK]
to = "PEOPLE"
set = { fate = "struck" }           # fields of the new label that get a fixed value
fields = { number = "count", note = "" }

[labels.STRUCK.fields.severity]
to = "degree"
values = { bad = "severe", odd = "" }

[[labels.DAMAGE.split]]
to = "BUILDINGS"
where = { kind = ["house", "bridge"] }

[[labels.DAMAGE.split]]
to = "CROPS"
words = "(?i)wheat|rice"            # in the span; `around` looks at the words around it too

[[labels.DAMAGE.split]]
to = "OTHER"                        # all others; with several such lines, or with none, people choose

[zones]
stamp = "dateline"
```

What both schemes have under one name stays as it is and needs no line.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import DataError, UsageError
from ..files.toml_document import TomlDocument, parse_toml, read_toml
from ..scheme import Scheme
from .document_migration import Migration, migration_of
from .map_reader import MapReader


def load_migration(path: str | Path, old: Scheme, new: Scheme) -> Migration:
    """Load a migration from the file of its map.

    Raises:
        DataError: The file cannot be read, or does not say what becomes of everything; each problem has its line.
        UsageError: The schemes are the same, or have one name and version.
    """
    return _migration(read_toml(Path(path)), old, new)


def parse_migration(source: str | Mapping[str, Any], old: Scheme, new: Scheme) -> Migration:
    """Parse a migration from TOML, or from a mapping of the same structure; an empty one has nothing renamed.

    Raises:
        DataError: The source is invalid, as in `load_migration`.
        UsageError: As in `load_migration`.

    Examples:
        >>> from goldspan.schema import parse_migration, parse_scheme
        >>> labels = {"FLOOD": {"definition": "A flood."}}
        >>> old = parse_scheme({"name": "disaster", "version": 1, "labels": labels})
        >>> new = parse_scheme({"name": "disaster", "version": 2, "labels": {"WATER": {"definition": "A flood."}}})
        >>> parse_migration({"labels": {"FLOOD": "WATER"}}, old, new).reversed.new.ref
        'disaster@1'
    """
    document = TomlDocument(source) if isinstance(source, Mapping) else parse_toml(source)
    return _migration(document, old, new)


def require_change(old: Scheme, new: Scheme) -> None:
    """Require that two schemes differ in what records may hold, and in name or version.

    Raises:
        UsageError: They do not.
    """
    if old.fingerprint == new.fingerprint and old.ref == new.ref:
        raise UsageError(f"{old.ref} and {new.ref} are the same scheme. Fix: name the one that follows")
    if old.fingerprint == new.fingerprint:
        what = f"{old.ref} and {new.ref} have the same labels, fields and zone kinds, so there is nothing to migrate"
        fix = f"use {new.ref} as it is; `goldspan corpus check` finds what its other rules forbid"
        raise UsageError(f"{what}. Fix: {fix}")
    if old.ref == new.ref:
        raise UsageError(f"both schemes are {old.ref}. Fix: raise the version of the new one")


def _migration(document: TomlDocument, old: Scheme, new: Scheme) -> Migration:
    require_change(old, new)
    reader = MapReader(document, old, new)
    mapping = reader.mapping()
    if reader.problems:
        raise DataError(sorted(reader.problems, key=lambda problem: problem.line))
    return migration_of(mapping)
