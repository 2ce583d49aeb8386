"""The figures on the progress of an annotation project, from passes made by hand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldspan.eval.annotation_progress.annotator_work import Assignment
from goldspan.eval.annotation_progress.end_forecast import forecast_end, simulate_end
from goldspan.eval.annotation_progress.lead_times import measure_lead_times
from goldspan.eval.annotation_progress.progress_report import ProgressReport, report_progress
from goldspan.eval.annotation_progress.suggestion_outcomes import measure_outcomes
from goldspan.eval.suggestion_bias import known_seconds
from goldspan.schema import DataError, Document, Layer, Scheme, Span

MONDAY = date(2026, 3, 2)
ACCEPTED, CHANGED, ADDED = "prediction", "prediction-changed", "manual"


def done(
    name: str, day: date | None = MONDAY, seconds: float | None = None, spans: Sequence[Span] = (), **more: Any
) -> Document:
    """A document of 100 characters as somebody submitted it."""
    created = None if day is None else f"{day}T23:59:59Z"
    return Document(
        id=name, text="x" * 100, spans=tuple(spans), layer=Layer(created=created, lead_time=seconds, **more)
    )


def some(count: int) -> list[Span]:
    return [Span(n, n + 1, "ACTOR") for n in range(count)]


def work(counts: Sequence[int], prefix: str = "d") -> list[Document]:
    """That many documents on each day, from the Monday on."""
    days = [MONDAY + timedelta(days=number) for number, count in enumerate(counts) for _ in range(count)]
    return [done(f"{prefix}{number}", day) for number, day in enumerate(days)]


def names(count: int, prefix: str = "d") -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]


def test_lead_times_are_medians_of_documents_and_of_spans() -> None:
    times = [(30, 3), (50, 1), (80, 0), (None, 4), (100, 4)]
    found = measure_lead_times([[done(str(n), seconds=t, spans=some(s)) for n, (t, s) in enumerate(times)]])
    assert (found.documents, found.timed, found.untimed, found.outliers) == (5, 4, 1, 0)
    assert found.seconds_per_document == 65  # between 50 and 80
    assert found.seconds_per_span == 25  # of 10, 50 and 25


OUTLIERS: dict[str, tuple[list[float], int]] = {
    # of the logarithms to base 2 the quartiles are 1 and 3 in the first three, so the fences are -2 and 6
    "within": ([1, 2, 2, 4, 4, 8, 8, 8], 0),
    "an hour for a lunch": ([1, 2, 2, 4, 4, 8, 8, 2**6.1], 1),
    "a page opened again for a moment": ([2**-2.1, 2, 2, 4, 4, 8, 8, 8], 1),
    "too few to tell": ([1, 2, 2, 4, 4, 8, 2**20], 0),
}


@pytest.mark.parametrize(("times", "excluded"), OUTLIERS.values(), ids=OUTLIERS)
def test_times_out_of_proportion_are_excluded_and_counted(times: list[float], excluded: int) -> None:
    group = [done(str(n), seconds=t) for n, t in enumerate(times)]
    found = measure_lead_times([group])
    assert (found.outliers, found.timed) == (excluded, len(times) - excluded)
    both = measure_lead_times([group, [done("slow", seconds=10_000)]])  # the other's own pace
    assert both.outliers == excluded


def test_a_long_text_may_take_long() -> None:
    long = Document(id="long", text="x" * 6400, spans=(), layer=Layer(lead_time=256))
    assert measure_lead_times([[*(done(str(n), seconds=2 ** (n % 3)) for n in range(9)), long]]).outliers == 0


@pytest.mark.parametrize("time", [-1.0, 0.0, float("nan"), float("inf")])
def test_a_time_that_cannot_be_counts_as_none(time: float) -> None:
    group = [*(done(str(n), seconds=30) for n in range(9)), done("odd", seconds=time)]
    found = measure_lead_times([group])
    assert (found.timed, found.untimed, found.outliers, found.seconds_per_document) == (9, 1, 0, 30)
    assert known_seconds(group[-1]) is None


def span(start: int, end: int, label: str = "ACTOR", origin: Any = None) -> Span:
    return Span(start, end, label, origin=origin)


SUGGESTED = [span(0, 10), span(20, 30, "LOCATION"), span(40, 50)]
OUTCOMES: dict[str, tuple[list[Span], list[int] | None]] = {
    "all accepted": ([span(*_, origin=ACCEPTED) for _ in [(0, 10), (20, 30, "LOCATION"), (40, 50)]], [3, 0, 0, 0]),
    "nothing left": ([], [0, 0, 3, 0]),
    "added beside": ([span(60, 70, origin=ADDED)], [0, 0, 3, 1]),
    "shortened": ([span(0, 5, origin=CHANGED)], [0, 1, 2, 0]),
    "value only": ([span(0, 10, origin=CHANGED)], [0, 1, 2, 0]),
    "drawn over its neighbour": ([span(0, 21, origin=CHANGED), span(20, 30, "LOCATION", ACCEPTED)], [1, 1, 1, 0]),
    "two of one": ([span(0, 4, origin=CHANGED), span(5, 10, origin=CHANGED)], None),
    "of other suggestions": ([span(0, 9, origin=ACCEPTED)], None),
    "of unknown origin": ([span(0, 10)], None),
}


@pytest.mark.parametrize(("spans", "counts"), OUTCOMES.values(), ids=OUTCOMES)
def test_each_suggestion_is_accepted_changed_or_rejected(
    spans: list[Span], counts: list[int] | None, scheme: Scheme
) -> None:
    found, notes = measure_outcomes([done("a", spans=spans)], scheme, {"a": SUGGESTED})
    if counts is None:
        assert found is None and "not counted" in notes[0]
        return
    assert found is not None and notes == []
    assert [found.all.accepted, found.all.changed, found.all.rejected, found.all.added] == counts
    assert found.all.suggested == 3 and sum(item.suggested or 0 for item in found.labels.values()) == 3


def test_a_changed_label_counts_for_the_one_that_was_suggested(scheme: Scheme) -> None:
    spans = [span(0, 10, "LOCATION", CHANGED), span(20, 30, "LOCATION", ACCEPTED)]
    found, _ = measure_outcomes([done("a", spans=spans)], scheme, {"a": SUGGESTED})
    assert found is not None
    actor, place = found.labels["ACTOR"], found.labels["LOCATION"]
    assert (actor.changed_share, actor.rejected_share, place.accepted_share) == (0.5, 0.5, 1)
    assert (place.changed, place.added_share, found.labels["DATE"].accepted_share) == (0, 0, None)


def test_without_the_suggestions_nothing_is_said_of_what_was_rejected(scheme: Scheme) -> None:
    found, notes = measure_outcomes([done("a", spans=[span(0, 10, origin=ACCEPTED)])], scheme, None)
    assert found is not None and len(notes) == 1
    assert (found.all.accepted, found.all.rejected, found.all.accepted_share, found.all.added_share) == (
        1,
        None,
        None,
        0,
    )
    assert measure_outcomes([done("b")], scheme, {"a": SUGGESTED})[0] is None


def report(counts: Sequence[int], total: int, scheme: Scheme, **more: Any) -> ProgressReport:
    return report_progress({"ann": work(counts)}, scheme, assignment=Assignment({"ann": names(total)}), **more)


def test_a_steady_pace_leaves_no_doubt(scheme: Scheme) -> None:
    end = report([2] * 10, 31, scheme).end
    assert end is not None and end.remaining == 11
    last = MONDAY + timedelta(days=9)
    assert end.day == end.earliest == end.latest == (last + timedelta(days=6)).isoformat()


def test_days_without_work_until_the_day_of_the_report_count(scheme: Scheme) -> None:
    ends = [report([2] * 10, 31, scheme, day=MONDAY + timedelta(days=n)).end for n in (9, 19)]
    assert all(end is not None and end.day and end.latest for end in ends)
    one, other = ((date.fromisoformat(e.day or "") - MONDAY).days - n for e, n in zip(ends, (9, 19), strict=True) if e)
    assert one == 6 and 10 <= other <= 14  # at half the pace
    idle = report([2] * 10, 31, scheme, day=MONDAY + timedelta(days=9 + 28))
    assert idle.end is not None and idle.end.earliest is None
    assert any("cannot be told for ann: nothing done in the last 28 days" in note for note in idle.notes)


def test_the_forecast_is_that_of_a_plain_simulation() -> None:
    counts = [5, 3, 0, 7, 4, 0, 0, 6, 2, 5, 3, 4, 0, 0]
    courses = simulate_end(np.array(counts), 60, "ann")
    assert courses is not None
    rng, plain = random.Random(1), []
    for _ in range(2000):
        sample = rng.choices(counts, k=len(counts))
        days = left = 0
        while left < 60 and days < 3660:
            left += rng.choice(sample)
            days += 1
        plain.append(days)
    assert abs(float(np.median(courses)) - median(plain)) <= 1
    for share in (0.025, 0.975):
        assert abs(np.quantile(courses, share) / np.quantile(plain, share) - 1) < 0.1


@pytest.mark.parametrize("is_uneven", [False, True])
def test_the_interval_covers_the_end_of_projects_with_weekends(is_uneven: bool) -> None:
    rng = np.random.default_rng(5)
    covered = 0
    for number in range(60):
        pace = rng.negative_binomial(2, 1 / 6, 600) if is_uneven else rng.poisson(10, 600)
        counts = np.where((np.arange(600) + number) % 7 < 5, pace, 0)
        end = MONDAY + timedelta(days=1 + int((counts[14:].cumsum() >= 200).argmax()))
        courses = simulate_end(counts[:14], 200, str(number))
        forecast = forecast_end([courses], 200, MONDAY)
        covered += (forecast.earliest or "") <= str(end) <= (forecast.latest or "9")
    assert covered >= 54  # 95 % of 60 are 57


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=7, max_size=40), st.integers(1, 300), st.integers(0, 300))
def test_more_to_do_never_ends_earlier(counts: list[int], remaining: int, more: int) -> None:
    short, long = (simulate_end(np.array(counts), number, "x") for number in (remaining, remaining + more))
    assert short is not None and long is not None
    one, other = (np.quantile(part, (0.025, 0.5, 0.975), method="inverted_cdf") for part in (short, long))
    assert (one <= other + 1).all() or more == 0
    end = forecast_end([short], remaining, MONDAY)
    found = [end.earliest, end.day, end.latest]
    assert sorted(found, key=lambda day: day or "9") == found and all(day is None or day > str(MONDAY) for day in found)


def test_a_team_ends_with_its_last_annotator(scheme: Scheme) -> None:
    passes = {"ann": work([2] * 10), "ben": work([1] * 10, "b")}
    plan = {"ann": names(24), "ben": names(30, "b")}
    found = report_progress(passes, scheme, assignment=Assignment(plan))
    assert (found.planned, found.done) == (54, 30)
    ann, ben = found.annotators["ann"].end, found.annotators["ben"].end
    assert found.end is not None and ann is not None and ben is not None
    last = MONDAY + timedelta(days=9)
    assert (ann.day, ben.day) == (str(last + timedelta(days=2)), str(last + timedelta(days=20)))
    assert (found.end.remaining, found.end.day) == (24, ben.day)

    plan["cy"] = names(1, "c")
    unbegun = report_progress(passes, scheme, assignment=Assignment(plan))
    assert unbegun.end is not None and unbegun.end.day is None
    assert any("cannot be told for cy" in note for note in unbegun.notes)
    gone = report_progress(passes, scheme, assignment=Assignment(plan, left=("cy",)))
    assert gone.end == found.end and any("who left, not in the forecast: cy 1" in note for note in gone.notes)


def test_what_is_not_known_is_said(scheme: Scheme) -> None:
    short = report([5, 5], 100, scheme)
    assert short.end is not None and short.end.day is None and any("fewer than 7 days" in n for n in short.notes)
    complete = report([5, 5], 10, scheme)
    assert complete.end is not None and complete.end.remaining == 0 and "end: done" in str(complete)
    passes = {"ann": [done("a", None), done("b", skipped=True), done("c", spans=[span(0, 1, origin=ACCEPTED)])]}
    bare = report_progress(passes, scheme)
    assert (bare.planned, bare.done, bare.end, bare.agreement, bare.suggestions) == (None, 3, None, None, None)
    told = "\n".join(bare.notes)
    for words in (
        "not known without a plan",
        "1 document done on an unknown day",
        "2 annotated documents without a known",
    ):
        assert words in told
    assert "accepted suggestions counted as annotated without" in told and "annotated by two annotators" in told
    assert (bare.annotators["ann"].annotated, bare.annotators["ann"].skipped) == (2, 1)
    earlier = report_progress(passes, scheme, day=MONDAY - timedelta(days=1))
    assert earlier.day == MONDAY and "after the day of the report" in "\n".join(earlier.notes)
    stranger = report_progress(passes, scheme, assignment=Assignment({"ben": ["a"]}))
    assert stranger.annotators["ann"].planned is None and "not in the plan: ann" in stranger.notes
    with pytest.raises(DataError, match="draft"):
        report_progress({"ann": [done("a", draft=True)]}, scheme)


@pytest.mark.parametrize("day", [date.min, date(1999, 12, 31), date.max, date.today() + timedelta(days=3)])
def test_a_day_that_cannot_be_is_left_out_and_named(day: date, scheme: Scheme) -> None:
    plan = Assignment({"ann": names(30)})
    sound = report([2] * 10, 30, scheme)
    odd = replace(work([1])[0], layer=Layer(created=f"{day.isoformat()}T10:00:00Z"))
    found = report_progress({"ann": [odd, *work([2] * 10)[1:]]}, scheme, assignment=plan)
    assert found.done == sound.done and found.day == sound.day and found.end and found.end.day
    assert (
        f"1 document done on a day that cannot be, not in the days and the forecast, such as 'd0' of ann ({day})"
        in ("\n".join(found.notes))
    )
    assert not any("unknown day," in note for note in found.notes)
    alone = report_progress({"ann": [odd]}, scheme, assignment=plan)
    assert alone.day is None and any(
        "cannot be told for ann" in note and "whose day is unknown or cannot be" in note for note in alone.notes
    )
    assert report_progress({"ann": work([1])}, scheme, today=MONDAY - timedelta(days=1)).day is None
    assert report([2] * 10, 30, scheme, day=date.max).day == date.max
    assert report_progress({"ann": work([1])}, scheme, today=MONDAY).day == MONDAY


def test_a_project_without_a_plan_counts_each_document_once(scheme: Scheme) -> None:
    passes = {"ann": work([2] * 10), "ben": [replace(d, layer=Layer(skipped=True)) for d in work([1] * 10)]}
    found = report_progress(passes, scheme, assignment=Assignment(total=30))
    assert (found.planned, found.done) == (30, 20) and found.end is not None
    assert found.end.remaining == 10 and found.annotators["ann"].end is None
    assert found.annotators["ben"].skipped == 10
