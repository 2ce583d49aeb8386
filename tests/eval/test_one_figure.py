"""One figure whatever the way to it: random schemes, nested and doubled spans, every order, every path."""

from __future__ import annotations

import json
import random
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.corpus import diff_layers, write_records
from goldspan.eval import agreement, score
from goldspan.eval.error_analysis import analyse_errors
from goldspan.eval.matching.match_counts import MEASURES
from goldspan.eval.report import score_page
from goldspan.schema import Document, Scheme, Span, Zone, load_scheme

from ..conftest import Run

TEXT = "one two three four five six"
OVERLAPPING = """name = "mine"
version = 1
title = "Mine"
description = "Mine."
[spans]
overlap = true
boundaries = "any"
"""


def own_scheme(folder: Path, labels: list[str]) -> Scheme:
    """A scheme of labels in this order, each with a choice that decides and a text that does not."""
    path = folder / f"{'-'.join(labels)}.toml"
    fields = '[labels.{0}.fields.kind]\ntype = "choice"\nchoices = ["x", "y", "z"]\n'
    path.write_text(
        OVERLAPPING
        + "".join(
            f'[labels.{name}]\ndefinition = "d"\ncorrect = [["kind"]]\n' + fields.format(name) for name in labels
        ),
        "utf-8",
    )
    return load_scheme(path)


@pytest.fixture(scope="module")
def schemes(tmp_path_factory: pytest.TempPathFactory) -> list[Scheme]:
    folder = tmp_path_factory.mktemp("schemes")
    return [own_scheme(folder, list(order)) for order in permutations(["ALPHA", "BETA", "GAMMA"])]


Row = tuple[int, int, int, str | None]  # start, end, label, kind
ROWS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(1, 3), st.integers(0, 2), st.sampled_from([None, "x", "y"])).map(
        lambda t: (t[0], t[0] + t[1], t[2], t[3])
    ),
    max_size=5,
)


def document(scheme: Scheme, rows: list[Row], name: str = "a") -> Document:
    labels = sorted(scheme.labels)
    return Document(
        id=name,
        text=TEXT,
        spans=tuple(
            scheme.span(start, end, labels[label], **({"kind": kind} if kind else {}))
            for start, end, label, kind in rows
        ),
    )


CREDIT: dict[str, Any] = {
    "strict": lambda a, b: float(a[:3] == b[:3]),
    "exact": lambda a, b: float(a[:2] == b[:2]),
    "partial": lambda a, b: 1.0 if a[:2] == b[:2] else 0.5 * (a[0] < b[1] and b[0] < a[1]),
    "type": lambda a, b: float(a[0] < b[1] and b[0] < a[1] and a[2] == b[2]),
}


def best(gold: list[Row], system: list[Row], worth: Any) -> tuple[float, ...]:
    """The most that any one-to-one pairing earns, by trying them all."""

    @cache
    def go(i: int, used: int) -> tuple[float, ...]:
        if i == len(gold):
            return (0.0, 0.0)
        found = go(i + 1, used)
        for j, other in enumerate(system):
            if not used >> j & 1 and any(earned := worth(gold[i], other)):
                rest = go(i + 1, used | 1 << j)
                found = max(found, (earned[0] + rest[0], earned[1] + rest[1]))
        return found

    return go(0, 0)


@given(ROWS, ROWS, st.integers(0, 5))
@settings(max_examples=150, deadline=None)
def test_spans_and_values_earn_what_an_exhaustive_search_finds(
    schemes: list[Scheme], gold: list[Row], system: list[Row], order: int
) -> None:
    scheme = schemes[order]
    found = score([document(scheme, gold)], [document(scheme, system)], scheme=scheme, resamples=0).systems[0]
    for measure, credit in CREDIT.items():
        micro = found.spans[measure].micro
        earned = best(gold, system, lambda a, b, credit=credit: (credit(a, b), 0.0))[0]
        assert micro.matched + micro.partial / 2 == earned
    for number, label in enumerate(sorted(scheme.labels)):
        ours, theirs = ([row for row in rows if row[2] == number] for rows in (gold, system))
        matched, right = best(ours, theirs, lambda a, b: (float(a[:3] == b[:3]), float(a == b)))
        figures = found.values[label]
        assert figures.support == matched
        if any(row[3] for row in ours) and any(row[3] for row in theirs):
            assert figures.value_accuracy == (pytest.approx(right / matched) if matched else None)
        else:
            assert figures.value_accuracy is figures.value_f1 is figures.fields["kind_accuracy"] is None


@given(st.lists(ROWS, min_size=1, max_size=3), st.integers(0, 5), st.randoms())
@settings(max_examples=100, deadline=None)
def test_a_layer_scored_against_itself_is_1_whatever_the_order(
    schemes: list[Scheme], documents: list[list[Row]], order: int, chance: random.Random
) -> None:
    scheme = schemes[order]
    gold = [document(scheme, rows, f"d{i}") for i, rows in enumerate(documents)]
    shuffled = [document(scheme, chance.sample(rows, len(rows)), f"d{i}") for i, rows in enumerate(documents)]
    chance.shuffle(shuffled)
    found = score(gold, shuffled, scheme=scheme, resamples=0).systems[0]
    used = {span.label for d in gold for span in d.spans}
    for measure in MEASURES:
        micro = found.spans[measure].micro
        assert micro.f1 == (1.0 if used else None) and micro.partial == 0
        assert {name for name, figures in found.spans[measure].labels.items() if figures.f1 == 1.0} == used
    assert all(figures.value_accuracy in (1.0, None) for figures in found.values.values())
    assert analyse_errors(gold, shuffled, scheme).errors == []
    assert not diff_layers(gold, shuffled)
    passes = agreement({"a": gold, "b": shuffled}, scheme)
    assert passes.pairwise[0].strict_f1 == (1.0 if used else None) and passes.disagreements == []


