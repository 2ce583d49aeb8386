from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.schema import (
    DataError,
    Decision,
    Document,
    InvalidAnnotation,
    Layer,
    Metadata,
    RecordCodec,
    Span,
    Zone,
    conflict_scheme,
    layer_fingerprint,
    sha256_hex,
)

from ..conftest import record, span

SCHEME = conflict_scheme()
CODEC = RecordCodec(SCHEME)


def line(item: Any) -> bytes:
    return json.dumps(item, ensure_ascii=False).encode()


def test_a_record_of_the_contract_is_read_whole() -> None:
    text = "x" * 532 + "at least 24 attacks"
    document = CODEC.decode(
        line(
            {
                "id": "004",
                "text": text,
                "text_sha256": sha256_hex(text),
                "meta": {"title": None, "published": "2023-11-07", "publisher": None, "url": None},
                "zones": [{"start": 0, "end": 16, "kind": "stamp"}],
                "spans": [
                    span(532, 543, "COUNT", {"min": 24, "max": None, "approx": False, "unit": "attack"}, id="s17")
                    | {"score": 0.93, "source": "rules", "passes": ["a", "b"], "decision": {"by": "c", "reason": "d"}}
                ],
                "layer": {"annotator": "rules", "scheme": "conflict-news@1", "created": "2026-11-20T00:00:00Z"},
                "extra": {"anything": [1, {"deep": None}]},
            }
        )
    )
    [found] = document.spans
    assert document.surface(found) == "at least 24"
    assert (found.value.min, found.value.max, found.value.unit) == (24, None, "attack")
    assert found.decision == Decision("c", "d")
    assert document.meta.published == "2023-11-07"
    assert document.extra == {"anything": [1, {"deep": None}]}


def test_what_a_record_leaves_out_is_filled_and_written() -> None:
    written = json.loads(CODEC.encode(CODEC.decode(line(record(spans=[{"start": 0, "end": 4, "label": "ACTOR"}])))))
    assert written["text_sha256"] == sha256_hex("Iran struck three bases.")
    assert written["spans"] == [{"start": 0, "end": 4, "label": "ACTOR", "value": None}]
    assert written["meta"] == {"title": None, "published": None, "publisher": None, "url": None}
    assert written["zones"] == []


def test_absent_null_and_empty_values_are_the_same() -> None:
    forms = [{}, {"value": None}, {"value": {}}, {"value": {"kind": None}}, {"value": {"kind": None, "id": None}}]
    decoded = {CODEC.decode(line(record(spans=[{"start": 0, "end": 4, "label": "ACTOR", **form}]))) for form in forms}
    assert len(decoded) == 1


def test_offsets_count_code_points_whatever_the_text() -> None:
    text = "\ufeff👨‍👩‍👧 e\u0301tat\r\nإيران\u2028Iran\x00"
    at = text.index("Iran")
    document = CODEC.decode(line(record(text=text, spans=[span(at, at + 4, "ACTOR")])))
    assert document.surface(document.spans[0]) == "Iran"
    assert CODEC.decode(CODEC.encode(document)) == document


