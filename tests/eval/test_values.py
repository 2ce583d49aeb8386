"""Values on matched spans, by type."""

from __future__ import annotations

import json
import math
from itertools import chain, combinations

import pytest
from msgspec.structs import replace

from goldspan.eval import ValueAgreement, ValueMetrics, agreement, score
from goldspan.eval.error_analysis import analyse_errors
from goldspan.eval.metric_types.metric_groups import NamedMetrics
from goldspan.eval.report import agreement_page
from goldspan.eval.statistics.value_measures import error_area
from goldspan.schema import DataError, Document, Scheme, Span, conflict_scheme

from .layers import GOLD, layer


def values(scheme: Scheme, gold: list[Span], system: list[Span]) -> NamedMetrics[ValueMetrics]:
    return score(layer(gold), layer(system), scheme=scheme, resamples=0).systems[0].values


def test_values_are_compared_by_type(scheme: Scheme) -> None:
    gold = [
        scheme.span(0, 4, "ACTOR", kind="state", id="IRN"),
        scheme.span(12, 17, "COUNT", min=3, max=3, unit="site"),
        scheme.span(27, 31, "LOCATION", kind="country", id="a", lat=36.0, lon=44.0),
        scheme.span(35, 41, "DATE", edtf="2023-10"),
        Span(43, 47, "ACTOR"),
    ]
    system = [
        scheme.span(0, 4, "ACTOR", kind="military", id="Iran"),  # an alias of the registry's, of another kind
        scheme.span(12, 17, "COUNT", min=3, max=None, unit="site"),
        scheme.span(27, 31, "LOCATION", kind="country", id="b", lat=36.0, lon=45.0),  # 90 km away
        scheme.span(35, 41, "DATE", edtf="2023-10-27"),
        scheme.span(43, 47, "ACTOR", id="IRN"),
    ]
    found = values(scheme, gold, system)
    actor, place, date, count = (found[label] for label in scheme.labels)
    assert (actor.fields["id_accuracy"], actor.fields["kind_accuracy"], actor.value_accuracy, actor.support) == (
        0.5,
        0.5,
        0.5,
        2,
    )
    assert (place.fields["acc_25km"], place.fields["acc_161km"], place.value_accuracy) == (0, 1, 0)
    kilometres = place.fields["median_km"]
    assert kilometres is not None and kilometres == pytest.approx(89.96, abs=0.1)
    assert place.fields["auc"] == pytest.approx(math.log(kilometres + 1) / math.log(math.pi * 6371.0088))
    assert (date.value_accuracy, date.fields["edtf_overlap"]) == (0, 1)
    assert (
        count.value_accuracy,
        count.fields["interval_accuracy"],
        count.fields["interval_overlap"],
        count.fields["unit_accuracy"],
    ) == (
        0,
        0,
        1,
        1,
    )
    # end to end a span counts only with its value: one right of two gold and two system spans
    assert actor.value_f1 == 0.5


def test_actors_that_no_registry_knows_are_scored_as_clusters(scheme: Scheme) -> None:
    gold = [
        scheme.span(s.start, s.end, "ACTOR", id=name)
        for s, name in zip(GOLD, ["xa", "xa", "xb", "xb", "IRN"], strict=True)
    ]
    system = [
        scheme.span(s.start, s.end, "ACTOR", id=name) for s, name in zip(GOLD, ["q", "q", "q", "r", "IRN"], strict=True)
    ]
    found = values(scheme, gold, system)["ACTOR"]
    assert found.fields["id_accuracy"] == 0.2  # the names themselves are wrong, the clusters nearly right
    assert found.b_cubed is not None
    # mention by mention: precision (2/3 + 2/3 + 1/3 + 1) / 4, recall (1 + 1 + 1/2 + 1/2) / 4
    assert found.b_cubed.precision == pytest.approx(8 / 12)
    assert found.b_cubed.recall == pytest.approx(0.75)
    assert found.b_cubed.support == 4
    assert math.isnan(error_area([]))


