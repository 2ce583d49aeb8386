"""The page of an annotator and of a reviewer, in a real browser that has not been there before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from goldspan.corpus import read_records
from goldspan.schema import conflict_scheme

from ...annotator import Annotator
from ...browser import open_browser
from ...command import run_here
from ...conftest import record, span, write_lines
from ...studio_server import Studio

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Page

pytestmark = [pytest.mark.server, pytest.mark.browser, pytest.mark.slow]

TEXT = "Iran struck three bases near Kyiv on Friday.\nThe army of Iran and Iraq denied it, said Hamas."
LAYER = {"annotator": "rules", "scheme": "conflict-news@1"}
WIDTHS = (1280, 1920)


def mention(words: str, label: str, value: object = None, score: float | None = None) -> dict[str, Any]:
    start = TEXT.index(words)
    return span(start, start + len(words), label, value, **({} if score is None else {"score": score}))


@pytest.fixture(scope="module")
def visited(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page of a browser that keeps nothing of an earlier visit, in which an annotator has logged in."""
    with open_browser() as browser:
        page = browser.new_context().new_page()
        Annotator(page, studio, tmp_path_factory.mktemp("pictures")).log_in()
        yield page


@pytest.fixture
def annotator(visited: Page, studio: Studio, tmp_path: Path) -> Annotator:
    return Annotator(visited, studio, tmp_path)


class Pushes:
    """Pushes to a project of the test's own."""

    def __init__(self, studio: Studio, folder: Path) -> None:
        self.studio = studio
        self.folder = folder
        self.title = f"page {uuid4().hex[:12]}"

    def __call__(self, *options: str, **spans: list[dict[str, Any]]) -> dict[str, Any]:
        lines = [record(name, TEXT, spans=marked, layer=LAYER) for name, marked in spans.items()]
        path = write_lines(self.folder / "in.jsonl", *lines)
        done = self.studio.run("push", str(path), *options, "--project", self.title, "--json")
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))


@pytest.fixture
def push(studio: Studio, tmp_path: Path) -> Pushes:
    return Pushes(studio, tmp_path)


def box(annotator: Annotator, part: str) -> FloatRect:
    found = annotator.page.locator(part).bounding_box()
    assert found is not None
    return found


def test_a_new_span_is_selected_with_its_fields_beside_the_text(annotator: Annotator, push: Pushes) -> None:
    annotator.label_all(push(a=[mention("Kyiv", "LOCATION")])["project"]["id"])
    annotator.choose("1")
    annotator.drag("Hamas")
    assert {name for name in annotator.fields() if "." in name} == {"ACTOR.id"}
    guideline = annotator.page.locator(".goldspan-guideline:visible")
    assert guideline.inner_text() == "What is ACTOR?"
    guideline.locator(".ant-collapse-header").click()
    guideline.get_by_text("[Kenyan police] will deploy within weeks").wait_for()
    for width in WIDTHS:
        annotator.page.set_viewport_size({"width": width, "height": 900})
        text, side = box(annotator, ".goldspan-text"), box(annotator, ".goldspan-side")
        assert text["width"] > 800
        assert text["x"] + text["width"] < side["x"] < text["x"] + text["width"] + 60
        assert side["x"] + side["width"] <= width - 24  # beside the folded panels
        assert side["y"] + side["height"] < 900


def test_a_document_with_nothing_to_mend_is_one_key_and_a_blind_one_looks_the_same(
    annotator: Annotator, push: Pushes
) -> None:
    project = push(a=[mention("Kyiv", "LOCATION")], b=[])["project"]["id"]
    parts = (".goldspan-head", ".goldspan-top", ".goldspan-text", ".goldspan-side")
    annotator.label_all(project)
    suggested = {part: box(annotator, part) for part in parts}
    with annotator.page.expect_response(lambda r: "/annotations" in r.url and r.request.method == "POST") as sent:
        annotator.page.keyboard.press("Control+Enter")
    assert sent.value.status == 201
    assert [result["value"]["text"] for result in sent.value.request.post_data_json["result"]] == ["Kyiv"]
    annotator.page.wait_for_function("() => document.querySelector('.goldspan-head')?.innerText.startsWith('b')")
    annotator.wait(marked=False)
    assert annotator.marked() == []
    assert {part: box(annotator, part) for part in parts} == suggested


