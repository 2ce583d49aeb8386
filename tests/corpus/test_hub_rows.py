"""Rows of other people's datasets: tokens with tags, texts with spans; from files and in memory, and written."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value

import goldspan
from goldspan.corpus import Corpus, load
from goldspan.corpus.formats import LossReport, ReadOptions, ReadReport, detect_format, load_format, read_any
from goldspan.corpus.formats.tables.dataset_classes import names_of_classes
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import DataError, Document, Span, UsageError, conflict_scheme

from ..conftest import record, span

# What a file is read as is said, which one test is about.
pytestmark = pytest.mark.filterwarnings("ignore:.* read as hf-:UserWarning")

SCHEME = conflict_scheme()
NAMES = ["O", "B-ACTOR", "I-ACTOR", "B-LOCATION", "I-LOCATION"]
TOKENS = [["The", "army", "left", "\U0001f4a5", "Goma", "."], [], ["M\u00fcller"]]
TAGS = [["B-ACTOR", "I-ACTOR", "O", "O", "B-LOCATION", "O"], [], ["O"]]
NUMBERS = [[NAMES.index(tag) for tag in row] for row in TAGS]
FOUND = [[("The army", "ACTOR"), ("Goma", "LOCATION")], [], []]
FEATURES = Features({"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=NAMES))})


def spans_of(documents: Any) -> list[list[tuple[str, str]]]:
    return [[(document.surface(item), item.label) for item in document.spans] for document in documents]


def rows(tags: list[list[Any]] = TAGS, column: str = "ner_tags", **more: list[Any]) -> list[dict[str, Any]]:
    columns = {"tokens": TOKENS, column: tags, **more}
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def numbered() -> Dataset:
    return Dataset.from_dict({"tokens": TOKENS, "ner_tags": NUMBERS}, features=FEATURES)


IN_MEMORY: dict[str, Callable[[], Any]] = {
    "rows": rows,
    "tuple": lambda: tuple(rows(column="tags")),
    "columns": lambda: {"tokens": TOKENS, "ner_tags": TAGS},
    "dataset": numbered,
    "strings": lambda: Dataset.from_list(rows()),
    "one split": lambda: DatasetDict({"train": numbered()}),
    "streamed": lambda: numbered().to_iterable_dataset(),
    "Arrow": lambda: numbered().data.table,
    "pandas": lambda: Dataset.from_list(rows()).to_pandas(),
}


@pytest.mark.parametrize("kind", IN_MEMORY)
def test_tokens_in_memory_are_documents(kind: str) -> None:
    corpus = load(IN_MEMORY[kind]())
    assert (corpus.ids, spans_of(corpus)) == (["0", "1", "2"], FOUND)
    assert corpus[0].text == "The army left \U0001f4a5 Goma ."
    assert goldspan.score(corpus, IN_MEMORY[kind](), resamples=0)[0].spans.strict.f1 == 1


def test_from_datasets_takes_them_too_and_of_several_splits_none() -> None:
    for dataset in (numbered(), DatasetDict({"train": numbered()}), numbered().to_iterable_dataset()):
        assert spans_of(Corpus.from_datasets(dataset)) == FOUND
    several = DatasetDict({"train": numbered(), "test": numbered()})
    with pytest.raises(UsageError, match="several splits"):
        Corpus.from_datasets(several)
    with pytest.raises(UsageError, match="train, test"):
        load(several)


def json_lines(path: Path, items: list[dict[str, Any]], start: str = "", end: str = "\n") -> Path:
    text = start + "".join(json.dumps(item, ensure_ascii=False) + end for item in items)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def saved(folder: Path) -> Path:
    numbered().save_to_disk(folder / "saved")
    return folder / "saved"


def parquet(folder: Path) -> Path:
    numbered().to_parquet(folder / "t.parquet")
    return folder / "t.parquet"


def written(text: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / "t.json").write_text(text)
        return folder / "t.json"

    return write


FILES: dict[str, Callable[[Path], Path]] = {
    "JSON lines": lambda folder: json_lines(folder / "t.jsonl", rows()),
    "CRLF, with a mark": lambda folder: json_lines(folder / "t.jsonl", rows(), start="\ufeff", end="\r\n"),
    "compressed": lambda folder: json_lines(folder / "t.jsonl.gz", rows()),
    "an array": written(json.dumps(rows())),
    "columns": written(json.dumps({"tokens": TOKENS, "ner_tags": TAGS})),
    "Parquet": parquet,
    "save_to_disk": saved,
    "its file": lambda folder: next(saved(folder).glob("*.arrow")),
}


@pytest.mark.parametrize("kind", FILES)
def test_files_of_tokens_are_recognised_and_read(kind: str, tmp_path: Path) -> None:
    path = FILES[kind](tmp_path)
    assert detect_format(path).name == "hf-tokens"
    with pytest.warns(UserWarning, match=re.escape(f"{path}: read as hf-tokens")):
        documents = load(path)
    assert spans_of(documents) == FOUND and documents.ids[0].endswith("#1")
    assert spans_of(load(path, form="hf")) == FOUND


def test_tokens_are_placed_in_the_text_of_the_row_where_it_has_their_words(tmp_path: Path) -> None:
    texts = ["The army  left\n\U0001f4a5Goma.", "", "Mueller"]
    path = json_lines(
        tmp_path / "t.jsonl", rows(text=texts, id=["a", 7, "c"], pos_tags=[["X"], [], []], url=["u", None, None])
    )
    report = ReadReport()
    documents = list(read_any(path, SCHEME, report))
    assert [document.text for document in documents] == ["The army  left\n\U0001f4a5Goma.", "", "M\u00fcller"]
    assert [document.id for document in documents] == ["a", "7", "c"] and spans_of(documents) == FOUND
    assert documents[0].meta.url == "u"
    counts = {"values of column 'pos_tags'": 1, "texts whose words are not those of the tokens": 1}
    assert dict(report.left_out.counts) == counts


def test_class_names_may_be_given_for_numbers(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "t.jsonl", rows(NUMBERS))
    with pytest.raises(DataError, match=r"t.jsonl:1: column 'ner_tags' has class numbers, and nothing names") as raised:
        list(read_any(path, SCHEME, ReadReport()))
    assert "`columns`: tags=ner_tags,names=O" in str(raised.value)
    options = ReadOptions(columns=f"tags=ner_tags,names={' '.join(NAMES)}")
    assert spans_of(read_any(path, SCHEME, ReadReport(), options=options)) == FOUND


def test_a_null_row_is_an_empty_document_and_is_counted() -> None:
    with pytest.warns(UserWarning, match=r"read without spans: column 'tokens' is null: 1 \(in '0'\)"):
        corpus = load([{"tokens": None, "ner_tags": None}, *rows()])
    assert spans_of(corpus) == [[], *FOUND]


def page(first: int, given: list[dict[str, Any]], total: int) -> dict[str, Any]:
    """Return a page as the server of the hub's datasets gives it."""
    names = {"names": NAMES, "_type": "ClassLabel"}
    types = {"tokens": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "Sequence"}}
    types["ner_tags"] = {"feature": names, "_type": "List"}
    types["entities"] = [{"start": {"_type": "Value"}, "label": names}]  # type: ignore[assignment]
    features = [{"feature_idx": n, "name": name, "type": kind} for n, (name, kind) in enumerate(types.items())]
    items = [{"row_idx": first + n, "row": row, "truncated_cells": []} for n, row in enumerate(given)]
    return {"features": features, "rows": items, "num_rows_total": total, "num_rows_per_page": 100, "partial": False}


