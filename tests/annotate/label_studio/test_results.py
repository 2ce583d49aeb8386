"""Spans to results and back, and what becomes of results that no editor should have written."""

from __future__ import annotations

import dataclasses
from copy import deepcopy
from typing import Any

import pytest
from msgspec.structs import replace

from goldspan.annotate.label_studio.mapping.exports.region_fields import answers_as_fields
from goldspan.annotate.label_studio.mapping.exports.regions import Region
from goldspan.annotate.label_studio.mapping.labeling_config import check_labeling_config, labeling_config
from goldspan.annotate.label_studio.mapping.region_prefixes import (
    UNDECIDED,
    count_low_scores,
    framed_label,
    framed_style,
    low_score_prefixes,
    shows_framed,
)
from goldspan.annotate.label_studio.mapping.region_values import region_value
from goldspan.annotate.label_studio.mapping.result_json import results_of, spans_of, with_framed
from goldspan.annotate.label_studio.mapping.task_parts import TaskPart
from goldspan.annotate.label_studio.mapping.tasks import document_from_task, make_task
from goldspan.annotate.label_studio.sync.entity_linking import link_entities, propagate_values
from goldspan.corpus.parts.text_parts import TextPart
from goldspan.schema import DataError, Document, Scheme, Span
from tests.annotate.label_studio.texts import make_document
from tests.schema.value_kinds import KINDS, scheme_with

TEXT = "😀 Iran hit 5 \r\nbases."


def plain(span: Span) -> Span:
    return replace(span, score=None)


def test_spans_come_back_equal_with_values_notes_and_doubts(scheme: Scheme) -> None:
    for seed in range(300):
        document = make_document(seed, scheme)
        reading = spans_of(results_of(document, document.spans, scheme), document.text or "", scheme)
        assert reading.problems == []
        assert reading.spans == [plain(span) for span in document.spans], seed


@pytest.mark.parametrize("words", ["a\u2028b", "a\x0bb", "a\x85b"])
def test_a_text_with_signs_that_end_no_line_comes_back(words: str) -> None:
    scheme = scheme_with({"it": {"type": "text"}})
    spans = (scheme.span(0, 1, "A", it=words),)
    document = Document(id="a", text=TEXT, spans=spans)
    reading = spans_of(results_of(document, spans, scheme), TEXT, scheme)
    assert (reading.problems, reading.spans) == ([], list(spans))


def test_a_task_gives_its_document_back(scheme: Scheme) -> None:
    for seed in range(100):
        document = make_document(seed, scheme)
        task = make_task(document, {"rules": document.spans}, scheme)
        again = document_from_task(task.data(), 7, scheme)
        assert again == replace(document.with_hash(), spans=(), layer=None)
        place = TextPart(document.id, 1, 2, 0, 9, 9, document.with_hash().text_sha256 or "")
        part = dataclasses.replace(task, part=TaskPart(place, lambda: ("before", "after")))
        assert document_from_task(part.data(), 7, scheme) == again


@pytest.mark.parametrize(("faint", "framed"), [(None, 0.5), (0.7, 0.3), (0.5, None), (1.0, 0.99)])
def test_framed_suggestions_are_no_spans_and_lose_nothing(
    faint: float | None, framed: float | None, scheme: Scheme
) -> None:
    for seed in range(60):
        made = make_document(seed, scheme)
        spans = [replace(s, score=(n % 4) / 3 if n % 5 else None) for n, s in enumerate(made.spans)]
        results = results_of(made, spans, scheme, prefix=low_score_prefixes(faint, framed))
        low = [s for s in spans if s.score is not None and framed is not None and s.score < framed]
        pale = [s for s in spans if s.score is not None and faint is not None and s.score < faint and s not in low]
        assert count_low_scores(results) == (len(pale), len(low))
        read = spans_of(results, made.text or "", scheme)
        assert (read.spans, read.problems, read.unplaced) == ([plain(s) for s in spans if s not in low], [], {})
        assert spans_of(with_framed(results, scheme), made.text or "", scheme).spans == [plain(s) for s in spans]
    assert framed_label("s1", scheme) is framed_label("framed-99-s0", scheme) is framed_label("framed-", scheme) is None


def test_a_framed_suggestion_keeps_its_label_if_labels_change_their_order(scheme: Scheme) -> None:
    turned = dataclasses.replace(scheme, labels=dict(reversed([*scheme.labels.items()])))
    for label in scheme.labels:
        region = low_score_prefixes(None, 0.5)(Span(0, 4, label, score=0.1)) + "s0"
        assert framed_label(region, scheme) == framed_label(region, turned) == label
        colours = [line for line in framed_style(turned).splitlines() if f"htx-highlight-{region[:-2]}]" in line]
        assert len(colours) == 1 and scheme.labels[label].colour in colours[0]