def test_an_overlap_shows_at_once_and_until_it_is_mended(annotator: Annotator, push: Pushes) -> None:
    annotator.label_all(push(a=[mention("three", "COUNT")])["project"]["id"])
    warning = annotator.page.locator(".goldspan-overlap")
    annotator.mark("Iran and Iraq", "1")
    assert not warning.is_visible()
    annotator.leave()
    annotator.choose("1")
    annotator.drag("three bases")
    assert warning.inner_text() == "Spans overlap where the text is outlined in red: shorten or remove one."
    annotator.press("Backspace")
    assert not warning.is_visible()


def test_one_click_selects_a_mark_wherever_the_last_drag_began(annotator: Annotator, push: Pushes) -> None:
    annotator.label_all(push(a=[mention("Kyiv", "LOCATION"), mention("Hamas", "ACTOR")])["project"]["id"])
    place, mouse = annotator.place("Iran", 0), annotator.page.mouse
    regions = "Htx.annotationStore.selected.regions.length"

    def drag_from_the_margin() -> None:
        mouse.move(place["left"] - 14, place["top"])
        mouse.down()
        mouse.move(place["right"] - 0.4, place["bottom"], steps=4)
        mouse.up()

    for drag in (drag_from_the_margin, lambda: annotator.drag("Kyiv on Friday")):  # from the margin, and from a mark
        annotator.choose("1")
        drag()
        annotator.page.wait_for_function(f"() => {regions} === 3 && Htx.annotationStore.selected.highlightedNode")
        annotator.press("Backspace")
        assert annotator.page.evaluate(f"() => {regions}") == 2
        annotator.select("Hamas")
        annotator.page.wait_for_function("() => Htx.annotationStore.selected.highlightedNode?.text === 'Hamas'")
        annotator.leave()


def test_answers_are_taken_as_they_come_and_only_by_the_page_that_asked(annotator: Annotator, push: Pushes) -> None:
    annotator.label_all(push(a=[mention("Kyiv", "LOCATION")])["project"]["id"])
    annotator.select("Kyiv")  # the page is mended from the first click on
    taken = annotator.page.evaluate("""async () => {
        const taken = [], store = Htx.annotationStore;
        const ask = () => {
            let come;
            const request = new Promise((resolve) => { come = resolve; });
            const done = Htx.loadSuggestions(request, (answer) => { taken.push(answer); return []; });
            return (answer) => { come(answer); return done; };
        };
        ask();  // this answer never comes
        const [first, second] = [ask(), ask()];
        await Promise.all([second("second"), first("first")]);
        const late = ask();
        store.selectAnnotation(store.addAnnotation({userGenerate: true}).id);
        await late("late");
        await ask()("of the new page");
        return taken;
    }""")
    assert taken == ["second", "first", "of the new page"]


def test_suggestions_of_low_score_are_faint_where_that_is_asked_for(
    annotator: Annotator, push: Pushes, studio: Studio
) -> None:
    spans = [mention("Iran", "ACTOR", score=0.4), mention("Kyiv", "LOCATION", score=0.5), mention("Friday", "DATE")]
    assert push(a=spans)["faint"] == 0
    again = push("--faint", "0.5", a=spans)
    assert (again["suggested"], again["faint"]) == (1, 1)
    assert push("--faint", "0.5", a=spans)["unchanged"] == 1
    annotator.label_all(again["project"]["id"])
    looks = annotator.page.evaluate(
        "() => [...document.querySelectorAll('.goldspan-text .htx-highlight')].map(mark => "
        "[mark.textContent, getComputedStyle(mark).outlineStyle])"
    )
    assert looks == [["Iran", "dashed"], ["Kyiv", "none"], ["Friday", "none"]]
    annotator.submit()
    out = push.folder / "out.jsonl"
    assert studio.run("pull", "--out", str(out), "--project", push.title).returncode == 0
    [pulled] = map(json.loads, out.read_text("utf-8").splitlines())
    marked = [(TEXT[item["start"] : item["end"]], item["origin"]) for item in pulled["spans"]]
    assert marked == [("Iran", "prediction"), ("Kyiv", "prediction"), ("Friday", "prediction")]