def test_pages_of_rows_have_the_names_of_their_classes_and_the_numbers_of_their_rows(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number, row in enumerate(rows(NUMBERS)):
        (folder / f"{number}.json").write_text(json.dumps(page(number, [row], len(TOKENS)), indent=2 * number))
    assert detect_format(folder).name == detect_format(folder / "0.json").name == "hf-tokens"
    found = list(read_any(folder, SCHEME, report := ReadReport()))
    assert spans_of(found) == FOUND and [document.id for document in found] == ["0", "1", "2"]
    assert f"1.json: a page of 1 of the {len(TOKENS)} rows of the dataset" in report.notes
    spans = [{"id": "x", "text": "the Army", "entities": [{"start": 4, "end": 8, "label": NAMES.index("B-ACTOR")}]}]
    path = written(json.dumps(page(5, spans, 1)))(tmp_path)
    labels = LabelMap({"B-ACTOR": "ACTOR"})
    (document,) = read_any(path, SCHEME, report := ReadReport(), labels=labels)
    assert (document.id, [span.label for span in document.spans]) == ("x", ["ACTOR"]) and not report.notes


def test_pages_with_cells_that_are_cut_off_are_refused(tmp_path: Path) -> None:
    given = page(0, rows(NUMBERS), 3)
    given["rows"][1]["truncated_cells"] = ["tokens"]
    with pytest.raises(DataError, match=r"row 2 of the page has cells that are cut off: \['tokens'\]"):
        list(read_any(written(json.dumps(given))(tmp_path), SCHEME, ReadReport()))


def test_classes_named_by_number_are_in_the_order_of_the_numbers() -> None:
    names = {str(number): f"L{number}" for number in range(12)}
    assert names_of_classes({"tags": {"names": names, "_type": "ClassLabel"}}) == {"tags": [*names.values()]}
    assert names_of_classes({"tags": {"names": {"0": "O", "2": "A"}, "_type": "ClassLabel"}}) == {}


BAD_TOKENS = {
    "a tag too few": ({"tokens": ["a", "b"], "ner_tags": ["O"]}, "2 in column 'tokens', and 1 in column 'ner_tags'"),
    "a number without a name": ({"tokens": ["a"], "ner_tags": [9]}, "column 'ner_tags' has class numbers"),
    "no tag": ({"tokens": ["a"], "ner_tags": ["PER"]}, "'PER' is not a valid tag"),
    "null": ({"tokens": ["a"], "ner_tags": [None]}, "'None' is not a tag"),
    "truth": ({"tokens": ["a"], "ner_tags": [True]}, "'True' is not a tag"),
    "no token": ({"tokens": [1], "ner_tags": ["O"]}, "column 'tokens': item 0 is not a token"),
    "no list": ({"tokens": "a b", "ner_tags": ["O"]}, "column 'tokens' is not a list"),
    "no column": ({"tokens": ["a"]}, "the row has no tags"),
    "an id": ({"tokens": ["a"], "ner_tags": ["O"], "id": [1]}, "column 'id': [1] is not an id"),
    "broken": ({"tokens": ["a"], "ner_tags": ["I-ACTOR"]}, "token 0: I-ACTOR does not continue an entity"),
}


def test_every_bad_row_of_tokens_is_named(tmp_path: Path) -> None:
    for name, (row, message) in BAD_TOKENS.items():
        good = {"tokens": ["a"], "ner_tags": ["B-ACTOR"]}
        path = json_lines(tmp_path / "t.jsonl", [good, row, good, row])
        with pytest.raises(DataError) as raised:
            list(read_any(path, SCHEME, ReadReport(), name="hf-tokens"))
        assert f"t.jsonl:2: {message}" in str(raised.value) or f"t.jsonl:2: column 'ner_tags': {message}" in str(
            raised.value
        ), name
        assert len(raised.value.problems) == 2


def test_the_tokens_of_an_exported_dataset_are_the_gold_again(tmp_path: Path) -> None:
    gold = [
        Document(id="a", text="Iran struck  Erbil.\nIraq's army fled.", spans=(Span(0, 4, "ACTOR"), Span(13, 18, "LOCATION"), Span(20, 31, "ACTOR"), Span(20, 24, "LOCATION")))
    ]  # fmt: skip
    from goldspan.corpus.formats.huggingface.features import dataset_features, token_row

    schema = dataset_features("tokens", SCHEME).arrow_schema
    (tmp_path / "tokens").mkdir()
    table = pa.Table.from_pylist([token_row(document, 1, SCHEME) for document in gold], schema)
    pq.write_table(table, tmp_path / "tokens" / "train.parquet")
    with pytest.warns(UserWarning, match="spans that overlap"):
        [document] = load(tmp_path / "tokens")
    assert (document.id, document.text, document.extra) == ("a", gold[0].text, None)
    assert {(s.start, s.end, s.label) for s in document.spans} == {(s.start, s.end, s.label) for s in gold[0].spans}


@pytest.mark.parametrize("name", ["t.parquet", "t.jsonl", "t.jsonl.gz"])
def test_rows_that_are_written_come_back_and_what_they_cannot_hold_is_said(name: str, tmp_path: Path) -> None:
    text = "Iran  struck Erbil.\nA man, 3\u00bd km away, left. \U0001f4a5 Iraq"
    spans = [
        span(0, 4, "ACTOR", {"id": "IRN"}, note="n"),
        span(13, 18, "LOCATION", id="s1"),
        span(24, 25, "COUNT"),
        span(20, 25, "ACTOR"),
        span(47, 51, "LOCATION"),
    ]
    corpus = load(
        [record("a", text, spans=spans, zones=[{"start": 0, "end": 4, "kind": "stamp"}]), record("b", "None.")]
    )
    loss = LossReport()
    form = load_format("hf-tokens")
    assert form.write(corpus, tmp_path / name, SCHEME, loss) == 2  # type: ignore[attr-defined]
    assert loss.counts == {
        "values of spans": 1,
        "notes on spans": 1,
        "ids, scores, sources and decisions of spans": 1,
        "zones": 1,
        "spans that tags cannot express: overlapping, or with a blank at an end": 1,
    }
    back = load(tmp_path / name)
    assert [document.text for document in back] == [document.text for document in corpus]
    kept = [(s.start, s.end, s.label) for s in corpus["a"].spans if s.label != "COUNT"]
    assert sorted((s.start, s.end, s.label) for s in back["a"].spans) == sorted(kept)
    if name == "t.parquet":
        assert Dataset.from_parquet(str(tmp_path / name)).features["ner_tags"].feature.names[:2] == ["O", "B-ACTOR"]


TEXT = "\U0001f4a5 The army left Goma."
ARMY, GOMA = {"start": 2, "end": 10, "label": "ACTOR"}, {"start": 16, "end": 20, "label": "LOCATION"}
SHAPES: dict[str, dict[str, Any]] = {
    "structs": {"entities": [ARMY, GOMA]},
    "without an id": {"spans": [ARMY, GOMA]},
    "a struct of lists": {"entities": {"start": [2, 16], "end": [10, 20], "label": ["ACTOR", "LOCATION"]}},
    "spans of lists": {"id": "x", "spans": {"start": [2, 16], "end": [10, 20], "label": ["ACTOR", "LOCATION"]}},
    "other names": {"entities": [{"begin": 2, "stop": 10, "type": "ACTOR"}, {"begin": 16, "stop": 20, "type": "LOCATION"}]},
    "with words": {"entities": [{**ARMY, "text": "The army"}, {**GOMA, "text": "Goma"}]},
    "in UTF-16": {"entities": [{"start": 3, "end": 11, "label": "ACTOR", "text": "The army"}, {"start": 17, "end": 21, "label": "LOCATION", "text": "Goma"}]},
    "lists": {"entities": [[2, 10, "ACTOR"], [16, 20, "LOCATION"]]},
    "of biomedical corpora": {"entities": [{"id": "T1", "type": "ACTOR", "text": ["The", "army"], "offsets": [[2, 5], [6, 10]]}, {"id": "T2", "type": "LOCATION", "text": ["Goma"], "offsets": [[16, 20]], "normalized": []}]},
    "with a null": {"entities": [ARMY, GOMA], "note": None},
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_of_texts_and_spans_are_recognised_and_read(shape: str, tmp_path: Path) -> None:
    row = {"text": TEXT, **SHAPES[shape]}
    path = json_lines(tmp_path / "t.jsonl", [row])
    if shape == "lists":
        assert spans_of(load(path, form="hf-spans")) == [[("The army", "ACTOR"), ("Goma", "LOCATION")]]
        return
    options = ReadOptions(fragments="hull") if "biomedical" in shape else ReadOptions()
    documents = list(read_any(path, SCHEME, ReadReport(), options=options))
    assert spans_of(documents) == [[("The army", "ACTOR"), ("Goma", "LOCATION")]]
    if shape not in ("of biomedical corpora", "in UTF-16"):  # the latter warns of its offsets
        assert spans_of(load([row])) == spans_of(documents)


def test_class_labels_of_spans_have_their_names(tmp_path: Path) -> None:
    struct = {"start": Value("int64"), "end": Value("int64"), "label": ClassLabel(names=["ACTOR", "LOCATION"])}
    features = Features({"text": Value("string"), "entities": List(struct)})
    dataset = Dataset.from_list([{"text": TEXT, "entities": [{**ARMY, "label": 0}]}], features=features)
    dataset.to_parquet(tmp_path / "t.parquet")
    for source in (dataset, tmp_path / "t.parquet", dataset.data.table):
        assert spans_of(load(source)) == [[("The army", "ACTOR")]]
    path = json_lines(tmp_path / "t.jsonl", [{"text": TEXT, "entities": [{**ARMY, "label": 7}]}])
    with pytest.raises(DataError, match=r"the labels are numbers \(7\), and the file does not say what they stand for"):
        load(path)
    mapped = read_any(path, SCHEME, ReadReport(), labels=LabelMap({"7": "ACTOR"}))
    assert spans_of(mapped) == [[("The army", "ACTOR")]]


def test_rows_with_nulls_and_other_columns_are_counted(tmp_path: Path) -> None:
    items = [
        {"text": TEXT, "entities": None},
        {"text": None, "entities": None},
        {"text": TEXT, "entities": [{**ARMY, "value": None, "kb": "Q1"}, None], "split": "dev", "tags": [1]},
    ]
    report = ReadReport()
    documents = list(read_any(json_lines(tmp_path / "t.jsonl", items), SCHEME, report, name="hf-spans"))
    assert spans_of(documents) == [[], [], [("The army", "ACTOR")]] and documents[2].extra == {"split": "dev"}
    assert dict(report.without_spans.counts) == {"column 'entities' is null": 1, "column 'text' is null": 1}
    assert set(report.left_out.counts) == {
        "spans that are null",
        "attributes 'kb' that no field holds",
        "values of column 'tags'",
    }


BAD_SPANS = {
    "past the end": ({"text": "Goma.", "entities": [{"start": 0, "end": 87, "label": "ACTOR"}]}, "[0, 87) is not in the text, which has 5 code points"),
    "no label": ({"text": "Goma.", "entities": [{"start": 0, "end": 4}]}, "span 1 has no label"),
    "no bounds": ({"text": "Goma.", "entities": [{"start": "0", "end": 4, "label": "ACTOR"}]}, "span 1 has no whole numbers"),
    "truth": ({"text": "Goma.", "entities": [{"start": False, "end": 4, "label": "ACTOR"}]}, "span 1 has no whole numbers"),
    "no text": ({"text": 5, "entities": []}, "column 'text' is not a text"),
    "no spans": ({"text": "Goma."}, "the row has no spans"),
    "uneven lists": ({"text": "Goma.", "entities": {"start": [0], "end": [], "label": ["ACTOR"]}}, "nor a struct of lists of one length"),
    "no span": ({"text": "Goma.", "entities": ["Goma"]}, "'Goma' is not a span"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD_SPANS)
def test_every_bad_row_of_spans_is_named(fault: str, tmp_path: Path) -> None:
    row, message = BAD_SPANS[fault]
    path = json_lines(tmp_path / "t.jsonl", [{"text": TEXT, "entities": [ARMY]}, row])
    with pytest.raises(DataError) as raised:
        list(read_any(path, SCHEME, ReadReport(), name="hf-spans"))
    assert "t.jsonl:2: " in str(raised.value) and message in str(raised.value)


def test_records_and_rows_of_others_are_not_taken_for_these(tmp_path: Path) -> None:
    others = [
        record("a", TEXT, spans=[ARMY]),
        {"text": TEXT, "label": [[0, 1, "ACTOR"]]},
        {"text": TEXT, "entities": [{"start_offset": 0, "end_offset": 1, "label": "ACTOR"}]},
        {"text": TEXT, "entities": [{**ARMY, "text": "x", "score": 0.5}]},
        {"text": TEXT, "entities": {"person": ["x"]}},
        {"text": TEXT, "spans": [ARMY], "answer": "accept", "_input_hash": 1},
        {"text": TEXT, "tokens": [{"text": "The", "start": 0}], "spans": []},
        {"text": TEXT, "entities": []},
        {"tokenized_text": ["a"], "ner": [[0, 0, "ACTOR"]]},
    ]
    for item in others:
        path = json_lines(tmp_path / "t.jsonl", [item])
        names = {form.name for form in [detect_format(path)]}
        assert not names & {"hf-tokens", "hf-spans"}, item
    assert load([others[0]]).ids == ["a"]


def test_a_folder_of_several_splits_names_them(tmp_path: Path) -> None:
    DatasetDict({"train": numbered(), "test": numbered()}).save_to_disk(tmp_path / "d")
    assert detect_format(tmp_path / "d").name == "hf-tokens"
    with pytest.raises(UsageError, match=r"2 splits. Fix: name one of them: .*train or .*test"):
        load(tmp_path / "d")
    assert spans_of(load(tmp_path / "d" / "train")) == FOUND


@pytest.mark.parametrize("name", ["t.parquet", "t.arrow", "t.jsonl"])
def test_damaged_files_are_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"PAR1\x00\xff[{")
    with pytest.raises(DataError, match=re.escape(name)):
        load(tmp_path / name, form="hf-tokens")


def test_a_row_with_too_few_tags_is_told_as_such(tmp_path: Path) -> None:
    row = {"tokens": ["New", "York"], "ner_tags": ["B-LOCATION", "I-LOCATION"]}
    lines = [row, row, row, {**row, "ner_tags": ["O"]}]
    path = tmp_path / "x.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert detect_format(path).name == "hf-tokens"
    with pytest.raises(DataError, match=r"x\.jsonl:4: 2 in column 'tokens', and 1 in column 'ner_tags'"):
        list(read_any(path, conflict_scheme(), ReadReport()))
