"""spaCy's DocBin: its own, changed ones, broken ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldspan.corpus import Corpus
from goldspan.corpus.formats import ReadReport, ReadRequest, load_reader
from goldspan.schema import DataError, Span

from .written import NESTED, SCHEME, TEXT, doc, read, written

if TYPE_CHECKING:
    from spacy.tokens import Doc


# spaCy


def unpacked(path: Path) -> list[Doc]:
    import spacy
    from spacy.tokens import DocBin

    return list(DocBin().from_disk(path).get_docs(spacy.blank("en").vocab))


def test_spacy_reads_ents_and_spans(tmp_path: Path) -> None:
    out, loss = written("spacy", tmp_path, [NESTED], SCHEME)
    (found,) = unpacked(out)
    assert found.text == TEXT and not loss.summary()
    assert [(e.start_char, e.end_char, e.label_) for e in found.ents] == [(0, 11, "ACTOR"), (12, 17, "COUNT")]
    assert [(s.start_char, s.end_char) for s in found.spans["sc"]] == [(0, 4), (0, 11), (12, 17)]


def test_what_is_changed_in_spacy_wins(tmp_path: Path) -> None:
    from spacy.tokens import DocBin
    from spacy.tokens import Span as TokenSpan

    out, _ = written("spacy", tmp_path, [NESTED], SCHEME)
    (found,) = unpacked(out)
    found.set_ents([found.ents[0], TokenSpan(found, 3, 4, "LOCATION")], default="outside")
    DocBin(docs=[found], store_user_data=True).to_disk(out)
    assert read("spacy", out, SCHEME)[0].spans == (*NESTED.spans[:2], Span(18, 23, "LOCATION"))


def test_docs_of_other_tools_are_read(tmp_path: Path) -> None:
    import spacy
    from spacy.tokens import DocBin
    from spacy.tokens import Span as TokenSpan

    nlp = spacy.blank("en")
    docs = [nlp("Iran struck."), nlp("It did."), nlp("")]
    docs[0].set_ents([TokenSpan(docs[0], 0, 1, "ACTOR")])
    docs[1].spans["mine"] = [TokenSpan(docs[1], 0, 2, "ACTOR"), TokenSpan(docs[1], 1, 2, "ACTOR")]
    path = tmp_path / "train.spacy"
    DocBin(docs=docs).to_disk(path)
    found = read("spacy", path, SCHEME)
    assert [d.id for d in found] == ["train#1", "train#2", "train#3"] and found[0].text == "Iran struck."
    assert [[(s.start, s.end) for s in d.spans] for d in found] == [[(0, 4)], [(0, 6), (3, 6)], []]


def test_a_truncated_docbin_is_one_error(tmp_path: Path) -> None:
    out, _ = written("spacy", tmp_path, [NESTED, doc(id="b")], SCHEME)
    whole = out.read_bytes()
    for length in range(0, len(whole), 7):
        out.write_bytes(whole[:length])
        with pytest.raises(DataError, match="not a complete spaCy DocBin") as refused:
            read("spacy", out, SCHEME)
        assert len(refused.value.problems) == 1


def test_a_doc_of_another_text_than_its_record_is_refused(tmp_path: Path) -> None:
    import spacy
    from spacy.tokens import DocBin

    path = tmp_path / "x.spacy"
    found = spacy.blank("en")("Iran")
    found.user_data["goldspan"] = '{"id": "a", "text": "Iraq", "spans": []}'
    DocBin(docs=[found], store_user_data=True).to_disk(path)
    with pytest.raises(DataError, match=r"x\.spacy:1: the doc's text differs from its record's"):
        read("spacy", path, SCHEME)


def test_nothing_in_docs_of_other_tools_is_passed_over(tmp_path: Path) -> None:
    import spacy
    from spacy.tokens import Doc, DocBin
    from spacy.tokens import Span as TokenSpan

    doc, unknown, none, spaced = spacy.blank("en").pipe(
        ["Iran struck Erbil in Iraq.", "Who?", "None.", "Iran  struck."]
    )
    iran, erbil = TokenSpan(doc, 0, 1, "ACTOR", kb_id="Q794"), TokenSpan(doc, 2, 3, "LOCATION", span_id="erbil")
    struck = TokenSpan(doc, 1, 2, "DATE", kb_id="Q2")  # which has no identifier
    doc.set_ents([iran, struck, erbil], default="missing")
    doc.spans["sc"] = [TokenSpan(doc, 0, 1, "ACTOR"), TokenSpan(doc, 2, 5, "LOCATION")]
    doc.spans["other"] = [TokenSpan(doc, 0, 1, "ACTOR"), TokenSpan(doc, 1, 2, "COUNT")]
    doc.cats, doc.user_data["bytes"] = {"war": 1.0}, b"\0"
    try:
        for kind in (TokenSpan, Doc):
            kind.set_extension("country", default=None)
        erbil._.country, iran._.country, doc._.country = "IRQ", "IRN", "x"
        none.set_ents([])
        spaced.spans["mine"] = [TokenSpan(spaced, 0, 2, "ACTOR")]
        spaced[0].tag_ = "NNP"
        path = tmp_path / "docs.spacy"
        DocBin(docs=[doc, unknown, none, spaced], store_user_data=True).to_disk(path)
        report = ReadReport()
        documents = list(load_reader("spacy").read(path, ReadRequest(SCHEME, report)))
    finally:
        for kind in (TokenSpan, Doc):
            kind.remove_extension("country")
    place = SCHEME.span(12, 17, "LOCATION", country="IRQ")
    iran_known = SCHEME.span(0, 4, "ACTOR", id="Q794")
    assert documents[0].spans == (iran_known, Span(5, 11, "DATE"), place, Span(12, 25, "LOCATION"))
    assert documents[0].extra == {"cats": {"war": 1.0}, "country": "x"}
    assert [document.spans for document in documents[1:]] == [(), (), (Span(0, 4, "ACTOR"),)]
    assert dict(report.left_out.counts) == {
        "annotations other than spans": 1,
        "attributes 'country' that no field holds": 1,
        "attributes 'span_id' that no field holds": 1,
        "entries of user data that are not JSON": 1,
        "links that no field holds": 1,
        "spans of the group 'other'": 1,
        "tokens whose entity is unknown": 3,
    }
    assert report.without_spans.documents == {"documents whose entities are unknown": ["docs#2"]}
    assert report.changed.counts == {"spans trimmed of blanks at their ends": 1}


def test_docs_in_memory_warn_of_what_is_left_out() -> None:
    import spacy
    from spacy.tokens import Span as TokenSpan

    found = spacy.blank("en")("Iran struck.")
    found.set_ents([TokenSpan(found, 0, 1, "ACTOR", kb_id="Q794"), TokenSpan(found, 1, 2, "DATE", kb_id="Q2")])
    with pytest.warns(UserWarning, match="spaCy docs: left out: links that no field holds: 1"):
        spans = Corpus.from_spacy([found], scheme=SCHEME)[0].spans
    assert spans == (SCHEME.span(0, 4, "ACTOR", id="Q794"), Span(5, 11, "DATE"))
