"""Extractors against the gold: what they agree on is found, and ranked by how far they are to be trusted."""

from __future__ import annotations

import json
from pathlib import Path

from goldspan.corpus.inspection.extractor_disagreement import extractor_disagreement
from goldspan.schema import Document, Scheme, Span, Zone
from tests.conftest import Run, record, span, write_lines

TEXT = "Iran struck Kyiv. Iran left. Gaza fell on Friday."


def at(surface: str, label: str, place: int = 0, value: object = None) -> Span:
    start = -1
    for _ in range(place + 1):
        start = TEXT.index(surface, start + 1)
    return Span(start, start + len(surface), label, value)


ALL = [
    at("Iran", "ACTOR"),
    at("Kyiv", "LOCATION"),
    at("Iran", "ACTOR", 1),
    at("Gaza", "LOCATION"),
    at("Friday", "DATE"),
]


def corpus(*layers: list[Span], copies: int = 6) -> list[Document]:
    """Documents of which the last have the layers given, the others all spans."""
    rest = [Document(id=f"z{i}", text=TEXT, spans=tuple(ALL)) for i in range(copies)]
    return [*(Document(id=f"a{i}", text=TEXT, spans=tuple(spans)) for i, spans in enumerate(layers)), *rest]


def test_a_span_that_trusted_extractors_share_and_the_gold_lacks_is_found(scheme: Scheme) -> None:
    gold, sure = corpus(ALL[1:]), corpus(ALL)
    [finding] = extractor_disagreement(gold, {"one": sure, "two": sure}, scheme)
    assert (finding.check, finding.document, finding.start, finding.end) == ("dissent", "a0", 0, 4)
    assert finding.what == "one and two have ACTOR 'Iran' [0, 4), the gold nothing"


def test_a_span_that_only_the_gold_has_is_found(scheme: Scheme) -> None:
    odd = at("left", "ACTOR")
    gold, sure = corpus([*ALL, odd]), corpus(ALL)
    [finding] = extractor_disagreement(gold, {"one": sure, "two": sure}, scheme)
    assert finding.what == "only the gold has ACTOR 'left' [23, 27)"


def test_other_bounds_and_labels_are_one_finding_with_both_sides(scheme: Scheme) -> None:
    gold, sure = corpus([at("Kyiv. Iran", "ACTOR"), *ALL[3:], ALL[0]]), corpus([*ALL[:2], *ALL[3:]])
    [finding] = extractor_disagreement(gold, {"one": sure, "two": sure}, scheme)
    assert finding.what == "one and two have LOCATION 'Kyiv' [12, 16), the gold ACTOR 'Kyiv. Iran' [12, 22)"


def test_other_values_are_found_and_those_that_count_as_the_same_are_not(scheme: Scheme) -> None:
    def dated(edtf: str) -> list[Span]:
        return [*ALL[:4], at("Friday", "DATE", value=scheme.value("DATE", edtf=edtf))]

    gold = [Document(id=f"d{i}", text=TEXT, spans=tuple(dated("2023-11-03"))) for i in range(8)]
    other = [
        Document(id=f"d{i}", text=TEXT, spans=tuple(dated("2023-11-10" if i == 0 else "2023-11-03"))) for i in range(8)
    ]
    [finding] = extractor_disagreement(gold, {"one": other, "two": other}, scheme)
    assert finding.what == "one and two have DATE 'Friday' [42, 48) as 'edtf 2023-11-10', the gold as 'edtf 2023-11-03'"


def test_the_more_trusted_the_higher_the_rank(scheme: Scheme) -> None:
    noise = [at("struck", "LOCATION"), at("fell", "DATE"), at("left", "ACTOR")]
    gold = [Document(id=f"d{i}", text=TEXT, spans=tuple(ALL[:3] if i == 0 else ALL)) for i in range(20)]
    sure = [Document(id=f"d{i}", text=TEXT, spans=tuple(ALL)) for i in range(20)]
    wild = [Document(id=f"d{i}", text=TEXT, spans=tuple([*ALL, *noise] if i % 2 else ALL)) for i in range(20)]
    trusted = extractor_disagreement(gold, {"one": sure, "two": sure}, scheme)
    mixed = extractor_disagreement(gold, {"one": wild, "two": wild}, scheme)
    assert [f.document for f in trusted] == ["d0", "d0"]
    weights = {(f.document, f.start): f.likelihood or 0.0 for f in mixed}
    for finding in trusted:
        assert weights.get((finding.document, finding.start), 0.0) < (finding.likelihood or 0.0)
    ranks = [f.likelihood or 0.0 for f in mixed]
    assert ranks == sorted(ranks, reverse=True)


def test_one_voice_of_three_and_zones_are_no_dissent(scheme: Scheme) -> None:
    gold, sure = corpus(ALL[1:]), corpus(ALL)
    assert not [
        f for f in extractor_disagreement(gold, {"one": sure, "two": gold, "three": gold}, scheme) if f.start == 0
    ]
    zoned = [Document(id=d.id, text=d.text, spans=d.spans, zones=(Zone(0, 5, "stamp"),)) for d in gold]
    assert extractor_disagreement(zoned, {"one": sure, "two": sure}, scheme) == []


def counted(scheme: Scheme, *numbers: int, of: int = 12) -> list[Document]:
    """Documents of which the first have these counts, the others 3."""
    counts = [*numbers, *[3] * (of - len(numbers))]
    values = [scheme.value("COUNT", min=n, max=n, unit="killed") for n in counts]
    return [Document(id=f"d{i}", text=TEXT, spans=(at("Gaza", "COUNT", value=v),)) for i, v in enumerate(values)]


