from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.corpus.adjudication.conflicts import AdjudicationDecision
from goldspan.corpus.adjudication.decisions import read_decisions, write_conflicts
from goldspan.corpus.adjudication.resolution import resolve_passes
from goldspan.schema import DataError, Document, Layer, Scheme, Span, conflict_scheme

from ..conftest import Run, record, span, write_lines

SCHEME = conflict_scheme()
TEXT = "Iran and its allies struck three bases in Iraq on Friday, Iran said."
IRAN, IRAN_2 = SCHEME.span(0, 4, "ACTOR", id="IRN"), SCHEME.span(58, 62, "ACTOR", id="IRN")
THREE = SCHEME.span(27, 32, "COUNT", min=3, max=3, unit="site")
IRAQ = SCHEME.span(42, 46, "LOCATION", id="IRQ")


def layers(*passes: list[Span], **more: Any) -> dict[str, list[Document]]:
    return {
        name: [Document(id="a", text=TEXT, spans=tuple(spans), layer=Layer(annotator=name), **more)]
        for name, spans in zip("xyz", passes, strict=False)
    }


def test_what_all_have_is_taken_and_says_who_had_it() -> None:
    result = resolve_passes(layers([IRAN, IRAQ], [IRAQ, IRAN]), SCHEME)
    [document] = result.documents
    assert [(s.start, s.passes, s.decision) for s in document.spans] == [(0, ("x", "y"), None), (42, ("x", "y"), None)]
    assert (result.agreed, result.conflicts) == (2, [])
    assert document.layer is not None and document.layer.annotator == "adjudicated"
    assert document.layer.scheme_sha256 == SCHEME.fingerprint


def test_documents_that_one_pass_alone_read_are_counted(goldspan: Run, tmp_path: Path) -> None:
    ids = [f"d{number}" for number in range(30)]
    a = write_lines(tmp_path / "a.jsonl", *(record(name) for name in ids))
    b = write_lines(tmp_path / "b.jsonl", record(ids[0]))
    told = goldspan("adjudicate", a, b, "--out", tmp_path / "gold.jsonl").stderr
    assert "in one pass only, taken as they are: 29 documents, d1, d2, " in told and "d20 …" in told


