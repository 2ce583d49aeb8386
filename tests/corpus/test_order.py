"""What to read next: the strategies by hand-made cases, and the random share."""

from __future__ import annotations

import random

import pytest

from goldspan.corpus.adjudication.resolution import resolve_passes
from goldspan.corpus.release.prioritise import ORDERS, reading_order
from goldspan.schema import Document, Layer, Scheme, Span, UsageError

TEXT = "Iran struck Kyiv and Lviv on Friday."
IRAN, KYIV, LVIV = Span(0, 4, "ACTOR"), Span(12, 16, "LOCATION"), Span(21, 25, "LOCATION")


def case(name: str, **suggestions: list[Span]) -> tuple[Document, dict[str, list[Span]]]:
    return Document(id=name, text=TEXT, spans=()), suggestions


def names(cases: list[tuple[Document, dict[str, list[Span]]]], strategy: str, share: float = 0.0) -> list[str]:
    return [chosen.document.id for chosen in reading_order(cases, strategy, random_share=share)]


def scored(score: float) -> Span:
    return Span(0, 4, "ACTOR", score=score)


def test_documents_that_extractors_disagree_on_come_first() -> None:
    cases = [
        case("same", one=[IRAN, KYIV], two=[IRAN, KYIV]),
        case("other", one=[IRAN], two=[KYIV]),
        case("half", one=[IRAN, KYIV], two=[IRAN]),
        case("empty", one=[], two=[]),
        case("one voice", one=[IRAN]),
    ]
    order = names(cases, "disagreement")
    assert order[:2] == ["other", "half"] and set(order[2:4]) == {"same", "empty"} and order[4] == "one voice"


def test_doubtful_documents_and_rare_names_come_first() -> None:
    cases = [case("sure", one=[scored(0.9)]), case("unsure", one=[scored(0.4)]), case("unscored", one=[IRAN])]
    assert names(cases, "score") == ["unsure", "sure", "unscored"]
    cases = [case("a", one=[IRAN]), case("b", one=[IRAN]), case("rare", one=[LVIV]), case("none")]
    order = names(cases, "novelty")
    assert order[0] == "rare" and order[3] == "none"


def test_documents_in_which_the_readers_of_a_vote_differ_most_come_first() -> None:
    cases = [case(name) for name in ("none", "agreed", "most", "some")]
    counts = {"agreed": 0, "most": 7, "some": 2}
    order = reading_order(cases, "contested", random_share=0, contested=counts)
    assert [chosen.document.id for chosen in order] == ["most", "some", "agreed", "none"]
    assert {chosen.by for chosen in order} == {"contested"}
    assert reading_order(cases, "mix", random_share=0, contested=counts)[0].document.id == "most"
    with pytest.raises(UsageError, match="Fix: suggestions of goldspan annotate --vote"):
        reading_order(cases, "contested")


def test_the_mix_takes_what_there_is_to_go_by() -> None:
    cases = [
        case("dull", one=[IRAN], two=[IRAN]),
        case("dull too", one=[IRAN], two=[IRAN]),
        case("both", one=[LVIV], two=[KYIV]),
    ]
    assert names(cases, "mix")[0] == "both"


def test_a_random_share_is_spread_evenly_and_marked() -> None:
    cases = [case(f"d{i}", one=[IRAN], two=[IRAN] if i % 2 else [KYIV]) for i in range(100)]
    order = reading_order(cases, "disagreement", random_share=0.2)
    assert sorted(chosen.document.id for chosen in order) == sorted(f"d{i}" for i in range(100))
    drawn = [place for place, chosen in enumerate(order) if chosen.by == "random"]
    assert drawn == list(range(4, 100, 5))
    shuffled = cases.copy()
    random.Random(2).shuffle(shuffled)
    assert reading_order(shuffled, "disagreement", random_share=0.2) == order
    assert {chosen.by for chosen in reading_order(cases, "disagreement", random_share=1)} == {"random"}


@pytest.mark.parametrize("strategy", [*ORDERS, "dissagreement"])
def test_nothing_to_go_by_and_unknown_strategies_are_refused(strategy: str) -> None:
    with pytest.raises(UsageError):
        reading_order([case("a")], strategy)


def test_a_share_that_is_none_is_refused_and_no_documents_are_no_order() -> None:
    with pytest.raises(UsageError):
        reading_order([case("a", one=[LVIV])], "novelty", random_share=2)


def test_gold_remembers_how_its_documents_were_chosen(scheme: Scheme) -> None:
    def read(name: str, by: str | None) -> Document:
        return Document(id=name, text=TEXT, spans=(), layer=Layer(annotator="x", chosen_by=(by,) if by else None))

    documents = [read("a", "disagreement"), read("b", "random"), read("c", None)]
    found = resolve_passes({"one": documents, "two": documents}, scheme).documents
    assert [d.layer.chosen_by for d in found if d.layer] == [("disagreement",), ("random",), None]
    assert [d.layer.passes for d in found if d.layer] == [("one", "two")] * 3
