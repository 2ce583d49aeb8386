from __future__ import annotations

import pytest

from goldspan.schema import DataError, Scheme, UsageError, distance_km

RIGHT = [
    ("ACTOR", {"kind": "state", "id": "IRN"}, {"kind": "military", "id": "IRN"}, True),  # the id decides
    ("ACTOR", {"kind": "state", "id": "IRN"}, {"kind": "state", "id": "IRQ"}, False),
    ("LOCATION", {"id": "a", "lat": 36.0, "lon": 44.0}, {"id": "b", "lat": 36.1, "lon": 44.1}, True),  # 14 km apart
    ("LOCATION", {"id": "a", "lat": 36.0, "lon": 44.0}, {"id": "b", "lat": 36.0, "lon": 45.0}, False),  # 90 km apart
    ("LOCATION", {"id": "a"}, {"id": "a", "lat": 0.0, "lon": 0.0}, True),
    ("LOCATION", {"id": "a"}, {"id": "b"}, False),  # unknown points are not near each other
    ("DATE", {"edtf": "2023-10"}, {"edtf": "2023-10"}, True),
    ("DATE", {"edtf": "2023-10"}, {"edtf": "2023-10-01/2023-10-31"}, False),
    ("COUNT", {"min": 20, "max": 20, "approx": True, "unit": "site"}, {"min": 20, "max": 20, "unit": "site"}, True),
    ("COUNT", {"min": 20, "max": None, "unit": "site"}, {"min": 20, "max": 20, "unit": "site"}, False),
    ("COUNT", {"min": 20, "max": 20, "unit": "site"}, {"min": 20, "max": 20, "unit": "weapon"}, False),
]


@pytest.mark.parametrize(("label", "a", "b", "expected"), RIGHT)
def test_a_value_is_right_by_the_rule_of_its_label(
    scheme: Scheme, label: str, a: dict, b: dict, expected: bool
) -> None:
    one, two = scheme.value(label, **a), scheme.value(label, **b)
    assert scheme.label(label).same(one, two) is expected
    assert scheme.label(label).same(two, one) is expected


def test_an_unknown_value_is_right_only_for_an_unknown_one(scheme: Scheme) -> None:
    actor = scheme.label("ACTOR")
    assert actor.same(None, None)
    assert not actor.same(None, scheme.value("ACTOR", id="IRN"))


def test_a_value_of_which_nothing_is_known_is_none(scheme: Scheme) -> None:
    assert scheme.value("COUNT", min=None, max=None) is None
    assert scheme.value("ACTOR") is None


WRONG = [
    ("COUNT", {"min": 5, "max": 2}, "min 5 is greater than max 2"),
    ("COUNT", {"min": -1}, ">= 0"),
    ("COUNT", {"min": 2**63}, "<="),
    ("COUNT", {"min": "5"}, "got `str`"),
    ("LOCATION", {"lat": 91.0, "lon": 0.0}, "<= 90"),
    ("LOCATION", {"lat": 33.0}, "together"),
    ("LOCATION", {"country": "IRX"}, "IRX"),
    ("ACTOR", {"kind": "wizard"}, "wizard"),
    ("ACTOR", {"id": ""}, "length >= 1"),
    ("ACTOR", {"colour": "red"}, "colour"),
    ("DATE", {"edtf": "2023-13-45"}, "2023-13-45"),
]


@pytest.mark.parametrize(("label", "parts", "message"), WRONG)
def test_a_value_that_cannot_be_right_is_refused(scheme: Scheme, label: str, parts: dict, message: str) -> None:
    with pytest.raises(DataError, match=message.replace("(", r"\(")):
        scheme.value(label, **parts)


def test_kosovo_and_withdrawn_codes_are_countries(scheme: Scheme) -> None:
    assert scheme.value("LOCATION", country="XKX") is not None
    assert scheme.value("LOCATION", country="YUG") is not None


def test_an_unknown_label_is_refused_with_the_nearest(scheme: Scheme) -> None:
    with pytest.raises(UsageError, match="did you mean 'ACTOR'"):
        scheme.value("ACTORS", id="x")


def test_distances_are_those_of_the_great_circle() -> None:
    # a quarter and a half of the circumference of a sphere of 6371.0088 km, and 0.2 degrees of the circle at 10 N
    assert distance_km((0, 0), (90, 50)) == pytest.approx(10007.557, abs=0.001)
    assert distance_km((0, 0), (0, 180)) == pytest.approx(20015.1, abs=0.1)
    assert distance_km((10, 179.9), (10, -179.9)) == pytest.approx(21.9, abs=0.1)