REFUSED = {
    "past the end": (record(text="abc", spans=[span(0, 9, "ACTOR")]), "span 1 [0, 9) ACTOR ends past the text"),
    "reversed": (record(text="abc", spans=[span(2, 1, "ACTOR")]), "span 1 [2, 1) ACTOR ends before it starts"),
    "empty": (record(text="abc", spans=[span(1, 1, "ACTOR")]), "span 1 [1, 1) ACTOR is empty"),
    "negative": (record(text="abc", spans=[span(-1, 2, "ACTOR")]), "span 1 [-1, 2) ACTOR starts before the text"),
    "unknown label": (record(text="abc", spans=[span(0, 1, "PLANET")]), "unknown label"),
    "label misspelt": (record(text="abc", spans=[span(0, 1, "ACTORS")]), "did you mean 'ACTOR'"),
    "min above max": (
        record(text="abc", spans=[span(0, 1, "COUNT", {"min": 5, "max": 2})]),
        "min 5 is greater than max 2",
    ),
    "bad edtf": (record(text="abc", spans=[span(0, 1, "DATE", {"edtf": "2023-13-45"})]), "'2023-13-45'"),
    "latitude 91": (record(text="abc", spans=[span(0, 1, "LOCATION", {"lat": 91.0, "lon": 0})]), "`lat`: expected"),
    "one coordinate": (record(text="abc", spans=[span(0, 1, "LOCATION", {"lat": 9.0})]), "given together"),
    "unknown kind": (record(text="abc", spans=[span(0, 1, "ACTOR", {"kind": "wizard"})]), "armed_group"),
    "value of another label": (record(text="abc", spans=[span(0, 1, "DATE", {"kind": "state"})]), "unknown key `kind`"),
    "value is a list": (record(text="abc", spans=[span(0, 1, "DATE", ["2023"])]), "expected `object"),
    "start is text": (record(text="abc", spans=[span("0", 1, "ACTOR")]), "`start`: expected `int`, got `str`"),
    "start is a fraction": (record(text="abc", spans=[span(0.5, 1, "ACTOR")]), "`start`: expected `int`, got `float`"),
    "unknown key": (record(colour="red"), "unknown key `colour`. Fix: put other data under `extra`"),
    "unknown key of a span": (record(spans=[span(0, 1, "ACTOR", colour="red")]), "unknown key `colour`"),
    "unknown key of meta": (record(meta={"author": "x"}), "`meta` has an unknown key `author`"),
    "text missing": ({"id": "a", "spans": []}, "no text"),
    "text null": (record(text=None), "no text"),
    "id missing": ({"text": "abc", "spans": []}, "lacks `id`"),
    "id empty": (record(id=""), "id is empty"),
    "id a number": (record(id=7), "`id`: expected `str`, got `int`"),
    "spans missing": ({"id": "a", "text": "abc"}, "lacks `spans`"),
    "wrong text hash": (record(text_sha256="00"), "text_sha256 is '00'"),
    "wrong text length": (record(text_length=3), "text_length is 3"),
    "note that is a list": (record(layer={"note": ["x"]}), "`layer.note`: expected `str | null`, got `array`"),
    "names that are one": (record(layer={"passes": "a"}), "`layer.passes`: expected `array | null`, got `str`"),
    "invalid annotation": (record(layer={"invalid_annotations": [{}]}), "lacks `results`"),
    "no such day": (record(meta={"published": "2023-02-30"}), "cannot parse publication date '2023-02-30'"),
    "no day at all": (record(meta={"published": "20231107"}), "cannot parse publication date"),
    "zone past the end": (
        record(text="abc", zones=[{"start": 0, "end": 4, "kind": "url"}]),
        "zone 1: [0, 4) ends past",
    ),
    "zone kind": (record(zones=[{"start": 0, "end": 4, "kind": "ad"}]), "unknown kind 'ad'"),
    "text-free, no length": ({"id": "a", "text_sha256": "0" * 64, "spans": []}, "no text"),
    "text-free, bad hash": ({"id": "a", "text_sha256": "xyz", "text_length": 3, "spans": []}, "64 lower-case hex"),
    "an array": ([1, 2], "not a JSON object"),
}
RAW = {
    "truncated": (b'{"id": "a", "te', "truncated"),
    "two on a line": (b'{"id": "a", "text": "x", "spans": []}{}', "not JSON (column 38"),
    "not UTF-8": (b'{"id": "a", "text": "\xe9", "spans": []}', "byte 22 of the line is not UTF-8"),
    "lone surrogate": (b'{"id": "a", "text": "\\ud83d", "spans": []}', "unpaired surrogate"),
    "lone low surrogate": (b'{"id": "a", "text": "b\\ude00 c", "spans": []}', "unpaired surrogate"),
    "surrogate in a value": (b'{"id": "a", "text": "abc", "spans": [{"start": 0, "end": 1, "label": "ACTOR", '
                             b'"value": {"id": "\\ud83d"}}]}', "unpaired surrogate"),
    "not JSON": (b"hello", "not JSON (column 1"),
    "NaN": (b'{"id": "a", "text": "x", "spans": [], "extra": {"x": NaN}}', "NaN"),
    "infinite": (b'{"id": "a", "text": "x", "spans": [], "extra": {"x": 1e999}}', "too large"),
    "raw line break": (b'{"id": "a", "text": "x\ty", "spans": []}', "not JSON"),
    "deep nesting": (b'{"id": "a", "text": "x", "spans": [], "extra": {"x": ' + b"[" * 10**5 + b"]" * 10**5 + b"}}", "nested"),
}  # fmt: skip


