"""The labelling interface of a scheme, and that results fit it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from msgspec import structs

from goldspan.annotate.label_studio.mapping.controls import controls
from goldspan.annotate.label_studio.mapping.hotkeys import EDITOR_KEYS, MODIFIER, hotkeys
from goldspan.annotate.label_studio.mapping.labeling_config import (
    TASK_NOTE,
    UNSURE,
    check_labeling_config,
    control_names,
    instructions,
    labeling_config,
)
from goldspan.annotate.label_studio.mapping.result_json import results_of, spans_of
from goldspan.corpus import read_records
from goldspan.corpus.release.editions import edition
from goldspan.schema import DataError, Document, Scheme, Span, conflict_scheme, parse_scheme

HOSTILE = """
name = "hostile"
version = 1
title = "<View/> & 'quotes' \\"double\\""
description = "-"

[labels.ONE]
definition = '''"<script>alert('1')</script>" & </Label> ]]> \U0001f600'''
colour = "#123456"
hotkey = "u"

[labels.TWO]
definition = "$text <Text name=\\"text\\"/>"

[labels.TWO.fields.sort]
type = "choice"
definition = "$text <b>\\"&\\"</b>"
choices = ["<a>", "b & c", "\\"d\\"", "e'f", "ü \U0001f600"]

[labels.TWO.fields.size]
type = "interval"

