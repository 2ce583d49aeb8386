"""What scoring and agreement take: any source of documents, and spans without texts."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pandas as pd
import pytest

import goldspan
from goldspan.corpus import Corpus, load
from goldspan.corpus.formats import LossReport, load_writer
from goldspan.eval import Scores, agreement, score
from goldspan.schema import DataError, Document, Scheme, UsageError, parse_scheme

GOLD = Path(__file__).parents[2] / "corpus" / "gold" / "1.0.1" / "gold.jsonl"
OWN = parse_scheme({"name": "own", "version": 1, "labels": {"PER": {"definition": "p"}, "ORG": {"definition": "o"}}})


@pytest.fixture(scope="module")
def gold() -> Corpus:
    return load(GOLD)


@pytest.fixture(scope="module")
def changed(gold: Corpus) -> Corpus:
    """A system that lacks every seventh span and bends every fifth."""
    frame = gold.to_pandas("spans").drop(columns="surface")
    frame.loc[frame.index % 5 == 0, "end"] += 1
    with pytest.warns(UserWarning, match="spans that break rules of the scheme: 44 problems"):
        return gold.with_spans(frame[frame.index % 7 != 0])


def exported(name: str, suffix: str) -> Callable[[Corpus, Path], Any]:
    def make(corpus: Corpus, folder: Path) -> Path:
        out = folder / f"system{suffix}"
        if not suffix:
            out.mkdir()
        load_writer(name).write(corpus, out, corpus.scheme, LossReport())
        return out

    return make


WITH_TEXTS: dict[str, Callable[[Corpus, Path], Any]] = {
    "a corpus": lambda corpus, _: corpus,
    "documents": lambda corpus, _: iter(list(corpus)),
    "Docs": lambda corpus, _: corpus.to_spacy(),
    "a dataset": lambda corpus, _: corpus.to_datasets(),
    "rows": lambda corpus, _: corpus.to_arrow().to_pylist(),
    "pandas": lambda corpus, _: corpus.to_pandas(),
    "polars": lambda corpus, _: corpus.to_polars(),
    "Arrow": lambda corpus, _: corpus.to_arrow(),
    "records": exported("jsonl", ".jsonl"),
    "Parquet": exported("parquet", ".parquet"),
    "DocBin": exported("spacy", ".spacy"),
    "brat": exported("brat", ""),
    "an exported dataset": exported("hf", ""),
}
WITHOUT_TEXTS: dict[str, Callable[[Corpus], Any]] = {
    "a mapping of tuples": lambda c: {d.id: [(s.start, s.end, s.label, s.value) for s in d.spans] for d in c},
    "a mapping of spans": lambda c: {d.id: d.spans for d in c},
    "a mapping of dicts": lambda c: {
        d.id: [{"start": np.int64(s.start), "end": s.end, "label": s.label, "value": s.value} for s in d.spans]
        for d in c
    },
    "tuples": lambda c: [(d.id, s.start, s.end, s.label, s.value) for d in c for s in d.spans],
    "pandas": lambda c: c.to_pandas("spans"),
    "polars": lambda c: c.to_polars("spans"),
    "Arrow": lambda c: c.to_arrow("spans"),
}


def figures(scores: Scores) -> dict[str, Any]:
    data: dict[str, Any] = scores.to_dict()["systems"][0]
    return {key: data[key] for key in ("spans", "values", "interval")}


@pytest.mark.parametrize("source", WITH_TEXTS)
def test_any_source_gives_the_same_figures(gold: Corpus, changed: Corpus, source: str, tmp_path: Path) -> None:
    expected = score(list(gold), list(changed), resamples=0).to_dict()
    given = WITH_TEXTS[source](gold, tmp_path)
    form = {"DocBin": "spacy", "brat": "brat"}.get(source)  # what is not goldspan's own is said
    with pytest.warns(UserWarning, match=f"read as {form}") if form else nullcontext():
        scores = score(given, changed, resamples=0)
    expected["gold"]["path"] = str(given) if isinstance(given, Path) else None
    assert scores.to_dict() == expected and 0 < scores[0].spans.strict.f1 < 1  # type: ignore[operator]


@pytest.mark.parametrize("source", WITHOUT_TEXTS)
def test_spans_without_texts_give_the_same_figures(gold: Corpus, changed: Corpus, source: str) -> None:
    expected = score(gold, changed, resamples=200, intervals=True)
    scores = score(WITHOUT_TEXTS[source](gold), WITHOUT_TEXTS[source](changed), resamples=200, intervals=True)
    data, interval = figures(scores), figures(expected)
    assert data == interval
    assert scores[0].tokens is None and "texts:unchecked" in scores[0].signature
    assert "spans without texts: the gold, system; whether the texts are the same cannot be checked" in scores.notes


@pytest.mark.parametrize("source", WITHOUT_TEXTS)
def test_gold_with_texts_takes_a_system_without(gold: Corpus, changed: Corpus, source: str) -> None:
    scores, expected = (score(gold, system, resamples=0) for system in (WITHOUT_TEXTS[source](changed), changed))
    assert scores[0].tokens == expected[0].tokens and figures(scores) == figures(expected)
    assert "texts:unchecked" in scores[0].signature and "texts:" not in expected[0].signature


def test_lists_of_spans_are_the_documents_in_order() -> None:
    scores = score([[(0, 4, "PER")], []], [[(0, 4, "PER")], [(3, 4, "ORG")]], scheme=OWN, resamples=0)
    assert (scores[0].spans.strict.precision, scores.gold.documents) == (0.5, 2)


def test_agreement_takes_spans_without_texts(gold: Corpus, changed: Corpus) -> None:
    expected = agreement({"a": gold, "b": changed})
    bare = agreement({"a": WITHOUT_TEXTS["a mapping of tuples"](gold), "b": WITHOUT_TEXTS["pandas"](changed)})
    mixed = agreement({"a": WITHOUT_TEXTS["tuples"](gold), "b": changed})
    assert bare.pairwise[0].strict_f1 == mixed.pairwise[0].strict_f1 == expected.pairwise[0].strict_f1
    assert (bare.alpha_u, bare.token_alpha) == (None, None)
    assert "alpha_u is null: the lengths of the texts are unknown" in bare.notes
    assert (mixed.alpha_u, mixed.token_kappa) == (expected.alpha_u, expected.token_kappa)
    assert any(note.startswith("spans without texts: a; ") for note in mixed.notes)


def test_the_scheme_is_that_of_a_corpus_or_a_file(tmp_path: Path) -> None:
    corpus = Corpus([Document(id="a", text="Ann Acme", spans=(OWN.span(0, 3, "PER"),))], OWN)
    assert score(corpus, {"a": [(0, 3, "PER")]}, resamples=0).gold.scheme == "own@1"
    goldspan.schema.save_scheme(OWN, tmp_path / "own.toml")
    assert score([[(0, 3, "PER")]], [[]], scheme=tmp_path / "own.toml", resamples=0).gold.scheme == "own@1"
    with pytest.raises(DataError, match="unknown label"):
        score(GOLD, corpus, scheme=OWN)


CLASSES: dict[str, tuple[Any, type[Exception], str]] = {
    "spans without a document": ([(0, 4, "ACTOR")], UsageError, "the spans name no document. Fix: {id: ["),
    "an unknown label": ({"x": [(0, 4, "LOCATON")]}, DataError, "document 'x': span 1: scheme conflict-news@1 has no label 'LOCATON'"),
    "an empty span": ({"x": [(0, 4, "ACTOR"), (4, 4, "ACTOR")]}, DataError, "span 2: span [4, 4) ACTOR is empty"),
    "a string": ({"x": "abc"}, UsageError, "document 'x' has str instead of a list of spans"),
    "a wrong value": ({"x": [(0, 4, "ACTOR", {"kind": "stat"})]}, DataError, "span 1: "),
    "a value that is a string": ({"x": [(0, 4, "ACTOR", "IRN")]}, DataError, "the value 'IRN' is not a mapping. Fix: give its parts by name: kind, id"),
    "fractions": ({"x": [(0.5, 4, "ACTOR")]}, DataError, "offsets [0.5, 4) are not whole numbers"),
    "truth values": ({"x": [(False, True, "ACTOR")]}, DataError, "are not whole numbers"),
    "a number": (5, UsageError, "int is not a source of documents"),
    "a number for a span": ({"x": [5]}, DataError, "5 is not a span. Fix: (start, end, label)"),
    "half a dict": ({"x": [{"start": 0}]}, DataError, "has no end, label"),
    "too many parts": ({"x": [(0, 4, "ACTOR", None, 1)]}, DataError, "is not a span"),
    "a single document": (Document(id="a", text="x", spans=()), UsageError, "put it in a list"),
    "a document among tuples": ([("a", 0, 1, "ACTOR"), Document(id="a", text="x", spans=())], UsageError, "Document among tuples"),
    "a frame without labels": (pd.DataFrame({"document": ["a"], "start": [0], "end": [1]}), UsageError, "the frame has no column label"),
    "a missing file": ("nowhere.jsonl", DataError, "No such file"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "error", "message"), CLASSES.values(), ids=CLASSES)
def test_what_is_no_source_says_so(source: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        score(source, source, resamples=0)


def test_a_dataset_with_several_splits_names_them(gold: Corpus) -> None:
    from datasets import DatasetDict

    dataset = gold.to_datasets()
    with pytest.raises(UsageError, match=r"has splits\. Fix: choose one of train, test"):
        score(gold, DatasetDict({"train": dataset, "test": dataset}), resamples=0)


@pytest.mark.parametrize("bare_side", ["gold", "system"])
def test_spans_past_a_known_text_are_refused(gold: Corpus, bare_side: str) -> None:
    bare = {document.id: [(0, 10**6, "ACTOR")] for document in gold}
    sides = (bare, gold) if bare_side == "gold" else (gold, bare)
    with pytest.raises(
        DataError, match=r"span \[0, 1000000\) ACTOR ends past the text. Fix: the text has \d+ code points"
    ):
        score(*sides, resamples=0)
    with pytest.raises(DataError, match="ends past the text"):
        agreement(dict(zip("ab", sides, strict=True)))


def test_only_scoring_and_agreement_take_spans_without_texts(scheme: Scheme) -> None:
    for source in ({"a": [(0, 4, "ACTOR")]}, [("a", 0, 4, "ACTOR")], pd.DataFrame({"document": ["a"], "start": [0], "end": [4], "label": ["ACTOR"]})):  # fmt: skip
        with pytest.raises(UsageError, match="without texts can only be scored and compared"):
            load(source)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_path_that_can_be_read_once_is_read_once(tmp_path: Path) -> None:
    for name, text in (("gold", "Iran struck."), ("tagger", "Iran  struck.")):  # not the same to the columns
        os.mkfifo(tmp_path / f"{name}.jsonl")
        line = json.dumps({"id": "a", "text": text, "spans": [{"start": 0, "end": 4, "label": "ACTOR"}]})
        Thread(target=(tmp_path / f"{name}.jsonl").write_text, args=(f"{line}\n",), daemon=True).start()
    scores = score(tmp_path / "gold.jsonl", tmp_path / "tagger.jsonl", resamples=0)
    assert scores[0].spans.strict.f1 == 1
