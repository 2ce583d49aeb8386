"""Offsets in the units of other tools: brought to code points where words prove the unit, else refused by name."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.corpus.spans.offset_units import UNITS, OffsetUnit
from goldspan.corpus.spans.offsets import MarkedText, OffsetResolution, StatedSpan, resolve_offsets
from goldspan.corpus.spans.quoted_words import same_words
from goldspan.schema import DataError

from .counting import marked_texts, stated_in, trimmed

Spans = Sequence[tuple[int, int, str | None]]


def file(*documents: tuple[str, Spans]) -> list[MarkedText]:
    return [
        MarkedText(
            text,
            [StatedSpan(((s, e),), words, f"T{n}", n) for n, (s, e, words) in enumerate(spans, 1)],
            "f",
            f"d{number}",
        )
        for number, (text, spans) in enumerate(documents)
    ]


def settled(marked: list[MarkedText]) -> tuple[OffsetResolution, list[list[str]]]:
    settlement = resolve_offsets(lambda: marked)
    return settlement, [
        [document.text[slice(*place[0])] for place in settlement.fragments(number, document)]
        for number, document in enumerate(marked)
    ]


EMOJI, CRLF = "📰📉 Goma, near Sake", "Goma\r\nSake\r\nBeni"
KINDS: dict[str, tuple[list[tuple[str, Spans]], list[list[str]], str]] = {
    "UTF-16": ([(EMOJI, [(5, 9, "Goma"), (16, 20, "Sake")])], [["Goma", "Sake"]], "UTF-16 code units"),
    "bytes": ([("é Goma", [(3, 7, "Goma")])], [["Goma"]], "UTF-8 bytes"),
    "CRLF as one": ([(CRLF, [(5, 9, "Sake"), (10, 14, "Beni")])], [["Sake", "Beni"]], "code points with CRLF as one character"),
    "LF as two": ([("Goma\nSake", [(6, 10, "Sake")])], [["Sake"]], "code points with LF as two characters"),
    "no byte order mark": (
        [("\ufeffGoma", [(0, 4, "Goma")])],
        [["Goma"]],
        "code points with the byte order mark left out",
    ),
    "inclusive": ([("Goma, Sake", [(0, 3, "Goma"), (6, 9, "Sake")])], [["Goma", "Sake"]], "code points with inclusive ends"),
    "UTF-16, CRLF as one, inclusive": (
        [("😀😀\r\nGoma", [(5, 8, "Goma")])],
        [["Goma"]],
        "UTF-16 code units with CRLF as one character and inclusive ends",
    ),
    "spans without words follow those with words": (
        [(EMOJI, [(5, 9, "Goma"), (16, 20, None)]), ("😀 Beni", [(3, 7, None)])],
        [["Goma", "Sake"], ["Beni"]],
        "UTF-16 code units",
    ),
    "a span past the end": ([("😀 Goma", [(3, 7, "Goma")])], [["Goma"]], "UTF-16 code units"),
    "another unit in each document": (
        [("é😀 Goma", [(4, 8, "Goma")]), ("é😀 Sake", [(7, 11, "Sake")]), ("Beni", [(0, 4, "Beni")])],
        [["Goma"], ["Sake"], ["Beni"]],
        "UTF-16 code units",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("documents", "found", "unit"), KINDS.values(), ids=KINDS)
def test_the_unit_that_fits_all_words_is_found(
    documents: list[tuple[str, Spans]], found: list[list[str]], unit: str
) -> None:
    settlement, words = settled(file(*documents))
    assert words == found and unit in settlement.converted


def test_what_was_moved_is_counted() -> None:
    settlement, _ = settled(file((EMOJI, [(5, 9, "Goma"), (16, 20, None)]), ("Goma", [(0, 4, "Goma")])))
    [moved] = settlement.converted.values()
    assert (moved.spans, moved.unstated, moved.documents, moved.first) == (2, 1, 1, "d0")


REFUSED: dict[str, tuple[list[tuple[str, Spans]], list[str]]] = {
    "no unit fits": ([("Goma fell", [(1, 5, "Goma")])], [r"T1 says 'Goma', but the text has 'oma ' at \[1, 5\)"]),
    "past the end": ([("Goma", [(2, 6, "Goma")])], [r"T1 \[2, 6\) is not in the text, which has 4 code points \(it says 'Goma'\)"]),
    "past the end, without words": ([("😀 Goma", [(3, 7, None)])], [r"T1 \[3, 7\) is not in the text"]),
    "negative": ([("Goma", [(-1, 3, None)])], [r"T1 \[-1, 3\) is not in the text"]),
    "reversed": ([("Goma", [(4, 0, "Goma")])], [r"T1 \[4, 0\) is not in the text"]),
    "of no length": ([("Goma", [(2, 2, None)])], [r"T1 \[2, 2\) is not in the text"]),
    "all of them in one refusal": (
        [("Goma fell", [(1, 5, "Goma")]), ("Goma", [(0, 4, "Goma")]), ("Sake", [(0, 3, "Beni"), (9, 12, None)])],
        ["document 'd0': T1", "document 'd2': T1 says 'Beni'", r"document 'd2': T2 \[9, 12\)"],
    ),
    "those that do not fit in the file's unit": (
        [(EMOJI, [(5, 9, "Goma"), (16, 20, "Sake")]), ("😀 Beni", [(3, 7, "Goma")])],
        [r"document 'd1': T1 says 'Goma', but the text has 'Beni' at \[3, 7\).*count in UTF-16 code units"],
    ),
    "units that put words at different places": (
        [("é😀 -b--b-", [(8, 9, "b")])],
        ["T1 may be 'b' .UTF-16 code units. or 'b' .UTF-8 bytes.: the unit of the offsets is ambiguous"],
    ),
    "a document of which either unit may be right": (
        [("é😀 Goma", [(4, 8, "Goma")]), ("é😀 Sake", [(7, 11, "Sake")]), ("é😀 Beni 12345", [(7, 11, None)])],
        ["document 'd2': T1 may be ' 123' .code points. or .*the unit of the offsets is ambiguous"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("documents", "told"), REFUSED.values(), ids=REFUSED)
def test_spans_that_fit_in_no_unit_are_named_all_at_once(documents: list[tuple[str, Spans]], told: list[str]) -> None:
    with pytest.raises(DataError) as refused:
        settled(file(*documents))
    assert len(refused.value.lines) == len(told)
    for line, pattern in zip(refused.value.lines, told, strict=True):
        assert re.search(pattern, line), line


def test_a_long_list_is_cut_and_its_rest_counted() -> None:
    with pytest.raises(DataError) as refused:
        settled(file(*[("Goma fell", [(1, 5, "Goma")])] * 50))
    assert len(refused.value.lines) == 21
    assert refused.value.lines[-1] == "f: and 30 more spans that do not fit their text."


SAME = {
    "as they are": ("Doha, Qatar", "Doha, Qatar"),
    "runs of blanks": ("Doha, Qatar", "Doha,  Qatar"),
    "escaped line ends": (r"Doha\nQatar", "Doha\nQatar"),
    "two escaped line ends": (r"Doha\n\nQatar", "Doha\r\nQatar"),
    "an escaped tab": (r"Doha\tQatar", "Doha\tQatar"),
    "a blank for a tab": ("Doha Qatar", "Doha\tQatar"),
    "a tab that is gone": ("DohaQatar", "Doha\tQatar"),
    "blanks at the edges": ("Doha", "Doha "),
}
OTHER = {
    "another word": ("Doha", "Dohu"),
    "case": ("doha", "Doha"),
    "a sign": ("Doha", "Doha,"),
    "a shift": ("Goma", "oma "),
    "another form of an accent": ("é", "e\u0301"),
    "a blank within a word": ("Do ha", "Doha"),
}


@pytest.mark.parametrize(("stated", "there"), SAME.values(), ids=SAME)
def test_what_servers_change_is_no_difference(stated: str, there: str) -> None:
    assert same_words(stated, there)


@pytest.mark.parametrize(("stated", "there"), OTHER.values(), ids=OTHER)
def test_anything_else_is_one(stated: str, there: str) -> None:
    assert not same_words(stated, there)


@given(st.lists(marked_texts(), min_size=1, max_size=3))
@settings(max_examples=120, deadline=None)
def test_words_lead_back_to_the_very_spans_or_the_file_is_refused(
    drawn: list[tuple[str, list[tuple[int, int]], OffsetUnit]],
) -> None:
    unit = drawn[0][2]
    documents = [(text, [(*stated_in(unit, text, *at), text[slice(*at)]) for at in spans]) for text, spans, _ in drawn]
    marked = file(*documents)
    try:
        settlement = resolve_offsets(lambda: marked)
    except DataError:
        return
    as_stated = all(
        0 <= start < end <= len(text) and same_words(words, text[start:end])
        for text, spans in documents
        for start, end, words in spans
    )
    for number, (document, (text, spans, _)) in enumerate(zip(marked, drawn, strict=True)):
        places = [place[0] for place in settlement.fragments(number, document)]
        if as_stated:
            assert places == [(start, end) for start, end, _ in documents[number][1]]
        else:
            assert [trimmed(text, *place) for place in places] == spans
        assert all(same_words(text[slice(*was)], text[slice(*now)]) for was, now in zip(spans, places, strict=True))


@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_each_unit_is_found_by_itself(unit: OffsetUnit) -> None:
    text = "\ufeffAt 9:\r\n😀😀 é Goma,\nnear 12 Sake"
    spans = [(text.index(word), text.index(word) + len(word)) for word in ("At", "Goma", "12", "Sake")]
    stated = [(*stated_in(unit, text, *at), text[slice(*at)]) for at in spans]
    settlement, [words] = settled(file((text, stated)))
    assert words == ["At", "Goma", "12", "Sake"]
    assert list(settlement.converted) == ([str(unit)] if unit != UNITS[0] else [])