def test_a_suggestion_that_is_only_framed_is_a_span_if_it_is_clicked(
    annotator: Annotator, push: Pushes, studio: Studio
) -> None:
    spans = [
        mention("Iran", "ACTOR", {"kind": "state", "id": "IRN"}, score=0.2),
        mention("three", "COUNT", {"min": 3, "max": 3, "unit": "other"}, score=0.2),
        mention("Kyiv", "LOCATION", score=0.4),
        mention("Friday.\nThe army", "DATE", score=0.2),
        mention("Hamas", "ACTOR", score=0.9),
    ]
    pushed = push("--framed", "0.3", "--faint", "0.5", a=spans, b=spans)
    assert (pushed["faint"], pushed["framed"]) == (2, 6)
    annotator.label_all(pushed["project"]["id"])

    def looks() -> list[list[str]]:
        found: list[list[str]] = annotator.page.evaluate(
            "() => [...document.querySelectorAll('.goldspan-text .htx-highlight')].map(mark => "
            "[mark.textContent, getComputedStyle(mark).outlineStyle])"
        )
        return found

    over_lines = [["Friday.", "dotted"], ["The army", "dotted"]]
    shown = [["Iran", "dotted"], ["three", "dotted"], ["Kyiv", "dashed"], *over_lines, ["Hamas", "none"]]
    assert looks() == shown
    assert annotator.page.locator(".goldspan-top .lsf-label:visible").count() == 4

    def click_on_iran() -> None:
        annotator.select("Iran")
        annotator.page.wait_for_selector("[data-label='1:ACTOR']")

    click_on_iran()
    assert annotator.chosen() == {"Iran, IRN · state"}
    assert looks() == [["Iran", "none"], *shown[1:]]
    annotator.press("ControlOrMeta+z")
    annotator.page.wait_for_selector("[data-label='1:to decide']")
    assert looks() == shown
    click_on_iran()
    annotator.submit()
    annotator.wait()
    annotator.choose("1")
    annotator.drag("three bases")  # over a frame, which is no span that it could overlap
    assert not annotator.page.locator(".goldspan-overlap").is_visible()
    annotator.press("Backspace")
    annotator.submit()  # and none of those of b
    out = push.folder / "out.jsonl"
    assert studio.run("pull", "--out", str(out), "--project", push.title).returncode == 0
    first, second = map(json.loads, out.read_text("utf-8").splitlines())
    marked = [(TEXT[item["start"] : item["end"]], item["label"], item["origin"]) for item in first["spans"]]
    left = [("Kyiv", "LOCATION", "prediction"), ("Hamas", "ACTOR", "prediction")]
    assert marked == [("Iran", "ACTOR", "prediction-changed"), *left]
    assert first["spans"][0]["value"] == {"kind": "state", "id": "IRN"}
    assert [TEXT[item["start"] : item["end"]] for item in second["spans"]] == ["Kyiv", "Hamas"]
    assert not first["layer"].get("extra") and not second["layer"].get("extra")
    report = studio.run("report", "--project", push.title, "--json")
    assert report.returncode == 0, report.stderr
    outcomes = json.loads(report.stdout)["suggestions"]["labels"]
    told = {label: [outcomes[label][kind] for kind in ("accepted", "changed", "rejected")] for label in outcomes}
    assert told == {"ACTOR": [2, 1, 1], "LOCATION": [2, 0, 0], "DATE": [0, 0, 2], "COUNT": [0, 0, 2]}


