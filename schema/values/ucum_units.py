"""Units of the Unified Code for Units of Measure (UCUM), read and converted by the packages ucumvert and Pint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

from ..extras import require_extras

_LONGEST = 100  # characters: the parser is slow with long strings
_RATIOS = frozenset(("%", "[ppth]", "[ppm]", "[ppb]", "[pptr]", "10*", "10^", "[pi]"))
_KINDS = {
    **dict.fromkeys(("rad", "deg", "gon", "circ", "'", "''"), ("angle", 1)),
    **dict.fromkeys(("sr", "sph", "lm", "lx", "ph"), ("angle", 2)),
    "By": ("bit", 1), "bit": ("bit", 1), "[IU]": ("[iU]", 1), "eq": ("eq", 1), "osm": ("osm", 1),
}  # fmt: skip
_ARCS = {"'": 60.0, "''": 3600.0}  # parts of a degree, which ucumvert takes for minutes and seconds of time
_STAND_INS = {"'": "deg", "''": "deg", "B": "[iU]", "Np": "[iU]"}  # Pint takes decibels apart, and not beside others
_LEADING_DIVISION = re.compile(r"(?<![^(])/")  # which ucumvert applies to all that follows, and UCUM to the next unit
_ARBITRARY_ZEROS = frozenset(("Cel", "[degF]", "[degRe]", "B", "Np", "[pH]"))

USUAL_NAMES = {
    "°c": "Cel", "°f": "[degF]", "ha": "har", "hectares": "har", "hours": "h", "hour": "h", "minutes": "min",
    "seconds": "s", "days": "d", "weeks": "wk", "months": "mo", "years": "a", "year": "a", "kilometres": "km",
    "kilometers": "km", "metres": "m", "meters": "m", "mi": "[mi_i]", "miles": "[mi_i]", "mile": "[mi_i]",
    "ft": "[ft_i]", "feet": "[ft_i]", "foot": "[ft_i]", "inch": "[in_i]", "inches": "[in_i]", "kilograms": "kg",
    "tonnes": "t", "tons": "t", "litres": "L", "liters": "L", "percent": "%", "km²": "km2", "m²": "m2", "m³": "m3",
    "km^2": "km2", "m^2": "m2", "m^3": "m3", "kph": "km/h", "kmh": "km/h", "mph": "[mi_i]/h", "acres": "[acr_us]",
}  # fmt: skip
"""What units are often called, in small letters, that UCUM has under a code."""


def is_ucum(code: str) -> bool:
    """Check whether a string is a code of UCUM, such as `km` or `m/s`.

    Raises:
        DependencyError: The packages of the extra `units` are not installed.
    """
    return _parsed(code) is not None


@lru_cache(maxsize=1 << 14)
def in_base_units(number: float, code: str) -> tuple[str, float]:
    """Return a number in base units, and what it measures, such as `[length]`: numbers of one measure can be compared.

    The measure names what is counted (`{people}`), arbitrary units (`[iU]`), angles and bits too, with their powers.
    A unit that cannot be converted measures itself only. The number is not finite if it is too great.

    Args:
        number: The number.
        code: A code of UCUM.

    Raises:
        DependencyError: The packages of the extra `units` are not installed.
    """
    reading = _reading(code)
    try:
        dimension, converted = _converted(number, reading.code)
    except _failures():
        return code, number
    measure = "" if dimension == "dimensionless" else dimension
    return " ".join(filter(None, (measure, reading.kinds))) or "ratio", converted * reading.factor


@lru_cache(maxsize=1 << 12)
def has_arbitrary_zero(code: str) -> bool:
    """Check whether 0 of a unit is a convention, as that of `Cel` or `dB`: no number in it is a share of another."""
    return any(token.type.startswith("UNIT") and token in _ARBITRARY_ZEROS for token in _only_unit(_parsed(code)))


class _Reading(NamedTuple):
    """A code as Pint is to read it.

    Attributes:
        code: The code without what Pint lacks or takes for something else.
        kinds: What it measures beside its dimension, such as `{people}`, with the powers other than 1.
        factor: What numbers in the unit that Pint reads are multiplied by.
    """

    code: str
    kinds: str
    factor: float


@lru_cache(maxsize=1 << 12)
def _reading(code: str) -> _Reading:
    parsed = _parsed(code := _LEADING_DIVISION.sub("1/", code))
    powers: dict[str, int] = {}
    replaced: list[tuple[Any, str]] = []
    factor = 1.0
    for token, power, is_counted in _atoms(parsed, 1):
        kind, degree = _kind(token, is_counted)
        if kind:
            powers[kind] = powers.get(kind, 0) + degree * power
        if token in _ARCS:
            factor /= _ARCS[token] ** power
        if token in _STAND_INS:
            replaced.append((token, _STAND_INS[token]))
        elif token.type == "ANNOTATION":
            replaced.append((token, "1" if not token.start_pos or code[token.start_pos - 1] in "./(" else ""))
    for token, other in sorted(replaced, key=lambda pair: -pair[0].start_pos):
        code = code[: token.start_pos] + other + code[token.end_pos :]
    kinds = (name if power == 1 else f"{name}^{power}" for name, power in sorted(powers.items()) if power)
    return _Reading(code, " ".join(kinds), factor)


def _kind(token: Any, is_counted: bool) -> tuple[str, int]:
    """Return what an atom measures beside its dimension, and the power of it; empty if nothing."""
    if token.type == "ANNOTATION":
        return (str(token) if is_counted else ""), 1
    if token in _KINDS:
        return _KINDS[token]
    return ("" if token in _RATIOS or token.type == "FACTOR" or _has_dimension(str(token)) else str(token)), 1


def _atoms(node: Any, power: int) -> Iterator[tuple[Any, int, bool]]:
    """Yield the units and annotations of a code with their powers; an annotation counts unless it remarks on a unit."""
    if not hasattr(node, "data"):
        yield node, power, True
        return
    children = list(node.children)
    if node.data == "annotatable":
        power *= int(children.pop())
    remark = children.pop() if node.data == "component" else None
    atoms: list[tuple[Any, int, bool]] = []
    for child in children:
        if getattr(child, "type", "") in ("OPERATOR", "DIVIDE"):
            power = -power if child == "/" else power
        elif not getattr(child, "type", "").startswith("PREFIX"):
            atoms.extend(_atoms(child, power))
    yield from atoms
    if remark is not None:
        measures = any(token.type.startswith("UNIT") and _has_dimension(str(token)) for token, _, _ in atoms)
        yield remark, power, not measures


def _only_unit(node: Any) -> tuple[Any, ...]:
    """Return the prefix and the unit of a code that has no other; empty for one that has."""
    while getattr(node, "data", "") in ("main_term", "component"):
        if getattr(node.children[0], "type", "") == "DIVIDE":
            return ()
        node = node.children[0]
    return tuple(node.children) if getattr(node, "data", "") == "simple_unit" else ()


@lru_cache(maxsize=1 << 10)
def _has_dimension(unit: str) -> bool:
    try:
        return _converted(1.0, unit)[0] != "dimensionless"
    except _failures():
        return False


def _converted(number: float, code: str) -> tuple[str, float]:
    registry = _registry()
    unit = registry.from_ucum(code)
    if not hasattr(unit, "magnitude"):  # ucumvert returns a number for "1/1"
        unit = registry.Quantity(unit)
    converted = registry.Quantity(number * unit.magnitude, unit.units).to_base_units()
    return str(converted.dimensionality), float(converted.magnitude)


def _failures() -> tuple[type[Exception], ...]:
    require_extras("units of UCUM", "units")
    import lark
    import pint

    return lark.exceptions.LarkError, pint.errors.PintError, AttributeError, ArithmeticError


@cache
def _registry() -> Any:
    require_extras("units of UCUM", "units")
    from ucumvert import PintUcumRegistry

    return PintUcumRegistry()


@cache
def _parser() -> Any:
    require_extras("units of UCUM", "units")
    from ucumvert import get_ucum_parser

    return get_ucum_parser()


@lru_cache(maxsize=1 << 12)
def _parsed(code: str) -> Any:
    """Return the syntax of a unit; None if UCUM has no such code."""
    if not code or len(code) > _LONGEST:
        return None
    parser = _parser()
    from lark.exceptions import LarkError
    from ucumvert import parse_ucum

    try:
        return parse_ucum(code, parser)
    except LarkError:
        return None
