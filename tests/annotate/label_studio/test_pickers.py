"""Pickers without a server: what is offered, how suggestions become picks, and which answer counts."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from goldspan.annotate.label_studio.backend.predict_request import PredictRequest
from goldspan.annotate.label_studio.backend.predictor import Predictor
from goldspan.annotate.label_studio.mapping.labeling_config import labeling_config
from goldspan.annotate.label_studio.mapping.pickers.document_offers import DocumentOffers, offered_ids
from goldspan.annotate.label_studio.mapping.pickers.id_lists import (
    earlier_entries,
    list_content,
    list_name,
    list_url,
    listed_ids,
    lists_in,
)
from goldspan.annotate.label_studio.mapping.pickers.known_entries import Offer
from goldspan.annotate.label_studio.mapping.result_json import spans_of
from goldspan.annotate.label_studio.mapping.tasks import make_task, task_lists
from goldspan.annotate.label_studio.mark_once.answers import MarkOnce
from goldspan.annotate.label_studio.mark_once.known_schemes import known_words
from goldspan.annotate.rules import RULES
from goldspan.annotate.rules.dates.dates_in_words import read_written_date
from goldspan.schema import Document, Scheme, Span, conflict_scheme, load_actors
from goldspan.schema.document import Metadata

TEXT = "M23 took Goma on Friday, near Rutshuru and Kibumba. Jean Testu denied it. Tripoli and Rwanda were quiet."


def document(text: str = TEXT, language: str | None = None) -> Document:
    return Document(id="a", text=text, spans=(), meta=Metadata(published="2024-06-01", language=language))


@pytest.fixture(scope="module")
def offers() -> dict[str, list[Offer]]:
    return {source: list(offered) for source, offered in DocumentOffers().of(document()).items()}


def test_a_document_offers_all_that_its_names_and_dates_may_mean(offers: dict[str, list[Offer]]) -> None:
    assert {offer.id for offer in offers["actors"]} >= {"m23", "jean-testu", "LBY", "RWA"}
    places = [offer.text for offer in offers["places"]]
    tripoli = [place for place in places if place.startswith("Tripoli, ")]
    assert {place[9:12] for place in tripoli} >= {"LBY", "LBN"}
    distances = [int(place.split(" · ")[2].removesuffix(" km").replace(",", "")) for place in tripoli]
    assert distances == sorted(distances)
    assert places[0].startswith("Goma, COD")
    assert [(offer.id, offer.text) for offer in offers["dates"]] == [("2024-05-31", "Friday: 2024-05-31")]


def test_a_text_that_the_rules_do_not_read_offers_nothing_and_can_be_pushed(scheme: Scheme) -> None:
    task = make_task(document("Goma est tombée.", "fr"), {}, scheme, lists=task_lists(scheme))
    assert [task.data()[source] for source in ("actors", "places", "dates")] == [[], [], []]


def test_a_long_document_offers_what_it_names_most_and_first_and_no_more_than_the_page_shows_quickly() -> None:
    days = [f"{day} {month} 2023" for month in ("March", "April", "May", "June") for day in range(1, 31)]
    text = f"They met on {'. They met on '.join([*days, days[-1]])}."
    offered = DocumentOffers().of(document(text))["dates"]
    assert len(offered) == 100
    assert [offer.id for offer in offered[:2]] == ["2023-06-30", "2023-03-01"]


def test_what_is_offered_neither_takes_keys_nor_depends_on_suggestions(scheme: Scheme) -> None:
    lists = task_lists(scheme)
    spans = [Span(0, 3, "ACTOR", scheme.value("ACTOR", kind="state", id="XYZ"))]
    blind, suggested = (make_task(document(), shown, scheme, lists=lists).data() for shown in ({}, {"x": spans}))
    assert [blind[source] for source in ("actors", "places", "dates")] == [
        suggested[source] for source in ("actors", "places", "dates")
    ]
    assert all(len(item["hotkey"].split("+")) == 4 for source in ("actors", "places") for item in blind[source])


@pytest.fixture(scope="module")
def interface() -> Any:
    """The page of a project as Label Studio's own parser reads it."""
    from label_studio_sdk.label_interface.interface import LabelInterface

    return LabelInterface(labeling_config(conflict_scheme(), lists={"actors": "/data/a", "places": "/data/p"}))