def test_two_unknown_ids_make_no_place_right(scheme: Scheme) -> None:
    here = scheme.value("LOCATION", kind="settlement", lat=0.0, lon=0.0)
    far = scheme.value("LOCATION", kind="settlement", lat=60.0, lon=100.0)
    kind = scheme.value("LOCATION", kind="settlement")
    assert not scheme.label("LOCATION").same(here, far)
    assert not scheme.label("LOCATION").same(here, kind)
    assert scheme.label("LOCATION").same(here, scheme.value("LOCATION", lat=0.1, lon=0.1))


def test_clusters_know_aliases_and_medians_lie_in_their_intervals(scheme: Scheme) -> None:
    gold = [
        scheme.span(s.start, s.end, "ACTOR", id=name)
        for s, name in zip(GOLD, ["lx", "lx", "US", "zz", "zz"], strict=True)
    ]
    system = [
        scheme.span(s.start, s.end, "ACTOR", id=name) for s, name in zip(GOLD, ["q", "q", "USA", "r", "r"], strict=True)
    ]
    clusters = values(scheme, gold, system)["ACTOR"].b_cubed
    assert clusters is not None
    assert (clusters.f1, clusters.support) == (1.0, 4)
    near = [scheme.span(0, 4, "LOCATION", lat=0.0, lon=0.0), scheme.span(27, 31, "LOCATION", lat=0.0, lon=0.0)]
    away = [scheme.span(0, 4, "LOCATION", lat=0.0, lon=0.0), scheme.span(27, 31, "LOCATION", lat=0.0, lon=10.0)]
    twice = [[replace(document, id=name) for name in "ab" for document in layer(spans)] for spans in (near, away)]
    found = score(*twice, resamples=20, intervals=True).systems[0]
    interval = found.intervals.values["LOCATION"].fields["median_km"]
    assert interval is not None and interval.low == interval.high == found.values["LOCATION"].fields["median_km"]


def test_values_that_a_side_does_not_give_are_not_wrong_and_not_perfect(scheme: Scheme) -> None:
    valued = [scheme.span(0, 4, "ACTOR", kind="state", id="IRN"), scheme.span(12, 17, "COUNT", min=3, max=3)]
    bare = [Span(0, 4, "ACTOR"), scheme.span(12, 17, "COUNT", min=3, max=3)]
    for gold, system, who in ((valued, bare, "sys"), (bare, valued, "the gold"), (bare, bare, "the gold")):
        scored = score(layer(gold), layer(system), names=["sys"], resamples=50, intervals=True)
        found = scored.systems[0]
        actor = found.values["ACTOR"]
        assert actor.support == 1 and actor.b_cubed is not None and actor.b_cubed.f1 is None
        assert {actor.value_accuracy, actor.value_f1, *actor.fields.values()} == {None}
        assert set(found.intervals.values["ACTOR"].parts().values()) == {None}
        assert found.values["COUNT"].value_accuracy == found.values["COUNT"].value_f1 == 1.0
        assert f"{who} has no values for ACTOR: not compared" in scored.notes
        assert analyse_errors(layer(gold), layer(system), scheme).errors == []
    passes = agreement({"a": layer(bare), "b": layer(bare)})
    assert passes.values["ACTOR"].value_accuracy is None and passes.values["COUNT"].value_accuracy == 1.0
    assert "a, b have no values for ACTOR: not compared" in passes.notes


