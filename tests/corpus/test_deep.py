from __future__ import annotations

import json
from pathlib import Path

import pytest

from goldspan.corpus.inspection.suspicious_annotations import find_suspicious_annotations, read_suppressions
from goldspan.schema import DataError, Document, Metadata, Scheme, Span, Zone

TEXT = "Iran struck Erbil. Iran denied it. On Friday 12 soldiers were killed. Erbil is in Iraq. Erbil again."


def at(surface: str, nth: int = 0) -> tuple[int, int]:
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(surface, start + 1)
    return start, start + len(surface)


def found(
    scheme: Scheme, *spans: Span, published: str = "2024-01-20", zones: tuple[Zone, ...] = ()
) -> list[tuple[str, int]]:
    document = Document(id="a", text=TEXT, spans=spans, meta=Metadata(published=published), zones=zones)
    return [(finding.check, finding.start) for finding in find_suspicious_annotations([document], scheme)]


def test_a_sound_layer_has_no_findings(scheme: Scheme) -> None:
    iran, erbil = (
        {"kind": "state", "id": "IRN"},
        {"kind": "settlement", "id": "geonames:95446", "lat": 36.2, "lon": 44.0},
    )
    spans = [scheme.span(*at("Iran", n), "ACTOR", **iran) for n in range(2)]
    spans += [scheme.span(*at("Erbil", n), "LOCATION", **erbil, country="IRQ") for n in range(3)]
    spans += [scheme.span(*at("12"), "COUNT", min=12, max=12, unit="killed")]
    spans += [scheme.span(*at("Friday"), "DATE", edtf="2024-01-19")]
    assert found(scheme, *spans) == []


def test_a_name_annotated_here_and_missed_there_is_found(scheme: Scheme) -> None:
    assert found(scheme, scheme.span(*at("Iran"), "ACTOR", id="IRN")) == [("missed", at("Iran", 1)[0])]
    covered = Span(*at("Iran denied", 0), "ACTOR")
    assert ("missed", at("Iran", 1)[0]) not in found(scheme, scheme.span(*at("Iran"), "ACTOR", id="IRN"), covered)
    zone = Zone(*at("Iran", 1), "url")
    assert found(scheme, scheme.span(*at("Iran"), "ACTOR", id="IRN"), zones=(zone,)) == []


def test_a_surface_labelled_otherwise_than_its_like_is_found(scheme: Scheme) -> None:
    labels = ["LOCATION", "LOCATION", "ACTOR"]
    assert found(scheme, *(Span(*at("Erbil", n), label) for n, label in enumerate(labels))) == [
        ("label", at("Erbil", 2)[0])
    ]


def test_values_that_contradict_each_other_are_found(scheme: Scheme) -> None:
    ids = ["hamas", "hamas", "hezbollah"]
    spans = [scheme.span(*at("Erbil", n), "ACTOR", kind="armed_group", id=name) for n, name in enumerate(ids)]
    assert found(scheme, *spans) == [("identity", at("Erbil", 2)[0])]
    kinds = ["armed_group", "armed_group", "media"]
    spans = [scheme.span(*at("Erbil", n), "ACTOR", kind=kind, id="hamas") for n, kind in enumerate(kinds)]
    assert found(scheme, *spans) == [("identity", at("Erbil", 2)[0]), ("registry", at("Erbil", 2)[0])]


def test_ids_that_no_registry_knows_and_places_elsewhere_are_found(scheme: Scheme) -> None:
    last = at("again")
    assert found(scheme, scheme.span(*last, "ACTOR", id="nobody-at-all")) == [("registry", last[0])]
    assert found(scheme, scheme.span(*last, "ACTOR", id="irn-backed-groups", kind="armed_group")) == []
    far = {"id": "geonames:276781", "kind": "settlement", "lat": 36.2, "lon": 44.0}
    assert found(scheme, scheme.span(*last, "LOCATION", **far)) == [("registry", last[0])]
    small = {"id": "geonames:165757", "kind": "settlement", "country": "SYR"}
    assert found(scheme, scheme.span(*last, "LOCATION", **small)) == []


def test_dates_after_publication_and_units_against_their_sentence_are_found(scheme: Scheme) -> None:
    assert found(scheme, scheme.span(*at("Friday"), "DATE", edtf="2024-01-26")) == [("date", at("Friday")[0])]
    assert found(scheme, scheme.span(*at("12"), "COUNT", min=12, unit="attack")) == [("unit", at("12")[0])]
    assert found(scheme, scheme.span(*at("12"), "COUNT", min=12, unit="personnel")) == []


def test_answers_need_a_reason_and_a_place(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    answer = {"check": "label", "document": "a", "start": 0, "end": 4, "reason": "A5"}
    path.write_text(json.dumps(answer) + "\n")
    assert read_suppressions(path) == {("label", "a", 0, 4): "A5"}
    for bad in ({**answer, "reason": " "}, {"check": "label"}):
        path.write_text(json.dumps(answer) + "\n" + json.dumps(bad) + "\n")
        with pytest.raises(DataError, match=r"answers\.jsonl:2: "):
            read_suppressions(path)
