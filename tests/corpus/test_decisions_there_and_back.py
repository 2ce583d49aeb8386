"""Decisions about any conflicts, through any change of the scheme: a second run changes nothing, and all comes back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from goldspan.corpus.adjudication.conflicts import find_conflicts
from goldspan.corpus.adjudication.decisions import ConflictLine, format_spans
from goldspan.corpus.migration.decision_migration import migrate_decisions
from goldspan.corpus.migration.record_migration import MigrationTally
from goldspan.schema import Document, Migration

from ..schema.scheme_changes import TEXT, histories, spans_of


@st.composite
def decided(draw: st.DrawFn, migration: Migration) -> list[ConflictLine]:
    layers = {name: Document(id="a", text=TEXT, spans=tuple(draw(spans_of(migration.old)))) for name in ("ann", "ben")}
    lines = []
    for conflict in find_conflicts(layers)[1]:
        readings = {name: format_spans(spans) for name, spans in conflict.readings.items()}
        decision: dict[str, Any] = draw(
            st.sampled_from([{}, {"choose": "ann"}, {"choose": "ben"}, {"spans": readings["ann"]}, {"spans": []}])
        )
        if decision:
            decision = {**decision, "by": "Jo", "reason": "so"}
        lines.append(ConflictLine("a", conflict.start, conflict.end, conflict.kind, readings=readings, **decision))
    return lines


def moved(lines: list[ConflictLine], migration: Migration) -> list[ConflictLine]:
    """Migrate a file of lines; hypothesis tries another example if people have to decide something."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "decisions.jsonl"
        path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        tally = MigrationTally()
        found = list(migrate_decisions(str(path), migration, {}, tally))
    assume(not tally.questions)
    return [msgspec.json.decode(msgspec.json.encode(line), type=ConflictLine) for line in found]


@given(histories(most=2), st.data())
@settings(max_examples=40, deadline=None)
def test_decisions_move_once_and_come_back(history: tuple[list[Migration], Document], data: st.DataObject) -> None:
    migrations, _ = history
    before = data.draw(decided(migrations[0]))
    there = before
    for migration in migrations:
        there = moved(there, migration)
        assert moved(there, migration) == there
        assert all((line.extra or {})["migrations"][-1]["id"] == migration.id for line in there)
    for migration in reversed(migrations):
        there = moved(there, migration.reversed)
    assert there == before
