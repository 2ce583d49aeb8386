"""The report, in a real browser: what it shows, what hostile text cannot do, how fast it opens."""

from __future__ import annotations

import html
import json
import os
import random
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from goldspan.eval import agreement, score
from goldspan.eval.error_analysis import analyse_errors
from goldspan.eval.report import agreement_page, score_page
from goldspan.eval.report.side_by_side import compare_layers
from goldspan.schema import Document, Metadata, Scheme, Span, Zone, parse_scheme, value_text
from tests.conftest import Run, record, span, write_lines
from tests.eval.reports import HOSTILE, TEXT, at, documents, write
from tests.languages import SAMPLES
from tests.schema.value_kinds import scheme_with

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


pytestmark = pytest.mark.browser


def marks(page: Page, side: int) -> list[tuple[str, str | None]]:
    return [
        (mark.inner_text(), mark.get_attribute("data-tag")) for mark in page.locator(f"mark[data-side='{side}']").all()
    ]


def test_gold_and_system_stand_side_by_side_with_each_error_marked(page: Page, report: str) -> None:
    page.goto(report)
    assert marks(page, 0) == [
        ("US", "ACTOR"),
        ("Kyiv", "LOCATION ↔"),
        ("Iran", "ACTOR ≠"),
        ("5", "COUNT ~"),
        ("Friday", "DATE −"),
    ]
    assert marks(page, 1) == [
        ("US", "ACTOR"),
        ("Kyiv.", "LOCATION ↔"),
        ("Iran", "LOCATION ≠"),
        ("5", "COUNT ~"),
        ("men", "ACTOR +"),
    ]
    line = page.locator("#text .row").first.locator("> div").nth(1)
    assert line.inner_text().strip() == "😀 The US struck Kyiv."


def test_arabic_is_read_from_right_to_left_beside_english_and_figures(page: Page, tmp_path: Path) -> None:
    sample = SAMPLES["ar"]
    scheme = parse_scheme(sample.scheme)
    spans = tuple(
        Span(*bounds, scheme.value(bounds[2], min=20) if bounds[2] == sample.number else None)
        for bounds in sample.spans
    )
    meta = Metadata(title="فيضان وادي الزيتون (2026)")
    gold = [Document(id="مكان/1", text=sample.text, meta=meta, spans=spans)]
    system = [replace(gold[0], spans=spans[1:])]
    scores = score(gold, system, scheme=scheme, names=["نظام"], resamples=0)
    path = tmp_path / "report.html"
    path.write_text("".join(score_page(scores, gold, [system], scheme).html()), "utf-8")
    page.goto(path.as_uri())
    lines = page.locator("#text .row > div:first-child").all()
    assert [line.evaluate("cell => getComputedStyle(cell).direction") for line in lines[:1]] == ["rtl"]
    places = [mark.bounding_box() for mark in lines[0].locator("mark").all()]
    assert places[0] is not None and places[1] is not None and places[0]["x"] > places[1]["x"]
    page.keyboard.press("n")  # what the system missed: figures stay left to right, whatever stands around them
    assert "[23, 28) \u2068عدد الضحايا\u2069: 20 to …" in page.locator("#detail dd").nth(1).inner_text()
    assert page.locator("#pair option").inner_text() == "gold | \u2068نظام\u2069"
    assert page.locator("#name").evaluate("name => getComputedStyle(name).unicodeBidi") == "plaintext"


def test_a_class_that_is_switched_off_is_not_marked_and_its_documents_can_be_left_out(page: Page, report: str) -> None:
    page.goto(report)
    page.get_by_role("checkbox", name="missed").uncheck()
    assert ("Friday", "DATE") in marks(page, 0)
    page.get_by_label("only documents with differences shown").check()
    assert page.locator("#list [role=option]").count() == 1
    for kind in ("spurious", "value"):
        page.get_by_role("checkbox", name=kind).uncheck()
    page.keyboard.press("3")  # boundary
    page.keyboard.press("4")  # label
    assert page.locator("#list [role=option]").count() == 0
    assert page.locator("#name").inner_text() == "No document"


