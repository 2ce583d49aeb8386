"""One table over the value types for any field: what is valid, what is wrong and what is said of it, what is the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, nan
from typing import Any

from hypothesis import strategies as st

from goldspan.schema import Field, Key, Scheme, parse_scheme

Parts = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A field `it` with a type: its options, and values of it.

    Attributes:
        options: The field as in a scheme file.
        valid: Valid values, and each as records hold it if that is another form.
        wrong: Wrong values, each with what is said of it and how to fix it.
        same: Pairs of values that agree.
        different: Pairs that do not.
    """

    options: Parts
    valid: list[Parts | tuple[Parts, Parts]]
    wrong: list[tuple[Parts, str, str]]
    same: list[tuple[Parts, Parts]] = field(default_factory=list)
    different: list[tuple[Parts, Parts]] = field(default_factory=list)


def it(number: Any, **others: Any) -> Parts:
    return {"it": number, **{f"it_{name}": part for name, part in others.items()}}


KINDS: dict[str, Kind] = {
    "number": Kind(
        {"type": "number"},
        [it(0.5), it(-3.0), it(0.0), it(1e300), it(0.1 + 0.2)],
        [
            (it("3"), "`it`: expected `float | null`, got `str`", 'write "it": 2.5'),
            (it(True), "expected `float | null`, got `bool`", "2.5"),
            (it(inf), "inf is not a number", ""),
            (it(nan), "nan is not a number", ""),
            ({"it": 1.0, "it_unit": "km"}, "unknown key `it_unit`", "known: it"),
        ],
        [(it(3), it(3.0))],
        [(it(3.0), it(3.0000001)), (it(0.1 + 0.2), it(0.3))],
    ),
    "number with limits": Kind(
        {"type": "number", "min": -1, "max": 1.5, "unit": "°"},
        [it(-1.0), it(1.5)],
        [(it(1.6), "`it`: expected `float` <= 1.5", 'write "it": 1.5'), (it(-2.0), "expected `float` >= -1.0", 'write "it": 1.5')],
    ),
    "number, units in a list": Kind(
        {"type": "number", "units": ["km", "m"]},
        [it(1.5, unit="km"), it(2.0), it(None, unit="m")],
        [(it(1.0, unit="KM"), "`it_unit`: unknown value 'KM'", "did you mean 'km'? known: km, m")],
        [(it(1.0, unit="km"), it(1.0, unit="km"))],
        [(it(1.0, unit="km"), it(1000.0, unit="m")), (it(1.0, unit="km"), it(1.0))],
    ),
    "number, units with factors": Kind(
        {"type": "number", "units": {"km": 1000, "m": 1, "mi": 1609.344}},
        [it(1.5, unit="km")],
        [(it(1.0, unit="cm"), "`it_unit`: unknown value 'cm'", "did you mean 'm'?")],
        [(it(1.0, unit="km"), it(1000.0, unit="m")), (it(0.3, unit="km"), it(300.0, unit="m"))],
        [
            (it(1.0, unit="km"), it(1000.1, unit="m")),
            (it(1.0, unit="km"), it(1.0, unit="m")),
            (it(0.0), it(None)),
            (it(1e306, unit="km"), it(1.5e306, unit="mi")),  # neither is a finite number of metres
        ],
    ),
    "number, units of UCUM": Kind(
        {"type": "number", "unit": "UCUM"},
        [it(36.6, unit="Cel"), it(3.0, unit="{people}"), it(5.0, unit="m/s")],
        [
            (it(1.0, unit="miles"), "'miles' is not a unit of UCUM", "write '[mi_i]'"),
            (it(1.0, unit="KM"), "'KM' is not a unit of UCUM", "write 'km'"),
            (it(1.0, unit="cel"), "'cel' is not a unit of UCUM", "write 'Cel'"),
            (it(1.0, unit=" km"), "' km' is not a unit of UCUM", "write 'km'"),
            (it(1.0, unit="foo"), "'foo' is not a unit of UCUM", "such as km"),
            (it(1.0, unit=""), "`it_unit`: expected `str` of length >= 1", '"it_unit": "km"'),
            (it(inf, unit="km"), "inf is not a number", ""),
        ],
        [
            (it(1.0, unit="km"), it(1000.0, unit="m")),
            (it(0.0, unit="Cel"), it(32.0, unit="[degF]")),
            (it(36.0, unit="km/h"), it(10.0, unit="m/s")),
            (it(50.0, unit="%"), it(0.5, unit="1")),
            (it(1.0, unit="har"), it(10_000.0, unit="m2")),
            (it(7.0, unit="d"), it(1.0, unit="wk")),
            (it(60.0, unit="'"), it(1.0, unit="deg")),
            (it(60.0, unit="''"), it(1.0, unit="'")),
            (it(1.0, unit="'/min"), it(1.0, unit="deg/h")),
            (it(1.0, unit="''2"), it(3600.0**-2, unit="deg2")),
            (it(1.0, unit="sr"), it(1.0, unit="rad2")),
            (it(5.0, unit="{cells}/mL"), it(5000.0, unit="{cells}/L")),
            (it(5.0, unit="10*3{cells}"), it(5000.0, unit="{cells}")),
            (it(5.0, unit="/{people}/d"), it(35.0, unit="/{people}/wk")),
            (it(1.0, unit="/m/s"), it(60.0, unit="/(m.min)")),
            (it(1.0, unit="k[iU]"), it(1000.0, unit="[iU]")),
            (it(1.0, unit="[iU]/mL"), it(1.0, unit="k[IU]/L")),
            (it(1.0, unit="kg"), it(1000.0, unit="g{wet}")),
            (it(1.0, unit="By"), it(8.0, unit="bit")),
            (it(1.0, unit="kBy"), it(1000.0, unit="By")),
            (it(1.0, unit="KiBy/s"), it(8192.0, unit="bit/s")),
            (it(1.0, unit="g/kg"), it(0.001, unit="kg/kg")),
            (it(1.0, unit="%"), it(0.01, unit="m/m")),
            (it(10.0, unit="dB"), it(1.0, unit="B")),
            (it(1.0, unit="dB/m"), it(100.0, unit="B/km")),
            (it(1.0, unit="eq/L"), it(1.0, unit="meq/mL")),
        ],
        [
            (it(1.0, unit="km"), it(1000.0, unit="g")),
            (it(1.0, unit="{people}"), it(1.0, unit="{houses}")),
            (it(1.0, unit="[iU]"), it(1.0, unit="1")),
            (it(1.0, unit="km"), it(1001.0, unit="m")),
            (it(1.0, unit="'"), it(1.0, unit="min")),
            (it(1.0, unit="''"), it(1.0, unit="s")),
            (it(5.0, unit="[iU]/mL"), it(5.0, unit="{cells}/mL")),
            (it(5.0, unit="[iU]/mL"), it(5.0, unit="[CFU]/mL")),
            (it(5.0, unit="{people}/km2"), it(5.0, unit="{houses}/km2")),
            (it(5.0, unit="{people}/km2"), it(5.0, unit="/km2")),
            (it(5.0, unit="{people}/{houses}"), it(5.0, unit="{houses}/{people}")),
            (it(5.0, unit="10*3{cells}/mL"), it(5.0, unit="10*3/mL")),
            (it(1.0, unit="mol"), it(1.0, unit="eq")),
            (it(1.0, unit="mol/L"), it(1.0, unit="osm/L")),
            (it(1.0, unit="rad/s"), it(1.0, unit="Hz")),
            (it(1.0, unit="bit/s"), it(1.0, unit="Hz")),
            (it(1.0, unit="lm"), it(1.0, unit="cd")),
            (it(1.0, unit="B"), it(1.0, unit="Np")),
            (it(1.0, unit="/m/s"), it(1.0, unit="s/m")),
            (it(1e306, unit="km"), it(1e306, unit="Mm")),  # neither is a finite number of metres
            (it(1e-322, unit="um"), it(1e-320, unit="um.10*-3")),  # and none is left of these
        ],
    ),
    "number, some units of UCUM": Kind(
        {"type": "number", "unit": "UCUM", "units": ["km", "m"]},
        [it(1.0, unit="km")],
        [(it(1.0, unit="cm"), "`it_unit`: unknown value 'cm'", "did you mean 'm'?")],
        [(it(1.0, unit="km"), it(1000.0, unit="m"))],
    ),
    "money": Kind(
        {"type": "money"},
        [it(19.99, currency="EUR"), it(-5.0, currency="DEM"), it(3.0), it(None, currency="UAH")],
        [
            (it(1.0, currency="EURO"), "`it_currency`: unknown value 'EURO'", "did you mean 'EUR'?"),
            (it(1.0, currency="eur"), "unknown value 'eur'", "did you mean 'EUR'?"),
            (it(1.0, currency="€"), "unknown value '€'", 'such as "EUR"'),
            (it(nan, currency="EUR"), "nan is not an amount", ""),
        ],
        [(it(5, currency="EUR"), it(5.0, currency="EUR"))],
        [
            (it(5.0, currency="EUR"), it(5.0, currency="USD")),
            (it(1e12, currency="EUR"), it(1e12 + 1, currency="EUR")),
            (it(1.95583, currency="DEM"), it(1.0, currency="EUR")),
        ],
    ),
    "money in some currencies": Kind(
        {"type": "money", "currencies": ["USD", "EUR"]},
        [it(1.0, currency="USD")],
        [(it(1.0, currency="GBP"), "unknown value 'GBP'", "known: EUR, USD")],
    ),
    "duration": Kind(
        {"type": "duration"},
        [it(text) for text in ("P3D", "P1Y6M", "PT2H30M", "P1W", "PT0.5H", "PT1,5S", "P1Y2M3W4DT5H6M7.5S", "PT0S")],
        [
            (it("3 days"), "'3 days' is not a duration of ISO 8601", "write 'P3D'"),
            (it("2 Hours"), "not a duration", "write 'PT2H'"),
            (it("PT3D"), "not a duration", "write 'P3D'"),
            (it("P30M5H"), "not a duration", "PnYnMnDTnHnMnS"),
            (it("p3d"), "not a duration", "write 'P3D'"),
            (it("P"), "'P' is not a duration", "such as P3D"),
            (it("P1DT"), "not a duration", "such as P3D"),
            (it("P1.5Y2M"), "not a duration", "such as P3D"),
            (it("-P1D"), "not a duration", "such as P3D"),
            (it("P1Y\n"), "not a duration", "write 'P1Y'"),
            (it("P٣D"), "not a duration", "such as P3D"),
            (it(3), "`it`: expected `str | null`, got `int`", '"P3D"'),
        ],
        [
            (it("P7D"), it("P1W")),
            (it("PT60M"), it("PT1H")),
            (it("P12M"), it("P1Y")),
            (it("PT24H"), it("P1D")),
            (it("P0.5Y"), it("P6M")),
            (it("PT0S"), it("P0D")),
            (it("PT1.5H"), it("PT1,50H")),
        ],
        [(it("P1M"), it("P30D")), (it("P1Y"), it("P365D")), (it("PT1M"), it("P1M")), (it("P3D"), it("P3DT1S"))],
    ),
    "boolean": Kind(
        {"type": "boolean"},
        [it(True), it(False)],
        [(it("yes"), "`it`: expected `bool | null`, got `str`", 'write "it": true'), (it(1), "got `int`", "true")],
        [(it(False), it(False))],
        [(it(True), it(False)), (it(False), it(None))],
    ),
    "choices": Kind(
        {"type": "choices", "choices": ["water", "power", "a, b", "c|d", "вода"]},
        [it(["power"]), (it(["water", "power"]), it(["power", "water"])), it(["a, b", "c|d"]), it(["вода"])],
        [
            (it(["gas"]), "`it`: unknown value 'gas'", "known: a, b, c|d, power, water, вода"),
            (it(["watr"]), "unknown value 'watr'", "did you mean 'water'?"),
            (it("water"), "`it`: expected `array | null`, got `str`", 'write "it": ["water", "power"]'),
            (it([]), "`it`: expected `array` of length >= 1", "null if it is unknown"),
            (it(["water", "water"]), "'water' is listed twice", "list each choice once"),
            (it([3]), "`it`: expected `str`, got `int`", '["water", "power"]'),
        ],
        [(it(["water", "power"]), it(["power", "water"]))],
        [(it(["water", "power"]), it(["power"])), (it(["water"]), it(None))],
    ),
    "wikidata": Kind(
        {"type": "wikidata"},
        [
            it("Q42"),
            (it("q42"), it("Q42")),
            (it("wd:Q42"), it("Q42")),
            (it("https://www.wikidata.org/wiki/Q42"), it("Q42")),
            (it("http://www.wikidata.org/entity/Q42"), it("Q42")),
            (it("https://m.wikidata.org/wiki/Q42?uselang=de#P31"), it("Q42")),
            (it("https://www.wikidata.org/wiki/Special:EntityPage/Q42"), it("Q42")),
        ],
        [
            (it("P31"), "'P31' is not an item of Wikidata", "such as Q42"),
            (it("Q0"), "'Q0' is not an item", "such as Q42"),
            (it("Q٤٢"), "is not an item", "such as Q42"),
            (it("https://evil.example/wiki/Q42"), "is not an item", "the address of its page"),
            (it(""), "'' is not an item", "such as Q42"),
            (it(42), "`it`: expected `str | null`, got `int`", '"Q42"'),
        ],
        [(it("Q42"), it("https://www.wikidata.org/wiki/Q42"))],
        [(it("Q42"), it("Q43"))],
    ),
}  # fmt: skip
"""The kinds of fields, by what they are."""


