"""An annotator's day, in a real browser at a real server: what she sees, what she does, and what a pull makes of it."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from goldspan.annotate.label_studio.mapping.controls import controls
from goldspan.annotate.label_studio.mapping.hotkeys import EDITOR_KEYS, MODIFIER, hotkeys
from goldspan.annotate.label_studio.mapping.labeling_config import NOTE, TASK_NOTE, UNSURE
from goldspan.schema import conflict_scheme

from ...annotator import Annotator, pictures_folder
from ...browser import open_browser
from ...conftest import record, span, write_lines
from ...studio_server import Studio

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.slow]

PROJECT = "An annotator's day"
TEXT = (
    "  \r\n\U0001f600 <b>Kataib Hezbollah</b> &amp; allies said on Monday that\r\n"
    "Hezbollah Brigades killed between 5 and 10 soldiers near Aleppo.\r\n"
    "\tA [dozen] \U0001f468\u200d\U0001f469\u200d\U0001f467 families fled \u201cMosul\u201d in May 2016;\r\n\r\n"
    "The Pentagon \u2014 and Jose\u0301 Nobody \u2014 denied it. <script>alert(1)</script> \U0001d54f end\r\n"
)
ALEPPO = {"kind": "settlement", "id": "geonames:170063", "lat": 36.20124, "lon": 37.16117, "country": "SYR"}
KATAIB = {"kind": "armed_group", "id": "kataib-hezbollah"}


def mention(words: str, label: str, value: object = None, text: str = TEXT) -> dict[str, Any]:
    start = text.index(words)
    return span(start, start + len(words), label, value, score=0.5)


SUGGESTED = [
    mention("Kataib Hezbollah", "ACTOR", KATAIB),
    mention("dozen", "COUNT", {"min": 12, "max": 12, "unit": "other"}),
    mention("Aleppo", "LOCATION", ALEPPO),
    mention("Mosul", "ACTOR", {"kind": "organization", "id": "mosul"}),
    mention("May", "DATE", {"edtf": "2016"}),
    mention("Pentagon", "ACTOR", {"kind": "military", "id": "usa-department-of-defense"}),
]
SECOND = "Hamas said nothing."
THIRD = "It happened last week in Kyiv."


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pictures_folder(tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def visited(studio: Studio, pictures: Path) -> Iterator[Page]:
    """The page of an annotator who has logged in; a next project opens there in half of the time of a new page."""
    with open_browser() as browser:
        page = browser.new_context().new_page()
        Annotator(page, studio, pictures).log_in()
        yield page


@pytest.fixture
def annotator(visited: Page, studio: Studio, pictures: Path) -> Annotator:
    return Annotator(visited, studio, pictures)


def test_what_an_annotator_does_comes_back_exactly(studio: Studio, annotator: Annotator, tmp_path: Path) -> None:
    layer = {"annotator": "rules", "scheme": "conflict-news@1"}
    records = write_lines(
        tmp_path / "in.jsonl",
        record("a", TEXT, spans=SUGGESTED, layer=layer, meta={"title": 'The "first" <i>', "published": "2016-06-01"}),
        record("b", SECOND, spans=[mention("Hamas", "ACTOR", None, SECOND)], layer=layer),
        record("c", THIRD, spans=[mention("last week", "DATE", None, THIRD)], layer=layer),
    )
    pushed = studio.run("push", str(records), "--project", PROJECT, "--json")
    assert pushed.returncode == 0, pushed.stderr
    project = json.loads(pushed.stdout)["project"]

    annotator.label_all(project["id"])
    annotator.picture("1-task")
    assert annotator.title().split("\n") == ['The "first" <i>', "2016-06-01"]
    assert annotator.marked() == [
        (item["label"], TEXT[item["start"] : item["end"]]) for item in sorted(SUGGESTED, key=lambda item: item["start"])
    ]

    annotator.select("dozen")
    annotator.press("Backspace")
    annotator.select("Mosul")  # accepted with another label and a value
    annotator.choose("2")
    annotator.tick("settlement")
    annotator.write("LOCATION.id", "Mosul")
    annotator.drag_end("May", "May 2016")
    annotator.write("DATE.edtf", "2016-05")
    annotator.select("Pentagon")
    annotator.write("ACTOR.id", "Nobody Atall")
    assert annotator.fields() >= {"ACTOR.id", "span_note", "note"}
    assert not [name for name in annotator.fields() if name.startswith(("LOCATION", "DATE", "COUNT"))]
    annotator.select("Aleppo")
    assert annotator.fields() >= {"LOCATION.id", "LOCATION.lat", "LOCATION.lon", "LOCATION.country"}
    assert annotator.chosen() == {"Aleppo, SYR · settlement"}
    annotator.picture("2-location")
    annotator.choose("n")
    annotator.write("span_note", "u r 2 the city, or the province?")
    annotator.mark("Hezbollah Brigades", "1")
    annotator.write("ACTOR.id", "Hezbollah Brigades")
    annotator.picture("3-actor")
    annotator.mark("Monday", "3")
    annotator.write("DATE.edtf", "2016-05-30")
    annotator.mark("between 5 and 10", "4")
    annotator.write("COUNT.min", "5")
    annotator.write("COUNT.max", "10")
    annotator.tick("killed")
    annotator.picture("4-count")
    annotator.mark("Jose\u0301 Nobody", "1")
    annotator.choose("8")
    annotator.mark("\U0001d54f", "1")
    annotator.write("note", "an odd text")
    annotator.picture("5-done")
    annotator.submit()

    annotator.wait()
    assert annotator.marked() == [("ACTOR", "Hamas")]
    annotator.skip()
    out = tmp_path / "out.jsonl"
    pulled = studio.run("pull", "--out", str(out), "--project", PROJECT, "--json")
    assert pulled.returncode == 0, pulled.stderr
    first, second = map(json.loads, out.read_text("utf-8").splitlines())
    told = {
        (TEXT[item["start"] : item["end"]], item["label"], item["origin"]): (
            {key: part for key, part in (item.get("value") or {}).items() if part not in (None, False)},
            item.get("note"),
        )
        for item in first["spans"]
    }
    mosul = {"kind": "settlement", "id": "geonames:99072", "lat": 36.335, "lon": 43.11889, "country": "IRQ"}
    assert told == {
        ("Kataib Hezbollah", "ACTOR", "prediction"): (KATAIB, None),
        ("Monday", "DATE", "manual"): ({"edtf": "2016-05-30"}, None),
        ("Hezbollah Brigades", "ACTOR", "manual"): (KATAIB, None),
        ("between 5 and 10", "COUNT", "manual"): ({"min": 5, "max": 10, "unit": "killed"}, None),
        ("Aleppo", "LOCATION", "prediction-changed"): (ALEPPO, "u r 2 the city, or the province?"),
        ("Mosul", "LOCATION", "prediction-changed"): (mosul, None),
        ("May 2016", "DATE", "prediction-changed"): ({"edtf": "2016-05"}, None),
        ("Pentagon", "ACTOR", "prediction-changed"): ({"id": "Nobody Atall"}, None),
        ("Jose\u0301 Nobody", "ACTOR", "manual"): ({"kind": "person"}, None),
        ("\U0001d54f", "ACTOR", "manual"): ({}, None),
    }
    assert [TEXT[item["start"] : item["end"]] for item in first["spans"] if item.get("unsure")] == ["Aleppo"]
    assert first["text"] == TEXT
    assert first["layer"]["lead_time"] > 1
    kept = first["layer"]["extra"]["studio"]
    of_another_label = {item["from_name"] for item in kept.pop("fields")}
    assert of_another_label == {"ACTOR.kind", "ACTOR.id"}
    [overruled] = kept.pop("overruled")
    assert overruled["from_name"] == "ACTOR.id.here"
    assert kept == {}
    assert first["layer"]["suggestions_shown"] == ["rules"] and first["layer"]["note"] == "an odd text"
    assert not first["layer"].get("skipped")
    assert second["id"] == "b"
    assert second["spans"] == []
    assert second["layer"]["skipped"] is True
    assert "unknown id or name 'Nobody Atall'" in "".join(json.loads(pulled.stdout)["remarks"])

    annotator.wait()
    annotator.select("last week")
    annotator.write("DATE.edtf", "last week")
    annotator.submit()
    pulled = studio.run("pull", "--out", str(out), "--project", PROJECT, "--json")
    assert pulled.returncode == 1
    [problem] = json.loads(pulled.stdout)["problems"]
    assert problem["document"] == "c"
    assert "last week" in problem["what"]
    assert problem["task"].startswith(f"{project['url']}/data?task=")
    third = json.loads(out.read_text("utf-8").splitlines()[2])
    assert [(item["label"], item.get("value")) for item in third["spans"]] == [("DATE", None)]
    assert "last week" in json.dumps(third["layer"]["invalid_annotations"])


def test_a_key_that_is_nothings_changes_nothing(studio: Studio, annotator: Annotator, tmp_path: Path) -> None:
    layer = {"annotator": "rules", "scheme": "conflict-news@1"}
    spans = [mention("dozen", "COUNT", {"min": 12, "max": 12, "unit": "other"}), mention("Aleppo", "LOCATION", ALEPPO)]
    records = write_lines(tmp_path / "in.jsonl", record("a", TEXT, spans=spans, layer=layer))
    pushed = studio.run("push", str(records), "--project", "free keys", "--json")
    annotator.label_all(json.loads(pushed.stdout)["project"]["id"])
    keys = string.ascii_lowercase + string.digits
    given = {key.removeprefix(MODIFIER) for key in hotkeys(conflict_scheme(), UNSURE).values()}
    free = [f"Alt+{key}" for key in keys if key not in EDITOR_KEYS.union(given)]
    for words in ("Aleppo", "dozen"):
        annotator.select(words)
        for key in [*free, *keys]:
            annotator.page.keyboard.press(key)
    annotator.submit()
    out = tmp_path / "out.jsonl"
    assert studio.run("pull", "--out", str(out), "--project", "free keys").returncode == 0
    [pulled] = map(json.loads, out.read_text("utf-8").splitlines())
    assert [(item["value"], item["origin"]) for item in pulled["spans"]] == [
        (ALEPPO, "prediction"),
        ({"min": 12, "max": 12, "approx": False, "unit": "other"}, "prediction"),
    ]


FIELDS = {
    "Hamas": ("ACTOR.id", "span_note", "note"),
    "Aleppo": ("LOCATION.id", "LOCATION.lat", "LOCATION.lon", "LOCATION.country"),
    "May": ("DATE.edtf",),
    "dozen": ("COUNT.min", "COUNT.max"),
}
"""Every field that is written in, by a span that has it."""


def said(annotator: Annotator) -> dict[tuple[str, str], Any]:
    """What the page would submit, by span and control."""
    results = annotator.page.evaluate("() => Htx.annotationStore.selected.serializeAnnotation()")
    return {(item.get("id", ""), item["from_name"]): item["value"] for item in results}


def test_what_is_written_in_a_field_and_on_after_it_changes_nothing_but_fields(
    studio: Studio, annotator: Annotator, tmp_path: Path
) -> None:
    text = "Hamas killed a dozen near Aleppo in May."
    spans = [
        mention("Hamas", "ACTOR", {"kind": "armed_group", "id": "hamas"}, text),
        mention("dozen", "COUNT", {"min": 12, "max": 12, "unit": "other"}, text),
        mention("Aleppo", "LOCATION", ALEPPO, text),
        mention("May", "DATE", {"edtf": "2016-05"}, text),
    ]
    records = write_lines(tmp_path / "in.jsonl", record("a", text, spans=spans, layer={"annotator": "rules"}))
    pushed = studio.run("push", str(records), "--project", "remarks", "--json")
    annotator.label_all(json.loads(pushed.stdout)["project"]["id"])
    # no blank: where Tab leads to a box, it ticks the box, as on any page
    beside = string.ascii_letters + string.digits + string.punctuation + "é"
    numbers = {c.name for own in controls(conflict_scheme()).values() for c in own if c.kind == "number"}
    written = {field for fields in FIELDS.values() for field in fields}
    assert written == {
        *(c.name for own in controls(conflict_scheme()).values() for c in own if c.kind != "choices"),
        NOTE,
        TASK_NOTE,
    }
    for words, fields in FIELDS.items():
        for field in fields:
            for key in ("Enter", "Escape", "Tab"):
                annotator.select(words)
                before = said(annotator)
                annotator.into(field)
                annotator.page.keyboard.press("End")
                annotator.page.keyboard.type("1")
                annotator.page.keyboard.press(key)
                annotator.page.keyboard.type(beside)
                if key == "Enter":
                    place, written_there = annotator.page.evaluate(
                        "() => [document.activeElement.name.split(':')[0], document.activeElement.value]"
                    )
                    assert place == field
                    assert beside in written_there or field in numbers
                annotator.page.locator(".goldspan-head").click()
                annotator.leave()
                after = said(annotator)
                changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
                # where the key leads to the next field, that one is written in
                assert {control for _, control in changed} <= written, (field, key)


def test_a_page_left_open_while_new_suggestions_come_can_submit_all_that_was_marked(
    studio: Studio, annotator: Annotator, tmp_path: Path
) -> None:
    layer = {"annotator": "rules"}

    def push(name: str, *spans: dict[str, Any]) -> Any:
        records = write_lines(tmp_path / name, record("a", TEXT, spans=list(spans), layer=layer))
        done = studio.run("push", str(records), "--project", "open page", "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    annotator.label_all(push("old.jsonl", *SUGGESTED)["project"]["id"])
    annotator.mark("Monday", "3")
    annotator.select("Pentagon")
    annotator.press("Backspace")
    assert push("new.jsonl", *SUGGESTED[::2])["suggested"] == 1
    annotator.mark("Jose\u0301 Nobody", "1")
    annotator.submit()
    out = tmp_path / "out.jsonl"
    assert studio.run("pull", "--out", str(out), "--project", "open page").returncode == 0
    [pulled] = map(json.loads, out.read_text("utf-8").splitlines())
    marked = {TEXT[item["start"] : item["end"]] for item in pulled["spans"]}
    assert marked == {"Kataib Hezbollah", "dozen", "Aleppo", "Mosul", "May", "Monday", "Jose\u0301 Nobody"}
