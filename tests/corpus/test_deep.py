from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from goldspan.corpus.inspection.finding_groups import group_findings
from goldspan.corpus.inspection.suppressions import apply_suppressions, read_suppressions
from goldspan.corpus.inspection.suspicious_annotations import find_suspicious_annotations
from goldspan.schema import DataError, Document, Metadata, Scheme, Span, Zone
from tests.conftest import Run, record, span, write_lines

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
    assert [(str(item), item.reason) for item in read_suppressions(path)] == [("label a [0, 4)", "A5")]
    for bad in (
        {**answer, "reason": " "},
        {"check": "label"},
        {"check": "label", "reason": "A5"},
        {"check": "label", "id": "hamas", "reason": "A5"},
        {**answer, "check": "registry", "id": "hamas"},
    ):
        path.write_text(json.dumps(answer) + "\n" + json.dumps(bad) + "\n")
        with pytest.raises(DataError, match=r"answers\.jsonl:2: "):
            read_suppressions(path)


def test_findings_of_one_kind_are_one_group_and_likely_ones_come_first(scheme: Scheme) -> None:
    text = "Nobody came. Nobody left. California burned. Iran denied it."

    def find(surface: str, label: str, nth: int = 0, **value: object) -> Span:
        start = text.index(surface, text.index(surface) + nth)
        return scheme.span(start, start + len(surface), label, **value)

    spans = (
        find("Nobody", "ACTOR", id="nobody-at-all"),
        find("Nobody", "ACTOR", 1, id="nobody-at-all"),
        find("California", "LOCATION", id="california"),
    )
    findings = find_suspicious_annotations([Document(id="a", text=text, spans=spans)], scheme)
    groups = group_findings(reversed(findings))
    assert [(g.first.subject, len(g.findings)) for g in groups] == [("california", 1), ("nobody-at-all", 2)]
    assert groups == group_findings(findings) and groups[1].first.start == 0
    assert "known as 'geonames:5332921'" in groups[0].first.what


def test_an_answer_is_silent_until_its_span_changes(scheme: Scheme, tmp_path: Path) -> None:
    def found_with(unit: str) -> list:
        counted = scheme.span(*at("12"), "COUNT", min=12, max=12, unit=unit)
        document = Document(id="a", text=TEXT, spans=(counted,))
        return find_suspicious_annotations([document], scheme)

    [finding] = found_with("attack")
    path = tmp_path / "answers.jsonl"
    path.write_text(json.dumps({**asdict(finding), "reason": "they are soldiers who attacked"}) + "\n")
    answers = read_suppressions(path)
    same, changed, gone = (apply_suppressions(f, answers) for f in (found_with("attack"), found_with("site"), []))
    assert (same.open, same.changed, same.stale) == ([], [], [])
    assert (len(changed.open), changed.changed, changed.stale) == (1, answers, [])
    assert (gone.open, gone.changed, gone.stale) == ([], [], answers)


def test_one_answer_about_an_id_holds_for_all_its_mentions(scheme: Scheme, tmp_path: Path) -> None:
    spans = tuple(scheme.span(*at("Erbil", n), "ACTOR", id="the-erbils") for n in range(3))
    findings = find_suspicious_annotations([Document(id="a", text=TEXT, spans=spans)], scheme)
    path = tmp_path / "answers.jsonl"
    path.write_text('{"check": "registry", "id": "the-erbils", "reason": "a band"}\n')
    assert len(findings) == 3 and apply_suppressions(findings, read_suppressions(path)).open == []


def test_the_command_shows_a_line_for_each_kind_of_finding_and_all_of_them_on_demand(
    goldspan: Run, tmp_path: Path
) -> None:
    text = "Nobody came. " * 30
    spans = [span(13 * n, 13 * n + 6, "ACTOR", {"id": f"nobody-{max(n, 2)}"}) for n in range(30)]
    path = write_lines(tmp_path / "gold.jsonl", record("a", text, spans=spans))
    check = ("corpus", "check", path, "--suspicious")
    shown, every = goldspan(*check), goldspan(*check, "--all")
    assert (shown.returncode, every.returncode) == (1, 1)
    told = json.loads(goldspan(*check, "--json").stdout)
    unknown = [group for group in told["groups"] if group["check"] == "registry"]
    assert sorted(group["mentions"] for group in unknown) == [1] * 27 + [3]
    assert len(told["findings"]) == sum(group["mentions"] for group in told["groups"])
    assert "; 2 more like it, in 1 document" in shown.stderr and "less likely kinds with" in shown.stderr
    assert all(every.stderr.count(f"'nobody-{n}'") for n in range(2, 30)) and "more like it" not in every.stderr
