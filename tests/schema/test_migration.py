"""Migrations: what becomes of documents in another scheme, and that nothing is lost on the way there and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldspan.schema import (
    DataError,
    Document,
    Layer,
    Migration,
    RecordCodec,
    Scheme,
    Span,
    UsageError,
    Zone,
    migrate,
    parse_migration,
    parse_scheme,
)
from goldspan.schema.migration.map_draft import draft_map

from .scheme_changes import TEXT, answered, histories, spans_of

MANY = 40
"""Examples of each property; more were tried once."""

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
    names = {span.id for span in there.spans}  # those that were set aside may be given again
    added = [span for span in data.draw(spans_of(migration.new, most=2)) if span.id not in names]
    worked = RecordCodec(migration.new).check(replace(there, spans=(*kept, *added)))
    back = after(worked, migration.reversed, clashes=False)
    again = after(back, migration, clashes=False)
    assert places(again) == places(worked)
    ids = [span.id for span in back.spans]
    assert len(ids) == len(set(ids)) and {span.id for span in worked.spans} <= {*ids, *set_aside_ids(back)}
    assert len(ids) + len(set_aside(back)) == len(worked.spans) + len(set_aside(there))


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


def scheme(version: int, labels: dict[str, Any], *, overlap: bool = False, zones: tuple[str, ...] = ()) -> Scheme:
    tables = {name: {"definition": "-", "fields": fields} for name, fields in labels.items()}
    spans = {"overlap": overlap, "boundaries": "any"}
    kinds = dict.fromkeys(zones, "-")
    return parse_scheme({"name": "t", "version": version, "labels": tables, "zones": kinds, "spans": spans})


def typed(kind: str | list[str]) -> dict[str, Any]:
    return {"f": {"type": "choice", "choices": kind} if isinstance(kind, list) else {"type": kind}}


CONVERTED = {
    "choice to text": (["a", "b"], "text", "f", {"f": "a"}, {"f": "a"}),
    "text to choice by a table": ("text", ["big"], {"values": {"huge": "big"}}, {"f": "huge"}, {"f": "big"}),
    "text to choice as it is": ("text", ["big"], "f", {"f": "big"}, {"f": "big"}),
    "text to choice, which nobody knows": ("text", ["big"], "f", {"f": "so-so"}, ["big"]),
    "a choice without a place": (["a", "b"], ["a"], {"values": {"b": ""}}, {"f": "b"}, None),
    "text to date": ("text", "edtf", "f", {"f": "2024-05"}, {"f": "2024-05"}),
    "text that is no date": ("text", "edtf", "f", {"f": "in May"}, []),
    "date to text": ("edtf", "text", "f", {"f": "2024"}, {"f": "2024"}),
    "interval of a number to text": ("interval", "text", "f", {"min": 7, "max": 7}, {"f": "7"}),
    "interval that is more to text": ("interval", "text", "f", {"min": 7, "max": 9}, []),
    "digits to interval": ("text", "interval", "f", {"f": "7"}, {"min": 7, "max": 7, "approx": False}),
    "words to interval": ("text", "interval", "f", {"f": "07"}, []),
    "identifier to countries": ("identifier", "text", "f", {"f": "IRQ"}, {"f": "IRQ"}),
}


@pytest.mark.parametrize(("old", "new", "line", "value", "expected"), CONVERTED.values(), ids=CONVERTED)
def test_a_value_keeps_all_that_it_says_or_is_asked_about(
    old: Any, new: Any, line: Any, value: dict[str, Any], expected: Any
) -> None:
    before, later = scheme(1, {"A": typed(old)}), scheme(2, {"A": typed(new)})
    migration = parse_migration({"labels": {"A": {"fields": {"f": line}}}}, before, later)
    document = RecordCodec(before).check(Document(id="a", text=TEXT, spans=(before.span(0, 5, "A", **value),)))
    migrated = migrate(document, migration)
    if isinstance(expected, list):
        [question] = migrated.questions
        assert (question.field, list(question.options)) == ("A.f", expected)
        with pytest.raises(DataError, match="is not a valid value"):
            migrate(document, migration, {question.key: {"nope": 1}})
        aside = migrate(document, migration, {question.key: ""}).document
        assert aside.spans[0].value is None
        assert migrate(aside, migration.reversed).document == document
    else:
        assert migrated.document.spans[0].value == (None if expected is None else later.value("A", **expected))
        assert migrate(migrated.document, migration.reversed).document == document


KM, KM_M, KM_MI = ({"unit": "km"}, {"units": ["km", "m"]}, {"units": {"km": 1000, "mi": 1609}})
UNITS = {
    "one unit, then stated": (KM, KM_M, {"f": 5.0}, {"f": 5.0, "f_unit": "km"}),
    "stated, then more units": ({"units": ["km"]}, KM_M, {"f": 5.0, "f_unit": "km"}, {"f": 5.0, "f_unit": "km"}),
    "only one stated, then of all": ({"units": ["km"]}, KM, {"f": 5.0, "f_unit": "km"}, {"f": 5.0}),
    "a unit without a place": (KM_MI, KM_M, {}, "the unit mi has no place in it"),
    "units of all": (KM_MI, KM, {}, "the unit mi has no place in it"),
    "another unit": (KM, {"unit": "m"}, {}, "values in km would be read as m"),
    "a unit that is lost": (KM_M, {}, {}, "values would lose their unit"),
    "no unit": ({}, KM_M, {}, "values have no unit, and need one in it"),
}


@pytest.mark.parametrize(("old", "new", "value", "expected"), UNITS.values(), ids=UNITS)
def test_units_are_kept_or_told_of(old: Any, new: Any, value: dict[str, Any], expected: Any) -> None:
    before, later = (scheme(n, {"A": {"f": {"type": "number", **kind}}}) for n, kind in enumerate((old, new), 1))
    if isinstance(expected, str):
        with pytest.raises(DataError, match=expected):
            parse_migration({}, before, later)
        return
    migration = parse_migration({}, before, later)
    document = RecordCodec(before).check(Document(id="a", text=TEXT, spans=(before.span(0, 5, "A", **value),)))
    migrated = migrate(document, migration).document
    assert migrated.spans[0].value == later.value("A", **expected)
    assert migrate(migrated, migration.reversed).document == document


def test_words_decide_where_a_label_is_split_and_people_where_there_are_none() -> None:
    old, new = scheme(1, {"A": {}}), scheme(2, {"B": {}, "C": {}, "D": {}})
    lines = [{"to": "B", "words": "(?i)^ahmad"}, {"to": "C", "around": "300"}, {"to": "D"}]
    migration = parse_migration({"labels": {"A": {"split": lines}}}, old, new)
    spans = (Span(0, 5, "A"), Span(27, 30, "A"), Span(0, 10, "A"), Span(11, 16, "A"))
    there = migrate(Document(id="a", text="Ahmad, " + TEXT * 9, spans=spans[:1] + spans[3:]), migration)
    assert [span.label for span in there.document.spans] == ["B", "C"]
    bare = Document(id="a", text_sha256="0" * 64, text_length=99, spans=spans[:1])
    [question] = migrate(bare, migration).questions
    assert question.options == ("B", "C", "D") and question.context is None
    far = Document(id="a", text="x" * 200, spans=(Span(100, 105, "A"),))
    assert migrate(far, migration).document.spans[0].label == "D"
    back = migrate(there.document, migration.reversed)
    assert [span.label for span in back.document.spans] == ["A", "A"] and back.document.layer is None


def test_spans_that_the_new_scheme_does_not_allow_together_are_listed_and_never_dropped() -> None:
    old, new = scheme(1, {"A": {}, "B": {}}, overlap=True), scheme(2, {"C": {}})
    migration = parse_migration({"labels": {"A": "C", "B": "C"}}, old, new)
    document = RecordCodec(old).check(
        Document(id="a", text=TEXT, spans=(Span(0, 5, "A"), Span(0, 5, "B"), Span(3, 9, "B")))
    )
    [question] = migrate(document, migration).questions
    assert question.context == "[Ahmad fle]d Idlib on 5 May with 300 others, and 20 died."
    for answer, message in (([1, 2], "clash with each other"), ([4], "not numbers from 1 to 3"), ("C", "not numbers")):
        with pytest.raises(DataError, match=message):
            migrate(document, migration, {question.key: answer})
    there = migrate(document, migration, {question.key: [2]}).document
    assert [(span.start, span.end, span.label) for span in there.spans] == [(0, 5, "C")]
    assert migrate(there, migration.reversed).document == document


def test_new_work_goes_back_by_the_map_and_what_is_not_clear_is_asked() -> None:
    old, new = scheme(1, {"A": {}, "B": {}}, zones=("x", "y")), scheme(2, {"C": {}, "NEW": {}}, zones=("z",))
    migration = parse_migration({"labels": {"A": "C", "B": "C"}, "zones": {"x": "z", "y": "z"}}, old, new)
    document = Document(id="a", text=TEXT, spans=(Span(6, 9, "NEW"), Span(11, 16, "C")), zones=(Zone(0, 3, "z"),))
    questions = migrate(document, migration.reversed).questions
    assert [(question.kind, question.options) for question in questions] == [
        ("label", ("A", "B")),
        ("zone", ("x", "y")),
    ]
    answers = {question.key: question.options[1] for question in questions}
    back = migrate(document, migration.reversed, answers).document
    assert [span.label for span in back.spans] == ["B"]
    assert [zone.kind for zone in back.zones] == ["y"]
    assert migrate(back, migration).document == document


BROKEN = {
    "nothing about a label": ({}, "labels: the label B has no place in t@2"),
    "a label that is not there": ({"labels": {"B": "X"}}, "labels.B: t@2 has no label 'X'"),
    "an old label that is not there": (
        {"labels": {"B": "A", "BB": "A"}},
        "t@1 has no label 'BB'. Fix: did you mean 'B'",
    ),
    "undecided": ({"labels": {"B": "?"}}, "labels.B: is not decided yet. Fix: known: A"),
    "a field without a place": ({"labels": {"B": {"to": "A"}}}, "labels.B.fields.g: B.g has no place in A"),
    "two fields into one": (
        {"labels": {"B": {"to": "A", "fields": {"g": "f", "h": "f"}}}},
        "A.f would get the values of g and h",
    ),
    "a choice without a place": (
        {"labels": {"B": {"to": "A", "fields": {"g": "", "h": "f"}}}},
        "B.h as A.f: the choice has no place in it: 'q'",
    ),
    "a loss": (
        {"labels": {"B": {"to": "A", "fields": {"h": "", "g": "f"}}}},
        "coordinates cannot become choice without loss",
    ),
    "a pattern that is none": (
        {"labels": {"B": {"split": [{"to": "", "words": "("}]}}},
        "labels.B.split.words: not a regular expression",
    ),
    "an empty split": ({"labels": {"B": {"split": []}}}, "labels.B.split: expected a list"),
    "a key that is not known": ({"labels": {"B": {"too": "A"}}}, "labels.B.too: unknown key. Fix: did you mean 'to'"),
    "no table": ({"labels": "B"}, "labels: expected a table"),
    "a number": ({"labels": {"B": 3}}, "labels.B: expected the name of a label in quotes"),
    "a wrong constant": ({"labels": {"B": {"to": "A", "set": {"f": "zz"}}}}, "'zz' is not a value of A.f"),
    "a condition on two keys": (
        {"labels": {"B": {"split": [{"to": "", "where": {"g": "x"}}]}}},
        "B has no field 'g' with a single key",
    ),
}


@pytest.mark.parametrize(("lines", "message"), BROKEN.values(), ids=BROKEN)
def test_a_map_that_leaves_something_open_is_refused(lines: dict[str, Any], message: str) -> None:
    old = scheme(1, {"A": typed(["p"]), "B": {"g": {"type": "coordinates"}, "h": {"type": "choice", "choices": ["q"]}}})
    with pytest.raises(DataError) as refused:
        parse_migration(lines, old, scheme(2, {"A": typed(["p"])}))
    assert message in str(refused.value)


def test_what_a_migration_left_must_not_be_changed() -> None:
    old, new = scheme(1, {"A": {}, "B": {}}), scheme(2, {"C": {}})
    migration = parse_migration({"labels": {"A": "C", "B": ""}}, old, new)
    there = migrate(Document(id="a", text=TEXT, spans=(Span(0, 5, "B"),)), migration).document
    assert there.layer is not None
    broken: list[dict[str, Any]] = [{"migrations": 3}, {"migrations": [{"id": 5}]}]
    entry = (there.layer.extra or {})["migrations"][0]
    broken += [{"migrations": [{**entry, "spans": [{"index": 0, "span": {"start": 0, "end": 5, "label": "X"}}]}]}]
    for extra in broken:
        with pytest.raises(DataError, match=r"extra.migrations"):
            migrate(replace(there, layer=replace(there.layer, extra=extra)), migration.reversed)
    unrelated = Document(id="a", text=TEXT, spans=(), layer=Layer(extra={"migrations": []}))
    assert migrate(unrelated, migration).document.layer is not None


def test_schemes_that_do_not_differ_are_refused() -> None:
    with pytest.raises(UsageError, match="nothing to migrate"):
        parse_migration({}, scheme(1, {"A": {}}), scheme(2, {"A": {}}))
    with pytest.raises(UsageError, match="raise the version"):
        parse_migration({"labels": {"A": "B"}}, scheme(1, {"A": {}}), scheme(1, {"B": {}}))


@given(histories(most=1))
@settings(max_examples=MANY, deadline=None)
def test_a_draft_is_a_map_once_it_is_decided(history: History) -> None:
    migration = history[0][0]
    draft = draft_map(migration.old, migration.new)
    try:
        parse_migration(draft, migration.old, migration.new)
    except DataError as error:
        assert all("is not decided yet" in problem.what for problem in error.problems), draft
    parse_migration(draft.replace('"?"', '""'), migration.old, migration.new)
