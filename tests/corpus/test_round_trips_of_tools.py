"""The formats that doccano, Prodigy and tables of spans share with goldspan: what is written comes back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldspan.corpus import Corpus
from goldspan.corpus.formats import LossReport, ReadReport, detect_format, export_documents, load_format, read_any
from goldspan.corpus.formats.format_interface import CONTENTS
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import DataError, Document, Layer, Metadata, Scheme, Span, UsageError, Zone

from ..schema.test_record import documents
from .written import ACROSS, NESTED, SCHEME, doc, places, read, written

QUIET = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def back(path: Path, labels: LabelMap | None = None, scheme: Scheme = SCHEME) -> list[Document]:
    return list(read_any(path, scheme, ReadReport(), labels=labels))


@given(document=documents())
@example(document=NESTED)
@example(document=ACROSS)
@example(document=doc(text=""))
@example(document=doc(SCHEME.span(0, 2, "ACTOR"), text="💥\u2028 x\r\n"))
@QUIET
def test_any_document_comes_back_from_lines(tmp_path: Path, document: Document) -> None:
    for name in ("doccano", "prodigy"):
        out, loss = written(name, tmp_path, [document], SCHEME)
        assert not loss.summary()
        assert read(name, out, SCHEME) == [document], name


def kept_in_tables(document: Document) -> Document:
    """A document as a table of spans holds it: spans trimmed, in order and once."""
    spans = []
    for span in document.spans:
        words = document.surface(span)
        start = span.start + len(words) - len(words.lstrip())
        if words.strip():
            spans.append(
                replace(span, start=start, end=start + len(words.strip()), passes=None, decision=None, extra=None)
            )
    spans = [span for n, span in enumerate(spans) if span not in spans[:n]]
    annotator = document.layer.annotator if document.layer else None
    return replace(
        document,
        spans=tuple(sorted(spans, key=lambda s: (s.start, s.end, s.label))),
        zones=(),
        extra=None,
        layer=Layer(annotator, SCHEME.ref, SCHEME.fingerprint) if annotator else None,
    )


@given(document=documents())
@example(document=NESTED)
@example(document=ACROSS)
@example(document=doc(text=""))
@example(document=doc(SCHEME.span(0, 2, "ACTOR", id="'=1"), text="=1+cmd|' /C calc'!A0", id="-x"))
@QUIET
def test_what_a_table_of_spans_holds_comes_back(tmp_path: Path, document: Document) -> None:
    out, loss = written("spans", tmp_path, [document], SCHEME)
    expected = kept_in_tables(document)
    assert read("spans", out, SCHEME) == [expected]
    changed = replace(expected, spans=tuple(document.spans)) != document or len(expected.spans) != len(document.spans)
    assert not changed or loss.summary() or document.layer == Layer()
    for row in csv.reader(io.StringIO(out.read_bytes().decode(), newline="")):
        assert not [cell for cell in row if cell.startswith(tuple("=+-@\t\r")) and not _is_number(cell)]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_several_documents_come_back_in_order_and_the_rest_is_said(tmp_path: Path) -> None:
    docs = [
        replace(
            doc(
                Span(0, 4, "ACTOR", id="s1", score=0.5, source="rules", origin="manual", note="=n", unsure=True), id="7"
            ),
            meta=Metadata(title="-t", published="2023-11-07", publisher="p;q", url="u", language="en"),
        ),
        replace(
            doc(id="b", text='a,b\t\n"c"'), zones=(Zone(0, 1, "stamp"),), extra={"x": 1}, layer=Layer("ada", note="n")
        ),
        doc(Span(0, 1, "ACTOR"), Span(0, 1, "ACTOR"), Span(1, 3, "ACTOR"), text="x y z", id="=c"),
    ]
    for suffix in ("csv", "tsv", "csv.gz"):
        loss, out = LossReport(), tmp_path / f"x.{suffix}"
        assert load_format("spans").write(docs, out, SCHEME, loss) == 3  # type: ignore[attr-defined]
        assert back(out) == [*map(kept_in_tables, docs)]
        assert loss.counts == {
            "zones": 1,
            "layers, except for their annotators": 1,
            "objects under `extra`": 1,
            "blanks at the ends of spans": 1,
            "spans that are there twice": 1,
        }
    rows = pd.read_csv(tmp_path / "x.csv")
    assert rows["words"].tolist()[0] == "Iran" and rows["title"][0] == "'-t" and len(rows) == 5
    assert set(load_format("spans").holds) < set(CONTENTS)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["doccano", "prodigy", "spans"])
def test_what_cannot_be_written_is_refused(name: str, tmp_path: Path) -> None:
    free = Document(id="free", text_sha256="0" * 64, text_length=5, spans=())
    for docs, message in (([free], "'free': the record has no text"), ([doc(), doc()], "duplicate document id")):
        with pytest.raises(DataError, match=message):
            written(name, tmp_path, docs, SCHEME)
    target = places(name, tmp_path)
    target.write_bytes(bytes(range(256)))
    with pytest.raises(DataError) as refused:
        list(read_any(target, SCHEME, ReadReport(), name=name))
    assert refused.value.problems[0].path == str(target)


def line(path: Path) -> dict[str, Any]:
    item: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return item


def edited(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    item = line(path)
    change(item)
    path.write_text(json.dumps(item) + "\n")
    return path


def test_what_a_tool_changes_wins_and_the_rest_stays(tmp_path: Path) -> None:
    out, _ = written("doccano", tmp_path, [NESTED], SCHEME)
    assert line(out)["label"] == [[0, 4, "ACTOR"], [0, 11, "ACTOR"], [12, 17, "COUNT"]]

    def change(item: dict[str, Any]) -> None:
        item |= {"id": 17, "label": [[0, 4, "ACTOR"], [12, 17, "DATE"], [26, 40, "LOCATION"]]}

    (found,) = back(edited(out, change))
    assert found.id == "a" and [(s.start, s.end, s.label) for s in found.spans] == [
        (0, 4, "ACTOR"),
        (12, 17, "DATE"),
        (28, 40, "LOCATION") if found.text and found.text[26:28].isspace() else (26, 40, "LOCATION"),
    ]
    assert found.spans[0].value == NESTED.spans[0].value and found.spans[1].value is None

    def accept(item: dict[str, Any]) -> None:
        item |= {"_annotator_id": "ben", "_input_hash": 1, "_task_hash": 2, "spans": item["spans"][:1]}

    out, _ = written("prodigy", tmp_path, [NESTED], SCHEME)
    (found,) = back(edited(out, accept))
    assert found.layer is not None and found.layer.annotator == "ben" and found.spans == NESTED.spans[:1]
    labels = LabelMap({"ACTOR": "LOCATION", "*": ""})
    assert [s.label for s in back(out, labels)[0].spans] == ["LOCATION"]


def test_a_changed_text_is_refused(tmp_path: Path) -> None:
    for name in ("doccano", "prodigy"):
        out, _ = written(name, tmp_path, [NESTED], SCHEME)
        with pytest.raises(DataError, match="sha256"):
            back(edited(out, lambda item: item.update(text="Another " + item["text"])))


def test_files_are_recognised_by_their_contents(tmp_path: Path) -> None:
    for name in ("doccano", "prodigy", "spans"):
        out, _ = written(name, tmp_path, [NESTED, replace(ACROSS, id="b")], SCHEME)
        assert detect_format(out).name == name


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8), unique=True, max_size=5))
@QUIET
def test_ids_come_back_from_tables(tmp_path: Path, ids: list[str]) -> None:
    docs = [doc(SCHEME.span(0, 4, "ACTOR"), id=each) for each in ids]
    out, _ = written("spans", tmp_path, docs, SCHEME)
    assert read("spans", out, SCHEME) == docs


def test_frames_of_spans_say_how_their_documents_come_back() -> None:
    corpus = Corpus([NESTED], SCHEME)
    for make, frame in ((Corpus.from_pandas, corpus.to_pandas("spans")), (Corpus.from_arrow, corpus.to_arrow("spans"))):
        with pytest.raises(UsageError, match=r"a span in each row.* Fix: `corpus.with_spans"):
            make(frame, SCHEME)
    assert list(corpus.with_spans(corpus.to_pandas("spans"))) == [NESTED]


def test_lines_for_tools_are_exported_to_files_of_any_name(tmp_path: Path) -> None:
    for name in ("doccano", "prodigy"):
        to, out = load_format(name), tmp_path / f"{name}-work.jsonl"
        export_documents([NESTED], to, out, SCHEME)
        assert detect_format(out).name == name and back(out) == [NESTED]
