"""Terms: their forms, their values, and occurrences that nobody marked."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.corpus.queries.concordance import Search
from goldspan.corpus.queries.term_list import TermCounter, folded
from goldspan.corpus.queries.term_search import UnlabelledForms
from goldspan.schema import Document, Metadata, Span

from ...conftest import Run, record, span, write_lines

FOLDED = {
    "Rebels'": "rebels",
    "ISRAEL’s": "israel",
    "US": "US",
    "WHO’s": "WHO",
    "Zu\u0308rich": "zürich",
    "STRASSE": "strasse",
    "Straße": "strasse",
    "al‑Shabaab": "al-shabaab",
    "Gaza\n City": "gaza city",
    "'s": "'s",
}


@pytest.mark.parametrize("surface", FOLDED)
def test_forms_of_a_term_are_one(surface: str) -> None:
    assert folded(surface, english=True) == FOLDED[surface]
    assert folded("Haus's", english=False) == "haus's"


def test_terms_have_their_forms_values_and_what_was_missed(goldspan: Run, tmp_path: Path) -> None:
    text = "Rebels fled. A rebel, the REBELS' camp; rebels again. Goma fell, Gomas too. rebellion"
    places = {"Rebels": (0, 6), "rebel": (15, 20), "REBELS'": (26, 33)}
    m23 = {"kind": "armed_group", "id": "m23"}
    spans = [span(*place, "ACTOR", m23 if name != "rebel" else None) for name, place in places.items()]
    goma = text.index("Goma")
    write_lines(
        tmp_path / "a.jsonl",
        record("a", text, spans=[*spans, span(goma, goma + 4, "LOCATION")]),
        record("b", "In Goma, rebels spoke.", spans=[span(3, 7, "ACTOR")]),
        record("de", "Die Gomas.", spans=[span(4, 9, "LOCATION")], meta={"language": "de"}),
    )
    data = json.loads(goldspan("corpus", "terms", "a.jsonl", "--json", "--out", "d.csv", cwd=tmp_path).stdout)
    terms = {(item["label"], item["surface"]): item for item in data["terms"]}
    assert list(terms) == [("ACTOR", "REBELS'"), ("ACTOR", "Goma"), ("LOCATION", "Goma"), ("LOCATION", "Gomas")]
    rebels = terms["ACTOR", "REBELS'"]
    assert rebels["forms"] == {"REBELS'": 1, "Rebels": 1, "rebel": 1} and (rebels["spans"], rebels["documents"]) == (
        3,
        1,
    )
    assert [round(item["share"], 2) for item in rebels["values"]] == [0.67, 0.33]
    assert (rebels["unlabelled"], rebels["unlabelled_documents"]) == (2, 2)
    assert terms["ACTOR", "Goma"]["other_labels"] == {"LOCATION": 1} and terms["LOCATION", "Gomas"]["unlabelled"] == 1
    rows = list(csv.reader((tmp_path / "d.csv").read_text().splitlines()))
    assert rows[0] == ["surface", "label", "value"]
    assert [json.loads(value) for form, label, value in rows if (form, label) == ("rebel", "ACTOR")] == [m23]


def test_terms_and_contexts_fold_words_as_dictionaries_do() -> None:
    texts = {
        "a": ("Zürich, Straße, WHO, NGO, NGOs, NGOS, Iran, IRAN; who STRASSE Zu\u0308rich", "de"),
        "b": ("Zu\u0308rich; who said US WHO? Iğdır", "en"),
        "c": ("IĞDIR ığdır WHO US us", "tr"),
    }
    marks = {"a": ["Zürich", "Straße", "WHO", "Iran", "IRAN"], "b": ["Zu\u0308rich", "Iğdır", "US"], "c": []}
    documents = []
    for name, (text, language) in texts.items():
        spans = [Span(at := text.index(surface), at + len(surface), "X") for surface in marks[name]]
        documents.append(Document(id=name, text=text, spans=tuple(spans), meta=Metadata(language=language)))
    counter = TermCounter()
    for document in documents:
        counter.add(document)
    counter.join_forms()
    unlabelled = UnlabelledForms(counter.terms())
    for document in documents:
        unlabelled.add(document)
    counts = {term.surface: (term.spans, term.unlabelled) for term in counter.terms()}
    assert counts == {"Zürich": (2, 1), "Straße": (1, 1), "WHO": (1, 2), "IRAN": (2, 0), "Iğdır": (1, 2), "US": (1, 1)}
    for surface, (marked, missed) in counts.items():
        found = [item for document in documents for item in Search("Iran" if surface == "IRAN" else surface).occurrences(document)]  # fmt: skip
        assert len(found) == marked + missed, surface


def test_plurals_and_other_cases_of_an_abbreviation_are_its_term_if_they_are_labelled() -> None:
    counter = TermCounter()
    for number, surface in enumerate(("NGO", "NGOs", "NGOS", "NGO's", "US", "us", "UN", "un")):
        label = "Y" if surface == "un" else "X"
        span = Span(0, len(surface), label)
        counter.add(Document(id=str(number), text=surface, spans=(span,), meta=Metadata(language="en")))
    counter.join_forms()
    terms = [sorted(term.forms) for term in counter.terms()]
    assert terms == [["NGO", "NGO's", "NGOS", "NGOs"], ["US", "us"], ["UN"], ["un"]]
    assert len(counter.terms_of(Document(id="a", text="NGOS", spans=(Span(0, 4, "X"),)))) == 1


WORDS = st.lists(
    st.sampled_from(["goma", "Goma", "ON goma", "on", "fell", "加沙", "以色列", "غزة", "x-y", "o'er"]), max_size=12
)


@given(WORDS, st.data())
@settings(max_examples=20, deadline=None)
def test_every_occurrence_of_a_term_is_labelled_or_counted(words: list[str], data: st.DataObject) -> None:
    text, places = "", []
    for word in words:
        places += [(len(text), len(text) + len(word))] if word.lower() == "goma" else []
        text += f"{word} "
    marked = [place for place in places if data.draw(st.booleans())]
    document = Document(id="a", text=text or ".", spans=tuple(Span(*place, "LOCATION") for place in marked))
    counter = TermCounter()
    counter.add(document)
    terms = counter.terms()
    UnlabelledForms(terms).add(document)
    whole = sum(word.lower().endswith("goma") for word in words)
    assert sum(term.spans + term.unlabelled for term in terms) == (whole if marked else 0)
