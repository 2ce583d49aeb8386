"""Long documents in parts: cut and joined they are what they were, and nothing is halved."""

from __future__ import annotations

from itertools import pairwise

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldspan.annotate.label_studio.mapping.result_json import results_of, spans_of
from goldspan.annotate.label_studio.sync.parts.part_results import move_results
from goldspan.corpus.parts.text_cuts import text_cuts
from goldspan.corpus.parts.text_parts import cut_document, join_document, part_of_document
from goldspan.schema import DataError, Document, Span, Zone, load_scheme

SCHEME = load_scheme(None)

PIECES = st.sampled_from(
    [
        *("Kyiv", "fell", "U.S.", "a", " ", "  ", ". ", "! ", "\n", "\r\n", "\r\n\r\n", "\n\n\n", "\r", "\t", "\u2029"),
        *("e\u0301", " \u0301", "\u00a0", "\u200b", "\u200f", "\u2060", "👨‍👩‍👧", "🇺🇦", "👍🏽", "کیف", "می‌رود", "؟ "),
        *("基辅", "。", "」", "，", "กำลัง", "เคียฟ", "ကို\u1039တ", "។", "हिन्दी", "। ", "한국", "각", "\u0600١٢"),
    ]
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=60).map("".join), st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
)
SIZES = st.one_of(st.integers(1, 40), st.just(10**9))


@st.composite
def annotated(draw: st.DrawFn) -> Document:
    """A document with zones and spans anywhere: nested, overlapping, one beside the other."""
    text = draw(TEXTS)
    bounds = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    stretches = [(start, end) for start, end in draw(st.lists(bounds, max_size=6)) if start < end]
    spans = [Span(a, b, draw(st.sampled_from(["ACTOR", "DATE"]))) for a, b in stretches]
    zones = tuple(Zone(start, end, "byline") for start, end in draw(st.lists(bounds, max_size=3)) if start < end)
    ordered = tuple(sorted(spans, key=lambda span: (span.start, span.end, span.label)))
    return Document(id="d", text=text, spans=ordered, zones=zones, extra={"kept": 1}).with_hash()


def cut(document: Document, size: int) -> list[tuple[object, Document]]:
    return [(part, part_of_document(document, part)) for part in cut_document(document, size, [document.spans])]


@settings(max_examples=80, deadline=None)
@given(annotated(), SIZES)
@example(Document(id="d", text="", spans=()).with_hash(), 1)
@example(Document(id="d", text="Iran.\r\n\r\nIraq.", spans=(Span(0, 5, "ACTOR"), Span(9, 13, "ACTOR"))).with_hash(), 5)
def test_a_document_that_is_cut_and_joined_is_what_it_was(document: Document, size: int) -> None:
    parts = cut(document, size)
    joined = join_document(parts[::-1])
    key = lambda span: (span.start, span.end, span.label)  # noqa: E731
    assert replace(joined, spans=tuple(sorted(joined.spans, key=key))) == document


@settings(max_examples=80, deadline=None)
@given(annotated(), SIZES)
def test_a_cut_halves_no_span_word_or_character_and_leaves_no_blank_part(document: Document, size: int) -> None:
    text = document.text or ""
    cuts = text_cuts(text, size, [(span.start, span.end) for span in document.spans])
    characters = {match.start() for match in regex.finditer(r"\X", text)}
    for place in cuts:
        assert place in characters
        assert not any(span.start < place < span.end for span in document.spans)
        assert not regex.match(r"[\p{L}\p{N}]", text[place]) or not regex.match(
            r"[\p{Latin}\p{Arabic}\p{Devanagari}\p{Hangul}\p{N}]{2}", text[place - 1 : place + 1]
        )
    bounds = [0, *cuts, len(text)]
    assert not cuts or all(text[start:end].strip() for start, end in pairwise(bounds))
    assert bounds == sorted(set(bounds)) or not text


@settings(max_examples=50, deadline=None)
@given(annotated(), SIZES)
def test_what_is_marked_on_parts_is_marked_on_the_document(document: Document, size: int) -> None:
    """As the server has it: results of each part at its own offsets, with ids that begin anew in each."""
    marked = [span for span in document.spans if document.surface(span).strip() == document.surface(span)]
    results: list[object] = []
    for part in cut_document(document, size, [document.spans]):
        shown = part_of_document(replace(document, spans=tuple(marked)), part)
        results += move_results(results_of(shown, shown.spans, SCHEME), part)
    decoded = spans_of(results, document.text or "", SCHEME)
    assert not decoded.problems
    assert decoded.spans == marked


def test_cuts_prefer_paragraphs_then_lines_sentences_and_words() -> None:
    paragraph = "It said so. It went on, they said.\nA line of it."
    text = "\n\n".join([paragraph] * 4)
    assert [text[:at][-2:] for at in text_cuts(text, 60)] == ["\n\n"] * 3
    assert text_cuts("One two three. Four five six seven.", 25) == (15,)
    assert text_cuts("One two three.\nFour five. Six seven.", 28) == (15,)
    assert text_cuts("one two three four", 10) == (8,)
    assert text_cuts("俄军袭击了基辅。五人死亡，三人受伤。", 12) == (8,)
    assert text_cuts("x" * 50, 10) == ()


def test_a_span_or_word_that_is_longer_than_a_part_makes_it_longer() -> None:
    text = "Short. The General Staff of the Armed Forces. End of it."
    held = [(7, 44)]
    assert text_cuts(text, 12, held) == (7, 46)


def test_a_document_keeps_the_cut_it_had_until_that_would_halve_something() -> None:
    document = Document(id="d", text="Iran struck. Israel struck back. All fell silent.", spans=()).with_hash()
    before = cut_document(document, 30, [[Span(0, 20, "ACTOR")]])
    anew = cut_document(document, 30)
    assert before != anew
    assert cut_document(document, 30, known=before) == before
    other = replace(document, text=f"{document.text} ", text_sha256=None)
    assert cut_document(other, 30, known=before) == cut_document(other, 30)
    assert cut_document(document, 29, known=before) == cut_document(document, 29)
    crossing = [[Span(before[0].end - 2, before[0].end + 2, "ACTOR")]]
    assert cut_document(document, 30, crossing, known=before) == cut_document(document, 30, crossing)


def test_parts_that_do_not_belong_together_are_told() -> None:
    document = Document(id="d", text="Iran struck. Israel struck back.", spans=()).with_hash()
    first, second = cut(document, 20)
    other = cut(replace(document, text="Iran struck. Israel struck late.", text_sha256=None).with_hash(), 20)
    for parts in ([first], [second], [first, first], [first, other[1]], []):
        with pytest.raises(DataError, match="its parts do not make up its text"):
            join_document(parts)
