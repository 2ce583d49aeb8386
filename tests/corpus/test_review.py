"""A reviewer's layer as decisions: what she chose, what she wrote anew, and what she changed against all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from goldspan.corpus.adjudication.resolution import resolve_passes
from goldspan.corpus.adjudication.review import review_decisions
from goldspan.schema import DataError, Document, Layer, Scheme, Span
from tests.conftest import Run, record, span, write_lines

TEXT = "US and allied forces struck Kyiv and Iran on Friday."


def at(surface: str, label: str, value: object = None) -> Span:
    start = TEXT.index(surface)
    return Span(start, start + len(surface), label, value)


def document(*spans: Span, by: str = "", text: str = TEXT, **layer: Any) -> Document:
    return Document(id="d", text=text, spans=tuple(spans), layer=Layer(annotator=by or None, **layer))


ONE = document(at("US and allied forces", "ACTOR"), at("Kyiv", "LOCATION"), at("Friday", "DATE"))
TWO = document(at("US", "ACTOR"), at("allied forces", "ACTOR"), at("Kyiv", "LOCATION"), at("Friday", "DATE"))
PASSES = {"one": [ONE], "two": [TWO]}


def gold(scheme: Scheme, *reviews: Document) -> tuple[list[tuple[str, str]], Any]:
    found = resolve_passes(PASSES, scheme, review_decisions(PASSES, reviews))
    return [(TEXT[s.start : s.end], s.label) for s in found.documents[0].spans], found


def test_a_reading_that_stands_is_chosen_with_its_author_and_reason(scheme: Scheme) -> None:
    review = document(*TWO.spans, by="rae", note="a span never crosses a conjunction")
    spans, found = gold(scheme, review)
    assert spans == [("US", "ACTOR"), ("allied forces", "ACTOR"), ("Kyiv", "LOCATION"), ("Friday", "DATE")]
    decision = found.documents[0].spans[0].decision
    assert (decision.by, decision.reason) == ("rae", "a span never crosses a conjunction")
    assert found.documents[0].spans[0].passes == ("two",) and found.undecided == []
    assert [ruling.choose for ruling in review_decisions(PASSES, [review])] == ["two"]


def test_what_the_reviewer_wrote_anew_stands_and_so_does_nothing(scheme: Scheme) -> None:
    spans, found = gold(scheme, document(at("US and allied", "ACTOR"), *TWO.spans[2:], by="rae"))
    assert spans[0] == ("US and allied", "ACTOR") and found.documents[0].spans[0].passes == ()
    spans, found = gold(scheme, document(*TWO.spans[2:], by="rae"))
    assert spans == [("Kyiv", "LOCATION"), ("Friday", "DATE")] and found.undecided == []


def test_changes_against_all_passes_are_overrides(scheme: Scheme) -> None:
    review = document(*TWO.spans[:2], at("Kyiv and Iran", "LOCATION"), by="rae")
    spans, found = gold(scheme, review)
    assert spans == [("US", "ACTOR"), ("allied forces", "ACTOR"), ("Kyiv and Iran", "LOCATION")]
    assert [(r.override, r.start) for r in review_decisions(PASSES, [review]) if r.override] == [(True, 28), (True, 45)]
    assert found.documents[0].spans[2].decision.by == "rae"


def test_a_span_that_reaches_over_a_conflict_into_what_is_agreed_stands_alone(scheme: Scheme) -> None:
    spans, _ = gold(scheme, document(at("allied forces struck Kyiv", "ACTOR"), at("Friday", "DATE"), by="rae"))
    assert spans == [("allied forces struck Kyiv", "ACTOR"), ("Friday", "DATE")]


def test_the_gold_of_passes_over_different_documents_holds_all_of_them(scheme: Scheme) -> None:
    def of(name: str, one: Document) -> Document:
        return Document(id=name, text=one.text, spans=one.spans, layer=one.layer)

    passes = {"one": [of("d", ONE), of("e", ONE)], "two": [of("d", TWO), of("f", TWO)], "three": [of("f", ONE)]}
    reviews = [document(*TWO.spans, by="rae"), of("f", document(*ONE.spans, by="rae"))]
    found = resolve_passes(passes, scheme, review_decisions(passes, reviews))
    assert {d.id: d.spans[0].passes for d in found.documents} == {"d": ("two",), "e": ("one",), "f": ("three",)}
    assert (found.single, found.undecided) == (["e"], [])
    open_ones = resolve_passes(passes, scheme)
    assert [d.id for d in open_ones.documents] == ["d", "e", "f"]
    assert {c.document: set(c.readings) for c in open_ones.undecided} == {"d": {"one", "two"}, "f": {"two", "three"}}


def test_a_skipped_review_decides_nothing(scheme: Scheme) -> None:
    _, found = gold(scheme, document(by="rae", skipped=True))
    assert len(found.undecided) == 1


BAD = {
    "another text": document(by="rae", text="Other."),
    "nobody": document(),
    "an unknown document": Document(id="z", text=TEXT, spans=(), layer=Layer(annotator="rae")),
}


@pytest.mark.parametrize("review", BAD.values(), ids=BAD)
def test_what_reviews_nothing_here_is_refused(review: Document) -> None:
    with pytest.raises(DataError):
        review_decisions(PASSES, [review])


def test_two_reviews_of_one_document_are_refused() -> None:
    with pytest.raises(DataError, match="reviewed twice"):
        review_decisions(PASSES, [document(by="rae"), document(by="sam")])


def test_the_command_takes_a_review_and_writes_its_decisions_down(tmp_path: Path, goldspan: Run) -> None:
    def layer(name: str, *spans: dict[str, Any]) -> Path:
        return write_lines(tmp_path / f"{name}.jsonl", record("d", TEXT, spans=list(spans), layer={"annotator": name}))

    one, two = layer("one", span(0, 20, "ACTOR")), layer("two", span(0, 2, "ACTOR"), span(7, 20, "ACTOR"))
    rae = layer("rae", span(0, 2, "ACTOR"), span(7, 32, "ACTOR"))
    out, decisions = tmp_path / "gold.jsonl", tmp_path / "decisions.jsonl"
    done = goldspan("adjudicate", one, two, "--review", rae, "--out", out, "--conflicts", decisions)
    assert done.returncode == 0, done.stderr
    [line] = map(json.loads, decisions.read_text().splitlines())
    assert (line["by"], line["spans"][1]["end"]) == ("rae", 32)
    whole = out.read_bytes()
    again = goldspan("adjudicate", one, two, "--decisions", decisions, "--out", out)
    assert again.returncode == 0 and out.read_bytes() == whole
