"""spaCy's JSON, GLiNER, LangExtract and transformers: each span has its words, and what is left out is counted."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from goldspan.corpus.spans.quote_alignment import align_quotes, align_unordered
from goldspan.schema import DataError

from .model_files import (
    HAMAS,
    MONDAY,
    NAMES,
    RAFAH,
    RAFAH_2,
    SCHEME,
    TEXT,
    entity,
    extraction,
    group,
    mention,
    reading,
    recognised,
    token,
    variants,
    written_json,
)  # fmt: skip

H, R, M = ("Hamas", "ACTOR"), ("Rafah", "LOCATION"), ("Monday", "DATE")
EXAMPLE = [TEXT, {"entities": [[*HAMAS, "ACTOR"], [12, 18, "LOCATION"]], "cats": {"war": 1.0}}]
GROUPS = [
    TEXT,
    {
        "entities": [[*HAMAS, "ACTOR"]],
        "spans": {"sc": [[*HAMAS, "ACTOR"], [*RAFAH, "LOCATION"]], "x": [[*MONDAY, "DATE"]]},
    },
]
TOKENS = [("😀", "O"), ("Hamas", "U-ACTOR"), ("left", "O"), ("Rafah", "U-LOCATION"), (".", "-")]
SPACY2 = {
    "id": 7,
    "paragraphs": [
        {"raw": TEXT, "sentences": [{"tokens": [{"orth": w, "ner": t, "tag": "X"} for w, t in TOKENS], "brackets": []}]}
    ],
}
NO_RAW = {
    "id": 7,
    "paragraphs": [{"sentences": [{"tokens": [{"orth": "Hamas", "ner": "U-ACTOR"}, {"orth": "left", "ner": None}]}]}]
    * 2,
}
UNKNOWN = {
    "id": 0,
    "paragraphs": [{"raw": "A b", "sentences": [{"tokens": [{"orth": "A", "ner": "-"}, {"orth": "b"}]}]}],
}
DOC = {"text": TEXT, "ents": [{"start": 2, "end": 7, "label": "ACTOR", "kb_id": "Q1"}], "sents": [{"start": 0, "end": 19}],
       "tokens": [{"id": 0, "start": 2, "end": 7, "tag": "NNP"}], "spans": {"sc": [{"start": 2, "end": 7, "label": "ACTOR", "kb_id": ""}]},
       "_": {"source": "x"}, "underscore_span": {"country": [{"start": 2, "end": 7, "value": "PSE"}]}, "underscore_token": {"n": [{"start": 0, "value": 1}]}}  # fmt: skip
TRIMMED, OTHER = {"spans trimmed of blanks at their ends": 1}, {"annotations other than spans": 1}
JOINED, FOUND = "texts made of tokens joined with blanks", "spans placed where their words are found"
LAID, ABSENT = "extractions laid on their words, not where LangExtract put them", "extractions not found in the text"

Case = tuple[str, Any, list[list[tuple[str, str]]], dict[str, int]]
CASES: dict[str, Case] = {
    "examples": ("spacy-json", [EXAMPLE, GROUPS], [[H, R], [H, R]], {**TRIMMED, "spans of the group 'x'": 1}),
    "examples on lines": ("spacy-json", (EXAMPLE, GROUPS), [[H, R], [H, R]], {**TRIMMED, "spans of the group 'x'": 1}),
    "one example": ("spacy-json", EXAMPLE, [[H, R]], TRIMMED),
    "null examples": ("spacy-json", [None, EXAMPLE, None], [[H, R]], {**TRIMMED, "entries that are null": 2}),
    "NER Annotator": ("spacy-json", {"classes": ["X"], "annotations": [EXAMPLE, None, ["No.", {"entities": []}], None]}, [[H, R], []],
                      {**TRIMMED, "entries that are null": 2}),
    "spaCy 2": ("spacy-json", [SPACY2], [[H, R]], {**OTHER, "tokens whose entity is unknown": 1}),
    "spaCy 2 without texts": ("spacy-json", [NO_RAW], [[H], [H]], {JOINED: 2, "tokens whose entity is unknown": 2}),
    "spaCy 2, nothing known": ("spacy-json", [UNKNOWN], [[]], {"documents whose entities are unknown": 1}),
    "a doc": ("spacy-json", DOC, [[H]], {**OTHER, "extension attributes of tokens": 1, "attributes 'country' that no field holds": 1}),
    "docs on lines": ("spacy-json", ({"text": TEXT, "ents": [{"start": 2, "end": 7, "label": "ACTOR"}], "title": "T"}, {"text": "", "ents": []}), [[H], []], {}),
    "a doc without entities": ("spacy-json", {"text": "a", "tokens": [{"id": 0, "start": 0, "end": 1}]}, [[]], {"documents whose entities are unknown": 1}),
    "entities": ("gliner", {"text": TEXT, "entities": [entity(RAFAH_2, "place"), entity(HAMAS, "actor")]}, [[H, R]], {}),
    "entities of several texts": ("gliner", ({"text": TEXT, "entities": [entity(HAMAS, "actor")], "relations": [1]}, {"text": "No.", "entities": []}), [[H], []], {"relations": 1}),
    "the surer entity": ("gliner", {"text": TEXT, "entities": [entity(HAMAS, "actor", 0.5), entity((2, 12), "actor", 0.9)]}, [[("Hamas left", "ACTOR")]],
                         {"spans that overlap a surer one": 1}),
    "a dropped label is no rival": ("gliner", {"text": TEXT, "entities": [entity(HAMAS, "actor", 0.5), entity((2, 12), "other", 0.9)]}, [[H]], {}),
    "mentions by label": ("gliner", {"text": TEXT, "entities": {"actor": [mention(HAMAS)], "place": [mention(RAFAH)], "date": []}}, [[H, R]], {}),
    "words by label": ("gliner", {"text": TEXT, "entities": {"actor": "Hamas", "place": ["Rafah"] * 3 + [{"text": "Gaza", "confidence": 0.5}]}}, [[H, R, R]],
                       {FOUND: 3, "words that are not in the text": 2}),
    "examples of words": ("gliner", ({"input": TEXT, "output": {"entities": {"place": ["Rafah"]}, "relations": [{}]}},), [[R]], {FOUND: 1, "relations": 1}),
    "examples of tokens": ("gliner", [{"tokenized_text": ["Hamas", "left", "Rafah", "."], "ner": [[0, 0, "ACTOR"], [2, 2, "place"]]}], [[H, R]], {JOINED: 1}),
    "extractions": ("langextract", ({"document_id": "d", "text": TEXT, "extractions": [
        extraction("ACTOR", "hamas", HAMAS, "match_exact", group_index=0, attributes={"kind": "armed_group", "x": "y"}),
        extraction("LOCATION", "Rafah", RAFAH, "match_exact", group_index=0), extraction("LOCATION", "Rafah", RAFAH, "match_exact"),
        extraction("LOCATION", "Rafah", RAFAH, "match_exact"), extraction("DATE", "on Monday", MONDAY, "match_lesser", description="d"),
        extraction("DATE", "Monday next", MONDAY, "match_lesser"), extraction("DATE", "Mondays", MONDAY, "match_fuzzy"), extraction("DATE", "Friday", None, None)]},),
        [[H, R, R, ("on Monday", "DATE"), M]],
        {LAID: 2, ABSENT: 1, "extractions of words that the text does not have as often": 1, "extractions of which only a part is in the text (match_lesser)": 1,
         "extractions placed on similar words (match_fuzzy)": 1, "groups of several extractions": 1, "attributes 'x' that no field holds": 1}),
    "no extractions": ("langextract", ({"document_id": "d", "text": TEXT, "extractions": None},), [[]], {}),
    "groups of tokens": ("transformers", ({"text": TEXT, "entities": [group(HAMAS, "ACTOR"), group(RAFAH, "LOCATION", "▁Rafah")]},), [[H, R]], {}),
    "single tokens": ("transformers", [{"text": TEXT, "predictions": [token((2, 4), "B-ACTOR", "ha", 2), token((4, 7), "I-ACTOR", "##mas", 3), token(RAFAH, "B-LOCATION", "Rafah", 5),
        token(RAFAH_2, "I-LOCATION", "Rafah", 7), token((34, 40), "O", "Monday", 9)]}], [[H, R, R]], {}),
    "tokens without prefix": ("transformers", [{"text": TEXT, "entities": [token((2, 7), "ACTOR", "Hamas"), token((8, 12), "ACTOR", "left"), token(RAFAH_2, "ACTOR", "Rafah")]}],
                              [[("Hamas left", "ACTOR"), ("Rafah", "ACTOR")]], {}),
    "tokens without offsets": ("transformers", [{"text": TEXT, "entities": [token(None, "B-LOCATION", "Ra", 1), token(None, "I-LOCATION", "##fah", 2), token(None, "B-DATE", "Friday", 4)]}],
                               [[R]], {FOUND: 1, "words that are not in the text": 1}),
}  # fmt: skip


@pytest.mark.parametrize("suffix", [".json", ".json.gz"])
@pytest.mark.parametrize(("name", "content", "spans", "counts"), CASES.values(), ids=CASES)
def test_each_shape(
    tmp_path: Path, suffix: str, name: str, content: Any, spans: list[Any], counts: dict[str, int]
) -> None:
    path = written_json(tmp_path / "x.json", content)
    if suffix == ".json.gz":
        data = b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n")
        path = tmp_path / "x.json.gz"
        path.write_bytes(gzip.compress(data))
    if "as lines" not in path.name and any(spans):
        assert recognised(path) == [name]
    found = reading(path, name)
    assert found.spans() == spans
    assert found.counts() == counts
    kept = [row for row in found.audit if row.start is not None]
    assert all(row.words == TEXT[row.start : row.end] or len(row.words or "") == 5 for row in kept)
    assert len(kept) == sum(map(len, spans))
    lost = ("spans that overlap", "words that", "extractions not", "extractions of", "extractions at")
    rows = [row for row in found.audit if row.action.startswith("left out") and "label map" not in row.action]
    assert len(rows) == sum(number for kind, number in counts.items() if kind.startswith(lost))


def test_overlapping_entities_stay_where_the_scheme_lets_them(tmp_path: Path) -> None:
    from dataclasses import replace

    content = {"text": TEXT, "entities": [entity(HAMAS, "actor", 0.5), entity((2, 12), "actor", 0.9)]}
    found = reading(written_json(tmp_path / "x.json", content), "gliner", replace(SCHEME, overlap=True))
    assert found.spans() == [[H, ("Hamas left", "ACTOR")]] and found.counts() == {}


def test_values_come_from_attributes(tmp_path: Path) -> None:
    attributes = {"min": "3", "max": "5", "approx": "true", "unit": None}
    places = {"lat": "31.3", "lon": "34.2", "country": "PSE"}
    items = [extraction("ACTOR", "Hamas", HAMAS, "match_exact", attributes={"kind": ["x"]})]
    items += [extraction("LOCATION", "Rafah", RAFAH, "match_exact", attributes=places)]
    (found,) = reading(written_json(tmp_path / "x", ({"text": TEXT, "extractions": items},)), "langextract").documents
    assert [span.value for span in found.spans] == [
        None,
        SCHEME.span(0, 1, "LOCATION", lat=31.3, lon=34.2, country="PSE").value,
    ]
    doc = {
        **DOC,
        "ents": [{"start": 13, "end": 18, "label": "LOCATION"}],
        "spans": {},
        "underscore_span": {"country": [{"start": 13, "end": 18, "value": "PSE"}]},
    }
    (found,) = reading(written_json(tmp_path / "x", doc), "spacy-json").documents
    assert found.spans[0].value == SCHEME.span(0, 1, "LOCATION", country="PSE").value and found.extra == {"source": "x"}
    from goldspan.corpus.formats.foreign.attribute_values import held_attributes

    assert held_attributes(SCHEME.label("COUNT"), attributes) == {"min": 3, "max": 5, "approx": True, "unit": None}
    assert held_attributes(SCHEME.label("COUNT"), {"min": "many", "max": "5"}) == {"max": 5}


def test_predictions_without_texts_get_them_by_id(tmp_path: Path) -> None:
    by_id = {"a": [group(HAMAS, "ACTOR", "hamas")], "b": []}
    rows = tuple({"id": name, "entities": entities} for name, entities in by_id.items())
    for number, (name, content) in enumerate(
        [("transformers", by_id), ("transformers", rows), ("gliner", {"a": [entity(HAMAS, "actor")], "b": []})]
    ):
        path = written_json(tmp_path / f"{number}.json", content)
        assert recognised(path) == [name]
        found = reading(path, name, texts={"a": TEXT, "b": "No."}.get)
        assert [document.id for document in found.documents] == ["a", "b"] and found.spans() == [[H], []]
        with pytest.raises(DataError, match=r"the file has no text for it.*Fix: give the texts by id"):
            reading(path, name)
        with pytest.raises(DataError, match="'b': the file has no text for it, nor have the texts that are given"):
            reading(path, name, texts={"a": TEXT}.get)


@pytest.mark.parametrize(
    "content",
    [[[group(HAMAS, "ACTOR")], []], [group(HAMAS, "ACTOR")], ([group(HAMAS, "ACTOR")],), ([], [group(HAMAS, "ACTOR")])],
)
def test_predictions_of_nothing_in_particular_are_refused_with_the_way_out(tmp_path: Path, content: Any) -> None:
    path = written_json(tmp_path / "x.json", content)
    assert recognised(path) == ["transformers"]
    with pytest.raises(
        DataError, match=r"x\.json:.*predictions without text and id.*Fix: write what is predicted for each text as"
    ):
        reading(path, "transformers", texts={"a": TEXT}.get)


def test_files_of_spacy_itself(tmp_path: Path) -> None:
    import spacy
    from spacy.tokens import Span
    from spacy.training import docs_to_json

    doc = spacy.blank("en")(TEXT)
    doc.set_ents([Span(doc, 1, 2, "ACTOR"), Span(doc, 3, 4, "LOCATION", kb_id="Q1")])
    doc[0].is_sent_start, doc[5].is_sent_start = True, True
    for token_ in doc:
        token_.is_sent_start = bool(token_.is_sent_start)
    doc.spans["sc"] = [Span(doc, 3, 4, "LOCATION")]
    for content, more in (
        (doc.to_json(), {}),
        (docs_to_json([doc]), {"links that no field holds": 0}),
        ([docs_to_json([doc, doc])], {}),
    ):
        path = written_json(
            tmp_path / "x.json",
            json.loads(json.dumps(content)) if "paragraphs" not in str(content) else _plain(content),
        )
        assert recognised(path) == ["spacy-json"]
        assert set(map(tuple, reading(path, "spacy-json").spans())) == {(H, R)}, more


def _plain(content: Any) -> Any:
    """The same without the links, whose keys are no strings, so that JSON cannot have them."""
    for document in content if isinstance(content, list) else [content]:
        for paragraph in document["paragraphs"]:
            paragraph["links"] = []
    return content


OTHERS = {
    "records": ({"id": "a", "text": "Hamas left.", "spans": [{"start": 0, "end": 5, "label": "ACTOR"}]},),
    "records without spans": ({"id": "a", "text": "Hamas left.", "spans": []},),
    "doccano": ({"id": 1, "text": "Hamas left.", "label": [[0, 5, "ACTOR"]]},),
    "doccano's relations": ({"id": 1, "text": "Hamas", "entities": [{"id": 0, "start_offset": 0, "end_offset": 5, "label": "X"}], "relations": []},),
    "triples": ({"text": "Hamas left.", "entities": [[0, 5, "ACTOR"]]},),
    "Prodigy": ({"text": "Hamas", "tokens": [{"text": "Hamas", "start": 0, "end": 5, "id": 0}], "spans": [{"start": 0, "end": 5, "label": "X"}], "answer": "accept"},),
    "tags": ({"id": "0", "tokens": ["Hamas"], "ner_tags": [3]},),
    "rows of spans": ({"text": "Hamas", "entities": [{"start": 0, "end": 5, "label": "X"}]},),
    "a struct of lists": ({"text": "Hamas", "entities": {"start": [0], "end": [5], "label": ["X"]}},),
    "an empty struct of lists": ({"text": "Hamas", "entities": {"start": [], "end": [], "label": []}},),
    "CLUENER": ({"text": "Hamas", "label": {"ACTOR": {"Hamas": [[0, 4]]}}},),
    "Label Studio": [{"id": 1, "data": {"text": "a"}, "annotations": [{"result": []}]}],
    "Label Studio's short form": [{"text": "Hamas", "id": 1, "label": [{"start": 0, "end": 5, "text": "Hamas", "labels": ["X"]}]}],
    "SQuAD": {"data": [{"paragraphs": [{"context": "a", "qas": []}]}]},
    "GATE": {"text": "Hamas", "entities": {"Person": [{"indices": [0, 5]}]}},
    "nothing": [],
    "only nulls": [None],
    "numbers": [1, 2],
}  # fmt: skip


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
def test_files_of_others_are_not_taken_for_these(tmp_path: Path, content: Any) -> None:
    assert recognised(written_json(tmp_path / "x.json", content)) == []


SEVERAL_FAULTS = {
    "spacy-json": [["a", {"entities": [[0, 1]]}], ["b", {"entities": [["0", 1, "ACTOR"]]}], [1, {}]],
    "gliner": [{"tokenized_text": ["a"], "ner": [[0, 1, "x"], [0, "x"]]}, {"tokenized_text": [1], "ner": []}],
    "langextract": [
        {"text": "a", "extractions": [{"extraction_class": 1}]},
        {"text": 1, "extractions": []},
        {"text": "a", "extractions": 3},
    ],
    "transformers": [
        {"text": "a", "entities": [{"word": "a", "entity": "B-X", "score": 2}]},
        {"text": "a", "entities": [{"word": "a"}]},
        {"entities": []},
    ],
}


@pytest.mark.parametrize("name", NAMES)
def test_all_faults_are_told_at_once(tmp_path: Path, name: str) -> None:
    path = written_json(tmp_path / "x.json", tuple(SEVERAL_FAULTS[name]))
    with pytest.raises(DataError) as refused:
        reading(path, name)
    assert len(refused.value.problems) == 3
    assert {problem.line for problem in refused.value.problems} <= {1, 2, 3} and all(
        problem.fix for problem in refused.value.problems
    )


@pytest.mark.parametrize(("name", "content"), [case[:2] for case in CASES.values()], ids=CASES)
def test_wrong_types_are_read_or_refused(tmp_path: Path, name: str, content: Any) -> None:
    value = list(content) if isinstance(content, tuple) else content
    for changed in list(variants(value))[:: 1 + len(json.dumps(value)) // 12]:
        path = written_json(tmp_path / "x.json", changed)
        try:
            reading(path, name)
        except DataError as error:
            assert all(problem.what and problem.path for problem in error.problems)
        recognised(path)


def test_words_are_laid_on_their_places() -> None:
    assert align_unordered("John. John Doe, John", ["John Doe", "John", "John", "John", "Ann"]) == [
        (6, 14),
        (0, 4),
        (16, 20),
        (6, 10),
        None,
    ]
    assert align_quotes("a b a b", ["b", "a", "b"], [(6, 7), None, None]) == [(6, 7), (0, 1), (2, 3)]
    assert align_quotes("哈马斯离开拉法。在Rafah", ["拉法", "Rafah"]) == [(5, 7), (9, 14)]
