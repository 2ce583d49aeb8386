"""The text of HTML, and the way back from its offsets."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.corpus.ingest.html_text import HTML_KEY, extract_text, source_offset
from goldspan.schema import DataError, Scheme, sha256_hex

from .test_article_tables import Built

TEXTS = {
    "<p>Iran  struck\n<b>Goma</b>.</p><p>So.</p>": "Iran struck Goma.\n\nSo.",
    "a<br>b<br/>c<br><br>d": "a\nb\nc\n\nd",
    "<h1>T</h1>\n<div>a</div>\n<div>b</div>": "T\n\na\nb",
    "AT&amp;T &lt;b&gt; &#8217; &#x2019; &nbsp;x": "AT&T <b> ’ ’ \xa0x",
    "<p>AT&T, R&D; x&y=1 &unknown; & so</p>": "AT&T, R&D; x&y=1 &unknown; & so",
    "<p>a</p><script>if (a<b) x()</script><style>p {}</style><p>b</p><!-- c -->": "a\n\nb",
    "<ul><li>a</li><li>b</li></ul>": "a\nb",
    "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>": "a\tb\nc",
    "<pre>a\n  b</pre><p>c  d</p>": "a\n  b\n\nc d",
    "One.\n\nTwo <b>bold</b>  words.": "One.\n\nTwo bold  words.",
    "<p>the <redacted> said</p>": "the <redacted> said",
    "<p>a <o:p>b</o:p></p>": "a b",
    "<![CDATA[<p>a</p>]]><p>b</p>": "a\n\nb",
    "<svg><text>x</text></svg><p>a</p>": "a",
    "<html><head><title>T</title><meta charset=utf-8></head><body>a</body></html>": "T\na",
    "<P CLASS='x'>a</P>": "a",
    "📰 <p>📰 b</p>": "📰\n\n📰 b",
    "<p>a < b and c</p>": "a < b and c",
    "<p>a\r\nb</p>": "a b",
    "<p></p>": "",
}


@pytest.mark.parametrize("source", TEXTS)
def test_the_text_of_html_and_its_offsets(source: str) -> None:
    text, pieces = extract_text(source)
    assert text == TEXTS[source]
    check_pieces(source, text, pieces)


def check_pieces(source: str, text: str, pieces: list[tuple[int, int]]) -> None:
    """Each character that is no line break or blank is found in the source, as it is or as an entity."""
    assert [t for t, _ in pieces] == sorted({t for t, _ in pieces})
    for offset, char in enumerate(text):
        if char not in "\n\t ":
            at = source_offset(pieces, offset)
            assert source[at] == char or char in html.unescape(source[at : at + 40])[:1], (offset, char)


PARTS = ["<p>", "</p>", "<b>", "</b>", "<br>", "&amp;", "&#8217;", "&lt;", " ", "\n", "Goma", "a < b", "📰", "<td>", "<div class='x'>", "</div>", "&", "<!-- c -->", "<x>", "\r\n"]  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=12))
def test_offsets_lead_back_whatever_the_order(parts: list[str]) -> None:
    source = "".join(parts)
    text, pieces = extract_text(source)
    check_pieces(source, text, pieces)
    assert "".join(text.split()).count("Goma") == source.count("Goma")


@pytest.mark.parametrize("hostile", ["<", "<a ", "<a b='", "&", "&#", "<b>", "<!--", "<![CDATA[", "<?", "</"])
def test_hostile_html_comes_to_an_end(hostile: str) -> None:
    for end in ("", ">"):
        extract_text(f"<p>{hostile * 10_000}{end}")


def test_documents_are_cleaned_where_that_is_asked_for(tmp_path: Path, scheme: Scheme) -> None:
    rows = [{"id": "a", "text": "<p>Tom &amp; Bob</p>"}, {"id": "b", "text": "a < b, AT&T"}]
    source = tmp_path / "t.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    plain = Built(tmp_path, scheme, source)
    assert plain.texts == [row["text"] for row in rows] and plain.summary.warnings.with_leftovers == 1
    built = Built(tmp_path, scheme, source, html=True)
    first, second = built.documents
    assert built.texts == ["Tom & Bob", "a < b, AT&T"] and built.summary.warnings.with_leftovers == 0
    assert first.extra == {HTML_KEY: {"sha256": sha256_hex(rows[0]["text"]), "length": 20, "pieces": [[0, 3], [5, 12]]}}
    assert (
        second.extra is None and "1 text extracted from HTML" in built.notes and built.summary.to_dict()["cleaned"] == 1
    )
    (tmp_path / "page.html").write_text("<h1>T</h1><p>x</p>")
    source.unlink()
    assert Built(tmp_path, scheme, tmp_path, html=True).texts == ["T\n\nx"]
    with pytest.raises(DataError, match="no articles"):
        Built(tmp_path, scheme, tmp_path)


REFUSED = {
    "spans": ({"spans": [{"start": 0, "end": 1, "label": "ACTOR"}]}, "has spans, whose offsets count the tags. Fix: leave out `html`"),
    "cleaned before": ({"extra": {HTML_KEY: {}}}, "the text was extracted from HTML before"),
    "another text": ({"text_sha256": "0" * 64}, "the hash of the text differs"),
    "no end": ({"text": "<p>a</p><style>b"}, "<style> has no end"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_cleaned_is_refused(name: str, tmp_path: Path, scheme: Scheme) -> None:
    more, message = REFUSED[name]
    (tmp_path / "t.jsonl").write_text(json.dumps({"id": "a", "text": "<p>x</p>", **more}) + "\n")
    with pytest.raises(DataError) as refusal:
        Built(tmp_path, scheme, tmp_path / "t.jsonl", html=True)
    assert f"t.jsonl:1: document 'a': {message}" in str(refusal.value).replace("the article ", "") or message in str(
        refusal.value
    )
