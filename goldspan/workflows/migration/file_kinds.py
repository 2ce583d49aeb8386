"""What the files of an annotation project hold, told by their content."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Literal

from ...corpus.storage.file_io import file_suffix
from ...corpus.storage.json_lines import numbered_lines
from ...corpus.storage.records import JSON_LINES, PARQUET
from ...schema import DataError, UsageError
from ...schema.files.addresses import is_address

FileKind = Literal["records", "decisions", "findings", "plan", "questions", "empty", "other"]

WITHOUT_LABELS: dict[FileKind, str] = {
    "findings": "findings of `corpus check` that were suppressed",
    "plan": "a plan, which names documents and annotators",
    "questions": "questions of a migration",
    "empty": "empty",
    "other": "no annotations",
}
"""Kinds of files that name no label, field or zone kind, so that no migration changes them."""

_EDITIONS = "editions.toml"
_PLAN_KEYS = {"version", "annotators", "documents"}
_TELLING: dict[FileKind, set[str]] = {
    "findings": {"check"},
    "questions": {"answer"},
    "decisions": {"readings", "choose", "spans"},
}
"""Keys that tell apart the files whose lines are about a place in a document, in the order in which they are tried."""
_LARGEST_PLAN = 64 << 20  # bytes


def kind_of(path: Path) -> FileKind:
    """Return what a file holds; what cannot be parsed is of another kind."""
    suffix = file_suffix(path)
    if suffix in PARQUET:
        return "records"
    if suffix not in JSON_LINES:
        return "other"
    try:
        _, first = next(numbered_lines(str(path)), (0, b""))
    except DataError:
        return "other"
    if not first:
        return "empty"
    keys = _keys(first)
    if not keys and path.stat().st_size < _LARGEST_PLAN:
        keys = _keys(path.read_bytes())  # of several lines
    if "spans" in keys and "id" in keys:
        return "records"
    if {"document", "start", "end"} <= keys:
        for kind, telling in _TELLING.items():
            if keys & telling:
                return kind
    return "plan" if keys >= _PLAN_KEYS else "other"


def project_files(source: str) -> dict[str, FileKind] | None:
    """Return the files of the folder of a gold by their paths below it; None if it is not one but a corpus of shards.

    The folder of a gold has passes in a folder of this name, or decisions, suppressed findings or a plan.

    Raises:
        UsageError: It holds published editions, which never change.
    """
    folder = Path(source)
    if is_address(source) or not folder.is_dir():
        return None
    if (folder / _EDITIONS).exists():
        newest = max((item.parent.name for item in folder.glob("*/gold.*")), default="…")
        what = f"{source}: holds published editions, which never change"
        raise UsageError(f"{what}. Fix: name the folder of one, such as {folder / newest}, and write it to a new one")
    files: dict[str, FileKind] = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "_")))
        for name in sorted(names):
            path = Path(parent) / name
            if not name.startswith("."):
                files[path.relative_to(folder).as_posix()] = kind_of(path)
    told = set(files.values()) & {"decisions", "findings", "plan", "questions"}
    return files if told or (folder / "passes").is_dir() else None


def _keys(text: bytes) -> set[str]:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return set()
    return set(parsed) if isinstance(parsed, dict) else set()
