"""How far numbers, amounts and durations differ, and by how much lists of choices agree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from goldspan.eval import load_scores, score
from goldspan.schema import Document, Scheme, UsageError

from ..schema.value_kinds import scheme_with

SCHEME = scheme_with(
    {
        "length": {"type": "number", "units": {"km": 1000, "m": 1}},
        "depth": {"type": "number", "unit": "UCUM"},
        "loss": {"type": "money"},
        "took": {"type": "duration"},
        "cut": {"type": "choices", "choices": ["water", "power", "gas"]},
        "sure": {"type": "boolean"},
    }
)


def layers(
    scheme: Scheme, pairs: list[tuple[dict[str, Any], dict[str, Any]]], documents: int = 1
) -> list[list[Document]]:
    """Gold and system, of which each has one of the two values on the same words."""
    text = " ".join(f"word{number}" for number in range(len(pairs)))
    sides = []
    for side in (0, 1):
        spans = tuple(
            scheme.span(text.index(f"word{number}"), text.index(f"word{number}") + 5, "A", **pair[side])
            for number, pair in enumerate(pairs)
        )
        sides.append([Document(id=f"d{number}", text=text, spans=spans).with_hash() for number in range(documents)])
    return sides


def figures(pairs: list[tuple[dict[str, Any], dict[str, Any]]], scheme: Scheme = SCHEME) -> dict[str, Any]:
    found = score(*layers(scheme, pairs), scheme=scheme, resamples=0).systems[0].values["A"]
    return {"value_accuracy": found.value_accuracy, **found.fields}


def km(number: float | None, unit: str | None = "km") -> dict[str, Any]:
    return {"length": number, "length_unit": unit}


def test_lengths_are_compared_in_the_unit_to_which_all_are_converted() -> None:
    found = figures(
        [
            (km(1.0), km(1000.0, "m")),
            (km(2.0), km(1.0)),
            (km(4.0), km(5000.0, "m")),
            (km(0.0), km(1.0)),
            (km(None), km(1.0)),
        ]
    )
    assert found["length_accuracy"] == 1 / 5
    assert found["length_median_error"] == 1000.0  # of 0, 1000, 1000 and 1000 m; the last gold value has no number
    assert found["length_median_relative_error"] == 0.25  # of 0, 1/2 and 1/4; nothing is a share of 0


def test_units_of_ucum_have_relative_errors_only() -> None:
    pairs = [("km", 1.0, "m", 1100.0), ("km", 1.0, "kg", 1.0), ("K", 10.0, "K", 10.0)]
    found = figures([({"depth": a, "depth_unit": u}, {"depth": b, "depth_unit": v}) for u, a, v, b in pairs])
    assert found["depth_accuracy"] == 1 / 3
    assert found["depth_median_relative_error"] == pytest.approx(0.05)  # of 0.1 and 0
    assert "depth_median_error" not in found


@pytest.mark.parametrize("unit", ["Cel", "[degF]", "dB", "[pH]"])
def test_a_unit_whose_zero_is_a_convention_has_no_relative_error(unit: str) -> None:
    found = figures([({"depth": 1.0, "depth_unit": unit}, {"depth": 2.0, "depth_unit": unit})])
    assert (found["depth_accuracy"], found["depth_median_relative_error"]) == (0, None)
    mixed = figures([({"depth": 200.0, "depth_unit": "K"}, {"depth": 10.0, "depth_unit": unit})])
    assert mixed["depth_median_relative_error"] is None


@pytest.mark.parametrize(("gold", "system"), [(1e308, -1e308), (8e307, -8e307), (1e-308, 1e308), (9e307, 1.0)])
def test_an_error_that_is_no_finite_number_is_none(gold: float, system: float, tmp_path: Path) -> None:
    scheme = scheme_with({"it": {"type": "number"}, "loss": {"type": "money", "currencies": ["EUR"]}})
    pair = tuple({"it": n, "loss": n, "loss_currency": "EUR"} for n in (gold, system))
    scores = score(*layers(scheme, [pair, pair]), scheme=scheme, resamples=10)
    scores.save(tmp_path / "scores.json")
    found = load_scores(tmp_path / "scores.json").systems[0].values["A"].fields
    assert found["it_accuracy"] == found["loss_accuracy"] == 0
    assert found["it_median_error"] == found["loss_median_error"] is None
    one = {"it": 1e307, "loss": 1e307, "loss_currency": "EUR"}
    assert figures([(one, {**one, "it": 3e307}), pair], scheme)["it_median_error"] == pytest.approx(2e307)


def test_amounts_in_two_currencies_have_no_error() -> None:
    def money(amount: float, currency: str) -> dict[str, Any]:
        return {"loss": amount, "loss_currency": currency}

    found = figures([(money(100, "EUR"), money(90, "EUR")), (money(100, "EUR"), money(100, "USD"))])
    assert (found["loss_accuracy"], found["loss_median_relative_error"]) == (0, pytest.approx(0.1))
    assert "loss_median_error" not in found
    euros = scheme_with({"loss": {"type": "money", "currencies": ["EUR"]}})
    assert figures([(money(100, "EUR"), money(90, "EUR"))], euros)["loss_median_error"] == 10


def test_durations_are_compared_in_seconds_and_months_among_themselves() -> None:
    pairs = [("P1W", "P7D"), ("PT1H", "PT30M"), ("P1Y", "P9M"), ("P1M", "P30D"), ("P1M1D", "P1M1D")]
    found = figures([({"took": a}, {"took": b}) for a, b in pairs])
    assert found["took_accuracy"] == 2 / 5
    assert found["took_median_error"] == 900  # of 0 and 1800 seconds
    assert found["took_median_relative_error"] == 0.25  # of 0, 1/2 and 1/4


def test_lists_of_choices_have_the_mean_of_their_jaccard_indices() -> None:
    pairs = [
        (["water", "power"], ["power", "water"]),
        (["water"], ["water", "gas", "power"]),
        (["gas"], None),
        (None, None),
    ]
    found = figures([({"cut": a}, {"cut": b}) for a, b in pairs])
    assert found["cut_accuracy"] == 1 / 2
    assert found["cut_jaccard"] == pytest.approx((1 + 1 / 3 + 0 + 1) / 4)


def test_a_truth_value_is_right_or_wrong() -> None:
    found = figures(
        [({"sure": True}, {"sure": False}), ({"sure": False}, {"sure": False}), ({"sure": None}, {"sure": True})]
    )
    assert found["sure_accuracy"] == 1 / 3


def test_a_field_that_a_side_never_fills_has_no_figure() -> None:
    found = figures([({**km(1.0), "cut": ["gas"]}, {"cut": ["gas"]})])
    assert (found["length_accuracy"], found["length_median_error"]) == (None, None)
    assert (found["cut_jaccard"], found["took_accuracy"], found["cut_accuracy"]) == (1, None, 1)
    assert figures([({"took": "P1D"}, {"sure": True})])["cut_jaccard"] is None


def test_scores_have_intervals_are_stored_and_loaded_and_shares_are_tested(tmp_path: Path) -> None:
    pairs = [({**km(2.0), "cut": ["gas", "water"]}, {**km(1.0), "cut": ["gas"]}), (km(1.0), km(1.0))]
    gold, system = layers(SCHEME, pairs, documents=12)
    one, other = system, [*system[:6], *gold[6:]]
    path = "values.A.cut_jaccard"
    scores = score(gold, one, other, names=["one", "other"], scheme=SCHEME, resamples=50, tests=[path])
    found = scores["other"].intervals.values["A"].fields
    jaccard = scores["other"].values["A"].fields["cut_jaccard"]
    assert jaccard is not None and found["cut_jaccard"].low <= jaccard <= found["cut_jaccard"].high
    assert found["length_median_error"].low >= 0
    [test] = scores.comparisons
    assert test.measure == path and test.p_value is not None and test.p_value < 0.1
    scores.save(tmp_path / "scores.json")
    assert load_scores(tmp_path / "scores.json")["other"].values["A"].fields == scores["other"].values["A"].fields
    with pytest.raises(UsageError, match="Fix: the accuracy of the field"):
        score(gold, one, other, names=["one", "other"], scheme=SCHEME, tests=["values.A.length_median_relative_error"])