M23 = {"kind": "armed_group", "id": "m23"}
GOMA = {"kind": "settlement", "id": "geonames:216281", "lat": -1.67409, "lon": 29.22845, "country": "COD"}
SUGGESTED: dict[str, tuple[str, str, dict[str, Any], list[str]]] = {
    "an offered actor is a choice": ("M23", "ACTOR", M23, ["ACTOR.id.here"]),
    "an offered place is a choice alone": ("Goma", "LOCATION", GOMA, ["LOCATION.id.here"]),
    "an offered date": ("Friday", "DATE", {"edtf": "2024-05-31"}, ["DATE.edtf.here"]),
    "an actor of the list": ("M23", "ACTOR", {"kind": "armed_group", "id": "hamas"}, ["ACTOR.id.list"]),
    "an unknown actor keeps its kind": (
        "Jean Testu",
        "ACTOR",
        {"kind": "person", "id": "jean-testu"},
        ["ACTOR.kind", "ACTOR.id.here"],
    ),
    "another kind than the entry's": ("M23", "ACTOR", {"kind": "person", "id": "m23"}, ["ACTOR.kind", "ACTOR.id"]),
    "less than the entry": ("Goma", "LOCATION", {"id": "geonames:216281"}, ["LOCATION.id"]),
    "an id of no list": ("M23", "ACTOR", {"id": "nobody"}, ["ACTOR.id"]),
    "a date that is not offered": ("Friday", "DATE", {"edtf": "2020"}, ["DATE.edtf"]),
}


@pytest.mark.parametrize("words, label, value, controls", SUGGESTED.values(), ids=SUGGESTED)
def test_a_suggestion_is_shown_as_a_pick_where_it_is_one_and_comes_back_as_it_was(
    scheme: Scheme, interface: Any, words: str, label: str, value: dict[str, Any], controls: list[str]
) -> None:
    start = TEXT.index(words)
    span = Span(start, start + len(words), label, scheme.value(label, **value))
    task = make_task(document(), {"x": [span]}, scheme, lists=task_lists(scheme))
    [prediction] = task.predictions(task.data())
    assert [item["from_name"] for item in prediction["result"]] == ["label", *controls]
    assert interface.validate_prediction(prediction, return_errors=True) == []
    read = spans_of(prediction["result"], TEXT, scheme)
    assert [item.value for item in read.spans] == [span.value]
    assert read.problems == read.overruled == []


def test_a_backend_suggests_picks_of_what_a_task_offers_and_fields_where_it_offers_nothing(scheme: Scheme) -> None:
    offering = make_task(document(), {}, scheme, lists=task_lists(scheme)).data()
    older = {key: part for key, part in offering.items() if key not in ("actors", "places", "dates")}
    request = PredictRequest([{"id": 1, "data": offering}, {"id": 2, "data": older}])
    picks, fields = Predictor(RULES(scheme), scheme, log=pytest.fail).answer(request, lambda: False)
    names = [{item["from_name"] for item in answer["result"]} for answer in (picks, fields)]
    assert {"ACTOR.id.here", "LOCATION.id.here", "DATE.edtf.here"} <= names[0]
    assert {"ACTOR.id", "LOCATION.id", "LOCATION.lat", "DATE.edtf"} <= names[1]
    assert not any(name.endswith(".here") for name in names[1])
    assert spans_of(picks["result"], TEXT, scheme).spans == spans_of(fields["result"], TEXT, scheme).spans