def test_who_has_the_golds_value_speaks_against_those_who_have_another(scheme: Scheme) -> None:
    gold, other = counted(scheme), counted(scheme, 4)
    [unopposed] = extractor_disagreement(gold, {"one": other, "two": other}, scheme)
    [opposed] = extractor_disagreement(gold, {"one": other, "two": other, "three": gold}, scheme)
    assert (opposed.likelihood or 0.0) < (unopposed.likelihood or 0.0)


def test_the_order_of_equal_spans_is_no_dissent(scheme: Scheme) -> None:
    one, other = (counted(scheme, n)[0].spans[0] for n in (4, 5))
    gold, turned = (
        [Document(id="q", text=TEXT, spans=spans), *counted(scheme)] for spans in ((one, other), (other, one))
    )
    assert extractor_disagreement(gold, {"one": turned, "two": turned}, scheme) == []


def test_a_gold_without_answers_or_documents_is_under_no_suspicion(scheme: Scheme) -> None:
    assert extractor_disagreement(corpus(ALL), {}, scheme) == []
    assert extractor_disagreement(corpus(ALL), {"one": [], "two": []}, scheme) is not None
    assert extractor_disagreement([], {"one": [], "two": []}, scheme) == []


def test_a_span_beside_one_that_all_share_is_not_said_to_stand_for_nothing(scheme: Scheme) -> None:
    wider = at("Iran struck", "ACTOR")
    gold, sure = corpus(ALL), corpus([*ALL, wider])
    [finding] = extractor_disagreement(gold, {"one": sure, "two": sure}, scheme)
    assert finding.what == "one and two have ACTOR 'Iran struck' [0, 11), the gold only ACTOR 'Iran' [0, 4)"


def test_a_span_that_only_the_gold_has_is_told_where_what_stands_in_its_place_is_not(scheme: Scheme) -> None:
    gold = corpus([*ALL, at("struck", "ACTOR")], copies=20)
    noise = [at("struck", "LOCATION"), at("left", "LOCATION")]  # they know actors well and places badly
    wild = [Document(id=d.id, text=TEXT, spans=(*(s for s in ALL if s.label != "LOCATION"), *noise)) for d in gold]
    found = extractor_disagreement(gold, {"one": wild, "two": wild}, scheme)
    assert [f.what for f in found if f.start == 5] == ["only the gold has ACTOR 'struck' [5, 11)"]


def test_the_command_lists_them_and_an_answer_silences_one(tmp_path: Path, goldspan: Run) -> None:
    text = "Iran struck Kyiv on Monday.\n"
    whole = [span(0, 4, "ACTOR", {"kind": "state", "id": "IRN"}), span(12, 16, "LOCATION"), span(20, 26, "DATE")]
    lines = [record(str(i), text, spans=whole if i else whole[1:], meta={"published": "2023-11-07"}) for i in range(9)]
    path, answers = write_lines(tmp_path / "gold.jsonl", *lines), tmp_path / "answers.jsonl"
    check = ["corpus", "check", path, "--suspicious", "--extractor", "rules", "--json"]
    done = goldspan(*check)
    assert done.returncode == 1, done.stderr
    found = [f for f in json.loads(done.stdout)["findings"] if f["check"] == "dissent"]
    assert [(f["document"], f["start"], f["end"]) for f in found] == [("0", 0, 4)]
    answer = {key: found[0][key] for key in ("check", "document", "start", "end")} | {"reason": "A ship of that name."}
    write_lines(answers, answer)
    again = json.loads(goldspan(*check, "--suppress", answers).stdout)["findings"]
    assert "dissent" not in {f["check"] for f in again}


def test_extractors_that_fail_are_all_named_and_the_other_findings_are_kept(tmp_path: Path, goldspan: Run) -> None:
    lines = [record("a", "Iran struck.", spans=[span(0, 4, "ACTOR")]), record("b", "Iran left.")]
    path, answers = write_lines(tmp_path / "gold.jsonl", *lines), tmp_path / "answers.jsonl"
    answer = {"check": "dissent", "document": "a", "start": 0, "end": 4, "reason": "A ship of that name."}
    write_lines(answers, answer)
    check = ["corpus", "check", path, "--suspicious", "--suppress", answers, "--json"]
    kept = json.loads(goldspan(*check).stdout)["findings"]
    failing = [part for spec in ("command:false,fill=false", "spacy:none") for part in ("--extractor", spec)]
    done = goldspan(*check, *failing)
    assert (done.returncode, json.loads(done.stdout)["findings"]) == (3, kept) and kept
    assert "exited with status 1" in done.stderr and "'none' cannot be loaded" in done.stderr
    assert "no longer a finding" not in done.stderr  # nobody knows


def test_extractors_without_deep_are_a_wrong_call(tmp_path: Path, goldspan: Run) -> None:
    path = write_lines(tmp_path / "gold.jsonl", record())
    assert goldspan("corpus", "check", path, "--extractor", "rules").returncode == 2


def test_an_alias_of_the_golds_actor_is_no_dissent(scheme: Scheme) -> None:
    value, alias = (scheme.value("ACTOR", id=name) for name in ("IRN", "iran"))
    gold, sure = corpus([at("Iran", "ACTOR", 0, value), *ALL[1:]]), corpus([at("Iran", "ACTOR", 0, alias), *ALL[1:]])
    assert extractor_disagreement(gold, {"one": sure, "two": sure}, scheme) == []
