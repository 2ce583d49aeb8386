"""Migrations of what people changed in between: the way back follows what spans are now."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldspan.schema import Document, Migration, RecordCodec, Scheme, Span, migrate, parse_migration, parse_scheme

from .scheme_changes import TEXT, answered, histories, values_of

History = tuple[list[Migration], Document]


def scheme(version: int, labels: dict[str, Any]) -> Scheme:
    tables = {name: {"definition": "-", "fields": fields} for name, fields in labels.items()}
    return parse_scheme({"name": "t", "version": version, "labels": tables})


def choice(*names: str) -> dict[str, Any]:
    return {"type": "choice", "choices": list(names)}


OLD = scheme(
    1,
    {
        "FLOOD": {"size": choice("big", "huge", "small")},
        "STORM": {},
        "STRUCK": {"number": {"type": "interval"}, "fate": choice("dead", "hurt", "other")},
    },
)
NEW = scheme(
    2,
    {
        "HAZARD": {"type": choice("flood", "storm"), "size": choice("large", "small")},
        "KILLED": {"number": {"type": "interval"}},
        "INJURED": {"number": {"type": "interval"}},
    },
)
MIGRATION = parse_migration(
    {
        "labels": {
            "STORM": {"to": "HAZARD", "set": {"type": "storm"}},
            "FLOOD": {
                "to": "HAZARD",
                "set": {"type": "flood"},
                "fields": {"size": {"values": {"big": "large", "huge": "large"}}},
            },
            "STRUCK": {
                "split": [
                    {"to": "KILLED", "where": {"fate": "dead"}},
                    {"to": "INJURED", "where": {"fate": "hurt"}},
                ]
            },
        }
    },
    OLD,
    NEW,
)


def edited(document: Document, scheme: Scheme, label: str, **value: Any) -> Document:
    """Return a document whose first span has another label and value."""
    first = replace(document.spans[0], label=label, value=scheme.value(label, **value))
    return replace(document, spans=(first, *document.spans[1:]))


def flood() -> Document:
    return migrate(Document(id="a", text=TEXT, spans=(OLD.span(0, 5, "FLOOD", size="huge"),)), MIGRATION).document


def test_a_changed_part_that_tells_the_ways_apart_decides_the_way_back() -> None:
    storm = migrate(edited(flood(), NEW, "HAZARD", type="storm", size="large"), MIGRATION.reversed)
    assert [span.label for span in storm.document.spans] == ["STORM"] and not storm.questions
    again = migrate(storm.document, MIGRATION).document
    assert again.spans[0].value == NEW.value("HAZARD", type="storm", size="large")
    unknown = edited(flood(), NEW, "HAZARD", size="large")
    [question] = migrate(unknown, MIGRATION.reversed).questions
    assert question.options == ("FLOOD", "STORM")
    back = migrate(unknown, MIGRATION.reversed, {question.key: "FLOOD"}).document
    assert back.spans[0].value == OLD.value("FLOOD", size="huge")  # which was not changed


def test_a_changed_part_goes_forward_again_by_the_rules() -> None:
    kept = edited(flood(), NEW, "HAZARD", type="flood", size="small")
    assert migrate(kept, MIGRATION.reversed).document.spans[0].value == OLD.value("FLOOD", size="small")
    killed = Document(id="a", text=TEXT, spans=(OLD.span(0, 5, "STRUCK", min=20, max=20),))
    [question] = migrate(killed, MIGRATION).questions
    there = migrate(killed, MIGRATION, {question.key: "KILLED"}).document
    back = migrate(edited(there, NEW, "KILLED", min=25, max=25), MIGRATION.reversed).document
    assert back.spans[0].value == OLD.value("STRUCK", min=25, max=25)
    hurt = edited(back, OLD, "STRUCK", min=25, max=25, fate="hurt")
    assert [span.label for span in migrate(hurt, MIGRATION).document.spans] == ["INJURED"]


def test_what_a_span_was_is_forgotten_once_it_went_another_way() -> None:
    document = Document(id="a", text=TEXT, spans=(OLD.span(0, 5, "STRUCK", min=20, max=20),))
    [question] = migrate(document, MIGRATION).questions
    there = migrate(document, MIGRATION, {question.key: "KILLED"}).document
    back = migrate(edited(there, NEW, "INJURED", min=20, max=20), MIGRATION.reversed).document
    assert back.spans[0].value == OLD.value("STRUCK", min=20, max=20, fate="hurt")
    assert back.spans[0].extra is None
    again = edited(migrate(back, MIGRATION).document, NEW, "KILLED", min=20, max=20)
    assert migrate(again, MIGRATION.reversed).document.spans[0].value == OLD.value(
        "STRUCK", min=20, max=20, fate="dead"
    )


@pytest.mark.parametrize("fate", ["dead", "hurt"])
def test_a_migration_that_is_repeated_is_undone_run_by_run(fate: str) -> None:
    other = parse_migration({"labels": {"HAZARD": "", "KILLED": "STRUCK", "INJURED": "STRUCK"}}, NEW, OLD)
    document = Document(id="a", text=TEXT, spans=(OLD.span(0, 5, "STRUCK", min=20, max=20),))
    [question] = migrate(document, MIGRATION).questions
    once = migrate(document, MIGRATION, {question.key: "KILLED"}).document
    between = edited(migrate(once, other).document, OLD, "STRUCK", min=20, max=20, fate=fate)
    twice = migrate(between, MIGRATION).document
    assert migrate(twice, MIGRATION.reversed).document == between


def test_a_span_that_is_put_back_shares_its_id_with_no_other() -> None:
    old, new = scheme(1, {"A": {}, "B": {}}), scheme(2, {"A": {}})
    migration = parse_migration({"labels": {"B": ""}}, old, new)
    spans = (Span(0, 2, "B", id="s1"), Span(3, 5, "B", id="s2"), Span(6, 8, "A"))
    there = migrate(Document(id="a", text=TEXT, spans=spans), migration).document
    worked = replace(there, spans=(*there.spans, Span(9, 12, "A", id="s1"), Span(13, 15, "A", id="s1-2")))
    back = migrate(worked, migration.reversed).document
    assert [span.id for span in back.spans] == ["s1-3", "s2", None, "s1", "s1-2"]
    again = migrate(migrate(back, migration).document, migration.reversed).document
    assert again == back


@given(histories(most=1), st.data())
@settings(max_examples=40, deadline=None)
def test_a_changed_value_is_there_again_when_the_way_back_is_undone(history: History, data: st.DataObject) -> None:
    [migration], document = history
    there = answered(document, migration, clashes=False).document
    spans = [
        replace(span, value=data.draw(values_of(migration.new, span.label))) if data.draw(st.booleans()) else span
        for span in there.spans
    ]
    worked = RecordCodec(migration.new).check(replace(there, spans=tuple(spans)))
    back = RecordCodec(migration.old).check(answered(worked, migration.reversed, clashes=False).document)
    again = RecordCodec(migration.new).check(answered(back, migration, clashes=False).document)
    assert places(again.spans) == places(worked.spans)


def places(spans: tuple[Span, ...]) -> list[tuple[Any, ...]]:
    return sorted((s.start, s.end, s.label, str(s.value), str(s.id)) for s in spans)
