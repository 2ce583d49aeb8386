"""Bounds that are put right, given up or left alone; whatever comes out passes the check."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.corpus.inspection.record_checks import check_spans
from goldspan.corpus.spans.bounds import NOT_IN_TEXT, bounds_problems, trim_bounds
from goldspan.corpus.spans.layer_correction import BOUNDS_CORRECTED, fit_layer
from goldspan.schema import Document, Scheme, Span, Zone, conflict_scheme, parse_scheme

TEXT = 'The U.S. military’s base near Kouré-Bèrè, "Syria’s" O\'Brien, N\'Djamena, Idlib. the\r\n"Guardian" cafe\u0301s (IRGC)'
CUT = "cut at a hyphen or an apostrophe within a word"
FITTED = {
    # put right
    "The U.S.": "U.S.",
    "U.S. military’s": "U.S. military",
    "U.S. military’": "U.S. military",
    "Kouré-Bèrè, ": "Kouré-Bèrè",
    '"Syria’s"': "Syria",
    'the\r\n"Guardian"': "Guardian",
    "(IRGC)": "IRGC",
    "dlib": "Idlib",
    "ouré-Bèr": "Kouré-Bèrè",
    "cafe": "cafe\u0301s",
    # given up: a hyphen joins as well as it parts
    "Kouré-": CUT,
    "-Bèrè": CUT,
    "O'": CUT,
    "'Djamena": CUT,
    ". ": NOT_IN_TEXT,
    # left alone
    "U.S.": "U.S.",
    "Kouré": "Kouré",
    "Idlib.": "Idlib.",
}


@pytest.mark.parametrize(("surface", "result"), FITTED.items(), ids=map(ascii, FITTED))
def test_bounds_are_put_right_where_nobody_has_to_guess(surface: str, result: str) -> None:
    start = TEXT.index(surface)
    found = trim_bounds(TEXT, start, start + len(surface), ("the", "a"))
    assert (found if isinstance(found, str) else TEXT[slice(*found)]) == result


IN_SCRIPTS = {
    # (text, surface): what becomes of it
    ("ปี2566 ที่นี่", "2566"): "2566",
    ("サッカー20人", "20"): "20",
    ("အိမ်၁၂၃၄လုံး", "၁၂၃၄"): "၁၂၃၄",
    ("لـUN وحلب", "UN"): "UN",
    ("لـUN وحلب", "حلب"): "حلب",
    ("ב־3 ברח׳ הגפן", "רח׳"): "רח׳",
    ("डॉ॰ राम", "डॉ॰"): "डॉ॰",
    ("၎င်းက", "၎င်း"): "၎င်း",
    ("《人民》報", "《人民》"): "人民",
    ("мовою В.", "ово"): "мовою",
    # a character is not cut
    ("ကိုကို", "က"): "ကို",
    ("كتابُ علي", "كتاب"): "كتابُ",
    ("၁၂၃၄လုံး", "၁၂"): "၁၂၃၄",
}


@pytest.mark.parametrize(("place", "result"), IN_SCRIPTS.items(), ids=[f"{s} in {t}" for t, s in IN_SCRIPTS])
def test_bounds_in_other_scripts_are_moved_only_where_a_word_or_a_character_is_cut(
    place: tuple[str, str], result: str
) -> None:
    text, surface = place
    start = text.index(surface)
    found = trim_bounds(text, start, start + len(surface), (), english=False)
    assert not isinstance(found, str) and text[slice(*found)] == result


@pytest.mark.parametrize(
    ("surface", "result"), [("l’Iran", "Iran"), ("L'Île", "Île"), ("le Mali", "Mali"), ("l’", "l")]
)
def test_an_article_may_be_written_together_with_the_name(surface: str, result: str) -> None:
    found = trim_bounds(f"À {surface} !", 2, 2 + len(surface), ("le", "l'", "l’"), english=False)
    assert not isinstance(found, str) and f"À {surface} !"[slice(*found)] == result


LOST = {
    "Malis army": "Mali",  # the s is a possessive
    "Houthis army": "Houthis",  # the s is that of a known plural
    "Malis army and Chad's": "Malis",  # the text has its apostrophes
}


@pytest.mark.parametrize(("text", "result"), LOST.items(), ids=LOST)
def test_the_s_of_a_lost_apostrophe_may_stand_outside_a_name(text: str, result: str) -> None:
    found = trim_bounds(text, 0, text.index("s army"), ("the", "a"))
    assert not isinstance(found, str) and text[slice(*found)] == result


def test_what_is_changed_or_dropped_is_counted_by_its_reason(scheme: Scheme) -> None:
    text = "Iran-backed Syrian fighters near the Kouré-Bèrè"
    spans = [
        Span(0, 5, "ACTOR"),
        Span(12, 28, "ACTOR"),
        Span(12, 27, "ACTOR"),  # the same without its blank
        Span(12, 18, "LOCATION", score=0.9),  # surer
        Span(33, 47, "LOCATION"),
        Span(0, 4, "ACTOR"),
    ]
    tally: Counter[str] = Counter()
    document = Document(id="a", text=text, zones=(Zone(0, 4, "byline"),), spans=())
    layer = fit_layer(document, spans, scheme, tally)
    assert [text[span.start : span.end] for span in layer] == ["Syrian", "Kouré-Bèrè"]
    assert tally == {
        f"dropped, {CUT}": 1,
        "dropped, in a zone": 1,
        "dropped, overlapping another": 2,
        BOUNDS_CORRECTED: 2,
    }


def test_of_spans_with_one_place_and_label_the_one_with_a_value_stays(scheme: Scheme) -> None:
    value = scheme.value("ACTOR", kind="state", id="IRN")
    tally: Counter[str] = Counter()
    spans = [Span(0, 4, "ACTOR"), Span(0, 4, "ACTOR", value)]
    assert fit_layer(Document(id="a", text="Iran", spans=()), spans, scheme, tally) == spans[1:]
    assert tally == {"dropped, there already": 1}


SCHEMES = {
    "flat": conflict_scheme(),
    "overlapping": parse_scheme(
        'name = "o"\nversion = 1\n[spans]\noverlap = true\n[labels.ACTOR]\ndefinition = "d"\nnot_first = ["the"]\n'
    ),
    "any bounds": parse_scheme(
        'name = "b"\nversion = 1\n[spans]\nboundaries = "any"\n[labels.ACTOR]\ndefinition = "d"\n'
    ),
}
PIECES = [
    "the",
    "The",
    "Iran",
    "Kouré-Bèrè",
    "U.S.",
    "U.S.-backed",
    "O'Brien",
    "Syria's",
    "’s",
    "-",
    "‑",
    "–",
    "'",
    '"',
    ".",
    ",",
    "a",
]
PIECES += [
    " ",
    " ",
    " ",
    "\r\n",
    "\n",
    "\t",
    "\u00a0",
    "\u200b",
    "\u200d",
    "\u00ad",
    "😀",
    "👨‍👩‍👧",
    "e\u0301",
    "\u0301",
    "中文",
    "ريف",
    "5",
    "ʼ",
    "_",
    "²",
]


@pytest.mark.parametrize("name", SCHEMES)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join), st.data())
def test_any_spans_of_any_text_make_a_layer_that_passes_the_check(name: str, text: str, data: st.DataObject) -> None:
    scheme = SCHEMES[name]
    edges = st.integers(0, len(text))
    drawn = data.draw(st.lists(st.tuples(edges, edges, st.sampled_from([None, 0.5, 0.9])), max_size=8))
    spans = [Span(min(a, b), max(a, b), "ACTOR", score=score) for a, b, score in drawn if a != b]
    document = Document(id="a", text=text, spans=())
    tally: Counter[str] = Counter()
    layer = fit_layer(document, spans, scheme, tally)
    assert check_spans(msgspec.structs.replace(document, spans=tuple(layer)), scheme) == []
    assert len(spans) - len(layer) == sum(count for what, count in tally.items() if what.startswith("dropped"))
    again: Counter[str] = Counter()
    assert fit_layer(document, layer, scheme, again) == layer and not again


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join), st.data())
def test_bounds_that_the_check_has_nothing_against_are_left_alone(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if not list(bounds_problems(text, start, end, ("the",))):
        assert trim_bounds(text, start, end, ("the",)) == (start, end)
