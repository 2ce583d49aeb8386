"""Metadata of documents among the fields of files of other tools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ....schema import Metadata
from ....schema.records.metadata_checks import metadata_errors

_META = ("title", "published", "publisher", "url", "language")


def utc_time(seconds: Any) -> str | None:
    """Return the time of a number of seconds since 1970, as records have it; None for anything else."""
    if type(seconds) not in (int, float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return None


def split_metadata(fields: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the fields that are metadata of records, and all others that hold anything."""
    meta: dict[str, str] = {}
    extra: dict[str, Any] = {}
    for key, item in fields.items():
        if key in _META and isinstance(item, str) and item and not metadata_errors(Metadata(**{key: item})):
            meta[key] = item
        elif item not in (None, "", [], {}):
            extra[key] = item
    return meta, extra


def metadata_in(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the metadata that the rows of a document have, the first of each kind."""
    meta: dict[str, str] = {}
    for row in rows:
        for key in _META:
            item = row.get(key)
            if isinstance(item, str) and key not in meta and not metadata_errors(Metadata(**{key: item})):
                meta[key] = item
    return meta