[labels.TWO.fields.word]
type = "text"
definition = "</View>"
"""


@pytest.fixture(scope="module")
def gold() -> list[Document]:
    return list(read_records(Path(str(edition().folder)) / "gold.jsonl", conflict_scheme()))


def with_spans(document: Document, **more: Any) -> Document:
    """The document with something said of all its spans."""
    return structs.replace(document, spans=tuple(structs.replace(span, **more) for span in document.spans))


def hostile() -> Scheme:
    return parse_scheme(HOSTILE)


SCHEMES = {"conflict": conflict_scheme, "hostile": hostile}


def test_every_result_of_the_gold_fits_the_interface(gold: list[Document], scheme: Scheme) -> None:
    from label_studio_sdk.label_interface.interface import LabelInterface

    checked = LabelInterface(labeling_config(scheme))
    marked = [with_spans(document, unsure=True, note='a "remark" <b>', score=0.5) for document in gold]
    for document in [*gold, *marked]:
        results = results_of(document, document.spans, scheme)
        assert checked.validate_prediction({"model_version": "m", "result": results}, return_errors=True) == []
        assert {result["from_name"] for result in results} <= set(control_names(scheme))


def test_every_result_of_a_scheme_of_ones_own_fits_its_interface() -> None:
    from label_studio_sdk.label_interface.interface import LabelInterface

    scheme = hostile()
    choices = ("<a>", "b & c", '"d"', "e'f", "ü \U0001f600")
    values = [scheme.value("TWO", sort=choice, min=0, max=7, approx=True, word="</View> $x") for choice in choices]
    spans = [Span(0, 4, "ONE", unsure=True, note="<b>"), *(Span(5, 9, "TWO", value, score=0.5) for value in values)]
    results = results_of(Document(id="a", text="Iran said.", spans=tuple(spans)), spans, scheme)
    assert {result["from_name"] for result in results} == set(control_names(scheme)) - {TASK_NOTE}
    checked = LabelInterface(labeling_config(scheme))
    assert checked.validate_prediction({"model_version": "m", "result": results}, return_errors=True) == []


def test_a_result_that_does_not_fit_is_seen_by_that_check(gold: list[Document], scheme: Scheme) -> None:
    from label_studio_sdk.label_interface.interface import LabelInterface

    results = results_of(gold[0], gold[0].spans[:1], scheme)
    results[0]["value"]["labels"] = ["NONE"]
    assert LabelInterface(labeling_config(scheme)).validate_prediction({"result": results}, return_errors=True)


def test_the_gold_comes_back_from_its_results_as_it_was(gold: list[Document], scheme: Scheme) -> None:
    for document in gold:
        reading = spans_of(results_of(document, document.spans, scheme), document.text or "", scheme)
        assert reading.problems == []
        told = [(span.start, span.end, span.label, span.value) for span in reading.spans]
        assert told == [(span.start, span.end, span.label, span.value) for span in document.spans]


def test_what_a_key_of_another_label_left_behind_leaves_no_trace(scheme: Scheme) -> None:
    """The editor takes the key of a choice that does not show, too."""
    place = {"start": 0, "end": 4, "text": "Iran"}
    common = {"id": "x", "to_name": "text"}
    results = [
        {**common, "from_name": "label", "type": "labels", "value": {**place, "labels": ["LOCATION"]}},
        {**common, "from_name": "ACTOR.kind", "type": "choices", "value": {**place, "choices": ["state"]}},
    ]
    reading = spans_of(results, "Iran.", scheme)
    assert [(span.label, span.value) for span in reading.spans] == [("LOCATION", None)]
    assert reading.problems == []


@pytest.mark.parametrize("make", SCHEMES.values(), ids=SCHEMES)
def test_the_interface_is_well_formed_and_the_sdk_takes_it(make: Callable[[], Scheme]) -> None:
    scheme = make()
    text = labeling_config(scheme)
    assert text == labeling_config(make())
    check_labeling_config(text)
    names = [item.get("name") for item in ET.fromstring(text).iter() if item.get("name")]
    assert Counter(names) == Counter([*control_names(scheme), "text"])


@pytest.mark.parametrize("text", ["<View>", ""], ids=["not closed", "nothing"])
def test_what_label_studio_takes_for_no_interface_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="Label Studio rejects the labeling config of the scheme"):
        check_labeling_config(text)


def test_what_a_scheme_says_stands_in_the_interface_as_it_is_written() -> None:
    root = ET.fromstring(labeling_config(hostile()))
    labels = {item.get("value"): item for item in root.iter("Label")}
    assert labels["ONE"].get("hint") == hostile().labels["ONE"].definition
    choices = [item.get("value") for item in root.iter("Choice")]
    assert choices[:5] == ["<a>", "b & c", '"d"', "e'f", "ü \U0001f600"]
    headers = [str(item.get("value")) for item in root.iter("Header")]
    assert re.findall(r"\$\w+", " ".join(headers)) == ["$title", "$published"]
    assert '$\u2060text <b>"&"</b>' in headers
    assert not root.findall(".//script")
    assert len(root.findall(".//Text")) == 1


@pytest.mark.parametrize("make", SCHEMES.values(), ids=SCHEMES)
def test_fields_show_for_the_selected_span_of_their_label_only(make: Callable[[], Scheme]) -> None:
    scheme = make()
    root = ET.fromstring(labeling_config(scheme))
    for label in scheme.labels.values():
        wanted = {control.name for control in controls(scheme)[label.name]}
        shown = [view for view in root.iter("View") if view.get("whenLabelValue") == label.name]
        [view] = shown
        assert (view.get("visibleWhen"), view.get("whenTagName")) == ("region-selected", "label")
        inside = [item for item in view.iter() if item.get("toName")]
        assert {item.get("name") for item in inside} == wanted
        assert all(item.get("perRegion") == "true" for item in inside)
        [guideline] = view.iter("Panel")
        assert guideline.get("open") is None
        said = [str(item.get("value")).replace("\u2060", "") for item in guideline]
        assert said[0] == label.definition and said[1:][-len(label.examples) :] == list(label.examples)
    fields = {control.name for own in controls(scheme).values() for control in own}
    everywhere = [item.get("name") for item in root.iter() if item.get("name") in fields]
    assert len(everywhere) == len(fields)


@pytest.mark.parametrize("make", SCHEMES.values(), ids=SCHEMES)
def test_no_two_things_have_one_key_and_none_has_the_editors(make: Callable[[], Scheme]) -> None:
    root = ET.fromstring(labeling_config(make()))
    things = [*root.iter("Label"), *root.iter("Choice"), *root.iter("Number")]
    keys = [str(item.get("hotkey")) for item in things]
    assert len(set(keys)) == len(things)
    assert all("+" in key for key in keys)  # a bare key would act on whoever writes on beside a field
    assert not {f"{MODIFIER}{key}" for key in EDITOR_KEYS}.intersection(keys)
    assert "None" not in keys


def test_labels_keep_the_keys_that_the_scheme_names(scheme: Scheme) -> None:
    keys = hotkeys(scheme, UNSURE)
    assert {name: keys[name] for name in scheme.labels} == {
        n: f"alt+{item.hotkey}" for n, item in scheme.labels.items()
    }
    taken = replace(scheme, labels={name: replace(item, hotkey="n") for name, item in scheme.labels.items()})
    keys = hotkeys(taken, UNSURE)
    assert keys["ACTOR"] == "alt+n"
    assert len({*keys.values()}) == len(keys)
    unreachable = replace(scheme, labels={name: replace(item, hotkey="م") for name, item in scheme.labels.items()})
    assert all(key.isascii() for key in hotkeys(unreachable, UNSURE).values())


def test_when_the_keys_run_out_the_rest_has_none() -> None:
    from label_studio_sdk.label_interface.interface import LabelInterface

    choices = ", ".join(f'"c{number}"' for number in range(60))
    table = f'[labels.A.fields.f]\ntype = "choice"\nchoices = [{choices}]\n'
    scheme = parse_scheme(f'name = "many"\nversion = 1\n[labels.A]\ndefinition = "-"\n{table}')
    keys = hotkeys(scheme, UNSURE)
    assert len({*keys.values()}) == len(keys) < 62
    assert ("A", "f", "c59") not in keys
    LabelInterface(labeling_config(scheme)).validate()


def test_numbers_take_whatever_the_scheme_takes(scheme: Scheme) -> None:
    """A number that the page finds wrong blocks the button that submits."""
    numbers = {str(item.get("name")): item.attrib for item in ET.fromstring(labeling_config(scheme)).iter("Number")}
    limits = {name: tuple(item.get(key) for key in ("min", "max", "step")) for name, item in numbers.items()}
    assert limits == {
        "LOCATION.lat": ("-90", "90", "any"),
        "LOCATION.lon": ("-180", "180", "any"),
        "COUNT.min": ("0", None, "1"),
        "COUNT.max": ("0", None, "1"),
    }


@pytest.mark.parametrize("make", SCHEMES.values(), ids=SCHEMES)
def test_enter_is_a_line_in_every_field_of_text(make: Callable[[], Scheme]) -> None:
    """In a field of one row it throws the focus to the page."""
    for item in ET.fromstring(labeling_config(make(), review=True)).iter("TextArea"):
        assert int(item.get("rows", "1")) > 1


def test_open_lists_and_dates_are_written_and_closed_lists_are_chosen(scheme: Scheme) -> None:
    root = ET.fromstring(labeling_config(scheme))
    kinds = {str(item.get("name")): item.tag for item in root.iter() if item.get("perRegion")}
    assert kinds == {
        "ACTOR.kind": "Choices",
        "ACTOR.id": "TextArea",
        "LOCATION.kind": "Choices",
        "LOCATION.id": "TextArea",
        "LOCATION.lat": "Number",
        "LOCATION.lon": "Number",
        "LOCATION.country": "TextArea",
        "DATE.edtf": "TextArea",
        "COUNT.min": "Number",
        "COUNT.max": "Number",
        "COUNT.approx": "Choices",
        "COUNT.unit": "Choices",
        "unsure": "Choices",
        "span_note": "TextArea",
    }


OVEN = """
name = "recipes"
version = 1
title = "Recipes"
description = "What cooks write down."

