"""Numbers, with or without a unit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isclose, isfinite
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from msgspec import Meta

from ..errors import DataError, Problem
from ..extras import require_extras
from .ucum_units import USUAL_NAMES, has_arbitrary_zero, in_base_units, is_ucum
from .value_type import Key, ValueType, one_of

UCUM = "UCUM"
"""The option `unit` of numbers in any unit of the Unified Code for Units of Measure."""

TOLERANCE = 1e-9
"""Largest relative difference with which numbers that were converted to another unit are still equal."""


@dataclass(frozen=True, slots=True)
class Number(ValueType):
    """A decimal number, stored with about 15 significant digits, and its unit if the scheme has several.

    Attributes:
        min: The least number that is allowed; None for any.
        max: The greatest.
        unit: The unit of all numbers, which values do not state, or `UCUM`: each states a unit by its code there.
        units: The units that values may state. Each has a factor, by which numbers in it are multiplied for
            comparison, or none has: then numbers in different units differ, unless the units are those of UCUM.
    """

    min: float | None = None
    max: float | None = None
    unit: str = ""
    units: tuple[tuple[str, float | None], ...] = ()
    name: ClassVar[str] = "number"

    def __post_init__(self) -> None:
        limits = [limit for limit in (self.min, self.max) if limit is not None]
        if not all(map(isfinite, limits)):
            raise DataError(Problem("`min` and `max` must be numbers", "leave out what has no limit"))
        if len(limits) == 2 and limits[0] > limits[1]:
            raise DataError(Problem(f"`min` {limits[0]:g} is greater than `max` {limits[1]:g}", "exchange them"))
        names = [name for name, _ in self.units]
        if not all(names) or len(set(names)) < len(names):
            raise DataError(Problem("`units` has an empty or a duplicate unit", "remove it"))
        factors = [factor for _, factor in self.units if factor is not None]
        if any(not isfinite(factor) or factor <= 0 for factor in factors):
            raise DataError(Problem("`units`: a factor must be greater than 0", "write units = { km = 1000, m = 1 }"))
        if stated := next((name for name in names if name.upper() == UCUM), None):
            what = f"`units`: {stated!r} is not a unit, but the code of all units"
            raise DataError(
                Problem(what, f"write unit = {json.dumps(UCUM)}, and in `units` only which of its units are allowed")
            )
        if self.unit == UCUM:
            if factors:
                what = "`units` has factors, and UCUM has its own"
                raise DataError(Problem(what, "leave out the factors, units = [...], or `unit`"))
            for name in names:
                if not is_ucum(name):
                    raise DataError(Problem(f"`units`: {name!r} is not a unit of UCUM", _ucum_fix(name)))
        elif self.unit.upper() == UCUM:
            raise DataError(Problem(f"`unit`: {self.unit!r} is written {UCUM!r}", f"unit = {json.dumps(UCUM)}"))
        elif self.unit and self.units:
            what = "has both `unit` and `units`"
            raise DataError(Problem(what, "keep `unit` for one that all numbers have, `units` for several"))

    @classmethod
    def from_options(cls, options: Mapping[str, Any], folder: Path) -> Self:
        """Return the type with its options; `units` is a list, or a table of factors."""
        stated = options.get("units", [])
        if isinstance(stated, Mapping):
            pairs = list(stated.items())
            if any(isinstance(factor, bool) or not isinstance(factor, int | float) for _, factor in pairs):
                raise DataError(Problem("`units`: a factor is not a number", "write units = { km = 1000, m = 1 }"))
        elif isinstance(stated, list) and all(isinstance(name, str) for name in stated):
            pairs = [(name, None) for name in stated]
        else:
            fix = 'write units = ["km", "m"], or with factors, units = { km = 1000, m = 1 }'
            raise DataError(Problem("`units`: expected a list of units, or a table of their factors", fix))
        if options.get("unit") == UCUM:
            require_extras("a number with units of UCUM", "units")
        return super(Number, cls).from_options({**options, "units": pairs}, folder)

    def options(self) -> dict[str, Any]:
        """Return the options that are stated, `units` as a list or a table."""
        stated = {name: getattr(self, name) for name in ("min", "max") if getattr(self, name) is not None}
        if self.unit:
            stated["unit"] = self.unit
        if self.units:
            has_factors = self.units[0][1] is not None
            stated["units"] = dict(self.units) if has_factors else [name for name, _ in self.units]
        return stated

    def spec(self) -> dict[str, Any]:
        """Return the options, with units sorted because their order matters only for display."""
        units = {"units": sorted(self.units)} if self.units else {}
        return {"type": self.name, **self.options(), **units}

    def keys(self, field: str) -> tuple[Key, ...]:
        """Return the number, and its unit if values state one."""
        limited = self.min is not None or self.max is not None
        kind: Any = Annotated[float, Meta(ge=self.min, le=self.max)] if limited else float
        number = Key(field, float, kind | None)
        if self.units:
            return number, Key(f"{field}_unit", str, one_of(tuple(sorted(name for name, _ in self.units))))
        if self.unit == UCUM:
            return number, Key(f"{field}_unit", str, Annotated[str, Meta(min_length=1)] | None)
        return (number,)

    @property
    def examples(self) -> tuple[str, ...]:
        """A number within the limits, and a unit."""
        number = 2.5 if self.min is None else max(2.5, self.min)
        number = number if self.max is None else min(number, self.max)
        unit = self.units[0][0] if self.units else "km"
        return (f"{number}", json.dumps(unit, ensure_ascii=False))[: len(self.keys("number"))]

    def error(self, *parts: Any) -> str | None:
        """Reject what is not a finite number, and codes that UCUM lacks."""
        number, unit = self._split(parts)
        if number is not None and not isfinite(number):
            return f"{number} is not a number"
        if self.unit == UCUM and unit is not None and not self.units and not is_ucum(unit):
            return f"{unit!r} is not a unit of UCUM"
        return None

    def fix(self, *parts: Any) -> str:
        """Return how units are written."""
        number, unit = self._split(parts)
        return _ucum_fix(unit) if unit is not None and (number is None or isfinite(number)) else ""

    def same(self, a: Sequence[Any], b: Sequence[Any]) -> bool:
        """Check whether two numbers in the same unit are equal, or those in two units after conversion."""
        if tuple(a) == tuple(b):
            return True
        (one, unit), (other, other_unit) = self._split(a), self._split(b)
        if one is None or other is None or unit is None or other_unit is None or unit == other_unit:
            return False
        ours, theirs = self.amount(*a), self.amount(*b)
        if ours is None or theirs is None or ours[0] != theirs[0]:
            return False
        return isclose(ours[1], theirs[1], rel_tol=TOLERANCE)

    def amount(self, *parts: Any) -> tuple[str, float] | None:
        """Return the number in the unit to which all can be converted, or its own; None if that has no such number."""
        number, unit = self._split(parts)
        if number is None:
            return None
        if not self.units and self.unit != UCUM:
            return "", number
        if unit is None:
            return None
        if self.unit == UCUM:
            scale, converted = in_base_units(number, unit)
        else:
            factor = dict(self.units)[unit]
            scale, converted = (unit, number) if factor is None else ("", number * factor)
        vanished = number and not converted and self.has_true_zero(*parts)
        return None if vanished or not isfinite(converted) else (scale, converted)

    def has_true_zero(self, *parts: Any) -> bool:
        """Check that the unit is not one such as degrees Celsius or decibels of UCUM."""
        _, unit = self._split(parts)
        return self.unit != UCUM or unit is None or not has_arbitrary_zero(unit)

    @property
    def error_unit(self) -> str | None:
        """The unit of all numbers, or the one with the factor 1; None if the unit depends on the value."""
        if self.unit == UCUM:
            return None
        if not self.units:
            return self.unit
        return next((name for name, factor in self.units if factor == 1), "" if self.units[0][1] else None)

    @property
    def description(self) -> str:
        """Limits and units."""
        words = ["a number"]
        if self.units:
            words.append(f"in {', '.join(n if factor is None else f'{n} ({factor:g})' for n, factor in self.units)}")
        elif self.unit:
            words.append(f"in {'a unit of UCUM' if self.unit == UCUM else self.unit}")
        limits = (("of at least", self.min), ("of at most", self.max))
        words.append(" and ".join(f"{word} {limit:g}" for word, limit in limits if limit is not None))
        return " ".join(filter(None, words))

    @property
    def instruction(self) -> str:
        """The unit, and the limits."""
        return "" if self == type(self)() else self.description

    def hint(self, key: Key) -> str:
        """Return examples of codes."""
        return "" if key.base is float else "a code of UCUM, as km, kg, Cel"

    def _split(self, parts: Sequence[Any]) -> tuple[float | None, str | None]:
        return parts[0], (parts[1] if len(parts) > 1 else None)

    def text(self, *parts: Any) -> str:
        """Return number and unit."""
        number, unit = self._split(parts)
        shown = "" if number is None else f"{number:.15g}"
        return f"{shown} {unit or self.unit.replace(UCUM, '')}".strip()


_UCUM_FIX = "write its code in UCUM, such as km, kg, h, Cel or m/s"


def _ucum_fix(unit: str) -> str:
    usual = USUAL_NAMES.get(unit.lower())
    forms = (usual,) if usual else (unit.strip(), unit.strip().lower(), unit.strip().capitalize())
    meant = next((form for form in forms if form != unit and is_ucum(form)), None)
    return f"write {meant!r}" if meant else _UCUM_FIX
