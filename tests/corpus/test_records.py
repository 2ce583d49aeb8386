from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings

from goldspan.corpus import read_records, write_records
from goldspan.corpus.storage.arrow import record_batches
from goldspan.schema import (
    DataError,
    DependencyError,
    Document,
    Problem,
    Scheme,
    Span,
    UsageError,
    conflict_scheme,
    parse_scheme,
)

from ..conftest import record, span, write_lines
from ..schema.test_record import documents

SUFFIXES = [".jsonl", ".jsonl.gz", ".jsonl.zst", ".ndjson", ".parquet"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_written_is_read_back(suffix: str, tmp_path: Path, scheme: Scheme) -> None:
    path = tmp_path / f"records{suffix}"
    written = [
        Document(
            id="a", text="Iran\u2028\r\n🕊\x00", spans=(scheme.span(0, 4, "ACTOR", kind="state", id="IRN"),)
        ).with_hash(),
        Document(id="b", text="", spans=()).with_hash(),
        Document(id="c", text_sha256="0" * 64, text_length=7, spans=(scheme.span(0, 7, "DATE"),)),
    ]
    assert write_records(path, written, scheme) == 3
    assert list(read_records(path, scheme)) == written


@given(documents())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_parquet_keeps_any_document(tmp_path: Path, document: Document) -> None:
    path = tmp_path / "records.parquet"
    write_records(path, [document], conflict_scheme())
    assert list(read_records(path, conflict_scheme())) == [document]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_records_give_the_same_bytes(suffix: str, tmp_path: Path, scheme: Scheme) -> None:
    paths = [tmp_path / f"{name}{suffix}" for name in "ab"]
    for path in paths:
        write_records(path, [Document(id="a", text="x" * 1000, spans=())], scheme)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_batches_are_bounded_by_what_they_hold_and_not_by_rows_alone(scheme: Scheme) -> None:
    labels = "".join(
        f'[labels.L{n}]\ndefinition = "x"\n[labels.L{n}.fields.id]\ntype = "identifier"\n' for n in range(500)
    )
    wide = parse_scheme(f'name = "wide"\nversion = 1\n{labels}')
    many = [Document(id=f"{n}", text="x" * 400, spans=(Span(0, 1, "L0"),) * 400) for n in range(90)]
    rows = [batch.num_rows for batch in record_batches(many, wide)]
    assert sum(rows) == 90 and max(rows) <= 8_000_000 // (400 * 500)
    long = [Document(id=f"{n}", text="x" * 5_000_000, spans=()) for n in range(9)]
    assert [batch.num_rows for batch in record_batches(long, scheme)] == [4, 4, 1]
    short = [Document(id=f"{n}", text="x", spans=()) for n in range(2001)]
    assert [batch.num_rows for batch in record_batches(short, scheme)] == [1000, 1000, 1]


def test_parquet_has_the_columns_of_the_contract(tmp_path: Path, scheme: Scheme) -> None:
    path = tmp_path / "records.parquet"
    write_records(path, [Document(id="a", text="Iran", spans=(scheme.span(0, 4, "ACTOR", id="IRN"),))], scheme)
    table = pq.read_table(path)
    assert table.column_names == [
        "id",
        "text",
        "text_sha256",
        "text_length",
        "meta",
        "zones",
        "spans",
        "layer",
        "extra",
    ]
    [spans] = table["spans"].to_pylist()
    assert spans[0]["value"] == {"ACTOR": {"kind": None, "id": "IRN"}, "LOCATION": None, "DATE": None, "COUNT": None}


def test_a_parquet_value_of_another_label_is_refused(tmp_path: Path, scheme: Scheme) -> None:
    path = tmp_path / "records.parquet"
    value = {"ACTOR": {"id": "IRN"}, "DATE": {"edtf": "2023"}}
    rows = [{"id": "a", "text": "Iran", "spans": [{"start": 0, "end": 4, "label": "ACTOR", "value": value}]}]
    pq.write_table(pa.Table.from_pylist(rows), path)
    with pytest.raises(DataError, match=r"records.parquet:1: .*unknown key"):
        list(read_records(path, scheme))


def test_lines_may_end_as_windows_ends_them_and_blank_ones_do_not_count(tmp_path: Path, scheme: Scheme) -> None:
    path = tmp_path / "records.jsonl"
    lines = [json.dumps(record("a")), "", json.dumps(record("b"))]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    assert [document.id for document in read_records(path, scheme)] == ["a", "b"]
    path.write_bytes(path.read_bytes() + b"\r\nhello")
    with pytest.raises(DataError, match="jsonl:4:"):
        list(read_records(path, scheme))


def test_a_second_document_of_one_id_is_refused(tmp_path: Path, scheme: Scheme) -> None:
    path = write_lines(tmp_path / "records.jsonl", record("a"), record("b"), record("a"))
    with pytest.raises(DataError, match=r"records.jsonl:3: document 'a': duplicate document id"):
        list(read_records(path, scheme))


def test_lenient_reading_keeps_what_is_sound_and_says_what_is_not(tmp_path: Path, scheme: Scheme) -> None:
    path = write_lines(
        tmp_path / "records.jsonl",
        record("a", "abc", spans=[span(0, 9, "ACTOR"), span(0, 3, "ACTOR")]),
        record("b", text_sha256="0"),
        record("a"),
        record("c"),
    )
    problems: list[Problem] = []
    kept = list(read_records(path, scheme, lenient=problems.append))
    assert [(document.id, len(document.spans)) for document in kept] == [("a", 1), ("c", 0)]
    assert [problem.line for problem in problems] == [1, 2, 3]


def test_a_file_that_cannot_be_read_is_one_clear_error(tmp_path: Path, scheme: Scheme) -> None:
    cases = {"missing.jsonl": None, "broken.jsonl.gz": b"no gzip", "broken.jsonl.zst": b"no zstd", "x.parquet": b"PAR1"}
    packed = gzip.compress(json.dumps(record()).encode() * 1000)
    cases["cut.jsonl.gz"] = packed[: len(packed) // 2]
    whole = tmp_path / "whole.jsonl.zst"
    write_records(whole, [Document(id=str(n), text=str(n) * 1000, spans=()) for n in range(1000)], scheme)
    cases["cut.jsonl.zst"] = whole.read_bytes()[:-20]
    for name, data in cases.items():
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data)
        with pytest.raises(DataError, match=name):
            list(read_records(path, scheme))


def test_a_suffix_that_says_nothing_is_the_callers_fault(tmp_path: Path, scheme: Scheme) -> None:
    for name in ("records", "records.txt", "records.gz"):
        with pytest.raises(UsageError, match=r"Fix: \.jsonl or \.parquet"):
            write_records(tmp_path / name, [], scheme)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_writing_that_fails_leaves_the_old_file_and_nothing_else(suffix: str, tmp_path: Path, scheme: Scheme) -> None:
    path = tmp_path / f"records{suffix}"
    write_records(path, [Document(id="old", text="old", spans=())], scheme)

    def documents_then_failure():  # type: ignore[no-untyped-def]
        yield Document(id="new", text="new", spans=())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_records(path, documents_then_failure(), scheme)
    assert [document.id for document in read_records(path, scheme)] == ["old"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_or_a_missing_one_is_refused(tmp_path: Path, scheme: Scheme) -> None:
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(DependencyError, match="is a folder"):
        write_records(tmp_path / "folder.jsonl", [], scheme)
    with pytest.raises(DependencyError, match="cannot be written"):
        write_records(tmp_path / "nowhere" / "records.jsonl", [], scheme)


def test_a_link_is_written_through(tmp_path: Path, scheme: Scheme) -> None:
    target, link = tmp_path / "target.jsonl", tmp_path / "link.jsonl"
    target.write_text("")
    link.symlink_to(target)
    write_records(link, [Document(id="a", text="x", spans=())], scheme)
    assert link.is_symlink() and target.read_text()
