"""Differences between groups and regressions of quantities, by predictions, by gold and corrected."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import goldspan as library
from goldspan.eval.estimation.corrected_mean import SampledValues, corrected_fit, gold_fit
from goldspan.eval.estimation.weighted_fits import WeightedFit, fit_linear, fit_logistic
from goldspan.schema import DataError, UsageError

from ..conftest import Run, record, span, write_lines

PUBLISHERS = ("AFP", "AP", "DPA")


def article(at: int, counts: tuple[int, ...], **extra: Any) -> dict[str, Any]:
    """A record with a sentence for each count, of a publisher and a month that follow from its number."""
    text, spans = f"Report {at}.", []
    for count in counts:
        start = len(text) + len(" They said ")
        text += f" They said {count} people died."
        spans.append(span(start, start + len(str(count)), "COUNT", {"min": count, "max": count, "unit": "killed"}))
    meta = {"published": f"2024-{1 + at % 4:02}-05", "publisher": PUBLISHERS[at % 3]}
    return {**record(f"d{at:03}", text, spans=spans), "meta": meta, "extra": {"page": str(at % 7), **extra}}


COUNTS = [(2 + at % 5,) * int(number) for at, number in enumerate(np.random.default_rng(2).poisson(0.8, 120))]
TRUTH = [article(at, counts) for at, counts in enumerate(COUNTS)]
FOUND = [{**item, "spans": item["spans"] if at % 5 else []} for at, item in enumerate(TRUTH)]
GOLD = [TRUTH[at] for at in np.random.default_rng(5).permutation(120)[:60]]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for name, records in (("truth", TRUTH), ("found", FOUND), ("gold", GOLD)):
        write_lines(tmp_path / f"{name}.jsonl", *records)
    return tmp_path


def test_a_difference_is_that_of_two_estimates_and_so_is_a_coefficient() -> None:
    estimates = library.estimate("spans(COUNT)", GOLD, FOUND, by="meta.publisher", against="AP")
    by_group = {group.group: group for group in estimates.groups}
    assert by_group["AP"].difference is None and by_group[None].difference is None
    fitted = library.regress("spans(COUNT)", GOLD, FOUND, on=["meta.publisher"], references={"meta.publisher": "AP"})
    assert fitted.references == {"meta.publisher": "AP"}
    terms = {item.term: item for item in fitted.coefficients}
    assert list(terms) == ["constant", "meta.publisher=AFP", "meta.publisher=DPA"]
    for name in ("AFP", "DPA"):
        difference, coefficient = by_group[name].difference, terms[f"meta.publisher={name}"]
        assert difference is not None and difference.gold and difference.corrected
        predictions = np.array([by_group[group].predictions for group in (name, "AP")], dtype=float)
        assert difference.predictions == pytest.approx(predictions[0] - predictions[1])
        for kind in ("gold", "corrected"):
            parts = [getattr(by_group[group], kind).value for group in (name, "AP")]
            assert getattr(difference, kind).value == pytest.approx(parts[0] - parts[1])
            low, high = getattr(difference, kind).interval
            assert low < getattr(difference, kind).value < high
        assert coefficient.gold and coefficient.gold.interval and difference.gold.interval
        assert (coefficient.predictions, coefficient.gold.value) == pytest.approx((difference.predictions, difference.gold.value))  # fmt: skip
        width, other = (high - low for low, high in (coefficient.gold.interval, difference.gold.interval))
        assert width == pytest.approx(other, rel=0.1)


def sampled(y: Any, f: Any, at: Any, probability: Any, size: int, mean: float) -> SampledValues:
    count = len(at)
    every = np.ones(count, dtype=bool)
    return SampledValues(y[at], f[at], 1 / probability, probability, np.zeros(count, np.int64), every, size, mean)


# Of ppi-python 0.2.3 (659 MB with what it needs), whose weight of the predictions is fixed with `lam`:
# at = np.arange(400); month, y, f as below; S = at < 60; X = np.column_stack([np.ones(400), month])
# ppi_mean_pointestimate(y[S], f[S], f, lam=1.0), ppi_ols_pointestimate(X[S], y[S], f[S], X, f, lam=1.0),
# with w = 1 + (f[S] > 0) the same, and ppi_logistic_pointestimate(X[S], y[S] > 0, f[S] > 0, X, f > 0, lam=0.0)
PPI: dict[str, tuple[bool, Callable[..., Any], bool, list[float]]] = {
    "mean": (False, fit_linear, False, [1.24583333]),
    "mean, weighted": (True, fit_linear, False, [1.11404639]),
    "linear": (False, fit_linear, True, [0.38933333, 0.571]),
    "linear, weighted": (True, fit_linear, True, [0.3316471, 0.51853175]),
    "logit of the gold": (False, fit_logistic, True, [-0.18866325, 0.64454378]),
}


@pytest.mark.parametrize(("weighted", "fit", "on_month", "expected"), PPI.values(), ids=PPI)
def test_figures_are_those_of_ppi_python(
    weighted: bool, fit: Callable[..., Any], on_month: bool, expected: list[float]
) -> None:
    at, drawn = np.arange(400), np.arange(60)
    month = (at * 7 % 4).astype(float)
    values = ((at * 37 % 101) % (2 + at * 7 % 4)).astype(float)
    found = np.where(at * 13 % 5 > 0, values, 0.0) + (at * 29 % 11 == 0)
    if fit is fit_logistic:
        values, found = (values > 0).astype(float), (found > 0).astype(float)
    columns = np.column_stack([np.ones(400), month])[:, : 1 + on_month]
    weight = 1.0 + (found[drawn] > 0) if weighted else np.ones(60)
    sample = sampled(values, found, drawn, 0.15 / weight, 400, float(found.mean()))
    gold, predicted = (fit(columns[drawn], part[drawn], sample.relative) for part in (values, found))
    everywhere = fit(columns, found, np.full(400, 1 / 400))
    if fit is fit_logistic:
        assert gold.coefficients == pytest.approx(expected, abs=1e-6)
        return
    corrected = corrected_fit(sample, gold, predicted, everywhere.coefficients)
    # with a fixed weight, the estimate is on the line through that of the gold and that with the tuned weight
    by_one = [alone + (one.value - alone) / (one.weight or 1) for alone, one in zip(gold.coefficients, corrected, strict=True)]  # fmt: skip
    assert by_one == pytest.approx(expected, abs=1e-6)


World = Callable[[np.random.Generator, Any, Any], tuple[Any, Any]]


def counts_of(rng: np.random.Generator, month: Any, of_b: Any) -> tuple[Any, Any]:
    counts = rng.poisson(0.5 + 0.3 * month + 0.5 * of_b)
    found = rng.binomial(counts, 0.85 - 0.06 * month) + rng.poisson(0.1, len(month))
    return counts.astype(float), found.astype(float)


def shares_of(rng: np.random.Generator, month: Any, of_b: Any) -> tuple[Any, Any]:
    true = rng.random(len(month)) < 1 / (1 + np.exp(1.2 - 0.3 * month - 0.5 * of_b))
    found = np.where(true, rng.random(len(month)) < 0.9 - 0.07 * month, rng.random(len(month)) < 0.05)
    return true.astype(float), found.astype(float)


@pytest.mark.parametrize(
    ("world", "fit", "truth"),
    [(counts_of, fit_linear, (0.5, 0.3, 0.5)), (shares_of, fit_logistic, (-1.2, 0.3, 0.5))],
    ids=["linear", "logit"],
)
def test_intervals_of_coefficients_hold_and_predictions_alone_do_not(
    world: World, fit: Callable[..., WeightedFit], truth: tuple[float, ...]
) -> None:
    """Documents in which the system finds something are drawn three times as often; it finds less in later months."""
    rng = np.random.default_rng(11)
    size, draws, runs = 2000, 150, 60
    held = {"corrected": np.zeros(3), "gold": np.zeros(3), "predictions": np.zeros(3)}
    for _ in range(runs):
        month, of_b = rng.integers(0, 6, size), rng.random(size) < 0.4
        columns = np.column_stack([np.ones(size), month, of_b]).astype(float)
        values, found = world(rng, month, of_b)
        weight = 1 + 2 * (found > 0)
        probability = weight / weight.sum() * draws
        order = rng.permutation(size)
        steps = np.floor(np.cumsum(probability[order]) - rng.random())
        drawn = order[np.diff(np.concatenate([[-1], steps])) > 0]
        sample = sampled(values, found, drawn, probability[drawn], size, float(found.mean()))
        gold, predicted = (fit(columns[drawn], part, sample.relative) for part in (values[drawn], found[drawn]))
        everywhere = fit(columns, found, np.full(size, 1 / size))
        for name, estimated in (
            ("gold", gold_fit(sample, gold)),
            ("corrected", corrected_fit(sample, gold, predicted, everywhere.coefficients)),
        ):
            for at, coefficient in enumerate(estimated):
                assert coefficient.interval is not None
                held[name][at] += coefficient.interval.low <= truth[at] <= coefficient.interval.high
        error = (everywhere.scale * (found - everywhere.fitted)).std(axis=1) * np.sqrt(size)
        held["predictions"] += np.abs(everywhere.coefficients - np.array(truth)) < 1.96 * error
    assert np.all(held["corrected"] / runs >= 0.88) and np.all(held["gold"] / runs >= 0.88), held
    assert held["predictions"][1] / runs < 0.2, held


@given(
    factor=st.floats(0.01, 1e6),
    shift=st.floats(-1e4, 1e4),
    weights=st.lists(st.floats(0.1, 10), min_size=8, max_size=8),
)
@hypothesis_settings(max_examples=20)
def test_another_unit_of_a_number_changes_its_coefficient_in_proportion(
    factor: float, shift: float, weights: list[float]
) -> None:
    number = np.array([1.0, 2, 3, 4, 5, 6, 7, 9])
    relative = np.array(weights) / sum(weights)
    for fit, values in (
        (fit_linear, np.array([2.0, 1, 4, 3, 7, 5, 8, 6])),
        (fit_logistic, np.array([0.0, 1, 0, 1, 0, 1, 0, 1])),
    ):
        one, other = (
            fit(np.column_stack([np.ones(8), x]), values, relative) for x in (number, number * factor + shift)
        )
        assert one is not None and other is not None
        assert other.coefficients[1] * factor == pytest.approx(one.coefficients[1], rel=1e-4, abs=1e-7)
        assert other.fitted == pytest.approx(one.fitted, rel=1e-4, abs=1e-7)
        # what each document adds sums to nothing, as the equations of the fit say
        assert float(other.influence(1, values).sum()) * factor == pytest.approx(0, abs=1e-6)


def test_fields_are_numbers_or_levels() -> None:
    fitted = library.regress("spans(COUNT)", GOLD, FOUND, on=["meta.published", "extra.page", "length"])
    assert [item.term for item in fitted.coefficients] == ["constant", "meta.published (years)", "extra.page", "length"]
    levels = library.regress("spans(COUNT)", GOLD, FOUND, on=["month", "extra.page"], references={"extra.page": "2"})
    assert levels.references == {"month": "2024-01", "extra.page": "2"}
    assert [item.term for item in levels.coefficients][4:] == [f"extra.page={page}" for page in "013456"]
    mixed = [{**item, "extra": {"page": "cover" if at % 4 else "3"}} for at, item in enumerate(FOUND)]
    assert "extra.page=3" in str(library.regress("spans(COUNT)", GOLD, mixed, on=["extra.page"]))


def test_documents_without_a_value_are_left_out_and_counted() -> None:
    known = [item if at % 6 else {**item, "meta": {}} for at, item in enumerate(FOUND)]
    fitted = library.regress("documents(COUNT)", GOLD, known, on=["meta.publisher"], logit=True)
    left_out = sum(int(item["id"][1:]) % 6 == 0 for item in GOLD)
    assert (fitted.documents, fitted.gold_documents) == (100, 60 - left_out)
    assert f"20 documents without a value of each field left out, {left_out} of them of gold" in fitted.notes
    whole = library.regress("documents(COUNT)", [TRUTH[at] for at in range(120) if at % 6], [item for at, item in enumerate(known) if at % 6], on=["meta.publisher"], logit=True)  # fmt: skip
    assert [item.predictions for item in fitted.coefficients] == pytest.approx([item.predictions for item in whole.coefficients])  # fmt: skip


WITH_EXTRA = [{**item, "extra": {"desk": item["meta"]["publisher"], "one": 1, "many": item["id"]}} for item in FOUND]


@pytest.mark.parametrize(
    ("on", "settings", "error", "said"),
    [
        (
            ["meta.publisher", "extra.desk"],
            {},
            DataError,
            "extra.desk=AP says the same as meta.publisher=AP in the corpus",
        ),
        (["extra.one"], {}, DataError, "extra.one is 1 in all documents of the corpus"),
        (["year"], {}, DataError, "year is 2024 in all documents of the corpus. Fix: leave it out"),
        (["extra.many"], {}, DataError, "extra.many: 120 levels are too many for 60 documents of gold"),
        (["meta.title"], {}, DataError, "no document has a value of meta.title"),
        (["extra.nothing"], {}, DataError, "no document has a value of extra.nothing"),
        ([], {}, UsageError, "`on` names no field"),
        (["spans"], {}, UsageError, "documents have no such field"),
        (["month", "month"], {}, UsageError, "given twice"),
        ("month", {}, UsageError, "`on` is a string"),
        (["month"], {"references": {"month": "1999-01"}}, UsageError, "no document is of this level"),
        (["month"], {"references": {"year": "2024"}}, UsageError, "`reference` year: no field of the regression"),
        (["month"], {"logit": True}, UsageError, "spans(COUNT) is not 0 or 1 of each document"),
    ],
)
def test_regressions_without_an_answer_are_refused(on: Any, settings: Any, error: Any, said: str) -> None:
    with pytest.raises(error) as raised:
        library.regress("spans(COUNT)", GOLD, WITH_EXTRA, on=on, **settings)
    assert said in str(raised.value) and "Fix: " in str(raised.value)


def test_gold_that_cannot_tell_coefficients_apart_is_refused() -> None:
    of_one = [item for item in TRUTH if item["meta"]["publisher"] == "AP"]
    with pytest.raises(DataError, match=r"meta.publisher=(AP is 1|DPA is 0) in all documents of the gold"):
        library.regress("spans(COUNT)", of_one, FOUND, on=["meta.publisher"])
    with pytest.raises(DataError, match="2 documents of gold are too few for 2 coefficients"):
        library.regress("spans(COUNT)", GOLD[:2], FOUND, on=["length"])
    telling = [{**item, "extra": {"any": len(item["spans"]) > 0}} for item in TRUTH]
    with pytest.raises(DataError, match=r"extra.any=\w+ tells documents of gold with such a span from those without"):
        library.regress("documents(COUNT)", telling, telling, on=["extra.any"], logit=True)


def test_python_and_the_command_say_the_same(goldspan: Run, corpus: Path) -> None:
    call = ("--gold", corpus / "gold.jsonl", "--predictions", corpus / "found.jsonl")
    for more, found in (
        (("--by", "month", "--against", "2024-02"), library.estimate("spans(COUNT)", str(corpus / "gold.jsonl"), FOUND, by="month", against="2024-02")),
        (("--on", "month", "--on", "length", "--reference", "month=2024-03"), library.regress("spans(COUNT)", GOLD, FOUND, on=["month", "length"], references={"month": "2024-03"})),
    ):  # fmt: skip
        table, picture = corpus / "e.csv", corpus / "e.svg"
        done = goldspan("estimate", "spans(COUNT)", *call, *more, "--json", "--out", table, "--plot", picture)
        assert json.loads(done.stdout) == json.loads(json.dumps(found.to_dict()))
        header, rows = found.rows()
        lines = table.read_text("utf-8").splitlines()
        assert lines[0] == ",".join(header) and len(lines) == 1 + len(rows)
        assert picture.read_bytes().startswith(b"<?xml")
        frame = found.to_pandas()
        assert list(frame.columns) == list(header) and frame["corrected_low"].dtype == "double[pyarrow]"
        shown = goldspan("estimate", "spans(COUNT)", *call, *more, "--methods").stdout
        for line in str(found).splitlines()[1:-1]:
            assert line in shown
        assert "Kluger" in shown or "2024-02" in shown
        assert found.headline in shown and "<table>" in found._repr_html_()


def test_a_group_is_compared_only_among_groups() -> None:
    for settings, said in (
        ({"against": "AP"}, "`against` has no effect without `by`"),
        ({"by": "meta.publisher", "against": "APP"}, "did you mean 'AP'"),
        ({"by": "extra.nothing"}, "no document has this key"),
    ):
        with pytest.raises(UsageError, match=said):
            library.estimate("spans(COUNT)", GOLD, FOUND, **settings)


def test_notes_are_of_the_gold_that_is_used() -> None:
    few = {item["id"] for item in GOLD[:3]}
    even = {item["id"] for item in GOLD[3:]}
    gold = [{**item, "spans": []} if item["id"] in even else item for item in GOLD]
    found = [{**item, "extra": {"k": "zero" if item["id"] in even else "few"}} for item in FOUND]
    gold[0] = TRUTH[next(at for at, item in enumerate(TRUTH) if item["id"] == gold[0]["id"])]
    notes = library.estimate("spans(COUNT)", gold, found, by="extra.k", against="few").notes
    assert any("may be too narrow for 1 group with little gold: few" in note for note in notes)
    assert any("1 group whose gold has the same value in all documents" in note for note in notes)
    some = [item if item["id"] in few or item["id"] not in even else {**item, "meta": {}} for item in FOUND]
    some = [item if at % 9 else {**FOUND[at]} for at, item in enumerate(some)]
    fitted = library.regress("spans(COUNT)", GOLD, some, on=["month"], references={"month": "2024-01"})
    assert any(f"{fitted.gold_documents} documents of gold, " in note for note in fitted.notes)
    assert fitted.gold_documents < 50


def test_a_logistic_regression_of_even_gold_blames_no_field() -> None:
    for quantity, said in (("documents(ACTOR)", "no document of gold has such a span"),):
        with pytest.raises(DataError, match=said):
            library.regress(quantity, GOLD, FOUND, on=["length"], logit=True)


def test_numbers_that_are_none_or_too_large_are_said() -> None:
    mixed = [{**item, "extra": {"c": "nan" if at == 7 else str(at)}} for at, item in enumerate(FOUND)]
    with pytest.raises(DataError, match=r"extra\.c is a number in most documents, but 'nan' in others"):
        library.regress("spans(COUNT)", GOLD, mixed, on=["extra.c"])
    for power in (300, -300):
        large = [{**item, "extra": {"c": (1 + at) * 10.0**power}} for at, item in enumerate(FOUND)]
        with pytest.raises(
            DataError, match=rf"extra\.c has numbers as (large|small) as 1\.2e[+-]{298 if power < 0 else 302}"
        ):
            library.regress("spans(COUNT)", GOLD, large, on=["extra.c"])
