"""The provenance of layers in every format: what a layer states comes back, from files of earlier versions too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from goldspan.corpus import Corpus, read_records, write_records
from goldspan.corpus.formats import LossReport, ReadReport, export_documents, load_format, read_any
from goldspan.corpus.formats.huggingface.statistics import DatasetStatistics
from goldspan.corpus.formats.native_formats import remove_text
from goldspan.corpus.storage.checked import CheckedDocuments
from goldspan.schema import DataError, Document, InvalidAnnotation, Layer, RecordCodec, Scheme, Span

from ..conftest import record, write_lines
from ..schema.test_earlier_records import EARLIER

FORMATS = ["jsonl", "parquet", "standoff", "conll", "brat", "spacy", "studio", "hf"]
TEXT = "Iran struck three bases in eastern Syria on Friday."
RESULT: dict[str, Any] = {"id": "s0", "value": {"start": 3, "end": 400, "text": "Iran", "odd": [1.5, None]}}
FULL = Layer(
    annotator="ann",
    draft=True,
    note="why\nso",
    suggestions_shown=("rules", "ner"),
    chosen_by=("score",),
    passes=("ann", "ben"),
    extractor_version="3+map",
    annotator_kind="language model",
    annotator_family="Claude",
    invalid_annotations=(InvalidAnnotation((RESULT, None, "x"), "outside the text"), InvalidAnnotation(())),
    extra={"version": 3, "mine": {"draft": "second"}},
)


def document(layer: Layer | None, name: str = "a") -> Document:
    return Document(id=name, text=TEXT, spans=(Span(0, 4, "ACTOR"),), layer=layer).with_hash()


def layers_read_back(name: str, layers: list[Layer | None], folder: Path, scheme: Scheme) -> list[Layer | None]:
    documents = [document(layer, f"d{number}") for number, layer in enumerate(layers)]
    export_documents(CheckedDocuments(documents, scheme), load_format(name), folder / "out", scheme)
    return [item.layer for item in read_any(folder / "out", scheme, ReadReport(), name=name)]


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_layer_states_comes_back(name: str, tmp_path: Path, scheme: Scheme) -> None:
    layers = [FULL, Layer(annotator="ben", suggestions_shown=()), Layer(annotator="cy", extra={})]
    assert layers_read_back(name, [*layers], tmp_path, scheme) == layers


@pytest.mark.parametrize("name", FORMATS)
def test_layers_written_by_an_earlier_version_are_read_as_those_of_today(
    name: str, tmp_path: Path, scheme: Scheme
) -> None:
    earlier = [Layer(annotator="ann", extra=extra) for extra, _ in EARLIER.values()]
    expected = [replace(layer, annotator="ann") for _, layer in EARLIER.values()]
    assert layers_read_back(name, [*earlier], tmp_path, scheme) == expected


def earlier_columns(table: pa.Table) -> pa.Table:
    """The table as an earlier version wrote it, whose layers had no further columns."""
    rows = [
        None if row is None else {key: row[key] for key in ("annotator", "skipped", "extra")}
        for row in table["layer"].to_pylist()
    ]
    kind = pa.struct([("annotator", pa.string()), ("skipped", pa.bool_()), ("extra", pa.string())])
    return table.set_column(table.schema.get_field_index("layer"), "layer", pa.array(rows, kind))


def test_columns_of_an_earlier_version_are_read(tmp_path: Path, scheme: Scheme) -> None:
    layers = [None, *(Layer(annotator="ann", extra=extra) for extra, _ in EARLIER.values())]
    expected = [None, *(replace(layer, annotator="ann") for _, layer in EARLIER.values())]
    documents = [document(layer, f"d{number}") for number, layer in enumerate(layers)]
    path = tmp_path / "records.parquet"
    write_records(path, CheckedDocuments(documents, scheme), scheme)  # not lifted on writing
    table = earlier_columns(pq.read_table(path))
    pq.write_table(table, path)
    assert [item.layer for item in read_records(path, scheme)] == expected
    assert [item.layer for item in Corpus.from_arrow(table, scheme)] == expected
    assert [item.layer for item in Corpus.from_pandas(table.to_pandas(), scheme)] == expected
    export_documents(CheckedDocuments(documents, scheme), load_format("hf"), tmp_path / "hf", scheme)
    [file] = (tmp_path / "hf" / "spans").glob("*.parquet")
    features = pq.read_table(file)
    pq.write_table(earlier_columns(features).replace_schema_metadata(None), file)
    pq.write_table(earlier_columns(features), file)
    assert [item.layer for item in read_any(tmp_path / "hf", scheme, ReadReport(), name="hf")] == expected


@pytest.mark.parametrize("kind", ["pandas", "arrow", "datasets"])
def test_tables_hold_what_a_layer_states(kind: str, scheme: Scheme) -> None:
    corpus = Corpus([document(FULL), document(Layer(suggestions_shown=()), "b"), document(None, "c")], scheme)
    again = getattr(Corpus, f"from_{kind}")(getattr(corpus, f"to_{kind}")(), scheme)
    assert list(again) == list(corpus)


def test_results_that_are_no_list_are_refused_in_columns(scheme: Scheme) -> None:
    table = Corpus([document(FULL)], scheme).to_arrow()
    [layer] = table["layer"].to_pylist()
    layer["invalid_annotations"][0]["results"] = '{"not": "a list"'
    column = pa.array([layer], table.schema.field("layer").type)
    table = table.set_column(table.schema.get_field_index("layer"), "layer", column)
    with pytest.raises(DataError, match=r"layer.invalid_annotations\[0\].results`: expected `array`"):
        Corpus.from_arrow(table, scheme)


LONG, SHORT = TEXT[5:40], "Iran struck"

QUOTING: dict[str, tuple[Layer, Layer]] = {
    "note": (Layer(note=f"cf. {LONG}"), Layer()),
    "note that quotes little": (Layer(note=SHORT), Layer(note=SHORT)),
    "reason": (
        Layer(invalid_annotations=(InvalidAnnotation((), f"the region states the words {LONG!r}"),)),
        Layer(invalid_annotations=(InvalidAnnotation(()),)),
    ),
    "result": (
        Layer(invalid_annotations=(InvalidAnnotation(({"id": "x", "value": {"text": LONG, "end": 4}},), "why"),)),
        Layer(invalid_annotations=(InvalidAnnotation(({"id": "x", "value": {"end": 4}},), "why"),)),
    ),
    "result that is a string": (
        Layer(invalid_annotations=(InvalidAnnotation((LONG, None)),)),
        Layer(invalid_annotations=(InvalidAnnotation((None,)),)),
    ),
    "names": (
        Layer(suggestions_shown=(LONG, "rules"), chosen_by=(LONG,), passes=("ann", LONG)),
        Layer(suggestions_shown=("rules",), chosen_by=(), passes=("ann",)),
    ),
    "kind, family and version": (
        Layer(annotator_kind=LONG, annotator_family=LONG, extractor_version=LONG),
        Layer(),
    ),
    "extra": (
        Layer(extra={"studio": {"others": [LONG, {"q": LONG}]}, "mine": (LONG, 1)}),
        Layer(extra={"studio": {"others": [{}]}, "mine": [1]}),
    ),
    "nothing": (replace(FULL, lead_time=1.5), replace(FULL, lead_time=1.5)),
}
"""Layers, and what a text-free record has of them."""


@pytest.mark.parametrize("case", QUOTING)
def test_what_quotes_the_text_in_a_layer_goes_with_it(case: str) -> None:
    layer, expected = QUOTING[case]
    loss = LossReport()
    bare = remove_text(document(layer), loss)
    assert bare.layer == expected
    removed = str(layer).count(LONG)
    assert loss.counts == ({"notes, reasons and extras that quote the text": removed} if removed else {})


@pytest.mark.parametrize("case", EARLIER)
def test_earlier_records_leave_no_quotation_either(case: str, scheme: Scheme) -> None:
    extra, _ = EARLIER[case]
    quoting = json.loads(json.dumps(extra).replace('"Iran"', f'"{LONG}"').replace("why", LONG).replace("outside", LONG))
    read = RecordCodec(scheme).decode(json.dumps(record("a", TEXT, layer={"extra": quoting})).encode())
    assert LONG not in RecordCodec(scheme).encode(remove_text(read, LossReport())).decode()


def test_the_card_counts_why_documents_were_chosen(tmp_path: Path, scheme: Scheme) -> None:
    gold = {"passes": ["a", "b"], "chosen_by": ["random"]}
    path = write_lines(
        tmp_path / "gold.jsonl", record("a", layer={"extra": gold}), record("b", layer=gold), record("c")
    )
    statistics = DatasetStatistics(scheme)
    for item in read_records(path, scheme):
        statistics.add(item)
    assert statistics.selected == {"random": 2}
