"""Tables as people have them: separators, quotes, encodings, dates, doubled rows, and columns that hold annotations."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goldspan.corpus import read_records
from goldspan.corpus.formats import format_registry
from goldspan.corpus.formats.file_sample import FileSample
from goldspan.corpus.formats.foreign.foreign_format import ForeignFormat
from goldspan.corpus.ingest.readers.written_dates import written_date
from goldspan.schema import DataError, Document, Problem, Scheme, UsageError
from goldspan.workflows import BuildSummary, build_records

TEXTS = [
    "Iran struck Goma; 12 were hurt, the army said | so.",
    "'We will not leave,' it said.\nA \"second\" line\twith a tab 📰.",
    "He's there",
    'It said: "no"',
]
DELIMITERS = [",", ";", "\t", "|"]
QUOTES = {
    "doubled": {"quotechar": '"'},
    "all doubled": {"quotechar": '"', "quoting": csv.QUOTE_ALL},
    "backslashes": {"quotechar": '"', "doublequote": False, "escapechar": "\\", "quoting": csv.QUOTE_ALL},
    "single": {"quotechar": "'"},
    "all single": {"quotechar": "'", "quoting": csv.QUOTE_ALL},
    "single with backslashes": {"quotechar": "'", "doublequote": False, "escapechar": "\\", "quoting": csv.QUOTE_ALL},
}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-32"]
ENDS = ["\n", "\r\n"]


class Built:
    """What came of a build: the records, the summary, and what was noted."""

    def __init__(self, folder: Path, scheme: Scheme, source: Path, **how: Any) -> None:
        self.noted: list[Problem] = []
        out = folder / "out.records.jsonl"
        self.summary: BuildSummary = build_records([str(source)], str(out), scheme, note=self.noted.append, **how)
        self.documents: list[Document] = list(read_records(out, scheme))
        out.unlink()

    @property
    def texts(self) -> list[str | None]:
        return [document.text for document in self.documents]

    @property
    def published(self) -> list[str | None]:
        return [document.meta.published for document in self.documents]

    @property
    def notes(self) -> str:
        return "\n".join([*map(str, self.noted), *self.summary.source_notes()])


def table_of(rows: list[list[str]], delimiter: str, ends: str, **quoting: Any) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=ends, **quoting).writerows(rows)
    return written.getvalue()


@pytest.mark.parametrize(("delimiter", "quotes"), list(product(DELIMITERS, QUOTES)))
def test_separators_and_quotes_are_told_by_the_rows(
    delimiter: str, quotes: str, tmp_path: Path, scheme: Scheme
) -> None:
    rows = [["id", "text", "desk"], *([str(n), text, "a"] for n, text in enumerate(TEXTS, 1))]
    for suffix, (encoding, ends) in zip((".csv", ".tsv") * 2, zip(ENCODINGS, ENDS * 2, strict=True), strict=True):
        source = tmp_path / f"news{suffix}"
        source.write_bytes(table_of(rows, delimiter, ends, **QUOTES[quotes]).encode(encoding))
        built = Built(tmp_path, scheme, source)
        assert built.texts == TEXTS and [d.id for d in built.documents] == ["1", "2", "3", "4"]
        usual = "\t" if suffix == ".tsv" else ","
        assert ("between cells" in built.notes) == (delimiter != usual)
        assert ("single quotes" in built.notes) == ("single" in quotes)
        assert ("backslashes" in built.notes) == ("backslashes" in quotes)
        assert (f"decoded as {encoding.upper()}" in built.notes) == (encoding in ("utf-16", "utf-32"))
        source.unlink()


ODD_TABLES = {
    "a separator told to Excel": ("sep=;\nid;text\n1;a, b\n", ["a, b"]),
    "blanks after separators": ('id, text\n1, "a, b"\n2, "c"\n', ["a, b", "c"]),
    "an index without a name": (",text\n0,a\n1,b\n", ["a", "b"]),
    "rows and columns without content": ("id,text,,\n1,a,,\n,,,\n\n2,b,,\n", ["a", "b"]),
    "a quotation as the text": ("id,text\n1,'No' he said\n2,b\n", ["'No' he said", "b"]),
    "old line ends": ("id,text\r1,a\r2,b\r", ["a", "b"]),
    "no line end": ("id;text\n1;a", ["a"]),
    "backslashes that are no escapes": ('id,text\n1,C:\\new\n2,"a ""b"" \\n"\n', ["C:\\new", 'a "b" \\n']),
    "an apostrophe first": ('id,text\n1,\'Twas night\n2,"a, b"\n', ["'Twas night", "a, b"]),
}


@pytest.mark.parametrize("name", ODD_TABLES)
def test_odd_tables_are_read(name: str, tmp_path: Path, scheme: Scheme) -> None:
    source = tmp_path / "t.csv"
    source.write_bytes(ODD_TABLES[name][0].encode())
    assert Built(tmp_path, scheme, source).texts == ODD_TABLES[name][1]


BROKEN_TABLES = {
    "rows that do not fit": (
        b"id,text\n1,a,b\n2,c\n3\n4,d,e,f\n",
        ["t.csv:2: more cells", "t.csv:4: fewer cells", "t.csv:5: more cells than the header: 4 instead of 2"],
    ),
    "many": (b"id,text\n" + b"1\n" * 30, ["t.csv:2: fewer", "t.csv:21: fewer", "and 10 more problems"]),
    "a quote left open": (b'id,text\n1,a\n2,"b\n3,c\n', ["t.csv:3: not CSV: a quote that is opened"]),
    "text after a quote": (b'id,text\n1,"a" b\n2,c\n3,"d" e\n', ["t.csv:2: not CSV", "t.csv:4: not CSV"]),
    "several kinds": (
        b"id,text,published\n1,a,05/13/24\n2,b\n3,,\n1,c,\n1,d,\n",
        ["t.csv:2: document '1': the year", "t.csv:3: fewer", "t.csv:4: document '3': no text", "t.csv:6: document '1': duplicate document id: the article at"],
    ),
    "the same id, other texts": (b"id,text\n1,a\n2,b\n1,c\n", ["t.csv:4: document '1': duplicate document id: the article at", "t.csv:2 has it too"]),
    "another encoding": ("id,text\n1,a\n2,é\n".encode("cp1252"), ["t.csv:3: byte 3 of the line is not utf-8. Fix: save the file as UTF-8, name its `encoding`", "'é' in cp1252"]),
    "UTF-16 without a mark": ("id,text\n1,a\n".encode("utf-16-le"), ["t.csv: null bytes, as in UTF-16", "utf-16-le"]),
    "UTF-16 that is cut": ("id,text\n1,a\n".encode("utf-16")[:-1], ["t.csv:2: not utf-16"]),
    "no column": (b"id;body\n1;a\n", ["t.csv:1: no column 'text'. Fix: name it in `columns`; known: body, id"]),
    "nothing": (b"", ["t.csv: the file is empty"]),
    "spans": (b"doc_id,start,end,label,text\n1,0,4,ACTOR,Iran\n1,12,17,LOCATION,Erbil\n", ["t.csv: annotations in the format spans, not articles", "goldspan convert"]),
    "spans of whole texts": (b"text,begin_offset,end_offset,type\nIran left.,0,4,ACTOR\n", ["t.csv: annotations in the format spans"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_TABLES)
def test_all_that_is_wrong_with_a_table_is_said_at_once(name: str, tmp_path: Path, scheme: Scheme) -> None:
    data, messages = BROKEN_TABLES[name]
    source = tmp_path / "t.csv"
    source.write_bytes(data)
    with pytest.raises(DataError) as refusal:
        Built(tmp_path, scheme, source)
    said = "\n".join(refusal.value.lines)
    assert all(message in said for message in messages), said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.csv"]


DATES = {
    **dict.fromkeys(
        """2024-03-04|2024/3/4|2024.03.04|20240304|20240304101112|20240304T101112Z|2024-03-04T23:30:00+02:00|
        2024-03-04 10:11:12.123456|2024-03-04T00:00:00Z|Mon, 04 Mar 2024 10:11:12 +0000|4 Mar 2024|March 4, 2024|
        Mon Mar  4 10:11:12 2024|1709510400|1709510400.5|1709510400000|1709510400000000|45355|45355.75""".replace("\n", "").split("|"),
        "2024-03-04",
    ),
    "04/03/2024": (4, 3, 2024), "4.3.2024": (4, 3, 2024), "04-03-2024 22:43": (4, 3, 2024), "Mon 04/03/2024": (4, 3, 2024), "4. 3. 2024": (4, 3, 2024),
    **dict.fromkeys(["05/13/24", "24-03-04", "4 Mar 24", "Mar 4, 24", "4-Mar-24", "05/10/23 22:43", "Mon, 4 Mar 24 10:00:00 +0000", "4 March '24"], "short year"),
    **dict.fromkeys(["", " ", "n/a", "N/A", "-", "–", "—", "--", "none", "Unknown", "null", "NaN", "NaT", "n.d.", "tbd", "?", "...", "0000-00-00", "#N/A", "\\N", "not available"], "none"),
    # of other calendars
    **dict.fromkeys(["2566-05-13", "13/05/2566", "1402/08/16", "16.08.1402", "5784-01-02", "\u0661\u0664\u0660\u0662/\u0660\u0668/\u0661\u0666"], "unusable"),
    **dict.fromkeys(["yesterday", "2024-02-30", "2024", "2024-03", "March 2024", "5", "-3", "123456", "99999999999999999999999", "1 Jan 99999999999 00:00:00 +0000", "x" * 5000, "20249999"], "unusable"),
}  # fmt: skip


@pytest.mark.parametrize("cell", DATES)
def test_a_cell_says_a_day_or_that_there_is_none(cell: str) -> None:
    written = written_date(cell.strip() if cell.strip() else cell)
    meant = DATES[cell]
    assert (written.day or (written.numbers if written.kind == "numbers" else written.kind)) == meant


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (1709510400, "2024-03-04"), (1709510400.25, "2024-03-04"), (20240304, "2024-03-04"), (45355, "2024-03-04"), (True, None), (0, None),
        (2024, None), ([2024], None), ({"$date": "2024-03-04T00:00:00Z"}, "2024-03-04"), ({"$date": {"$numberLong": "1709510400000"}}, "2024-03-04"),
        (float("nan"), None), (float("inf"), None), (10**400, None), (None, None),
    ],
)  # fmt: skip
def test_numbers_and_objects_are_dates_too(cell: Any, day: str | None) -> None:
    assert written_date(cell).day == day


COLUMNS = {
    "one day decides": (["05/10/2023", "13/10/2023"], None, ["2023-10-05", "2023-10-13"]),
    "one month decides": (["05/10/2023", "10/13/2023", "n/a"], None, ["2023-05-10", "2023-10-13", None]),
    "other forms beside": (["2023-05-10", "05/10/2023", "25.12.2023"], None, ["2023-05-10", "2023-10-05", "2023-12-25"]),
    "day and month are the same": (["05/05/2023"], None, ["2023-05-05"]),
    "named day first": (["05/10/2023"], "dmy", ["2023-10-05"]),
    "named month first": (["05/10/2023"], "mdy", ["2023-05-10"]),
    "no such day": (["31/31/2023", "last week"], None, [None, None]),
}  # fmt: skip
REFUSED_COLUMNS = {
    "nothing decides": (["05/10/2023", "2023-10-13"], None, ["t.csv:2: document 't#1': the date '05/10/2023' is 5 October 2023 or 10 May 2023", "Fix: name the order in `dates`: dmy or mdy"]),
    "two decide": (["05/10/2023", "13/10/2023", "10/13/2023"], None, ["'13/10/2023' in line 3 has the day first, '10/13/2023' in line 4 the month"]),
    "two decide, none is doubtful": (["13/10/2023", "10/13/2023"], None, ["'13/10/2023' in line 2", "'10/13/2023' in line 3"]),
    "not the named order": (["10/13/2023"], "dmy", ["the date '10/13/2023' is not in the order dmy"]),
    "years are not first": (["05/10/2023"], "ymd", ["is not in the order ymd"]),
    "two digits": (["05/10/23"], "dmy", ["the year of the date '05/10/23' has two digits. Fix: write YYYY-MM-DD"]),
}  # fmt: skip


def date_files(folder: Path, dates: list[str]) -> Iterator[Path]:
    rows = [{"text": f"text {n}", "published": cell} for n, cell in enumerate(dates)]
    (folder / "t.csv").write_text(table_of([["text", "published"], *(list(row.values()) for row in rows)], ",", "\n"))
    yield folder / "t.csv"
    (folder / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    yield folder / "t.jsonl"
    (folder / "t.json").write_text(json.dumps(rows, indent=1))
    yield folder / "t.json"
    pq.write_table(pa.Table.from_pylist(rows), folder / "t.parquet")
    yield folder / "t.parquet"


@pytest.mark.parametrize("name", COLUMNS)
def test_the_whole_column_decides_the_order_of_its_dates(name: str, tmp_path: Path, scheme: Scheme) -> None:
    dates, order, days = COLUMNS[name]
    for source in date_files(tmp_path, dates):
        built = Built(tmp_path, scheme, source, dates=order)
        assert built.published == days
        assert built.summary.undated == days.count(None) and built.summary.tally.order_used == bool(order)
        assert ("cannot be used" in built.notes) == (name == "no such day")


@pytest.mark.parametrize("name", REFUSED_COLUMNS)
def test_dates_that_can_be_read_in_two_ways_are_refused(name: str, tmp_path: Path, scheme: Scheme) -> None:
    dates, order, messages = REFUSED_COLUMNS[name]
    source = next(date_files(tmp_path, dates))
    with pytest.raises(DataError) as refusal:
        Built(tmp_path, scheme, source, dates=order)
    assert all(message in str(refusal.value) for message in messages), refusal.value
    with pytest.raises(UsageError, match=r"unknown order 'ydm' in `dates`\. Fix: dmy, mdy, ymd"):
        Built(tmp_path, scheme, source, dates="ydm")


def test_numbers_that_are_dates_are_told(tmp_path: Path, scheme: Scheme) -> None:
    when = datetime(2024, 3, 4, 23, 30, tzinfo=UTC)
    rows = [{"text": "a", "published": when}, {"text": "b", "published": None}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    assert Built(tmp_path, scheme, tmp_path / "t.parquet").published == ["2024-03-04", None]
    (tmp_path / "t.csv").write_text("text,published\na,45355\nb,1709510400\nc,soon\nd,-\n")
    built = Built(tmp_path, scheme, tmp_path / "t.csv")
    assert built.published == ["2024-03-04", "2024-03-04", None, None]
    told = dict(built.summary.tally.dates)
    assert told == {"serial": 1, "clock": 1, "unusable": 1, "none": 1}
    assert (
        "1 article: publication date read as a serial number of a spreadsheet, counted from 1900 ('45355' at"
        in built.notes
    )
    assert built.summary.to_dict()["dates"] == told


LAID_OUT = {
    "an array": lambda items: json.dumps(items),
    "an indented array": lambda items: json.dumps(items, indent=2),
    "an array, an item a line": lambda items: "[\n" + ",\n".join(map(json.dumps, items)) + "\n]\n",
    "lines": lambda items: "".join(json.dumps(item) + "\n" for item in items),
    "lines with blank ones": lambda items: "\n\n".join(map(json.dumps, items)),
    "indented objects": lambda items: "\n".join(json.dumps(item, indent=1) for item in items),
}


@pytest.mark.parametrize(("name", "encoding"), list(product(LAID_OUT, ["utf-8", "utf-8-sig", "utf-16", "cp1252"])))
def test_json_is_read_however_it_is_laid_out(name: str, encoding: str, tmp_path: Path, scheme: Scheme) -> None:
    items = [{"id": "a", "body": {"content": "Zoë } ] left", "n": 1}}, {"id": "b", "body": {"content": "x\ny"}}]
    source = tmp_path / "t.json"
    source.write_bytes(LAID_OUT[name](items).replace("\\u00eb", "ë").encode(encoding))
    built = Built(
        tmp_path,
        scheme,
        source,
        columns={"text": "body.content"},
        encoding="cp1252" if encoding == "cp1252" else "utf-8",
    )
    assert built.texts == ["Zoë } ] left", "x\ny"]
    assert [document.extra for document in built.documents] == [{"body": {"n": 1}}, None]


BROKEN_JSON = {
    "cut": ('[{"text": "a"}, {"text"', "t.json"),
    "a list of texts": ('["a", "b"]', "t.json"),
    "an item that is not an object": ('[{"text": "a"}, [1]]', "the article is not an object"),
    "a broken item": ('[{"text": "a"},\n{"text": tru}]', "t.json:2: article 2 of the file"),
    "a line that is cut": ('{"text": "a"}\n{"text": "b\n', "t.json:2: the line is truncated"),
    "deep": ("[" * 100_000, "t.json"),
    "NaN": ('[{"text": "a", "n": NaN}]', "t.json:1"),
    "tokens": ('[{"tokens": ["Iran"], "ner_tags": [1]}]', "annotations in the format hf-tokens, not articles. Fix: goldspan convert"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_JSON)
def test_json_that_holds_no_articles_is_refused(name: str, tmp_path: Path, scheme: Scheme) -> None:
    (tmp_path / "t.json").write_text(BROKEN_JSON[name][0])
    with pytest.raises(DataError) as refusal:
        Built(tmp_path, scheme, tmp_path / "t.json")
    assert BROKEN_JSON[name][1] in str(refusal.value), refusal.value


def test_a_row_given_twice_is_kept_once_and_texts_given_twice_are_named(tmp_path: Path, scheme: Scheme) -> None:
    (tmp_path / "t.csv").write_text("id,text,desk\n1,a,x\n2,a,x\n1,a,x\n1,a,y\n")
    built = Built(tmp_path, scheme, tmp_path / "t.csv")
    assert [document.id for document in built.documents] == ["1", "2"] and built.summary.warnings.duplicates == 1
    assert "2 articles given twice and kept once ('1' at" in built.notes
    assert "t.csv:2); 1 of them differ in other columns, of which the first were kept" in built.notes
    assert built.summary.to_dict()["extra_columns"] == {"desk": 4} and "columns kept under extra: desk" in built.notes
    spans = [{"start": 0, "end": 1, "label": "ACTOR"}]
    (tmp_path / "two.jsonl").write_text(
        "".join(json.dumps({"id": "1", "text": "a", "spans": s}) + "\n" for s in (spans, []))
    )
    with pytest.raises(DataError, match="with another text or other spans"):  # two passes, of which neither is dropped
        Built(tmp_path, scheme, tmp_path / "two.jsonl")


ANNOTATED: dict[str, list[Any]] = {
    "label": ["[[0, 4, 'ACTOR']]", [[0, 4, "ACTOR"]], '[{"start": 0, "end": 4, "labels": ["ACTOR"]}]'],
    "entities": ["[(0, 4, 'ACTOR')]", [{"start_offset": 0, "end_offset": 4, "label": "ACTOR"}]],
    "labels": [{"ACTOR": {"Iran": [[0, 3]]}}],
    "annotations": [[{"start": 0, "end": 4, "tag": "ACTOR"}], [{"result": [{"value": {"start": 0}}]}]],
    "ner_tags": ["['B-PER', 'O']", ["O"]],
}
PLAIN: dict[str, list[Any]] = {
    "label": ["politics", 3, ["a", "b"], "[sic]"],
    "entities": [["Iran", "Iraq"], 4],
    "tags": ["war, peace"],
    "start": ["2001"],
}


@pytest.mark.parametrize("holding", [True, False])
def test_columns_that_hold_annotations_are_told(holding: bool, tmp_path: Path, scheme: Scheme) -> None:
    for name, cells in (ANNOTATED if holding else PLAIN).items():
        for cell in cells:
            (tmp_path / "t.jsonl").write_text(json.dumps({"text": "Iran left.", name: cell}) + "\n")
            try:
                built = Built(tmp_path, scheme, tmp_path / "t.jsonl")
            except DataError as error:
                assert holding and "annotations in the format " in str(error), cell
                continue
            assert (f"annotations in the columns {name} " in built.notes) == holding, cell
            assert (f"columns kept under extra: {name}" in built.notes) != holding
            assert built.documents[0].extra == {name: cell} and built.documents[0].spans == ()


class Marked(ForeignFormat):
    """A format of another package."""

    name = "marked"
    summary = "lines with marks"

    def recognises(self, sample: FileSample) -> bool:
        return bool(sample.objects) and all("marks" in item for item in sample.objects)


def test_a_file_that_a_format_recognises_is_left_to_convert(
    tmp_path: Path, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(format_registry, "readable_formats", lambda: iter([Marked()]))
    for name in ("a.jsonl", "b.json"):
        (tmp_path / name).write_text('{"text": "x", "marks": []}\n')
    (tmp_path / "c.txt").write_text("x")
    (tmp_path / "c.ann").write_text("")
    with pytest.raises(DataError) as refusal:
        Built(tmp_path, scheme, tmp_path)
    assert [line.partition(": ")[2] for line in refusal.value.lines] == [
        f"annotations in the format marked, not articles. Fix: goldspan convert {tmp_path / name} --from marked --out records.jsonl"
        for name in ("a.jsonl", "b.json")
    ]
    for name in ("a.jsonl", "b.json"):
        (tmp_path / name).unlink()
    built = Built(tmp_path, scheme, tmp_path)
    assert built.texts == ["x"] and "files of annotations are not read: .ann 1. Fix: goldspan convert" in built.notes


def test_nothing_is_printed_before_all_is_read(tmp_path: Path, scheme: Scheme, capfdbinary: Any) -> None:
    (tmp_path / "t.csv").write_text("text\na\nb\n")
    build_records([str(tmp_path / "t.csv")], "-", scheme, note=lambda _: None)
    assert capfdbinary.readouterr().out.count(b"\n") == 2
    (tmp_path / "t.csv").write_text("text,id\na,1\nb\n")
    with pytest.raises(DataError):
        build_records([str(tmp_path / "t.csv")], "-", scheme, note=lambda _: None)
    assert capfdbinary.readouterr().out == b""
