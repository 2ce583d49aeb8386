"""Units of numbers in two schemes: whether numbers keep theirs, and mean the same."""

from __future__ import annotations

from math import isclose

from ..values.label_field import Field
from ..values.numbers import TOLERANCE, UCUM, Number


def _units(item: Field) -> frozenset[str] | None:
    """Return the units that numbers of a field may have; none if none is known; None if any of UCUM."""
    if not isinstance(item.type, Number):
        return frozenset()
    spec = item.type.spec()
    listed = frozenset(name for name, _ in spec.get("units", ()))
    if spec.get("unit") == UCUM:
        return listed or None
    return listed or frozenset(filter(None, [spec.get("unit")]))


def unit_problem(source: Field, target: Field) -> str:
    """Return why numbers cannot keep their units, or would mean something else in those that they get; empty if not."""
    old, new = _units(source), _units(target)
    states, stated = len(source.keys) > 1, len(target.keys) > 1
    if not isinstance(source.type, Number) or not isinstance(target.type, Number):
        return _read_as(old, new) if old or new else ""
    if states and not stated and not new:
        return "values would lose their unit"
    if stated and not old and old is not None:
        return "values have no unit, and need one in it"
    codes = [item.type.spec().get("unit") == UCUM for item in (source, target)]
    if codes[0] != codes[1]:  # `a` is a year there
        names = [f"in {'a unit of UCUM' if is_ucum else 'units of the scheme'}" for is_ucum in codes]
        return f"values {names[0]} would be read as values {names[1]}"
    if new is None:
        return ""
    if old is None:  # of those that state one, each value is asked about if need be
        return "" if stated else f"not all values are in {', '.join(new)}"
    if not states and not stated:
        return _read_as(old, new)
    if missing := sorted(old - new):
        verb = "s " if missing[1:] else " "
        return f"the unit{verb}{', '.join(missing)} {'have' if missing[1:] else 'has'} no place in it"
    return _factor_problem(source, target)


def _read_as(old: frozenset[str] | None, new: frozenset[str] | None) -> str:
    """Return what is wrong with reading numbers in one unit as those in another; empty if it is the same."""
    if not old:
        return f"values without a unit would be read as values in {', '.join(new or ())}" if new else ""
    return "" if old == new else f"values in {', '.join(old)} would be read as {', '.join(new or ['a number alone'])}"


def _factor_problem(source: Field, target: Field) -> str:
    """Return the unit whose factor makes it another one; empty if there is none."""
    old, new = _factors(source), _factors(target)
    shared = [name for name in old if name in new]
    for name in shared[1:]:
        before, after = old[name] / old[shared[0]], new[name] / new[shared[0]]
        if not isclose(before, after, rel_tol=TOLERANCE):
            return f"values in {name} would be {after:g} {shared[0]} instead of {before:g}"
    return ""


def _factors(item: Field) -> dict[str, float]:
    return {name: factor for name, factor in item.type.spec().get("units", ()) if factor is not None}
