"""What a script does with a document: add spans by their words, and look at it in a notebook."""

from __future__ import annotations

import re

import pytest

from goldspan.schema import DataError, Document, Scheme, Span, UsageError, Zone, parse_scheme

TEXT = "Homs burned. Shells fell on Homs, not on Homsi. By Homs Press"
LOOSE = parse_scheme(
    {"name": "any", "version": 1, "spans": {"overlap": True, "boundaries": "any"}, "labels": {"X": {"definition": "x"}}}
)


@pytest.fixture
def document() -> Document:
    return Document(id="a", text=TEXT, spans=(), zones=(Zone(TEXT.index("By"), len(TEXT), "byline"),))


def test_a_surface_becomes_a_span(document: Document) -> None:
    changed = document.add("Shells", "LOCATION", {"kind": "settlement", "lat": 34.7, "lon": 36.7})
    [span] = changed.spans
    assert changed.surface(span) == "Shells" and (span.value.lat, span.value.kind) == (34.7, "settlement")
    assert document.spans == ()


def test_spans_are_kept_in_text_order(document: Document) -> None:
    changed = document.add("Homs", "LOCATION", occurrence=2).add("Homs", "LOCATION", occurrence=1)
    assert [span.start for span in changed.spans] == [0, 28]


@pytest.mark.parametrize(
    ("surface", "label", "options", "error", "message"),
    [
        ("Homs", "LOCATION", {}, DataError, "occurs 2 times, at 0, 28. Fix: choose an `occurrence` from 1 to 2"),
        ("Homs", "LOCATION", {"occurrence": 3}, DataError, "no occurrence 3. Fix: choose one from 1 to 2"),
        ("Homs", "LOCATION", {"occurrence": 0}, DataError, "no occurrence 0"),
        ("Hama", "LOCATION", {}, DataError, "'Hama' does not occur in the text"),
        ("Hom", "LOCATION", {}, DataError, "occurs only within words"),
        ("Press", "ACTOR", {}, DataError, "occurs only in zones"),
        ("", "ACTOR", {}, UsageError, "`surface` is empty"),
        ("burned", "LOCATON", {}, UsageError, "did you mean 'LOCATION'"),
        ("burned", "ACTOR", {"value": {"kind": "stat"}}, DataError, "kind"),
    ],
)
def test_what_cannot_be_added(
    document: Document, surface: str, label: str, options: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        document.add(surface, label, **options)


def test_a_span_over_another_is_refused_unless_the_scheme_allows_it(document: Document) -> None:
    with pytest.raises(DataError, match=r"overlaps \[28, 32\) LOCATION"):
        document.add("Homs", "LOCATION", occurrence=2).add("on Homs", "ACTOR", occurrence=1)
    nested = document.add("on Homs", "X", occurrence=1, scheme=LOOSE).add("Hom", "X", occurrence=2, scheme=LOOSE)
    assert [(span.start, span.end) for span in nested.spans] == [(25, 32), (28, 31)]
    with pytest.raises(DataError, match="already X"):
        nested.add("Hom", "X", occurrence=2, scheme=LOOSE)


def test_a_value_of_another_label_is_refused(document: Document, scheme: Scheme) -> None:
    with pytest.raises(UsageError, match="not one of LOCATION"):
        document.add("burned", "LOCATION", scheme.value("ACTOR", kind="state"))


def test_a_document_without_a_text_is_refused() -> None:
    with pytest.raises(DataError, match="has no text"):
        Document(id="a", text_sha256="0" * 64, text_length=3, spans=()).add("x", "ACTOR")


def test_a_notebook_shows_the_text_with_its_spans_and_nothing_else(scheme: Scheme) -> None:
    text = "<b>Iran</b> & Iraq"
    spans = (scheme.span(3, 7, "ACTOR", kind="state", id="IRN"), scheme.span(14, 18, "LOCATION"))
    html = Document(id="<i>", text=text, spans=spans)._repr_html_()
    assert "<b>&lt;i&gt;</b>" in html and "&lt;b&gt;" in html and "&amp;" in html
    assert [colour in html for colour in (scheme.colour("ACTOR"), scheme.colour("LOCATION"))] == [True, True]
    assert "ACTOR [3, 7): kind state, id IRN" in html
    visible = re.sub(r"<sub.*?</sub>|<[^>]*>", "", html.split("pre-wrap", 1)[1].split(">", 1)[1])
    assert visible == "&lt;b&gt;Iran&lt;/b&gt; &amp; Iraq"


def test_overlapping_spans_and_unknown_labels_are_shown(scheme: Scheme) -> None:
    html = Document(id="a", text="abcdef", spans=(Span(0, 4, "X"), Span(2, 6, "Y"), Span(2, 3, "Z")))._repr_html_()
    assert [html.count(f'<sub style="color:{scheme.colour(name)};font-weight:bold"> {name}') for name in "XYZ"] == [
        1,
        1,
        1,
    ]
    visible = re.sub(r"<sub.*?</sub>|<[^>]*>", "", html.split("pre-wrap", 1)[1].split(">", 1)[1])
    assert visible == "abcdef"


def test_a_long_text_is_cut_and_one_without_text_listed() -> None:
    assert "… 5,000 more code points" in Document(id="a", text="x" * 25_000, spans=())._repr_html_()
    assert "[0, 2)" in Document(id="a", text_sha256="0" * 64, text_length=3, spans=(Span(0, 2, "X"),))._repr_html_()
