"""Conversions of files of other tools: passes, audits and drafted schemes, each written with the records or not at all."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

import goldspan
from goldspan.corpus import read_records
from goldspan.corpus.formats import ReadOptions
from goldspan.corpus.formats.transfer_reports import AuditRow
from goldspan.schema import DataError, DependencyError, Scheme, UsageError, load_scheme
from goldspan.schema.files.scheme_writer import scheme_toml
from goldspan.workflows import convert_file

TEXT = "At least 12 people were killed in Goma, officials said."
PASSES = ReadOptions(passes=True)


def work(who: Any, *spans: tuple[int, int, str], **more: Any) -> dict[str, Any]:
    results = [
        {"id": str(n), "from_name": "l", "to_name": "t", "type": "labels",
         "value": {"start": start, "end": end, "text": TEXT[start:end], "labels": [label]}}
        for n, (start, end, label) in enumerate(spans)
    ]  # fmt: skip
    return {"completed_by": who, "result": results, **more}


def tasks_of(folder: Path, *tasks: list[dict[str, Any]]) -> Path:
    items = [{"data": {"id": f"doc-{n}", "text": TEXT}, "annotations": task} for n, task in enumerate(tasks, 1)]
    (folder / "tasks.json").write_text(json.dumps(items))
    return folder / "tasks.json"


COUNT, GOMA, SHORT = (0, 11, "COUNT"), (34, 38, "LOCATION"), (9, 11, "COUNT")


def test_each_annotator_gets_a_file_that_agreement_takes(scheme: Scheme, tmp_path: Path) -> None:
    skipped = work("../eve@x", was_cancelled=True)
    source = tasks_of(tmp_path, [work("ann@a.org", COUNT, GOMA), work("Ann@b.org", SHORT, GOMA), skipped], [])
    out = tmp_path / "passes"
    done = convert_file(source, str(out), scheme, options=PASSES)
    files = sorted(out.iterdir())
    assert done.passes == {str(path): 1 for path in files} and done.documents == 3
    assert done.report.left_out.counts == {"documents that nobody annotated, which are in no pass": 1}
    layers = [next(iter(read_records(path, scheme))) for path in files]
    assert sorted(str(d.layer.annotator) for d in layers if d.layer) == ["../eve", "Ann", "ann"]
    assert [d.layer.skipped for d in layers if d.layer and d.layer.annotator == "../eve"] == [True]
    assert len({path.name.lower() for path in files}) == 3  # two names that differ in case alone
    ours = {d.layer.annotator: [d] for d in layers if d.layer and d.spans}
    assert goldspan.agreement(ours).pairwise[0].strict_f1 == 0.5


def test_passes_are_written_together_or_not_at_all(scheme: Scheme, tmp_path: Path) -> None:
    source = tasks_of(tmp_path, [work(1, COUNT), work(2, GOMA)], [work(1, (0, 3, "WHO"))])
    with pytest.raises(DataError, match=r"'WHO' is not in conflict-news@1"):
        convert_file(source, str(tmp_path / "passes"), scheme, options=PASSES)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tasks.json"]
    (tmp_path / "passes").mkdir()
    (tmp_path / "passes" / "old.jsonl").touch()
    with pytest.raises(UsageError, match="already exists"):
        convert_file(tasks_of(tmp_path, [work(1)]), str(tmp_path / "passes"), scheme, options=PASSES)


def rows_of(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl"])
def test_an_audit_has_a_row_for_each_span_and_no_cell_runs(suffix: str, scheme: Scheme, tmp_path: Path) -> None:
    (tmp_path / "=x.txt").write_bytes(b'=1+1, "Goma"\r\n@Mali')
    (tmp_path / "=x.ann").write_bytes(b"T1\tLOCATION 7 11\tGoma\nT2\tACTOR 0 4\t=1+1\nT3\tACTOR 13 18\t@Mali\n")
    audit = tmp_path / f"audit{suffix}"
    convert_file(tmp_path / "=x.ann", str(tmp_path / "o.jsonl"), scheme, audit=audit)
    rows = rows_of(audit)
    assert [tuple(row) for row in rows] == [AuditRow._fields] * 3
    inert = "" if suffix == ".jsonl" else "'"
    assert [(row["document"], row["words"], str(row["start"])) for row in rows] == [
        (f"{inert}=x", "Goma", "7"),
        (f"{inert}=x", f"{inert}=1+1", "0"),
        (f"{inert}=x", f"{inert}@Mali", "14"),
    ]
    converted = "converted from code points with CRLF as one character"
    assert [row["action"] for row in rows] == ["kept", "kept", converted]


REFUSED: dict[str, tuple[bytes, list[str]]] = {
    "words that differ": (
        b"T1\tLOCATION 34 38\tGoma\nT2\tACTOR 9 11\t13\n",
        ["not converted: the file was refused", "refused: says '13', but the text has '12' at [9, 11)"],
    ),
    "a discontinuous span": (
        b"T1\tLOCATION 34 38\tGoma\nT2\tACTOR 0 2;9 11\tAt 12\n",
        ["kept", "refused: T2 is discontinuous: ' least ' lies between its fragments"],
    ),
    "an unknown label": (
        b"T1\tPLACE 34 38\tGoma\nT2\tACTOR 9 11\t12\n",
        ["refused: unknown label 'PLACE' in scheme conflict-news@1", "kept"],
    ),
}


@pytest.mark.parametrize(("ann", "actions"), REFUSED.values(), ids=REFUSED)
def test_the_audit_of_a_refused_file_says_why_and_no_records_are_written(
    ann: bytes, actions: list[str], scheme: Scheme, tmp_path: Path
) -> None:
    (tmp_path / "x.txt").write_text(TEXT)
    (tmp_path / "x.ann").write_bytes(ann)
    with pytest.raises(DataError, match=r"audit\.csv: lists the spans, and why those above were refused"):
        convert_file(tmp_path / "x.ann", str(tmp_path / "o.jsonl"), scheme, audit=tmp_path / "audit.csv")
    assert [row["action"] for row in rows_of(tmp_path / "audit.csv")] == actions
    assert not (tmp_path / "o.jsonl").exists()


def test_an_audit_is_not_written_where_spans_are_not_the_reason(scheme: Scheme, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(TEXT)
    (tmp_path / "x.ann").write_bytes(b"T1\tLOCATION 34 38\tGoma\nbroken\n")
    audit = tmp_path / "audit.csv"
    with pytest.raises(DataError, match="cannot parse"):
        convert_file(tmp_path / "x.ann", str(tmp_path / "o.jsonl"), scheme, audit=audit)
    (tmp_path / "x.ann").write_bytes(b"T1\tLOCATION 34 38\tGoma\n")
    with pytest.raises(DependencyError):
        convert_file(tmp_path / "x.ann", str(tmp_path / "nowhere" / "o.jsonl"), scheme, audit=audit)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.ann", "x.txt"]


@pytest.mark.parametrize("nested", [False, True])
def test_a_scheme_is_drafted_from_the_labels_and_taken_at_once(nested: bool, tmp_path: Path) -> None:
    spans = [(34, 38, "Place"), (9, 11, "Number"), (40, 49, "Place")] + [(0, 11, "Number")] * nested
    source = tasks_of(tmp_path, [work(1, *spans)])
    done = convert_file(source, str(tmp_path / "o.jsonl.gz"), "auto")
    assert done.scheme_file == tmp_path / "o.scheme.toml" and done.report.summary() == []
    scheme = load_scheme(done.scheme_file)
    assert (scheme.name, scheme.overlap, scheme.word_boundaries) == ("tasks", nested, False)
    definitions = {label.name: label.definition for label in scheme.labels.values()}
    number = "2 spans" if nested else "1 span"
    assert definitions == {"Place": "To be defined; 2 spans.", "Number": f"To be defined; {number}."}
    [document] = read_records(tmp_path / "o.jsonl.gz", scheme)
    assert len(document.spans) == len(spans)
    assert document.layer is not None and document.layer.scheme_sha256 == scheme.fingerprint
    convert_file(source, str(tmp_path / "o.jsonl"), "auto")  # the same again
    done.scheme_file.write_text(scheme_toml(scheme).replace("To be defined", "A town"))
    (tmp_path / "o.jsonl").unlink()
    with pytest.raises(UsageError, match="already exists, and is not the scheme of this file"):
        convert_file(source, str(tmp_path / "o.jsonl"), "auto")
    assert not (tmp_path / "o.jsonl").exists()


def test_records_under_a_scheme_that_is_lost_get_one_without_values(tmp_path: Path) -> None:
    span = {"start": 34, "end": 38, "label": "TOWN", "value": {"id": "goma"}}
    (tmp_path / "x.jsonl").write_text(json.dumps({"id": "a", "text": TEXT, "spans": [span]}) + "\n")
    done = convert_file(tmp_path / "x.jsonl", str(tmp_path / "o.jsonl"), "auto")
    assert done.labels is not None and done.labels.values_dropped == {"TOWN": 1}
    [document] = read_records(tmp_path / "o.jsonl", load_scheme(tmp_path / "o.scheme.toml"))
    assert [(s.label, s.value) for s in document.spans] == [("TOWN", None)]


def test_nothing_is_drafted_if_the_file_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(TEXT)
    (tmp_path / "x.ann").write_bytes(b"T1\tTOWN 34 38\tGoma\nT2\tTOWN 0 2;9 11\tAt 12\n")
    with pytest.raises(DataError, match="T2 is discontinuous"):
        convert_file(tmp_path / "x.ann", str(tmp_path / "o.jsonl"), "auto")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.ann", "x.txt"]


def test_a_corpus_is_loaded_from_a_file_of_tasks_whatever_its_suffix(tmp_path: Path) -> None:
    source = tasks_of(tmp_path, [work(1, COUNT)]).rename(tmp_path / "tasks.jsonl")
    with pytest.warns(UserWarning, match=r"tasks\.jsonl: read as studio"):
        [document] = goldspan.load(source)
    assert document.surface(document.spans[0]) == "At least 12"


@pytest.mark.parametrize(
    ("name", "content"),
    {
        "articles as CSV": ("texts.csv", "id,text\na,Rebels left Goma.\n"),
        "articles as lines": ("texts.jsonl", '{"id": "a", "text": "Rebels left Goma.", "desk": "x"}\n'),
        "records of another scheme": (
            "texts.jsonl",
            '{"id": "a", "text": "Rebels left Goma.", "spans": [{"start": 0, "end": 6, "label": "X"}]}\n',
        ),
    }.values(),
)
def test_a_scheme_is_drafted_for_a_file_whose_texts_are_given(name: str, content: str, tmp_path: Path) -> None:
    spans, texts, out = tmp_path / "spans.csv", tmp_path / name, tmp_path / "out.jsonl"
    spans.write_text("id,start,end,label\na,12,16,TOWN\n", encoding="utf-8")
    texts.write_text(content, encoding="utf-8")
    assert convert_file(spans, str(out), "auto", restore=str(texts)).documents == 1
    assert '"label":"TOWN"' in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("which", ["out", "audit"])
def test_a_source_is_never_written_over(
    which: str, scheme: Scheme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "x.csv"
    source.write_text("id,document_text,start,end,label\na,Rebels left Goma.,12,16,LOCATION\n", encoding="utf-8")
    before = source.read_bytes()
    paths = {"out": "x.csv", "audit": None} if which == "out" else {"out": "y.jsonl", "audit": Path("x.csv")}
    with pytest.raises(UsageError, match=f"is the source, which would be lost.*`{which}`"):
        convert_file(source, scheme=scheme, **paths)
    assert source.read_bytes() == before


def test_a_drafted_scheme_has_labels_without_blanks_at_their_ends(tmp_path: Path) -> None:
    source, out = tmp_path / "x.jsonl", tmp_path / "out.jsonl"
    labels = [[0, 6, " WHO"], [12, 16, "WHERE"], [7, 11, "my\nlabel"]]
    source.write_text(json.dumps({"id": 1, "text": "Rebels left Goma.", "label": labels}))
    done = convert_file(source, str(out), "auto")
    assert done.report.notes == ["label ' WHO' as 'WHO'", "label 'my\\nlabel' as 'my label'"]
    (document,) = read_records(out, load_scheme(tmp_path / "out.scheme.toml"))
    assert [span.label for span in document.spans] == ["WHO", "my label", "WHERE"]


def test_a_drafted_scheme_says_what_is_no_span_and_lets_only_overlaps_overlap(tmp_path: Path) -> None:
    source, out = tmp_path / "x.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": 1, "text": "Rebels left Goma.", "label": ["War"], "Comments": []}\n')
    with pytest.raises(DataError, match=r"no span, and so no label .*; left out: categories of documents \(1\)\."):
        convert_file(source, str(out), "auto")
    source.write_text('{"id": 1, "text": "Rebels left Goma.", "label": [[0, 3, "WHO"]]}\n')
    convert_file(source, str(out), "auto")
    assert not load_scheme(tmp_path / "out.scheme.toml").overlap


def test_the_audit_of_a_refused_file_is_written_without_a_scheme_too(tmp_path: Path) -> None:
    source, out, audit = tmp_path / "x.csv", tmp_path / "out.jsonl", tmp_path / "audit.csv"
    rows = "id,document_text,start,end,label,words\na,Rebels left Goma.,13,16,WHERE,Goma\na,,0,6,WHO,Rebels\n"
    source.write_text(rows)
    with pytest.raises(DataError, match="why those above were refused"):
        convert_file(source, str(out), "auto", audit=audit)
    assert audit.read_text().count("\n") == 3 and not out.exists()
    source.write_text("id,document_text,start,end,label\na,Rebels left Goma.,x,16,WHERE\n")
    audit.unlink()
    with pytest.raises(DataError, match="not whole numbers"):
        convert_file(source, str(out), "auto", audit=audit)
    assert not audit.exists()
