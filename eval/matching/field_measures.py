"""What is compared of a field: the checks whether two values match, and how far they differ or agree."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from sys import float_info
from typing import Any, NamedTuple

from ...schema import Field, Value, distance_km, parse_edtf
from ...schema.value_types import Coordinates, EdtfDate, Interval, Text

NEAR_KM = (25, 161)
"""Radii for geocoding accuracy: that of the scheme, and the customary 161 km (100 miles; Cheng et al. 2010)."""

MEDIAN_KM, MEDIAN_ERROR, MEDIAN_RELATIVE_ERROR = "median_km", "_median_error", "_median_relative_error"
"""The figure of points, and the endings of those of fields, that are medians of pairs."""


class PairMeasure(NamedTuple):
    """A number that is computed for each pair of values, of which a figure is the mean or the median.

    Attributes:
        name: Name of the figure.
        field: Name of the field.
        of_pair: Returns the number for two values; None if the figure does not apply to them.
        is_mean: Whether the figure is the mean; otherwise the median.
    """

    name: str
    field: str
    of_pair: Callable[[Value | None, Value | None], float | None]
    is_mean: bool = False


def is_median(name: str) -> bool:
    """Return whether a figure of values is a median of pairs, which is no function of counts that are summed."""
    return name == MEDIAN_KM or name.endswith((MEDIAN_ERROR, MEDIAN_RELATIVE_ERROR))


_Check = Callable[[Value | None, Value | None], bool | None]
"""A check whether a part of two values matches; its result is None if the gold value is not specific enough."""


def field_checks(field: Field) -> list[tuple[str, _Check]]:
    """Return the checks of a field with the names of their metrics."""
    kind = field.type

    def same(a: Value | None, b: Value | None) -> bool:
        if a is None or b is None:
            return _all_unknown(field, a) and _all_unknown(field, b)
        return kind.same(field.parts(a), field.parts(b)) or (_all_unknown(field, a) and _all_unknown(field, b))

    if isinstance(kind, Coordinates):
        return [(f"acc_{radius}km", _within(field, radius)) for radius in NEAR_KM]
    if isinstance(kind, Interval):
        return [("interval_accuracy", same), ("interval_overlap", _both(field, _intervals_overlap))]
    if isinstance(kind, EdtfDate):
        return [(f"{field.name}_overlap", _both(field, lambda a, b: parse_edtf(a[0]).overlaps(parse_edtf(b[0]))))]
    return [] if isinstance(kind, Text) else [(f"{field.name}_accuracy", same)]


def pair_measures(field: Field) -> list[PairMeasure]:
    """Return the numbers that are computed for each pair of values of a field."""
    kind, name = field.type, field.name
    found = []
    if isinstance(kind, Coordinates):
        found.append(
            PairMeasure(MEDIAN_KM, name, _of_known(field, lambda a, b: distance_km((a[0], a[1]), (b[0], b[1]))))
        )
    if kind.share_figure:
        found.append(PairMeasure(f"{name}_{kind.share_figure}", name, _share(field), is_mean=True))
    if kind.has_amounts:
        if kind.error_unit is not None:
            found.append(PairMeasure(f"{name}{MEDIAN_ERROR}", name, _of_known(field, partial(_error, field))))
        found.append(
            PairMeasure(f"{name}{MEDIAN_RELATIVE_ERROR}", name, _of_known(field, partial(_relative_error, field)))
        )
    return found


def _of_known(
    field: Field, of_parts: Callable[[tuple[Any, ...], tuple[Any, ...]], float | None]
) -> Callable[[Value | None, Value | None], float | None]:
    """Return a function of two values that is None unless the field is known in both."""

    def of_pair(a: Value | None, b: Value | None) -> float | None:
        if a is None or b is None or _all_unknown(field, a) or _all_unknown(field, b):
            return None
        return of_parts(field.parts(a), field.parts(b))

    return of_pair


def _share(field: Field) -> Callable[[Value | None, Value | None], float | None]:
    """Return the share by which two values agree: 1 if both are unknown, 0 if one is."""
    of_known = _of_known(field, field.type.similarity)

    def of_pair(a: Value | None, b: Value | None) -> float:
        share = of_known(a, b)
        return float(_all_unknown(field, a) and _all_unknown(field, b)) if share is None else share

    return of_pair


def _error(field: Field, gold: tuple[Any, ...], system: tuple[Any, ...]) -> float | None:
    """Return the difference of two values on the scale that all values of the type are on; None if one is not."""
    ours, theirs = field.type.amount(*gold), field.type.amount(*system)
    return None if ours is None or theirs is None or ours[0] or theirs[0] else _finite(abs(theirs[1] - ours[1]))


def _relative_error(field: Field, gold: tuple[Any, ...], system: tuple[Any, ...]) -> float | None:
    """Return the difference of two values as a share of the gold one; None on different scales, and of 0."""
    kind = field.type
    ours, theirs = kind.amount(*gold), kind.amount(*system)
    if ours is None or theirs is None or ours[0] != theirs[0] or not ours[1]:
        return None
    if not (kind.has_true_zero(*gold) and kind.has_true_zero(*system)):
        return None
    return _finite(abs(theirs[1] - ours[1]) / abs(ours[1]))


def _finite(error: float) -> float | None:
    """Return an error; None if it is so great that the mean of two would not be a finite number."""
    return error if error <= float_info.max / 2 else None


def _all_unknown(field: Field, value: Value | None) -> bool:
    return value is None or all(part == key.default for part, key in zip(field.parts(value), field.keys, strict=True))


def _both(field: Field, match: Callable[[Any, Any], bool]) -> Callable[[Value | None, Value | None], bool]:
    """Return a check whether both values are known and `match`, or neither is known."""

    def check(a: Value | None, b: Value | None) -> bool:
        if a is None or b is None or _all_unknown(field, a) or _all_unknown(field, b):
            return _all_unknown(field, a) and _all_unknown(field, b)
        return match(field.parts(a), field.parts(b))

    return check


def _within(field: Field, radius: float) -> _Check:
    """Return a check whether two points are within `radius` km; its result is None if the gold point is unknown."""
    is_near = _both(field, lambda a, b: distance_km((a[0], a[1]), (b[0], b[1])) <= radius)
    return lambda gold, system: None if _all_unknown(field, gold) else is_near(gold, system)


def _intervals_overlap(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """Check whether two intervals have a number in common; null bounds are open."""
    infinity = float("inf")
    (low_a, high_a), (low_b, high_b) = (
        (-infinity if low is None else low, infinity if high is None else high) for low, high, _ in (a, b)
    )
    return bool(low_a <= high_b and low_b <= high_a)