def scheme_of(name: str) -> Scheme:
    """A scheme with a label `A` that has one field `it` of a kind."""
    return scheme_with({"it": KINDS[name].options})


def scheme_with(fields: dict[str, Parts]) -> Scheme:
    """A scheme with a label `A` that has some fields."""
    data: Parts = {"name": "kinds", "version": 1, "labels": {"A": {"definition": "A.", "fields": fields}}}
    return parse_scheme(data)


ALL_KINDS = scheme_with({f"it{number}": kind.options for number, kind in enumerate(KINDS.values())})
"""A scheme whose label has a field of each kind, one beside the other."""

_DURATIONS = st.builds(
    lambda parts, last: "P" + "".join(parts) + last,
    st.lists(st.sampled_from(["3Y", "11M", "2W", "10D"]), max_size=0),
    st.sampled_from(["3D", "1Y6M", "T2H30M", "2W", "T0.25S", "1DT12H"]),
)
_TEXTS = {"duration": _DURATIONS, "wikidata": st.integers(1, 10**17).map(lambda number: f"Q{number}")}


def parts_of(field: Field) -> st.SearchStrategy[Parts]:
    """Valid parts of a field, each known or not, by what its keys say of themselves."""
    return st.fixed_dictionaries({key.name: st.none() | _part(key, field) for key in field.keys})


def _part(key: Key, field: Field) -> st.SearchStrategy[Any]:
    if key.base is tuple:
        return st.lists(st.sampled_from(key.choices), min_size=1, unique=True)
    if key.choices:
        return st.sampled_from(key.choices)
    if key.base is bool:
        return st.booleans()
    if key.base is float:
        low, high = key.limits
        return st.floats(low, high, allow_nan=False, allow_infinity=False)
    return _TEXTS.get(field.type.name, st.sampled_from(["km", "m/s", "{people}", "Cel", "%"]))
