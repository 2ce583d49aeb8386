"""What other formats leave in texts, and what looks like it and is meant."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.annotate import load_extractor
from goldspan.annotate.runner.annotate_documents import annotate_documents
from goldspan.corpus.ingest.format_leftovers import FIXES, find_leftovers
from goldspan.schema import Document, Scheme

from ..conftest import SEEDS, Run, record, write_lines

LEFT = {
    "tag": [
        "<p>x</p>",
        "a<br/>b",
        "a<br>b",
        '<a href="u">x</a>',
        "<b>x</b>",
        "x</address>",
        "<IMG SRC=x.png>",
        "<!-- x -->",
    ],
    "entity": [
        "a&nbsp;b",
        "Tom &amp; Bob",
        "it&#8217;s",
        "it&#x2019;s",
        "&quot;x&quot;",
        "&lt;p&gt;",
        "a&nbsp b",
        "&hellip;",
    ],
    "shortcode": ['[caption id="a" width=3]x', "x[/caption]", '[gallery ids="1,2"]', "[b]x[/b]"],
    "Markdown": ["see [here](https://a.b/c)", "![x](/y.png)", "**Kabul** fell", "## News"],
    "escape": [r"it\u2019s", r"caf\u00e9"],
    "mojibake": ["itâ€™s", "â€œHi", "cafÃ©", "MÃ¼nchen", "thereÂ\u00a0was", "Â£5", "ÐŸÑ€Ð¸Ð²ÐµÑ‚", "ï»¿x"],
    "broken character": ["a\ufffdb", "it\x92s", "a\x00b"],
    "invisible character": ["ab\u00adcd", "a\u200bb", "a\u2060b", "x\ufeffy"],
}
MEANT = """a < b and c > d|AT&T|R&D <redacted>|<name> said|<time> at <address>|x<y>z|Q&A; and|S&P; 500|f**k s**t|5 ** 3 ** 2|
voilà\u00a0»|passé…»|NÃO|IRMÃ”|SÃO PAULO|[sic]|[video]|[1]|(see [2])|#1 priority|# 1|می\u200cخواهم|👨\u200d👩\u200d👧|
ภาษา\u200bไทย|I <3 you|if a<b then|List<String>|<a, b>|rock & roll|http://x.y/?a=1&copy=2&b=3|C:\\users|10° £5 ½|
naïve café über|«Да»|Привет|العربية|* item|** note|<unk>|[Reuters]|M&A; B&B;|Łódź|© 2023|Ñandú Ðorđe Ørsted|\ufeffStart|
line\r\nline\ttab\x0bform\x0c|\u200fמאמר|-> <-|50 % < 60 %""".replace("|\n", "|").split("|")


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in LEFT.items() for text in texts])
def test_what_another_format_left_is_found(kind: str, text: str) -> None:
    assert {item.kind for item in find_leftovers(text)} == {kind}


@pytest.mark.parametrize("text", MEANT)
def test_what_is_meant_is_left_alone(text: str) -> None:
    assert find_leftovers(text) == []


def test_the_seeds_have_none() -> None:
    assert not any(find_leftovers(path.read_bytes().decode()) for path in SEEDS.glob("*.txt"))


@given(st.lists(st.sampled_from([*MEANT, *(text for texts in LEFT.values() for text in texts)]), max_size=5))
def test_leftovers_lie_apart_in_order_within_the_text(parts: list[str]) -> None:
    text = " and ".join(parts)
    found = find_leftovers(text)
    assert all(0 <= item.start < item.end <= len(text) and item.kind in FIXES for item in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_building_counts_what_checking_names(goldspan: Run, tmp_path: Path) -> None:
    rows = ["<p>Iran left.</p>", "AT&T said a < b.", "Iraq&nbsp;left.", "AT&T said a < b.", "AT&T said a < b."]
    table = tmp_path / "t.csv"
    table.write_text("text\n" + "".join(f'"{row}"\n' for row in rows), encoding="utf-8")
    out = tmp_path / "t.jsonl"
    built = goldspan("corpus", "build", table, "--out", out)
    assert built.returncode == 0
    assert (
        "note: documents with the same text as an earlier one: 2 of 5 ('t#4' has the same text as 't#2')"
        in built.stderr
    )
    assert "note: leftovers of other formats in 2 of 5 texts: tag 2, entity 1 ('t#1': tag '<p>' at 0" in built.stderr
    told = json.loads(goldspan("corpus", "build", table, "--out", out, "--json").stdout)
    assert (told["duplicates"], told["leftovers"]) == (2, {"tag": 2, "entity": 1})
    assert [json.loads(line)["text"] for line in out.read_text("utf-8").splitlines()] == rows  # nothing is changed
    checked = goldspan("corpus", "check", out)
    assert (checked.returncode, checked.stdout) == (0, "5 documents, 0 problems, 4 remarks\n")
    assert (
        f"note: {out}:1: document 't#1': tag '<p>' at 0 and 1 more, left over from another format. Fix: "
        in checked.stderr
    )
    assert f"note: {out}:5: document 't#5': has the same text as 't#2'. Fix: keep one of them" in checked.stderr
    found = json.loads(goldspan("corpus", "check", out, "--json").stdout)
    assert found["problems"] == [] and [(r["line"], r["document"]) for r in found["remarks"]] == [(1, "t#1"), (3, "t#3"), (4, "t#4"), (5, "t#5")]  # fmt: skip


def test_texts_without_any_are_built_and_checked_in_silence(goldspan: Run, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", record("a", "AT&T said a < b."), record("b", "R&D <redacted>"))
    checked = goldspan("corpus", "check", source)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "2 documents, 0 problems\n", "")


def test_rules_say_that_markup_is_in_their_way(scheme: Scheme) -> None:
    documents = [
        Document(id=name, text=text, spans=()) for name, text in (("a", "<p>Iran left.</p>"), ("b", "Iran left."))
    ]
    first, second = annotate_documents(documents, load_extractor("rules", scheme), scheme)
    assert first.tally == {"documents with tags or entities of HTML, beside which names and dates go unmarked": 1}
    assert second.tally is None
