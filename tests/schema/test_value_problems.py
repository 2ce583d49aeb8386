"""What is said about a value that is wrong: the keys, the choices, or an example, wherever the value comes from."""

from __future__ import annotations

from typing import Any

import pytest

from goldspan.schema import VALUE_TYPES, DataError, RecordCodec, Scheme, parse_scheme

from ..conftest import record, span
from .value_kinds import KINDS

FILE = """
name = "every-type"
version = 1
title = "T"
description = "D."

[zones]
url = "U."

[labels.CHOICE]
definition = "C."
[labels.CHOICE.fields.kind]
type = "choice"
choices = ["state", "media"]

[labels.COUNTRY]
definition = "C."
[labels.COUNTRY.fields.country]
type = "identifier"
authority = "iso-3166-1"

[labels.NAME]
definition = "N."
[labels.NAME.fields.id]
type = "identifier"

[labels.COUNT]
definition = "C."
[labels.COUNT.fields.number]
type = "interval"

[labels.DATE]
definition = "D."
[labels.DATE.fields.edtf]
type = "edtf"

[labels.POINT]
definition = "P."
[labels.POINT.fields.at]
type = "coordinates"

[labels.REMARK]
definition = "R."
[labels.REMARK.fields.words]
type = "text"

[labels.BARE]
definition = "B."
"""

WRONG: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "choice, no such": ("CHOICE", {"kind": "stat"}, "`kind`: unknown value 'stat'", "did you mean 'state'? known: media"),
    "choice, type": ("CHOICE", {"kind": 3}, "`kind`: expected `str", 'write "kind": "state", for example'),
    "choice, key": ("CHOICE", {"knd": "state"}, "has an unknown key `knd`", "did you mean 'kind'? known: kind"),
    "country, no such": ("COUNTRY", {"country": "IRX"}, "`country`: unknown value 'IRX'", "did you mean '"),
    "country, nothing like it": ("COUNTRY", {"country": "?"}, "unknown value '?'", 'such as "IRQ", or null if it is unknown'),
    "identifier, empty": ("NAME", {"id": ""}, "`id`: expected `str` of length >= 1", 'write "id": "an-id"'),
    "interval, below 0": ("COUNT", {"min": -1}, "`min`: expected `int` >= 0", 'write "min": 12'),
    "interval, type": ("COUNT", {"max": "many"}, "`max`: expected `int | null`, got `str`", 'write "max": 24'),
    "interval, flag": ("COUNT", {"approx": "yes"}, "`approx`: expected `bool | null`", 'write "approx": true'),
    "interval, contradiction": ("COUNT", {"min": 5, "max": 2}, "min 5 is greater than max 2", "correct the value"),
    "interval, key": ("COUNT", {"minimum": 1}, "unknown key `minimum`", "known: approx, max, min"),
    "edtf, no date": ("DATE", {"edtf": "soon"}, "'soon'", "write YYYY, YYYY-MM or YYYY-MM-DD"),
    "edtf, type": ("DATE", {"edtf": 2023}, "`edtf`: expected `str | null`, got `int`", 'write "edtf": "2023-11-07"'),
    "coordinates, range": ("POINT", {"lat": 91.0, "lon": 0}, "`lat`: expected `float` <= 90.0", 'write "lat": 33.3'),
    "coordinates, one": ("POINT", {"lat": 9.0}, "lat and lon must be given together", "correct the value"),
    "text, type": ("REMARK", {"words": ["a"]}, "`words`: expected `str | null`, got `array`", 'write "words": "some words"'),
    "no value, key": ("BARE", {"kind": "state"}, "unknown key `kind`", "BARE takes no value"),
}  # fmt: skip


@pytest.fixture(scope="module")
def every_type() -> Scheme:
    return parse_scheme(FILE)


def test_the_table_has_every_value_type_that_the_other_table_lacks(every_type: Scheme) -> None:
    types = {item.type.name: label for label in every_type.labels.values() for item in label.fields.values()}
    assert types.keys() == VALUE_TYPES.keys() - {kind.options["type"] for kind in KINDS.values()}
    assert {label.name for label in types.values()} <= {label for label, *_ in WRONG.values()}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_told_with_what_would_be_right(every_type: Scheme, name: str) -> None:
    label, parts, what, fix = WRONG[name]
    codec = RecordCodec(every_type)
    item = record(spans=[span(0, 4, label, parts)])
    with pytest.raises(DataError) as made:
        every_type.value(label, **parts)
    with pytest.raises(DataError) as spanned:
        every_type.span(0, 4, label, **parts)
    with pytest.raises(DataError) as mapped:
        codec.from_mapping(item)
    for error in (made.value, spanned.value, mapped.value):
        [problem] = error.problems
        assert what in problem.what and fix in problem.fix
    assert codec.problems(item) == mapped.value.problems


def test_examples_are_valid_values(every_type: Scheme) -> None:
    import json

    for label in every_type.labels.values():
        parts = {key.name: json.loads(example) for item in label.fields.values() for key, example in item.examples}
        every_type.value(label.name, **parts)


@pytest.mark.parametrize("value", ["state", ["state"], 3, True])
def test_a_value_that_is_no_object_is_told_with_one(every_type: Scheme, value: object) -> None:
    item = record(spans=[span(0, 4, "CHOICE", value)])
    with pytest.raises(DataError, match=r'expected `object`, got .* Fix: write an object, such as \{"kind": "state"\}'):
        RecordCodec(every_type).from_mapping(item)