LONGER, RELABELLED = SCHEME.span(0, 19, "ACTOR", id="IRN"), SCHEME.span(42, 46, "ACTOR", id="IRQ")
REVALUED = SCHEME.span(27, 32, "COUNT", min=3, max=3, unit="attack")
KINDS = {
    "missing": ([IRAN], [], "missing", (0, 4)),
    "boundary": ([IRAN], [LONGER], "boundary", (0, 19)),
    "label": ([IRAQ], [RELABELLED], "label", (42, 46)),
    "value": ([THREE], [REVALUED], "value", (27, 32)),
    "one against two": ([LONGER], [IRAN, SCHEME.span(13, 19, "ACTOR")], "boundary", (0, 19)),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_differs_is_a_conflict_of_its_kind_and_left_out(name: str) -> None:
    a, b, kind, bounds = KINDS[name]
    result = resolve_passes(layers([*a, IRAN_2], [*b, IRAN_2]), SCHEME)
    [conflict] = result.undecided
    assert (conflict.kind, (conflict.start, conflict.end)) == (kind, bounds)
    assert conflict.readings == {"x": tuple(a), "y": tuple(b)}
    assert [s.start for s in result.documents[0].spans] == [58]


def test_a_majority_is_no_agreement() -> None:
    result = resolve_passes(layers([IRAN], [IRAN], []), SCHEME)
    assert [conflict.kind for conflict in result.undecided] == ["missing"]


def test_a_decision_takes_a_reading_or_gives_spans_of_its_own() -> None:
    passes = layers([IRAN, IRAQ], [LONGER, RELABELLED])
    rulings = [
        AdjudicationDecision("a", 0, 19, "judge", "no name beyond", choose="x"),
        AdjudicationDecision(
            "a", 42, 46, "judge", "neither", spans=(SCHEME.span(42, 46, "LOCATION", id="IRQ", kind="country"),)
        ),
    ]
    result = resolve_passes(passes, SCHEME, rulings)
    first, second = result.documents[0].spans
    assert first.passes == ("x",) and first.decision is not None and first.decision.reason == "no name beyond"
    assert second.passes == () and second.value.kind == "country"
    assert (result.agreed, result.decided, result.undecided) == (0, 2, [])
    assert (result.decisions, result.dropped) == (2, 0)  # other bounds and another label are put in the place of spans


def test_a_decision_against_all_passes_must_say_so() -> None:
    passes = layers([IRAN], [IRAN])
    nothing = AdjudicationDecision("a", 0, 4, "judge", "not this time", spans=())
    with pytest.raises(DataError, match="fits no conflict"):
        resolve_passes(passes, SCHEME, [nothing])
    overriding = AdjudicationDecision("a", 0, 4, "judge", "not this time", spans=(), override=True)
    result = resolve_passes(passes, SCHEME, [overriding])
    assert result.documents[0].spans == ()
    assert (result.agreed, result.decided, result.decisions, result.dropped) == (0, 0, 1, 1)


def test_a_document_that_a_pass_lacks_or_skipped_is_read_by_the_others() -> None:
    passes = layers([IRAN], [IRAN])
    passes["x"].append(Document(id="b", text="Iraq", spans=(SCHEME.span(0, 4, "LOCATION"),)))
    passes["z"] = [Document(id="a", text=TEXT, spans=(), layer=Layer(skipped=True))]
    result = resolve_passes(passes, SCHEME)
    assert [(d.id, d.spans[0].passes) for d in result.documents] == [("a", ("x", "y")), ("b", ("x",))]
    assert result.single == ["b"]


WRONG = {
    "no such pass": ([AdjudicationDecision("a", 0, 4, "judge", "r", choose="w")], "chooses 'w'"),
    "no such document": ([AdjudicationDecision("b", 0, 4, "judge", "r", choose="x")], "fits no conflict"),
    "twice": ([AdjudicationDecision("a", 0, 4, "judge", "r", choose="x")] * 2, "two decisions about"),
    "other readings": (
        [AdjudicationDecision("a", 0, 4, "judge", "r", choose="x", readings={"x": (), "y": ()})],
        "differ from those of the passes",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_decision_that_does_not_fit_is_refused(name: str) -> None:
    rulings, message = WRONG[name]
    with pytest.raises(DataError, match=message):
        resolve_passes(layers([IRAN], []), SCHEME, rulings)


def test_another_text_in_one_pass_is_refused() -> None:
    passes = layers([IRAN], [IRAN])
    passes["y"] = [Document(id="a", text=TEXT + " ", spans=())]
    with pytest.raises(DataError, match="'a': the text differs between passes"):
        resolve_passes(passes, SCHEME)


SPANS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 6), st.sampled_from(["ACTOR", "DATE"])).map(
        lambda t: Span(t[0], t[0] + t[1], t[2])
    ),
    max_size=6,
    unique=True,
)


@given(SPANS, SPANS)
def test_nothing_is_lost_or_taken_silently(a: list[Span], b: list[Span]) -> None:
    result = resolve_passes(layers(a, b), SCHEME)
    taken = {(s.start, s.end, s.label) for s in result.documents[0].spans}
    in_conflict = {(s.start, s.end, s.label) for c in result.conflicts for r in c.readings.values() for s in r}
    keys_a, keys_b = ({(s.start, s.end, s.label) for s in spans} for spans in (a, b))
    assert taken == keys_a & keys_b
    assert in_conflict == keys_a ^ keys_b
    swapped = resolve_passes({"y": layers(a, b)["y"], "x": layers(a, b)["x"]}, SCHEME)
    assert [(c.start, c.end, c.kind) for c in swapped.conflicts] == [(c.start, c.end, c.kind) for c in result.conflicts]