def test_a_mark_gets_its_value_as_a_pick_where_the_task_offers_it(scheme: Scheme) -> None:
    data = make_task(document(), {}, scheme, lists=task_lists(scheme)).data()
    mark: dict[str, Any] = {"id": "m", "from_name": "label", "to_name": "text", "type": "labels"}
    mark["value"] = {"start": 0, "end": 3, "text": "M23", "labels": ["ACTOR"]}
    marks = MarkOnce(known_words, scheme)
    for number, (task_data, names) in enumerate(
        ((data, ["label", HERE]), ({**data, "actors": []}, ["label", "ACTOR.kind", FIELD]))
    ):
        request = PredictRequest(
            [{"id": number, "data": task_data}], labeling_config(scheme), {"context": {"result": [mark]}}
        )
        [answer] = marks.answer(request, lambda: False)
        assert [item["from_name"] for item in answer["result"]] == names


HERE, LIST, FIELD = "ACTOR.id.here", "ACTOR.id.list", "ACTOR.id"


def answers(label: str, *given: tuple[str, object]) -> list[dict[str, Any]]:
    """The results of a span with answers, in the order in which they were given."""
    place = {"start": 0, "end": 3, "text": "M23"}
    common = {"id": "x", "to_name": "text"}
    results = [{**common, "from_name": "label", "type": "labels", "value": {**place, "labels": [label]}}]
    for name, answer in given:
        kind, value = {
            "here": ("choices", [answer]),
            "list": ("taxonomy", [[answer]]),
            "kind": ("choices", [answer]),
        }.get(name.rpartition(".")[2], ("textarea", [answer]))
        key = "text" if kind == "textarea" else kind
        results.append({**common, "from_name": name, "type": kind, "value": {**place, key: value}})
    return results


ANSWERS: dict[str, tuple[list[tuple[str, object]], dict[str, str], int]] = {
    "a pick brings its entry": ([(HERE, "m23")], M23, 0),
    "from the list": ([(LIST, "m23")], M23, 0),
    "a kind that was ticked stays": ([("ACTOR.kind", "person"), (HERE, "m23")], {"kind": "person", "id": "m23"}, 0),
    "an id of neither registry nor gazetteer": ([(HERE, "jean-testu")], {"id": "jean-testu"}, 0),
    "the same twice": ([(HERE, "m23"), (LIST, "m23")], M23, 0),
    "its name beside it": ([(HERE, "m23"), (FIELD, "March 23 Movement")], M23, 0),
    "the list after the choice": ([(HERE, "m23"), (LIST, "hamas")], {"kind": "armed_group", "id": "hamas"}, 1),
    "the choice after the list": ([(LIST, "hamas"), (HERE, "m23")], M23, 1),
    "written after a pick": ([(HERE, "m23"), (FIELD, "Nobody")], {"id": "Nobody"}, 1),
    "a pick after what was written": ([(FIELD, "Nobody"), (HERE, "m23")], M23, 1),
    "an old project without pickers": ([(FIELD, "m23")], {"id": "m23"}, 0),
}


@pytest.mark.parametrize("given, value, overruled", ANSWERS.values(), ids=ANSWERS)
def test_of_several_answers_the_last_counts_and_none_is_lost(
    scheme: Scheme, given: list[tuple[str, object]], value: dict[str, str], overruled: int
) -> None:
    read = spans_of(answers("ACTOR", *given), "M23", scheme)
    [span] = read.spans
    assert span.value == scheme.value("ACTOR", **value)
    assert read.problems == []
    assert len(read.overruled) == len(read.unplaced.get("overruled", [])) == overruled
    if overruled:
        assert f"is '{value['id']}'" in read.overruled[0].message
        assert read.unplaced["overruled"][0] in answers("ACTOR", *given)


def test_several_ticks_in_the_list_are_several_answers(scheme: Scheme) -> None:
    results = answers("ACTOR", (LIST, "m23"))
    results[1]["value"]["taxonomy"] = [["m23"], ["hamas"]]
    read = spans_of(results, "M23", scheme)
    assert [span.value for span in read.spans] == [scheme.value("ACTOR", kind="armed_group", id="hamas")]
    assert len(read.overruled) == 1