def test_the_page_with_framed_suggestions_is_told_from_others(scheme: Scheme) -> None:
    plain_config, config = labeling_config(scheme), labeling_config(scheme, framed=True)
    check_labeling_config(config)
    assert shows_framed(config) and not shows_framed(plain_config) and UNDECIDED not in plain_config
    assert not shows_framed(labeling_config(scheme, review=True))


def test_what_is_drawn_with_the_label_that_makes_no_span_is_a_problem(scheme: Scheme) -> None:
    drawn = {**marked(3, 7, UNDECIDED), "origin": "manual"}
    reading = spans_of([drawn], TEXT, scheme)
    assert [problem.message for problem in reading.problems] == [
        "region with the label 'to decide', which makes no span"
    ]
    assert reading.problems[0].results == [drawn] and not reading.spans


def marked(start: Any, end: Any, label: Any = "ACTOR", id: str = "a", **more: Any) -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": label if isinstance(label, list) else [label]}
    return {"id": id, "from_name": "label", "to_name": "text", "type": "labels", "value": value, **more}


def stating(words: Any, start: int, end: int) -> dict[str, Any]:
    """A mark as the editor writes it, with its words."""
    mark = marked(start, end)
    mark["value"]["text"] = words
    return mark


def said(name: str, kind: str, key: str, content: Any, id: str = "a") -> dict[str, Any]:
    value = {"start": 2, "end": 6, key: content}
    return {"id": id, "from_name": name, "to_name": "text", "type": kind, "value": value}


def test_bounds_are_trimmed() -> None:
    scheme = make_scheme()
    [span] = spans_of([stating(" Iran ", 1, 7)], TEXT, scheme).spans
    assert TEXT[span.start : span.end] == "Iran"


LINES = "a\tb  c\r\nd\ne\u00a0f\u2028g"
SAME = {
    "as it stands": LINES,
    "newlines written as backslash and letter": "a\tb  c\\r\\nd\\ne\u00a0f\u2028g",
    "blanks folded": "a b c d e f g",
    "a tab that is gone": "ab  c\r\nd\ne\u00a0f\u2028g",
    "blanks at the edges": f" {LINES}\n",
    "no words": "",
    "blanks alone": "  ",
    "no string": ["Iran"],
}


@pytest.mark.parametrize("words", SAME.values(), ids=SAME)
def test_words_that_differ_in_white_space_alone_prove_the_offsets(scheme: Scheme, words: Any) -> None:
    reading = spans_of([stating(words, 0, len(LINES))], LINES, scheme)
    assert [(span.start, span.end) for span in reading.spans] == [(0, len(LINES))] and reading.problems == []


@pytest.mark.parametrize("shift", [-2, -1, 1, 2, 5])
def test_words_that_the_offsets_do_not_cut_are_a_fault_and_never_shifted(scheme: Scheme, shift: int) -> None:
    wrong = stating("Iran", 2 + shift, 6 + shift)
    field = said("ACTOR.id", "textarea", "text", ["IRN"])
    reading = spans_of([wrong, field, stating("hit", 7, 10) | {"id": "b"}], TEXT, scheme)
    assert [(span.start, span.end) for span in reading.spans] == [(7, 10)]
    [fault] = reading.problems
    assert fault.results == [wrong, field]
    assert "'Iran'" in fault.message and repr(TEXT[2 + shift : 6 + shift]) in fault.message


def make_scheme() -> Scheme:
    from goldspan.schema import conflict_scheme

    return conflict_scheme()


FAULTY = {
    "past the end": [marked(0, 99)],
    "reversed": [marked(5, 2)],
    "negative": [marked(-3, 2)],
    "no bounds": [marked(None, None)],
    "bounds that are no whole numbers": [marked(2.5, 6.0)],
    "white space": [marked(12, 15)],
    "an unknown label": [marked(2, 6, "PERSON")],
    "two labels": [marked(2, 6, ["ACTOR", "DATE"])],
    "no label": [marked(2, 6, [])],
    "a field without a span": [said("ACTOR.id", "textarea", "text", ["IRN"])],
    "two regions of one id": [marked(2, 6), marked(7, 10)],
    "no result at all": ["words"],
    "a result without a value": [{"id": "a", "type": "labels"}],
}


@pytest.mark.parametrize("results", FAULTY.values(), ids=FAULTY)
def test_what_makes_no_span_is_a_fault_that_keeps_the_servers_words(scheme: Scheme, results: list[Any]) -> None:
    before = deepcopy(results)
    reading = spans_of(results, TEXT, scheme)
    assert reading.spans == [] and [fault.results for fault in reading.problems] == [before]


