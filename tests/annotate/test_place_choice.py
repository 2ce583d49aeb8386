"""Which place a name means: abbreviations of divisions, what is stated beside it, and what stays open."""

from __future__ import annotations

import pytest

from goldspan.annotate.rules import Rules
from goldspan.annotate.rules.word_lists import word_groups
from goldspan.schema import Document, conflict_scheme, load_places

GROUPS = {
    "USA": ("usa_divisions", 51),
    "CAN": ("can_divisions", 13),
    "AUS": ("aus_divisions", 8),
}


def places(text: str) -> dict[str, tuple[str, float | None]]:
    """Ids and latitudes of the LOCATION spans of a text, by their words."""
    document = Document(id="a", text=text, spans=())
    [spans] = Rules(conflict_scheme()).extract([document])
    found = [span for span in spans if span.label == "LOCATION" and span.value is not None]
    return {text[span.start : span.end]: (str(span.value.id), span.value.lat) for span in found if span.value}


@pytest.mark.parametrize("country", GROUPS)
def test_every_division_with_an_abbreviation_is_in_the_gazetteer(country: str) -> None:
    group, count = GROUPS[country]
    names = set(word_groups(group).values())
    assert len(names) == count
    for name in names:
        assert [place for place in load_places().find(name) if place.country == country and place.admin1], name


OPEN = [
    # a village of this name is in a country that the text does not name
    ("Rebels from Tawila marched on Sudan's capital.", "Tawila"),
    ("Colombian soldiers fled from El Plateado in Colombia.", "El Plateado"),
]


@pytest.mark.parametrize(("text", "name"), OPEN)
def test_a_name_without_support_has_no_point(text: str, name: str) -> None:
    assert places(text)[name][1] is None


ONE_SENSE = [
    ("PARIS, Texas — A man was shot. Police in Paris said so.", "Paris", "geonames:4717560"),
    ("He flew to Atlanta, Georgia. Officials in Georgia declined to comment.", "Georgia", "geonames:4197000"),
    ("Fighting spread in Georgia near Gori. Tbilisi blamed Russia.", "Georgia", "GEO"),
    ("The firm from Buffalo, New York, paid. The council met in New York.", "New York", "geonames:5128581"),
    ("Brooklyn, New York, was calm.", "New York", "geonames:5128581"),
    ("He was born in London, Ontario.", "London", "geonames:6058560"),
    ("The US sent an envoy to Geneva, and the US Congress approved.", "Geneva", "geonames:2660646"),
    ("Protesters marched in Victoria, Australia.", "Victoria", "geonames:2145234"),
    ("Protesters marched in Victoria, B.C., again.", "Victoria", "geonames:6174041"),
    ("He comes from Paris, Missouri.", "Paris", "geonames:4402452"),
]


@pytest.mark.parametrize(("text", "name", "expected"), ONE_SENSE)
def test_a_name_means_what_the_text_states_of_it(text: str, name: str, expected: str) -> None:
    assert places(text)[name][0] == expected
