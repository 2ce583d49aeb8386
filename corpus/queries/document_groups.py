"""Groups of documents by a field: slices of scores, strata of samples."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...schema import Document, Metadata, UsageError, did_you_mean

MAX_GROUPS = 1000
"""Largest number of groups of a field: a metric of each is no longer something that somebody reads."""

MISSING = "-"
"""Group of the documents without a value."""

PERIODS = {"month": 7, "year": 4}
"""Periods of publication, and how many characters of the date name one."""

_EXTRA = "extra."
_MAX_EXACT = 2**53  # above it, several whole numbers are one float

_META = tuple(f"meta.{name}" for name in Metadata.__struct_fields__)
GROUPINGS = (*_META, "month", "year", "zone")
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
        if name not in GROUPINGS and not (name.startswith(_EXTRA) and name != _EXTRA):
            known = did_you_mean(name, GROUPINGS)
            raise UsageError(f"documents have no {name!r} to group by: {known}, extra.KEY for a key of `extra`")
        if names.count(name) > 1:
            raise UsageError(f"`by` {name} is given twice. Fix: give it once")
    return names


def grouping(name: str) -> Callable[[Document], str]:
    """Return a function from a document to its group by a field."""
    if name == "zone":
        return lambda document: zone_group(zone.kind for zone in document.zones)
    if name in PERIODS:
        return lambda document: period_group(document.meta.published, name)
    kind, _, key = name.partition(".")
    if kind == "meta":
        return lambda document: text_group(getattr(document.meta, key))
    return lambda document: extra_group(document.extra, key)


def zone_group(kinds: Iterable[str]) -> str:
    """Return the group of a document by the kinds of its zones, which are sorted and joined by `+`."""
    return text_group("+".join(sorted(set(kinds))))


def period_group(published: str | None, period: str) -> str:
    """Return the group of a document by the month of its publication, `YYYY-MM`, or the year."""
    return text_group(published and published[: PERIODS[period]])


def extra_group(extra: Any, key: str) -> str:
    """Return the group of a document by a key of `extra`; text as it is, everything else as JSON.

    The numbers 1 and 1.0 and the text "1" are one group.
    """
    value = extra.get(key) if isinstance(extra, dict) else None
    if value is None or isinstance(value, str):
        return text_group(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < _MAX_EXACT:
        value = int(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def text_group(text: str | None) -> str:
    """Return the group of a text. The text "-" is in quotes, as `-` is the group of missing values."""
    return f'"{MISSING}"' if text == MISSING else text or MISSING


def extra_keys(extras: Iterable[Any], by: Iterable[str]) -> frozenset[str]:
    """Return the keys of the `extra` of documents; none if no field to group by is one."""
    if not any(name.startswith(_EXTRA) for name in by):
        return frozenset()
    return frozenset(key for extra in extras if isinstance(extra, dict) for key in extra)


def check_keys(by: Iterable[str], keys: frozenset[str]) -> None:
    """Check that documents have the keys of `extra` to group them by.

    Raises:
        UsageError: No document has one.
    """
    for name in by:
        key = name.removeprefix(_EXTRA)
        if key != name and key not in keys:
            known = did_you_mean(key, sorted(keys)) if keys else "no document has any key there"
            raise UsageError(f"`by` {name}: no document of the gold has the key {key!r} in `extra`: {known}")


def groups_of(documents: Sequence[Document], by: Iterable[str]) -> dict[str, list[str]]:
    """Return the group of each document, by field."""
    return {name: list(map(grouping(name), documents)) for name in by}
