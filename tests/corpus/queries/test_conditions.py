"""Conditions of `corpus filter`: what they mean, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldspan.corpus.queries.conditions import ReadDocument, read_condition
from goldspan.schema import DataError, Document, Metadata, UsageError, parse_scheme

from ...conftest import Run, record, write_lines
from .dated_news import SCHEME, lines, news

TEXT = "Israel struck Gaza. Hamas fired 12 rockets."
DOCUMENT = Document(
    id="a-1",
    text=TEXT,
    meta=Metadata(title='Of "war", peace', published="2024-02-10", language="pt-BR", publisher="-"),
    spans=(
        SCHEME.span(0, 6, "ACTOR", kind="state", id="ISR"),
        SCHEME.span(20, 25, "ACTOR", kind="armed_group", id="hamas"),
        SCHEME.span(32, 34, "COUNT", min=12, max=12, approx=False, unit="weapon"),
        SCHEME.span(14, 18, "LOCATION"),
    ),
    extra={"n": 7, "of": "us", "list": [1], "cell": "5", "no": False, "zero": 0, "empty": "", "id": "007"},
)
MEETS = {
    "id=a-1": True,
    "id=a": False,
    "id~A-": True,
    "text~gaza": True,
    'text~"12 ROCKETS"': True,
    "text~/^israel/": True,
    "text!~/^israel/": False,
    "text~haifa|hamas": True,
    "meta.language=pt": False,
    "meta.language=pt-BR": True,
    "language=pt|de": True,
    "language!=pt|de": False,
    "meta.url": False,
    "meta.url=-": True,
    "meta.url!=x": True,
    'meta.publisher="-"': True,
    "meta.publisher=-": False,
    'meta.title="Of ""war"", peace"': True,
    "month=2024-02": True,
    "month>=2024-03": False,
    "month<2024-03": True,
    "year>2023": True,
    "meta.published>2024-02-09": True,
    "length>=43": True,
    "length<43": False,
    "words=7": True,
    "spans>3": True,
    "annotated": True,
    "annotator": False,
    "annotator=-": True,
    "draft": False,
    "not draft": True,
    "zone": False,
    "extra.n=7": True,
    "extra.n>6.5": True,
    "extra.n>10": False,
    "extra.of>10": False,
    "extra.of=us": True,
    "extra.list=[1]": True,
    "extra.none": False,
    "ACTOR": True,
    "not ACTOR": False,
    "DATE": False,
    "ACTOR=2": True,
    "ACTOR>2": False,
    "ACTOR.kind=state": True,
    "ACTOR.id=hamas|isis": True,
    "ACTOR.id=ISR,kind=state": True,
    "ACTOR.id=ISR,kind=armed_group": False,
    "ACTOR.id=ISR,ACTOR.surface=Israel": True,
    "ACTOR.surface~isr": True,
    "COUNT.min>=10,unit=weapon": True,
    "COUNT.min>12": False,
    "COUNT.approx": False,
    "COUNT.approx=false": True,
    "LOCATION.value": False,
    "LOCATION.id=-": True,
    "not LOCATION.id": True,
    "ACTOR.score>0.5": False,
    "extra.cell>3": True,
    "extra.cell<3": False,
    "extra.cell=5|6": True,
    "extra.cell=5.0": True,
    "extra.cell!=5": False,
    "extra.id=7": True,
    "extra.of<b": False,
    "extra.of>b": True,
    "extra.no": False,
    "not extra.no": True,
    "extra.no=false": True,
    "extra.zero": True,
    "extra.empty": False,
    "extra.empty=-": True,
    "extra.empty<b": False,
    "language=PT": True,
    "language=pt-br": True,
    "language=pt-PT|de": False,
    "language!=pt-PT": True,
    "language~/^pt$/": True,
    "meta.language=PT-br": True,
    "meta.language!=pt-br": False,
    "document.language=pt": True,
    "label.ACTOR.kind=state": True,
    "text~/[[a]/": True,
}


@pytest.mark.parametrize("text", MEETS)
def test_a_condition_is_met(text: str) -> None:
    assert read_condition(text, SCHEME).meets(ReadDocument(DOCUMENT)) is MEETS[text]


WRONG = {
    "langauge=de": "did you mean 'language'?",
    "ACTOR.knd=state": "ACTOR has no 'knd'. Fix: did you mean 'kind'?",
    "ACTOR.kind=sate": "ACTOR.kind is never 'sate'. Fix: did you mean 'state'?",
    "split=tset": "split is never 'tset'. Fix: did you mean 'test'?",
    "length~4": "is a number, which contains no words",
    "length>long": "'long' is not a number",
    "month>2024": "'2024' is not a month as in 2023-11",
    "month>2024-13": "'2024-13' is not a month",
    "meta.title<b": "has no order. Fix: = or ~",
    "length>1|2": "takes one value",
    "annotated=yes": "is yes or no. Fix: annotated, or not annotated",
    "text~/(/": "is not a regular expression",
    "month=2024-01,length>2": "a comma joins tests of one span. Fix: another `where`",
    "ACTOR.id=x,LOCATION.id=y": "is of another label",
    "ACTOR>1,kind=state": "has no further tests",
    "=x": "a name is missing",
    "text~": "a value is missing",
    'text~"a"b': "cannot read 'b'",
    "everything": "known: id, text,",
    "language=pt_BR": "'pt_BR' is not a language tag (BCP 47). Fix: write pt-BR",
    "meta.language=xx": "'xx' is not a language tag",
    "zone=bylien": "zone is never 'bylien'. Fix: did you mean 'byline'?",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_condition_that_is_wrong_is_refused_with_a_way_out(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_condition(text, SCHEME)
    assert WRONG[text] in str(refused.value) and "Fix: " in str(refused.value) and text in str(refused.value)


HOMONYMS = """
name = "homonyms"
version = 1
[labels.A]
definition = "a"
colour = "#0055aa"
fields = { source = { type = "text" }, score = { type = "text" }, unsure = { type = "text" } }
[labels.year]
definition = "a year"
colour = "#aa0000"
[labels.meta]
definition = "a part"
colour = "#00aa00"
fields = { title = { type = "text" } }
"""


def test_fields_of_labels_come_before_those_of_all_spans() -> None:
    scheme = parse_scheme(HOMONYMS)
    value = {"source": "radio", "score": "high", "unsure": "x"}
    document = Document(id="a", text="x", spans=(replace(scheme.span(0, 1, "A", **value), source="ben", score=0.5),))
    for text in ("A.source=radio", "A.score~high", "A.unsure=x", "A.source=radio,score=high"):
        assert read_condition(text, scheme).meets(ReadDocument(document)), text


def test_a_name_of_two_things_is_refused_with_names_of_each() -> None:
    scheme = parse_scheme(HOMONYMS)
    document = Document(id="a", text="x", meta=Metadata(title="T", published="2024-01-01"), spans=())
    for text, apart in {
        "year": "document.year or label.year",
        "meta.title=T": "document.meta.title or label.meta.title",
    }.items():
        with pytest.raises(UsageError, match=f"is a field of documents and of labels. Fix: {apart}"):
            read_condition(text, scheme)
    for text, met in {
        "document.year=2024": True,
        "label.year": False,
        "document.meta.title=T": True,
    }.items():
        found = read_condition(text, scheme)
        assert found.meets(ReadDocument(document)) is met
        assert found.fields == ((text.removeprefix("document.").partition("=")[0],) if met else ())


@pytest.mark.parametrize("text", ["text~/(a|aa)+$/", "meta.publisher!~/(a|aa)+$/", "not A.surface~/(a|aa)+$/"])
def test_an_expression_that_takes_too_long_is_given_up_with_its_document(text: str) -> None:
    scheme = parse_scheme(HOMONYMS)
    long = "a" * 40 + "c"
    document = Document(id="slow", text=long, meta=Metadata(publisher=long), spans=(scheme.span(0, 41, "A"),))
    with pytest.raises(DataError, match=r"document 'slow': the pattern \(a\|aa\)\+\$ takes more than 0.05 s"):
        read_condition(text, scheme, seconds=0.05).meets(ReadDocument(document))


@given(st.text(max_size=12), st.sampled_from(["=", "!=", "~", "!~"]))
@settings(max_examples=40, deadline=None)
def test_any_text_can_be_quoted(value: str, sign: str) -> None:
    quoted = value.replace('"', '""')
    condition = read_condition(f'meta.title{sign}"{quoted}"', SCHEME)
    title = Document(id="a", text="x", meta=Metadata(title=value), spans=())
    assert condition.meets(ReadDocument(title)) is not sign.startswith("!")


def test_filters_count_what_they_drop_and_keep_the_bytes(goldspan: Run, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", *news(12), {"id": "free", "text_sha256": "0" * 64, "text_length": 5, "spans": []})
    goldspan("corpus", "merge", "a.jsonl", "--out", "a.jsonl", cwd=tmp_path)  # as goldspan writes records
    (tmp_path / "ids.csv").write_text("id,n\nd001,1\nd003,1\nd006,1\nzz,2\n")
    call = ("corpus", "filter", "a.jsonl", "--where", "month=2024-01", "--ids", "ids.csv", "--out", "b.jsonl")
    done = goldspan(*call, "--json", cwd=tmp_path)
    assert json.loads(done.stdout) | {} == {
        "documents": 13,
        "kept": 2,
        "dropped": {"month=2024-01": 7, "ids of ids.csv": 4},
        "absent_ids": 1,
        "sampled": 0,
        "selected": 0,
    }
    assert "note: 1 id of ids.csv not in the corpus" in done.stderr
    whole = (tmp_path / "a.jsonl").read_bytes().splitlines()
    assert (tmp_path / "b.jsonl").read_bytes().splitlines() == [whole[1], whole[3]]
    done = goldspan("corpus", "filter", "a.jsonl", "--where", "text~gaza", "--out", "c.jsonl", cwd=tmp_path)
    assert done.returncode == 1 and "document 'free': the record is text-free" in done.stderr
    done = goldspan("corpus", "filter", "a.jsonl", "--where", "extra.m=1", "--out", "c.jsonl", cwd=tmp_path)
    assert (
        done.returncode == 2
        and "no document has the key 'm' in `extra`" in done.stderr
        and not (tmp_path / "c.jsonl").exists()
    )


def test_a_split_is_that_of_an_exported_dataset(goldspan: Run, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", *(record(f"{n}", f"{n} " * 40) for n in range(50)))
    sizes = {}
    for split in ("train", "validation", "test"):
        goldspan("corpus", "filter", "a.jsonl", "--where", f"split={split}", "--out", f"{split}.jsonl", cwd=tmp_path)
        sizes[split] = [item["id"] for item in lines(tmp_path / f"{split}.jsonl")]
    import goldspan as library

    expected = library.load(tmp_path / "a.jsonl").split({"train": 0.8, "validation": 0.1, "test": 0.1})
    assert sizes == {name: part.ids for name, part in expected.items()}
