"""The report on screens of three widths, light and dark, by keyboard alone, and by its links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from msgspec import structs

from goldspan.eval import agreement, score
from goldspan.eval.report import agreement_page, leaderboard_page, score_page
from goldspan.schema import Document, Scheme, Span, Zone, conflict_scheme
from tests.eval.reports import HOSTILE, TEXT, at, documents, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from goldspan.eval.report.leaderboard_page import LeaderboardPage
    from goldspan.eval.report.page import ReportPage


pytestmark = pytest.mark.browser

WIDTHS = (500, 1280, 1920)
NAMES = [
    "<i>mine</i>, the first",
    "y" * 60,
    "a system with a name that needs more than one line in most tables",
    "d+e&f=g #1",
]

HEADING: dict[str, Any] = {"title": f"Pilot {HOSTILE}", "day": date(2024, 5, 31)}

CUT = """() => [...document.querySelectorAll("body *")].filter((e) => {
  const style = getComputedStyle(e);
  const isHidden = (axis) => ["hidden", "clip"].includes(style[axis]);
  const [isWider, isHigher] = [e.scrollWidth > e.clientWidth + 1, e.scrollHeight > e.clientHeight + 1];
  return e.checkVisibility() && !e.closest("svg") && !["OPTION", "SELECT", "INPUT"].includes(e.tagName) &&
    ((isHidden("overflowX") && isWider) || (isHidden("overflowY") && isHigher) || (e.matches("th, td, button, b, dt, dd") && isWider));
}).map((e) => e.outerHTML.slice(0, 100))"""
"""Elements that hide a part of what they hold, or let it run into their neighbours."""

OUTSIDE = """() => [...document.querySelectorAll("main *, header *")].filter((e) => {
  if (!e.checkVisibility() || e.closest("svg, .skip")) return false;
  for (let box = e.parentElement; box; box = box.parentElement) {
    const { overflowX, overflowY } = getComputedStyle(box);
    if (box !== document.body && [overflowX, overflowY].some((x) => x === "auto" || x === "scroll")) return false;
  }
  const { left, right } = e.getBoundingClientRect();
  return left < -0.5 || right > innerWidth + 0.5;
}).map((e) => e.outerHTML.slice(0, 100))"""
"""Elements beside the screen, other than in a box that scrolls."""

SCROLLING = """() => [...document.querySelectorAll("body *")].filter((e) => {
  const { overflowX, overflowY } = getComputedStyle(e);
  const scrolls = (style, whole, shown) => ["auto", "scroll"].includes(style) && whole > shown + 1;
  const sideways = scrolls(overflowX, e.scrollWidth, e.clientWidth);
  const down = scrolls(overflowY, e.scrollHeight, e.clientHeight) && !e.querySelector("a, button, input");
  return e.checkVisibility() && e.tabIndex < 0 && (sideways || down);
}).map((e) => e.outerHTML.slice(0, 100))"""
"""Boxes that scroll and that keys do not reach."""

CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const over = (colours) => {  // one colour painted over the other, as the browser shows it
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb) => rgb.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => (e ? [...behind(e.parentElement), getComputedStyle(e).backgroundColor] : []);
  const seen = new Set();
  const texts = [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && !e.closest("svg, select") &&
    ([...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || e.dataset.tag));
  const faint = [];
  for (const e of texts) for (const part of e.dataset.tag ? ["", "::after"] : [""]) {
    const style = getComputedStyle(e, part);
    const colours = [...behind(e), style.color];
    if (seen.has(colours.join())) continue;
    seen.add(colours.join());
    const [low, high] = [luminance(over(behind(e))), luminance(over(colours))].sort((a, b) => a - b);
    if ((high + 0.05) / (low + 0.05) < 4.5) faint.push(e.outerHTML.slice(0, 100));
  }
  return [seen.size, faint];
}"""
"""How many pairs of colours there are, and elements whose text is too faint (WCAG 2.2, 1.4.3)."""


