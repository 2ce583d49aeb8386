"""Tables of a TOML file, read key by key with the problems of each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import Problem, did_you_mean
from .toml_document import TomlDocument


class TableReader:
    """A reader of tables that collects all problems.

    Attributes:
        document: The document.
        folder: Folder from which paths in the document lead.
        problems: The problems found so far.
    """

    def __init__(self, document: TomlDocument, folder: Path) -> None:
        self.document = document
        self.folder = folder  # from which paths in the scheme lead
        self.problems: list[Problem] = []

    def add_problem(self, path: tuple[str, ...], what: str, fix: str = "") -> None:
        """Add a problem of a key."""
        key = ".".join(path)
        self.problems.append(self.document.problem(path, f"{key}: {what}" if key else what, fix))

    def check_keys(self, table: Mapping[str, Any], known: tuple[str, ...], path: tuple[str, ...]) -> None:
        """Add a problem for each key of a table that is unknown."""
        for key in table:
            if key not in known:
                self.add_problem((*path, key), "unknown key", did_you_mean(key, known))

    def get(self, table: Mapping[str, Any], key: str, kind: type, path: tuple[str, ...], default: Any = None) -> Any:
        """Return the value of a key, checked for its type; a key without a default is required."""
        if key not in table:
            if default is None:
                self.add_problem((*path, key) if path else (key,), "missing", f"add `{key} = …`")
                return kind()
            return default
        value = table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.add_problem((*path, key), f"expected {kind.__name__}, got {type(value).__name__}")
            return kind()
        return value

    def strings(self, table: Mapping[str, Any], key: str, path: tuple[str, ...]) -> tuple[str, ...]:
        """Return the different strings of a key; empty if it is absent."""
        items = self.get(table, key, list, path, [])
        if not all(isinstance(item, str) and item for item in items):
            self.add_problem((*path, key), "expected a list of non-empty strings")
            return ()
        if len(set(items)) < len(items):
            self.add_problem((*path, key), "duplicate entry", "remove one")
        return tuple(items)
