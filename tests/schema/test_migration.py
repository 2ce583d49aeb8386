"""Migrations: what becomes of documents in another scheme, and that nothing is lost on the way there and back."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldspan.schema import (
    Document,
    Migration,
    RecordCodec,
    UsageError,
    migrate,
)

from .scheme_changes import answered, histories, spans_of

MANY = int(__import__("os").environ.get("MIG", "40"))
History = tuple[list[Migration], Document]


def after(document: Document, migration: Migration, *, clashes: bool = True) -> Document:
    """Return what a migration makes of a document, which must be valid in the new scheme."""
    return RecordCodec(migration.new).check(answered(document, migration, clashes=clashes).document)


@given(histories())
@settings(max_examples=MANY, deadline=None)
def test_there_and_back_through_any_changes_is_the_same_document(history: History) -> None:
    migrations, document = history
    there = document = RecordCodec(migrations[0].old).check(document)
    for migration in migrations:
        there = after(there, migration)
        assert there.layer is not None
        assert there.layer.scheme == migration.new.ref
        assert (there.layer.extra or {})["migrations"][-1]["id"] == migration.id
    for migration in reversed(migrations):
        there = after(there, migration.reversed)
    assert there == document


@given(histories(most=1), st.data())
@settings(max_examples=MANY, deadline=None)
def test_what_people_do_in_between_is_there_again_when_the_way_back_is_undone(
    history: History, data: st.DataObject
) -> None:
    [migration], document = history
    there = after(document, migration, clashes=False)
    kept = [span for span in there.spans if data.draw(st.booleans())]
    added = data.draw(spans_of(migration.new, most=2))
    worked = RecordCodec(migration.new).check(replace(there, spans=(*kept, *added)))
    back = after(worked, migration.reversed, clashes=False)
    again = after(back, migration, clashes=False)
    assert places(again) == places(worked)
    ids = [span.id for span in back.spans] + [item["span"]["id"] for item in set_aside(back)]
    assert sorted(map(str, ids)) == sorted(map(str, [*(span.id for span in worked.spans), *set_aside_ids(there)]))


@given(histories(least=2, most=2))
@settings(max_examples=MANY, deadline=None)
def test_two_migrations_in_one_give_what_they_give_one_after_the_other(history: History) -> None:
    migrations, document = history
    first, second = migrations
    try:
        whole = first.then(second)
    except UsageError as error:
        assert "one after the other" in str(error)
        return
    halfway, at_once = migrate(document, first), migrate(document, whole)
    assume(not halfway.questions and not at_once.questions)
    one_by_one = migrate(halfway.document, second)
    assume(not one_by_one.questions)
    assert places(at_once.document) == places(one_by_one.document)
    assert at_once.document.zones == one_by_one.document.zones
    assert RecordCodec(whole.old).check(document) == after(at_once.document, whole.reversed)


def places(document: Document) -> list[tuple[Any, ...]]:
    return sorted((s.start, s.end, s.label, str(s.value), str(s.id)) for s in document.spans)


def set_aside(document: Document) -> list[dict[str, Any]]:
    entries = (document.layer.extra or {}).get("migrations", []) if document.layer else []
    return [item for entry in entries[-1:] for key in ("spans", "remaining") for item in entry.get(key, [])]


def set_aside_ids(document: Document) -> list[Any]:
    return [item["span"]["id"] for item in set_aside(document)]
