"""Spans carried between texts that differ only in form, and refused between others."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.corpus import read_records
from goldspan.corpus.ingest.restore import TextStore
from goldspan.corpus.spans.text_mapping import NormalForm, TextDifferenceError, TextMapping
from goldspan.schema import DataError, Document, Span, Zone, conflict_scheme

from ..command import run_here as goldspan
from ..conftest import record, span, write_lines

TEXT = "\u201cCaf\u00e9 Hu\u1ebf\u201d (near \u1e09ity) fell.\nThe \ufb01ght/war \u2026 went on \U0001f4a5 in T\u00fcrkiye.\n"

FORMS = {
    "line ends": [TEXT.replace("\n", "\r\n"), TEXT.replace("\n", "\r")],
    "a byte order mark": ["\ufeff" + TEXT],
    "outer blanks": [TEXT.strip(), f"\n  {TEXT}\t"],
    "runs of blanks": [TEXT.replace(" ", "\u00a0"), TEXT.replace("\n", " \n\n ").rstrip() + "\n"],
    "Unicode form": [
        unicodedata.normalize("NFD", TEXT),
        TEXT.replace("\ufb01", "fi"),
        TEXT.replace("\u2026", "..."),
        TEXT.replace("\u1e09", "c\u0327\u0301"),
        TEXT.replace("T", "\uff34"),
    ],
    "tokenisation": [TEXT.replace("(", "( ").replace(".\n", " .\n"), TEXT.replace(" ", "")],
    "quotes": [
        TEXT.replace("\u201c", "``").replace("\u201d", "''"),
        TEXT.replace("\u201c", '"').replace("\u201d", '"'),
    ],
    "treebank escapes": [TEXT.replace("(", "-LRB-").replace(")", "-RRB-"), TEXT.replace("/", "\\/")],
}


@pytest.mark.parametrize(("kind", "other"), [(kind, text) for kind, texts in FORMS.items() for text in texts])
def test_each_kind_of_difference_is_mapped_both_ways_and_named(kind: str, other: str) -> None:
    for source, target in ((TEXT, other), (other, TEXT)):
        mapping = TextMapping(source, target)
        assert set(mapping.differences) == {kind}
        for words in source.split():
            start = source.index(words)
            try:
                first, end = mapping.carry(start, start + len(words))
            except DataError:
                assert any(len(NormalForm(c).characters) > 1 for c in target)  # a bound within one of its characters
                continue
            assert NormalForm(target[first:end]).characters == NormalForm(words).characters


PIECES = st.sampled_from(
    ["Iran", "e\u0301", "\u00e9", "\u1eb9\u0302", "e\u0302\u0323", "\u1ec7", "\uac01", "\u1100\u1161\u11a8", "-LRB-",
     "(", "``", "''", '"', "\u201c", "\u2019", "\\/", "/", "\\*", "-", "L", "RB-", "\ufb03", "ffi", "\u2026", "...", "\U0001f4a5",
     "\u05e9\u05bc\u05c1", "\u0344", "\u212b"]
)  # fmt: skip
BLANKS = st.sampled_from(["", " ", "  ", "\n", "\r\n", "\r", "\u00a0", "\ufeff", "\t"])
TEXTS = st.lists(st.tuples(BLANKS, PIECES), max_size=12)


@given(TEXTS, st.data())
@settings(max_examples=60)
def test_what_is_carried_has_the_same_words_order_and_nesting(
    parts: list[tuple[str, str]], data: st.DataObject
) -> None:
    source = "".join(blank + piece for blank, piece in parts)
    rewritten = [unicodedata.normalize(data.draw(st.sampled_from(["NFC", "NFD"])), piece) for _, piece in parts]
    target = "".join(data.draw(BLANKS) + piece for piece in rewritten) + data.draw(BLANKS)
    mapping = TextMapping(source, target)
    back = TextMapping(target, source)
    bounds = st.tuples(st.integers(0, len(source)), st.integers(0, len(source)))
    carried: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for start, end in data.draw(st.lists(bounds.filter(lambda item: item[0] < item[1]), max_size=6)):
        try:
            place = mapping.carry(start, end)
        except DataError:
            continue
        assert NormalForm(target[slice(*place)]).characters == NormalForm(source[start:end]).characters
        if source != target:
            assert mapping.carry(*back.carry(*place)) == place
        carried.append(((start, end), place))
    for a, other_a in carried:
        for b, other_b in carried:
            assert not (a[0] <= b[0] and b[1] <= a[1]) or (other_a[0] <= other_b[0] and other_b[1] <= other_a[1])
            assert not a[1] <= b[0] or other_a[1] <= other_b[0]


@given(TEXTS, TEXTS)
def test_texts_are_the_same_in_form_or_it_is_said_where_they_part(
    a: list[tuple[str, str]], b: list[tuple[str, str]]
) -> None:
    source, target = ("".join(blank + piece for blank, piece in parts) for parts in (a, b))
    try:
        TextMapping(source, target)
    except TextDifferenceError as error:
        ours, theirs = NormalForm(source[error.source :]), NormalForm(target[error.target :])
        assert ours.characters != theirs.characters
    else:
        assert NormalForm(source).characters == NormalForm(target).characters


def test_other_texts_are_refused_with_both_places() -> None:
    with pytest.raises(TextDifferenceError, match=r"part at 12 and 13: 'Erbil.' and 'Basra.'"):
        TextMapping("Iran struck Erbil.", "Iran  struck Basra.")
    with pytest.raises(TextDifferenceError, match=r"part at 11 and 12: its end and 'Erbil.'"):
        TextMapping("Iran struck", "Iran struck Erbil.")
    for a, b in [("it's", "its"), ("&amp;", "&"), ("10\u00b2", "102"), ("na\u00efve", "naive"), ("Iran", "iran")]:
        with pytest.raises(TextDifferenceError):
            TextMapping(a, b)


@pytest.mark.parametrize(
    ("source", "target", "bounds"),
    [("e\u0301", "\u00e9", (0, 1)), ("fi", "\ufb01", (1, 2)), ("``", '"', (0, 1)), ("a b", "ab", (1, 2))],
)
def test_a_bound_that_the_other_text_has_not_is_refused(source: str, target: str, bounds: tuple[int, int]) -> None:
    with pytest.raises(DataError, match="cannot be carried over"):
        TextMapping(source, target).carry(*bounds)


def document(text: str | None, *spans: tuple[int, int], name: str = "a", **others: object) -> Document:
    made = tuple(Span(start=start, end=end, label="ACTOR") for start, end in spans)
    return Document(id=name, text=text, spans=made, **others)


def test_documents_get_the_text_at_hand_that_differs_only_in_form() -> None:
    texts = TextStore([("a", "Iran\r\nstruck  Erbil."), ("b", "Nothing.")])
    tokens = document(
        "Iran struck Erbil .", (0, 4), (12, 17), name="file#1", zones=(Zone(start=0, end=11, kind="stamp"),)
    )
    carried = texts.restore(tokens)
    assert (carried.id, carried.text) == ("file#1", "Iran\r\nstruck  Erbil.")
    assert [carried.surface(item) for item in (*carried.spans, *carried.zones)] == ["Iran", "Erbil", "Iran\r\nstruck"]
    unchanged = document("Nothing.", (0, 7))
    assert texts.restore(unchanged) is unchanged


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (
            "Iran struck Basra.",
            "a",
            "another one than that at hand: the texts part at 12 and 12: 'Basra.' and 'Erbil.'",
        ),
        ("Iran left.", "z", "no text found that has its words"),
        ("Iran  struck Erbil.", "z", "2 texts differ from its text only in form"),
    ],
)
def test_documents_with_other_words_are_refused(text: str, name: str, message: str) -> None:
    texts = TextStore([("a", "Iran struck Erbil."), ("b", "Iran struck\nErbil.")])
    with pytest.raises(DataError, match=message) as raised:
        texts.restore(document(text, (0, 4), name=name))
    assert raised.value.problems[0].document == name


def test_of_several_forms_that_with_the_id_is_taken() -> None:
    texts = TextStore([("a", "Iran struck Erbil."), ("b", "Iran struck\nErbil.")])
    assert texts.restore(document("Iran  struck Erbil.", (0, 4), name="b")).text == "Iran struck\nErbil."


def test_a_column_file_is_restored_to_the_texts_and_the_differences_are_counted(tmp_path: Path) -> None:
    text = "Iran (again) struck \u201cErbil\u201d."
    write_lines(tmp_path / "texts.jsonl", record("news", text))
    lines = ["Iran B-ACTOR", "-LRB- O", "again O", "-RRB- O", "struck O", "`` O", "Erbil B-LOCATION", "'' O", ". O"]
    (tmp_path / "team.conll").write_text("\n".join(lines) + "\n")
    done = goldspan(
        "convert", tmp_path / "team.conll", "--restore", tmp_path / "texts.jsonl", "--out", tmp_path / "o.jsonl"
    )
    assert done.returncode == 0, done.stderr
    for kind in ("tokenisation", "treebank escapes", "quotes"):
        assert f"changed: texts replaced by those at hand, which differ in {kind}: 1 (in 'team')" in done.stderr
    assert "changed: spans carried over to the text at hand: 2 (in 'team')" in done.stderr
    [restored] = read_records(tmp_path / "o.jsonl", conflict_scheme())
    assert restored.text == text
    assert [restored.surface(item) for item in restored.spans] == ["Iran", "Erbil"]
    write_lines(
        tmp_path / "texts.jsonl",
        record("team", "Iran struck Basra."),
        record("b", text + " More.", spans=[span(0, 4, "ACTOR")]),
    )
    done = goldspan(
        "convert", tmp_path / "team.conll", "--restore", tmp_path / "texts.jsonl", "--out", tmp_path / "p.jsonl"
    )
    assert done.returncode == 1 and "the texts part at 5 and 5" in done.stderr and not (tmp_path / "p.jsonl").exists()
