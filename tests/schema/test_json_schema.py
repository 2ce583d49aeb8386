from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from goldspan.schema import RecordCodec, conflict_scheme, record_json_schema

from ..conftest import record, span

SCHEMA = record_json_schema(conflict_scheme())
VALIDATOR = Draft202012Validator(SCHEMA)


def test_it_is_a_schema_and_accepts_what_the_codec_writes() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    codec = RecordCodec(conflict_scheme())
    full = record(
        spans=[
            span(0, 4, "ACTOR", {"kind": "state", "id": "IRN"}, passes=["a"], decision={"by": "x", "reason": None}),
            span(5, 6, "COUNT", {"min": 3, "max": None, "approx": False, "unit": "attack"}),
            span(7, 8, "LOCATION", None),
        ],
        zones=[{"start": 0, "end": 1, "kind": "url"}],
        layer={"annotator": "x"},
    )
    written = json.loads(codec.encode(codec.decode(json.dumps(full).encode())))
    assert list(VALIDATOR.iter_errors(written)) == []


BAD = {
    "unknown label": record(spans=[span(0, 1, "PLANET")]),
    "value of another label": record(spans=[span(0, 1, "DATE", {"kind": "state"})]),
    "unknown kind": record(spans=[span(0, 1, "ACTOR", {"kind": "wizard"})]),
    "latitude": record(spans=[span(0, 1, "LOCATION", {"lat": 91, "lon": 0})]),
    "negative start": record(spans=[span(-1, 1, "ACTOR")]),
    "unknown key": record(colour="red"),
    "zone kind": record(zones=[{"start": 0, "end": 1, "kind": "ad"}]),
    "no text": {"id": "a", "spans": []},
}


@pytest.mark.parametrize("name", BAD)
def test_it_refuses(name: str) -> None:
    assert not VALIDATOR.is_valid(BAD[name])