def test_keys_go_through_documents_and_differences(page: Page, report: str) -> None:
    page.goto(report)
    page.keyboard.press("n")
    assert page.locator("mark.current").all_inner_texts() == ["Kyiv", "Kyiv."]
    assert "boundary" in page.locator("#detail").inner_text()
    page.keyboard.press("n")
    page.keyboard.press("n")
    assert "5 to … killed" in page.locator("#detail").inner_text()
    page.keyboard.press("p")
    assert page.locator("mark.current").all_inner_texts() == ["Iran", "Iran"]
    page.keyboard.press("j")
    assert page.locator("#name").inner_text() == "b"
    page.keyboard.press("/")
    page.keyboard.type("nowhere j")
    assert page.locator("#name").inner_text() == "No document"


def test_the_address_leads_back_to_a_document(page: Page, report: str) -> None:
    page.goto(f"{report}#doc=b&pair=0")
    assert page.locator("#name").inner_text() == "b"
    page.keyboard.press("k")
    page.reload()
    assert page.locator("#name").inner_text() == HOSTILE


def test_text_titles_notes_and_names_run_nothing(page: Page, report: str) -> None:
    page.goto(report)
    for _ in range(5):
        page.keyboard.press("n")
    page.locator("mark", has_text="men").click()
    assert page.evaluate("window.pwned") is None
    assert page.locator("#name").inner_text() == HOSTILE
    assert HOSTILE in page.locator("#detail").inner_text()
    assert page.get_by_role("rowheader", name="<i>mine</i>").count() > 0
    assert page.locator("main img, main i").count() == 0


def test_the_page_allows_no_script_but_its_own(page: Page, report: str, tmp_path: Path) -> None:
    broken = Path(report.removeprefix("file://")).read_text(encoding="utf-8").replace("<main>", f"<main>{HOSTILE}", 1)
    path = tmp_path / "broken.html"
    path.write_text(broken, encoding="utf-8")
    loose = page.context.browser
    assert loose is not None
    with loose.new_context(offline=True) as context:
        other = context.new_page()
        other.goto(path.as_uri())
        assert other.evaluate("window.pwned") is None


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_text_is_readable_in_light_and_dark(browser: Browser, report: str, colours: Any) -> None:
    with browser.new_context(color_scheme=colours) as context:
        page = context.new_page()
        page.goto(report)
        pairs = page.evaluate(
            """() => [...document.querySelectorAll("p, td, th, mark, .swatch, dd, dt, a, #facts")]
              .map((e) => [getComputedStyle(e).color, getComputedStyle(document.body).backgroundColor])"""
        )
        assert pairs and min(_contrast(*pair) for pair in pairs) >= 4.5  # WCAG 2.2, 1.4.3
        dark = sum(_rgb(pairs[0][1])) < 200
        assert dark == (colours == "dark")


def _rgb(colour: str) -> list[float]:
    return [float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]