def several(scheme: Scheme) -> ReportPage:
    gold, system = documents(scheme)
    systems = [system, gold, [*system[:1], gold[1]], system]
    zoned = replace_zones(gold)
    scores = score(zoned, *systems, scheme=scheme, names=NAMES, resamples=20, intervals=True)
    return score_page(scores, zoned, systems, scheme, **HEADING)


def replace_zones(gold: list[Document]) -> list[Document]:
    end = TEXT.index("Iran")
    return [structs.replace(gold[0], zones=(Zone(end - 2, end, "stamp"),)), *gold[1:]]


def passes(scheme: Scheme) -> ReportPage:
    one, other = documents(scheme)
    layers = {NAMES[0]: one, NAMES[1]: other, "cy": one}
    return agreement_page(agreement(layers, scheme), layers, scheme, **HEADING)


def leaderboard(scheme: Scheme) -> LeaderboardPage:
    gold, system = documents(scheme)
    scores = score(gold, system, gold, *[system] * 5, scheme=scheme, names=[*NAMES, HOSTILE, "z", "z"], resamples=0)
    return leaderboard_page(scores, **HEADING, description=f"A task. {HOSTILE}\n\nMore.", files=("leaderboard.json",))


Address = Callable[[Callable[[Scheme], "ReportPage"]], str]


@pytest.fixture(scope="module")
def address_of(tmp_path_factory: pytest.TempPathFactory) -> Address:
    """The address of a page, which is made once for all tests."""
    folder = tmp_path_factory.mktemp("pages")
    return cache(lambda made: write(folder / f"{made.__name__}.html", made(conflict_scheme())))


@pytest.mark.parametrize("made", [several, passes])
@pytest.mark.parametrize("width", WIDTHS)
def test_texts_come_first_and_nothing_is_cut(browser: Browser, address_of: Address, width: int, made: Any) -> None:
    with browser.new_context(viewport={"width": width, "height": 900}, offline=True) as context:
        page = context.new_page()
        page.goto(address_of(made))
        headings = page.locator("h2").all_inner_texts()
        assert headings[0] == "Documents" and "By document" in headings
        text = page.locator("#text").bounding_box()
        table = page.locator(".table").first.bounding_box()
        assert text is not None and table is not None and text["y"] < table["y"]
        assert page.title() == page.locator("h1").inner_text() == HEADING["title"]
        assert "date\n2024-05-31" in page.locator(".facts").inner_text()
        page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
        page.keyboard.press("n")
        for box in page.locator("#beside-list input").all():
            box.check()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.evaluate(CUT) == page.evaluate(OUTSIDE) == page.evaluate(SCROLLING) == []
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            pairs, faint = page.evaluate(CONTRAST)
            assert pairs > 10 and faint == []
        assert page.evaluate("window.pwned") is None


@pytest.mark.parametrize("width", WIDTHS)
def test_a_leaderboard_shows_all_of_its_tables_and_sorts_them(
    browser: Browser, address_of: Address, width: int
) -> None:
    with browser.new_context(viewport={"width": width, "height": 900}, offline=True) as context:
        page = context.new_page()
        page.goto(address_of(leaderboard))
        assert page.title() == page.locator("h1").inner_text() == HEADING["title"]
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert page.evaluate(CUT) == page.evaluate(OUTSIDE) == page.evaluate(SCROLLING) == []
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            pairs, faint = page.evaluate(CONTRAST)
            assert pairs > 3 and faint == []
        table = page.locator("table.sortable").first
        names = "(table) => [...table.tBodies[0].rows].map((row) => row.cells[0].textContent)"
        ranked = table.evaluate(names)
        assert sorted(ranked) == sorted([*NAMES, HOSTILE, "z"])
        assert table.locator("td:nth-child(2)").all_inner_texts() == ["2", "1", "2", "2", "2", "2"]
        for presses, order in ((1, "descending"), (2, "ascending")):
            table.get_by_role("button", name="strict F1").press("Enter")
            assert table.locator("th[aria-sort]").nth(2).get_attribute("aria-sort") == order, presses
            assert table.evaluate(names)[0 if presses == 1 else -1] == NAMES[1]
        table.get_by_role("button", name="system").press("Enter")
        assert table.evaluate(names) == sorted(ranked)
        assert page.evaluate("window.pwned") is None