BAD_FIELDS = {
    "an EDTF text that is none": ("DATE", said("DATE.edtf", "textarea", "text", ["last week"])),
    "an unknown country": ("LOCATION", said("LOCATION.country", "textarea", "text", ["Utopia"])),
    "an unknown kind": ("ACTOR", said("ACTOR.kind", "choices", "choices", ["navy"])),
    "a latitude of 91": ("LOCATION", said("LOCATION.lat", "number", "number", 91)),
    "half a person": ("COUNT", said("COUNT.min", "number", "number", 2.5)),
}


@pytest.mark.parametrize(("label", "field"), BAD_FIELDS.values(), ids=BAD_FIELDS)
def test_a_field_that_cannot_be_right_leaves_the_span_and_is_kept(scheme: Scheme, label: str, field: Any) -> None:
    reading = spans_of([marked(2, 6, label), field], TEXT, scheme)
    assert [(s.start, s.end, s.label, s.value) for s in reading.spans] == [(2, 6, label, None)]
    assert [fault.results for fault in reading.problems] == [[field]]


def test_the_other_fields_of_a_value_stand(scheme: Scheme) -> None:
    parts = [
        said("LOCATION.lat", "number", "number", 95),
        said("LOCATION.lon", "number", "number", 10),
        said("LOCATION.id", "textarea", "text", ["kyiv "]),
    ]
    reading = spans_of([marked(2, 6, "LOCATION"), *parts], TEXT, scheme)
    assert reading.spans[0].value == scheme.value("LOCATION", id="kyiv") and len(reading.problems) == 1


def test_fields_of_another_label_are_no_value_and_kept(scheme: Scheme) -> None:
    """The editor keeps them when a span's label is changed."""
    field = said("ACTOR.id", "textarea", "text", ["IRN"])
    reading = spans_of([marked(2, 6, "DATE"), field], TEXT, scheme)
    assert reading.spans[0].value is None and reading.problems == [] and reading.unplaced == {"fields": [field]}


def test_what_a_reviewer_left_undecided_makes_no_span_and_their_remark_is_kept(scheme: Scheme) -> None:
    remark = said("span_note", "textarea", "text", ["why?"])
    reading = spans_of([marked(2, 6, UNDECIDED), remark, marked(2, 6, id="b")], TEXT, scheme)
    assert len(reading.spans) == 1 and reading.problems == [] and reading.unplaced == {"fields": [remark]}


