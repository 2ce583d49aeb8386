from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.corpus import corpus_stats, diff_layers
from goldspan.corpus.spans.span_alignment import align
from goldspan.schema import DataError, Document, Metadata, Scheme, Span, conflict_scheme

SCHEME = conflict_scheme()


def layer(*spans: Span, id: str = "a", text: str = "x" * 50) -> list[Document]:
    return [Document(id=id, text=text, spans=spans)]


CASES = {
    "same": ([Span(0, 4, "ACTOR")], [Span(0, 4, "ACTOR")], []),
    "added": ([], [Span(0, 4, "ACTOR")], ["added"]),
    "removed": ([Span(0, 4, "ACTOR")], [], ["removed"]),
    "moved": ([Span(0, 4, "ACTOR")], [Span(2, 6, "ACTOR")], ["boundary"]),
    "relabelled": ([Span(0, 4, "ACTOR")], [Span(0, 4, "LOCATION")], ["label"]),
    "revalued": ([SCHEME.span(0, 4, "ACTOR", id="a")], [SCHEME.span(0, 4, "ACTOR", id="b")], ["value"]),
    "noted": ([Span(0, 4, "ACTOR")], [Span(0, 4, "ACTOR", note="sure?")], ["details"]),
    "touching spans are two things": ([Span(0, 4, "ACTOR")], [Span(4, 6, "ACTOR")], ["removed", "added"]),
    "split": ([Span(0, 9, "ACTOR")], [Span(0, 6, "ACTOR"), Span(7, 9, "ACTOR")], ["boundary", "added"]),
    "same label before more overlap": (
        [Span(0, 9, "ACTOR")],
        [Span(0, 8, "LOCATION"), Span(7, 12, "ACTOR")],
        ["added", "boundary"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_changes_have_these_kinds(name: str) -> None:
    before, after, expected = CASES[name]
    assert [change.kind for change in diff_layers(layer(*before), layer(*after)).changes] == expected


SPANS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 9), st.sampled_from(list(SCHEME.labels))).map(
        lambda t: Span(t[0], t[0] + t[1], t[2])
    ),
    max_size=8,
)


@given(SPANS, SPANS, st.randoms())
def test_alignment_uses_each_span_once_and_no_order(a: list[Span], b: list[Span], chance: object) -> None:
    pairs = align(a, b)
    assert sorted((p.a for p in pairs if p.a), key=repr) == sorted(a, key=repr)
    assert sorted((p.b for p in pairs if p.b), key=repr) == sorted(b, key=repr)
    chance.shuffle(a)  # type: ignore[attr-defined]
    chance.shuffle(b)  # type: ignore[attr-defined]
    assert align(a, b) == pairs
    mirrored = [(p.b, p.a) for p in align(b, a)]
    assert sorted(mirrored, key=repr) == sorted(((p.a, p.b) for p in pairs), key=repr)


def test_documents_and_metadata_that_differ_are_named() -> None:
    before = [Document(id="a", text="x", spans=()), Document(id="b", text="y", spans=())]
    after = [Document(id="c", text="z", spans=()), Document(id="a", text="x", spans=(), meta=Metadata(title="T"))]
    found = diff_layers(before, after)
    assert (found.removed_documents, found.added_documents, found.metadata) == (["b"], ["c"], ["a"])
    assert not diff_layers(before, reversed(before))


def test_another_text_under_the_same_id_is_refused() -> None:
    with pytest.raises(DataError, match="'a': the text differs between the layers"):
        diff_layers(layer(), layer(text="y"))


def test_stats_count_what_is_there(scheme: Scheme) -> None:
    spans = (scheme.span(0, 4, "ACTOR", id="IRN"), Span(5, 6, "ACTOR"), Span(7, 8, "DATE"))
    documents = [
        Document(id="a", text="Iran s t x", spans=spans, meta=Metadata(published="2023-10-25", publisher="P")),
        Document(id="b", text="two words", spans=(), meta=Metadata(published="2021-01-01")),
        Document(id="c", text_sha256="0" * 64, text_length=9, spans=()),
    ]
    stats = corpus_stats(documents, scheme)
    assert (stats.documents, stats.text_free, stats.words, stats.characters, stats.spans) == (3, 1, 6, 28, 3)
    actor = stats.labels["ACTOR"]
    assert (actor.spans, actor.with_value, actor.documents, actor.characters) == (2, 1, 1, 5)
    assert stats.labels["COUNT"].spans == 0
    assert (stats.published, stats.undated) == (("2021-01-01", "2023-10-25"), 1)
    assert (stats.publishers, stats.span_counts) == ({"P": 1}, {0: 2, 3: 1})


def test_words_are_unknown_in_a_corpus_without_spaces_between_them(scheme: Scheme) -> None:
    chinese = Document(id="zh", text="加沙。", meta=Metadata(language="zh"), spans=())
    english = Document(id="en", text="In Gaza.", meta=Metadata(language="en"), spans=())
    counted = [corpus_stats(documents, scheme).to_dict()["words"] for documents in ([chinese], [chinese, english], [])]
    assert counted == [None, 2, 0]
