"""Tables with a span in each row, as other programs write them: columns guessed or named, texts in the table or given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from goldspan.corpus.formats import AuditRow, FileSample, ReadOptions, ReadReport, ReadRequest
from goldspan.corpus.formats.tables.column_roles import guessed_columns, named_columns
from goldspan.corpus.formats.tables.span_table import SPANS
from goldspan.corpus.storage.delimited import find_separator
from goldspan.schema import DataError, Document, UsageError, conflict_scheme
from goldspan.workflows.file_conversion import convert_file

SCHEME = conflict_scheme()
TEXT = "Émeute 💥 in Sarn; at least 4 hurt."
WHERE = {"ACTOR": (0, 6), "LOCATION": (12, 16), "COUNT": (18, 28)}
TEXTS = {"1": TEXT, "2": "b"}.get


def read(path: Path, report: ReadReport | None = None, **options: Any) -> list[Document]:
    request = ReadRequest(SCHEME, report or ReadReport(), options=ReadOptions(**options))
    return list(SPANS.read(path, request))


def table(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def rows(header: str, *cells: object, separator: str = ",", shift: int = 0) -> str:
    """A table of the three spans; `cells` follow their bounds and label."""
    names = header.replace(",", separator)
    lines = [separator.join(map(str, ["1", s + shift, e, label, *cells])) for label, (s, e) in WHERE.items()]
    return "\n".join([names, *lines, ""])


HEADERS = [
    "id,start,end,label",
    "doc_id,begin,end,type",
    "Document,Char Start,Char End,Entity Type",
    "article,start_offset,end_offset,tag",
    "docID,startChar,endChar,category",
    "file,from,to,class",
    "filename,offset,stop,entity",
    "\ufeffdocument,span_start,span_end,span_label",
]


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_columns_are_guessed_and_told(header: str, separator: str, tmp_path: Path) -> None:
    path = table(tmp_path / "x.txt", rows(header, separator=separator))
    assert SPANS.recognises(FileSample(path))
    report = ReadReport()
    (document,) = read(path, report, texts=TEXTS)
    assert {s.label: (s.start, s.end) for s in document.spans} == WHERE and document.id == "1"
    (note,) = [line for line in report.summary() if line.startswith("read: ")]
    assert {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}[separator] in note
    assert "guessed" in note or header == HEADERS[0]


def test_words_lengths_and_numbers_from_one_are_understood(tmp_path: Path) -> None:
    lines = [f"1,{s},{e - s},{label},{TEXT[s:e]}" for label, (s, e) in WHERE.items()]
    path = table(tmp_path / "a.csv", "doc,offset,length,label,text\n" + "\n".join(lines))
    assert {s.label: (s.start, s.end) for s in read(path, texts=TEXTS)[0].spans} == WHERE
    one = [f'1,{s + 1},{e},{label},"{TEXT[s:e]}","{TEXT}"' for label, (s, e) in WHERE.items()]
    path = table(tmp_path / "b.csv", "doc,start,end,label,words,text\r\n" + "\r\n".join(one))
    report = ReadReport()
    assert {s.label: (s.start, s.end) for s in read(path, report)[0].spans} == WHERE
    assert report.changed.counts == {"spans whose first character counts as 1, not 0": 3}
    utf16 = [f"1,{s + (s > 7)},{e + (e > 7)},{label},{TEXT[s:e]}" for label, (s, e) in WHERE.items()]
    path = table(tmp_path / "c.csv", "doc,start,end,label,words\n" + "\n".join(utf16))
    assert {s.label: (s.start, s.end) for s in read(path, report, texts=TEXTS)[0].spans} == WHERE
    assert report.moved["UTF-16 code units"].spans == 2


def test_texts_in_the_table_are_used_whatever_their_column(tmp_path: Path) -> None:
    for header in ("id,start,end,label,text", "id,start,end,label,document_text", "id,start,end,label,sentence"):
        path = table(tmp_path / "x.csv", rows(header, f'"{TEXT}"'))
        assert [d.text for d in read(path)] == [TEXT]
        path = table(tmp_path / "x.csv", rows(header, f'"{TEXT}"') + f'1,,,,"{TEXT}!"\n')
        with pytest.raises(DataError, match=r"5: document '1': the text differs from that of an earlier row"):
            read(path)
    path = table(tmp_path / "x.csv", "start,end,label,words,text\n0,1,ACTOR,a,a b\n0,1,ACTOR,c,c d\n2,3,DATE,b,a b\n")
    assert [(d.id, d.text, len(d.spans)) for d in read(path)] == [("x#1", "a b", 2), ("x#2", "c d", 1)]


def test_missing_numbers_stand_for_documents_without_spans(tmp_path: Path) -> None:
    for missing in ("", "NA", "NaN", "."):
        path = table(tmp_path / "x.csv", rows("id,start,end,label") + f"2,{missing},{missing},\n")
        assert [(d.id, len(d.spans)) for d in read(path, texts=TEXTS)] == [("1", 3), ("2", 0)]
    path = table(tmp_path / "x.csv", rows("id,start,end,label") + "2,0.0,1.0,ACTOR\n\n,,,\n")
    assert [len(d.spans) for d in read(path, texts=TEXTS)] == [3, 1]


def test_values_fields_and_other_columns(tmp_path: Path) -> None:
    header = "document,start,end,label,surface,value_id,value.lat,value_lon,value_min,value_approx,id,score,note,unsure,colour"
    cells = [
        "1,12,16,LOCATION,Sarn,,1.5,-2,,,s1,0.25,n,true,red",
        "1,18,28,COUNT,at least 4,,,,4,True,,,,False,",
        "1,0,6,ACTOR,Émeute,x,,,many,,,,,,",
    ]
    path, report, audit = table(tmp_path / "x.csv", "\n".join([header, *cells])), ReadReport(), list[AuditRow]()
    report.audit = audit.append
    actor, place, count = read(path, report, texts=TEXTS)[0].spans
    assert (place.id, place.score, place.note, place.unsure, place.value.lat, place.value.lon) == (
        "s1",
        0.25,
        "n",
        True,
        1.5,
        -2,
    )
    assert (count.value.min, count.value.approx, actor.value.id) == (4, True, "x")
    assert report.left_out.counts == {
        "attributes 'colour' that no field holds": 1,
        "attributes 'min' that no field holds": 1,
    }
    assert [row.action for row in audit] == ["kept"] * 3


def test_lines_of_json_are_tables_too(tmp_path: Path) -> None:
    items = [
        {"doc": 1, "start": s, "end": e, "label": label, "text": TEXT[s:e], "value": None}
        for label, (s, e) in WHERE.items()
    ]
    items += [{"doc": 2, "start": None, "end": None, "label": None}]
    for name, text in (("x.jsonl", "\n".join(map(json.dumps, items))), ("x.json", json.dumps(items))):
        path = table(tmp_path / name, text)
        assert SPANS.recognises(FileSample(path))
        assert [(d.id, len(d.spans)) for d in read(path, texts=TEXTS)] == [("1", 3), ("2", 0)]
    with pytest.raises(UsageError, match="`encoding` has no effect on JSON"):
        read(path, encoding="latin-1", texts=TEXTS)


def test_annotators_in_a_column_are_passes(tmp_path: Path) -> None:
    path = table(tmp_path / "x.csv", "doc,start,end,label,coder\n1,0,6,ACTOR,ann\n1,12,16,LOCATION,ben\n2,,,,ann\n")
    with pytest.raises(DataError, match="annotated by several people: ann, ben"):
        read(path, texts=TEXTS)
    documents = read(path, texts=TEXTS, passes=True)
    assert [(d.id, d.layer and d.layer.annotator, len(d.spans)) for d in documents] == [
        ("1", "ann", 1),
        ("1", "ben", 1),
        ("2", "ann", 0),
    ]


def test_named_columns_precede_guesses(tmp_path: Path) -> None:
    path = table(tmp_path / "x.csv", "key,a,b,start,end,label,note,words\n1,0,6,90,95,ACTOR,LOCATION,Émeute\n")
    (document,) = read(path, columns="id=key, start=a,end=b,label=note", texts=TEXTS)
    assert [(s.start, s.end, s.label) for s in document.spans] == [(0, 6, "LOCATION")]
    for spec, message in (
        ("begin", "unknown 'begin'"),
        ("size=a", "unknown 'size=a'"),
        ("start=c", "no column 'c'"),
        ("start=a,start=b", "start is named twice"),
        ("start", "unknown 'start'"),
    ):
        with pytest.raises(UsageError, match=message):
            named_columns(spec, ["a", "b"])
    assert named_columns("text=a b,document=c,d", ["a b", "c,d"]) == {"words": "a b", "id": "c,d"}
    assert "length" not in guessed_columns(["start", "end", "length"], {})


def test_other_encodings_are_named_or_marked(tmp_path: Path) -> None:
    text = rows("id,start,end,label,document_text", '"Émeute in x Sarn; at least 4 hurt."')
    for encoding, options in (
        ("latin-1", {"encoding": "latin-1"}),
        ("utf-16", {}),
        ("utf-16-le", {"encoding": "utf-16"}),
        ("utf-8-sig", {}),
        ("cp1252", {"encoding": "cp1252"}),
    ):
        path = table(tmp_path / "x.csv", text, encoding)
        assert read(path, **options)[0].text == "Émeute in x Sarn; at least 4 hurt."
    table(path, text, "latin-1")
    with pytest.raises(DataError, match=r"x.csv:2: byte \d+ is not utf-8. Fix: .*`encoding`"):
        read(path)
    with pytest.raises(UsageError, match="unknown encoding 'nope'"):
        read(path, encoding="nope")
    table(path, text.replace("É", "E"), "utf-16-le")
    with pytest.raises(DataError, match="NUL character"):
        read(path)


BROKEN = {
    "": "the file is empty",
    "Sentence #,Word,Tag\nSentence: 1,Goma,B-geo\n": r"hold start, end;.* if the rows are tokens, write each with a tab",
    "a,b\n1,2\n": r"no column is known to hold start, label, end, id.* `columns`: start=…",
    "id,start,end,label\n1,0,1,ACTOR\n": r"the file has no texts of documents.*`restore`.*document_text=…",
    "id,start,end,label,id\n": "duplicate column 'id'",
    'id,start,end,label,document_text\n1,0,1,ACTOR,"a\n': "close all quotes",
    "id,start,end,label,document_text\n1,0,1,ACTOR\n1,0\n": r"2: 4 cells, and the header has 5(.|\n)*3: 2 cells",
    "id,start,end,label,document_text\n1,x,1,ACTOR,a b\n": 'bounds are not whole numbers: "x" and "1"',
    "id,start,end,label,document_text\n1,0,1.5,ACTOR,a b\n": "not whole numbers",
    "id,start,end,label,document_text\n1,0,1,,a b\n": "the span of line 2 has no label",
    "id,start,end,label,document_text\n,0,1,ACTOR,a b\n": "there is no id under 'id'",
    "id,start,end,label,document_text\n1,0,9,ACTOR,a b\n": r"\[0, 9\) is not in the text",
    "id,start,end,label,document_text\n1,2,1,ACTOR,a b\n": "is not in the text",
    "id,start,end,label,words,document_text\n1,0,1,ACTOR,z,a b\n": "says 'z', but the text has 'a'",
    "id,start,end,label,document_text\n1,0,1,ACTOR,a b\n2,0,1,ACTOR,\n": "document '2': no row of the document has its text",
}


@pytest.mark.parametrize("text", BROKEN)
def test_broken_tables_are_refused(text: str, tmp_path: Path) -> None:
    path = table(tmp_path / "x.csv", text)
    with pytest.raises(DataError, match=BROKEN[text]) as refused:
        read(path)
    assert refused.value.problems[0].path == str(path)


def test_texts_are_given_by_id(tmp_path: Path) -> None:
    path = table(tmp_path / "x.csv", rows("id,start,end,label"))
    texts = table(tmp_path / "texts.csv", f'id,text\n2,b\n1,"{TEXT}"\n')
    summary = convert_file(path, str(tmp_path / "o.jsonl"), SCHEME, restore=str(texts))
    assert (summary.documents, summary.form, summary.restored) == (1, "spans", 1)
    table(path, rows("id,start,end,label") + "3,0,1,ACTOR\n")
    with pytest.raises(DataError, match="document '3': no given text has this id"):
        convert_file(path, str(tmp_path / "o.jsonl"), SCHEME, restore=str(texts))


def test_separators_are_found_by_the_rows() -> None:
    assert find_separator("a;b\n1,5;2\n2,5;3\n") == ";"
    assert find_separator('a,b\n"x;y;z",2\n') == ","
    assert find_separator("a\tb c\n1\t2, 3\n") == "\t"
    assert find_separator("one\ntwo\n") == ","


def test_a_table_of_dates_is_no_table_of_spans(tmp_path: Path) -> None:
    text = "id,text,start,end,type\n1,Riot in Sarn.,2023-10-01,2023-10-02,riot\n2,Calm.,,,\n"
    assert not SPANS.recognises(FileSample(table(tmp_path / "events.csv", text)))
    assert SPANS.recognises(FileSample(table(tmp_path / "one.csv", text + "3,Riot in Sarn.,8,12,LOCATION\n")))
    line = json.dumps({"id": "1", "start": "2023-10-01", "end": "2023-10-02", "type": "riot"}) + "\n"
    assert not SPANS.recognises(FileSample(table(tmp_path / "events.jsonl", line)))


@pytest.mark.parametrize(("shift", "said"), [(1, True), (0, False)])
def test_most_spans_that_cut_words_are_said(shift: int, said: bool, tmp_path: Path) -> None:
    text = "id,document_text,start,end,label\n"
    text += "".join(f"{n},Rebels left Goma.,{12 + shift},16,LOCATION\n" for n in range(3))
    report = ReadReport()
    read(table(tmp_path / "x.csv", text), report)
    assert any("3 of 3 spans begin or end within a word" in note for note in report.notes) is said


def test_a_score_that_is_no_number_is_said(tmp_path: Path) -> None:
    report = ReadReport()
    text = "id,document_text,start,end,label,confidence\n1,Rebels left Goma.,12,16,LOCATION,high\n"
    (document,) = read(table(tmp_path / "x.csv", text), report)
    assert document.spans[0].score is None
    assert report.left_out.counts == {"attributes 'confidence' that no field holds": 1}
