"""Mistakes of a first hour with `import goldspan`: each is refused or warned of, and says how to go on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import goldspan
from goldspan.corpus import Corpus
from goldspan.schema import DataError, Document, Span, UsageError, conflict_scheme, parse_scheme

TEXT = "Iran struck Erbil on Monday."
NEWS: list[dict[str, Any]] = [{"id": name, "text": TEXT, "spans": []} for name in ("a", "b")]
WEATHER = {"name": "weather", "version": 1, "labels": {"RAIN": {"definition": "Rain."}}}


@pytest.fixture
def news() -> Corpus:
    return goldspan.load(NEWS).map(lambda document: document.add("Iran", "ACTOR").add("Erbil", "LOCATION"))


@pytest.mark.parametrize(
    "use",
    [
        lambda news, again: goldspan.score(news, again, resamples=0),
        lambda news, again: goldspan.agreement({"a": news, "b": again}),
        lambda news, again: goldspan.adjudicate({"a": news, "b": again}),
        lambda news, again: goldspan.load(again),
        lambda news, again: list(goldspan.suggest(again)),
        lambda news, again: goldspan.export(again, "out.jsonl"),
    ],
)
def test_an_iterator_that_was_read_before_is_refused(use: Callable[[Corpus, Any], object], news: Corpus) -> None:
    suggested = goldspan.suggest(news, "rules")
    assert len(list(suggested)) == 2
    with pytest.raises(DataError, match="it may have been read before, which is possible only once"):
        use(news, suggested)


def test_documents_that_a_system_lacks_are_warned_of(news: Corpus) -> None:
    with pytest.warns(UserWarning, match="lacks 1 document, scored as empty: b"):
        goldspan.score(news, news[:1], resamples=0)
    told: list[str] = []
    goldspan.score(news, news[:1], resamples=0, warn=told.append)
    assert len(told) == 1


def test_within_map_the_scheme_is_that_of_the_corpus() -> None:
    weather = goldspan.load([{"id": "a", "text": "Rain fell.", "spans": []}], WEATHER)
    assert [span.label for span in weather.map(lambda document: document.add("Rain", "RAIN"))[0].spans] == ["RAIN"]
    rained = goldspan.suggest(weather, lambda document: document.add("Rain", "RAIN").spans)
    assert [span.label for document in rained for span in document.spans] == ["RAIN"]
    with pytest.raises(
        UsageError, match="has no label 'RAIN': known: ACTOR, COUNT, DATE, LOCATION; or another `scheme`"
    ):
        weather[0].add("Rain", "RAIN")


def test_ids_are_in_a_corpus(news: Corpus) -> None:
    assert "a" in news and news[0] in news and "c" not in news


MISTAKES: dict[str, tuple[Callable[[Corpus], object], type[Exception], str]] = {
    "a record without its list": (lambda _: goldspan.load(NEWS[0]), UsageError, "put it in a list"),
    "systems in a list": (lambda news: goldspan.score(news, [{"a": []}, {"b": []}]), UsageError, "arguments of their own"),
    "one string of names": (lambda news: goldspan.score(news, news, names="rules"), UsageError, "`names` are not one for each system"),
    "a name too few": (lambda news: goldspan.score(news, news, news, names=["a"]), UsageError, "a list of names for 2 systems"),
    "passes in a list": (lambda news: goldspan.agreement([news, news]), UsageError, "give them by annotator"),
    "records for documents": (lambda _: Corpus(NEWS), UsageError, "`goldspan.load` makes a corpus"),
    "a type of another name": (
        lambda _: parse_scheme({"name": "n", "version": 1, "labels": {"N": {"definition": "n", "fields": {"mm": {"type": "float"}}}}}),
        DataError,
        "unknown value type 'float'. Fix: use 'number'",
    ),
    "another scheme's labels": (
        lambda _: goldspan.load([{**NEWS[0], "spans": [{"start": 0, "end": 4, "label": "RAIN"}]}]),
        DataError,
        "unknown label in scheme conflict-news@1. Fix: known: ACTOR, COUNT, DATE, LOCATION; or another `scheme`",
    ),
    "gold without its empty documents": (
        lambda _: goldspan.score({"a": [(0, 4, "ACTOR")]}, {"a": [], "b": [(0, 4, "ACTOR")]}),
        DataError,
        "give it as {id: spans}, with an empty list for this document",
    ),
    "other ids": (
        lambda _: goldspan.score({"a": [(0, 4, "ACTOR")]}, {"b": [(0, 4, "ACTOR")]}),
        DataError,
        "system: no document is in the gold. Fix: the same ids on both sides; the gold has 'a'",
    ),
    "lists of different lengths": (
        lambda _: goldspan.score([[(0, 4, "ACTOR")], []], [[(0, 4, "ACTOR")]]),
        UsageError,
        "the lists have different lengths, 2, 1. Fix: a list for each document",
    ),
    "the path of an attribute": (
        lambda news: goldspan.score(news, news, resamples=0).metric("spans.strict.f1"),
        UsageError,
        "did you mean 'spans.strict.micro.f1'?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_says_how_to_go_on(mistake: str, news: Corpus) -> None:
    use, error, message = MISTAKES[mistake]
    with pytest.raises(error, match=re.escape(message)):
        use(news)


def test_a_file_whose_format_cannot_be_told_names_the_argument(news: Corpus, tmp_path: Path) -> None:
    news.save(tmp_path / "news.json")
    with pytest.raises(
        UsageError, match=r"cannot detect the format from its contents and name\. Fix: one of .*brat, .* as `form`"
    ):
        goldspan.load(tmp_path / "news.json")
    assert list(goldspan.load(tmp_path / "news.json", form="jsonl")) == list(news)


def test_shifted_offsets_are_warned_of_where_no_surface_tells(news: Corpus) -> None:
    frame = news.to_pandas("spans").drop(columns="surface")
    with pytest.warns(UserWarning, match="spans that break rules of the scheme: "):
        news.with_spans(frame.assign(start=frame.start + 1, end=frame.end + 1))


DECISIONS: dict[str, tuple[Callable[[Any], object], str]] = {
    "outside": (lambda c: c.decide([Span(12, 17, "LOCATION")], by="eve", reason="r"), "is outside the conflict"),
    "a tuple": (lambda c: c.decide([(0, 4, "ACTOR")], by="eve", reason="r"), "is not a span"),
    "a value that is a mapping": (
        lambda c: c.decide([Span(0, 4, "ACTOR", {"kind": "state"})], by="eve", reason="r"),
        "make it with `Scheme.span`",
    ),
    "nobody": (lambda c: c.choose("ada", by="", reason="r"), "state `by` and `reason`"),
    "no reason": (lambda c: c.decide([], by="eve", reason=""), "state `by` and `reason`"),
    "no pass": (lambda c: c.choose("eve", by="eve", reason="r"), "no pass 'eve': known: ada, ben"),
}


@pytest.mark.filterwarnings("ignore:.*undecided conflict:UserWarning")
@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_about_something_else_is_refused(decision: str, news: Corpus) -> None:
    ben = news[:1].map(lambda document: Document(id="a", text=TEXT, spans=()))
    [conflict, *_] = goldspan.adjudicate({"ada": news[:1], "ben": ben}).undecided
    decide, message = DECISIONS[decision]
    with pytest.raises(UsageError, match=re.escape(message)):
        decide(conflict)


@pytest.mark.filterwarnings("ignore:.*undecided conflict:UserWarning")
def test_a_single_span_and_a_single_decision_are_taken() -> None:
    scheme = conflict_scheme()
    base = goldspan.load(NEWS[:1])
    ada, ben = base.map(lambda d: d.add("Iran", "ACTOR")), base.map(lambda d: d.add("Iran struck", "ACTOR"))
    [conflict] = goldspan.adjudicate({"ada": ada, "ben": ben}).undecided
    own = scheme.span(0, 4, "ACTOR", kind="state", id="IRN")
    result = goldspan.adjudicate({"ada": ada, "ben": ben}, conflict.decide(own, by="eve", reason="the state"))
    assert [(span.value.id, span.decision and span.decision.by) for span in result.gold[0].spans] == [("IRN", "eve")]
