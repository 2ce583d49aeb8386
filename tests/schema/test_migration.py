"""Migrations: what becomes of documents in another scheme, and that nothing is lost on the way there and back."""

from __future__ import annotations

from hypothesis import given, settings

from goldspan.schema import Document, Migration, RecordCodec

from .scheme_changes import answered, histories


@given(histories())
@settings(max_examples=150, deadline=None)
def test_there_and_back_through_any_changes_is_the_same_document(history: tuple[list[Migration], Document]) -> None:
    migrations, document = history
    there = document = RecordCodec(migrations[0].old).check(document)
    for migration in migrations:
        there = RecordCodec(migration.new).check(answered(there, migration).document)
    for migration in reversed(migrations):
        there = RecordCodec(migration.old).check(answered(there, migration.reversed).document)
    assert there == document