@given(ROWS, ROWS, st.integers(0, 5))
@settings(max_examples=100, deadline=None)
def test_errors_agreement_and_figures_say_the_same(
    schemes: list[Scheme], gold: list[Row], system: list[Row], order: int
) -> None:
    scheme = schemes[order]
    one, other = [document(scheme, gold)], [document(scheme, system)]
    found = score(one, other, scheme=scheme, resamples=0).systems[0]
    kinds = analyse_errors(one, other, scheme).counts().get("all", {})
    micro = found.spans.strict.micro
    values = [(figures.support, figures.value_accuracy) for figures in found.values.values()]
    wrong = sum(round(support * (1 - accuracy)) for support, accuracy in values if accuracy is not None)
    assert kinds.get("value", 0) == wrong
    exact = found.spans.exact.micro.matched
    assert kinds.get("label", 0) == exact - micro.matched
    paired = sum(n for kind, n in kinds.items() if kind in ("boundary", "label", "boundary and label"))
    assert micro.missed == kinds.get("missed", 0) + paired
    assert micro.spurious == kinds.get("spurious", 0) + paired
    told = agreement({"a": one, "b": other}, scheme)
    agreed = {label: figures.value_accuracy for label, figures in found.values.items()}
    assert {label: figures.value_accuracy for label, figures in told.values.items()} == agreed
    if any(d.kind == "value" for d in told.disagreements):
        assert wrong


def test_every_path_to_a_figure_gives_the_same(goldspan: Run, tmp_path: Path, schemes: list[Scheme]) -> None:
    chance = random.Random(7)
    scheme, file = schemes[4], tmp_path / "scheme.toml"
    own = own_scheme(tmp_path, list(scheme.labels))
    (tmp_path / f"{'-'.join(scheme.labels)}.toml").rename(file)
    sides: list[list[Document]] = []
    for _ in range(2):
        rows = [
            [
                (start, start + chance.randint(1, 3), chance.randrange(3), chance.choice([None, "x", "y"]))
                for start in (chance.randrange(5) for _ in range(6))
            ]
            for _ in range(12)
        ]
        sides.append([document(own, r, f"d{i}") for i, r in enumerate(rows)])
    gold, system = sides
    want = score(gold, system, scheme=own, resamples=50, names=["system"]).to_dict()
    for suffix in ("jsonl", "parquet"):
        paths = [tmp_path / f"{name}.{suffix}" for name in ("gold", "system")]
        write_records(paths[0], gold, own)
        write_records(paths[1], system[::-1], own)
        said = goldspan("score", *paths, "--scheme", file, "--json", "--resamples", "50").stdout
        told = json.loads(said)
        assert told["systems"] == json.loads(json.dumps(want["systems"])), suffix
        assert score(*paths, scheme=own, resamples=50, names=["system"]).to_dict()["systems"] == want["systems"]
    page = score_page(score(gold, system, scheme=own, resamples=50), gold, [system], own)
    board = page.sections[0].parts[0].rows[0]
    assert board[1].text == f"{want['systems'][0]['spans']['strict']['micro']['f1']:.3f}"


def test_equal_bounds_pair_by_values_and_not_by_the_order_of_their_text(scheme: Scheme) -> None:
    right, low, high = ([scheme.span(0, 4, "COUNT", min=n, max=n)] for n in (5, 4, 6))
    for other in (low, high):
        for spans in ([*right, *other], [*other, *right]):
            gold, system = ([Document(id="a", text=TEXT, spans=tuple(side))] for side in (right, spans))
            found = score(gold, system, resamples=0).systems[0].values["COUNT"]
            assert (found.value_accuracy, found.fields["interval_accuracy"]) == (1.0, 1.0)
            assert analyse_errors(gold, system, scheme).counts()["all"] == {"spurious": 1}
            assert [change.kind for change in diff_layers(gold, system).changes] == ["added"]


HUGE = 2**60


def test_offsets_of_any_size_pair_and_lie_in_zones(schemes: list[Scheme]) -> None:
    spans = (Span(HUGE, HUGE + 5, "ALPHA"), Span(HUGE + 2, HUGE + 9, "BETA"), Span(7, HUGE + 20, "BETA"))
    inside = Span(HUGE - 9, HUGE - 1, "GAMMA")
    zones = (Zone(HUGE - 10, HUGE, "url"), Zone(0, 3, "url"))
    gold, system = (
        [Document(id=f"{i}", text_sha256="0" * 64, text_length=HUGE * 2, spans=side, zones=zones) for i in range(40)]
        for side in (spans, (*spans, inside))
    )
    found = score(gold, system, scheme=_without_zone_kinds(schemes[0]), resamples=0).systems[0].spans
    for measure in MEASURES:
        assert (found[measure].f1, found[measure].micro.matched) == (1.0, 120)


def _without_zone_kinds(scheme: Scheme) -> Scheme:
    from dataclasses import replace

    return replace(scheme, zones={"url": "an address"})
