"""Records from before layers had fields for all of their provenance: read as if they were written today."""

from __future__ import annotations

import json
from typing import Any

import pytest

from goldspan.schema import InvalidAnnotation, Layer, RecordCodec, conflict_scheme

from ..conftest import record

CODEC = RecordCodec(conflict_scheme())
RESULT = {"id": "s0", "value": {"start": 3, "end": 400, "text": "Iran"}}
UNREAD = [{"what": "outside the text", "results": [RESULT]}, {"what": "unrecognised result", "results": [None]}]

EARLIER: dict[str, tuple[dict[str, Any], Layer]] = {
    "version": ({"version": "3"}, Layer(extractor_version="3")),
    "passes": ({"passes": ["a", "b"]}, Layer(passes=("a", "b"))),
    "chosen_by": ({"chosen_by": ["random", "score"]}, Layer(chosen_by=("random", "score"))),
    "annotator_kind": ({"annotator_kind": "language model"}, Layer(annotator_kind="language model")),
    "annotator_family": ({"annotator_family": "Claude"}, Layer(annotator_family="Claude")),
    "studio.suggestions": ({"studio": {"suggestions": ["rules"]}}, Layer(suggestions_shown=("rules",))),
    "studio.suggestions, shown none": ({"studio": {"suggestions": []}}, Layer(suggestions_shown=())),
    "studio.chosen_by": ({"studio": {"chosen_by": "score"}}, Layer(chosen_by=("score",))),
    "studio.note": ({"studio": {"note": "why\nso"}}, Layer(note="why\nso")),
    "studio.draft": ({"studio": {"draft": True}}, Layer(draft=True)),
    "studio.faults": (
        {"studio": {"faults": UNREAD}},
        Layer(
            invalid_annotations=(
                InvalidAnnotation((RESULT,), "outside the text"),
                InvalidAnnotation((None,), "unrecognised result"),
            )
        ),
    ),
    "studio.faults of a text-free record": (
        {"studio": {"faults": [{"results": [RESULT]}]}},
        Layer(invalid_annotations=(InvalidAnnotation((RESULT,)),)),
    ),
}
"""What an earlier version wrote as the `extra` of a layer, and the layer that it is now."""

OTHER_MEANING: dict[str, dict[str, Any]] = {
    "a version that is a number": {"version": 3},
    "passes that are counted": {"passes": 2},
    "passes that are not all names": {"passes": ["a", 2]},
    "one reason": {"chosen_by": "me"},
    "a kind that is null": {"annotator_kind": None},
    "a family that is an object": {"annotator_family": {"name": "x"}},
    "a studio that is a place": {"studio": "Studio 9"},
    "a studio that is a list": {"studio": [{"draft": True}]},
    "an empty studio": {"studio": {}},
    "suggestions that are counted": {"studio": {"suggestions": 3}},
    "reasons under studio": {"studio": {"chosen_by": ["score"]}},
    "a note that is an object": {"studio": {"note": {"text": "x"}}},
    "a draft that is a number": {"studio": {"draft": 1}},
    "no draft": {"studio": {"draft": False}},
    "faults that are counted": {"studio": {"faults": 1}},
    "faults of another form": {"studio": {"faults": [{"what": "x", "results": [], "who": "ann"}]}},
    "faults without results": {"studio": {"faults": [{"what": "x"}]}},
    "names of the fields of today": {
        "extractor_version": "3",
        "suggestions_shown": ["rules"],
        "note": "mine",
        "draft": True,
        "invalid_annotations": [],
    },
    "keys of studio outside it": {"suggestions": ["rules"], "faults": UNREAD},
    "keys outside studio in it": {"studio": {"version": "3", "passes": ["a"]}},
    "what is kept for people": {"studio": {"relations": [{"from_id": "s0"}], "account": "ben", "skipped": []}},
    "nothing": {},
}
"""The `extra` of a layer in which nothing has the form that an earlier version wrote."""


def decoded(layer: dict[str, Any]) -> Layer:
    found = CODEC.decode(json.dumps(record(layer=layer)).encode()).layer
    assert found is not None
    return found


@pytest.mark.parametrize("case", EARLIER)
def test_what_an_earlier_version_stored_in_extra_is_read_into_its_field(case: str) -> None:
    extra, expected = EARLIER[case]
    assert decoded({"extra": extra}) == expected


@pytest.mark.parametrize("case", EARLIER)
def test_what_was_read_from_an_earlier_record_is_written_as_today(case: str) -> None:
    extra, expected = EARLIER[case]
    written = json.loads(CODEC.encode(CODEC.decode(json.dumps(record(layer={"extra": extra})).encode())))
    assert "extra" not in written["layer"]
    assert decoded(written["layer"]) == expected


@pytest.mark.parametrize("case", OTHER_MEANING)
def test_a_key_of_another_form_is_the_users_and_stays(case: str) -> None:
    assert decoded({"extra": OTHER_MEANING[case]}) == Layer(extra=OTHER_MEANING[case])


def test_other_data_beside_earlier_keys_stays() -> None:
    extra = {"version": "3", "mine": [1], "studio": {"note": "so", "account": "ben", "draft": "no"}}
    kept = {"mine": [1], "studio": {"account": "ben", "draft": "no"}}
    assert decoded({"extra": extra}) == Layer(extractor_version="3", note="so", extra=kept)


def test_a_field_that_the_layer_states_counts_and_the_key_stays() -> None:
    extra = {"version": "3", "studio": {"suggestions": ["rules"], "chosen_by": "score"}}
    stated = {"extractor_version": "4", "suggestions_shown": [], "chosen_by": ["random"]}
    assert decoded({**stated, "extra": extra}) == Layer(
        extractor_version="4", suggestions_shown=(), chosen_by=("random",), extra=extra
    )


def test_of_two_earlier_reasons_that_of_the_gold_counts() -> None:
    extra = {"chosen_by": ["random"], "studio": {"chosen_by": "score"}}
    assert decoded({"extra": extra}) == Layer(chosen_by=("random",), extra={"studio": {"chosen_by": "score"}})
