"""Scores against values that the gold states without their places."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.eval.matching.stated_values import predicted_amounts, score_stated_values
from goldspan.schema import Document, Span, conflict_scheme

CASES = {
    "the same": ([[(20, 20), (2, 3)]], [[(2, 3), (20, 20)]], (2, 2, 2)),
    "each counts once": ([[(5, 5)]], [[(5, 5), (5, 5)]], (1, 1, 2)),
    "a range is not its end": ([[(2, 3)]], [[(3, 3)]], (0, 1, 1)),
    "of its own document only": ([[(5, 5)], []], [[], [(5, 5)]], (0, 1, 1)),
    "the same to five digits": ([[(1e6, 1e6)]], [[(1000001, 1000001)]], (1, 1, 1)),
    "nothing": ([[]], [[]], (0, 0, 0)),
}


@pytest.mark.parametrize("name", CASES)
def test_values_are_compared_within_each_document(name: str) -> None:
    gold, system, counts = CASES[name]
    found = score_stated_values(gold, system)
    assert (found.matched, found.gold, found.system) == counts
    defined = (found.precision is not None, found.recall is not None, found.f1 is not None)
    assert defined == (counts[2] > 0, counts[1] > 0, counts[1] + counts[2] > 0)


AMOUNTS = st.lists(st.lists(st.integers(0, 4).map(lambda n: (float(n), float(n))), max_size=4), min_size=1, max_size=3)


@settings(max_examples=50, deadline=None, database=None)
@given(AMOUNTS, st.randoms(use_true_random=False))
def test_order_makes_no_difference_and_gold_is_perfect(gold: list[list[tuple[float, float]]], random) -> None:  # type: ignore[no-untyped-def]
    system = [random.sample(amounts, len(amounts)) for amounts in gold]
    found = score_stated_values(gold, system)
    assert found.matched == found.gold == found.system
    assert found.f1 == (1.0 if found.gold else None)


def test_an_open_interval_stands_for_the_end_that_is_known() -> None:
    scheme = conflict_scheme()
    bounds = [(3, 3), (24, None), (None, 9), (5, 8)]
    spans = [
        Span(2 * n, 2 * n + 1, "COUNT", scheme.value("COUNT", min=low, max=high))
        for n, (low, high) in enumerate(bounds)
    ]
    other = [Span(8, 9, "COUNT"), Span(10, 11, "ACTOR")]
    document = Document(id="d", text="a b c d e f", spans=(*spans, *other))
    assert predicted_amounts(document, "COUNT") == [(3, 3), (24, 24), (9, 9), (5, 8)]


def test_only_values_of_a_unit_are_taken_if_one_is_named() -> None:
    scheme = conflict_scheme()
    killed, hurt = (
        Span(n, n + 1, "COUNT", scheme.value("COUNT", min=20, max=20, unit=unit))
        for n, unit in enumerate(("killed", "injured"))
    )
    document = Document(id="d", text="ab c", spans=(killed, hurt, Span(3, 4, "COUNT")))
    assert predicted_amounts(document, "COUNT", "killed") == [(20, 20)]
    assert predicted_amounts(document, "COUNT") == [(20, 20), (20, 20)]
