"""The value types for any field, over one table of them: values, errors, agreement, options."""

from __future__ import annotations

import json
import pickle
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.schema import (
    DataError,
    DependencyError,
    RecordCodec,
    Scheme,
    load_scheme,
    parse_scheme,
    record_json_schema,
    save_scheme,
    scheme_changes,
    value_text,
)
from goldspan.schema.files.scheme_writer import scheme_toml

from ..conftest import record, span
from .value_kinds import ALL_KINDS, KINDS, Parts, it, parts_of, scheme_of, scheme_with

VALID = [(name, case) for name, kind in KINDS.items() for case in kind.valid]
WRONG = [(name, *case) for name, kind in KINDS.items() for case in kind.wrong]
PAIRS = [(name, *pair, True) for name, kind in KINDS.items() for pair in kind.same]
PAIRS += [(name, *pair, False) for name, kind in KINDS.items() for pair in kind.different]


def known(value: Any) -> Parts:
    return {name: part for name, part in json.loads(json.dumps(value)).items() if part is not None}


@pytest.mark.parametrize(("name", "case"), VALID)
def test_a_valid_value_is_held_in_one_form(name: str, case: Parts | tuple[Parts, Parts]) -> None:
    stated, held = case if isinstance(case, tuple) else (case, case)
    scheme = scheme_of(name)
    codec = RecordCodec(scheme)
    item = record(spans=[span(0, 4, "A", stated)])
    jsonschema.Draft202012Validator(record_json_schema(scheme)).validate(item)
    document = codec.decode(json.dumps(item).encode())
    assert codec.from_mapping(item) == document
    [found] = json.loads(codec.encode(document))["spans"]
    assert known(found["value"]) == known(held)
    value = scheme.value("A", **stated)
    assert document.spans[0].value == value == pickle.loads(pickle.dumps(value))
    assert hash(value) == hash(document.spans[0].value) and value_text(value) != "unknown"


@pytest.mark.parametrize(("name", "parts", "what", "fix"), WRONG)
def test_a_wrong_value_is_told_with_what_would_be_right(name: str, parts: Parts, what: str, fix: str) -> None:
    scheme = scheme_of(name)
    with pytest.raises(DataError) as made:
        scheme.value("A", **parts)
    [problem] = made.value.problems
    assert what in problem.what and fix in problem.fix
    item = record(spans=[span(0, 4, "A", parts)])
    if all(part == part and part not in (float("inf"),) for part in parts.values()):  # JSON has neither
        with pytest.raises(DataError) as read:
            RecordCodec(scheme).decode(json.dumps(item).encode())
        assert what in str(read.value)
        validator = jsonschema.Draft202012Validator(record_json_schema(scheme))
        beyond = "listed twice" in what or "UCUM" in what or "\n" in str(parts["it"])  # which $ of Python does not mind
        assert beyond or not validator.is_valid(item)


@pytest.mark.parametrize(("name", "a", "b", "expected"), PAIRS)
def test_two_values_agree_or_not(name: str, a: Parts, b: Parts, expected: bool) -> None:
    scheme = scheme_of(name)
    one, other = scheme.value("A", **a), scheme.value("A", **b)
    assert scheme.label("A").same(one, other) is scheme.label("A").same(other, one) is expected


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_values_of_all_types_come_back_from_a_record_and_agree_with_themselves(data: st.DataObject) -> None:
    label = ALL_KINDS.label("A")
    parts = {name: part for item in label.fields.values() for name, part in data.draw(parts_of(item)).items()}
    value = ALL_KINDS.value("A", **parts)
    codec = RecordCodec(ALL_KINDS)
    document = codec.from_mapping(record(spans=[span(0, 4, "A", parts)]))
    assert codec.decode(codec.encode(document)).spans[0].value == value
    assert label.same(value, value)
    for item in label.fields.values() if value is not None else ():
        amount = item.type.amount(*item.parts(value))
        assert amount is None or amount[1] == amount[1]


@pytest.mark.parametrize("name", KINDS)
def test_a_type_is_the_same_after_writing_and_reading(name: str, tmp_path: Any) -> None:
    scheme = scheme_of(name)
    assert parse_scheme(scheme_toml(scheme)) == scheme == pickle.loads(pickle.dumps(scheme))
    save_scheme(scheme, tmp_path / "scheme.toml")
    assert load_scheme(tmp_path / "scheme.toml").fingerprint == scheme.fingerprint


def test_several_fields_of_a_type_have_keys_of_their_own() -> None:
    scheme = scheme_with({"loss": {"type": "money"}, "aid": {"type": "money"}})
    value = scheme.value("A", loss=5.0, loss_currency="EUR", aid=3.0, aid_currency="USD")
    assert value_text(value) == "loss 5 EUR, aid 3 USD"


