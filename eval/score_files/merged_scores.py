"""Scores of several files as one: a leaderboard, in which every two systems are tested on the counts of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from ...schema import DataError, Problem, UsageError, pluralize
from ..comparisons.system_runs import repeated_systems, run_names, runs_of
from ..publishing.published_tables import score_entries
from ..score_results import Scores
from ..statistics.interval_coverage import MIN_DOCUMENTS
from ..statistics.significance import checked_tests, compare_systems, notes_on_tests
from ..system_score import SystemScore
from .merged_notes import merged_notes
from .resampled_figures import compared_in_resamples
from .score_reader import load_scores
from .signatures import SHARED


class _Run(NamedTuple):
    name: str
    """Name of the system."""
    score: SystemScore
    source: int
    """Index of the source."""


def merge_scores(*sources: Scores | str | Path, names: Sequence[str] = (), tests: Sequence[str] = ()) -> Scores:
    """Merge scores against the same gold, the best first, and test all pairs of systems on their counts by document.

    Figures, intervals and tests are those that `score` gives for all systems at once.

    Args:
        sources: Scores, or the files that hold them.
        names: A name for each source, or an empty text to leave its own; only a source with a single system can be
            named. The same name several times is for runs of one system.
        tests: Paths of the metrics by which systems are compared; strict micro F1 by default.

    Raises:
        DataError: A file cannot be read, or its gold, settings or measures differ from those of the first.
        UsageError: There are no sources, two have the same name, or a name or a metric cannot be used.

    Examples:
        >>> import goldspan
        >>> from goldspan.eval import merge_scores
        >>> gold = {"a": [(0, 4, "ACTOR")], "b": [(0, 4, "ACTOR")]}
        >>> goldspan.score(gold, gold, names=["all"], resamples=0).save("all.json")
        >>> half = goldspan.score(gold, {"a": gold["a"], "b": []}, names=["half"], resamples=0)
        >>> merge_scores("all.json", half).comparison_table()["all", "half"]
        0.33333333333333337
    """
    for source in sources:
        if not isinstance(source, Scores | str | Path):
            kind = type(source).__name__
            raise UsageError(f"`sources`: a {kind} is neither scores nor a file. Fix: merge_scores(a, b) or (*files)")
    if not sources:
        raise UsageError("there are no scores to merge. Fix: name one file or more")
    if names and (isinstance(names, str) or len(names) != len(sources)):
        count = pluralize(len(sources), "source")
        raise UsageError(
            f"`names` are not one for each source. Fix: a list of names for {count}, empty to leave its own"
        )
    loaded = [source if isinstance(source, Scores) else load_scores(source) for source in sources]
    places = [
        f"scores {number}" if isinstance(source, Scores) else str(source) for number, source in enumerate(sources, 1)
    ]
    first = loaded[0]
    for place, scores in zip(places[1:], loaded[1:], strict=True):
        _require_comparable(places[0], first, place, scores)
    given = names or [""] * len(sources)
    runs = [run for number, name in enumerate(given) for run in _runs(name, loaded[number], number, places[number])]
    _require_distinct(runs, given, places)
    tested = checked_tests(tests, {run.name for run in runs})
    runs = _ranked(runs, tested)
    of_systems = [run.name for run in runs]
    slices = _shared_slices(loaded)
    systems = [_renamed(run.score, name, slices) for run, name in zip(runs, run_names(of_systems), strict=True)]
    shown: list[dict[str, str]] = [{} for _ in loaded]
    for run, system in zip(runs, systems, strict=True):
        shown[run.source][run.score.name] = system.name
    resamples, seed = (int(first.settings[key]) for key in ("boot", "seed"))
    groups = runs_of(of_systems, compared_in_resamples(systems, tested, resamples, seed))
    comparisons = compare_systems(groups, tested, resamples=resamples, seed=seed)
    has_tests = resamples > 0 and first.gold.documents >= MIN_DOCUMENTS
    notes = [*merged_notes(loaded, shown), *(notes_on_tests(groups, tested, comparisons) if has_tests else ())]
    if any(scores.systems[0].slices for scores in loaded) and not slices:
        notes.append("slices are left out, since the files do not have the same")
    paths = {scores.gold.path for scores in loaded}
    settings = {key: text for key, text in first.settings.items() if all(s.settings.get(key) == text for s in loaded)}
    return Scores(
        replace(first.gold, path=first.gold.path if len(paths) == 1 else None),
        systems,
        comparisons,
        notes,
        repeated_systems(of_systems, systems),
        settings,
    )


def _runs(name: str, scores: Scores, source: int, place: str) -> Iterator[_Run]:
    """Yield the systems of a source, each of their runs on its own."""
    entries = score_entries(scores)
    if name and len(entries) > 1:
        held = ", ".join(entry.name for entry in entries)
        raise UsageError(
            f"{place} cannot be named {name!r}: it holds {len(entries)} systems, {held}. Fix: leave out the name"
        )
    for entry in entries:
        for score in entry.scored:
            yield _Run(name or entry.name, score, source)


def _require_distinct(runs: Sequence[_Run], given: Sequence[str], places: Sequence[str]) -> None:
    """Check that only systems that the call names have the same name, which makes them runs of one.

    Raises:
        UsageError: Two sources have a system of one name.
    """
    first: dict[str, int] = {}
    for run in runs:
        other = first.setdefault(run.name, run.source)
        if other != run.source and not (given[other] and given[run.source]):
            fix = "name one of them in `names`, in a call of the command as NAME=FILE"
            raise UsageError(f"{places[other]} and {places[run.source]} both have a system {run.name!r}. Fix: {fix}")


def _ranked(runs: Sequence[_Run], tests: Sequence[str]) -> list[_Run]:
    """Return the runs of the best system first, by the mean of the first tested metric; undefined ones last.

    Raises:
        UsageError: A metric does not exist.
    """
    groups = runs_of([run.name for run in runs], runs)
    means: dict[str, float | None] = {}
    for path in tests[::-1]:  # so that the first is kept, and all exist
        for name, group in groups.items():
            values = [run.score.metric(path) for run in group]
            means[name] = None if None in values else fmean(value for value in values if value is not None)
    ranked = sorted(groups, key=lambda name: (means[name] is None, -(means[name] or 0.0), name))
    return [run for name in ranked for run in groups[name]]


def _require_comparable(first_place: str, first: Scores, place: str, scores: Scores) -> None:
    """Check that scores are of the same gold, settings and measures as the first.

    Raises:
        DataError: They are not, with what differs.
    """
    settings, others = ({**s.settings, "gold": s.gold.sha256[:12]} for s in (first, scores))
    whole = first.gold.sha256 == scores.gold.sha256
    for key, fix in SHARED.items():
        a, b = settings.get(key, "none"), others.get(key, "none")
        if a != b or (key == "gold" and not whole):
            _refuse(first_place, place, key, a, b, fix)
    a, b = (", ".join(_measures(item)) for item in (first, scores))
    if a != b:
        _refuse(first_place, place, "measures", a, b, "score all systems with the same `measures` and `tokens`")
    if list(first.systems[0].counts.documents) != list(scores.systems[0].counts.documents):
        _refuse(first_place, place, "gold", "other documents", "these", SHARED["gold"])


def _measures(scores: Scores) -> list[str]:
    """Return the names of the measures, those that were asked for in the order of the alphabet."""
    system = scores.systems[0]
    four = list(system.spans.parts())[: -len(system.spans.further) or None]
    return [*four, *sorted(system.spans.further), *(["tokens"] if system.tokens is not None else [])]


def _refuse(first_place: str, place: str, key: str, first: str, other: str, fix: str) -> None:
    what = f"its scores cannot stand beside those of {first_place}: {key} {other} here, {first} there"
    raise DataError(Problem(what, fix, place))


def _shared_slices(loaded: Sequence[Scores]) -> bool:
    """Return whether all scores have slices by the same fields."""
    fields = [tuple(system.slices or ()) for scores in loaded for system in scores.systems]
    return bool(fields[0]) and len(set(fields)) == 1


def _renamed(system: SystemScore, name: str, slices: bool) -> SystemScore:
    """Return scores under another name, and without slices if not all systems have them."""
    if slices:
        return replace(system, name=name)
    return replace(system, name=name, slices=None, intervals=replace(system.intervals, slices=None))
