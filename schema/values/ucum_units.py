"""Units of the Unified Code for Units of Measure (UCUM), read and converted by the packages ucumvert and Pint."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from ..extras import require_extras

_LONGEST = 100  # characters: the parser is slow with long strings
_RATIO = re.compile(r"%|\[pp(th|m|b|tr)\]|10[*^]([+-]?\d+)?|\d+")
_ANGLES = frozenset(("rad", "deg", "gon", "circ", "'", "''"))

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

    A unit of counted things (`{people}`), of an arbitrary scale (`[iU]`) or one that Pint lacks measures itself only.

    Args:
        number: The number.
        code: A code of UCUM.

    Raises:
        DependencyError: The packages of the extra `units` are not installed.
    """
    import lark
    import pint

    registry = _registry()
    try:
        unit = registry.from_ucum(code)
        converted = registry.Quantity(number * unit.magnitude, unit.units).to_base_units()
    except (lark.exceptions.LarkError, pint.errors.PintError, AttributeError, ArithmeticError):
        return code, number  # of counted things, ucumvert returns a token, which has no magnitude
    measure = str(converted.dimensionality)
    if measure == "dimensionless":
        measure = "ratio" if _RATIO.fullmatch(code) else "angle" if code in _ANGLES else code
        return (measure, number) if measure == code else (measure, float(converted.magnitude))
    return measure, float(converted.magnitude)


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
