"""Groups of documents by a field, for slices of scores."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...schema import Document, Metadata, UsageError, did_you_mean

MAX_GROUPS = 1000
"""Largest number of groups of a field: a metric of each is no longer something that somebody reads."""

MISSING = "-"
"""Group of the documents without a value."""

_META = tuple(f"meta.{name}" for name in Metadata.__struct_fields__)
GROUPINGS = (*_META, "month", "zone")
"""What documents can be grouped by, besides `extra.KEY`."""


def checked_groupings(by: Iterable[str]) -> list[str]:
    """Return the fields to group by, if documents can be grouped by each.

    Raises:
        UsageError: A field is unknown, or given twice.
    """
    if isinstance(by, str):
        raise UsageError(f"`by` is a string. Fix: a list, [{by!r}]")
    names = list(by)
    for name in names:
        if name not in GROUPINGS and not (name.startswith("extra.") and name != "extra."):
            known = did_you_mean(name, GROUPINGS)
            raise UsageError(f"documents have no {name!r} to group by: {known}, extra.KEY for a key of `extra`")
        if names.count(name) > 1:
            raise UsageError(f"`by` {name} is given twice. Fix: give it once")
    return names


def grouping(name: str) -> Callable[[Document], str]:
    """Return a function from a document to its group by a field."""
    if name == "zone":
        return lambda document: zone_group(zone.kind for zone in document.zones)
    if name == "month":
        return lambda document: month_group(document.meta.published)
    kind, _, key = name.partition(".")
    if kind == "meta":
        return lambda document: getattr(document.meta, key) or MISSING
    return lambda document: extra_group(document.extra, key)


def zone_group(kinds: Iterable[str]) -> str:
    """Return the group of a document by the kinds of its zones, which are sorted and joined by `+`."""
    return "+".join(sorted(set(kinds))) or MISSING


def month_group(published: str | None) -> str:
    """Return the group of a document by the month of its publication, `YYYY-MM`."""
    return published[:7] if published else MISSING


def extra_group(extra: Any, key: str) -> str:
    """Return the group of a document by a key of `extra`; text as it is, everything else as JSON.

    The number 1 and the text "1" are one group. The text "-" is in quotes, as `-` is the group of missing values.
    """
    value = extra.get(key) if isinstance(extra, dict) else None
    if value is None or value == "":
        return MISSING
    is_name = isinstance(value, str) and value != MISSING
    return value if is_name else json.dumps(value, ensure_ascii=False, sort_keys=True)


def groups_of(documents: Sequence[Document], by: Iterable[str]) -> dict[str, list[str]]:
    """Return the group of each document, by field."""
    return {name: list(map(grouping(name), documents)) for name in by}