[labels.INGREDIENT]
definition = "What goes into the bowl."
examples = ["a pinch of [salt]"]

[labels.INGREDIENT.fields]
taste = { type = "choice", choices = ["sweet", "salty"] }
"""
CONFLICT_NEWS = re.compile(r"conflict|\barmed|ACTOR|LOCATION|\bCOUNT|IRN|militia|news", re.I)


def test_html_in_guidelines_shows_as_it_is_written(scheme: Scheme) -> None:
    made = instructions(
        scheme,
        "# A & B\n\n<script>alert(1)</script> and <b>bold</b>\n\n[x](javascript:alert(1))\n\n1. first\n",
    )
    assert "<h1>A &amp; B</h1>" in made
    assert "&lt;script&gt;alert(1)&lt;/script&gt; and &lt;b&gt;bold&lt;/b&gt;" in made
    assert "<script" not in made
    assert "href" not in made
    assert "<ol>" in made


def test_the_guidelines_of_the_scheme_are_the_instructions_where_none_are_given(scheme: Scheme) -> None:
    made = instructions(scheme)
    assert "Guidelines for annotators</h1>" in made
    assert "<table>" in made


def test_a_scheme_without_guidelines_describes_itself_in_the_instructions() -> None:
    made = instructions(parse_scheme(OVEN))
    for said in ("<h1>Recipes</h1>", "What goes into the bowl", "one of sweet, salty", "a pinch of [salt]"):
        assert said in made
    assert CONFLICT_NEWS.search(made) is None


def test_the_page_for_annotators_names_the_keys_of_the_interface(scheme: Scheme) -> None:
    page = (Path(__file__).parents[3] / "docs" / "annotating.md").read_text("utf-8")
    rows = re.findall(r"^\| (\w(?:, \w)*) \| (.*) \|$", page, re.M)
    told = {meaning: [f"{MODIFIER}{key}" for key in row.split(", ")] for row, meaning in rows}
    keys = hotkeys(scheme, UNSURE)

    def of(label: str, field: str) -> list[str]:
        return [key for name, key in keys.items() if isinstance(name, tuple) and name[:2] == (label, field)]

    assert told == {
        "ACTOR, LOCATION, DATE, COUNT": [keys[name] for name in ("ACTOR", "LOCATION", "DATE", "COUNT")],
        "the kinds of an ACTOR": of("ACTOR", "kind"),
        "the kinds of a LOCATION": of("LOCATION", "kind"),
        "approx of a COUNT": of("COUNT", "approx"),
        "the units of a COUNT": of("COUNT", "unit"),
        "unsure": [keys[UNSURE]],
    }
