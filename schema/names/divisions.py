"""The country and the first-level administrative division that a place lies in, by its id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .gazetteer import default_places, settlement_number
from .settlements import settlement_divisions


@dataclass(frozen=True, slots=True)
class Division:
    """Where a place of the gazetteer lies.

    Attributes:
        country: Alpha-3 code; empty if the place lies in no country or in several.
        admin1: Code in GeoNames of the country's first-level division; empty if it is unknown, or there is none.
        is_country: Whether the place is a country, which is larger than its divisions.
    """

    country: str
    admin1: str = ""
    is_country: bool = False


def divisions(ids: Iterable[str]) -> dict[str, Division]:
    """Return where places lie, by their ids; ids that the included gazetteer does not know are absent.

    Settlements are looked up whatever their population.
    """
    gazetteer = default_places()
    found, settlements = {}, {}
    for place_id in ids:
        place = gazetteer.own(place_id)
        if place is not None:
            found[place_id] = Division(place.country, place.admin1, is_country=place.kind == "country")
        elif (number := settlement_number(place_id)) is not None:
            settlements[number] = place_id
    for number, country, admin1 in settlement_divisions(settlements):
        found[settlements[number]] = Division(country, admin1)
    return found
