"""Countries and first-level divisions of places: what is right, wrong, and not compared."""

from __future__ import annotations

from typing import Any

import pytest

from goldspan.eval import score
from goldspan.schema import load_places
from goldspan.schema.names.divisions import Division, divisions
from goldspan.schema.names.settlements import SettlementTable

# Erbil, Soran and their province; Mosul; Aleppo
ERBIL, SORAN, PROVINCE, MOSUL, ALEPPO = (f"geonames:{number}" for number in (95446, 96961, 95445, 99072, 170063))
UNKNOWN = "geonames:999999999"

CASES: dict[str, tuple[Any, Any, bool | None, bool | None]] = {
    "the same place": ({"id": ERBIL}, {"id": ERBIL}, True, True),
    "a place of the same division": ({"id": ERBIL}, {"id": SORAN}, True, True),
    "the division of the place": ({"id": ERBIL}, {"id": PROVINCE}, True, True),
    "a place of the division": ({"id": PROVINCE}, {"id": SORAN}, True, True),
    "another division of the country": ({"id": ERBIL}, {"id": MOSUL}, True, False),
    "the country of the place": ({"id": ERBIL}, {"id": "IRQ"}, True, False),
    "another country": ({"id": ERBIL}, {"id": ALEPPO}, False, False),
    "another country, which is all that the system names": ({"id": ERBIL}, {"id": "SYR"}, False, False),
    "a country, which has no division": ({"id": "IRQ"}, {"id": ERBIL}, True, None),
    "no place": ({"id": ERBIL}, None, False, False),
    "a place without an id": ({"id": ERBIL}, {"kind": "region"}, False, False),
    "a place that the gazetteer does not know": ({"id": ERBIL}, {"id": UNKNOWN}, None, None),
    "the same, with its country": ({"id": ERBIL}, {"id": UNKNOWN, "country": "IRQ"}, True, None),
    "the same, with another country": ({"id": ERBIL}, {"id": UNKNOWN, "country": "SYR"}, False, False),
    "a gold place that the gazetteer does not know": ({"id": UNKNOWN}, {"id": ERBIL}, None, None),
    "the same, with its country ": ({"id": UNKNOWN, "country": "IRQ"}, {"id": ERBIL}, True, None),
    "a gold place in no country": ({"id": "aegean-sea"}, {"id": ERBIL}, None, None),
    "a system's place in no country": ({"id": ERBIL}, {"id": "aegean-sea"}, False, None),
    "a facility, whose division is unknown": ({"id": "abu-ghraib-prison"}, {"id": ERBIL}, True, None),
    "a facility of the country": ({"id": ERBIL}, {"id": "abu-ghraib-prison"}, True, None),
    "a facility of another country": ({"id": ERBIL}, {"id": "abbey-gate"}, False, False),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_pair_of_places_is_right_wrong_or_not_compared(case: str) -> None:
    gold, system, country, admin1 = CASES[case]
    # one more span on each side, so that both give ids
    sides = [{"a": [(0, 4, "LOCATION", value), (10, 14, "LOCATION", {"id": ALEPPO})]} for value in (gold, system)]
    found = score(*sides, resamples=0)[0].values["LOCATION"]
    for name, right in (("same_country", country), ("same_admin1", admin1)):
        assert found.compared[name] == (1 if right is None else 2)
        assert found.fields[name] == (1.0 if right is None else (1 + right) / 2)


def test_the_figures_have_paths_intervals_and_tests_and_leave_out_what_a_side_never_gives() -> None:
    gold = {f"d{n}": [(0, 4, "LOCATION", {"id": ERBIL, "country": "IRQ"})] for n in range(12)}
    near = {f"d{n}": [(0, 4, "LOCATION", {"id": (SORAN, MOSUL)[n % 2], "country": "IRQ"})] for n in range(12)}
    paths = ["values.LOCATION.same_country", "values.LOCATION.same_admin1"]
    scores = score(gold, gold, near, names=["gold", "near"], tests=paths, resamples=50)
    assert [scores.metric(path, "near") for path in paths] == [1.0, 0.5]
    assert scores.interval(paths[1], "near").low < 0.5 < scores.interval(paths[1], "near").high
    assert {c.measure: c.difference for c in scores.comparisons} == {paths[0]: 0.0, paths[1]: 0.5}
    assert scores.metric("values.LOCATION.compared.same_admin1", "near") == 12
    without = {document: [(0, 4, "LOCATION", {"country": "IRQ"})] for document in gold}
    found = score(gold, without, resamples=0)[0].values["LOCATION"]
    assert (found.fields["same_country"], found.fields["same_admin1"]) == (1.0, None)
    assert found.compared == {"same_country": 12, "same_admin1": 0}
    points = {document: [(0, 4, "LOCATION", {"lat": 36.2, "lon": 44.0})] for document in gold}
    assert score(gold, points, resamples=0)[0].values["LOCATION"].compared == {"same_country": 0, "same_admin1": 0}
    assert "compared" not in score(gold, near, resamples=0).to_dict()["systems"][0]["values"]["ACTOR"]


def test_each_division_of_the_gazetteer_has_its_code_and_settlements() -> None:
    by_code: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for settlement in SettlementTable(500):
        by_code.setdefault((settlement.country, settlement.admin1), []).append((settlement.lat, settlement.lon))
    places = [place for place in load_places() if "of the admin1" in place.source]
    assert len(places) > 700 and len({(place.country, place.admin1) for place in places}) == len(places)
    for place in places:
        lats, lons = zip(*by_code[place.country, place.admin1], strict=True)
        if place.name != "Chukotka":  # on both sides of the 180th meridian
            assert (sum(lats) / len(lats), sum(lons) / len(lons)) == pytest.approx((place.lat, place.lon), abs=0.0011)
    assert all((place.country, place.admin1) in by_code for place in load_places() if place.admin1)


def test_places_are_found_by_id_whatever_their_population_and_form() -> None:
    small = next(s for s in SettlementTable(500) if s.population == 600 and s.admin1)
    wanted = [f"geonames:{small.id}", "IRQ", PROVINCE, "sahel", UNKNOWN, f"geonames:0{small.id}", "geonames:x", "", "Ⅳ"]
    assert divisions(wanted) == {
        wanted[0]: Division(small.country, small.admin1),
        "IRQ": Division("IRQ", is_country=True),
        PROVINCE: Division("IRQ", divisions([ERBIL])[ERBIL].admin1),
        "sahel": Division(""),
    }
    assert len(divisions(f"geonames:{settlement.id}" for settlement in list(SettlementTable(15000))[:1234])) == 1234
