"""Samples that can be called such: sizes, strata, weights, what unions and filters of them are."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.corpus.queries.sample_records import population_sha256
from goldspan.corpus.queries.stratum_sizes import allocate

from ...conftest import Run, record, write_lines
from .dated_news import drawn, lines, news


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
