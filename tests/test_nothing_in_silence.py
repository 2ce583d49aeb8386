"""Nothing is lost, replaced or taken for something else without a word, whatever a script gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import goldspan
from goldspan.corpus import Corpus
from goldspan.corpus.formats import ReadReport, ReadRequest, read_any
from goldspan.corpus.formats import conversion as reading
from goldspan.corpus.formats.format_registry import DetectedFormat
from goldspan.schema import DataError, Document, Layer, Problem, Scheme, Span, UsageError, Zone, parse_scheme

TEXT = "Iran struck Erbil on Monday."
OTHER = parse_scheme({"name": "other", "version": 1, "labels": {"ACTOR": {"definition": "Who."}}})


def news(*spans: Span, **fields: Any) -> Corpus:
    return Corpus([Document(id="a", text=TEXT, spans=spans, **fields)])


ACTOR, PLACE = Span(0, 4, "ACTOR"), Span(12, 17, "LOCATION")


class Unchecked:
    """A format of another package, whose reader checks nothing."""

    name, summary, file, suffixes, folder_patterns = "unchecked", "one", "x", (".unchecked",), ()

    def read(self, source: Path, request: ReadRequest) -> Iterator[Document]:
        yield Document(id="x", text="Iran", spans=(Span(0, 400, "NOPE"),))


def test_documents_of_another_packages_reader_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: Scheme
) -> None:
    (tmp_path / "a.unchecked").write_text("")
    monkeypatch.setattr(reading, "detect", lambda _: DetectedFormat(Unchecked()))
    with pytest.raises(DataError, match="unknown label"):
        list(read_any(tmp_path / "a.unchecked", scheme, ReadReport()))


@pytest.mark.filterwarnings("ignore:.*undecided conflict:UserWarning")
def test_decisions_that_somebody_filled_in_are_not_overwritten(tmp_path: Path) -> None:
    passes = {"ada": news(ACTOR), "ben": news()}
    path = tmp_path / "conflicts.jsonl"
    goldspan.adjudicate(passes).save_conflicts(path)
    decided = path.read_text("utf-8").replace('"choose":null', '"choose":"ada"').replace('"by":null', '"by":"eve"')
    path.write_text(decided.replace('"reason":null', '"reason":"named"'), "utf-8")
    with pytest.raises(UsageError, match="1 decision in it would be lost"):
        goldspan.adjudicate(passes).save_conflicts(path)
    result = goldspan.adjudicate(passes, path)
    assert [span.label for span in result.gold[0].spans] == ["ACTOR"]
    result.save_conflicts(path)


def test_what_a_record_cannot_hold_is_refused_in_every_object(tmp_path: Path) -> None:
    bad = {"results": [{"a": float("nan")}]}
    with pytest.raises(DataError, match="which is not a JSON value"):
        goldspan.load([{"id": "a", "text": TEXT, "spans": [], "layer": {"invalid_annotations": [bad]}}])
    corpus = news(extra={})
    for change in ({"x": float("nan")}, {"x": b"b"}, {1: "x"}):
        corpus[0].extra.clear()
        corpus[0].extra.update(change)
        with pytest.raises(DataError):
            corpus.save(tmp_path / "a.jsonl")
        assert not (tmp_path / "a.jsonl").exists()


@pytest.mark.parametrize("extra", [{"version": "3"}, {"passes": ["x"]}, {"studio": {"note": "n"}}])
def test_extra_of_a_document_in_memory_stays_the_users(extra: dict[str, Any]) -> None:
    corpus = news(layer=Layer(annotator="ada", extra=extra))
    assert corpus[0].layer == Layer(annotator="ada", extra=extra) and corpus[0].extractor is None


def test_documents_of_different_schemes_are_not_mixed() -> None:
    other = Corpus([Document(id="a", text=TEXT, spans=(ACTOR,))], OTHER)
    for use in (
        lambda: goldspan.score(news(ACTOR), other, resamples=0),
        lambda: goldspan.agreement({"a": news(ACTOR), "b": other}),
        lambda: goldspan.adjudicate({"a": news(ACTOR), "b": other}),
    ):
        with pytest.raises(UsageError, match=r"different schemes, conflict-news@1 \(\w+\) and other@1 \(\w+\)"):
            use()
    assert goldspan.score(news(ACTOR), other, scheme=OTHER, resamples=0).gold.scheme == "other@1"
    suggested = goldspan.load(goldspan.suggest(other, lambda document: [(0, 4, "ACTOR")]))
    assert suggested.scheme == OTHER
    with pytest.raises(AttributeError):
        suggested.scheme = news().scheme


def test_a_mapping_keeps_the_fields_of_a_span_and_refuses_others() -> None:
    span = {"start": 0, "end": 4, "label": "ACTOR", "score": 0.5, "note": "n"}
    [document] = goldspan.suggest(news(), lambda _: [span])
    assert [(s.score, s.note) for s in document.spans] == [(0.5, "n")]
    for changed in ({**span, "valu": {}}, {**span, "score": "high"}):
        with pytest.raises(DataError, match=r"valu|score"):
            list(goldspan.suggest(news(), lambda _, wrong=changed: [wrong]))


def test_agreement_does_not_depend_on_the_order_of_passes_where_one_has_no_texts() -> None:
    zoned = news(ACTOR, zones=(Zone(5, 28, "notice"),))
    spans = {"a": [(0, 4, "ACTOR"), (12, 17, "LOCATION")]}
    one, other = goldspan.agreement({"z": zoned, "s": spans}), goldspan.agreement({"s": spans, "z": zoned})
    assert one.pairwise[0].strict_f1 == other.pairwise[0].strict_f1 == 1.0


def test_what_a_row_cannot_hold_goes_with_its_span() -> None:
    one, other = replace(ACTOR, score=0.1 + 0.2, passes=("x",), extra={"n": 1}), replace(PLACE, passes=("y",))
    frame = news(one, other).to_pandas("spans")
    rounded = news(one, other).with_spans(frame.assign(score=frame.score.round(3)))
    assert rounded[0].spans == (replace(one, score=0.3), other)
    loose = parse_scheme(
        {"name": "any", "version": 1, "spans": {"overlap": True}, "labels": {"X": {"definition": "x"}}}
    )
    twins = (Span(0, 4, "X", extra={"n": 1}), Span(0, 4, "X", extra={"n": 2}))
    corpus = Corpus([Document(id="a", text=TEXT, spans=twins)], loose)
    assert corpus.with_spans(corpus.to_pandas("spans"))[0].spans == twins


IDS: dict[str, tuple[object, str]] = {
    "missing": (None, "the document id is None"),
    "empty": ("", "the document id is ''"),
    "a fraction": (1.0, "the document id is 1.0"),
}


@pytest.mark.parametrize("name", IDS)
def test_what_is_no_id_is_refused(name: str) -> None:
    import pandas as pd

    cell, message = IDS[name]
    frame = pd.DataFrame({"document": pd.Series([cell], dtype=object), "start": [0], "end": [4], "label": ["ACTOR"]})
    for use in (lambda: goldspan.score(frame, frame, resamples=0), lambda: news().with_spans(frame)):
        with pytest.raises(DataError, match=re.escape(f"frame:1: {message}")):
            use()


def test_whole_numbers_are_ids_and_offsets_in_every_form() -> None:
    import pandas as pd

    corpus = Corpus([Document(id="1", text=TEXT, spans=())])
    frame = pd.DataFrame({"document": [1], "start": [0.0], "end": [4.0], "label": ["ACTOR"]})
    assert corpus.with_spans(frame)[0].spans == (ACTOR,)
    assert goldspan.score(corpus.with_spans(frame), {1: [(0, 4, "ACTOR")]}, resamples=0)[0].spans.strict.f1 == 1.0


def test_objects_of_pandas_are_read() -> None:
    import pandas as pd

    [document] = goldspan.load([{"id": "a", "text": TEXT, "spans": [], "extra": {"seen": pd.Timestamp("2024-01-02")}}])
    assert document.extra == {"seen": "2024-01-02T00:00:00"}


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "a lazy frame": (
        lambda: news().to_polars().lazy(),
        "LazyFrame is not a source of documents. Fix: collect it first",
    ),
    "a column": (lambda: news().to_pandas().text, "Series is not a source of documents"),
    "rows without their dataset": (lambda: list(news(ACTOR).to_datasets()), "Fix: give the loaded dataset itself"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_looks_like_a_source_says_what_to_give(name: str) -> None:
    make, message = WRONG[name]
    with pytest.raises(UsageError, match=re.escape(message)):
        goldspan.load(make())


@pytest.mark.parametrize("form", [None, "numpy", "pandas", "arrow"])
def test_a_dataset_is_read_whatever_form_its_rows_have(form: str | None) -> None:
    assert list(goldspan.load(news(ACTOR).to_datasets().with_format(form))) == list(news(ACTOR))


def test_an_export_does_not_replace_a_file_unless_it_may(tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    goldspan.export(news(ACTOR), path)
    with pytest.raises(UsageError, match="already exists"):
        goldspan.export(news(), path)
    assert "ACTOR" in path.read_text("utf-8")
    goldspan.export(news(), path, overwrite=True)


def test_invalid_records_of_a_file_are_skipped_where_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "a", "text": "Iran struck.", "spans": []}\n{"id": "b", "text": 3, "spans": []}\n', "utf-8")
    problems: list[Problem] = []
    assert [document.id for document in goldspan.suggest(path, lenient=problems.append)] == ["a"]
    assert [problem.line for problem in problems] == [2]