@pytest.mark.parametrize("name", [*REFUSED, *RAW])
def test_a_record_that_cannot_be_right_is_refused_with_its_fault(name: str) -> None:
    data, message = (line(REFUSED[name][0]), REFUSED[name][1]) if name in REFUSED else RAW[name]
    with pytest.raises(DataError) as refusal:
        CODEC.decode(data)
    assert message in str(refusal.value)
    assert str(refusal.value.with_location("gold.jsonl", 17)).startswith("gold.jsonl:17: ")


def test_every_fault_of_a_record_is_told_at_once() -> None:
    spans = [span(0, 9, "ACTOR"), span(0, 1, "ACTOR"), span(0, 1, "DATE", {"edtf": "x"})]
    with pytest.raises(DataError) as refusal:
        CODEC.decode(line(record(text="abc", spans=spans, text_sha256="0")))
    assert [problem.span for problem in refusal.value.problems] == [None, 0, 2]


def test_the_sound_part_of_a_record_can_be_kept() -> None:
    bad = line(record(text="abc", spans=[span(0, 9, "ACTOR"), span(0, 1, "ACTOR")]))
    mended = CODEC.drop_invalid(bad, CODEC.problems(bad))
    assert mended is not None and [(s.start, s.end) for s in mended.spans] == [(0, 1)]
    hopeless = line(record(text="abc", text_sha256="0"))
    assert CODEC.drop_invalid(hopeless, CODEC.problems(hopeless)) is None


def test_a_text_free_record_keeps_offsets_within_the_stated_length() -> None:
    free = {"id": "a", "text_sha256": "0" * 64, "text_length": 5, "spans": [span(0, 5, "ACTOR")]}
    assert CODEC.decode(line(free)).length == 5
    assert json.loads(CODEC.encode(CODEC.decode(line(free))))["text_length"] == 5
    with pytest.raises(DataError, match="past the text"):
        CODEC.decode(line({**free, "text_length": 4}))


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
OPTIONAL_TEXTS = st.none() | TEXTS
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
EXTRA = st.none() | st.dictionaries(
    TEXTS,
    st.recursive(st.none() | st.booleans() | st.integers(-(2**63), 2**63) | FLOATS | TEXTS, st.lists, max_leaves=5),
)
IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
NAMES = st.none() | st.lists(TEXTS, max_size=2).map(tuple)
INVALID_ANNOTATIONS = st.builds(InvalidAnnotation, st.lists(st.none() | EXTRA, max_size=2).map(tuple), OPTIONAL_TEXTS)
LAYERS = st.builds(
    Layer,
    annotator=OPTIONAL_TEXTS,
    skipped=st.booleans(),
    draft=st.booleans(),
    note=OPTIONAL_TEXTS,
    suggestions_shown=NAMES,
    chosen_by=NAMES,
    passes=NAMES,
    extractor_version=OPTIONAL_TEXTS,
    annotator_kind=OPTIONAL_TEXTS,
    annotator_family=OPTIONAL_TEXTS,
    invalid_annotations=st.none() | st.lists(INVALID_ANNOTATIONS, max_size=2).map(tuple),
    extra=EXTRA,
)
VALUES = {
    "ACTOR": st.fixed_dictionaries({"kind": st.sampled_from(["state", "media"]), "id": IDS}),
    "LOCATION": st.fixed_dictionaries(
        {"lat": st.floats(-90, 90), "lon": st.floats(-180, 180), "country": st.sampled_from(["IRQ", None])}
    ),
    "DATE": st.fixed_dictionaries({"edtf": st.sampled_from(["2023", "2023-10-17/..", "XXXX-03"])}),
    "COUNT": st.fixed_dictionaries({"min": st.integers(0, 10), "max": st.none() | st.integers(10, 2**63 - 1)}),
}


