"""Daily work on a corpus: samples that can be called such, conditions, names, contexts and terms."""

from __future__ import annotations

import csv
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldspan.cli.text_columns import LEFT_TO_RIGHT_MARK, column_width
from goldspan.corpus import read_records, write_records
from goldspan.corpus.queries.concordance import Search
from goldspan.corpus.queries.conditions import ReadDocument, read_condition
from goldspan.corpus.queries.sample_records import population_sha256
from goldspan.corpus.queries.sampling import Population, SampleDesign
from goldspan.corpus.queries.stratum_sizes import allocate
from goldspan.corpus.queries.term_list import TermCounter, folded
from goldspan.corpus.queries.term_search import UnlabelledForms
from goldspan.schema import DataError, Document, Metadata, Scheme, Span, UsageError, conflict_scheme, parse_scheme

from ..browser import open_browser
from ..command import run_here
from ..conftest import Run, record, span, write_lines

SCHEME = conflict_scheme()
STATE = {"kind": "state", "id": "ISR"}


def news(count: int = 60) -> list[dict[str, Any]]:
    """Documents of three months, of unequal number, and two publishers."""
    months = [1] * (count // 2) + [2] * (count // 3)
    months += [3] * (count - len(months))
    return [
        record(
            f"d{number:03}",
            f"Israel struck Gaza, day {number}.",
            meta={"published": f"2024-0{month}-01", "publisher": "ab"[number % 2]},
            extra={"n": number},
        )
        for number, month in enumerate(months)
    ]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def drawn(count: int, seed: int, size: int) -> frozenset[str]:
    population = Population(SampleDesign(size=size, seed=seed))
    for number in range(count):
        population.add(Document(id=f"{number}", text="x", spans=()))
    return population.draw().ids


# --- samples


@given(
    st.dictionaries(st.tuples(st.text(max_size=2)), st.integers(1, 30), min_size=1, max_size=8),
    st.data(),
)
@settings(max_examples=25, deadline=None)
def test_a_division_is_whole_within_bounds_and_never_takes_less_for_more(
    sizes: dict[tuple[str], int], data: st.DataObject
) -> None:
    weights = {name: Fraction(data.draw(st.integers(0, 50))) for name in sizes}
    population = sum(sizes.values())
    total = data.draw(st.integers(len(sizes), population))
    taken = allocate(sizes, weights, total)
    assert sum(taken.values()) == total and all(1 <= taken[name] <= sizes[name] for name in sizes)
    if total < population:
        more = allocate(sizes, weights, total + 1)
        assert all(more[name] >= taken[name] for name in sizes)
    by_size = {name: Fraction(size) for name, size in sizes.items()}
    assert allocate({name: 10 * size for name, size in sizes.items()}, by_size, population) == sizes


def test_each_document_is_as_likely_to_be_drawn_and_a_larger_sample_has_the_smaller() -> None:
    counts = Counter(name for seed in range(300) for name in drawn(20, seed, 5))
    assert len(counts) == 20 and all(abs(count - 75) < 38 for count in counts.values())  # 5 standard deviations
    assert all(drawn(20, seed, 5) < drawn(20, seed, 9) for seed in range(20))


def test_a_sample_is_the_same_whatever_the_order_and_the_shards(goldspan: Run, tmp_path: Path) -> None:
    records = news()
    write_lines(tmp_path / "one.jsonl", *records)
    random.Random(3).shuffle(records)
    (tmp_path / "shards").mkdir()
    for number in range(3):
        write_lines(tmp_path / "shards" / f"{number}.jsonl", *records[number::3])
    call = ("--n", 12, "--by", "month,meta.publisher", "--seed", 4, "--out", tmp_path / "out.jsonl")
    found = []
    for source in ("one.jsonl", "shards"):
        done = goldspan("corpus", "sample", tmp_path / source, *call)
        assert done.returncode == 0, done.stderr
        found.append(sorted(lines(tmp_path / "out.jsonl"), key=lambda item: item["id"]))
    assert found[0] == found[1]
    told = goldspan("corpus", "sample", "-", *call, stdin=(tmp_path / "one.jsonl").read_text())
    assert "12 of 60 documents drawn, in 6 strata" in told.stderr


@pytest.mark.parametrize("allocation", ["proportional", "equal", "length", "extra.n"])
def test_the_weights_of_a_stratified_sample_add_up_to_its_population(
    goldspan: Run, tmp_path: Path, allocation: str
) -> None:
    source, out = write_lines(tmp_path / "a.jsonl", *news()), tmp_path / "o.jsonl"
    call = ("corpus", "sample", source, "--n", 9, "--by", "month", "--allocation", allocation, "--out", out)
    assert goldspan(*call).returncode == 0
    samples = [item["extra"]["sample"] for item in lines(out)]
    assert sum(1 / item["probability"] for item in samples) == pytest.approx(60)
    [stage] = samples[0]["stages"]
    assert stage["population_sha256"] == population_sha256(item["id"] for item in news())
    assert (stage["design"], stage["population"], stage["size"], stage["strata"]) == ("stratified", 60, 9, 3)
    assert stage["stratum"] == {"month": "2024-01"} and stage["stratum_population"] == 30
    sizes = Counter(item["stages"][0]["stratum"]["month"] for item in samples)
    assert allocation != "equal" or set(sizes.values()) == {3}
    assert allocation != "proportional" or sizes == {"2024-01": 5, "2024-02": 3, "2024-03": 1}


def test_a_sample_of_a_sample_multiplies_probabilities_and_draws_anew(goldspan: Run, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", *news())
    goldspan(
        "corpus",
        "sample",
        "a.jsonl",
        "--n",
        12,
        "--by",
        "month",
        "--allocation",
        "equal",
        "--out",
        "b.jsonl",
        cwd=tmp_path,
    )
    done = goldspan("corpus", "sample", "b.jsonl", "--share", 0.5, "--out", "c.jsonl", cwd=tmp_path)
    assert "12 documents of a sample already: probabilities are multiplied" in done.stderr
    for item in lines(tmp_path / "c.jsonl"):
        first, second = item["extra"]["sample"]["stages"]
        assert item["extra"]["sample"]["probability"] == first["probability"] * second["probability"]
        assert second["probability"] == 0.5 and item["extra"]["n"] == int(item["id"][1:])
    # within an equal sample, rare strata have the higher hashes: the same draw again would pass them over
    months: Counter[str] = Counter()
    for seed in range(15):
        goldspan("corpus", "sample", "b.jsonl", "--n", 6, "--seed", seed, "--out", "c.jsonl", cwd=tmp_path)
        months.update(item["meta"]["published"] for item in lines(tmp_path / "c.jsonl"))
    assert all(abs(count - 30) < 18 for count in months.values())


UNIONS = {
    ("one", "other"): (True, "12 documents of several samples of one population"),
    ("one", "larger"): (True, "of several samples of one population"),
    ("one", "nested"): (True, "of several samples of one population"),
    ("part-1", "part-2"): (False, ""),
    ("january", "one"): (False, ""),
    ("elsewhere", "one"): (False, "documents of 2 samples: probabilities hold if"),
    ("one", "new"): (False, "documents of a sample and 9 documents of none: probabilities hold if"),
    ("one", "all"): (True, "of several samples"),
}


@pytest.mark.parametrize("names", UNIONS, ids=" ".join)
def test_a_union_of_samples_of_one_population_has_no_probabilities(
    goldspan: Run, tmp_path: Path, names: tuple[str, str]
) -> None:
    lost, message = UNIONS[names]
    other = [item | {"id": f"x{item['id']}"} for item in news(9)]
    write_lines(tmp_path / "all.jsonl", *news())
    write_lines(tmp_path / "new.jsonl", *other)
    for call in (
        "sample all.jsonl --n 6 --by month --out one.jsonl",
        "sample all.jsonl --n 6 --by month --seed 3 --out other.jsonl",
        "sample all.jsonl --n 20 --by month --out larger.jsonl",
        "sample one.jsonl --n 3 --out nested.jsonl",
        "sample new.jsonl --n 4 --out elsewhere.jsonl",
        "filter one.jsonl --where month=2024-01 --out january.jsonl",
    ):
        assert goldspan("corpus", *call.split(), cwd=tmp_path).returncode == 0
    one = lines(tmp_path / "one.jsonl")
    write_lines(tmp_path / "part-1.jsonl", *one[:2])
    write_lines(tmp_path / "part-2.jsonl", *one[2:])
    files = [f"{name}.jsonl" for name in names]
    merge = ("corpus", "merge", *files, "--on-duplicate", "first", "--out")
    done = goldspan(*merge, "union.jsonl", cwd=tmp_path)
    assert message in done.stderr and ("note: " in done.stderr) is bool(message)
    samples = [item["extra"]["sample"] for item in lines(tmp_path / "union.jsonl") if "sample" in item["extra"]]
    assert {item["probability"] is None for item in samples} == {lost}
    assert {item["stages"][-1]["design"] == "union" for item in samples} == {lost}
    printed = goldspan(*merge, "-", cwd=tmp_path).stdout
    assert printed == (tmp_path / "union.jsonl").read_text()


def test_samples_of_one_population_that_are_read_together_have_no_probabilities(goldspan: Run, tmp_path: Path) -> None:
    write_lines(tmp_path / "all.jsonl", *news())
    (tmp_path / "both").mkdir()
    for seed in (0, 4):
        goldspan("corpus", "sample", "all.jsonl", "--n", 6, "--seed", seed, "--out", f"{seed}.jsonl", cwd=tmp_path)
    first = lines(tmp_path / "0.jsonl")
    ids = {item["id"] for item in first}
    other = [item for item in lines(tmp_path / "4.jsonl") if item["id"] not in ids]
    for rest, known in ((first[3:], True), (other, False)):
        write_lines(tmp_path / "both" / "a.jsonl", *first[:3])
        write_lines(tmp_path / "both" / "b.jsonl", *rest)
        done = goldspan("corpus", "sample", "both", "--n", 5, "--out", "o.jsonl", cwd=tmp_path)
        assert ("their probabilities are unknown" in done.stderr) is not known
        samples = [item["extra"]["sample"] for item in lines(tmp_path / "o.jsonl")]
        assert {item["probability"] is not None for item in samples} == {known}
        assert [stage["design"] for stage in samples[0]["stages"]].count("union") == (not known)


def test_a_sample_is_divided_by_the_numbers_of_a_table(goldspan: Run, tmp_path: Path) -> None:
    records = [
        item | {"extra": {"w": f"{1 + 9 * (n < 2)}", "n": (1, 1.0, "1")[n % 3]}} for n, item in enumerate(news(12))
    ]
    write_lines(tmp_path / "a.jsonl", *records)
    call = ("corpus", "sample", "a.jsonl", "--n", 4, "--out", "o.jsonl", "--by")
    assert goldspan(*call, "month", "--allocation", "extra.w", cwd=tmp_path).returncode == 0
    assert "in 1 strata" in goldspan(*call, "extra.n", cwd=tmp_path).stderr
    write_lines(tmp_path / "a.jsonl", *records[1:], record("z", extra={"w": "many"}))
    done = goldspan(*call, "month", "--allocation", "extra.w", cwd=tmp_path)
    assert "document 'z': extra.w is 'many', which is not a number. Fix: " in done.stderr


def test_what_is_too_few_is_told_or_refused(goldspan: Run, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", *news(12))
    told = goldspan("corpus", "sample", "a.jsonl", "--n", 4, "--by", "month", "--out", "b.jsonl", cwd=tmp_path)
    assert "one document only of 2024-02, 2024-03, which shows no variance. Fix: a larger sample" in told.stderr
    told = goldspan(
        "corpus",
        "sample",
        "a.jsonl",
        "--n",
        9,
        "--by",
        "month",
        "--allocation",
        "equal",
        "--out",
        "b.jsonl",
        cwd=tmp_path,
    )
    assert "all documents taken of 2024-03" in told.stderr


def test_keys_of_the_user_are_not_taken_for_a_sample(goldspan: Run, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", record(extra={"sample": "blood"}))
    done = goldspan("corpus", "sample", "a.jsonl", "--n", 1, "--out", "b.jsonl", cwd=tmp_path)
    assert done.returncode == 1 and "is not what `corpus sample` writes. Fix: rename the key" in done.stderr
    goldspan("corpus", "rename", "a.jsonl", "--field", "extra.sample=extra.tissue", "--out", "c.jsonl", cwd=tmp_path)
    assert goldspan("corpus", "sample", "c.jsonl", "--n", 1, "--out", "b.jsonl", cwd=tmp_path).returncode == 0


FILTERED = {
    "strata": (["month=2024-01|2024-02"], "strata", True),
    "a domain": (["month=2024-01", "text~gaza"], "domain", True),
    "what was found": (["month=2024-01", "not ACTOR"], "selection", False),
    "a list": (["id~d00"], "selection", False),
}


@pytest.mark.parametrize("name", FILTERED)
def test_a_filtered_sample_says_whether_it_still_is_one(goldspan: Run, tmp_path: Path, name: str) -> None:
    where, kept, known = FILTERED[name]
    write_lines(tmp_path / "a.jsonl", *news())
    goldspan("corpus", "sample", "a.jsonl", "--n", 30, "--by", "month", "--out", "b.jsonl", cwd=tmp_path)
    options = [word for condition in where for word in ("--where", condition)]
    done = goldspan("corpus", "filter", "b.jsonl", *options, "--out", "c.jsonl", cwd=tmp_path)
    assert done.returncode == 0 and ("no longer a random sample" in done.stderr) is not known
    for item in lines(tmp_path / "c.jsonl"):
        sample = item["extra"]["sample"]
        assert sample["stages"][-1]["kept"] == kept and sample["stages"][-1]["where"] == where
        assert (sample["probability"] is not None) is known


# --- conditions

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


# --- names

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6).filter(
    lambda name: name.strip() == name
)


@given(st.sets(NAMES, min_size=1, max_size=6), st.sampled_from(["", "x-"]), st.data())
@settings(max_examples=8, deadline=None)
def test_a_renaming_can_be_undone_by_its_map(
    tmp_path_factory: pytest.TempPathFactory, ids: set[str], prefix: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("names")
    names = data.draw(st.permutations(sorted(ids)))
    layer = {"annotator": "ada", "passes": ["ada", "ben"]}
    decided = span(0, 4, "ACTOR", source="ben", passes=["ada", "ben"], decision={"by": "ben"})
    records = [
        record(name, layer=layer, spans=[decided], extra={"a": n, "of": name, "z": 1}) for n, name in enumerate(names)
    ]
    write_lines(folder / "raw.jsonl", *records)
    run_here("corpus", "merge", folder / "raw.jsonl", "--out", folder / "a.jsonl")
    with (folder / "t.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("old", "new"), *zip(names, names[1:] + names[:1], strict=True)])
    call = ("--table", folder / "t.csv", "--suffix", "!", *(("--prefix", prefix) if prefix else ()))
    moved = ("--field", "extra.of=extra.from", "--annotator", "ada=ben", "--annotator", "ben=Ada")
    done = run_here(
        "corpus", "rename", folder / "a.jsonl", *call, *moved, "--map", folder / "m.csv", "--out", folder / "b.jsonl"
    )
    assert done.returncode == 0, done.stderr
    first = lines(folder / "b.jsonl")[0]
    assert (first["layer"]["annotator"], first["layer"]["passes"]) == ("ben", ["ben", "Ada"])
    assert (first["spans"][0]["source"], first["spans"][0]["decision"]["by"]) == ("Ada", "Ada")
    assert list(first["extra"]) == ["a", "from", "z"]
    done = run_here(
        "corpus", "rename", folder / "b.jsonl", "--table", folder / "m.csv", "--reverse", "--out", folder / "c.jsonl"
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "c.jsonl").read_bytes() == (folder / "a.jsonl").read_bytes()


def test_a_sample_by_a_renamed_field_has_its_strata_by_the_new_name(goldspan: Run, tmp_path: Path) -> None:
    records = [item | {"extra": {"dup": "xy"[n % 2], "n": n}} for n, item in enumerate(news(12))]
    write_lines(tmp_path / "a.jsonl", *records)
    for call in (
        "sample a.jsonl --n 6 --by extra.dup,meta.publisher --allocation extra.n --out b.jsonl",
        "rename b.jsonl --field extra.dup=extra.old --field extra.n=extra.dup --map m.csv --out c.jsonl",
        "rename c.jsonl --table m.csv --reverse --out again.jsonl",
        "filter c.jsonl --where extra.old=x --out strata.jsonl",
        "filter c.jsonl --where extra.dup>=0 --out domain.jsonl",
    ):
        assert (done := goldspan("corpus", *call.split(), cwd=tmp_path)).returncode == 0, done.stderr
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    [first, *_] = lines(tmp_path / "c.jsonl")
    [stage] = first["extra"]["sample"]["stages"]
    assert stage["by"] == list(stage["stratum"]) == ["extra.old", "meta.publisher"]
    assert stage["allocation"] == "extra.dup"
    for name in ("strata", "domain"):
        assert {item["extra"]["sample"]["stages"][-1]["kept"] for item in lines(tmp_path / f"{name}.jsonl")} == {name}


def test_a_table_of_names_in_another_encoding_is_refused_without_an_option_that_is_not_there(
    goldspan: Run, tmp_path: Path
) -> None:
    write_lines(tmp_path / "a.jsonl", record("a"))
    (tmp_path / "t.csv").write_bytes("old,new\na,é\n".encode("latin-1"))
    for call in (("rename", "--table", "t.csv"), ("filter", "--ids", "t.csv")):
        done = goldspan("corpus", call[0], "a.jsonl", *call[1:], "--out", "b.jsonl", cwd=tmp_path)
        assert done.returncode == 1 and done.stderr.rstrip().endswith("Fix: save the file as UTF-8"), done.stderr


COLLISIONS = {
    "--table to-a.csv": (1, "another document would have the id 'a' too"),
    "--table twice.csv": (2, "two ids would get the name 'x'"),
    "--table thrice.csv": (1, "thrice.csv:3: 'a' is renamed twice"),
    "--field meta.title=extra.of": (
        1,
        "the field 'meta.title' would be called 'extra.of', which is a name here already",
    ),
    "--field extra.of=meta.title": (
        1,
        "the field 'extra.of' would be called 'meta.title', which is a name here already",
    ),
    "--field extra.n=meta.publisher": (1, "would be 1, which is no text"),
    "--field extra.no=extra.yes": (2, "no document has the field 'extra.no'"),
    "--field title=extra.t": (2, "unknown 'title'"),
    "--annotator ada=ben": (1, "the annotator 'ada' would be called 'ben', which is a name here already"),
    "--annotator eve=ann": (2, "no document has the annotator 'eve'"),
    "--annotator ada": (2, "--annotator ada: no two names. Fix:"),
    "--prefix x --map o.csv --out o.csv": (2, "Fix: "),
}


@pytest.mark.parametrize("words", COLLISIONS)
def test_two_things_never_get_one_name(goldspan: Run, tmp_path: Path, words: str) -> None:
    write_lines(
        tmp_path / "a.jsonl",
        record("a", layer={"annotator": "ada"}, meta={"title": "T"}, extra={"of": "x", "n": 1}),
        record("b", layer={"annotator": "ben"}),
    )
    (tmp_path / "to-a.csv").write_text("old,new\nb,a\n")
    (tmp_path / "twice.csv").write_text("old,new\na,x\nb,x\n")
    (tmp_path / "thrice.csv").write_text("old,new\na,x\na,y\n")
    out = () if "--out" in words else ("--out", "o.jsonl")
    done = goldspan("corpus", "rename", "a.jsonl", *words.split(), *out, cwd=tmp_path)
    status, message = COLLISIONS[words]
    assert done.returncode == status and message in done.stderr and "Fix: " in done.stderr, done.stderr
    assert not (tmp_path / "o.jsonl").exists() and not (tmp_path / "o.csv").exists()


def test_a_merge_keeps_one_of_the_same_documents(goldspan: Run, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", record("a"), record("b"))
    write_lines(tmp_path / "b.jsonl", record("b"), record("c"))
    write_lines(tmp_path / "c.jsonl", record("b", "Another text."))
    merge = ("corpus", "merge", "a.jsonl", "b.jsonl", "--out", "o.jsonl")
    assert goldspan(*merge, cwd=tmp_path).returncode == 1
    assert (
        "3 documents (1 repeated document left out)" in goldspan(*merge, "--on-duplicate", "same", cwd=tmp_path).stderr
    )
    differing = ("corpus", "merge", "a.jsonl", "c.jsonl", "--out", "p.jsonl", "--on-duplicate")
    done = goldspan(*differing, "same", cwd=tmp_path)
    assert done.returncode == 1 and "'b': two documents of this id differ" in done.stderr
    assert goldspan(*differing, "first", cwd=tmp_path).returncode == 0
    assert [item["text"] for item in lines(tmp_path / "p.jsonl")] == [record()["text"]] * 2


# --- contexts

ARABIC = "قالت قوات حماس إن القصف مستمر، وأضافت حماس أن القصف عنيف."
CHINESE = "周五，以色列军队袭击了加沙。加沙当局说，以色列的袭击造成十人死亡。"
ENGLISH = "Israel struck Gaza. ISRAEL’s army\nsaid so, Israeli jets as well."


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    hamas = {"kind": "armed_group", "id": "hamas"}
    return write_lines(
        tmp_path / "scripts.jsonl",
        record("ar", ARABIC, spans=[span(10, 14, "ACTOR", hamas)], meta={"language": "ar"}),
        record("zh", CHINESE, spans=[span(3, 6, "ACTOR", STATE)], meta={"language": "zh"}),
        record("en", ENGLISH, spans=[span(0, 6, "ACTOR", STATE)]),
        {"id": "free", "text_sha256": "0" * 64, "text_length": 5, "spans": []},
    )


FOUND = {
    ("israel",): [("en", "Israel", ["ACTOR"]), ("en", "ISRAEL", [])],
    ("Israel", "--case"): [("en", "Israel", ["ACTOR"])],
    ("isr\\w+", "--regex"): [("en", "Israel", ["ACTOR"]), ("en", "ISRAEL", []), ("en", "Israeli", [])],
    ("army said",): [("en", "army said", [])],
    ("以色列",): [("zh", "以色列", ["ACTOR"]), ("zh", "以色列", [])],
    ("حماس",): [("ar", "حماس", ["ACTOR"]), ("ar", "حماس", [])],
    ("--id", "ISR"): [("zh", "以色列", ["ACTOR"]), ("en", "Israel", ["ACTOR"])],
    ("--label", "ACTOR", "--sort", "span"): [
        ("en", "Israel", ["ACTOR"]),
        ("ar", "حماس", ["ACTOR"]),
        ("zh", "以色列", ["ACTOR"]),
    ],
    ("Israel", "--id", "hamas"): [],
    ("nowhere",): [],
}


@pytest.mark.parametrize("words", FOUND, ids=" ".join)
def test_occurrences_are_found_marked_or_not(goldspan: Run, scripts: Path, words: tuple[str, ...]) -> None:
    data = json.loads(goldspan("corpus", "concordance", scripts, *words, "--json").stdout)
    assert [(item["document"], item["surface"], item["labels"]) for item in data["shown"]] == FOUND[words]
    assert (data["documents"], data["text_free"], data["occurrences"]) == (4, 1, len(FOUND[words]))
    texts = {item["id"]: item.get("text", "") for item in lines(scripts)}
    assert all(
        " ".join(texts[item["document"]][item["start"] : item["end"]].split()) == item["surface"]
        for item in data["shown"]
    )


def test_an_expression_for_contexts_that_takes_too_long_is_given_up_with_its_document() -> None:
    search = Search("(a|aa)+$", regex=True, seconds=0.05)
    with pytest.raises(DataError, match=r"document 'slow': the pattern \(a\|aa\)\+\$ takes more than 0.05 s"):
        list(search.occurrences(Document(id="slow", text="a" * 40 + "c", spans=())))
    with pytest.raises(UsageError, match="`surface` \\( is not a regular expression"):
        Search("(", regex=True)


@given(st.text("ab ", max_size=20), st.data())
@settings(max_examples=40, deadline=None)
def test_contexts_have_the_spans_that_overlap_them(text: str, data: st.DataObject) -> None:
    bounds = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda pair: pair[0] < pair[1])
    places = data.draw(st.sets(bounds, max_size=6)) if text else set()
    spans = tuple(Span(*place, data.draw(st.sampled_from(["ACTOR", "LOCATION"]))) for place in sorted(places))
    document = Document(id="x", text=text, spans=spans)
    matches = [match.span() for match in re.finditer("a+", text)]
    found = list(Search("a+", regex=True).occurrences(document))
    assert [(item.start, item.end) for item in found] == matches
    for item in found:
        overlapping = {span.label for span in spans if span.start < item.end and item.start < span.end}
        assert set(item.labels) == overlapping
    of_label = [(item.start, item.end) for item in Search("a+", regex=True, label="ACTOR").occurrences(document)]
    actors = [(span.start, span.end) for span in spans if span.label == "ACTOR"]
    assert of_label == [(s, e) for s, e in actors if any(start < e and s < end for start, end in matches)]


def test_contexts_of_marked_words_search_a_text_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []
    matches = Search._matches

    def counted(self: Search, document: Document) -> Iterator[tuple[int, int]]:
        searched.append(document.id)
        return matches(self, document)

    monkeypatch.setattr(Search, "_matches", counted)
    document = Document(id="x", text="a " * 50, spans=tuple(Span(2 * n, 2 * n + 1, "ACTOR") for n in range(50)))
    assert len(list(Search("a", label="ACTOR").occurrences(document))) == 50 and searched == ["x"]


def test_contexts_are_aligned_whatever_the_script(goldspan: Run, scripts: Path) -> None:
    shown = goldspan("corpus", "concordance", scripts, "--label", "ACTOR", "--width", 20).stdout.splitlines()
    assert len({column_width(line.partition("[")[0]) for line in shown}) == 1
    assert len({column_width(line.partition("ACTOR")[0]) for line in shown}) == 1
    arabic = next(line for line in shown if line.endswith("ar"))
    before, after = arabic.index("قالت"), arabic.index("القصف")
    assert after < arabic.index("[") < before and arabic.count(LEFT_TO_RIGHT_MARK) == 3
    assert LEFT_TO_RIGHT_MARK not in "".join(line for line in shown if line != arabic)


def test_contexts_are_sorted_by_their_nearest_words_and_limited(goldspan: Run, tmp_path: Path) -> None:
    texts = {"a": "the big rebels fled", "b": "a bad rebels camp", "c": "the big rebels died"}
    write_lines(tmp_path / "a.jsonl", *(record(name, text) for name, text in texts.items()))

    def order(*options: object) -> list[str]:
        done = goldspan("corpus", "concordance", tmp_path / "a.jsonl", "rebels", "--json", *options)
        return [item["document"] for item in json.loads(done.stdout)["shown"]]

    assert (order(), order("--sort", "left"), order("--sort", "right")) == (
        ["a", "b", "c"],
        ["b", "a", "c"],
        ["b", "c", "a"],
    )
    assert order("--sort", "right", "--limit", 1) == ["b"]
    told = goldspan("corpus", "concordance", tmp_path / "a.jsonl", "rebels", "--limit", 2).stderr
    assert "3 occurrences in 3 of 3 documents, 2 shown" in told


def test_a_table_and_a_page_of_contexts_hold_what_texts_say_and_run_nothing(goldspan: Run, tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", record("=cmd()", "<script>alert(1)</script> rebels, =1+1"))
    call = ("corpus", "concordance", "a.jsonl", "rebels", "--out", "c.csv", "--html", "c.html")
    assert goldspan(*call, cwd=tmp_path).returncode == 0
    [row] = csv.DictReader((tmp_path / "c.csv").read_text().splitlines())
    assert (row["document"], row["surface"], row["labels"]) == ("'=cmd()", "rebels", "")
    page = (tmp_path / "c.html").read_text()
    assert (
        "<script>alert" not in page
        and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        and "default-src &#39;none&#39;" in page
    )


@pytest.mark.browser
def test_readers_of_a_page_of_contexts_sort_and_filter_them(goldspan: Run, scripts: Path, tmp_path: Path) -> None:
    page = tmp_path / "c.html"
    assert goldspan("corpus", "concordance", scripts, "Israel|以色列|حماس", "--regex", "--html", page).returncode == 0
    with open_browser() as browser, browser.new_page() as tab:
        faults: list[str] = []
        tab.on("pageerror", lambda fault: faults.append(str(fault)))
        tab.goto(page.as_uri())
        names = tab.locator("tbody th")
        assert names.all_inner_texts() == ["ar", "ar", "zh", "zh", "en", "en", "en"]
        tab.select_option("#sort", "span")
        assert names.all_inner_texts() == ["en", "en", "en", "ar", "ar", "zh", "zh"]
        tab.select_option("#label", "-")
        assert names.all_inner_texts() == ["en", "en", "ar", "zh"]
        tab.fill("#find", "jets")
        assert tab.inner_text("#count") == "2 of 7 shown" and not faults


# --- terms

FOLDED = {
    "Rebels'": "rebels",
    "ISRAEL’s": "israel",
    "US": "US",
    "WHO’s": "WHO",
    "Zu\u0308rich": "zürich",
    "STRASSE": "strasse",
    "Straße": "strasse",
    "al‑Shabaab": "al-shabaab",
    "Gaza\n City": "gaza city",
    "'s": "'s",
}


@pytest.mark.parametrize("surface", FOLDED)
def test_forms_of_a_term_are_one(surface: str) -> None:
    assert folded(surface, english=True) == FOLDED[surface]
    assert folded("Haus's", english=False) == "haus's"


def test_terms_have_their_forms_values_and_what_was_missed(goldspan: Run, tmp_path: Path) -> None:
    text = "Rebels fled. A rebel, the REBELS' camp; rebels again. Goma fell, Gomas too. rebellion"
    places = {"Rebels": (0, 6), "rebel": (15, 20), "REBELS'": (26, 33)}
    m23 = {"kind": "armed_group", "id": "m23"}
    spans = [span(*place, "ACTOR", m23 if name != "rebel" else None) for name, place in places.items()]
    goma = text.index("Goma")
    write_lines(
        tmp_path / "a.jsonl",
        record("a", text, spans=[*spans, span(goma, goma + 4, "LOCATION")]),
        record("b", "In Goma, rebels spoke.", spans=[span(3, 7, "ACTOR")]),
        record("de", "Die Gomas.", spans=[span(4, 9, "LOCATION")], meta={"language": "de"}),
    )
    data = json.loads(goldspan("corpus", "terms", "a.jsonl", "--json", "--out", "d.csv", cwd=tmp_path).stdout)
    terms = {(item["label"], item["surface"]): item for item in data["terms"]}
    assert list(terms) == [("ACTOR", "REBELS'"), ("ACTOR", "Goma"), ("LOCATION", "Goma"), ("LOCATION", "Gomas")]
    rebels = terms["ACTOR", "REBELS'"]
    assert rebels["forms"] == {"REBELS'": 1, "Rebels": 1, "rebel": 1} and (rebels["spans"], rebels["documents"]) == (
        3,
        1,
    )
    assert [round(item["share"], 2) for item in rebels["values"]] == [0.67, 0.33]
    assert (rebels["unlabelled"], rebels["unlabelled_documents"]) == (2, 2)
    assert terms["ACTOR", "Goma"]["other_labels"] == {"LOCATION": 1} and terms["LOCATION", "Gomas"]["unlabelled"] == 1
    rows = list(csv.reader((tmp_path / "d.csv").read_text().splitlines()))
    assert rows[0] == ["surface", "label", "value"]
    assert [json.loads(value) for form, label, value in rows if (form, label) == ("rebel", "ACTOR")] == [m23]


def test_terms_and_contexts_fold_words_as_dictionaries_do() -> None:
    texts = {
        "a": ("Zürich, Straße, WHO, NGO, NGOs, NGOS, Iran, IRAN; who STRASSE Zu\u0308rich", "de"),
        "b": ("Zu\u0308rich; who said US WHO? Iğdır", "en"),
        "c": ("IĞDIR ığdır WHO US us", "tr"),
    }
    marks = {"a": ["Zürich", "Straße", "WHO", "Iran", "IRAN"], "b": ["Zu\u0308rich", "Iğdır", "US"], "c": []}
    documents = []
    for name, (text, language) in texts.items():
        spans = [Span(at := text.index(surface), at + len(surface), "X") for surface in marks[name]]
        documents.append(Document(id=name, text=text, spans=tuple(spans), meta=Metadata(language=language)))
    counter = TermCounter()
    for document in documents:
        counter.add(document)
    counter.join_forms()
    unlabelled = UnlabelledForms(counter.terms())
    for document in documents:
        unlabelled.add(document)
    counts = {term.surface: (term.spans, term.unlabelled) for term in counter.terms()}
    assert counts == {"Zürich": (2, 1), "Straße": (1, 1), "WHO": (1, 2), "IRAN": (2, 0), "Iğdır": (1, 2), "US": (1, 1)}
    for surface, (marked, missed) in counts.items():
        found = [item for document in documents for item in Search("Iran" if surface == "IRAN" else surface).occurrences(document)]  # fmt: skip
        assert len(found) == marked + missed, surface


def test_plurals_and_other_cases_of_an_abbreviation_are_its_term_if_they_are_labelled() -> None:
    counter = TermCounter()
    for number, surface in enumerate(("NGO", "NGOs", "NGOS", "NGO's", "US", "us", "UN", "un")):
        label = "Y" if surface == "un" else "X"
        span = Span(0, len(surface), label)
        counter.add(Document(id=str(number), text=surface, spans=(span,), meta=Metadata(language="en")))
    counter.join_forms()
    terms = [sorted(term.forms) for term in counter.terms()]
    assert terms == [["NGO", "NGO's", "NGOS", "NGOs"], ["US", "us"], ["UN"], ["un"]]
    assert len(counter.terms_of(Document(id="a", text="NGOS", spans=(Span(0, 4, "X"),)))) == 1


WORDS = st.lists(
    st.sampled_from(["goma", "Goma", "ON goma", "on", "fell", "加沙", "以色列", "غزة", "x-y", "o'er"]), max_size=12
)


@given(WORDS, st.data())
@settings(max_examples=20, deadline=None)
def test_every_occurrence_of_a_term_is_labelled_or_counted(words: list[str], data: st.DataObject) -> None:
    text, places = "", []
    for word in words:
        places += [(len(text), len(text) + len(word))] if word.lower() == "goma" else []
        text += f"{word} "
    marked = [place for place in places if data.draw(st.booleans())]
    document = Document(id="a", text=text or ".", spans=tuple(Span(*place, "LOCATION") for place in marked))
    counter = TermCounter()
    counter.add(document)
    terms = counter.terms()
    UnlabelledForms(terms).add(document)
    whole = sum(word.lower().endswith("goma") for word in words)
    assert sum(term.spans + term.unlabelled for term in terms) == (whole if marked else 0)


def test_all_verbs_take_shards_and_parquet(goldspan: Run, tmp_path: Path, scheme: Scheme) -> None:
    write_lines(tmp_path / "raw.jsonl", *news(20))
    (tmp_path / "shards").mkdir()
    documents = list(read_records(tmp_path / "raw.jsonl", scheme))
    write_records(tmp_path / "shards" / "a.parquet", documents[:10], scheme)
    write_records(tmp_path / "shards" / "b.jsonl.gz", documents[10:], scheme)
    calls = {
        "sample": ("--n", 5, "--out", "o.parquet"),
        "filter": ("--where", "month=2024-01", "--out", "p.parquet"),
        "rename": ("--prefix", "x", "--out", "q.jsonl.zst"),
        "concordance": ("Gaza",),
        "terms": (),
    }
    for name, words in calls.items():
        done = goldspan("corpus", name, "shards", *words, cwd=tmp_path)
        assert done.returncode == 0, (name, done.stderr)
    assert len(list(read_records(tmp_path / "o.parquet", scheme))) == 5
    for name in ("sample", "filter", "rename"):
        words = (*calls[name][:2], "--out", "shards/c.jsonl")
        done = goldspan("corpus", name, "shards", *words, cwd=tmp_path)
        assert done.returncode == 2 and "lies in the input" in done.stderr
