"""Selecting from a corpus, transforming it, and its spans as a data frame and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from goldspan.corpus import Corpus, load
from goldspan.schema import DataError, Document, Scheme, Span, UsageError, parse_scheme

GOLD = Path(__file__).parents[2] / "corpus" / "gold" / "1.0.1" / "gold.jsonl"


@pytest.fixture(scope="module")
def gold() -> Corpus:
    return load(GOLD)


@pytest.fixture(scope="module")
def many() -> Corpus:
    return Corpus(
        Document(id=f"d{n}", text=f"Text number {n} of {n * 7919} others {n * 104729}", spans=()) for n in range(60)
    )


@pytest.mark.parametrize(
    "select",
    [
        lambda corpus: corpus[1:3],
        lambda corpus: corpus.filter(lambda document: len(document.spans) > 50),
        lambda corpus: corpus.map(lambda document: document),
        lambda corpus: corpus.sample(2),
        lambda corpus: corpus.folds()[0][0],
        lambda corpus: corpus.with_spans(corpus.to_pandas("spans")),
    ],
)
def test_what_is_selected_is_a_corpus_under_the_same_scheme(select: Callable[[Corpus], Corpus]) -> None:
    own = parse_scheme({"name": "own", "version": 1, "labels": {"X": {"definition": "x"}}})
    corpus = Corpus([Document(id=str(n), text="Iran", spans=(own.span(0, 4, "X"),) * 1) for n in range(6)], own)
    selected = select(corpus)
    assert isinstance(selected, Corpus) and selected.scheme == own
    assert [selected[document.id] for document in selected] == list(selected)


def test_filter_keeps_the_order(gold: Corpus) -> None:
    long = gold.filter(lambda document: len(document.spans) > 50)
    assert long.ids == [document.id for document in gold if len(document.spans) > 50] != []


def test_map_validates_what_it_makes(gold: Corpus) -> None:
    emptied = gold.map(lambda document: replace(document, spans=()))
    assert not any(document.spans for document in emptied) and all(document.spans for document in gold)
    with pytest.raises(DataError, match="past the text"):
        gold.map(lambda document: replace(document, spans=(Span(0, 10**6, "ACTOR"),)))
    with pytest.raises(DataError, match="duplicate document id"):
        gold.map(lambda document: replace(document, id="same"))
    with pytest.raises(UsageError, match=f"returned NoneType for document {gold[0].id!r}"):
        gold.map(lambda document: None)  # type: ignore[return-value]


def test_a_sample_is_drawn_without_replacement_in_order_and_again_by_its_seed(many: Corpus) -> None:
    sample = many.sample(20, seed=3)
    assert sample.ids == many.sample(20, seed=3).ids != many.sample(20, seed=4).ids
    assert sorted(set(sample.ids), key=many.ids.index) == sample.ids and len(sample) == 20
    assert many.sample(60).ids == many.ids and many.sample(0).ids == []
    for number in (-1, 61):
        with pytest.raises(UsageError, match="from 0 to 60"):
            many.sample(number)


def test_a_split_covers_the_corpus_once_and_stays_when_it_grows(many: Corpus) -> None:
    splits = many.split({"train": 0.5, "test": 0.5})
    assert sorted(id for split in splits.values() for id in split.ids) == sorted(many.ids)
    assert all(len(split) > 15 for split in splits.values())
    smaller = many[:40].split({"train": 0.5, "test": 0.5})
    assert all(set(smaller[name].ids) <= set(splits[name].ids) for name in splits)


def test_a_split_has_the_documents_that_the_exported_dataset_has(many: Corpus, tmp_path: Path) -> None:
    import pandas as pd

    from goldspan.corpus.formats import LossReport, load_writer

    load_writer("hf").write(many, tmp_path, many.scheme, LossReport())
    for name, split in many.split().items():
        assert list(pd.read_parquet(tmp_path / "spans" / f"{name}.parquet").id) == split.ids


def test_near_duplicates_between_splits_are_left_out_with_a_warning() -> None:
    words = [f"word{n}" for n in range(2000)]
    order = [*range(0, 200, 2), *range(1, 200, 2)]  # each of the latter is near two of the former
    corpus = Corpus(Document(id=f"d{n}", text=" ".join(words[n * 9 : n * 9 + 120]), spans=()) for n in order)
    with pytest.warns(UserWarning, match="documents left out of all splits: near-duplicates are in several") as caught:
        splits = corpus.split()
    [left_out] = [int(str(warning.message).split()[0]) for warning in caught]
    assert sum(map(len, splits.values())) == len(corpus) - left_out < len(corpus)


def test_what_cannot_be_split_says_how_to_go_about_it(gold: Corpus, many: Corpus) -> None:
    with pytest.raises(UsageError, match=r"5 documents are too few to split, which needs 30\. Fix: cross-validate"):
        gold.split()
    for shares in ({}, {"train": 0.0}, {"train": -1.0, "test": 2.0}):
        with pytest.raises(UsageError, match="`shares`"):
            many.split(shares)


def test_each_document_is_tested_in_one_fold(gold: Corpus) -> None:
    folds = gold.folds()
    assert sorted(id for _, test in folds for id in test.ids) == sorted(gold.ids)
    assert all(sorted([*train.ids, *test.ids]) == sorted(gold.ids) for train, test in folds)


def test_an_unknown_document_names_the_known_ones(gold: Corpus) -> None:
    with pytest.raises(KeyError, match="no document 'nobody': known: 000_"):
        gold["nobody"]


@pytest.mark.parametrize("form", ["pandas", "pandas-numpy", "polars", "arrow"])
def test_spans_come_back_from_a_frame_whole(gold: Corpus, form: str) -> None:
    import pandas as pd

    frames: dict[str, Callable[[], Any]] = {
        "pandas": lambda: gold.to_pandas("spans"),
        "pandas-numpy": lambda: pd.DataFrame(gold.to_arrow("spans").to_pylist()),
        "polars": lambda: gold.to_polars("spans"),
        "arrow": lambda: gold.to_arrow("spans"),
    }
    assert list(gold.with_spans(frames[form]())) == list(gold)


def test_a_changed_row_is_a_new_span_and_a_deleted_one_no_span(gold: Corpus) -> None:
    frame = gold.to_pandas("spans")
    first = gold[0].spans[0]
    frame.loc[0, "note"] = "checked"
    changed = gold.with_spans(frame.drop(index=1))
    assert [s.note for s in changed[0].spans[:2]] == ["checked", None]
    assert changed[0].spans[0].value == first.value and changed[0].spans[0].passes == first.passes
    assert changed[0].spans[1:] == gold[0].spans[2:]
    assert list(gold)[1:] == list(changed)[1:]


def test_a_document_without_rows_has_no_spans(gold: Corpus) -> None:
    frame = gold.to_pandas("spans")
    kept = gold.with_spans(frame[frame.document == gold[0].id])
    assert kept[0] == gold[0] and not any(document.spans for document in kept[1:])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.assign(start=f.start + 1), "frame:1: the surface is 'U.S.', and the text has '.S.' there"),
        (lambda f: f.assign(label="LOC"), "frame:1: scheme conflict-news@1 has no label 'LOC'"),
        (lambda f: f.assign(document="x"), "frame:1: the corpus has no document 'x'"),
        (lambda f: f.assign(end=f.start), "frame:1: span [17, 17) ACTOR is empty"),
        (lambda f: f.assign(value_edtf="2023"), "frame:1: ACTOR has no value edtf"),
        (lambda f: f.assign(value_kind="stat"), "frame:1: "),
        (lambda f: f.assign(start=1.5), "frame:1: "),
        (lambda f: f.drop(columns="surface").assign(end=10**6), "past the text"),
    ],
)
def test_an_invalid_row_is_refused_by_its_number(gold: Corpus, change: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        gold.with_spans(change(gold.to_pandas("spans")))


def test_a_frame_without_a_column_is_refused_and_a_column_without_a_meaning_warned_of(gold: Corpus) -> None:
    frame = gold.to_pandas("spans")
    with pytest.raises(UsageError, match=r"no column start, label\. Fix: the columns document, start, end, label"):
        gold.with_spans(frame.drop(columns=["start", "label"]))
    with pytest.warns(UserWarning, match="ignored columns: length"):
        gold.with_spans(frame.assign(length=frame.end - frame.start))
    with pytest.raises(UsageError, match="list is not a data frame"):
        gold.with_spans([])


def test_keys_that_labels_share_come_back_in_their_own_types() -> None:
    labels = {
        "N": {"definition": "n", "fields": {"amount": {"type": "interval"}}},
        "T": {"definition": "t", "fields": {"min": {"type": "text"}}},
    }
    own = parse_scheme({"name": "own", "version": 1, "labels": labels})
    spans = (own.span(0, 1, "N", min=3, max=None, approx=True), own.span(2, 3, "T", min="3"))
    corpus = Corpus([Document(id="a", text="a b", spans=spans)], own)
    assert list(corpus.with_spans(corpus.to_pandas("spans"))) == list(corpus)


def test_a_notebook_shows_the_first_documents_in_the_schemes_colours(scheme: Scheme) -> None:
    colour = "#123456"
    own = parse_scheme({"name": "own", "version": 1, "labels": {"X": {"definition": "x", "colour": colour}}})
    corpus = Corpus([Document(id=str(n), text="Iran", spans=(own.span(0, 4, "X"),)) for n in range(5)], own)
    html = corpus._repr_html_()
    assert html.count(f"2px solid {colour}") == 3 and "and 2 documents more" in html and "5 documents, 5 spans" in html