def test_everything_is_reached_and_left_by_the_tab_key_and_seen_there(page: Page, address_of: Address) -> None:
    page.goto(address_of(several))
    page.locator("#beside summary").press("Enter")
    reached = """() => { const e = document.activeElement;
      return [e.id || e.dataset.key || e.getAttribute("href") || e.textContent.trim() || e.getAttribute("aria-label") || "-",
        e === document.body || e.matches("input[type=checkbox]") || getComputedStyle(e).outlineStyle !== "none"]; }"""
    page.evaluate("document.activeElement.blur()")
    page.locator("h1").click()
    seen: list[str] = []
    for _ in range(90):
        page.keyboard.press("Tab")
        name, is_seen = page.evaluate(reached)
        assert is_seen, name
        seen.append(name)
        if page.evaluate("document.activeElement === document.body"):
            break
    assert page.evaluate("document.activeElement === document.body")  # no trap: the last stop is behind the page
    assert {"pair", "label", "sort", "find", "only", "list", "text", *"kjpnPN", "shortcuts", "figure"} <= set(seen)
    assert "#doc=b" in seen and "published" in seen and any(name.startswith("errors of") for name in seen)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, [role=region], [role=listbox], [role=group], svg")]
          .filter((e) => !(e.getAttribute("aria-label") || e.labels?.[0]?.textContent.trim() || e.textContent.trim()))
          .map((e) => e.outerHTML)"""
    )
    assert nameless == []


def test_documents_spans_and_tables_are_worked_by_keys(page: Page, address_of: Address) -> None:
    from playwright.sync_api import expect

    page.goto(address_of(several))
    page.locator("#list").press("ArrowDown")
    assert page.locator("#name").inner_text() == "b"
    page.locator("#list").press("Home")
    page.locator("[data-key=N]").press("Enter")
    assert page.locator("mark.current").all_inner_texts() == ["US"]
    assert page.evaluate("document.activeElement.dataset.key") == "N"  # to be pressed again
    page.keyboard.press("Enter")
    assert "[6, 8)" in page.locator("#detail").inner_text()  # the same words in the next column
    page.locator("#pair").press("ArrowDown")
    assert page.locator("#heads h4").all_inner_texts() == ["gold", NAMES[1]]
    page.locator("#beside summary").press("Enter")
    page.locator("#beside-list input").first.press("Space")
    assert page.locator("#heads h4").all_inner_texts() == ["gold", NAMES[1], NAMES[0]]
    page.locator("#shortcuts").press("Space")
    page.keyboard.press("j")
    assert page.locator("#name").inner_text() == HOSTILE  # for people whose software speaks keys
    page.locator("#by-document th button", has_text="mine").press("Enter")
    assert page.locator("#by-document th[aria-sort=ascending]").inner_text().startswith(NAMES[0])
    page.get_by_role("link", name="b", exact=True).press("Enter")
    expect(page.locator("#name")).to_have_text("b")  # once the address has changed
    assert page.evaluate("document.activeElement.id") == "text"


def test_a_link_leads_to_a_span_and_the_systems_beside_it(page: Page, address_of: Address) -> None:
    url = address_of(several)
    page.goto(url)
    page.select_option("#pair", index=3)
    page.locator("#beside summary").click()
    page.locator("#beside-list input").first.check()
    page.locator("mark[data-side='0']", has_text="Friday").click()
    link = page.get_by_role("link", name="this span in this page").get_attribute("href")
    start = TEXT.index("Friday")
    assert link == f"#doc=a&right={quote(NAMES[3])}&right={quote(NAMES[0], safe='')}&span={start}-{start + 6}"
    assert page.url == url + link
    page.goto("about:blank")
    page.goto(url + link)
    assert page.locator("#heads h4").all_inner_texts() == ["gold", NAMES[3], NAMES[0]]
    assert page.locator("mark.current").all_inner_texts() == ["Friday"]
    assert "missed" in page.locator("#detail").inner_text() and not page.locator("#lost").is_visible()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("doc=nowhere", "document nowhere"),
        ("doc=a&right=%3Cb%3Enobody", "gold | <b>nobody"),
        ("doc=a&span=0-1", "span 0-1"),
        ("doc=a&pair=99&right=&span=x", "gold | "),
    ],
)
def test_an_address_of_what_is_not_there_says_so(page: Page, address_of: Address, address: str, told: str) -> None:
    page.goto(f"{address_of(several)}#{address}")
    assert page.locator("#lost").inner_text() == f"The address names what this page does not have: {told}."
    assert page.locator("#text .row").count()


def many(scheme: Scheme) -> ReportPage:
    word = [Span(0, 4, "ACTOR")]
    gold = [Document(id=f"d{n:03}", text="Iran spoke.", spans=tuple(word)) for n in range(130)]
    found = [Document(id=d.id, text=d.text, spans=d.spans if n % 2 else ()) for n, d in enumerate(gold)]
    scores = score(gold, gold, found, scheme=scheme, names=["all", "odd"], resamples=0)
    return score_page(scores, gold, [gold, found], scheme)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_text_stands_on_the_first_screen(browser: Browser, address_of: Address, width: int) -> None:
    with browser.new_context(viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        page.goto(address_of(many))
        box = page.locator("#text").bounding_box()
        assert box is not None and box["y"] < 700


def test_all_documents_stand_in_one_table_for_all_systems_and_are_sorted(page: Page, address_of: Address) -> None:
    page.goto(address_of(many))
    table = page.locator("#by-document")
    assert [name.strip() for name in table.locator("th button").all_inner_texts()] == [
        *("document", "published", "spans in gold", "all", "odd")
    ]
    assert rows(page)[:2] == [["d000", "-", "1", "1.000", "0.000"], ["d001", "-", "1", "1.000", "1.000"]]
    page.locator("#by-document").locator("..").evaluate("(box) => { box.scrollTop = 1e6; }")
    table.locator("tbody tr").nth(129).wait_for()
    assert len(rows(page)) == 130 and rows(page)[-1][0] == "d129"
    page.select_option("#figure", "missed")
    page.locator("#by-document th button", has_text="odd").click()
    page.locator("#by-document th button", has_text="odd").click()
    assert rows(page)[0] == ["d000", "-", "1", "0", "1"]


def rows(page: Page) -> list[list[str]]:
    lines: list[str] = page.locator("#by-document tbody tr").all_inner_texts()
    return [[cell.strip() for cell in line.split("\t")] for line in lines]


def test_documents_whose_text_is_left_out_keep_their_figures(page: Page, tmp_path: Path, scheme: Scheme) -> None:
    page.goto(write(tmp_path / "r.html", replace(many(scheme), max_text_length=15)))
    assert "has the texts of 1 of 130 documents" in page.locator("#documents").inner_text()
    assert page.locator("#list [role=option]").count() == 1
    assert rows(page)[2] == ["d002", "-", "1", "1.000", "0.000"]
    assert page.locator("#by-document a").count() == 1


def test_tokens_stand_in_the_report_where_they_were_asked_for(scheme: Scheme) -> None:
    gold = [Document(id="a", text=TEXT, spans=(at("US", "ACTOR"),))]
    pages = {
        tokens: "".join(
            score_page(score(gold, gold, scheme=scheme, resamples=0, tokens=tokens), gold, [gold], scheme).html()
        )
        for tokens in (False, True)
    }
    assert "token F1" in pages[True] and "token" not in pages[False].partition("<footer>")[0].partition("<main>")[2]
