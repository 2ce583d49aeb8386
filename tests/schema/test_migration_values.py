"""Values that a map states: any form that their type takes, and units that never change their meaning."""

from __future__ import annotations

from typing import Any

import pytest

from goldspan.schema import DataError, Document, Scheme, Span, UsageError, migrate, parse_migration, parse_scheme
from goldspan.schema.migration import word_patterns

TEXT = "The flood killed 300 people."


def scheme(version: int, **labels: Any) -> Scheme:
    tables = {name: {"definition": "-", "fields": {"f": field} if field else {}} for name, field in labels.items()}
    return parse_scheme({"name": "t", "version": version, "labels": tables})


def number(**options: Any) -> dict[str, Any]:
    return {"type": "number", **options}


UNITS = {
    "factors that change": (
        number(units={"km": 1000, "m": 1}),
        number(units={"km": 1, "m": 1000}),
        "values in m would be 1000 km instead of 0.001",
    ),
    "a unit that is left out": (
        number(unit="km"),
        number(),
        "values in km would be read as a number alone",
    ),
    "a unit that is added": (number(), number(unit="m"), "values without a unit would be read as values in m"),
    "another unit": (number(unit="km"), number(unit="m"), "values in km would be read as m"),
    "units of the scheme as those of UCUM": (
        number(units={"a": 100, "ha": 1}),
        number(unit="UCUM"),
        "values in units of the scheme would be read as values in a unit of UCUM",
    ),
    "a unit that digits lose": (number(unit="km"), {"type": "text"}, "values in km would be read as a number alone"),
    "a unit that an interval gets": ({"type": "interval"}, number(unit="m"), "without a unit would be read as values in"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), UNITS.values(), ids=UNITS)