OPTIONS: dict[str, tuple[Parts, str]] = {
    "limits": ({"type": "number", "min": 3, "max": 2}, "labels.A.fields.it: `min` 3 is greater than `max` 2"),
    "limit": ({"type": "number", "min": "3"}, "`min`: expected `float`, got `str`. Fix: write a number"),
    "nan": ({"type": "number", "min": float("nan")}, "`min` and `max` must be numbers"),
    "unit and units": ({"type": "number", "unit": "km", "units": ["m"]}, "has both `unit` and `units`"),
    "UCUM in small letters": ({"type": "number", "unit": "ucum"}, "'ucum' is written 'UCUM'"),
    "no unit of UCUM": ({"type": "number", "unit": "UCUM", "units": ["hours"]}, "'hours' is not a unit of UCUM. Fix: write 'h'"),
    "UCUM with factors": ({"type": "number", "unit": "UCUM", "units": {"km": 1000}}, "`units` has factors, and UCUM has its own"),
    "UCUM as a unit": ({"type": "number", "units": ["UCUM"]}, "'UCUM' is not a unit, but the code of all units. Fix: write unit = \"UCUM\""),
    "UCUM with a factor": ({"type": "number", "units": {"ucum": 1}}, "'ucum' is not a unit, but the code of all units"),
    "UCUM twice": ({"type": "number", "unit": "UCUM", "units": ["UCUM"]}, "'UCUM' is not a unit, but the code of all units"),
    "factor 0": ({"type": "number", "units": {"km": 0}}, "a factor must be greater than 0"),
    "factor": ({"type": "number", "units": {"km": "many"}}, "a factor is not a number"),
    "units": ({"type": "number", "units": "km"}, "expected a list of units, or a table of their factors"),
    "unit twice": ({"type": "number", "units": ["km", "km"]}, "an empty or a duplicate unit"),
    "currency": ({"type": "money", "currencies": ["EURO"]}, "'EURO' is not a currency of ISO 4217. Fix: did you mean 'EUR'?"),
    "currency twice": ({"type": "money", "currencies": ["EUR", "EUR"]}, "a duplicate currency"),
    "no choices": ({"type": "choices"}, "`choices` is missing"),
    "empty choices": ({"type": "choices", "choices": []}, "`choices` must be a list of different strings"),
    "option": ({"type": "duration", "unit": "days"}, "labels.A.fields.it.unit: unknown key"),
    "type": ({"type": "bool"}, "unknown value type 'bool'. Fix: use 'boolean'"),
    "key twice": ({"type": "money"}, "uses the key 'it_currency', which 'it_currency' already uses"),
}  # fmt: skip


@pytest.mark.parametrize("name", OPTIONS)
def test_a_wrong_option_is_told_at_its_field(name: str) -> None:
    options, message = OPTIONS[name]
    others = {"it_currency": {"type": "text"}} if name == "key twice" else {}
    with pytest.raises(DataError) as raised:
        scheme_with({**others, "it": options})
    assert message in str(raised.value)


def test_a_change_of_a_type_is_told() -> None:
    old, new = scheme_of("number, units in a list"), scheme_of("number, units with factors")
    told = "A.it changed from a number in km, m to a number in km (1000), m (1), mi (1609.34)"
    assert scheme_changes(old, new) == [told]
    assert scheme_changes(scheme_of("boolean"), scheme_of("choices"))[0].endswith(
        "to one or several of water, power, a, b, c|d, вода"
    )


def test_the_order_of_choices_units_and_currencies_is_not_part_of_the_fingerprint() -> None:
    def fingerprints(options: Parts, name: str, turned: Any) -> set[str]:
        return {scheme_with({"it": {**options, name: part}}).fingerprint for part in (options[name], turned)}

    assert len(fingerprints({"type": "choices", "choices": ["a", "b"]}, "choices", ["b", "a"])) == 1
    assert len(fingerprints({"type": "money", "currencies": ["EUR", "USD"]}, "currencies", ["USD", "EUR"])) == 1
    assert len(fingerprints({"type": "number", "units": {"a": 1, "b": 2}}, "units", {"b": 2, "a": 1})) == 1
    assert len(fingerprints({"type": "number", "units": {"a": 1, "b": 2}}, "units", {"b": 3, "a": 1})) == 2


def test_values_are_shown_on_one_line() -> None:
    scheme: Scheme = scheme_with(
        {"n": {"type": "number", "unit": "km"}, "b": {"type": "boolean"}, "c": KINDS["choices"].options}
    )
    assert value_text(scheme.value("A", n=3.0, b=False, c=["water", "power"])) == "n 3 km, b no, c power, water"
    assert value_text(scheme_of("money").value("A", **it(None, currency="EUR"))) == "it EUR"


def test_a_scheme_with_units_of_ucum_says_what_to_install_and_others_need_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("goldspan.schema.extras._is_there", lambda module: module != "ucumvert")
    with pytest.raises(
        DependencyError, match=r"needs ucumvert, which is not installed. Fix: pip install 'goldspan\[units\]'"
    ):
        scheme_with({"it": {"type": "number", "unit": "UCUM"}})
    assert scheme_of("number, units with factors").value("A", it=1.0, it_unit="km")
