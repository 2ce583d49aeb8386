"""Suggestions in Python: documents in, documents with a layer out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor
from functools import partial
from typing import Any

import pytest

from goldspan.annotate import load_extractor, suggest
from goldspan.annotate.runner.annotate_documents import annotate_documents
from goldspan.corpus import Corpus
from goldspan.schema import DataError, Document, Problem, Scheme, Span, UsageError, Zone, conflict_scheme, parse_scheme

SCHEME = conflict_scheme()
TEXT = "Iran struck three bases near Homs."


def document(text: str | None = TEXT, id: str = "a", **more: Any) -> Document:
    return Document(id=id, text=text, spans=(), **more)


def homs(given: Document) -> Iterator[tuple[Any, ...]]:
    at = (given.text or "").find("Homs")
    if at >= 0:
        yield at, at + 4, "LOCATION", {"kind": "settlement"}
        yield 0, 4, "ACTOR"


def test_suggestions_of_the_rules_are_documents() -> None:
    [made] = suggest([document()])
    assert made.layer is not None and made.layer.annotator == made.extractor == "rules"
    assert "Homs" in [made.surface(span) for span in made.spans]
    assert [made] == [
        outcome.document for outcome in annotate_documents([document()], load_extractor("rules", SCHEME), SCHEME)
    ]


def test_a_function_is_an_extractor_of_its_name() -> None:
    [made] = suggest([document()], homs)
    assert [(made.surface(s), s.label, s.source) for s in made.spans] == [
        ("Iran", "ACTOR", "homs"),
        ("Homs", "LOCATION", "homs"),
    ]
    assert made.spans[1].value.kind == "settlement" and made.layer is not None
    [unnamed] = suggest([document()], lambda given: [Span(0, 4, "ACTOR")])
    assert unnamed.layer is not None and unnamed.layer.annotator == "function"
    assert unnamed.extractor == "function"


def test_the_version_of_a_function_is_that_of_its_code() -> None:
    def version(function: Any) -> Any:
        [made] = suggest([document()], function)
        return made.layer and made.layer.extractor_version

    def until(given: Document, end: int = 4) -> list[Any]:
        return [(0, end, "ACTOR")] if given.text in {"a", "b", TEXT} else []

    class Caller:
        def __call__(self, given: Document) -> list[Any]:
            return [(0, 4, "ACTOR")]

    assert version(until) == version(until)
    assert version(lambda given: [(0, 4, "ACTOR")]) == version(lambda given: [(0, 4, "ACTOR")])
    assert version(lambda given: [(0, 4, "ACTOR")]) != version(lambda given: [(0, 4, "LOCATION")])
    assert len({version(until), version(partial(until, end=4)), version(Caller())}) == 3


FAILING: dict[str, tuple[Any, str]] = {
    "raises": (lambda given: 1 / 0, "ZeroDivisionError"),
    "returns nothing": (lambda given: None, "returned NoneType, not spans"),
    "returns a string": (lambda given: "Iran", "returned str, not spans"),
    "a short tuple": (lambda given: [(0, 4)], "(0, 4) is not a span. Fix: (start, end, label)"),
    "a value that is no mapping": (lambda given: [(0, 4, "ACTOR", "state")], "is not a mapping"),
    "a wrong value": (lambda given: [(0, 4, "ACTOR", {"kind": "stat"})], "did you mean 'state'"),
    "an unknown label": (lambda given: [(0, 4, "PLANET")], "has no label 'PLANET': known: ACTOR"),
    "past the text": (lambda given: [(0, 400, "ACTOR")], "past the text"),
    "text as an offset": (lambda given: [("0", 4, "ACTOR")], "offsets ['0', 4) are not whole numbers"),
}


@pytest.mark.parametrize("name", FAILING)
def test_what_a_function_does_wrong_is_told_of_the_document(name: str) -> None:
    function, message = FAILING[name]
    with pytest.raises(DataError) as refusal:
        list(suggest([document()], function))
    [problem] = refusal.value.problems
    assert message in problem.what and problem.document == "a"


def test_a_document_that_fails_is_raised_or_handed_over_when_lenient() -> None:
    given = [
        document(id="a"),
        document(None, "b", text_sha256="0" * 64, text_length=3),
        document(id="a"),
        document(id="c"),
    ]
    problems: list[Problem] = []
    assert [made.id for made in suggest(given, homs, lenient=problems.append)] == ["a", "c"]
    assert {(problem.document, problem.what) for problem in problems} == {
        ("b", "has no text to annotate"),
        ("a", "duplicate document id"),
    }
    with pytest.raises(DataError, match="has no text"):
        list(suggest(given[:2], homs))


WRONG_CALLS: dict[str, tuple[tuple[Any, ...], dict[str, Any], str]] = {
    "one document": ((document(),), {}, "put it in a list"),
    "spans": (({"a": [(0, 4, "ACTOR")]},), {}, "without texts can only be scored"),
    "a number of documents": ((3,), {}, "int is not a source of documents"),
    "no extractor of the name": (([], "ruels"), {}, "did you mean 'rules'"),
    "a class": (([], Counter), {}, "is the class Counter"),
    "a number": (([], 3), {}, "`extractor` is of type int"),
    "no process": (([],), {"workers": 0}, "`workers` is 0"),
    "processes for a function": (([], homs), {"workers": 2}, "give `extractor` its name"),
    "an executor for a function": (([], homs), {"executor": Executor()}, "give `extractor` its name"),
}


@pytest.mark.parametrize("name", WRONG_CALLS)
def test_a_wrong_call_is_refused_before_the_first_document(name: str) -> None:
    arguments, more, message = WRONG_CALLS[name]
    with pytest.raises(UsageError, match=message):
        suggest(*arguments, **more)


def test_dropped_spans_are_warned_of_or_counted() -> None:
    given = [document(zones=(Zone(0, 4, "stamp"),))]
    with pytest.warns(
        UserWarning, match="spans of homs changed by the rules of the scheme: dropped, in a zone: 1 span"
    ):
        assert len(next(suggest(given, homs)).spans) == 1 and len(list(suggest(given, homs))) == 1
    tally: Counter[str] = Counter()
    list(suggest(given, homs, tally=tally))
    assert tally == {"dropped, in a zone": 1}


def test_documents_are_read_as_they_are_asked_for() -> None:
    read = []

    def source() -> Iterator[Document]:
        for number in range(10_000):
            read.append(number)
            yield document(id=f"d{number}")

    assert next(suggest(source(), homs)).id == "d0"
    assert len(read) <= 256


def test_a_corpus_brings_its_scheme() -> None:
    toml = 'name = "own"\nversion = 1\ntitle = "T"\ndescription = "D."\n[zones]\n[labels.PLACE]\ndefinition = "P."\n'
    own: Scheme = parse_scheme(toml)
    [made] = suggest(Corpus([document()], own), lambda given: [(0, 4, "PLACE")])
    assert made.layer is not None and made.layer.scheme == "own@1"


@pytest.mark.parametrize("workers", [1, 2])
def test_an_outcome_is_a_document_and_its_line(workers: int) -> None:
    from goldspan.schema import RecordCodec

    codec = RecordCodec(SCHEME)
    outcomes = list(
        annotate_documents([document()], load_extractor("rules", SCHEME), SCHEME, workers=workers, spec="rules")
    )
    [outcome] = outcomes
    line = outcome.line
    assert outcome.document is not None and outcome.document == codec.decode(line)
    assert outcome.line == line == codec.encode(outcome.document)
