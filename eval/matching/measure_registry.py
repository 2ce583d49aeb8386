"""Measures by name: those of goldspan, and those that other packages provide as entry points."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import numpy as np

from ...schema import DataError, DependencyError, GoldspanError, Problem, UsageError, did_you_mean
from ...schema.extras import require_extras
from .cluster_measures import CLUSTER_FIGURES, ClusterMeasure
from .compared_spans import ComparedSpans
from .match_counts import MEASURES, MatchCounts
from .span_measures import (
    CharacterMeasure,
    IouMeasure,
    LinkedMeasure,
    OverlapMeasure,
    SemevalMeasure,
    SpanMeasure,
    ThresholdMeasure,
    ToleranceMeasure,
)

GROUP = "goldspan.measures"
"""The entry point group of measures."""

MeasureFactory = Callable[[str | None], SpanMeasure]
"""A function from the text after `@` in a name, None without one, to the measure."""

ClusterMeasureFactory = Callable[[str | None], ClusterMeasure]
"""The same for a measure of clusters, which only goldspan has."""

_DIGITS = 6  # after the point of a threshold
_MAX_DISTANCE = 1000


def _share(make: Callable[[Decimal], SpanMeasure], name: str) -> MeasureFactory:
    def factory(argument: str | None) -> SpanMeasure:
        try:
            threshold = Decimal(argument or "")
            valid = 0 < threshold <= 1 and round(threshold, _DIGITS) == threshold
        except InvalidOperation:
            valid = False
        if not valid:
            what = "not a share above 0, at most 1" if argument else "the measure needs a share"
            raise UsageError(f"{_spelt(name, argument)}: {what}. Fix: {name}@0.5, for example")
        return make(Decimal(format(threshold.normalize(), "f")))

    return factory


def _tolerance(argument: str | None) -> SpanMeasure:
    if not re.fullmatch("[0-9]{1,5}", argument or "") or int(argument or 0) > _MAX_DISTANCE:
        problem = f"{_spelt('tolerance', argument)}: not a number of code points, at most {_MAX_DISTANCE}"
        raise UsageError(f"{problem}. Fix: tolerance@1, for example")
    return ToleranceMeasure(int(argument or 0))


def _characters(argument: str | None) -> SpanMeasure:
    if argument is not None:
        raise UsageError(f"{_spelt('characters', argument)}: nothing follows this measure. Fix: characters")
    return CharacterMeasure()


def _linked(name: str, *, relaxed: bool) -> MeasureFactory:
    def factory(argument: str | None) -> SpanMeasure:
        return LinkedMeasure(relaxed, nil=_is_nil(name, argument))

    return factory


def _clusters(figure: str) -> ClusterMeasureFactory:
    def factory(argument: str | None) -> ClusterMeasure:
        name = f"{_CLUSTERS}.{figure}"
        nil = _is_nil(name, argument)
        if figure.startswith("ceaf"):
            require_extras(f"the measure {name}", "clusters")
        return ClusterMeasure(figure, nil)

    return factory


def _is_nil(name: str, argument: str | None) -> bool:
    """Return whether a measure of linked spans was asked to compare spans without an id too."""
    if argument not in (None, "nil"):
        raise UsageError(f"{_spelt(name, argument)}: not a form of this measure. Fix: {name} or {name}@nil")
    return argument is not None


def _spelt(name: str, argument: str | None) -> str:
    return name if argument is None else f"{name}@{argument}"


_CLUSTERS = "clusters"
"""What all measures of clusters begin with; alone, it stands for all of them."""

_BUILT_IN: Mapping[str, MeasureFactory | ClusterMeasureFactory] = {
    "iou": _share(IouMeasure, "iou"),
    "overlap": _share(OverlapMeasure, "overlap"),
    "tolerance": _tolerance,
    "characters": _characters,
    "linked.strict": _linked("linked.strict", relaxed=False),
    "linked.relaxed": _linked("linked.relaxed", relaxed=True),
    **{f"{_CLUSTERS}.{figure}": _clusters(figure) for figure in CLUSTER_FIGURES},
}

_SIMPLE = ("characters", "linked.strict", "linked.relaxed", _CLUSTERS, *(f"{_CLUSTERS}.{f}" for f in CLUSTER_FIGURES))
_FORMS = ("iou@0.5", "overlap@0.5", "tolerance@1", *_SIMPLE)


def find_measures(measures: Iterable[str | SpanMeasure]) -> list[SpanMeasure | ClusterMeasure]:
    """Return measures by name; those that are measures already are checked and returned as they are.

    The name `clusters`, or `clusters@nil`, stands for all measures of clusters.

    Raises:
        UsageError: A name is unknown, its argument is wrong, or a measure is given twice or is always computed.
        DependencyError: The measure of another package cannot be loaded, or does not follow `SpanMeasure`.
    """
    if isinstance(measures, str):
        raise UsageError(f"`measures` is a string. Fix: a list, [{measures!r}]")
    found: dict[str, SpanMeasure | ClusterMeasure] = {}
    for item in (each for given in measures for each in _expanded(given)):
        if not isinstance(item, (str, SpanMeasure)) or isinstance(item, type):
            raise UsageError(
                f"{item!r} is not a measure. Fix: a name such as 'iou@0.5', or an object with `name` and `count`"
            )
        measure = _load(item) if isinstance(item, str) else _checked(item, "the measure")
        if measure.name in MEASURES:
            raise UsageError(f"the measure {measure.name} is always computed. Fix: leave it out of `measures`")
        if measure.name in found:
            raise UsageError(f"the measure {measure.name} is given twice. Fix: give it once")
        found[measure.name] = measure
    return list(found.values())


def lies_across_documents(measure: SpanMeasure | ClusterMeasure) -> bool:
    """Return whether a measure may depend on the spans of several documents: those of ids, and of other packages."""
    return not isinstance(measure, SemevalMeasure | ThresholdMeasure | ToleranceMeasure | CharacterMeasure)


_LARGEST_SUM = 2.0**62


def counted(measure: SpanMeasure, spans: ComparedSpans) -> MatchCounts:
    """Return the counts of a measure, and check them, as it may be another package's.

    Raises:
        DependencyError: The measure failed, or its counts cannot be right.
        DataError: Spans are nested too deeply for the measure.
    """
    try:
        counts = measure.count(spans)
    except GoldspanError:
        raise
    except (Exception, SystemExit) as error:
        raise DependencyError(f"the measure {measure.name} failed: {type(error).__name__}: {error}") from error
    shape = (spans.documents, len(spans.labels) + 1)
    tables: list[Any] = [getattr(counts, name, None) for name in ("matched", "partial", "gold", "system")]
    for table in tables:
        if not isinstance(table, np.ndarray) or table.shape != shape or not np.issubdtype(table.dtype, np.integer):
            raise DependencyError(
                f"the measure {measure.name} returned no counts: expected whole numbers of shape {shape} in each of "
                "matched, partial, gold and system. Fix: tell its authors"
            )
    matched, partial, gold, system = tables
    if any(np.any(table < 0) or table.sum(dtype=np.float64) > _LARGEST_SUM for table in (gold, system)):
        what = f"the spans are too long for the measure {measure.name}, whose counts would not fit into 64 bits"
        raise DataError(Problem(what, "leave it out of `measures`"))
    if np.any((matched < 0) | (partial < 0) | (matched + partial > np.minimum(gold, system))):
        raise DependencyError(
            f"the measure {measure.name} counted more pairs than there are spans, or fewer than none. Fix: tell its "
            "authors"
        )
    return counts


def _expanded(item: str | SpanMeasure) -> list[str | SpanMeasure]:
    name, at, argument = item.partition("@") if isinstance(item, str) else ("", "", "")
    if name != _CLUSTERS:
        return [item]
    suffix = "@nil" if _is_nil(name, argument if at else None) else ""
    return [f"{name}.{figure}{suffix}" for figure in CLUSTER_FIGURES]


def _load(text: str) -> SpanMeasure | ClusterMeasure:
    name, at, argument = text.partition("@")
    if name in MEASURES and not at:
        raise UsageError(f"the measure {name} is always computed. Fix: leave it out of `measures`")
    if name in _BUILT_IN:
        return _BUILT_IN[name](argument if at else None)
    others = {entry_point.name: entry_point for entry_point in entry_points(group=GROUP)}
    if name not in others:
        forms = {form.partition("@")[0]: form for form in _FORMS} | {other: other for other in others}
        raise UsageError(f"unknown measure {text!r}: {did_you_mean(text, list(forms.values()))}")
    return _from_package(others[name], argument if at else None)


def _from_package(entry_point: EntryPoint, argument: str | None) -> SpanMeasure:
    what = f"the measure {entry_point.name} ({entry_point.value})"
    try:
        factory: MeasureFactory = entry_point.load()
        made = factory(argument)
    except GoldspanError:
        raise
    except (Exception, SystemExit) as error:  # another package may raise anything
        raise DependencyError(f"{what} cannot be loaded: {type(error).__name__}: {error}") from error
    measure = _checked(made, what)
    if measure.name.partition("@")[0] != entry_point.name:
        raise DependencyError(f"{what} calls itself {measure.name!r}. Fix: tell its authors")
    return measure


def _checked(made: object, what: str) -> SpanMeasure:
    if isinstance(made, type) or not isinstance(made, SpanMeasure):
        raise DependencyError(f"{what} lacks a `name` or `count`: {made!r}. Fix: tell its authors")
    if not isinstance(made.name, str) or not re.fullmatch(r"[^\s,=\"]+", made.name):
        raise DependencyError(f"{what} has no usable name: {made.name!r}. Fix: a word without blanks, commas or =")
    return made
