"""Labels have any name on one line, and a key where a format or a tool takes only letters, digits, - and _."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.schema import DataError, Document, RecordCodec, Scheme, parse_scheme, record_json_schema
from goldspan.schema.files.scheme_writer import scheme_toml
from goldspan.schema.label_keys import assign_keys, is_key, may_be_key

from ..odd_labels import NAMES, SCHEME, VALUES


def scheme_with(labels: dict[str, dict[str, Any]]) -> Scheme:
    filled = {n: {"definition": "-"} | data if isinstance(data, dict) else data for n, data in labels.items()}
    return parse_scheme({"name": "own", "version": 1, "labels": filled})


REFUSED: dict[str, tuple[dict[str, dict[str, Any]], str]] = {
    "empty": ({"": {}}, "empty name"),
    "blank": ({" \u00a0": {}}, "empty name"),
    "a blank before": ({" A": {}}, "begins or ends with a blank. Fix: write 'A'"),
    "a blank after": ({"A\u3000": {}}, "begins or ends with a blank"),
    "line break": ({"A\nB": {}}, "'A\\nB' contains a control character or a line break"),
    "tab": ({"A\tB": {}}, "a control character"),
    "line separator": ({"A\u2028B": {}}, "a control character"),
    "next line": ({"A\x85B": {}}, "a control character"),
    "NUL": ({"\x00": {}}, "a control character"),
    "half a pair": ({"A\ud83d": {}}, "half of a surrogate pair"),
    "two forms of one name": ({"\u00e9t\u00e9": {}, "e\u0301te\u0301": {}}, "the same label name in two Unicode forms"),
    "an invalid key": ({"A B": {"key": "A B"}}, "labels.A B.key: 'A B' is not a valid key"),
    "an empty key": ({"A": {"key": ""}}, "'' is not a valid key"),
    "a key that is not a text": ({"A": {"key": 1}}, "labels.A.key: expected str"),
    "a label that is no table": ({"A": {}, "B": 1}, "labels.B: expected a table"),
    "a key twice": ({"A B": {"key": "X"}, "C D": {"key": "X"}}, "'X' is already the key of A B"),
    "a key that is another label": ({"A B": {"key": "C"}, "C": {}}, "'C' is already the key of C"),
}


@pytest.mark.parametrize(("labels", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_name_or_key_is_refused(labels: dict[str, dict[str, Any]], said: str) -> None:
    with pytest.raises(DataError) as refusal:
        scheme_with(labels)
    assert len(refusal.value.problems) == 1 and said in str(refusal.value)


def test_every_fault_of_names_has_its_line() -> None:
    text = 'name = "own"\nversion = 1\n[labels." A"]\ndefinition = "-"\n[labels."B\\tC"]\ndefinition = "-"\nkey = "é"\n'
    with pytest.raises(DataError) as refusal:
        parse_scheme(text)
    assert [problem.line for problem in refusal.value.problems] == [3, 5, 7]


KEYS = {
    "ACTOR": "ACTOR",
    "a-b_c9": "a-b_c9",
    "GEO/Political entity": "GEO_Political_entity",
    "GEO Political entity": "GEO_Political_entity_89ad4048",
    "3D": "L_3D",
    "<b>&'\"": "b",
    "#": "L_334359b9",
    "行为者": "L_ab182ec9",
    "x y" * 30: "x_yx_yx_yx_yx_yx_yx_yx_yx_yx_yx_yx_yx_yx_yx_yx_yx_yx_yx_yx_y_7748d59b",
}


def test_keys_are_the_same_everywhere_and_always() -> None:
    found = assign_keys(dict.fromkeys(KEYS, ""))
    assert found == KEYS
    assert assign_keys({"\u00e9": ""})["\u00e9"] == assign_keys({"e\u0301": ""})["e\u0301"]


@given(
    names=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8), unique=True, max_size=9)
)
@settings(max_examples=100, deadline=None)
def test_keys_are_valid_unique_and_stay_when_labels_are_added(names: list[str]) -> None:
    keys = assign_keys(dict.fromkeys(names, ""))
    assert list(keys) == names and len(set(keys.values())) == len(names)
    assert all(is_key(key) and may_be_key(key, name) for name, key in keys.items())
    assert {name: key for name, key in keys.items() if is_key(name)} == {name: name for name in names if is_key(name)}
    unplain = [name for name in names if not is_key(name)]
    fewer = assign_keys(dict.fromkeys(unplain[:-1], ""))
    assert fewer.items() <= assign_keys(dict.fromkeys(unplain, "")).items()


def test_a_scheme_of_any_names_is_written_and_read() -> None:
    assert parse_scheme(scheme_toml(SCHEME)) == SCHEME
    assert list(SCHEME.label_keys) == list(NAMES) and all(map(is_key, SCHEME.label_keys.values()))
    assert SCHEME.label_keys[NAMES[1]] == "Stated" and SCHEME.labels_by_key["Stated"] == NAMES[1]


def test_keys_are_no_part_of_the_fingerprint() -> None:
    assert scheme_with({"A B": {"key": "X"}}).fingerprint == scheme_with({"A B": {}}).fingerprint


def test_records_of_any_names_are_what_their_json_schema_says() -> None:
    schema = record_json_schema(SCHEME)
    jsonschema.Draft202012Validator.check_schema(schema)
    checked = jsonschema.Draft202012Validator(schema)
    spans = tuple(SCHEME.span(n, n + 1, name, **VALUES[n % 3]) for n, name in enumerate(NAMES))
    document = Document(id="a", text="x" * len(NAMES), spans=spans).with_hash()
    record = msgspec.json.decode(RecordCodec(SCHEME).encode(document))
    assert not list(checked.iter_errors(record))
    wrong = copy.deepcopy(record)
    for number, name in enumerate(NAMES):
        wrong["spans"][number]["value"] = {"no such key": name}
    assert len(list(checked.iter_errors(wrong))) == len(NAMES)
    assert pickle.loads(pickle.dumps(document)) == document
