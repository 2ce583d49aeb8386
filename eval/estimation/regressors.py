"""What a regression explains a quantity by: fields of documents, as columns of numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...corpus.queries.document_fields import document_field, parse_number
from ...corpus.queries.document_groups import GROUPINGS, MISSING, grouping
from ...schema import DataError, Document, Problem, UsageError, did_you_mean
from .weighted_fits import Floats

CONSTANT = "constant"

_EXTRA = "extra."
_PUBLISHED = "meta.published"
_NUMBERS = ("length", "words")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DAYS_A_YEAR = 365.25
_LARGEST = 1e100
"""Largest number that is computed with, and 1 / the largest of a field whose numbers are all too small."""

_DEPENDENT = 1e-9
"""Length that is left of a column without the others, as a share of it, up to which it is made of them."""


@dataclass(frozen=True, slots=True)
class RegressorColumns:
    """The columns of a regression.

    Attributes:
        terms: Name of each column, the constant first.
        columns: The columns. Shape `(documents, terms)`, of the documents with a value of each field.
        known: Whether each document of the corpus has a value of each field. Shape `(corpus,)`.
        references: The level of each categorical field that the others are compared with, by field.
    """

    terms: Sequence[str]
    columns: Floats
    known: NDArray[np.bool_]
    references: Mapping[str, str]


def regressor_fields(on: Iterable[str], references: Mapping[str, str]) -> dict[str, Callable[[Document], Any]]:
    """Return a function from a document to its value for each field, None where it has none.

    A field with a reference level is categorical; `meta.published` is a day and `length` and `words` are
    numbers without one; `extra.KEY` is whatever its values are.

    Raises:
        UsageError: There are no fields, one is unknown or given twice, or a reference is of no field.
    """
    if isinstance(on, str):
        raise UsageError(f"`on` is a string. Fix: a list, [{on!r}]")
    names = list(on)
    if not names:
        raise UsageError("`on` names no field. Fix: name one, such as meta.publisher")
    known = (*GROUPINGS, *_NUMBERS)
    for name in names:
        if name not in known and not (name.startswith(_EXTRA) and name != _EXTRA):
            hint = did_you_mean(name, known)
            raise UsageError(f"`on` {name}: documents have no such field. Fix: {hint}, extra.KEY for a key of `extra`")
        if names.count(name) > 1:
            raise UsageError(f"`on` {name} is given twice. Fix: give it once")
    for name in references:
        if name not in names:
            raise UsageError(f"`reference` {name}: no field of the regression. Fix: one of {', '.join(names)}")
    return {name: _reader(name, categorical=name in references) for name in names}


def _reader(name: str, *, categorical: bool) -> Callable[[Document], Any]:
    """Return a function from a document to a number or a level; of `extra`, to both."""
    if name == _PUBLISHED and not categorical:
        return _day
    field = document_field(name)
    if name in _NUMBERS and field is not None:
        return (lambda document: _level(str(field.value(document)))) if categorical else field.value
    group = grouping(name)
    if name.startswith(_EXTRA) and field is not None and not categorical:
        return lambda document: (parse_number(field.value(document)), _level(group(document)))
    return lambda document: _level(group(document))


def _day(document: Document) -> int | None:
    published = document.meta.published or ""
    return date.fromisoformat(published[:10]).toordinal() if _DAY.match(published) else None


def _level(group: str) -> str | None:
    return None if group == MISSING else group


def regressor_columns(
    metadata: Mapping[str, Sequence[Any]], references: Mapping[str, str], most: int
) -> RegressorColumns:
    """Return the columns of fields.

    Args:
        metadata: The values of each document by field, as `regressor_fields` reads them.
        references: Reference levels by field; that of another categorical field is its most frequent level.
        most: Number of columns from which on there are too many.

    Raises:
        DataError: No document has a value of each field, or there are too many columns.
        UsageError: No document is of a reference level.
    """
    fields = {name: _numbers_or_levels(name, values) for name, values in metadata.items()}
    known = np.all([[value is not None for value in values] for values in fields.values()], axis=0)
    if not known.any():
        without = [name for name, values in fields.items() if all(value is None for value in values)]
        what = f"no document has a value of {without[0]}" if without else "no document has a value of each field"
        raise DataError(Problem(f"`on`: {what}", "leave a field out"))
    terms = [CONSTANT]
    columns: list[Floats] = [np.ones(int(known.sum()))]
    chosen: dict[str, str] = {}
    for name, values in fields.items():
        held = [value for value, is_known in zip(values, known, strict=True) if is_known]
        if all(isinstance(value, int | float) for value in held):
            numbers: Floats = np.array(held, dtype=np.float64)
            _check_size(name, float(np.abs(numbers).max()))
            is_day = name == _PUBLISHED
            terms.append(f"{name} (years)" if is_day else name)
            columns.append((numbers - numbers.min()) / _DAYS_A_YEAR if is_day else numbers)
            continue
        chosen[name] = _reference(name, held, references.get(name))
        levels = sorted(set(held) - {chosen[name]})
        if not levels:
            raise DataError(Problem(f"`on`: {name} is {chosen[name]} in all documents of the corpus", "leave it out"))
        if len(terms) + len(levels) >= most:
            what = f"`on` {name}: {len(levels) + 1:,} levels are too many for {most:,} documents of gold"
            raise DataError(Problem(what, "leave it out, or annotate more documents"))
        of_all = np.array(held, dtype=object)
        terms += [f"{name}={level}" for level in levels]
        columns += [(of_all == level).astype(np.float64) for level in levels]
    return RegressorColumns(terms, np.column_stack(columns), known, chosen)


def _numbers_or_levels(name: str, values: Sequence[Any]) -> Sequence[Any]:
    """Return the numbers of a field of `extra` if all its values are numbers, or else its levels.

    Raises:
        DataError: Most are numbers, and some are not.
    """
    if not isinstance(next(iter(values), None), tuple):
        return values
    held = [(number, level) for number, level in values if level is not None]
    strange = [level for number, level in held if number is None]
    numeric = not strange
    if 0 < len(strange) < len(held) / 2:
        what = f"`on`: {name} is a number in most documents, but {strange[0][:50]!r} in others"
        fix = "write a number or null there, or give the field a reference level, with which it is categorical"
        raise DataError(Problem(what, fix))
    return [number if numeric else level for number, level in values]


def _check_size(name: str, largest: float) -> None:
    """Check that squares of numbers are numbers."""
    if largest > _LARGEST or 0 < largest < 1 / _LARGEST:
        size = "large" if largest > 1 else "small"
        fix = "give them in another unit, or as logarithms"
        raise DataError(Problem(f"`on`: {name} has numbers as {size} as {largest:.3g}", fix))


def _reference(name: str, levels: Sequence[str], given: str | None) -> str:
    counts = Counter(levels)
    if given is None:
        return min(counts, key=lambda level: (-counts[level], level))
    if given not in counts:
        hint = did_you_mean(given, sorted(counts))
        raise UsageError(f"`reference` {name}={given}: no document is of this level. Fix: {hint}")
    return given


def check_independent(terms: Sequence[str], columns: Floats, where: str, fix: str) -> None:
    """Check that no column is made of the others.

    Args:
        terms: Name of each column, the constant first.
        columns: The columns. Shape `(documents, terms)`.
        where: Which documents they are.
        fix: How to fix it.

    Raises:
        DataError: One is.
    """
    basis: Floats = np.empty((len(columns), 0))
    for at, term in enumerate(terms):
        column = columns[:, at]
        scale = float(np.linalg.norm(column - column.mean() if at else column))
        if not scale:
            raise DataError(Problem(f"{term} is {column[0]:g} in all documents of {where}", fix))
        left = column - basis @ (basis.T @ column)
        left = left - basis @ (basis.T @ left)  # once more: the first time leaves rounding errors of long columns
        length = float(np.linalg.norm(left))
        if length <= _DEPENDENT * scale:
            shares, *_ = np.linalg.lstsq(columns[:, :at], column, rcond=None)
            others = [other for other, share in zip(terms[:at], shares, strict=True) if abs(share) > 1e-6]
            what = f"{term} says the same as {' and '.join(others)} in {where}, so their coefficients are not known"
            raise DataError(Problem(what, fix))
        basis = np.column_stack([basis, left / length])
