"""Pairing against exhaustive search, and counts against hand and outside scorers."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.eval.columns.span_columns import NO_VALUE, SpanColumns, outside_zones, sorted_columns
from goldspan.eval.matching.match_counts import MEASURES, count_matches

Row = tuple[int, int, int, int]  # document, start, end, label


def columns(rows: list[Row]) -> SpanColumns:
    document, start, end, label = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return sorted_columns(SpanColumns(document, start, end, label, np.full(len(rows), NO_VALUE)))


def overlaps(a: Row, b: Row) -> bool:
    return a[0] == b[0] and a[1] < b[2] and b[1] < a[2]


CREDIT: dict[str, Any] = {
    "strict": lambda a, b: float(a == b),
    "exact": lambda a, b: float(a[:3] == b[:3]),
    "partial": lambda a, b: 1.0 if a[:3] == b[:3] else 0.5 * overlaps(a, b),
    "type": lambda a, b: float(overlaps(a, b) and a[3] == b[3]),
}


def best_credit(gold: list[Row], system: list[Row], measure: str) -> float:
    credit = CREDIT[measure]

    @cache
    def best(i: int, used: int) -> float:
        if i == len(gold):
            return 0.0
        found = best(i + 1, used)
        for j, other in enumerate(system):
            if not used >> j & 1 and (earned := credit(gold[i], other)):
                found = max(found, earned + best(i + 1, used | 1 << j))
        return found

    return best(0, 0)


ROWS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 9), st.integers(1, 7), st.integers(0, 1)).map(
        lambda t: (t[0], t[1], t[1] + t[2], t[3])
    ),
    max_size=6,
)


@given(ROWS, ROWS, st.sampled_from([1, 10**9]))
@settings(max_examples=400, deadline=None)
def test_pairing_earns_what_an_exhaustive_search_finds(gold: list[Row], system: list[Row], scale: int) -> None:
    large = [[(d, s * scale, e * scale, x) for d, s, e, x in rows] for rows in (gold, system)]
    found = count_matches(columns(large[0]), columns(large[1]), documents=2, labels=2)
    for measure in MEASURES:
        counts = found.counts[measure]
        earned = counts.matched + counts.partial / 2
        assert earned[:, 2].sum() == best_credit(gold, system, measure)
        for label in (0, 1):
            sides = [[row for row in rows if row[3] == label] for rows in (gold, system)]
            assert earned[:, label].sum() == best_credit(sides[0], sides[1], measure)


@given(ROWS, ROWS, st.randoms())
@settings(deadline=None)
def test_order_does_not_matter_and_sides_swap(gold: list[Row], system: list[Row], chance: Any) -> None:
    before = count_matches(columns(gold), columns(system), documents=2, labels=2)
    swapped = count_matches(columns(system), columns(gold), documents=2, labels=2)
    chance.shuffle(gold)
    chance.shuffle(system)
    after = count_matches(columns(gold), columns(system), documents=2, labels=2)
    for measure in MEASURES:
        one, two, three = (found.counts[measure] for found in (before, after, swapped))
        assert (one.stacked() == two.stacked()).all()
        assert (one.matched + one.partial == three.matched + three.partial).all() or measure == "partial"
        assert ((one.matched + one.partial / 2)[:, -1] == (three.matched + three.partial / 2)[:, -1]).all()


@given(ROWS, ROWS)
@settings(deadline=None)
def test_a_correct_span_more_never_lowers_recall_and_labels_sum_up(gold: list[Row], system: list[Row]) -> None:
    before = count_matches(columns(gold), columns(system), documents=2, labels=2)
    for measure in ("strict", "type"):
        table = before.counts[measure].matched
        assert (table[:, :-1].sum(axis=1) == table[:, -1]).all()
    if gold:
        after = count_matches(columns(gold), columns([*system, gold[0]]), documents=2, labels=2)
        for measure in MEASURES:
            a, b = before.counts[measure], after.counts[measure]
            assert (a.matched + a.partial / 2)[:, -1].sum() <= (b.matched + b.partial / 2)[:, -1].sum()


def test_touching_spans_do_not_overlap() -> None:
    found = count_matches(columns([(0, 0, 5, 0)]), columns([(0, 5, 9, 0)]), documents=1, labels=1)
    assert [found.counts[measure].matched.sum() for measure in MEASURES] == [0, 0, 0, 0]
    assert found.counts["partial"].partial.sum() == 0


def test_one_document_of_many_nested_and_chained_spans_takes_time_in_proportion() -> None:
    """Quadratic pairing would look at two thousand million pairs; benchmarks/growth.py holds the time."""
    n = 50_000
    chain = columns([(0, i * 4, i * 4 + 5, 0) for i in range(n)])
    shifted = columns([(0, i * 4 + 2, i * 4 + 7, 0) for i in range(n)])
    nested = columns([(0, i, 2 * n - i, 0) for i in range(n)])
    assert count_matches(chain, shifted, documents=1, labels=1).counts["type"].matched[0, -1] == n
    assert count_matches(nested, chain, documents=1, labels=1).counts["type"].matched[0, -1] > n / 3


ZONES = np.array([(0, 20, 30), (0, 2, 4), (0, 0, 10), (1, 0, 3)])
INSIDE = {
    (0, 3, 9): True,
    (0, 3, 11): False,
    (0, 20, 30): True,
    (0, 12, 15): False,
    (1, 0, 3): True,
    (1, 2, 4): False,
    (2, 0, 1): False,
}


@pytest.mark.parametrize("place", INSIDE)
def test_a_prediction_wholly_inside_a_zone_is_dropped(place: tuple[int, int, int]) -> None:
    assert len(outside_zones(columns([(*place, 0)]), ZONES)) == (not INSIDE[place])