def test_a_part_that_a_side_never_gives_is_open_and_said_where_it_decides(scheme: Scheme) -> None:
    gold = [scheme.span(0, 4, "ACTOR", kind="state", id="IRN"), scheme.span(12, 17, "COUNT", min=3, max=3, unit="site")]
    system = [scheme.span(0, 4, "ACTOR", id="IRN"), scheme.span(12, 17, "COUNT", min=3, max=3)]
    scored = score(layer(gold), layer(system), names=["sys"], resamples=0)
    actor, count = (scored.systems[0].values[label] for label in ("ACTOR", "COUNT"))
    assert (actor.value_accuracy, actor.fields["id_accuracy"], actor.fields["kind_accuracy"]) == (1.0, 1.0, None)
    assert (count.value_accuracy, count.fields["interval_accuracy"], count.fields["unit_accuracy"]) == (0.0, 1.0, None)
    assert "no value of COUNT can be correct: sys has no unit" in scored.notes


def test_a_gold_place_without_a_point_takes_no_part_in_distances(scheme: Scheme) -> None:
    gold = [scheme.span(0, 4, "LOCATION", id="a"), scheme.span(27, 31, "LOCATION", id="b", lat=0.0, lon=0.0)]
    system = [scheme.span(s.start, s.end, "LOCATION", id="b", lat=0.0, lon=0.0) for s in gold]
    found = values(scheme, gold, system)["LOCATION"]
    assert (found.fields["acc_25km"], found.fields["acc_161km"], found.fields["median_km"]) == (1.0, 1.0, 0.0)
    assert found.fields["id_accuracy"] == found.value_accuracy == 0.5
    # a point that only the gold has is one that the system missed
    found = values(scheme, [gold[1]] * 1, [scheme.span(27, 31, "LOCATION", id="b")])["LOCATION"]
    assert found.fields["acc_25km"] is None
    both = [gold[1], scheme.span(0, 4, "LOCATION", id="c", lat=9.0, lon=9.0)]
    found = values(scheme, both, [system[1], scheme.span(0, 4, "LOCATION", id="c")])["LOCATION"]
    assert found.fields["acc_25km"] == 0.5


def test_a_field_left_open_in_one_pass_is_said_the_same_everywhere(scheme: Scheme) -> None:
    given = [scheme.span(0, 4, "ACTOR", kind="state", id="IRN"), scheme.span(43, 47, "ACTOR", id="IRN")]
    open_ = [scheme.span(0, 4, "ACTOR", id="IRN"), Span(43, 47, "ACTOR")]
    one, other = layer(given), layer(open_)
    found = agreement({"a": one, "b": other})
    # the kind decides nothing, the missing id does
    assert found.values["ACTOR"] == ValueAgreement(0.5, 2)
    assert [(item.start, item.kind) for item in found.disagreements] == [(43, "value")]
    assert [error.gold.start for error in analyse_errors(one, other, scheme).errors] == [43]
    assert any("not listed: 1 difference in values" in note for note in found.notes)
    page = agreement_page(found, {"a": one, "b": other}, scheme)
    assert [document.difference_count for document in page.comparison.documents] == [1]


@pytest.mark.parametrize("label", conflict_scheme().labels)
def test_any_value_is_right_against_itself(label: str) -> None:
    definition = conflict_scheme().labels[label]
    parts = {key.name: example for field in definition.fields.values() for key, example in field.examples}
    for chosen in chain.from_iterable(combinations(parts, size) for size in range(len(parts) + 1)):
        try:
            value = conflict_scheme().value(label, **{name: json.loads(parts[name]) for name in chosen})
        except DataError:
            continue  # a latitude without a longitude
        assert definition.same(value, value), value


def test_gold_without_ids_and_points_is_right_against_itself() -> None:
    scheme = conflict_scheme()
    spans = (scheme.span(0, 4, "LOCATION", kind="settlement"), scheme.span(5, 9, "LOCATION", kind="country"))
    gold = [Document(id="a", text="Homs Hama", spans=spans)]
    other = [Document(id="a", text="Homs Hama", spans=(spans[0], scheme.span(5, 9, "LOCATION", kind="region")))]
    assert score(gold, gold, resamples=0)[0].values["LOCATION"].value_accuracy == 1.0
    assert score(gold, other, resamples=0)[0].values["LOCATION"].value_accuracy == 0.5
