"""Further measures, against exhaustive search, their definitions and outside scorers; averages, slices, documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.corpus.storage.records import write_records
from goldspan.eval import ComparedSpans, MatchCounts, score
from goldspan.eval.columns.column_files import read_columns
from goldspan.eval.columns.layer_columns import columns_of
from goldspan.eval.columns.span_columns import NO_VALUE, SpanColumns, sorted_columns
from goldspan.eval.matching import largest_matching
from goldspan.eval.matching.measure_registry import counted, find_measures
from goldspan.schema import (
    DataError,
    Document,
    GoldspanError,
    Metadata,
    Scheme,
    Span,
    UsageError,
    Zone,
    conflict_scheme,
)

from ..conftest import Run
from ..document_blocks import blocks

Row = tuple[int, int, int, int, int]  # document, start, end, label, id (0 for none)
DOCS = Path(__file__).parents[2] / "docs"
IDS = (None, "IRN", "IRQ")
SCHEME = conflict_scheme()


def shared(a: Row, b: Row) -> int:
    return max(0, min(a[2], b[2]) - max(a[1], b[1])) if a[0] == b[0] and a[3] == b[3] else 0


def iou(share: str) -> Callable[[Row, Row], bool]:
    def allowed(a: Row, b: Row) -> bool:
        common = shared(a, b)
        return bool(common) and Fraction(common, a[2] - a[1] + b[2] - b[1] - common) >= Fraction(share)

    return allowed


def overlap(share: str) -> Callable[[Row, Row], bool]:
    return lambda a, b: bool(shared(a, b)) and Fraction(shared(a, b), a[2] - a[1]) >= Fraction(share)


def near(distance: int) -> Callable[[Row, Row], bool]:
    def allowed(a: Row, b: Row) -> bool:
        return (a[0], a[3]) == (b[0], b[3]) and max(abs(a[1] - b[1]), abs(a[2] - b[2])) <= distance

    return allowed


ALLOWED: dict[str, Callable[[Row, Row], bool]] = {
    "iou@0.5": iou("1/2"),
    "iou@0.3": iou("3/10"),
    "iou@0.75": iou("3/4"),
    "iou@1": lambda a, b: a[:4] == b[:4],
    "overlap@0.01": lambda a, b: bool(shared(a, b)),
    "overlap@0.5": overlap("1/2"),
    "overlap@1": overlap("1"),
    "tolerance@0": lambda a, b: a[:4] == b[:4],
    "tolerance@1": near(1),
    "tolerance@3": near(3),
    "linked.strict": lambda a, b: a == b and a[4] > 0,
    "linked.relaxed": lambda a, b: bool(shared(a, b)) and a[4] == b[4] > 0,
    "linked.strict@nil": lambda a, b: a == b,
    "linked.relaxed@nil": lambda a, b: bool(shared(a, b)) and a[4] == b[4],
}
MEASURES = find_measures(ALLOWED)
"""By the names above, which are how they are printed."""


def side(rows: list[Row]) -> SpanColumns:
    table = np.array(rows, dtype=np.int64).reshape(-1, 5)
    value = np.where(table[:, 4] > 0, table[:, 4] - 1, NO_VALUE)
    return sorted_columns(SpanColumns(table[:, 0], table[:, 1], table[:, 2], table[:, 3], value))


def compared(gold: list[Row], system: list[Row]) -> ComparedSpans:
    values = [SCHEME.labels["ACTOR"].value_type(kind="state", id=name) for name in IDS[1:]]
    return ComparedSpans(side(gold), side(system), 2, ["ACTOR", "LOCATION"], [*values, None], SCHEME)


def most_pairs(gold: list[Row], system: list[Row], allowed: Callable[[Row, Row], bool]) -> int:
    @cache
    def best(i: int, used: int) -> int:
        if i == len(gold):
            return 0
        found = best(i + 1, used)
        for j, other in enumerate(system):
            if not used >> j & 1 and allowed(gold[i], other):
                found = max(found, 1 + best(i + 1, used | 1 << j))
        return found

    return best(0, 0)


ROWS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 9), st.integers(1, 7), st.integers(0, 1), st.integers(0, 2)).map(
        lambda t: (t[0], t[1], t[1] + t[2], t[3], 0 if t[3] else t[4])
    ),
    max_size=6,
)


@given(ROWS, ROWS, st.sampled_from([1, 10**9, 2**56]))
@settings(max_examples=60, deadline=None)
def test_every_measure_pairs_as_many_as_an_exhaustive_search(gold: list[Row], system: list[Row], scale: int) -> None:
    large = [[(d, s * scale, e * scale, x, i) for d, s, e, x, i in rows] for rows in (gold, system)]
    spans = compared(*large)
    for measure in MEASURES:
        if scale > 1 and measure.name.startswith("tolerance"):
            continue
        counts = counted(measure, spans)
        sides = (gold, system)
        if measure.name.startswith("linked"):
            linked = {row[3] for row in gold if row[4]}
            nil = "nil" in measure.name
            sides = (
                [r for r in gold if r[3] in linked and (r[4] or nil)],
                [r for r in system if r[3] in linked and (r[4] or nil)],
            )
        assert counts.matched[:, 2].sum() == most_pairs(*sides, ALLOWED[measure.name]), measure.name
        assert (counts.gold[:, 2].sum(), counts.system[:, 2].sum()) == tuple(map(len, sides))
        for label in (0, 1):
            ours, theirs = ([row for row in rows if row[3] == label] for rows in sides)
            assert counts.matched[:, label].sum() == most_pairs(ours, theirs, ALLOWED[measure.name])


@given(ROWS, ROWS, st.randoms())
@settings(max_examples=20, deadline=None)
def test_order_does_not_matter(gold: list[Row], system: list[Row], chance: Any) -> None:
    before = compared(gold, system)
    chance.shuffle(gold)
    chance.shuffle(system)
    after = compared(gold, system)
    for measure in [*MEASURES, *find_measures(["characters"])]:
        assert (counted(measure, before).stacked() == counted(measure, after).stacked()).all()


@given(ROWS, ROWS, st.sampled_from([1, 10**9]))
@settings(max_examples=40, deadline=None)
def test_characters_are_sets_of_labelled_positions(gold: list[Row], system: list[Row], scale: int) -> None:
    large = [[(d, s * scale, e * scale, x, i) for d, s, e, x, i in rows] for rows in (gold, system)]
    counts = counted(find_measures(["characters"])[0], compared(*large))
    ours, theirs = ({(d, at, x) for d, s, e, x, _ in rows for at in range(s, e)} for rows in (gold, system))
    for document in (0, 1):
        for label in (0, 1, 2):
            a, b = ({p for p in positions if p[0] == document and label in (p[2], 2)} for positions in (ours, theirs))
            found = counts.stacked()[document, label].tolist()
            assert found == [len(a & b) * scale, 0, len(a) * scale, len(b) * scale]


def test_any_label_counts_pairs_of_different_labels_only_over_all_labels() -> None:
    spans = compared([(0, 0, 4, 0, 0), (0, 2, 9, 1, 0)], [(0, 0, 4, 1, 0), (1, 0, 4, 0, 0)])
    counts = spans.count(lambda gold, system: gold.start == system.start, any_label=True)
    assert counts.matched.tolist() == [[0, 0, 1], [0, 0, 0]]


def test_many_spans_take_time_in_proportion_and_too_many_pairs_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    n = 2_000
    chain = side([(0, i * 4, i * 4 + 4, 0, 0) for i in range(n)])
    shifted = side([(0, i * 4 + 2, i * 4 + 6, 0, 0) for i in range(n)])
    nested = side([(0, i, 2 * n - i, 0, 0) for i in range(n)])
    [half, tolerance] = find_measures(["overlap@0.5", "tolerance@2"])
    flat = ComparedSpans(chain, shifted, 1, ["ACTOR"], [None], SCHEME)
    assert counted(half, flat).matched[0, 0] == counted(tolerance, flat).matched[0, 0] == n
    deep = ComparedSpans(nested, nested, 1, ["ACTOR"], [None], SCHEME)
    assert counted(tolerance, deep).matched[0, 0] == n
    monkeypatch.setattr(largest_matching, "MAX_CANDIDATES", n * n - 1)
    with pytest.raises(DataError, match=r"nested too deeply for a measure: more than .* pairs of them overlap"):
        counted(half, deep)
    monkeypatch.setattr(largest_matching, "MAX_CANDIDATES", n * n)
    monkeypatch.setattr(largest_matching, "MAX_PAIRS", 1000)
    with pytest.raises(DataError, match=r"nested too deeply for a measure: more than 1,000 pairs .* Fix: leave out"):
        counted(half, deep)


# Flat spans with at most one partner each, and their links.
LINKED: list[tuple[list[tuple[int, int, str, str | None]], list[tuple[int, int, str, str | None]]]] = [([(2, 6, 'ACTOR', 'C'), (17, 22, 'LOCATION', 'B'), (28, 34, 'LOCATION', None), (41, 51, 'ACTOR', 'A'), (60, 63, 'LOCATION', 'C'), (74, 86, 'ACTOR', 'C'), (99, 104, 'LOCATION', None), (112, 117, 'ACTOR', 'C'), (124, 128, 'ACTOR', None), (138, 150, 'ACTOR', 'C')], [(2, 6, 'ACTOR', None), (17, 22, 'LOCATION', 'B'), (37, 39, 'LOCATION', 'A'), (47, 52, 'ACTOR', 'A'), (62, 63, 'LOCATION', 'A'), (79, 88, 'ACTOR', 'C'), (102, 106, 'LOCATION', 'A'), (116, 117, 'ACTOR', 'A'), (124, 128, 'ACTOR', None), (138, 150, 'ACTOR', 'C')]), ([(4, 11, 'ACTOR', 'B'), (18, 30, 'ACTOR', None), (44, 49, 'LOCATION', 'A'), (57, 67, 'ACTOR', 'A'), (76, 79, 'ACTOR', 'A'), (90, 93, 'ACTOR', None), (100, 107, 'ACTOR', 'B'), (116, 120, 'ACTOR', 'B'), (132, 137, 'ACTOR', None), (149, 153, 'LOCATION', 'B')], [(4, 11, 'ACTOR', 'B'), (18, 30, 'ACTOR', None), (63, 67, 'ACTOR', 'A'), (77, 81, 'ACTOR', 'A'), (90, 93, 'ACTOR', None), (100, 104, 'LOCATION', 'B'), (117, 121, 'ACTOR', 'B'), (132, 136, 'ACTOR', None), (152, 154, 'LOCATION', 'B')]), ([(4, 15, 'ACTOR', 'C'), (23, 31, 'LOCATION', None), (38, 46, 'LOCATION', 'A'), (60, 70, 'ACTOR', 'C'), (82, 85, 'ACTOR', None), (91, 96, 'LOCATION', None), (106, 116, 'LOCATION', 'B'), (125, 128, 'ACTOR', None), (140, 147, 'LOCATION', 'C')], [(4, 15, 'ACTOR', 'C'), (23, 31, 'LOCATION', None), (38, 46, 'LOCATION', 'A'), (60, 70, 'ACTOR', 'C'), (82, 85, 'ACTOR', None), (91, 97, 'LOCATION', 'A'), (110, 117, 'LOCATION', 'B'), (125, 128, 'LOCATION', None), (140, 147, 'LOCATION', 'B')]), ([(2, 7, 'ACTOR', 'A'), (20, 31, 'ACTOR', 'C'), (39, 50, 'ACTOR', 'A'), (63, 66, 'ACTOR', 'C'), (79, 82, 'ACTOR', 'A'), (93, 105, 'ACTOR', 'A'), (119, 128, 'LOCATION', 'C'), (135, 147, 'LOCATION', 'B')], [(2, 7, 'ACTOR', None), (26, 31, 'ACTOR', 'C'), (40, 51, 'ACTOR', 'A'), (63, 64, 'ACTOR', 'C'), (79, 82, 'ACTOR', 'A'), (93, 105, 'ACTOR', 'A'), (119, 128, 'LOCATION', 'C'), (135, 147, 'LOCATION', 'B')]), ([(1, 4, 'ACTOR', 'B'), (14, 24, 'LOCATION', 'C'), (31, 39, 'ACTOR', 'B'), (48, 54, 'ACTOR', 'C'), (65, 76, 'LOCATION', 'B'), (84, 92, 'ACTOR', 'C'), (104, 112, 'LOCATION', 'B'), (123, 132, 'ACTOR', 'A'), (144, 154, 'ACTOR', None)], [(14, 24, 'LOCATION', 'A'), (31, 39, 'ACTOR', 'A'), (48, 50, 'LOCATION', 'C'), (69, 77, 'LOCATION', 'A'), (84, 85, 'LOCATION', 'C'), (104, 107, 'ACTOR', 'B'), (123, 132, 'ACTOR', 'A'), (144, 154, 'ACTOR', 'B')]), ([(2, 12, 'ACTOR', None), (18, 29, 'LOCATION', None), (38, 47, 'ACTOR', None), (57, 60, 'LOCATION', 'A'), (70, 75, 'ACTOR', 'A'), (89, 93, 'ACTOR', None), (100, 112, 'ACTOR', 'B'), (122, 129, 'ACTOR', None), (140, 143, 'ACTOR', 'B')], [(2, 12, 'LOCATION', None), (18, 21, 'LOCATION', None), (38, 45, 'LOCATION', None), (57, 60, 'LOCATION', 'B'), (70, 75, 'LOCATION', 'A'), (90, 95, 'ACTOR', None), (103, 113, 'ACTOR', 'B'), (132, 134, 'ACTOR', None), (140, 143, 'ACTOR', 'B')]), ([(0, 7, 'ACTOR', 'A'), (14, 18, 'ACTOR', None), (24, 35, 'ACTOR', 'C'), (41, 47, 'LOCATION', 'A'), (60, 63, 'LOCATION', 'B'), (69, 81, 'ACTOR', 'A'), (87, 92, 'ACTOR', 'A'), (106, 117, 'ACTOR', 'A'), (130, 138, 'ACTOR', 'A'), (145, 150, 'ACTOR', 'B')], [(30, 37, 'ACTOR', 'A'), (42, 47, 'LOCATION', 'A'), (60, 63, 'LOCATION', 'B'), (78, 82, 'ACTOR', 'A'), (87, 92, 'ACTOR', None), (120, 122, 'ACTOR', 'A'), (130, 134, 'LOCATION', 'A'), (145, 146, 'LOCATION', 'B')]), ([(1, 6, 'LOCATION', 'B'), (14, 18, 'LOCATION', None), (32, 41, 'ACTOR', 'A'), (53, 63, 'ACTOR', 'B'), (70, 75, 'LOCATION', 'B'), (86, 89, 'ACTOR', None), (100, 106, 'ACTOR', 'C'), (118, 128, 'ACTOR', None), (134, 139, 'LOCATION', 'A')], [(1, 4, 'ACTOR', 'B'), (14, 18, 'LOCATION', 'A'), (34, 42, 'ACTOR', 'A'), (56, 64, 'ACTOR', 'B'), (70, 75, 'LOCATION', 'B'), (86, 87, 'LOCATION', None), (100, 106, 'ACTOR', 'C'), (124, 129, 'ACTOR', 'A'), (134, 139, 'LOCATION', 'A')]), ([(1, 5, 'LOCATION', 'C'), (13, 22, 'ACTOR', 'B'), (36, 45, 'LOCATION', 'B'), (53, 56, 'ACTOR', 'C'), (62, 71, 'LOCATION', 'A'), (78, 81, 'LOCATION', 'B'), (93, 99, 'LOCATION', 'A'), (109, 115, 'ACTOR', 'B'), (123, 133, 'LOCATION', 'C'), (147, 153, 'LOCATION', None)], [(21, 24, 'ACTOR', 'A'), (42, 47, 'LOCATION', 'B'), (54, 57, 'ACTOR', 'C'), (62, 71, 'LOCATION', 'A'), (84, 86, 'LOCATION', None), (93, 98, 'LOCATION', 'A'), (129, 134, 'LOCATION', 'C'), (147, 148, 'LOCATION', None)]), ([(4, 8, 'ACTOR', 'A'), (16, 20, 'ACTOR', 'C'), (28, 32, 'LOCATION', 'C'), (45, 57, 'ACTOR', None), (71, 74, 'LOCATION', 'B'), (86, 89, 'ACTOR', None), (100, 110, 'ACTOR', 'B'), (120, 132, 'ACTOR', 'A'), (145, 157, 'ACTOR', 'C')], [(4, 8, 'ACTOR', 'A'), (23, 25, 'ACTOR', None), (28, 32, 'LOCATION', 'C'), (60, 62, 'ACTOR', None), (71, 75, 'LOCATION', 'A'), (86, 89, 'ACTOR', None), (103, 112, 'ACTOR', 'B'), (120, 132, 'ACTOR', 'A'), (145, 157, 'ACTOR', 'C')])]  # fmt: skip


# nervaluate 1.2.1: Evaluator(gold, system, tags=["ACTOR", "LOCATION"], loader="dict",
# min_overlap_percentage=100 * threshold).evaluate()["overall"]["ent_type"], ends given as end - 1
NERVALUATE = {
    "overlap@0.3": (0.7241379310344828, 0.6774193548387096, 0.7),
    "overlap@0.5": (0.6091954022988506, 0.5698924731182796, 0.5888888888888889),
    "overlap@0.9": (0.4482758620689655, 0.41935483870967744, 0.4333333333333333),
}
# neleval 3.1.1: get_measure("strong_typed_link_match" and "strong_typed_all_match").contingency(system, gold), with a
# candidate ID and type of each span, NIL where there is none
NELEVAL = {
    "linked.strict": (0.3181818181818182, 0.3, 0.30882352941176466),
    "linked.strict@nil": (0.3103448275862069, 0.2903225806451613, 0.30000000000000004),
}
# The spans of ACTOR, a code point a token, by the scorer of CLEF HIPE 2020:
# Evaluator(gold, system).evaluate("NEL-LIT", eval_type="nel", merge_lines=True)[0]["strict" and "ent_type"]
HIPE = {
    "linked.strict@nil": (0.3541666666666667, 0.2833333333333333, 0.3148148148148148),
    "linked.relaxed@nil": (0.6875, 0.55, 0.6111111111111112),
}


def linked_documents(number: int) -> dict[str, Any]:
    isos = {"A": "IRN", "B": "IRQ", "C": "SYR"}

    def value(label: str, link: str | None) -> Any:
        if link is None:
            return None
        place = {"kind": "country", "id": f"geonames:{link}", "country": isos[link]}
        return {"kind": "state", "id": isos[link]} if label == "ACTOR" else place

    return {
        str(at): [(start, end, label, value(label, link)) for start, end, label, link in both[number]]
        for at, both in enumerate(LINKED)
    }


def test_figures_agree_with_nervaluate_neleval_and_hipe() -> None:
    measures = list({**NERVALUATE, **NELEVAL, **HIPE})
    found = score(linked_documents(0), linked_documents(1), measures=measures, resamples=0)[0].spans
    for measure, expected in {**NERVALUATE, **NELEVAL}.items():
        assert found[measure].micro.rates == pytest.approx(expected)
    for measure, expected in HIPE.items():
        assert found[measure].labels["ACTOR"].rates == pytest.approx(expected)


def test_characters_beyond_counting_are_refused() -> None:
    long = {name: [(0, 2**61, "ACTOR")] for name in "abc"}
    with pytest.raises(DataError, match="too long for the measure characters"):
        score(long, long, measures=["characters"], resamples=0)
    assert score(long, long, measures=["tolerance@1"], resamples=0)[0].spans["tolerance@1"].f1 == 1.0


def test_an_actor_is_linked_by_any_of_its_names_and_unlinked_labels_are_not_compared() -> None:
    gold = {"a": [(0, 4, "ACTOR", {"id": "IRN"}), (9, 12, "LOCATION"), (20, 22, "DATE")]}
    place = {"kind": "country", "country": "IRN", "id": "geonames:1"}
    system = {"a": [(1, 5, "ACTOR", {"id": "IRN"}), (9, 12, "LOCATION", place)]}
    found = score(gold, system, measures=["linked.relaxed", "linked.strict"], resamples=0)[0].spans
    assert found["linked.relaxed"].micro.counts == (1, 0, 0, 0, 1)
    assert found["linked.strict"].micro.counts == (0, 0, 1, 1, 1)
    assert found["linked.relaxed"].labels["LOCATION"].f1 is found["linked.relaxed"].labels["DATE"].f1 is None


# scikit-learn 1.9.1: precision_recall_fscore_support(gold, system, average="weighted")[:3] of the labels below
WEIGHTED = (0.519523166891588, 0.4166666666666667, 0.44873114463176583)


def test_the_weighted_average_is_that_of_scikit_learn_where_all_is_defined() -> None:
    kinds = ["ACTOR", "DATE", "LOCATION", "COUNT"]
    gold = [kinds[i % 4 if i % 3 else 0] for i in range(60)]
    labels = [kinds[(i // 2) % 4] if i % 5 else label for i, label in enumerate(gold)]
    sides = [{"a": [(i * 3, i * 3 + 2, label) for i, label in enumerate(side)]} for side in (gold, labels)]
    found = score(*sides, resamples=0)[0].spans.strict
    assert found.weighted.rates == pytest.approx(WEIGHTED)
    assert found.weighted.f1 != found.macro.f1


def test_a_label_without_a_figure_is_left_out_of_the_weighted_average() -> None:
    gold = {"a": [(0, 2, "ACTOR"), (3, 5, "DATE"), (6, 8, "DATE")]}
    found = score(gold, {"a": [(0, 2, "ACTOR"), (6, 9, "ACTOR")]}, resamples=0)[0].spans.strict
    assert found.weighted.rates == (0.5, 1 / 3, pytest.approx(2 / 9))
    assert score({"a": []}, {"a": []}, resamples=0)[0].spans.strict.weighted.rates == (None, None, None)


def test_further_measures_leave_all_other_figures_as_they_are() -> None:
    gold, system = linked_documents(0), linked_documents(1)
    plain = score(gold, system).to_dict()["systems"][0]
    more = score(gold, system, measures=["characters", "iou@0.5"], by=["zone"]).to_dict()["systems"][0]
    for tree in (more["spans"], more["interval"]["spans"]):
        assert [tree.pop(name) for name in ("characters", "iou@0.5")]
    assert more.pop("slices") and more["interval"].pop("slices")
    assert more == plain


def documents() -> list[Document]:
    found = []
    for number in range(24):
        spans = tuple(Span(10 * i, 10 * i + 4 + (number + i) % 3, "ACTOR" if i % 2 else "DATE") for i in range(5))
        meta = Metadata(publisher="Reuters" if number % 2 else None, published=f"2023-1{number % 3}-05")
        zones = (Zone(55, 60, "stamp"),) if number < 4 else ()
        text, extra = "x" * 60, {"desk": ["a", 1] if number % 4 else None}
        found.append(Document(id=f"d{number:02}", text=text, meta=meta, zones=zones, spans=spans, extra=extra))
    return found


BY = ["meta.publisher", "month", "zone", "extra.desk"]


def system_of(gold: list[Document]) -> list[Document]:
    from msgspec.structs import replace

    shorter = [tuple(Span(s.start, 10 * i + 5, s.label) for i, s in enumerate(d.spans) if i) for d in gold]
    return [replace(d, spans=spans) for d, spans in zip(gold, shorter, strict=True)]


def test_slices_are_the_scores_of_their_documents() -> None:
    gold = documents()
    scores = score(gold, system_of(gold), measures=["iou@0.9"], by=BY, resamples=50, names=["s"])
    found = scores["s"]
    assert found.slices is not None and found.intervals.slices is not None
    groups = {name: {group: part.documents for group, part in parts.items()} for name, parts in found.slices.items()}
    assert groups == {
        "meta.publisher": {"-": 12, "Reuters": 12},
        "month": {"2023-10": 8, "2023-11": 8, "2023-12": 8},
        "zone": {"-": 20, "stamp": 4},
        "extra.desk": {"-": 6, '["a", 1]': 18},
    }
    chosen = [d for d in gold if d.meta.publisher]
    alone = score(chosen, system_of(chosen), measures=["iou@0.9"], resamples=50)[0]
    part = found.slices["meta.publisher"]["Reuters"]
    assert part.spans == alone.spans and (part.gold_spans, part.system_spans) == (60, 48)
    assert found.intervals.slices["meta.publisher"]["Reuters"].spans == alone.intervals.spans
    assert found.intervals.slices["zone"]["stamp"].spans.strict.f1 is None
    path = "slices.meta.publisher.Reuters.spans.iou@0.9.micro.f1"
    assert scores.metric(path) == alone.spans["iou@0.9"].f1
    assert scores.interval(path) == alone.intervals.spans["iou@0.9"].f1
    assert "slices by month: 3 groups of 3 with fewer than 10 documents, too few for intervals" in scores.notes
    plain = scores.to_dict()["systems"][0]
    assert list(plain["slices"]["month"]["2023-10"]) == ["documents", "gold_spans", "system_spans", "spans"]
    frame = scores.slices_to_pandas()
    row = frame[(frame["by"] == "month") & (frame["slice"] == "2023-11") & (frame["path"] == "spans.type.micro.f1")]
    assert row["value"].tolist() == [scores.metric("slices.month.2023-11.spans.type.micro.f1")]
    assert frame[frame["path"] == "documents"]["value"].sum() == 24 * 4


def test_text_that_looks_like_a_missing_group_is_another_and_too_many_groups_are_refused() -> None:
    def gold(size: int) -> list[Document]:
        cells = ["-", None, "", 1, "1", *range(size)]
        return [Document(id=str(n), text="Iran", spans=(), extra={"desk": cell}) for n, cell in enumerate(cells)]

    slices = score(gold(3), gold(3), by=["extra.desk"], resamples=0)[0].slices
    assert slices is not None
    assert {name: part.documents for name, part in slices["extra.desk"].items()} == {
        '"-"': 1, "-": 2, "0": 1, "1": 3, "2": 1,
    }  # fmt: skip
    with pytest.raises(UsageError, match=r"`by` extra.desk has 1,002 groups, at most 1,000 are shown. Fix: a field"):
        score(gold(1000), gold(1000), by=["extra.desk"], resamples=0)


@pytest.mark.parametrize("suffix", ["", ".jsonl", ".parquet"])
def test_a_key_that_no_document_has_is_refused_and_a_hyphen_is_a_value(
    suffix: str, tmp_path: Path, scheme: Scheme
) -> None:
    publishers = ["-", None, "Reuters"]
    gold: Any = [
        Document(id=str(n), text="Iran", spans=(), meta=Metadata(publisher=name), extra={"desk": None, "page": n})
        for n, name in enumerate(publishers)
    ]
    if suffix:
        write_records(tmp_path / f"gold{suffix}", gold, scheme)
        gold = tmp_path / f"gold{suffix}"
    slices = score(gold, gold, by=["meta.publisher", "extra.desk"], resamples=0)[0].slices
    assert slices is not None
    assert {name: part.documents for name, part in slices["meta.publisher"].items()} == {'"-"': 1, "-": 1, "Reuters": 1}
    assert list(slices["extra.desk"]) == ["-"]
    said = r"`by` extra.dask: no document of the gold has the key 'dask' in `extra`: did you mean 'desk'\? known: desk, page"
    with pytest.raises(UsageError, match=said):
        score(gold, gold, by=["extra.dask"], resamples=0)


def test_documents_have_the_counts_and_figures_of_their_own_scores() -> None:
    gold = documents()
    scores = score(gold, system_of(gold), measures=["characters"], resamples=0, names=["s"])
    found = scores["s"].documents
    assert len(found) == 24 and [d.document for d in found] == [d.id for d in gold]
    for number in (0, 7, -1):
        alone = score([gold[number]], system_of([gold[number]]), measures=["characters"], resamples=0)[0].spans
        assert found[number].spans == {name: metrics.micro for name, metrics in alone.parts().items()}
    assert [d.document for d in found[1:3]] == ["d01", "d02"]
    assert found["d07"] == found[7]
    with pytest.raises(IndexError):
        found[24]
    with pytest.raises(UsageError, match="unknown document 'd99'"):
        found["d99"]
    frame = scores.documents_to_pandas()
    strict = frame[(frame["measure"] == "strict") & (frame["document"] == "d07")].iloc[0]
    assert (strict["system"], strict["f1"], strict["support"]) == ("s", found[7].spans["strict"].f1, 5)
    assert len(frame) == 24 * 5
    assert "documents" not in scores.to_dict()["systems"][0]
    assert len(scores.to_dict(documents=True)["systems"][0]["documents"]) == 24


def test_the_command_shows_measures_slices_and_documents_from_either_kind_of_file(
    goldspan: Run, tmp_path: Path, scheme: Scheme
) -> None:
    gold = documents()
    told = []
    options = ["--measures", "iou@0.50,characters", "--resamples", 50, "--per-document"]
    options += [word for name in BY for word in ("--by", name)]
    for suffix in ("jsonl", "parquet"):
        paths = [tmp_path / f"{name}.{suffix}" for name in ("gold", "sys")]
        write_records(paths[0], gold, scheme)
        write_records(paths[1], system_of(gold), scheme)
        columns = read_columns(str(paths[0]), scheme, BY)
        assert columns.groups == columns_of(gold, scheme, BY).groups
        told.append(json.loads(goldspan("score", *paths, *options, "--json").stdout)["systems"])
    assert told[0] == told[1]
    wanted = score(gold, system_of(gold), measures=["iou@0.5", "characters"], by=BY, resamples=50, names=["sys"])
    plain = json.loads(json.dumps(wanted.to_dict(documents=True)["systems"]))
    assert told[0] == plain
    limit = "slices.month.2023-10.spans.iou@0.5.micro.f1=1"
    done = goldspan("score", *paths, *options, "--fail-under", limit)
    assert done.returncode == 1 and "slices.month.2023-10.spans.iou@0.5.micro.f1 is 0.889, below 1.0" in done.stderr
    wrong = goldspan("score", *paths, "--by", "extra.dask")
    assert wrong.returncode == 2 and "--by extra.dask: no document of the gold has the key 'dask'" in wrong.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert "2023-11 8 40 32 0.222 - 0.222 0.556 0.889 0.889 0.826".split() in lines
    assert "d23 5 0.222 0.222 0.556 0.889 0.889 0.800".split() in lines


WRONG: dict[str, tuple[Any, str]] = {
    "unknown": ("iuo@0.5", "unknown measure 'iuo@0.5': did you mean 'iou@0.5'? known: characters, clusters"),
    "no share": ("iou", "iou: the measure needs a share. Fix: iou@0.5, for example"),
    "share of 0": ("overlap@0", "overlap@0: not a share above 0, at most 1. Fix: overlap@0.5"),
    "no number": ("iou@nan", "iou@nan: not a share"),
    "too fine": ("iou@0.12345678", "not a share"),
    "no distance": ("tolerance@-1", "tolerance@-1: not a number of code points, at most 1000. Fix: tolerance@1"),
    "too far": ("tolerance@1001", "at most 1000"),
    "more than a name": ("characters@2", "characters@2: nothing follows this measure"),
    "another form": ("linked.strict@all", "Fix: linked.strict or linked.strict@nil"),
    "computed anyway": ("strict", "the measure strict is always computed. Fix: leave it out of `measures`"),
    "no measure": (3, "3 is not a measure. Fix: a name such as 'iou@0.5', or an object with `name` and `count`"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_measure_is_one_clear_error(case: str) -> None:
    with pytest.raises(GoldspanError) as error:
        score({"a": []}, {"a": []}, measures=[WRONG[case][0]])
    assert WRONG[case][1] in str(error.value)


def test_lists_that_are_none_and_names_given_twice_are_refused() -> None:
    for arguments, message in (
        ({"measures": "iou@0.5"}, r"`measures` is a string. Fix: a list, \['iou@0.5'\]"),
        ({"measures": ["iou@0.5", "iou@.50"]}, "the measure iou@0.5 is given twice"),
        ({"by": "month"}, r"`by` is a string. Fix: a list, \['month'\]"),
        ({"by": ["month", "month"]}, "`by` month is given twice"),
        ({"by": ["publisher"]}, "no 'publisher' to group by: did you mean 'meta.publisher'?"),
        ({"by": ["extra."]}, "extra.KEY for a key of `extra`"),
    ):
        with pytest.raises(GoldspanError, match=message.replace("?", r"\?")):
            score({"a": []}, {"a": []}, **arguments)
    scores = score({"a": []}, {"a": []}, resamples=0)
    for look in (lambda: scores.metric("slices.month.x.spans.strict.micro.f1"), scores.slices_to_pandas):
        with pytest.raises(GoldspanError, match=r"there are no slices. Fix: name a field for `by`"):
            look()


@dataclass(frozen=True)
class Fault:
    """A measure that is at fault."""

    made: Any
    name: str = "fault"

    def count(self, spans: ComparedSpans) -> MatchCounts:
        if isinstance(self.made, Exception):
            raise self.made
        counts: MatchCounts = self.made(spans)
        return counts


TABLE = np.zeros((1, 5), dtype=np.int64)
FAULTS: dict[str, tuple[Any, str]] = {
    "raises": (ValueError("oh"), "the measure fault failed: ValueError: oh"),
    "exits": (SystemExit(3), "the measure fault failed"),
    "nothing": (lambda spans: None, r"the measure fault returned no counts: expected whole numbers of shape \(1, 5\)"),
    "fractions": (lambda spans: MatchCounts(TABLE / 2, TABLE, TABLE, TABLE), "returned no counts"),
    "a shape": (lambda spans: MatchCounts(TABLE[:, 1:], TABLE, TABLE, TABLE), "returned no counts"),
    "too many": (lambda spans: MatchCounts(TABLE + 1, TABLE, TABLE, TABLE), "more pairs than there are spans"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_measure_at_fault_is_one_clear_error(case: str) -> None:
    with pytest.raises(GoldspanError, match=FAULTS[case][1]):
        score({"a": []}, {"a": []}, measures=[Fault(FAULTS[case][0])])


def test_the_measure_of_ones_own_in_the_document_is_found_by_name(
    goldspan: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {b.title: b.body for b in blocks((DOCS / "scoring.md").read_text("utf-8")) if b.title}
    assert len(found["heads.py"].splitlines()) <= 30
    (tmp_path / "heads.py").write_text(found["heads.py"])
    (tmp_path / "broken.py").write_text("def make(argument):\n    return object()\n")
    info = tmp_path / "heads-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: heads\nVersion: 1\n")
    group = found["pyproject.toml"].split('goldspan.measures"]\n')[1].replace('"', "")
    faulty = "broken = broken:make\nlost = nowhere_at_all:X\n"
    (info / "entry_points.txt").write_text(f"[goldspan.measures]\n{group}{faulty}")
    monkeypatch.syspath_prepend(tmp_path)
    gold = {"a": [(0, 9, "ACTOR"), (20, 28, "DATE")]}
    scores = score(gold, {"a": [(4, 9, "ACTOR"), (20, 27, "DATE")]}, measures=["heads", "heads@1"], resamples=0)
    assert [scores[0].spans[name].micro.matched for name in ("heads", "heads@1")] == [1, 2]
    with pytest.raises(GoldspanError, match="heads@x: not a number"):
        find_measures(["heads@x"])
    with pytest.raises(GoldspanError, match=r"measure broken \(broken:make\) lacks a `name` or `count`"):
        find_measures(["broken"])
    with pytest.raises(GoldspanError, match=r"measure lost .* cannot be loaded: ModuleNotFoundError"):
        find_measures(["lost"])