def test_conflicts_are_written_filled_in_and_read_back(tmp_path: Path, scheme: Scheme) -> None:
    passes = layers([IRAN, IRAQ], [LONGER, RELABELLED])
    open_ones = resolve_passes(passes, scheme)
    path = tmp_path / "conflicts.jsonl"
    texts = {"a": open_ones.documents[0]}
    assert write_conflicts(path, open_ones, documents=texts) == 2
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines[0]["context"].startswith("[Iran and its allies] struck")
    assert lines[0]["readings"]["y"][0]["end"] == 19
    assert read_decisions(path, scheme) == []  # nothing is decided yet
    lines[0] |= {"choose": "x", "by": "judge", "reason": "G5"}
    lines[1] |= {"spans": lines[1]["readings"]["x"], "by": "judge", "reason": "L1"}
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    rulings = read_decisions(path, scheme)
    decided = resolve_passes(passes, scheme, rulings)
    assert decided.undecided == [] and [s.label for s in decided.documents[0].spans] == ["ACTOR", "LOCATION"]
    again = tmp_path / "again.jsonl"
    write_conflicts(again, decided, rulings, documents=texts)
    assert resolve_passes(passes, scheme, read_decisions(again, scheme)).documents == decided.documents


def test_decisions_that_are_not_given_are_not_overwritten(goldspan: Run, tmp_path: Path) -> None:
    a = write_lines(tmp_path / "a.jsonl", record(spans=[span(0, 4, "ACTOR"), span(12, 17, "COUNT")]))
    b = write_lines(tmp_path / "b.jsonl", record())
    conflicts, out = tmp_path / "c.jsonl", tmp_path / "gold.jsonl"
    call = ("adjudicate", a, b, "--out", out, "--conflicts", conflicts)
    assert [goldspan(*call).returncode for _ in range(2)] == [1, 1]  # what nobody decided may be written anew
    first, second = map(json.loads, conflicts.read_text().splitlines())
    write_lines(conflicts, first | {"spans": [], "by": "judge", "reason": "G5"}, second)
    held, made = conflicts.read_bytes(), out.read_bytes()
    again = goldspan(*call)
    assert (again.returncode, conflicts.read_bytes(), out.read_bytes()) == (2, held, made)
    assert (
        "1 decision in it would be lost, the first about document 'a' [0, 4)" in again.stderr
        and "--decisions" in again.stderr
    )
    given = goldspan(*call, "--decisions", conflicts)
    assert given.returncode == 1, given.stderr
    [ruling] = read_decisions(conflicts, SCHEME)
    assert (ruling.start, ruling.spans, ruling.by, ruling.reason) == (0, (), "judge", "G5")
    assert "0 spans agreed, 1 decision (0 spans added, 1 dropped), conflicts: missing 2; undecided 1" in given.stderr


BASE = {"document": "a", "start": 0, "end": 4, "choose": "x", "by": "judge", "reason": "r"}
BAD_LINES = {
    "not JSON": ("hello", "not a conflict"),
    "unknown key": (json.dumps(BASE | {"why": "x"}), "unknown field `why`"),
    "nobody": (json.dumps(BASE | {"by": None}), r"has no author \(by\)"),
    "no reason": (json.dumps(BASE | {"reason": ""}), "has no reason"),
    "both": (json.dumps(BASE | {"spans": []}), "both chooses a pass and gives spans"),
    "bad span": (
        json.dumps({**BASE, "choose": None, "spans": [{"start": 40, "end": 49, "label": "ACTOR"}]}),
        "lies outside the conflict",
    ),
    "bad label": (
        json.dumps({**BASE, "choose": None, "spans": [{"start": 0, "end": 4, "label": "X"}]}),
        "unknown label",
    ),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_of_decisions_is_named(name: str, tmp_path: Path, scheme: Scheme) -> None:
    text, message = BAD_LINES[name]
    path = tmp_path / "decisions.jsonl"
    path.write_text(json.dumps(BASE) + "\n" + text + "\n")
    with pytest.raises(DataError, match=message) as refusal:
        read_decisions(path, scheme)
    assert str(refusal.value).startswith(f"{path}:2: ")