def test_a_suggestion_with_a_second_answer_was_changed(scheme: Scheme) -> None:
    results = [item | {"origin": "prediction"} for item in answers("ACTOR", (HERE, "m23"), (LIST, "hamas"))]
    assert spans_of(results, "M23", scheme).spans[0].origin == "prediction-changed"
    assert spans_of(results[:2], "M23", scheme).spans[0].origin == "prediction"


def test_a_pick_left_from_another_label_is_kept_as_a_stray_field(scheme: Scheme) -> None:
    read = spans_of(answers("DATE", (HERE, "m23")), "M23", scheme)
    assert read.spans[0].value is None
    assert [item["from_name"] for item in read.unplaced["fields"]] == [HERE]


DATES = {
    "5 May": "2024-05-05",
    "5 may": "2024-05-05",
    "May 5, 2021": "2021-05-05",
    "25/10/2023": "2023-10-25",
    "05/10/2023": None,  # in May or October
    "last week": "2024-05-20/2024-05-26",
    "Friday": "2024-05-31",
    "early May": "2024-05-01/2024-05-10",
    "\u0662\u0660\u0662\u0663-\u0661\u0661": "2023-11",
    "31 February": None,
    "Christmas": None,
    "5 May and more": None,
    "": None,
}


@pytest.mark.parametrize("words, edtf", DATES.items())
def test_a_date_in_words_is_read_against_the_day_of_publication(words: str, edtf: str | None, scheme: Scheme) -> None:
    published = date(2024, 6, 1)
    assert read_written_date(words, published) == edtf
    day_first = {"05/10/2023": "2023-10-05"}.get(words, edtf)
    assert read_written_date(words, published, day_first=True) == day_first
    if words:
        results = answers("DATE", ("DATE.edtf", words))
        read = spans_of(results, "M23", scheme, read_date=lambda written: read_written_date(written, published))
        assert read.spans[0].value == (scheme.value("DATE", edtf=edtf) if edtf else None)
        assert [problem.results for problem in read.problems] == ([] if edtf else [results[1:]])


def test_lists_hold_the_projects_own_entries_first_and_all_actors_with_all_names() -> None:
    own = [Offer("Jean T / JT", "Jean · Jean T / JT"), Offer("m23", "known by now")]
    content = list_content("actors", own)
    entries = [(item["value"], item.get("alias")) for item in json.loads(content)]
    assert entries[:2] == [("New in this project", None), ("Jean · Jean T / JT", "Jean T / JT")]
    assert {alias for _, alias in entries if alias} == {"Jean T / JT", *(actor.id for actor in load_actors())}
    shown = {alias: text for text, alias in entries}
    assert all(name in shown[actor.id] for actor in load_actors() for name in actor.names)
    assert earlier_entries("actors", content) == own[:1]
    assert list_name("actors", content) != list_name("actors", list_content("actors", ()))
    assert earlier_entries("actors", b"<html>") == []
    assert {"m23", "ITA"} <= listed_ids(conflict_scheme())["actors"]


def test_the_page_names_its_lists_and_works_before_they_are_there(scheme: Scheme) -> None:
    url = list_url("upload/7/1-goldspan-actors-0.json", 7, "/studio")
    config = labeling_config(scheme, lists={"actors": url, "places": ""})
    assert lists_in(config) == {"ACTOR.id.list": "upload/7/1-goldspan-actors-0.json"}
    names = [element.get("name") for element in ET.fromstring(config).iter("Taxonomy")]
    assert names == ["ACTOR.id.list", "LOCATION.id.list"]
    assert not list(ET.fromstring(labeling_config(scheme)).iter("Taxonomy"))


def test_what_is_offered_is_read_from_any_task() -> None:
    offered = offered_ids({"actors": [{"alias": "a"}, "x", {}], "places": "none", "dates": None}, conflict_scheme())
    assert {source: ids for source, ids in offered.items() if ids} == {"actors": frozenset({"a"})}
