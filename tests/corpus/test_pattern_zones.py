"""Zones by the patterns of a scheme."""

from __future__ import annotations

from typing import Any

import pytest

from goldspan.corpus import Article, build_documents
from goldspan.schema import DataError, Metadata, parse_scheme


def zones_of(text: str, kinds: dict[str, Any], language: str = "de") -> list[tuple[str, str]]:
    labels = {"X": {"definition": "-"}}
    scheme = parse_scheme({"name": "x", "version": 1, "labels": labels, "zones": kinds})
    article = Article("a", text, Metadata(language=language), "a.txt")
    [made] = build_documents([article], scheme, report=pytest.fail, note=lambda _: None)
    return [(zone.kind, text[zone.start : zone.end]) for zone in made.zones]


NOTE = {"definition": "-", "patterns": [r"^Diese Meldung ist erfunden\.$", r"^Von (?P<zone>.+)$"]}
CASES = {
    "lines": ("Von Ada Au\n\nDer Deich hielt.\nDiese Meldung ist erfunden.", {"note": NOTE}, [("note", "Ada Au"), ("note", "Diese Meldung ist erfunden.")]),
    "beside rules": ("Mehr: https://a.example/x\nVon Ada", {"url": "-", "note": NOTE}, [("url", "https://a.example/x"), ("note", "Ada")]),
    "before rules": ("Von https://a.example/x", {"url": "-", "note": NOTE}, [("note", "https://a.example/x")]),
    "a kind that rules find too": ("Sie: https://a.example/x. SIEHE", {"url": {"definition": "-", "patterns": ["SIEHE"]}}, [("url", "https://a.example/x"), ("url", "SIEHE")]),
    "the longest of two": ("a b c", {"one": {"definition": "-", "patterns": ["a"]}, "two": {"definition": "-", "patterns": ["a b"]}}, [("two", "a b")]),
    "none": ("Der Deich hielt.", {"note": NOTE}, []),
}  # fmt: skip


@pytest.mark.parametrize("text, kinds, expected", CASES.values(), ids=CASES)
def test_zones_are_found_by_patterns(text: str, kinds: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert zones_of(text, kinds) == expected


WRONG = {
    "no regular expression": ({"definition": "-", "patterns": ["(a"]}, "not a regular expression"),
    "tokens": ({"definition": "-", "patterns": [{"tokens": [{"LOWER": "a"}]}]}, "by regular expressions only"),
    "another group": ({"definition": "-", "patterns": ["(?P<name>a)"]}, "the group 'name' has no use"),
    "no definition": ({"patterns": ["a"]}, "expected a definition"),
    "another key": ({"definition": "-", "pattern": "a"}, "unknown key"),
}


@pytest.mark.parametrize("kind, told", WRONG.values(), ids=WRONG)
def test_a_wrong_pattern_is_told(kind: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError, match=told):
        zones_of("a", {"note": kind})
