"""Spans of any number of layers in groups: hand-made cases, and what holds for all layers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.corpus.spans.group_alignment import align_layers
from goldspan.corpus.spans.span_alignment import align
from goldspan.schema import Span
from goldspan.schema.overlap import overlaps

Layers = list[list[Span]]

SPANS = st.builds(
    lambda start, length, label: Span(start, start + length, label),
    st.integers(0, 12),
    st.integers(1, 6),
    st.sampled_from(["A", "B"]),
)
LAYERS = st.lists(st.lists(SPANS, max_size=5, unique=True), min_size=1, max_size=4)


def layers_of(*texts: str) -> Layers:
    """Return layers of spans written as `A:0-4 B:5-9`."""
    parts = [[word.replace("-", ":").split(":") for word in text.split()] for text in texts]
    return [[Span(int(start), int(end), label) for label, start, end in layer] for layer in parts]


def found(layers: Layers) -> list[dict[int, str]]:
    return [{n: f"{s.label}:{s.start}-{s.end}" for n, s in group.items()} for group in align_layers(layers)]


CASES = {
    "the same": (("A:0-4", "A:0-4", "A:0-4"), [{0: "A:0-4", 1: "A:0-4", 2: "A:0-4"}]),
    "other labels": (("A:0-4", "B:0-4", ""), [{0: "A:0-4", 1: "B:0-4"}]),
    "other bounds": (("A:0-4", "A:2-9", "A:0-9"), [{0: "A:0-4", 1: "A:2-9", 2: "A:0-9"}]),
    "the longer overlap": (("A:0-3 A:4-9", "A:0-9"), [{0: "A:0-3"}, {0: "A:4-9", 1: "A:0-9"}]),
    "a label before an overlap": (("A:0-3 B:3-9", "A:0-9"), [{0: "A:0-3", 1: "A:0-9"}, {0: "B:3-9"}]),
    "a chain is no group": (("A:0-5", "A:4-9", "A:8-13"), [{0: "A:0-5", 1: "A:4-9"}, {2: "A:8-13"}]),
    "touching": (("A:0-4", "A:4-8"), [{0: "A:0-4"}, {1: "A:4-8"}]),
    "nothing": (("", ""), []),
}


@pytest.mark.parametrize(("texts", "groups"), CASES.values(), ids=CASES)
def test_spans_in_the_same_place_are_together(texts: Sequence[str], groups: list[dict[int, str]]) -> None:
    assert found(layers_of(*texts)) == groups


@given(LAYERS, st.randoms(use_true_random=False))
def test_each_span_is_in_one_group_and_no_order_matters(layers: Layers, chance: object) -> None:
    groups = align_layers(layers)
    for number, spans in enumerate(layers):
        grouped = [group[number] for group in groups if number in group]
        assert sorted(map(repr, grouped)) == sorted(map(repr, spans))
    for group in groups:
        assert all(overlaps(a, b) for a in group.values() for b in group.values())
    order = list(range(len(layers)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    shuffled = [layers[number][::-1] for number in order]
    there = [{order[number]: span for number, span in group.items()} for group in align_layers(shuffled)]
    assert sorted(map(repr, map(sorted, (g.items() for g in there)))) == sorted(
        map(repr, map(sorted, (g.items() for g in groups)))
    )


@given(st.lists(SPANS, max_size=5, unique=True), st.lists(SPANS, max_size=5, unique=True))
def test_two_layers_are_grouped_as_they_are_aligned(a: list[Span], b: list[Span]) -> None:
    """Same pairs, but where several are equally good: then as many, for each step and length of the overlap."""
    groups, pairs = align_layers([a, b]), align(a, b)

    def kinds(matched: list[tuple[Span, Span]]) -> list[tuple[bool, bool, int]]:
        return sorted(
            ((x.start, x.end) == (y.start, y.end), x.label == y.label, max(x.start, y.start) - min(x.end, y.end))
            for x, y in matched
        )

    grouped = kinds([(group[0], group[1]) for group in groups if len(group) == 2])
    aligned = kinds([(pair.a, pair.b) for pair in pairs if pair.a and pair.b])
    assert grouped[-1:] == aligned[-1:]  # of several equally good first pairs, others may follow
    assert bool(grouped) == bool(aligned)