def test_relations_and_meta_are_kept(scheme: Scheme) -> None:
    relation = {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right", "labels": ["ally"]}
    mark = marked(2, 6, meta={"text": ["the town", "or the district?"]})
    reading = spans_of([mark, relation], TEXT, scheme)
    assert len(reading.spans) == 1 and reading.problems == []
    assert reading.unplaced == {"relations": [relation], "meta": [mark]}


NOTES = {
    "a text": ("a", "a"),
    "a list of one": (["a\n b"], "a\n b"),
    "several texts": (["a ", "", "b"], "a\nb"),
    "none": ([], ""),
}


@pytest.mark.parametrize(("texts", "lines"), NOTES.values(), ids=NOTES)
def test_all_lines_of_a_note_are_read(scheme: Scheme, texts: Any, lines: str) -> None:
    note = {"id": "x", "from_name": "note", "to_name": "text", "type": "textarea", "value": {"text": texts}}
    assert spans_of([note], TEXT, scheme).note == lines
    assert spans_of([note, note], TEXT, scheme).note == "\n".join(filter(None, [lines, lines]))
    on_span = said("span_note", "textarea", "text", texts)
    assert spans_of([marked(2, 6), on_span], TEXT, scheme).spans[0].note == (lines or None)


SEVERAL = {
    "two texts of an id": ("ACTOR", [said("ACTOR.id", "textarea", "text", ["first answer", "second answer"])]),
    "two lines of an id": ("ACTOR", [said("ACTOR.id", "textarea", "text", ["first\nsecond"])]),
    "two results of an id": (
        "ACTOR",
        [said("ACTOR.id", "textarea", "text", ["IRN"]), said("ACTOR.id", "textarea", "text", ["IRQ"])],
    ),
    "two dates": ("DATE", [said("DATE.edtf", "textarea", "text", ["2023", "2024"])]),
    "two choices": ("ACTOR", [said("ACTOR.kind", "choices", "choices", ["state", "armed_group"])]),
    "two numbers": (
        "COUNT",
        [said("COUNT.min", "number", "number", 2), said("COUNT.min", "number", "number", 3)],
    ),
}


@pytest.mark.parametrize(("label", "fields"), SEVERAL.values(), ids=SEVERAL)
def test_several_answers_in_a_field_of_one_are_a_fault_and_never_joined(
    scheme: Scheme, label: str, fields: list[Any]
) -> None:
    reading = spans_of([marked(2, 6, label), *fields], TEXT, scheme)
    assert [(s.start, s.end, s.value) for s in reading.spans] == [(2, 6, None)]
    [fault] = reading.problems
    assert fault.results == fields and "has several answers" in fault.message


def test_the_same_answer_twice_is_one(scheme: Scheme) -> None:
    fields = [said("ACTOR.id", "textarea", "text", ["IRN", " IRN "]), said("ACTOR.id", "textarea", "text", "IRN")]
    reading = spans_of([marked(2, 6), *fields], TEXT, scheme)
    assert reading.spans[0].value == scheme.value("ACTOR", id="IRN") and reading.problems == []


def spans_with(scheme: Scheme, label: str, **parts: Any) -> tuple[Document, list[Span]]:
    document = Document(id="a", text=TEXT, spans=())
    return document, [Span(2, 6, label, scheme.value(label, **parts))]


def test_a_name_where_an_id_belongs_becomes_the_id(scheme: Scheme) -> None:
    document, spans = spans_with(scheme, "ACTOR", id="Hezbollah Brigades")
    [span], remarks = link_entities(document, spans, scheme)
    assert span.value == scheme.value("ACTOR", kind="armed_group", id="kataib-hezbollah") and remarks == []
    document, spans = spans_with(scheme, "LOCATION", id="Kyiv", kind="region")
    [span], _ = link_entities(document, spans, scheme)
    assert getattr(span.value, "kind") == "region" and getattr(span.value, "country") == "UKR"  # noqa: B009


def test_what_is_not_known_stays_and_is_told_with_what_is_near(scheme: Scheme) -> None:
    document, spans = spans_with(scheme, "ACTOR", id="Kataib Hezbolah Brigade")
    made, [remark] = link_entities(document, spans, scheme)
    assert made == spans and "; did you mean kataib-hezbollah" in remark.message


def test_known_ids_and_their_fields_stay_as_they_are(scheme: Scheme) -> None:
    document, spans = spans_with(scheme, "ACTOR", id="IRN")
    assert link_entities(document, spans, scheme) == (spans, [])


def test_values_are_carried_only_where_all_agree(scheme: Scheme) -> None:
    text = "Iran, Iran, Iran"
    iran, iraq = scheme.value("ACTOR", id="IRN"), scheme.value("ACTOR", id="IRQ")
    document = Document(id="a", text=text, spans=())
    one = [Span(0, 4, "ACTOR", iran), Span(6, 10, "ACTOR"), Span(12, 16, "LOCATION")]
    assert [span.value for span in propagate_values(document, one)] == [iran, iran, None]
    two = [Span(0, 4, "ACTOR", iran), Span(6, 10, "ACTOR"), Span(12, 16, "ACTOR", iraq)]
    assert [span.value for span in propagate_values(document, two)] == [iran, None, iraq]


@pytest.mark.parametrize("text", [None, "", " \n", "a\0b"])
def test_texts_that_nobody_could_annotate_are_refused(scheme: Scheme, text: str | None) -> None:
    document = Document(id="a", text=text, text_sha256=None if text is not None else "0" * 64, spans=())
    with pytest.raises(DataError):
        make_task(document, {}, scheme)


def test_answers_of_other_projects_are_read_by_the_names_of_keys() -> None:
    scheme = scheme_with({"b": {"type": "boolean"}, "c": KINDS["choices"].options, "m": {"type": "money"}})
    mark = {"id": "r", "from_name": "l", "type": "labels", "value": {"start": 0, "end": 4, "labels": ["A"]}}
    answers = [
        ("b", "choices", {"choices": ["No"]}),
        ("c", "choices", {"choices": ["water", "power"]}),
        ("m", "textarea", {"text": ["19.99"]}),
        ("m_currency", "choices", {"choices": ["EUR"]}),
    ]
    details = [{"id": "r", "from_name": name, "type": kind, "value": value} for name, kind, value in answers]
    results, originals, unread = answers_as_fields(Region("r", "A", 0, mark, details), "A", scheme)
    assert originals == details and not unread
    assert region_value("A", results, (0, 4), scheme, lambda _: None).value == scheme.value(
        "A", b=False, c=["power", "water"], m=19.99, m_currency="EUR"
    )
