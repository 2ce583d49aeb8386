"""Notes of migrations in the meta of regions, which the page keeps: what a span was, and what of it is unread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ....schema.migration.history import KEY
from .region_values import ResultProblem

_META = "goldspan"

Result = dict[str, Any]


class MigrationNote(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What migrations left in a region.

    Attributes:
        migrations: What the span was, as under `extra.migrations` of a span.
        unread: What could not be read, with the reasons.
        overruled: Answers that another answer overruled.
        fields: Answers to fields of other labels.
    """

    migrations: list[Any] = []
    unread: list[ResultProblem] = []
    overruled: list[ResultProblem] = []
    fields: list[Result] = []

    @property
    def extra(self) -> dict[str, Any] | None:
        """What belongs under `extra` of the span."""
        return {KEY: self.migrations} if self.migrations else None


_NOTHING = MigrationNote()


def migration_note(mark: Mapping[str, Any]) -> MigrationNote:
    """Return what migrations left in the mark of a region; what is not theirs counts as nothing."""
    meta = mark.get("meta")
    if not isinstance(meta, dict) or _META not in meta:
        return _NOTHING
    try:
        return msgspec.convert(meta[_META], MigrationNote)
    except msgspec.ValidationError:
        return _NOTHING


def without_note(result: Mapping[str, Any]) -> Result:
    """Return a result without the notes of migrations."""
    meta = result.get("meta")
    if not isinstance(meta, dict) or migration_note(result) is _NOTHING:
        return dict(result)
    rest = {key: item for key, item in meta.items() if key != _META}
    return {key: item for key, item in result.items() if key != "meta"} | ({"meta": rest} if rest else {})


def with_note(mark: Result, note: MigrationNote) -> Result:
    """Return a mark with another note of migrations in place of the one that it has."""
    bare = without_note(mark)
    data = msgspec.to_builtins(note)
    return bare | ({"meta": {**bare.get("meta", {}), _META: data}} if data else {})
