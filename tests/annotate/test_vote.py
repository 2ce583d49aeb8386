"""`vote`: several extractors, or several runs of one, as readers of each document."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.annotate import load_extractor
from goldspan.annotate.adapters.services.service_usage import tally_lines
from goldspan.annotate.extractor_specs import spec_of_result
from goldspan.annotate.finders.vote_extractor import Vote, elect
from goldspan.annotate.runner.annotate_documents import annotate_documents
from goldspan.annotate.several_specs import join_specs, split_specs
from goldspan.corpus.adjudication.vote_record import contested_places
from goldspan.corpus.spans.group_alignment import align_layers
from goldspan.schema import Document, GoldspanError, Scheme, Span, UsageError, parse_scheme
from goldspan.workflows.benchmarking.benchmark_results import ExtractorCost
from goldspan.workflows.studio.document_suggestions import read_suggestions

from ..conftest import Run, record, write_lines

TEXT = "Sturm und Sturmflut in Auenwerda, sagt ein Sturmwart."
FIELDS = {"kind": {"type": "choice", "choices": ["sea", "air"]}}
LABELS = {"HAZARD": {"definition": "-", "fields": FIELDS}, "PLACE": {"definition": "-"}}
SCHEME = parse_scheme({"name": "x", "version": 1, "labels": LABELS, "spans": {"overlap": False}})
TABLES = {
    "one": "Sturm,HAZARD,air\nSturmflut,HAZARD,sea\nAuenwerda,PLACE,\n",
    "two": "Sturm,HAZARD,air\nSturmflut,HAZARD,air\nin Auenwerda,PLACE,\n",
    "three": "Sturm,HAZARD,air\nSturmflut,PLACE,\nAuenwerda,PLACE,\nSturmwart,HAZARD,\n",
}
THREE = "vote:dictionary:one.csv + dictionary:two.csv + dictionary:three.csv"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, rows in TABLES.items():
        (tmp_path / f"{name}.csv").write_text(f"surface,label,kind\n{rows}", "utf-8")
    (tmp_path / "scheme.toml").write_text(
        'name = "x"\nversion = 1\n[labels.HAZARD]\ndefinition = "-"\n'
        '[labels.HAZARD.fields.kind]\ntype = "choice"\nchoices = ["sea", "air"]\n[labels.PLACE]\ndefinition = "-"\n'
    )
    return tmp_path


def voted(spec: str, scheme: Scheme = SCHEME) -> Document:
    [outcome] = annotate_documents([Document(id="a", text=TEXT, spans=())], load_extractor(spec, scheme), scheme)
    assert outcome.document is not None, outcome.problem
    return outcome.document


def shown(document: Document) -> list[tuple[str, str, str | None, float | None]]:
    return [(document.surface(s), s.label, getattr(s.value, "kind", None), s.score) for s in document.spans]


# readers write label:start-end=value; what is elected, with the votes for its label and for all of it
ELECTIONS: dict[str, tuple[list[str], tuple[str, int, int]]] = {
    "all alike": (["A:0-4=x"] * 3, ("A:0-4=x", 3, 3)),
    "a majority of labels": (["A:0-4", "B:0-4", "B:0-4"], ("B:0-4", 2, 2)),
    "a tie of labels is that of the first": (["A:0-4", "B:0-4"], ("A:0-4", 1, 1)),
    "and the other way round": (["B:0-4", "A:0-4"], ("B:0-4", 1, 1)),
    "one who has nothing there has no vote": (["", "B:0-4", "A:0-4"], ("B:0-4", 1, 1)),
    "a majority of bounds": (["A:0-4", "A:0-6", "A:0-6"], ("A:0-6", 3, 2)),
    "a tie of bounds": (["A:0-4", "A:0-6"], ("A:0-4", 2, 1)),
    "bounds only of those with the label": (["A:0-4", "B:0-6", "B:0-6", "A:0-4", "A:0-4"], ("A:0-4", 3, 3)),
    "a majority of values": (["A:0-4=x", "A:0-4=y", "A:0-4=y"], ("A:0-4=y", 3, 2)),
    "unknown is a value": (["A:0-4=x", "A:0-4", "A:0-4"], ("A:0-4", 3, 2)),
    "values of other bounds count": (
        ["A:0-4=x", "A:0-4=y", "A:0-4=z", "A:0-6=y", "A:0-6=y"],
        ("A:0-4=y", 5, 1),
    ),
    "but only among those that go with the bounds": (
        ["A:0-4=x", "A:0-4=x", "A:0-4=x", "A:0-6=y", "A:0-6=y"],
        ("A:0-4=x", 5, 3),
    ),
}


class Kind(msgspec.Struct, frozen=True):
    """A stand-in for a value, which votes only compare."""

    name: str


def span_of(text: str) -> Span:
    place, _, value = text.partition("=")
    label, start, end = place.replace("-", ":").split(":")
    return Span(int(start), int(end), label, Kind(value) if value else None)


@pytest.mark.parametrize(("readings", "elected"), ELECTIONS.values(), ids=ELECTIONS)
def test_label_bounds_and_value_are_elected(readings: Sequence[str], elected: tuple[str, int, int]) -> None:
    group = {number: span_of(text) for number, text in enumerate(readings) if text}
    election = elect(group, len(readings))
    text, votes, agree = elected
    expected = msgspec.structs.replace(span_of(text), score=round(agree / len(readings), 4))
    assert (election.span, election.votes, election.agree) == (expected, votes, agree)


SPANS = st.builds(
    lambda start, length, label, value: Span(start, start + length, label, value),
    st.integers(0, 9),
    st.integers(1, 5),
    st.sampled_from(["A", "B"]),
    st.sampled_from([None, Kind("x"), Kind("y")]),
)


@given(st.lists(st.lists(SPANS, max_size=4, unique_by=lambda s: (s.start, s.end, s.label)), min_size=2, max_size=5))
def test_what_is_elected_is_what_some_reader_has(layers: list[list[Span]]) -> None:
    for group in align_layers(layers):
        election = elect(group, len(layers))
        alike = sum(msgspec.structs.replace(election.span, score=None) == span for span in group.values())
        assert 1 <= election.agree == alike <= election.votes <= len(group)


def test_spans_of_most_readers_are_kept_with_the_share_that_agrees(here: Path) -> None:
    document = voted(THREE)
    assert shown(document) == [
        ("Sturm", "HAZARD", "air", 1.0),
        ("Sturmflut", "HAZARD", "sea", 0.3333),  # a tie of values: that of the reader named first
        ("Auenwerda", "PLACE", None, 0.6667),
    ]
    assert document.layer is not None and document.layer.annotator == "vote:dictionary*3"
    assert document.extractor == "vote:dictionary*3"
    vote = (document.layer.extra or {})["vote"]
    assert vote["readers"] == ["dictionary #1", "dictionary #2", "dictionary #3"] and vote["min_votes"] == 2
    [left_out] = vote["left_out"]
    assert TEXT[left_out["start"] : left_out["end"]] == "Sturmwart" and list(left_out["readings"]) == ["dictionary #3"]
    assert contested_places(document) == vote["contested"] == 3
    alike, hazard, place = document.spans
    assert alike.extra is None
    assert (place.extra or {})["vote"]["agree"] == 2
    others = (hazard.extra or {})["vote"]["others"]
    assert others["dictionary #2"]["value"] == {"kind": "air"} and others["dictionary #3"]["label"] == "PLACE"


def test_fewer_or_more_votes_may_be_needed(here: Path) -> None:
    assert [len(voted(f"{THREE},min_votes={n}").spans) for n in (1, 2, 3)] == [4, 3, 2]
    versions = {load_extractor(f"{THREE},min_votes={n}", SCHEME).version for n in (1, 2, 3)}
    assert len(versions) == 3 and load_extractor(THREE, SCHEME).version in versions


def test_the_order_of_readers_decides_ties_only(here: Path) -> None:
    turned = voted("vote:dictionary:three.csv + dictionary:two.csv + dictionary:one.csv")
    assert [item[:2] for item in shown(turned)] == [item[:2] for item in shown(voted(THREE))]
    assert shown(turned)[1] == ("Sturmflut", "HAZARD", "air", 0.3333)


def test_the_spread_of_the_readers_is_counted(here: Path) -> None:
    extractor = load_extractor(THREE, SCHEME)
    assert isinstance(extractor, Vote)
    extractor.extract([Document(id="a", text=TEXT, spans=())])
    counts = extractor.tally
    assert [counts[f"dictionary #{n}: spans"] for n in (1, 2, 3)] == [3, 3, 4]
    assert [counts[f"dictionary #{n}: spans that are elected as they are"] for n in (1, 2, 3)] == [3, 1, 2]
    assert (counts["not contested"], counts["contested, kept"], counts["contested, left out for too few votes"]) == (
        1,
        2,
        1,
    )


def test_bounds_are_corrected_before_the_vote(scheme: Scheme, tmp_path: Path) -> None:
    """An article more or less is not another reading."""
    for name, surface in {"a": "the army", "b": "army"}.items():
        (tmp_path / f"{name}.csv").write_text(f"surface,label\n{surface},ACTOR\n")
    extractor = load_extractor(f"vote:dictionary:{tmp_path}/a.csv + dictionary:{tmp_path}/b.csv", scheme)
    [outcome] = annotate_documents([Document(id="a", text="On Friday the army left.", spans=())], extractor, scheme)
    assert outcome.document is not None and [(s.start, s.end, s.score) for s in outcome.document.spans] == [
        (14, 18, 1.0)
    ]


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("vote:dictionary:one.csv", "expected several different extractors"),
        ("vote:dictionary:one.csv + dictionary:one.csv", "one is named twice"),
        ("vote:http:http://127.0.0.1:1 + http:http://127.0.0.1:1;concurrency=2", "another seed for each"),
        ("vote:dictionary:one.csv + dictionry:two.csv", "did you mean 'dictionary'?"),
        (f"{THREE},min_votes=0", "`min_votes` 0 is out of range for 3 readers. Fix: from 1 to 3"),
        (f"{THREE},min_votes=4", "out of range"),
        (f"{THREE},min_votes=two", "is not a whole number"),
    ],
)
def test_what_cannot_be_voted_on_is_refused(spec: str, told: str, here: Path) -> None:
    with pytest.raises(GoldspanError) as refused:
        load_extractor(spec, SCHEME)
    assert told in str(refused.value)


SPECS = st.lists(
    st.builds("{}:{}".format, st.sampled_from(["http", "llm", "command"]), st.text("ab,:=/ .é", min_size=1)),
    min_size=1,
    max_size=4,
)


@given(SPECS)
def test_several_specs_are_read_as_they_were_joined_or_refused(specs: list[str]) -> None:
    try:
        text = join_specs(specs)
    except UsageError:
        assert any(spec != spec.strip() for spec in specs)
    else:
        assert split_specs(text) == specs


@pytest.mark.parametrize("spec", ["command:a;b", "command:python + x", "combined:a + b"])
def test_a_spec_that_would_be_read_otherwise_is_refused(spec: str) -> None:
    with pytest.raises(UsageError, match="Fix: a file or program whose name has neither"):
        join_specs(["rules", spec])


def test_a_run_continues_with_another_budget_of_a_reader() -> None:
    one, other = (
        spec_of_result(f"vote:llm:m;seed=1;max_requests={n} + llm:m;seed=2;concurrency={n},min_votes=1") for n in (1, 9)
    )
    assert one == other == "vote:llm:m;seed=1 + llm:m;seed=2,min_votes=1"


def test_what_readers_cost_is_told_for_each_and_added_up_in_a_benchmark() -> None:
    tally = {"m #1: requests": 2, "m #2: requests": 3, "m #1: tokens sent": 10, "m #1: tokens answered": 1}
    tally["m #1: cost in millionths"] = 1_500_000
    cost = ExtractorCost("vote", 0, 1, 0, 5, None, (), tally)
    assert (cost.requests, cost.tokens, cost.price) == (5, 11, 1.5)
    assert "m #1: cost: 1.5000" in tally_lines(tally)
    bare = ExtractorCost("rules", 0, 1, 0, 5, None, (), {"tokens sent elsewhere": 3})
    assert (bare.requests, bare.tokens, bare.price) == (None, None, None)


def command_line(here: Path, *more: str) -> list[str]:
    readers = [word for name in TABLES for word in ("--extractor", f"dictionary:{name}.csv")]
    return ["annotate", "in.jsonl", "--scheme", "scheme.toml", "--out", "out.jsonl", *readers, *more]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_the_command_writes_what_most_readers_agree_on(here: Path, goldspan: Run) -> None:
    write_lines(here / "in.jsonl", *({"id": name, "text": TEXT, "spans": []} for name in "ab"))
    done = goldspan(*command_line(here, "--vote"), cwd=here)
    assert done.returncode == 0, done.stderr
    assert "dictionary #1: spans: 6" in done.stderr and "contested, kept: 4" in done.stderr
    written = (here / "out.jsonl").read_bytes()
    assert [len(line["spans"]) for line in lines(here / "out.jsonl")] == [3, 3]
    assert goldspan("corpus", "check", "out.jsonl", "--scheme", "scheme.toml", cwd=here).returncode == 0
    assert goldspan(*command_line(here, "--vote", "--workers", "2"), cwd=here).returncode == 0
    assert (here / "out.jsonl").read_bytes() == written
    assert goldspan(*command_line(here, "--vote", "--min-votes", "3"), cwd=here).returncode == 0
    assert [len(line["spans"]) for line in lines(here / "out.jsonl")] == [2, 2]


def test_a_document_that_a_reader_fails_on_fails_and_the_reader_is_named(here: Path, goldspan: Run) -> None:
    program = "import json, sys\nfor line in sys.stdin:\n r = json.loads(line)\n if r['id'] == 'b': sys.exit(1)\n"
    (here / "echo.py").write_text(program + " print(json.dumps(r), flush=True)\n", "utf-8")
    write_lines(here / "in.jsonl", *({"id": name, "text": TEXT, "spans": []} for name in "abc"))
    reader = ["--extractor", f"command:{sys.executable} echo.py,fill=false"]
    done = goldspan(*command_line(here, *reader, "--vote", "--min-votes", "2"), cwd=here)
    assert done.returncode == 1 and "the extractor command" in done.stderr and "'b'" in done.stderr
    assert [line["id"] for line in lines(here / "out.jsonl")] == ["a", "c"]


def test_a_label_that_a_reader_made_up_is_not_outvoted_in_silence(here: Path) -> None:
    program = "import json, sys\nfor line in sys.stdin:\n r = json.loads(line)\n"
    program += " r['spans'] = [{'start': 0, 'end': 5, 'label': 'NOWHERE'}]\n print(json.dumps(r))\n"
    (here / "odd.py").write_text(program, "utf-8")
    with pytest.raises(GoldspanError, match="NOWHERE"):
        voted(f"vote:dictionary:one.csv + dictionary:two.csv + command:{sys.executable} odd.py")


def test_contested_documents_are_pushed_first_and_a_random_share_among_them(scheme: Scheme, tmp_path: Path) -> None:
    def of_vote(number: int) -> dict[str, Any]:
        vote = {"vote": {"readers": ["a", "b"], "min_votes": 2, "contested": number, "left_out": []}}
        return record(id=f"d{number}", layer={"annotator": "vote:a+b", "extractor_version": "1", "extra": vote})

    path = write_lines(tmp_path / "voted.jsonl", *(of_vote(number) for number in range(10)))
    ordered = read_suggestions(str(path), [], scheme, order="contested", random_share=0.2)
    chosen = [(item.document.id, item.about["chosen_by"]) for item in ordered]
    assert [name for name, by in chosen if by == "contested"][:4] == ["d9", "d8", "d7", "d6"]
    assert [place for place, (_, by) in enumerate(chosen) if by == "random"] == [4, 9]
    assert len({name for name, _ in chosen}) == 10
    suggested = read_suggestions(str(plain(tmp_path)), [str(path)], scheme, order="contested", random_share=0)
    assert [item.document.id for item in suggested] == [f"d{number}" for number in reversed(range(10))]
    with pytest.raises(UsageError, match="Fix: suggestions of goldspan annotate --vote"):
        read_suggestions(str(plain(tmp_path)), [], scheme, order="contested")


def plain(folder: Path) -> Path:
    return write_lines(folder / "plain.jsonl", *(record(id=f"d{number}") for number in range(10)))


@pytest.mark.parametrize("vote", [None, 3, [], {}, {"contested": "3"}, {"contested": True}, {"contested": -1}])
def test_extra_of_someone_else_is_no_vote(vote: object, scheme: Scheme) -> None:
    from goldspan.schema import RecordCodec

    document = RecordCodec(scheme).from_mapping(record(layer={"annotator": "x", "extra": {"vote": vote}}))
    assert contested_places(document) is None