def _contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [c / 255 for c in _rgb(colour)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_figures_tables_and_plots_need_no_script(browser: Browser, report: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(report)
        assert page.locator("svg[role=img]").count() >= 3
        row = page.locator("table").first.locator("tbody tr").first.inner_text().split("\t")
        assert [cell.strip() for cell in row][:2] == ["<i>mine</i>", "0.400"]  # US and 5 of five on each side
        assert page.locator("noscript").count() == 1


def test_plots_show_names_that_are_long_or_of_other_scripts_or_look_like_markup(
    tmp_path: Path, scheme: Scheme, page: Page
) -> None:
    gold, system = documents(scheme)
    names = ["x" * 300, "_hidden $x^2$", "中文 \x1b[31m", "<!-- #b00000 <style>"]
    scores = score(gold, *[system] * 4, scheme=scheme, names=names, resamples=0)
    page.goto(write(tmp_path / "r.html", score_page(scores, gold, [system] * 4, scheme)))
    text = page.locator("svg").first.text_content() or ""
    assert "x" * 32 in text and "…" in text and "_hidden $x^2$" in text and "中文" in text
    assert "<!-- #b00000 <style>" in text  # a name that looks like a colour or markup is a name


def test_agreement_is_shown_for_each_two_passes(page: Page, tmp_path: Path, scheme: Scheme) -> None:
    one, other = documents(scheme)
    passes = {"ann": one, "ben": other, "cy": one}
    page.goto(write(tmp_path / "agree.html", agreement_page(agreement(passes, scheme), passes, scheme)))
    assert page.locator("#pair option").all_inner_texts() == ["ann | ben", "ann | cy", "ben | cy"]
    page.keyboard.press("s")
    assert page.locator("#facts").inner_text().startswith("a · 2023-11-07 · no differences")
    page.keyboard.press("s")
    assert "1 only left" in page.locator("#facts").inner_text()


def test_of_passes_that_read_different_documents_each_two_show_what_both_have(
    page: Page, tmp_path: Path, scheme: Scheme
) -> None:
    first, second = documents(scheme)[0][:2]
    passes = {"ann": [first], "ben": [first, second], "cy": [second]}
    page.goto(write(tmp_path / "agree.html", agreement_page(agreement(passes, scheme), passes, scheme)))
    shown = {}
    for pair in ("ann | ben", "ann | cy", "ben | cy"):
        page.select_option("#pair", label=pair)
        shown[pair] = [item.get_attribute("title") for item in page.locator("#list [role=option]").all()]
    assert shown == {"ann | ben": [first.id], "ann | cy": [], "ben | cy": [second.id]}
    assert "no metrics for passes that share no document: ann - cy" in page.locator(".notes").inner_text()


def test_nested_and_crossing_spans_keep_every_letter_of_the_text(page: Page, tmp_path: Path, scheme: Scheme) -> None:
    text = "In the city of Kyiv\non the Dnipro, men fell."
    spans = (Span(3, 30, "ACTOR"), Span(15, 19, "LOCATION"), Span(15, 33, "LOCATION"), Span(27, 40, "ACTOR"))
    gold = [Document(id="a", text=text, spans=spans)]
    scores = score(gold, gold, scheme=scheme, resamples=0)
    page.goto(write(tmp_path / "r.html", score_page(scores, gold, [gold], scheme)))
    lines = [row.locator("> div").first.inner_text() for row in page.locator("#text .row").all()]
    assert "\n".join(lines) == text
    tags = " ".join(tag or "" for _, tag in marks(page, 0)).split()
    assert sorted(tags) == sorted(s.label for s in spans)


def test_a_selected_span_links_to_the_item_that_its_value_names(page: Page, tmp_path: Path) -> None:
    scheme = scheme_with({"item": {"type": "wikidata"}})
    gold, system = ([Document(id="a", text="Adams.", spans=(scheme.span(0, 5, "A", item=q),))] for q in ("Q42", "Q1"))
    scores = score(gold, system, scheme=scheme, resamples=0)
    page.goto(write(tmp_path / "r.html", score_page(scores, gold, [system], scheme)))
    page.locator("mark[data-side='0']").first.click()
    links = page.locator("#detail a[rel=noreferrer]").all()
    assert [link.get_attribute("href") for link in links] == [
        f"https://www.wikidata.org/wiki/{q}" for q in ("Q42", "Q1")
    ]


def test_text_free_documents_are_told_by_their_places(page: Page, tmp_path: Path, scheme: Scheme) -> None:
    gold, system = documents(scheme)
    bare = [_text_free(document) for document in gold]
    scores = score(bare, system, scheme=scheme, resamples=0)
    page.goto(write(tmp_path / "r.html", score_page(scores, bare, [system], scheme)))
    assert ("[6, 8)", "ACTOR") in marks(page, 0)


def _text_free(document: Document) -> Document:
    from msgspec.structs import replace

    sealed = document.with_hash()
    return replace(sealed, text=None, text_length=document.length)


def test_spans_in_zones_are_no_differences(scheme: Scheme) -> None:
    gold = Document(id="a", text=TEXT, zones=(Zone(0, 24, "navigation"),), spans=(at("Iran", "ACTOR"),))
    system = Document(id="a", text=TEXT, spans=(at("US", "ACTOR"), at("Iran", "ACTOR")))
    found = compare_layers({"gold": [gold], "s": [system]}, [("gold", "s")], scheme)
    assert found.documents[0].differences == [[]] and len(found.documents[0].layers[1]) == 1


def test_a_documents_f1_is_what_it_scores_alone(page: Page, tmp_path: Path, scheme: Scheme) -> None:
    draw = random.Random(7)
    words = [(m.start(), m.end()) for m in re.finditer(r"\w+", TEXT)]

    def spans(most: int) -> tuple[Span, ...]:
        found = set()
        for _ in range(draw.randint(0, most)):
            first = draw.randrange(len(words))
            last = min(len(words) - 1, first + draw.randint(0, 2))
            found.add((words[first][0], words[last][1], draw.choice(["ACTOR", "DATE"])))
        return tuple(Span(*item) for item in sorted(found))

    zones = (Zone(0, 12, "stamp"),)
    gold = [Document(id=f"d{i:02}", text=TEXT, zones=zones, spans=spans(8)) for i in range(40)]
    system = [Document(id=document.id, text=TEXT, spans=spans(8)) for document in gold[:35]]
    labels = ["ACTOR"]
    with pytest.warns(UserWarning, match="lacks 5 documents"):
        scores = score(gold, system, scheme=scheme, resamples=0, labels=labels)
    page.goto(write(tmp_path / "r.html", score_page(scores, gold, [system], scheme, labels=labels)))
    by_id = {document.id: [document] for document in system}
    shown, alone = {}, {}
    for option in page.locator("#list [role=option]").all():
        name = option.get_attribute("title") or ""
        shown[name] = (option.locator("small").text_content() or "").split("F1 ")[1]
        [document] = [d for d in gold if d.id == name]
        predicted = by_id.get(name, [])
        found = score([document], predicted, scheme=scheme, resamples=0, labels=labels, warn=lambda _: None)
        f1 = found.metric("spans.strict.micro.f1")
        alone[name] = "-" if f1 is None else f"{f1:.2f}"
    assert shown == alone
    assert len(shown) == 40 and len(set(shown.values())) > 3 and "-" in shown.values()
    counted = analyse_errors(gold, system, scheme, labels=labels).counts()["all"]
    boxes = [" ".join(box.inner_text().split()) for box in page.locator("#kinds label").all()]  # sign, class, count
    told = {kind: int(n) for kind, n in (box.partition(" ")[2].rsplit(" ", 1) for box in boxes)}
    assert {kind: n for kind, n in told.items() if n} == counted


def test_spans_that_begin_or_end_at_a_line_end_are_shown_with_their_labels(
    page: Page, tmp_path: Path, scheme: Scheme
) -> None:
    text = "ab\ncd\n\nx"
    gold = [Document(id="a", text=text, spans=(Span(0, 3, "ACTOR"), Span(5, 7, "DATE"), Span(6, 7, "COUNT")))]
    scores = score(gold, gold, scheme=scheme, resamples=0)
    page.goto(write(tmp_path / "r.html", score_page(scores, gold, [gold], scheme)))
    assert marks(page, 0) == [("ab⏎", "ACTOR"), ("⏎", None), ("⏎", "COUNT DATE")]


def test_the_address_leads_to_a_section_and_a_new_one_to_its_document(page: Page, report: str) -> None:
    page.goto(f"{report}#s2")
    assert page.url.endswith("#s2")
    page.evaluate("location.hash = 'doc=b&pair=0'")
    page.wait_for_function("document.getElementById('name').textContent === 'b'")


@pytest.mark.parametrize("width", [360, 1300])
def test_only_tables_scroll_sideways_and_their_first_column_stays(
    browser: Browser, tmp_path: Path, scheme: Scheme, width: int
) -> None:
    gold, system = documents(scheme)
    names = [f"system number {i}" for i in range(30)]
    scores = score(gold, *[system] * 30, scheme=scheme, names=names, resamples=0)
    url = write(tmp_path / "r.html", score_page(scores, gold, [system] * 30, scheme))
    with browser.new_context(viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        table = page.locator(".table").first
        head = table.locator("tbody th").first
        before = head.bounding_box()
        table.evaluate("(box) => { box.scrollLeft = 200; }")
        after = head.bounding_box()
        assert before is not None and after is not None and before["x"] == after["x"]
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
        assert len(ids) == len(set(ids))


def test_a_report_of_no_documents_says_so(page: Page, tmp_path: Path, scheme: Scheme) -> None:
    nothing = score([], [], scheme=scheme, resamples=0)
    page.goto(write(tmp_path / "r.html", score_page(nothing, [], [[]], scheme)))
    assert "No documents to show." in page.locator("#documents").inner_text()


def test_a_label_named_twice_is_one(scheme: Scheme) -> None:
    gold, system = documents(scheme)
    found = compare_layers({"gold": gold, "s": system}, [("gold", "s")], scheme, labels=["ACTOR", "ACTOR"])
    assert found.labels == ["ACTOR"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a file's name must be characters")
def test_a_files_name_of_other_bytes_is_no_obstacle(tmp_path: Path, goldspan_process: Run) -> None:
    gold = write_lines(tmp_path / "gold.jsonl", record(text="Iran spoke.", spans=[span(0, 4, "ACTOR")]))
    other = gold.rename(tmp_path / os.fsdecode(b"x\xff.jsonl"))
    done = goldspan_process("score", other, other, "--html", tmp_path / "r.html", "--resamples", "0", errors="replace")
    assert done.returncode == 0, done.stderr
    assert "x?" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_report_goes_neither_where_the_result_goes_nor_over_data(tmp_path: Path, goldspan: Run) -> None:
    gold = write_lines(tmp_path / "gold.jsonl", record(text="Iran spoke.", spans=[span(0, 4, "ACTOR")]))
    before = gold.read_bytes()
    for place in ("-", gold):
        done = goldspan("score", gold, gold, "--html", place, "--resamples", "0")
        assert done.returncode == 2 and "a name that ends with .html" in done.stderr and done.stdout == ""
    assert gold.read_bytes() == before


def test_where_texts_are_too_much_for_a_page_the_most_different_stay(scheme: Scheme) -> None:
    gold, system = documents(scheme)
    found = compare_layers({"gold": gold, "s": system}, [("gold", "s")], scheme)
    assert [item.document.id for item in found.included(len(TEXT))] == ["a"]
    assert [item.document.id for item in found.included(0)] == ["a"]
    assert [item.document.id for item in found.included()] == ["a", "b"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"min": 24, "max": None, "approx": False, "unit": "attack"}, "24 to … attack"),
        ({"min": 3, "max": 3, "approx": True, "unit": None}, "about 3"),
        ({"min": None, "max": 9, "approx": False, "unit": "killed"}, "… to 9 killed"),
    ],
)
def test_counts_are_told_as_people_say_them(scheme: Scheme, fields: dict[str, Any], told: str) -> None:
    assert value_text(scheme.value("COUNT", **fields)) == told
    assert value_text(None) == "unknown"


def test_slices_and_runs_are_on_the_page(scheme: Scheme) -> None:
    gold, system = documents(scheme)
    scores = score(gold, gold, system, system, names=["full", HOSTILE, HOSTILE], by=["month", "zone"], resamples=0)
    page = "".join(score_page(scores, gold, [gold, system, system], scheme).html())
    section = page[page.index("<h2>Slices") : page.index("<h2>Runs")]
    rows = [re.sub("<[^>]+>", " ", row).split() for row in re.findall("<tr>.*?</tr>", section, re.DOTALL)]
    assert ["full", "2023-11", "1", "5", "5", *["1.000"] * 3, "-", *["1.000"] * 3] in rows
    assert section.count("by month") and section.count("by zone")
    runs = page[page.index("<h2>Runs") :]
    assert html.escape(HOSTILE) in runs and "0.400±0.000" in runs and "<script>window.pwned" not in page


def test_the_same_scores_give_the_same_page(scheme: Scheme) -> None:
    gold, system = documents(scheme)
    pages = [
        "".join(score_page(score(gold, system, scheme=scheme, resamples=20), gold, [system], scheme).html())
        for _ in range(2)
    ]
    assert pages[0] == pages[1]


def test_the_commands_write_a_report_or_leave_what_was_there(tmp_path: Path, goldspan: Run, page: Page) -> None:
    text = "Iran struck three bases."
    gold = write_lines(tmp_path / "gold.jsonl", record(text=text, spans=[span(0, 4, "ACTOR")]))
    other = write_lines(tmp_path / "other.jsonl", record(text=text, spans=[span(12, 17, "COUNT")]))
    out = tmp_path / "r.html"
    for command in (
        ["score", gold, other, "--html", out],
        ["agree", gold, other, "--html", out],
        ["bench", gold, "--extractor", "rules", "--html", out, "--resamples", "10"],
    ):
        out.write_text("before")
        done = goldspan(*command)
        assert done.returncode == 0, done.stderr
        assert f"report: {out}" in done.stderr
        page.goto(out.as_uri())
        assert page.locator("#text .row").count() == 1
    assert "words/s" in page.locator("thead").first.inner_text()
    out.write_text("before")
    strange = write_lines(tmp_path / "strange.jsonl", record(text="Another text."))
    assert goldspan("score", gold, strange, "--html", out).returncode == 1
    assert out.read_text() == "before"
    assert goldspan("score", gold, other, "--html", tmp_path / "nowhere" / "r.html").returncode == 3


def test_hundreds_of_documents_open_and_one_is_found(tmp_path: Path, scheme: Scheme, page: Page) -> None:
    body = "Iran struck three bases near Kyiv on Friday, the US said.\n" * 50
    line = len(body) // 50
    gold, system = [], []
    for number in range(400):
        places = range(0, len(body), line * 2)
        gold.append(Document(id=f"d{number:04}", text=body, spans=tuple(Span(p, p + 4, "ACTOR") for p in places)))
        shifted = tuple(Span(p, p + 4 + (i + number) % 3, "ACTOR") for i, p in enumerate(places))
        system.append(Document(id=f"d{number:04}", text=body, spans=shifted))
    scores = score(gold, system, scheme=scheme, resamples=0)
    url = write(tmp_path / "big.html", score_page(scores, gold, [system], scheme))
    page.goto(f"{url}#doc=d0398&span=116-120")  # in the last chunk of texts
    assert page.locator("#name").inner_text() == "d0398"
    page.locator("mark.current").first.wait_for()
    page.goto("about:blank")
    page.goto(url)  # benchmarks/growth.py holds the time that thousands take
    page.locator("#text .row").first.wait_for()
    page.keyboard.press("j")
    page.locator("#sort").select_option("score")
    page.locator("#find").fill("d0399")
    assert page.locator("#name").inner_text() == "d0399"
    facts = json.loads(page.locator("#index").text_content() or "{}")
    assert len(facts["documents"]) == 400