def test_a_reviewer_goes_from_conflict_to_conflict(
    annotator: Annotator, push: Pushes, studio: Studio, tmp_path: Path
) -> None:
    agreed = [mention("Kyiv", "LOCATION"), mention("Hamas", "ACTOR")]
    ada = [mention("Iran", "ACTOR", {"id": "IRN"}), mention("three", "COUNT"), mention("Iraq", "ACTOR")]
    ben = [mention("Iran", "ACTOR", {"id": "IRQ"}), mention("three bases", "COUNT"), mention("Iraq", "LOCATION")]
    files = []
    for who, own in (("ada", [*ada, mention("Friday", "DATE")]), ("ben", ben)):
        of_both = [record(name, TEXT, spans=agreed + own, layer={"annotator": who}) for name in "ab"]
        files.append(str(write_lines(tmp_path / f"{who}.jsonl", *of_both)))
    conflicts = str(tmp_path / "conflicts.jsonl")
    assert run_here("adjudicate", *files, "--out", str(tmp_path / "g.jsonl"), "--conflicts", conflicts).returncode == 1
    passes = (files[0], "--suggestions", files[1])
    pushed = studio.run("push", *passes, "--conflicts", conflicts, "--names", "--project", push.title, "--json")
    assert pushed.returncode == 0, pushed.stderr
    annotator.label_all(json.loads(pushed.stdout)["project"]["id"])
    chosen = []
    for _ in range(4):
        annotator.press("Alt+.")
        chosen.append(annotator.page.evaluate("() => Htx.annotationStore.selected.highlightedNode.text"))
    assert chosen == ["Iran", "three bases", "Friday", "Iraq"]  # of ben's pass, which has nothing on Friday
    numbers = annotator.page.evaluate(
        "() => [...document.querySelectorAll('[class*=htx-highlight-conflict]')].map(mark => "
        "getComputedStyle(mark).counterSet)"
    )
    assert numbers == ["conflict 1", "conflict 2", "conflict 3", "conflict 4"]
    for width in WIDTHS:
        annotator.page.set_viewport_size({"width": width, "height": 900})
        fields, listed = box(annotator, ".goldspan-values"), box(annotator, ".goldspan-conflicts")
        beside, below = fields["x"] + fields["width"] <= listed["x"], fields["y"] + fields["height"] <= listed["y"]
        assert beside if width == WIDTHS[1] else below
        assert listed["y"] + listed["height"] < 900
    assert annotator.page.locator(".goldspan-top .lsf-label:visible").count() == 4
    told = annotator.page.locator(".goldspan-conflicts").inner_text().splitlines()
    assert "3. Iran struck three bases near Kyiv on [Friday]. The army of Iran and Iraq denied it,… (missing)" in told
    assert "• ben: nothing" in told
    annotator.picture("review")
    annotator.select("Friday")
    annotator.choose("3")  # what was left out becomes a span by its label's key
    annotator.write("DATE.edtf", "2023-05-05")
    annotator.submit()
    annotator.wait()
    annotator.submit()  # and what is left as it is is none
    out = tmp_path / "review.jsonl"
    assert studio.run("pull", "--project", push.title, "--out", str(out)).returncode == 0
    reviewed = {item.id: item for item in read_records(out, conflict_scheme())}
    dates = {name: [s for s in item.spans if s.label == "DATE"] for name, item in reviewed.items()}
    assert [(date.start, date.value.edtf, date.origin) for date in dates["a"]] == [
        (TEXT.index("Friday"), "2023-05-05", "prediction-changed")
    ]
    assert dates["b"] == [] and len(reviewed["b"].spans) == 5


def test_what_an_annotator_chooses_in_the_settings_stays(annotator: Annotator, push: Pushes) -> None:
    annotator.label_all(push(a=[mention("Kyiv", "LOCATION")])["project"]["id"])
    kept = "() => JSON.parse(localStorage['labelStudio:settings']).selectAfterCreate"
    assert annotator.page.evaluate(kept) is True
    annotator.page.evaluate("() => Htx.settings.toggleSelectAfterCreate()")
    annotator.page.wait_for_function(f"() => ({kept})() === false")
    annotator.page.reload()
    annotator.wait()
    assert annotator.page.evaluate(kept) is False
    annotator.choose("1")
    annotator.drag("Hamas")
    assert annotator.fields() == {"note"}
