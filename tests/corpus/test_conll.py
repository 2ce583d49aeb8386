"""Columns of tokens and tags: those of other tools, changed ones, broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.corpus.spans.tokenisation import cut_tokens
from goldspan.schema import DataError, Span

from .written import NESTED, SCHEME, doc, read, written


@given(st.text(max_size=40), st.sets(st.integers(0, 40)))
@settings(deadline=None)
def test_cut_tokens_are_the_tokens_in_pieces(text: str, edges: set[int]) -> None:
    text = text.encode(errors="ignore").decode()
    whole, cut = cut_tokens(text, [], "en"), cut_tokens(text, edges, "en")
    assert all(start < end for start, end in cut)
    assert not any(start < edge < end for start, end in cut for edge in edges)
    assert {at for a, b in whole for at in range(a, b)} == {at for a, b in cut for at in range(a, b)}


# CoNLL


def test_columns_are_those_that_other_tools_read(tmp_path: Path) -> None:
    out, loss = written("conll", tmp_path, [NESTED], SCHEME)
    lines = out.read_text("utf-8").splitlines()
    assert lines[0].startswith("# goldspan {") and lines[-1] == ""
    assert lines[1:6] == ["Iran\tB-ACTOR\t0:4", "struck\tI-ACTOR\t5:11", "three\tB-COUNT\t12:17", "bases\tO\t18:23", ""]
    assert loss.counts == {"tags of overlapping spans (the comment keeps them)": 1}
    out, loss = written("conll", tmp_path, [doc(SCHEME.span(4, 11, "ACTOR"), SCHEME.span(18, 27, "ACTOR"))], SCHEME)
    assert "bases\tB-ACTOR\t18:23\nin\tI-ACTOR\t25:27\n" in out.read_text("utf-8")  # no blank line within a span
    assert loss.counts == {"tags of spans that begin or end with a blank (the comment keeps them)": 1}


def test_a_changed_tag_wins_and_has_no_value(tmp_path: Path) -> None:
    out, _ = written("conll", tmp_path, [NESTED], SCHEME)
    changed = out.read_text("utf-8").replace("three\tB-COUNT", "three\tO").replace("bases\tO", "bases\tB-LOCATION")
    out.write_text(changed, "utf-8")
    (found,) = read("conll", out, SCHEME)
    assert found.spans == (*NESTED.spans[:2], Span(18, 23, "LOCATION"))


FOREIGN = {
    "CoNLL-2003": (
        "-DOCSTART- -X- -X- O\n\nIran NNP I-NP I-ACTOR\nand CC O O\n\nIraq NNP I-NP I-ACTOR\nSyria NNP I-NP B-ACTOR\n",
        [("Iran and\nIraq Syria", [(0, 4), (9, 13), (14, 19)])],
    ),
    "IOB2": ("Iran\tB-ACTOR\nIraq\tB-ACTOR\nGuards\tI-ACTOR\n", [("Iran Iraq Guards", [(0, 4), (5, 16)])]),
    "IOB2 with CRLF and a BOM": ("\ufeffIran\tB-ACTOR\r\n\r\nx\tO\r\n", [("Iran\nx", [(0, 4)])]),
    "BILOU": ("the O\nIraq B-ACTOR\nGuards L-ACTOR\nIran U-ACTOR\n", [("the Iraq Guards Iran", [(4, 15), (16, 20)])]),
    "BIOES": ("a B-ACTOR\nb I-ACTOR\nc E-ACTOR\nd S-ACTOR\n", [("a b c d", [(0, 5), (6, 7)])]),
    "documents": ("-DOCSTART- O\n\na O\n\n-DOCSTART- O\n\nb B-ACTOR\n", [("a", []), ("b", [(0, 1)])]),
    "comments": ("# id 7 domain=en\nIran _ _ B-ACTOR\n# _ _ O\n", [("Iran #", [(0, 4)])]),
    "nothing": ("\n\n", []),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_columns_of_other_tools_are_read(case: str, tmp_path: Path) -> None:
    text, expected = FOREIGN[case]
    path = tmp_path / "news.conll"
    path.write_bytes(text.encode())
    found = read("conll", path, SCHEME)
    assert [(d.text, [(s.start, s.end) for s in d.spans]) for d in found] == expected
    assert [d.id for d in found] == (
        ["news"] if len(expected) == 1 else [f"news#{n + 1}" for n in range(len(expected))]
    )


BROKEN_COLUMNS = {
    "one column": (b"Iran\n", 1, "one column"),
    "other columns": (b"a O\nb NN O\n", 2, "3 columns, where the lines before have 2"),
    "no tag": (b"a O\nIran ACTOR\n", 2, "'ACTOR' is not a valid tag"),
    "I behind O in IOB2": (b"a B-ACTOR\nb O\nc I-ACTOR\n", 3, "I-ACTOR does not continue an entity"),
    "I of another label in IOB2": (b"a B-ACTOR\nb I-DATE\n", 2, "I-DATE does not continue an entity"),
    "I behind a blank line in IOB2": (b"a B-ACTOR\n\nb I-ACTOR\n", 3, "I-ACTOR does not continue an entity"),
    "L alone": (b"a U-ACTOR\nb L-ACTOR\n", 2, "L-ACTOR does not continue an entity"),
    "B without its end": (b"a S-ACTOR\nb B-ACTOR\nc O\n", 3, "without E-ACTOR"),
    "B without its end at the end": (b"a U-ACTOR\nb B-ACTOR\n", 2, "without L-ACTOR"),
    "two schemes": (b"a U-ACTOR\nb S-ACTOR\n", 0, "mixed"),
    "unknown label": (b"a O\nb B-ACTR\n", 2, "did you mean 'ACTOR'"),
    "Latin-1": (b"a O\n\xe9t\xe9 O\n", 2, "not UTF-8"),
    "UTF-16": ("a O\n".encode("utf-16"), 1, "not UTF-8"),
    "record that is no JSON": (b'# goldspan {"id": \n', 1, "truncated"),
    "record without text": (b'# goldspan {"id": "a", "spans": []}\n', 1, "no text"),
    "record of another length": (b'# goldspan {"id": "a", "text": "a b", "spans": []}\na\tO\t0:1\n', 1, "truncated"),
    "token of another text": (b'# goldspan {"id": "a", "text": "a", "spans": []}\nb\tO\t0:1\n', 2, "not what the text"),
    "tokens before the record": (
        b'a\tx\tO\n# goldspan {"id": "a", "text": "a", "spans": []}\na\tO\t0:1\n',
        1,
        "before",
    ),
    "span outside": (
        b'# goldspan {"id": "a", "text": "", "spans": [{"start": 0, "end": 1, "label": "ACTOR"}]}\n',
        1,
        "past",
    ),
    "one id twice": (b'# goldspan {"id": "a", "text": "", "spans": []}\n' * 2, 2, "duplicate document id"),
}


@pytest.mark.parametrize("case", BROKEN_COLUMNS)
def test_broken_columns_are_refused_with_their_line(case: str, tmp_path: Path) -> None:
    data, line, told = BROKEN_COLUMNS[case]
    path = tmp_path / "x.conll"
    path.write_bytes(data)
    with pytest.raises(DataError, match=told) as refused:
        read("conll", path, SCHEME)
    assert (refused.value.problems[0].path, refused.value.problems[0].line) == (str(path), line)


def test_a_file_that_says_it_is_iob2_is_read_as_such(tmp_path: Path) -> None:
    for ending, right in ((".iob2", False), (".bio", False), (".iob", True), (".conll", True)):
        path = tmp_path / f"x{ending}"
        path.write_text("a\tI-ACTOR\n")
        if right:
            assert len(read("conll", path, SCHEME)[0].spans) == 1
        else:
            with pytest.raises(DataError, match="begin with B-ACTOR"):
                read("conll", path, SCHEME)
