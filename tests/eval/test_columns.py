"""Columns: the same from documents, JSON lines and Parquet, refused where the record reader refuses, scored alike."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import goldspan
from goldspan.corpus import read_records, write_records
from goldspan.eval import score
from goldspan.eval.columns.column_files import read_columns
from goldspan.eval.columns.layer_columns import LayerColumns, columns_of, concatenated
from goldspan.eval.columns.parquet_records import columns_of_parquet
from goldspan.eval.columns.record_lines import columns_of_lines
from goldspan.eval.scoring import score_documents
from goldspan.eval.token_measure import _entities
from goldspan.schema import (
    DataError,
    Document,
    GoldspanError,
    Layer,
    RecordCodec,
    Zone,
    conflict_scheme,
    layer_fingerprint,
    sha256_hex,
)
from goldspan.workflows.file_scores import score_files

from ..conftest import record, write_lines
from ..schema.test_record import REFUSED, documents

SCHEME = conflict_scheme()
LABELS = list(SCHEME.labels)
CODEC = RecordCodec(SCHEME)


def rows(layer: LayerColumns) -> list[tuple[Any, ...]]:
    """What a layer says, with each value in full."""
    spans: list[list[Any]] = [[] for _ in layer.ids]
    for document, start, end, label, value in zip(
        *(getattr(layer.spans, name).tolist() for name in ("document", "start", "end", "label", "value")), strict=True
    ):
        spans[document].append((start, end, LABELS[label], repr(layer.values[value] if value >= 0 else None)))
    zones = [sorted(map(tuple, layer.zones[layer.zones[:, 0] == i, 1:].tolist())) for i in range(len(layer))]
    columns = (layer.ids, layer.hashes, layer.lengths.tolist(), layer.annotators, layer.suggestions_shown)
    return list(zip(*columns, layer.drafts.tolist(), zones, map(sorted, spans), strict=True))


def said(corpus: list[Document]) -> list[tuple[Any, ...]]:
    """The same of documents."""
    return [
        (
            d.id,
            d.text_sha256,
            d.length,
            d.layer.annotator if d.layer else None,
            d.suggestions_shown,
            d.draft,
            sorted((zone.start, zone.end) for zone in d.zones),
            sorted((s.start, s.end, s.label, repr(s.value)) for s in d.spans),
        )
        for d in corpus
    ]


@given(st.lists(documents(), max_size=4, unique_by=lambda document: document.id))
@settings(max_examples=60, deadline=None)
def test_documents_lines_and_parquet_give_the_same_columns_and_fingerprint(corpus: list[Document]) -> None:
    corpus = [CODEC.check(document) for document in corpus]
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("a.jsonl", "a.parquet")]
        for path in paths:
            write_records(path, corpus, SCHEME)
        lines, parquet = columns_of_lines(str(paths[0]), SCHEME), columns_of_parquet(str(paths[1]), SCHEME)
    assert lines is not None and parquet is not None
    for layer in (columns_of(corpus, SCHEME), lines, parquet, concatenated([columns_of([d], SCHEME) for d in corpus])):
        assert rows(layer) == said(corpus)
        order = np.array(sorted(range(len(layer)), key=layer.ids.__getitem__), dtype=np.int64)
        assert layer.take(order).fingerprint(LABELS) == layer_fingerprint(corpus)
        kept = layer.with_labels(np.array([2, 0]))
        found = sorted(zip(kept.spans.document.tolist(), [LABELS[(2, 0)[i]] for i in kept.spans.label], strict=True))
        chosen = (LABELS[0], LABELS[2])
        assert found == sorted((i, s.label) for i, d in enumerate(corpus) for s in d.spans if s.label in chosen)


@pytest.mark.parametrize("kind", [kind for kind in REFUSED if kind != "wrong text hash"])
def test_what_the_record_reader_refuses_is_refused_with_its_place(kind: str, tmp_path: Path) -> None:
    refused, message = REFUSED[kind]
    path = write_lines(tmp_path / "a.jsonl", record("first"), refused)
    assert columns_of_lines(str(path), SCHEME) is None
    with pytest.raises(DataError) as raised:
        read_columns(str(path), SCHEME)
    assert message in str(raised.value) and f"{path}:2" in str(raised.value)


def test_doubled_ids_and_broken_files_are_refused(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", record("a"), record("b"), record("a"))
    with pytest.raises(DataError, match=r"a\.jsonl:3.*duplicate document id"):
        read_columns(str(path), SCHEME)
    broken = tmp_path / "b.parquet"
    broken.write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match=r"b\.parquet"):
        read_columns(str(broken), SCHEME)
    with pytest.raises(DataError, match=r"c\.parquet: cannot be read"):
        read_columns(str(tmp_path / "c.parquet"), SCHEME)


def test_a_stored_hash_is_taken_and_a_missing_one_computed(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", record("a", "Goma"), record("b", "Goma", text_sha256="0" * 64))
    assert read_columns(str(path), SCHEME).hashes == [sha256_hex("Goma"), "0" * 64]


def table(**columns: Any) -> pa.Table:
    spans = [[{"start": 0, "end": 4, "label": "LOCATION"}], [], [{"start": 5, "end": 9, "label": "DATE"}]]
    return pa.table({"id": ["a", "b", "c"], "text": ["Goma fell"] * 3, "spans": spans} | columns)


def valued(value: Any) -> list[list[dict[str, Any]]]:
    return [[{"start": 0, "end": 4, "label": "DATE", "value": value}], [], []]


TABLES: dict[str, Callable[[], pa.Table]] = {
    "without values": table,
    "large strings": lambda: table(id=pa.array(["a", "b", "c"], pa.large_string())),
    "large lists": lambda: table(
        spans=table()["spans"].cast(pa.large_list(table().schema.field("spans").type.value_type))
    ),
    "small numbers": lambda: table(
        spans=pa.array(
            [[{"start": 0, "end": 4, "label": "DATE"}], [], []],
            pa.list_(pa.struct([("start", pa.int16()), ("end", pa.int32()), ("label", pa.string())])),
        )
    ),
    "null lists": lambda: table(spans=[[{"start": 0, "end": 4, "label": "DATE"}], None, []]),
    "lengths": lambda: table(text_length=[9, None, 9]),
    "another length": lambda: table(text_length=[9, 9, 8]),
    "some hashes": lambda: table(text_sha256=[None, sha256_hex("Goma fell"), None]),
    "not hashes": lambda: table(text_sha256=["a", "b", "c"]),
    "another column": lambda: table(colour=["red"] * 3),
    "values by label": lambda: table(spans=valued({"DATE": {"edtf": "2023"}})),
    "flat values": lambda: table(spans=valued({"edtf": "2023"})),
    "values of another label": lambda: table(spans=valued({"COUNT": {"min": 3}})),
    "bad values": lambda: table(spans=valued({"DATE": {"edtf": "2023-13"}})),
    "unknown values": lambda: table(spans=valued({"DATE": {"edtf": None}})),
    "past the end": lambda: table(spans=[[{"start": 0, "end": 40, "label": "DATE"}], [], []]),
    "unknown label": lambda: table(spans=[[{"start": 0, "end": 4, "label": "DATUM"}], [], []]),
    "null label": lambda: table(spans=[[{"start": 0, "end": 4, "label": None}], [], []]),
    "zones": lambda: table(zones=[[{"start": 0, "end": 4, "kind": next(iter(SCHEME.zones))}], [], None]),
    "unknown zones": lambda: table(zones=[[{"start": 0, "end": 4, "kind": "x"}], [], []]),
    "null zones": lambda: table(zones=[[{"start": 0, "end": 4, "kind": next(iter(SCHEME.zones))}], None, []]),
    "null extractors": lambda: table(layer=[{"suggestions_shown": [None]}, None, None]),
    "layers": lambda: table(layer=[{"annotator": "ada", "draft": True}, None, {"annotator": None, "draft": None}]),
    "no rows": lambda: table().slice(0, 0),
    "doubled ids": lambda: table(id=["a", "b", "a"]),
    "null id": lambda: table(id=["a", None, "c"]),
}


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("rows_together", [1, 3])
def test_tables_of_any_make_are_read_as_records_are(kind: str, rows_together: int, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(TABLES[kind](), path, row_group_size=rows_together)
    try:
        expected: Any = said(list(read_records(path, SCHEME)))
    except DataError as error:
        expected = str(error)
    try:
        found: Any = rows(read_columns(str(path), SCHEME))
    except DataError as error:
        found = str(error)
    assert found == expected


def test_lengths_that_differ_are_other_texts_and_offsets_have_a_limit(tmp_path: Path) -> None:
    free = {"id": "a", "text_sha256": sha256_hex("Goma fell"), "spans": [{"start": 0, "end": 4, "label": "DATE"}]}
    gold, long, huge = (
        write_lines(tmp_path / f"{length}.jsonl", free | {"text_length": length}) for length in (9, 5000, 1 << 63)
    )
    for report in (False, True):
        with pytest.raises(DataError, match="the text differs from that of the gold"):
            score_files(str(gold), [str(long)], SCHEME, report=report)
    with pytest.raises(
        GoldspanError, match=r"offset 9,223,372,036,854,775,808 is too large|text_length is out of range"
    ):
        score_files(str(huge), [str(huge)], SCHEME)
    with pytest.raises(DataError, match="is too large"):
        goldspan.score({"a": [(0, 2**64, "ACTOR")]}, {"a": []})


def corpora(seed: int) -> tuple[list[Document], list[Document]]:
    """A gold and a system with duplicates, nested spans, zones, values that differ or are missing, and fewer documents."""
    rng = random.Random(seed)
    values: dict[str, Callable[[], dict[str, Any]]] = {
        "ACTOR": lambda: {"id": rng.choice(["IRN", "xa", "xb", "usa"]), "kind": "state"},
        "LOCATION": lambda: {"lat": rng.choice([33.0, 33.1, 40.0]), "lon": 44.0},
        "DATE": lambda: {"edtf": rng.choice(["2023", "2023-10", "2023-10-27"])},
        "COUNT": lambda: {"min": rng.choice([1, 2, None]), "max": 3, "approx": rng.random() < 0.5},
    }
    sides: tuple[list[Document], list[Document]] = ([], [])
    further = seed == 5  # documents that the gold lacks
    for number in range(rng.choice([3, 14])):
        text = f"{number} " + "Iran struck three bases in Iraq on Friday. " * 2
        zones = (Zone(0, rng.randint(3, 9), next(iter(SCHEME.zones))),) if rng.random() < 0.3 else ()
        for side in (0, 1):
            if further and side and number == 2:
                sides[1].append(Document(id="more", text="Other words.", spans=()))
            if side and rng.random() < 0.1 and not further:
                continue
            spans = []
            for _ in range(rng.randint(0, 9)):
                start, label = rng.randint(0, 20), rng.choice(LABELS)
                parts = values[label]() if rng.random() < 0.8 else {}
                spans.append(SCHEME.span(start, start + rng.randint(1, 6), label, **parts))
                spans += [replace(spans[-1], value=None)] * (rng.random() < 0.2)
            layer = Layer(annotator=("gold", "sys")[side], suggestions_shown=("sys",) if number % 3 else None)
            document = Document(id=f"{number}", text=text, zones=zones, spans=tuple(spans), layer=layer)
            sides[side].append(document)
    rng.shuffle(sides[1])
    return sides


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_files_and_documents_give_the_same_scores(seed: int, form: str, tmp_path: Path) -> None:
    gold, system = corpora(seed)
    paths = [str(tmp_path / f"{name}.{form}") for name in ("gold", "sys")]
    for path, side in zip(paths, (gold, system), strict=True):
        write_records(path, side, SCHEME)
    settings_: dict[str, Any] = {
        "resamples": 20,
        "labels": [LABELS[2], LABELS[0]] if seed % 2 else [],
        "common": seed > 3,
    }
    scored = score_files(paths[0], paths[1:], SCHEME, **settings_)
    assert not scored.gold  # no documents were made
    expected = score_documents(gold, [system], SCHEME, names=["sys"], path=paths[0], **settings_)
    assert scored.scores.to_dict() == expected.to_dict()
    assert score(*paths, scheme=SCHEME, warn=lambda _: None, **settings_).to_dict() == expected.to_dict()
    documents = score_files(paths[0], paths[1:], SCHEME, report=True, **settings_)
    assert documents.gold and documents.scores.to_dict() == expected.to_dict()


@given(st.lists(st.sampled_from(["O", "B-0", "I-0", "B-1", "I-1"]), max_size=700), st.integers(1, 300))
@settings(max_examples=50, deadline=None)
def test_tags_in_parts_have_the_entities_of_the_whole(tags: list[str], run: int) -> None:
    from seqeval.scheme import IOB2, Entities

    tags = [*tags, "B-1", *["I-1"] * run, *tags]
    assert _entities(tags) == {entity.to_tuple()[1:] for entity in Entities([tags], IOB2).entities[0]}
