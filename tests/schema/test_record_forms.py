"""The two forms of a record, a line and a mapping, and documents made in memory: one contract for all three."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.schema import DataError, Document, Layer, Metadata, RecordCodec, Span, Zone, conflict_scheme, sha256_hex

from ..conftest import record, span
from .test_record import REFUSED, documents, line

SCHEME = conflict_scheme()
CODEC = RecordCodec(SCHEME)


def outcome(read: Callable[[], Document]) -> Document | list[str]:
    try:
        return read()
    except DataError as error:
        return [str(problem) for problem in error.problems]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
    | st.sampled_from(["state", "ACTOR", "IRQ", "2023", "de", "zh-hant", "prediction"]),
    lambda items: st.lists(items, max_size=2) | st.dictionaries(st.sampled_from(["extra", "kind", "x"]), items),
    max_leaves=3,
)
PLACES: list[tuple[str | int, ...]] = [
    *(
        ("id",),
        ("text",),
        ("text_sha256",),
        ("text_length",),
        ("spans",),
        ("zones",),
        ("layer",),
        ("extra",),
        ("meta",),
    ),
    *(("colour",), ("meta", "language"), ("meta", "published"), ("meta", "title"), ("layer", "lead_time")),
    *(
        ("layer", "extra"),
        ("layer", "skipped"),
        ("zones", 0),
        ("zones", 0, "kind"),
        ("spans", 0),
        ("spans", 0, "start"),
    ),
    *(("spans", 0, "end"), ("spans", 0, "label"), ("spans", 0, "value"), ("spans", 0, "value", "kind")),
    *(("spans", 0, "score"), ("spans", 0, "passes"), ("spans", 0, "decision"), ("spans", 0, "extra")),
    *(("spans", 0, "origin"), ("spans", 0, "unsure"), ("spans", 0, "value", "lat"), ("spans", 0, "note")),
]


def put(item: Any, place: tuple[str | int, ...], new: Any) -> None:
    """Replace one place of a record, if the record has what leads there."""
    *way, last = place
    for key in way:
        if isinstance(item, dict) and isinstance(key, str):
            item = item.setdefault(key, {})
        elif isinstance(item, list) and isinstance(key, int) and key < len(item):
            item = item[key]
        else:
            return
    if isinstance(item, dict) or (isinstance(item, list) and isinstance(last, int) and last < len(item)):
        item[last] = new


@given(documents(), st.lists(st.tuples(st.sampled_from(PLACES), JSON), max_size=2))
@settings(max_examples=500, deadline=None)
def test_a_mapping_is_read_like_its_line_with_the_same_errors(
    document: Document, changes: list[tuple[tuple[str | int, ...], Any]]
) -> None:
    item = json.loads(CODEC.encode(document))
    for place, new in changes:
        put(item, place, new)
    before = json.dumps(item)
    assert outcome(lambda: CODEC.from_mapping(item)) == outcome(lambda: CODEC.decode(line(item)))
    assert json.dumps(item) == before  # the caller's own


@pytest.mark.parametrize("name", REFUSED)
def test_a_mapping_is_refused_with_the_fault_that_its_line_has(name: str) -> None:
    item, message = REFUSED[name]
    with pytest.raises(DataError) as refusal:
        CODEC.from_mapping(item)
    assert message in str(refusal.value) or (name == "an array" and "not an object" in str(refusal.value))


NOT_WRITABLE: dict[str, tuple[Any, str]] = {
    "not a number": (float("nan"), "is nan, which is not a JSON value"),
    "infinite": (float("-inf"), "is -inf, which is not a JSON value"),
    "numpy's nan": (np.float64("nan"), "is nan"),
    "surrogate": ("b\ude00", "contains an unpaired surrogate"),
    "surrogate in a key": ({"\ud83d": 1}, "contains an unpaired surrogate"),
    "bytes": (b"ab", "holds bytes, which records cannot hold"),
    "set": ({1, 2}, "holds set, which records cannot hold. Fix: give a list"),
    "number as a key": ({1: "a"}, "has the key 1, which is not a string"),
    "array": (np.zeros(2), "holds ndarray"),
    "complex": (1j, "holds complex"),
    "object": (object(), "holds object"),
}
HOLDERS: dict[str, tuple[str | int, ...]] = {
    "extra": ("extra", "deep", "x"),
    "extra of a span": ("spans", 0, "extra", "x"),
    "extra of the layer": ("layer", "extra", "x"),
}


@pytest.mark.parametrize("name", NOT_WRITABLE)
@pytest.mark.parametrize("holder", HOLDERS)
def test_what_cannot_be_written_is_refused_at_once_and_where_it_is(name: str, holder: str) -> None:
    item, message = NOT_WRITABLE[name]
    mapping = record(spans=[span(0, 4, "ACTOR")])
    put(mapping, HOLDERS[holder], item)
    with pytest.raises(DataError) as refusal:
        CODEC.from_mapping(mapping)
    [problem] = refusal.value.problems
    assert message in str(problem)
    assert problem.document == "a"
    place = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in HOLDERS[holder])[1:]
    assert f"`{place}" in problem.what
    made = Document(
        id="a",
        text="Iran",
        spans=(Span(0, 4, "ACTOR", extra=mapping["spans"][0].get("extra")),),
        layer=Layer(extra=mapping["layer"]["extra"]) if "layer" in mapping else None,
        extra=mapping.get("extra"),
    )
    for take in (CODEC.check, CODEC.encode):
        with pytest.raises(DataError, match=message.split(",")[0].split(".")[0]):
            take(made)


BROKEN_DOCUMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "start is text": ({"spans": (Span("0", 4, "ACTOR"),)}, "`start`: expected `int`, got `str`"),
    "score is nan": ({"spans": (Span(0, 4, "ACTOR", score=float("nan")),)}, "`spans[0].score` is nan"),
    "score is text": ({"spans": (Span(0, 4, "ACTOR", score="high"),)}, "`score`: expected"),
    "surrogate in a note": ({"spans": (Span(0, 4, "ACTOR", note="\ud83d"),)}, "unpaired surrogate"),
    "surrogate in the id": ({"id": "\ud83d"}, "unpaired surrogate"),
    "surrogate in the text": ({"text": "\ud83dIran"}, "unpaired surrogate"),
    "bytes as a note": ({"spans": (Span(0, 4, "ACTOR", note=b"x"),)}, "holds bytes"),
    "title is a number": ({"meta": Metadata(title=3)}, "`meta.title`: expected `str"),
    "lead time is infinite": ({"layer": Layer(lead_time=float("inf"))}, "`layer.lead_time` is inf"),
    "value of another label": ({"spans": (Span(0, 4, "DATE", SCHEME.value("ACTOR", kind="state")),)}, "unknown key"),
    "value that is none": (
        {"spans": (Span(0, 4, "ACTOR", SCHEME.label("ACTOR").value_type(kind="wizard")),)},
        "unknown value 'wizard'",
    ),
    "value that contradicts itself": (
        {"spans": (Span(0, 4, "COUNT", SCHEME.label("COUNT").value_type(min=5, max=2)),)},
        "greater than max",
    ),
    "span past the text": ({"spans": (Span(0, 9, "ACTOR"),)}, "ends past the text"),
    "hash of another text": ({"text_sha256": sha256_hex("Iraq")}, "text_sha256"),
    "neither text nor hash": ({"text": None}, "has no text"),
    "spans are none": ({"spans": None}, "`spans`: expected `array`"),
}


@pytest.mark.parametrize("name", BROKEN_DOCUMENTS)
def test_a_document_that_could_not_be_read_again_is_neither_passed_nor_written(name: str) -> None:
    fields, message = BROKEN_DOCUMENTS[name]
    made = Document(**{"id": "a", "text": "Iran", "spans": (), **fields})
    for take in (CODEC.check, CODEC.encode):
        with pytest.raises(DataError) as refusal:
            take(made)
        assert message in str(refusal.value)


def test_a_mapping_of_python_objects_becomes_what_its_line_would_be() -> None:
    given = record(
        meta={"published": date(2023, 11, 7), "language": "PT-br", "title": np.str_("T")},
        zones=(Zone(5, 11, "stamp"),),
        spans=(
            {"start": np.int64(0), "end": 4, "label": "ACTOR", "score": np.float64(0.5), "passes": ("a", "b")},
            SCHEME.span(5, 11, "COUNT", min=3),
            {"start": 12, "end": 17, "label": "LOCATION", "value": {"kind": None}},
        ),
        extra={"at": datetime(2026, 1, 1, tzinfo=UTC), "pair": (1, 2), "cost": Decimal("1.50")},
        text_length=24,
    )
    made = CODEC.from_mapping(given)
    assert (made.meta.published, made.meta.language, made.meta.title) == ("2023-11-07", "pt-BR", "T")
    assert [s.start for s in made.spans] == [0, 5, 12] and made.spans[1].value.min == 3
    assert made.spans[2].value is None and made.text_length is None
    assert made.extra == {"at": "2026-01-01T00:00:00Z", "pair": [1, 2], "cost": "1.50"}
    assert made.text_sha256 == sha256_hex(given["text"])
    assert CODEC.decode(CODEC.encode(made)) == made
    assert given["meta"]["language"] == "PT-br" and given["zones"] == (Zone(5, 11, "stamp"),)


def test_a_check_makes_a_document_normal_and_leaves_the_given_one_alone() -> None:
    meta = Metadata(language="PT-br")
    unknown = SCHEME.label("ACTOR").value_type()
    made = Document(id="a", text="Iran", meta=meta, spans=(Span(0, 4, "ACTOR", unknown, passes=["x"]),))
    checked = CODEC.check(made)
    assert checked.meta.language == "pt-BR" and checked.spans[0].value is None
    assert checked.spans[0].passes == ("x",) and checked.text_sha256 == sha256_hex("Iran")
    assert meta.language == "PT-br" and made.spans[0].value is unknown and made.text_sha256 is None
    assert CODEC.encode(made) == CODEC.encode_checked(checked)


def test_a_mapping_without_end_is_refused() -> None:
    endless: dict[str, Any] = {}
    endless["endless"] = endless
    for item in (record(extra=endless), endless):
        with pytest.raises(DataError, match="nested too deeply"):
            CODEC.from_mapping(item)
    with pytest.raises(DataError, match="nested too deeply"):
        CODEC.encode(Document(id="a", text="Iran", spans=(), extra=endless))


@dataclasses.dataclass
class Point:
    x: int


@pytest.mark.parametrize("key", ["spans", "zones"])
def test_spans_and_zones_are_lists(key: str) -> None:
    for wrong in ({}, "", {"a": 1}):
        with pytest.raises(DataError, match=f"`{key}`: expected `array`"):
            CODEC.from_mapping(record(**{key: wrong}))


@pytest.mark.parametrize("item", [7, "a", None, [("id", "a")], Point(1)])
def test_what_is_no_mapping_is_refused(item: Any) -> None:
    with pytest.raises(DataError):
        CODEC.from_mapping(item)


def test_the_sound_part_of_a_mapping_can_be_kept() -> None:
    bad = record(text="abc", spans=[span(0, 9, "ACTOR"), span(0, 1, "ACTOR")])
    kept = CODEC.drop_invalid(bad, CODEC.problems(bad))
    assert kept is not None and [(s.start, s.end) for s in kept.spans] == [(0, 1)]
    assert len(bad["spans"]) == 2
