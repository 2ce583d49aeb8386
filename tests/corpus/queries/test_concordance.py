"""Occurrences in their contexts: found, aligned, sorted, written."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.cli.text_columns import LEFT_TO_RIGHT_MARK, column_width
from goldspan.corpus.queries.concordance import Search
from goldspan.schema import DataError, Document, Span, UsageError

from ...browser import open_browser
from ...conftest import Run, record, span, write_lines
from .dated_news import STATE, lines

ARABIC = "قالت قوات حماس إن القصف مستمر، وأضافت حماس أن القصف عنيف."
CHINESE = "周五，以色列军队袭击了加沙。加沙当局说，以色列的袭击造成十人死亡。"
ENGLISH = "Israel struck Gaza. ISRAEL’s army\nsaid so, Israeli jets as well."


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    hamas = {"kind": "armed_group", "id": "hamas"}
    return write_lines(
        tmp_path / "scripts.jsonl",
        record("ar", ARABIC, spans=[span(10, 14, "ACTOR", hamas)], meta={"language": "ar"}),
        record("zh", CHINESE, spans=[span(3, 6, "ACTOR", STATE)], meta={"language": "zh"}),
        record("en", ENGLISH, spans=[span(0, 6, "ACTOR", STATE)]),
        {"id": "free", "text_sha256": "0" * 64, "text_length": 5, "spans": []},
    )


FOUND = {
    ("israel",): [("en", "Israel", ["ACTOR"]), ("en", "ISRAEL", [])],
    ("Israel", "--case"): [("en", "Israel", ["ACTOR"])],
    ("isr\\w+", "--regex"): [("en", "Israel", ["ACTOR"]), ("en", "ISRAEL", []), ("en", "Israeli", [])],
    ("army said",): [("en", "army said", [])],
    ("以色列",): [("zh", "以色列", ["ACTOR"]), ("zh", "以色列", [])],
    ("حماس",): [("ar", "حماس", ["ACTOR"]), ("ar", "حماس", [])],
    ("--id", "ISR"): [("zh", "以色列", ["ACTOR"]), ("en", "Israel", ["ACTOR"])],
    ("--label", "ACTOR", "--sort", "span"): [
        ("en", "Israel", ["ACTOR"]),
        ("ar", "حماس", ["ACTOR"]),
        ("zh", "以色列", ["ACTOR"]),
    ],
    ("Israel", "--id", "hamas"): [],
    ("nowhere",): [],
}


@pytest.mark.parametrize("words", FOUND, ids=" ".join)
def test_occurrences_are_found_marked_or_not(goldspan: Run, scripts: Path, words: tuple[str, ...]) -> None:
    data = json.loads(goldspan("corpus", "concordance", scripts, *words, "--json").stdout)
    assert [(item["document"], item["surface"], item["labels"]) for item in data["shown"]] == FOUND[words]
    assert (data["documents"], data["text_free"], data["occurrences"]) == (4, 1, len(FOUND[words]))
    texts = {item["id"]: item.get("text", "") for item in lines(scripts)}
    assert all(
        " ".join(texts[item["document"]][item["start"] : item["end"]].split()) == item["surface"]
        for item in data["shown"]
    )


def test_an_expression_for_contexts_that_takes_too_long_is_given_up_with_its_document() -> None:
    search = Search("(a|aa)+$", regex=True, seconds=0.05)
    with pytest.raises(DataError, match=r"document 'slow': the pattern \(a\|aa\)\+\$ takes more than 0.05 s"):
        list(search.occurrences(Document(id="slow", text="a" * 40 + "c", spans=())))
    with pytest.raises(UsageError, match="`surface` \\( is not a regular expression"):
        Search("(", regex=True)


@given(st.text("ab ", max_size=20), st.data())
@settings(max_examples=40, deadline=None)
def test_contexts_have_the_spans_that_overlap_them(text: str, data: st.DataObject) -> None:
    bounds = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda pair: pair[0] < pair[1])
    places = data.draw(st.sets(bounds, max_size=6)) if text else set()
    spans = tuple(Span(*place, data.draw(st.sampled_from(["ACTOR", "LOCATION"]))) for place in sorted(places))
    document = Document(id="x", text=text, spans=spans)
    matches = [match.span() for match in re.finditer("a+", text)]
    found = list(Search("a+", regex=True).occurrences(document))
    assert [(item.start, item.end) for item in found] == matches
    for item in found:
        overlapping = {span.label for span in spans if span.start < item.end and item.start < span.end}
        assert set(item.labels) == overlapping
    of_label = [(item.start, item.end) for item in Search("a+", regex=True, label="ACTOR").occurrences(document)]
    actors = [(span.start, span.end) for span in spans if span.label == "ACTOR"]
    assert of_label == [(s, e) for s, e in actors if any(start < e and s < end for start, end in matches)]


def test_contexts_of_marked_words_search_a_text_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []
    matches = Search._matches

    def counted(self: Search, document: Document) -> Iterator[tuple[int, int]]:
        searched.append(document.id)
        return matches(self, document)

    monkeypatch.setattr(Search, "_matches", counted)
    document = Document(id="x", text="a " * 50, spans=tuple(Span(2 * n, 2 * n + 1, "ACTOR") for n in range(50)))
    assert len(list(Search("a", label="ACTOR").occurrences(document))) == 50 and searched == ["x"]


def test_contexts_are_aligned_whatever_the_script(goldspan: Run, scripts: Path) -> None:
    shown = goldspan("corpus", "concordance", scripts, "--label", "ACTOR", "--width", 20).stdout.splitlines()
    assert len({column_width(line.partition("[")[0]) for line in shown}) == 1
    assert len({column_width(line.partition("ACTOR")[0]) for line in shown}) == 1
    arabic = next(line for line in shown if line.endswith("ar"))
    before, after = arabic.index("قالت"), arabic.index("القصف")
    assert after < arabic.index("[") < before and arabic.count(LEFT_TO_RIGHT_MARK) == 3
    assert LEFT_TO_RIGHT_MARK not in "".join(line for line in shown if line != arabic)


def test_contexts_are_sorted_by_their_nearest_words_and_limited(goldspan: Run, tmp_path: Path) -> None:
    texts = {"a": "the big rebels fled", "b": "a bad rebels camp", "c": "the big rebels died"}
    write_lines(tmp_path / "a.jsonl", *(record(name, text) for name, text in texts.items()))

    def order(*options: object) -> list[str]:
        done = goldspan("corpus", "concordance", tmp_path / "a.jsonl", "rebels", "--json", *options)
        return [item["document"] for item in json.loads(done.stdout)["shown"]]

    assert (order(), order("--sort", "left"), order("--sort", "right")) == (
        ["a", "b", "c"],
        ["b", "a", "c"],
        ["b", "c", "a"],
    )
    assert order("--sort", "right", "--limit", 1) == ["b"]
    told = goldspan("corpus", "concordance", tmp_path / "a.jsonl", "rebels", "--limit", 2).stderr
    assert "3 occurrences in 3 of 3 documents, 2 shown" in told


def test_a_table_and_a_page_of_contexts_hold_what_texts_say_and_run_nothing(goldspan: Run, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", record("=cmd()", "<script>alert(1)</script> rebels, =1+1"))
    call = ("corpus", "concordance", "a.jsonl", "rebels", "--out", "c.csv", "--html", "c.html")
    assert goldspan(*call, cwd=tmp_path).returncode == 0
    [row] = csv.DictReader((tmp_path / "c.csv").read_text().splitlines())
    assert (row["document"], row["surface"], row["labels"]) == ("'=cmd()", "rebels", "")
    page = (tmp_path / "c.html").read_text()
    assert (
        "<script>alert" not in page
        and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        and "default-src &#39;none&#39;" in page
    )


@pytest.mark.browser
def test_readers_of_a_page_of_contexts_sort_and_filter_them(goldspan: Run, scripts: Path, tmp_path: Path) -> None:
    page = tmp_path / "c.html"
    assert goldspan("corpus", "concordance", scripts, "Israel|以色列|حماس", "--regex", "--html", page).returncode == 0
    with open_browser() as browser, browser.new_page() as tab:
        faults: list[str] = []
        tab.on("pageerror", lambda fault: faults.append(str(fault)))
        tab.goto(page.as_uri())
        names = tab.locator("tbody th")
        assert names.all_inner_texts() == ["ar", "ar", "zh", "zh", "en", "en", "en"]
        tab.select_option("#sort", "span")
        assert names.all_inner_texts() == ["en", "en", "en", "ar", "ar", "zh", "zh"]
        tab.select_option("#label", "-")
        assert names.all_inner_texts() == ["en", "en", "ar", "zh"]
        tab.fill("#find", "jets")
        assert tab.inner_text("#count") == "2 of 7 shown" and not faults
