"""Clusters of mentions across documents, against outside scorers and an assignment over full tables."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.corpus.spans.optimal_assignment import best_pairs
from goldspan.eval import score
from goldspan.eval.matching.cluster_measures import CLUSTER_FIGURES
from goldspan.eval.matching.mention_clusters import mention_clusters
from goldspan.eval.matching.pairing import Pairs
from goldspan.eval.statistics.metrics import cluster_metrics

from ..conftest import Run, record, span, write_lines

Layer = dict[str, list[tuple[int, int, str, Any]]]

# Five pairs of layers over two labels, whose ids have different names on both sides, with spans that one side lacks.
# `b_cubed`, `ceaf_m` and `ceaf_e` are by the CoNLL reference scorer 8.01 (commit f49f3f8, Perl 5.36):
#   perl -I lib scorer.pl all KEY RESPONSE none
# with files by `neleval.coref_metrics.write_conll_coref(gold, system, KEY, RESPONSE)` of neleval 3.1.1; `pairwise` is by
# `neleval.coref_metrics.pairwise(gold, system)`; `lea` by `coval.eval.evaluator.Evaluator(lea)` of coval (commit 87071a6).
# A mention is (document, start, end, label), a cluster a set of them; with `@nil` a span without an id is one too.
FIGURES = json.loads((Path(__file__).parent / "cluster_figures.json").read_text("utf-8"))


def spans_of(layer: dict[str, list[Any]]) -> Layer:
    kinds = {"ACTOR": "person", "LOCATION": "region"}
    return {
        document: [(a, b, label, name and {"kind": kinds[label], "id": name}) for a, b, label, name in spans]
        for document, spans in layer.items()
    }


@pytest.mark.parametrize("case", range(len(FIGURES)))
def test_figures_agree_with_outside_scorers(case: int) -> None:
    gold, system, figures = FIGURES[case].values()
    found = score(spans_of(gold), spans_of(system), measures=["clusters", "clusters@nil"], resamples=0)[0]
    assert list(found.spans.further) == [
        f"clusters.{name}{form}" for form in ("", "@nil") for name in ("b_cubed", "ceaf_m", "ceaf_e", "lea", "pairwise")
    ]
    for measure, expected in figures.items():
        assert found.spans[measure].micro.rates == pytest.approx(expected, abs=1e-11), measure


MENTIONS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(-1, 4), st.integers(-1, 4), st.integers(0, 1)), max_size=12
)


def layers(mentions: list[tuple[int, int, int, int]], names: str) -> tuple[Layer, Layer]:
    """Gold and system: mentions have ids by number, and one of 4 is a span without an id."""
    sides: tuple[Layer, Layer] = defaultdict(list), defaultdict(list)
    for at, (document, gold, system, label) in enumerate(mentions):
        for side, number, name in ((sides[0], gold, "g"), (sides[1], system, names)):
            side[f"d{document}"]  # both have the same documents
            if number >= 0:
                value = None if number == 4 else {"id": f"{name}{number}"}
                side[f"d{document}"].append((10 * at, 10 * at + 5, ("ACTOR", "LOCATION")[label], value))
    return sides


@given(MENTIONS, st.randoms())
@settings(max_examples=30, deadline=None)
def test_neither_names_of_ids_nor_order_matter_and_relabelled_gold_is_perfect(mentions: Any, chance: Any) -> None:
    settings: dict[str, Any] = {"measures": ["clusters", "clusters@nil"], "resamples": 0}
    gold, system = layers(mentions, "s")
    expected = score(gold, system, **settings)[0].spans.further
    assert score(gold, layers(mentions, "g")[1], **settings)[0].spans.further == expected
    chance.shuffle(mentions)
    for measure, metrics in score(*layers(mentions, "other"), **settings)[0].spans.further.items():
        assert metrics.micro.rates == pytest.approx(expected[measure].micro.rates)
    renamed = layers([(d, g, g, x) for d, g, _, x in mentions], "s")
    for metrics in score(*renamed, **settings)[0].spans.further.values():
        assert {1.0, None} >= {*metrics.micro.rates, *metrics.macro.rates, *metrics.weighted.rates}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=30))
@settings(max_examples=60, deadline=None)
def test_the_alignment_of_ceaf_is_the_best_of_a_full_table(mentions: list[tuple[int, int]]) -> None:
    gold, system = np.array(mentions, dtype=np.int64).reshape(-1, 2).T
    label, every = np.zeros_like(gold), np.arange(len(gold))
    clusters = mention_clusters((gold, label), (system, label), Pairs(every, every))
    overlap = np.array([[np.sum((gold == g) & (system == s)) for s in range(6)] for g in range(6)])
    sizes = [np.bincount(side, minlength=6) for side in (gold, system)]
    dice = 2 * overlap / np.maximum(1, sizes[0][:, None] + sizes[1])
    for name, table in (("ceaf_m", overlap), ("ceaf_e", dice)):
        best = sum(table[pair] for pair in best_pairs(table.tolist()))
        assert CLUSTER_FIGURES[name].sums(clusters, 1).rates[0, 0] == pytest.approx(best)


def test_many_mentions_need_no_table_of_all_clusters() -> None:
    numbers = np.random.default_rng(0)
    n, entities = 200_000, 60_000  # a table of all clusters would have 29 GB
    gold = numbers.integers(0, entities, n)
    system = np.where(numbers.random(n) < 0.2, numbers.integers(0, entities, n), entities - 1 - gold)
    label, every = gold % 2, np.arange(n)
    clusters = mention_clusters((gold, label), (system, label), Pairs(every, every))
    found = {name: cluster_metrics(figure.sums(clusters, 2), ["a", "b"]) for name, figure in CLUSTER_FIGURES.items()}
    assert all(0.5 < (metrics.micro.f1 or 0) < 0.95 and metrics.micro.matched == n for metrics in found.values())


GOLD: Layer = {
    "a": [(0, 4, "ACTOR", {"id": "x"}), (5, 9, "ACTOR", {"id": "x"}), (12, 14, "ACTOR"), (20, 22, "LOCATION")],
    "b": [(0, 4, "ACTOR", {"id": "x"}), (5, 9, "ACTOR", {"id": "y"})],
}  # fmt: skip


def test_a_mention_that_one_side_lacks_is_an_error_and_unlinked_labels_are_not_compared() -> None:
    system: Layer = {
        "a": [(0, 4, "ACTOR", {"id": "1"}), (12, 14, "ACTOR"), (20, 22, "LOCATION", {"id": "p"})],
        "b": [(0, 4, "ACTOR", {"id": "1"}), (5, 9, "ACTOR"), (10, 12, "ACTOR", {"id": "1"})],
    }
    found = score(GOLD, system, measures=["clusters.b_cubed", "clusters.b_cubed@nil"], resamples=0)[0].spans
    linked, nil = found["clusters.b_cubed"], found["clusters.b_cubed@nil"]
    # of x, y and of 1; the span that only the system has makes its cluster larger
    assert linked.micro.counts == (2, 0, 2, 1, 4)
    assert linked.labels["ACTOR"].rates == pytest.approx(
        (2 * (2 / 3) / 3, 2 * (2 / 3) / 4, 2 * (4 / 9) * (1 / 3) / (7 / 9))
    )
    # y is a cluster of its own on both sides, and so is the span without an id
    assert nil.micro.counts == (4, 0, 1, 1, 5)
    assert nil.micro.recall == pytest.approx((2 * (2 / 3) + 2) / 5)
    assert linked.labels["LOCATION"].rates == nil.labels["LOCATION"].rates == (None, None, None)


def test_what_has_no_clusters_is_undefined_and_a_system_without_links_has_an_f1_of_0() -> None:
    nothing: Layer = {"a": [], "b": []}
    for gold, system, expected in (
        (nothing, nothing, (None, None, None)),
        (nothing, GOLD, (None, None, None)),  # the gold links no label
        (GOLD, nothing, (None, 0.0, 0.0)),
    ):
        for metrics in score(gold, system, measures=["clusters"], resamples=0)[0].spans.further.values():
            assert metrics.micro.rates == expected


def test_spans_with_the_same_bounds_are_paired_by_id_and_identical_ones_by_count() -> None:
    twins: Layer = {"a": [(0, 4, "ACTOR", {"id": name}) for name in "xyy"] + [(6, 9, "ACTOR", {"id": "y"})]}
    fewer: Layer = {"a": [(0, 4, "ACTOR", {"id": name}) for name in "yz"] + [(6, 9, "ACTOR", {"id": "y"})]}
    found = score(twins, fewer, measures=["clusters.pairwise"], resamples=0)[0].spans["clusters.pairwise"].micro
    assert found.counts == (3, 0, 1, 0, 4)
    assert (found.precision, found.recall) == (1.0, 1 / 3)


def test_the_command_shows_clusters_with_a_limit_and_without_intervals_tests_or_slices(
    goldspan: Run, tmp_path: Path
) -> None:
    def file(name: str, ids: str) -> Path:
        spans = [[span(0, 4, "ACTOR", {"id": f"{name}-{ids[at % 3]}", "kind": "person"})] for at in range(12)]
        return write_lines(
            tmp_path / f"{name}.jsonl", *(record(f"d{at:02}", "Iran", spans=s) for at, s in enumerate(spans))
        )

    paths = (file("gold", "abb"), file("one", "pqr"), file("two", "ppq"))
    call = (
        "score",
        *paths,
        "--measures",
        "clusters,linked.strict",
        "--by",
        "month",
        "--per-document",
        "--resamples",
        "20",
    )
    page = tmp_path / "page.html"
    shown = goldspan(*call, "--html", page, "--fail-under", "spans.clusters.pairwise.labels.ACTOR.f1=0.6")
    assert shown.returncode == 1 and "two: spans.clusters.pairwise.labels.ACTOR.f1 is 0.529, below 0.6" in shown.stderr
    assert "note: clusters have no intervals" in shown.stderr
    assert "clusters.ceaf_e 0.556 0.833 0.667 - 12 0 0 0 12" in [
        " ".join(line.split()) for line in shown.stdout.splitlines()
    ]
    headings = re.findall(r"<thead>(.*?)</thead>", page.read_text("utf-8"), re.S)
    assert ["clusters.lea F1" in heading for heading in headings if "linked.strict F1" in heading] == [True, False]
    told = json.loads(goldspan(*call, "--json").stdout)["systems"][0]
    assert told["spans"]["clusters.b_cubed"]["labels"]["ACTOR"]["recall"] == pytest.approx(2 / 3)
    assert set(told["interval"]["spans"]["clusters.lea"]["labels"]["ACTOR"].values()) == {None}
    plain = json.loads(
        goldspan(
            "score",
            *paths,
            "--measures",
            "linked.strict",
            "--by",
            "month",
            "--per-document",
            "--resamples",
            "20",
            "--json",
        ).stdout
    )["systems"][0]
    assert told["documents"] == plain["documents"] and told["slices"] == plain["slices"]
