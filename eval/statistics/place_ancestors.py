"""Whether two places lie in the same country, and in the same first-level administrative division.

Both are told from the ids of places and the gazetteer that is included in goldspan; a country that a value states comes
first.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...schema import Label, Value
from ...schema.names.divisions import divisions
from ...schema.value_types import Identifier
from ..columns.span_columns import Ints

ANCESTORS = ("same_country", "same_admin1")
"""Names of what is compared."""

Flags = NDArray[np.bool_]

_NONE, _UNKNOWN = 0, -1  # other numbers stand for countries or divisions


@dataclass(frozen=True, slots=True)
class PlaceColumns:
    """Where places lie. All arrays have shape `(n_places,)`.

    Attributes:
        country: Country; `_NONE` if no place is named, or it lies in none or several.
        admin1: First-level division; `_NONE` if no place is named, or it is a country.
        country_of_admin1: Country of the division.
    """

    country: Ints
    admin1: Ints
    country_of_admin1: Ints


def has_ancestors(label: Label) -> bool:
    """Return whether values of a label are places of the gazetteer."""
    return _key(label, "places") is not None


def compare_ancestors(
    label: Label, filled: Set[str], values: Sequence[Value | None], gold: Ints, system: Ints
) -> tuple[Flags, Flags]:
    """Return what matches in pairs of values, and what was compared. Shapes `(n_pairs, 2)`.

    A pair is not compared if the gold's country or division is unknown, or if the gazetteer does not know where the
    system's place lies. A system that names no place is wrong, and so is one that names the country where the division
    is asked for.

    Args:
        label: Label of the values, which `has_ancestors`.
        filled: Fields that both sides fill in; what depends on others is not compared.
        values: The values.
        gold: Index of the gold value of each pair.
        system: Index of the system value of each pair.
    """
    used, place = np.unique(np.concatenate([gold, system]), return_inverse=True)
    of_gold, of_system = np.split(place.reshape(-1), [len(gold)])
    columns = _located(label, [values[index] for index in used.tolist()])
    country, admin1 = columns.country, columns.admin1
    abroad = (country[of_system] > 0) & (country[of_system] != columns.country_of_admin1[of_gold])
    compared = np.column_stack(
        [
            (country[of_gold] > 0) & (country[of_system] != _UNKNOWN),
            (admin1[of_gold] > 0) & ((admin1[of_system] != _UNKNOWN) | abroad),
        ]
    )
    place_key, country_key = _key(label, "places"), _key(label, "iso-3166-1")
    compared &= [bool({place_key, country_key} & filled), place_key in filled]
    same = np.column_stack([of_side[of_gold] == of_side[of_system] for of_side in (country, admin1)])
    return same & compared, compared


def _located(label: Label, values: Sequence[Value | None]) -> PlaceColumns:
    """Return where the places of values lie."""
    place_key, country_key = _key(label, "places"), _key(label, "iso-3166-1")
    stated: list[tuple[str | None, str | None]] = [
        (getattr(value, place_key or "", None), getattr(value, country_key or "", None)) for value in values
    ]
    known = divisions(sorted({place for place, _ in stated if place}))
    numbers: dict[str | tuple[str, str], int] = {"": _NONE}

    def number(name: str | tuple[str, str]) -> int:
        return numbers.setdefault(name, len(numbers))

    rows = []
    for place, country in stated:
        division = known.get(place or "")
        if division is None:
            unknown = _NONE if place is None else _UNKNOWN
            rows.append((number(country) if country else unknown, unknown, _NONE))
        else:
            admin1 = number((division.country, division.admin1)) if division.admin1 else _UNKNOWN
            home = number(division.country)
            rows.append((number(country) if country else home, _NONE if division.is_country else admin1, home))
    return PlaceColumns(*np.array(rows, dtype=np.int64).reshape(-1, 3).T)


def _key(label: Label, authority: str) -> str | None:
    """Return the key of the first identifier of an authority; None if a label has none."""
    fields = (f for f in label.fields.values() if isinstance(f.type, Identifier) and f.type.authority == authority)
    return next((field.keys[0].name for field in fields), None)