@st.composite
def documents(draw: st.DrawFn) -> Document:
    text = draw(TEXTS)
    spans, zones = [], []
    for _ in range(draw(st.integers(0, 4)) if text else 0):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        label = draw(st.sampled_from(list(VALUES)))
        value = draw(st.none() | VALUES[label].map(lambda parts, label=label: SCHEME.value(label, **parts)))
        decision = draw(st.none() | st.builds(Decision, TEXTS, OPTIONAL_TEXTS))
        passes = draw(st.none() | st.lists(TEXTS, max_size=2).map(tuple))
        more = {"note": draw(OPTIONAL_TEXTS), "unsure": draw(st.booleans()), "score": draw(st.none() | FLOATS)}
        spans.append(Span(start, end, label, value, passes=passes, decision=decision, extra=draw(EXTRA), **more))
        zones.append(Zone(start, end, draw(st.sampled_from(list(SCHEME.zones)))))
    return Document(
        id=draw(IDS),
        text=text,
        text_sha256=sha256_hex(text),
        meta=Metadata(title=draw(OPTIONAL_TEXTS), published=draw(st.none() | st.dates().map(str))),
        zones=tuple(zones),
        spans=tuple(spans),
        layer=draw(st.none() | LAYERS),
        extra=draw(EXTRA),
    )


@given(documents())
@settings(max_examples=300, deadline=None)
def test_writing_and_reading_gives_the_same_document(document: Document) -> None:
    encoded = CODEC.encode(document)
    read = CODEC.decode(encoded)
    assert read == document
    assert CODEC.check(read) == read and CODEC.encode_checked(read) == encoded  # which the check leaves as it is
    assert all(document.surface(s) == document.text[s.start : s.end] for s in document.spans if document.text)


@given(documents(), st.data())
@settings(max_examples=300, deadline=None)
def test_the_fast_and_the_explaining_reader_refuse_the_same_lines(document: Document, data: st.DataObject) -> None:
    encoded = CODEC.encode(document)
    at = data.draw(st.integers(0, len(encoded)))
    mangled = data.draw(
        st.sampled_from([encoded[:at], encoded[:at] + data.draw(st.binary(max_size=3)) + encoded[at + 1 :], encoded])
    )
    problems = CODEC.problems(mangled)
    try:
        CODEC.decode(mangled)
    except DataError as error:
        assert problems and "cannot be read" not in str(error)
    else:
        assert not problems


def test_values_of_equal_content_are_equal_hash_alike_and_pickle() -> None:
    one, two = (SCHEME.value("ACTOR", kind="state", id="IRN") for _ in range(2))
    assert one == two and len({one, two}) == 1
    assert pickle.loads(pickle.dumps(one)) == one
    span = SCHEME.span(0, 4, "COUNT", min=3)
    assert pickle.loads(pickle.dumps(span)) == span


def test_a_fingerprint_sees_spans_and_values_and_nothing_else() -> None:
    def layer(*spans: Span, **more: Any) -> list[Document]:
        return [Document(id="a", text="Iran, Iraq", spans=spans, **more), Document(id="b", text="x", spans=())]

    actor, place = SCHEME.span(0, 4, "ACTOR", id="IRN"), SCHEME.span(6, 10, "LOCATION", id="IRQ")
    base = layer_fingerprint(layer(actor, place))
    assert layer_fingerprint(reversed(layer(place, actor))) == base
    assert layer_fingerprint(layer(actor, place, layer=Layer(annotator="x", created="2026-01-01T00:00:00Z"))) == base
    assert layer_fingerprint(layer(actor)) != base
    assert layer_fingerprint(layer(actor, SCHEME.span(6, 10, "LOCATION", id="IRN"))) != base
