"""Schemes whose labels have any names on one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from goldspan.schema import Scheme, parse_scheme

NAMES = (
    *("GEO/Political entity", "GEO Political entity", "GEO_Political", 'say "it\'s"', "<b>&amp;</b>", "a.b:c[d]{e}"),
    *("A, B", "$USD $2", "%s", "|", "#", "*", "\\", "O", "B-PER", "I-", "3D", "-", "_", "x" * 90, "value", "unsure"),
    *("جهة فاعلة", "行为者", "e\u0301te\u0301", "नाम", "\U0001f525", "\U0001f469\u200d\U0001f680 crew", "ß", "İ"),
)
"""Names of labels that some format or tool takes for something else, or cannot write."""
FIELDS = {
    "kind": {"type": "choice", "choices": ["plain", "$x, y"]},
    "id": {"type": "text"},
    "number": {"type": "interval"},
    "when": {"type": "edtf"},
    "point": {"type": "coordinates"},
}
VALUES: tuple[dict[str, Any], ...] = (
    {"kind": "plain", "id": 'a "b" <c> é', "min": 3, "max": None, "approx": True, "lat": 1.5, "lon": -2.25},
    {"kind": "$x, y", "when": "2023-11/2023-12", "min": 0, "max": 2**53 + 1},
    {},
)


def scheme_of(names: Sequence[str], fields: int) -> Scheme:
    """A scheme of these labels, of which the first have fields; one states its key."""
    labels: dict[str, Any] = {name: {"definition": "What it is."} for name in names}
    for name in names[:fields]:
        labels[name]["fields"] = FIELDS
    labels[names[1]]["key"] = "Stated"
    spans = {"overlap": True, "boundaries": "any"}
    zones = {"url": "an address"}
    return parse_scheme({"name": "odd", "version": 1, "labels": labels, "spans": spans, "zones": zones})


SCHEME = scheme_of(NAMES, len(NAMES))
"""One with all of these names, each with fields."""