def test_a_unit_never_changes_in_silence(old: Any, new: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_migration({}, scheme(1, A=old, B=None), scheme(2, A=new, B=None))
    back = parse_migration({"labels": {"A": {"fields": {"f": ""}}}}, scheme(1, A=old), scheme(2, A=new))
    assert back.new.ref == "t@2"


def test_factors_that_mean_the_same_may_be_written_otherwise() -> None:
    before = scheme(1, A=number(units={"km": 1000, "m": 1}))
    later = scheme(2, A=number(units={"km": 1, "m": 0.001, "cm": 1e-5}))
    document = Document(id="a", text=TEXT, spans=(before.span(0, 5, "A", f=3.0, f_unit="km"),))
    there = migrate(document, parse_migration({}, before, later)).document
    assert there.spans[0].value == later.value("A", f=3.0, f_unit="km")


CONDITIONS = {
    "an address": ({"type": "wikidata"}, "https://www.wikidata.org/wiki/Q42", "Q42", "Q43"),
    "a prefix": ({"type": "wikidata"}, "wd:q42", "Q42", "Q43"),
    "another unit of time": ({"type": "duration"}, "P7D", "P1W", "P8D"),
    "a truth value": ({"type": "boolean"}, True, True, False),
    "a truth value in quotes": ({"type": "boolean"}, "false", False, True),
    "a number": (number(), 3, 3.0, 4.0),
    "a list of one": ({"type": "choices", "choices": ["a", "b"]}, "a", ["a"], ["a", "b"]),
}


@pytest.mark.parametrize(("kind", "stated", "same", "other"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_holds_of_all_forms_of_a_value(kind: Any, stated: Any, same: Any, other: Any) -> None:
    old, new = scheme(1, A=kind), scheme(2, X=kind, Y=kind)
    migration = parse_migration(
        {"labels": {"A": {"split": [{"to": "X", "where": {"f": stated}}, {"to": "Y"}]}}}, old, new
    )
    document = Document(id="a", text=TEXT, spans=(old.span(0, 3, "A", f=same), old.span(4, 9, "A", f=other)))
    there = migrate(document, migration).document
    assert [span.label for span in there.spans] == ["X", "Y"]
    assert migrate(there, migration.reversed).document == document


def test_a_table_has_the_values_of_any_form() -> None:
    old, new = (
        scheme(1, A={"type": "wikidata"}, B={"type": "duration"}),
        scheme(2, A={"type": "text"}, B={"type": "text"}),
    )
    tables = {"A": {"wd:Q42": "Adams"}, "B": {"P7D": "a week"}}
    lines = {name: {"fields": {"f": {"values": table}}} for name, table in tables.items()}
    migration = parse_migration({"labels": lines}, old, new)
    document = Document(id="a", text=TEXT, spans=(old.span(0, 3, "A", f="Q42"), old.span(4, 9, "B", f="P1W")))
    there = migrate(document, migration).document
    assert [span.value for span in there.spans] == [new.value("A", f="Adams"), new.value("B", f="a week")]
    assert migrate(there, migration.reversed).document == document
    for table, message in (
        ({"wd:Q42": "a", "Q42": "b"}, "'Q42' is there twice"),
        ({"forty-two": "a"}, "'forty-two' is not a value of f"),
    ):
        with pytest.raises(DataError, match=message):
            parse_migration({"labels": {"A": {"fields": {"f": {"values": table}}}}}, old, new)


FIXED = {
    "a truth value": ({"type": "boolean"}, True, {"f": True}),
    "one that is false": ({"type": "boolean"}, False, {"f": False}),
    "a list": ({"type": "choices", "choices": ["a", "b"]}, ["b", "a"], {"f": ["a", "b"]}),
    "a list of one": ({"type": "choices", "choices": ["a", "b"]}, "a", {"f": ["a"]}),
    "a number": (number(), 2, {"f": 2.0}),
    "a number with its unit": (number(units=["km", "m"]), {"f": 2, "f_unit": "km"}, {"f": 2.0, "f_unit": "km"}),
    "money": ({"type": "money"}, {"f": 5.5, "f_currency": "EUR"}, {"f": 5.5, "f_currency": "EUR"}),
    "an interval": ({"type": "interval"}, {"min": 3}, {"min": 3}),
    "an item": ({"type": "wikidata"}, "wd:Q42", {"f": "Q42"}),
}


@pytest.mark.parametrize(("kind", "stated", "value"), FIXED.values(), ids=FIXED)
def test_a_fixed_value_may_have_any_type_and_leads_back(kind: Any, stated: Any, value: dict[str, Any]) -> None:
    old, new = scheme(1, A=None, B=None), scheme(2, C=kind)
    migration = parse_migration({"labels": {"A": {"to": "C", "set": {"f": stated}}, "B": "C"}}, old, new)
    document = Document(id="a", text=TEXT, spans=(old.span(0, 3, "A"), old.span(4, 9, "B")))
    there = migrate(document, migration).document
    assert [span.value for span in there.spans] == [new.value("C", **value), None]
    new_work = Document(id="a", text=TEXT, spans=(new.span(0, 3, "C", **value),))
    assert [span.label for span in migrate(new_work, migration.reversed).document.spans] == ["A"]
    assert migrate(there, migration.reversed).document == document
    last = scheme(3, D=kind)
    whole = migration.then(parse_migration({"labels": {"C": "D"}}, new, last))
    assert [span.value for span in migrate(document, whole).document.spans] == [last.value("D", **value), None]


@pytest.mark.parametrize(
    ("kind", "stated", "message"),
    [
        ({"type": "boolean"}, "maybe", "'maybe' is not a value of C.f. Fix: true or false"),
        ({"type": "choices", "choices": ["a"]}, ["z"], r"\['z'\] is not a value of C.f. Fix: known: a"),
        (number(), True, "true is not a value of C.f. Fix: such as 2.5"),
        (number(), [1], r"\[1\] is not a value"),
        ({"type": "interval"}, 3, r"3 is not a value of C.f. Fix: such as \{ min = "),
        ({"type": "money"}, {"amount": 3}, "is not a value of C.f. Fix: such as"),
    ],
)
def test_a_fixed_value_that_is_none_says_how_it_is_written(kind: Any, stated: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_migration({"labels": {"A": {"to": "C", "set": {"f": stated}}}}, scheme(1, A=None), scheme(2, C=kind))


def test_a_fixed_value_on_which_people_decide_later_makes_no_single_migration() -> None:
    old, new, last = scheme(1, A=None), scheme(2, C={"type": "text"}), scheme(3, D={"type": "edtf"})
    first = parse_migration({"labels": {"A": {"to": "C", "set": {"f": "in May"}}}}, old, new)
    with pytest.raises(UsageError, match="one after the other"):
        first.then(parse_migration({"labels": {"C": "D"}}, new, last))


def by_words(pattern: Any) -> Any:
    lines = [{"to": "X", "words": pattern}, {"to": "Y"}]
    old, new = scheme(1, A=None), scheme(2, X=None, Y=None)
    return parse_migration({"labels": {"A": {"split": lines}}}, old, new)


def test_a_pattern_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_patterns, "SECONDS", 0.01)
    document = Document(id="a", text="a" * 60 + "b now", spans=(Span(0, 61, "A"),))
    with pytest.raises(
        DataError, match=r"document 'a': the pattern \(a\|aa\)\+\$ takes more than 0.01 s for the words 'aa"
    ):
        migrate(document, by_words("(a|aa)+$"))


def test_patterns_are_those_that_schemes_may_have() -> None:
    document = Document(id="a", text=TEXT, spans=(Span(0, 3, "A"), Span(4, 9, "A")))
    there = migrate(document, by_words(r"\p{Lu}")).document
    assert [span.label for span in there.spans] == ["X", "Y"]
    for wrong in ("(", 3, ["a"]):
        with pytest.raises(DataError, match=r"A.split.words: not a regular expression"):
            by_words(wrong)
