"""Files as they come: odd shapes, odd places, and sizes at which a careless loop shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goldspan.corpus import check_records, diff_layers, read_records, write_records
from goldspan.corpus.formats.mentioned_entities import EntityCounter
from goldspan.corpus.ingest.text_zones import find_zones
from goldspan.corpus.inspection.record_checks import check_document
from goldspan.schema import DataError, Document, Layer, Problem, Scheme, Span, Zone, parse_scheme

from ..command import GOLDSPAN
from ..conftest import SEEDS, Run


def test_a_build_of_nothing_leaves_the_old_file(goldspan: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.jsonl").write_text('{"text": ""}\n')
    for source in ("empty", "bad.jsonl"):
        assert goldspan("corpus", "build", tmp_path / source, "--out", out, "--lenient").returncode == 1
        assert out.read_text() == "old\n"


def test_what_is_being_written_is_no_source(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    for _ in range(2):
        done = goldspan("corpus", "build", tmp_path, "--out", tmp_path / "out.jsonl")
        assert done.returncode == 0 and "1 document" in done.stderr


ROWS = {
    "spans as text": {"id": "a", "text": "x", "spans": "[]"},
    "layer as text": {"id": "a", "text": "x", "spans": [], "layer": "gold"},
    "a null among spans": {"id": "a", "text": "x", "spans": [{"start": 0, "end": 1, "label": "ACTOR"}, None]},
    "a span without label": {
        "id": "a",
        "text": "x",
        "spans": [{"start": 0, "end": 1, "value": {"ACTOR": {"id": "x"}}}],
    },
    "a flat value": {
        "id": "a",
        "text": "x",
        "spans": [{"start": 0, "end": 1, "label": "ACTOR", "value": {"edtf": "2023"}}],
    },
    "extra that is no JSON": {"id": "a", "text": "x", "spans": [], "extra": "{"},
    "text as bytes": {"id": "a", "text": b"x", "spans": []},
}


@pytest.mark.parametrize("name", ROWS)
def test_a_parquet_row_of_another_shape_is_refused_by_row(name: str, tmp_path: Path, scheme: Scheme) -> None:
    path = tmp_path / "rows.parquet"
    table = pa.Table.from_pylist([ROWS[name]])
    if table.schema.field("spans").type == pa.list_(pa.null()):
        table = table.set_column(2, "spans", pa.array([[]], pa.list_(pa.struct([("start", pa.int64())]))))
    pq.write_table(table, path)
    with pytest.raises(DataError, match=r"rows\.parquet:1: "):
        list(read_records(path, scheme))


LINES = {
    "meta is text": b'{"text": "x", "meta": "hello"}',
    "extra is a list": b'{"text": "x", "extra": ["x"], "more": 1}',
    "surrogate": b'{"text": "x \\ud800"}',
    "deep": b"[" * 100000,
    "NaN": b'{"text": "x", "foo": NaN}',
    "id is a list": b'{"text": "x", "id": ["a"]}',
    "id is true": b'{"text": "x", "id": true}',
    "id is a fraction": b'{"text": "x", "id": 1.0}',
}


@pytest.mark.parametrize("name", LINES)
def test_a_messy_line_is_one_error_and_lenient_goes_on(name: str, goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b'{"text": "fine"}\n' + LINES[name] + b'\n{"text": "fine too"}\n')
    strict = goldspan("corpus", "build", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl")
    assert strict.returncode == 1 and "in.jsonl:2: " in strict.stderr and strict.stderr.count("\n") == 1
    lenient = goldspan("corpus", "build", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl", "--lenient")
    assert lenient.returncode == 1 and "2 documents" in lenient.stderr and "Traceback" not in lenient.stderr


def test_manifests_are_read_once_and_say_what_they_do_not_understand(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.txt").write_text("x")
    for text, message in {
        '[[articles]]\nfile = "a.txt"\n': "unknown key articles",
        "article = 5\n": "unknown key article",
        '[[article]]\nfile = "sub/a.txt"\n': "is in another folder",
    }.items():
        (tmp_path / "b.txt").write_text("y")
        (tmp_path / "manifest.toml").write_text(text)
        done = goldspan("corpus", "build", tmp_path, "--out", tmp_path / "out.jsonl")
        assert done.returncode == 1 and message in done.stderr and "Traceback" not in done.stderr


def test_what_reading_refuses_is_not_written(tmp_path: Path, scheme: Scheme) -> None:
    actor = scheme.value("ACTOR", id="x")
    wrong: list[list[Document]] = [
        [Document(id="a", text="x", spans=(Span(5, 2, "ACTOR"),))],
        [Document(id="a", text="x", spans=(Span(0, 1, "NOPE"),))],
        [Document(id="a", text="x", spans=(Span(0, 1, "DATE", actor),))],
        [Document(id="a", text="x", text_sha256="0" * 64, spans=())],
        [Document(id="a", spans=())],
        [Document(id="a", text="\ud800", spans=())],
        [Document(id="a", text="x", spans=()), Document(id="a", text="y", spans=())],
    ]
    for documents in wrong:
        for suffix in (".jsonl", ".parquet"):
            with pytest.raises(DataError):
                write_records(tmp_path / f"out{suffix}", documents, scheme)
    assert list(tmp_path.iterdir()) == []


def test_a_scheme_without_fields_is_stored_as_parquet_too(tmp_path: Path) -> None:
    scheme = parse_scheme('name = "x"\nversion = 1\n[labels.A]\ndefinition = "d"\n')
    documents = [Document(id="a", text="x", spans=(Span(0, 1, "A"),)).with_hash()]
    write_records(tmp_path / "out.parquet", documents, scheme)
    assert list(read_records(tmp_path / "out.parquet", scheme)) == documents


def test_suffixes_mean_the_same_in_capitals_and_parquet_is_not_packed_twice(goldspan: Run, tmp_path: Path) -> None:
    out = tmp_path / "OUT.JSONL.GZ"
    assert goldspan("corpus", "build", SEEDS, "--out", out).returncode == 0
    assert out.read_bytes()[:2] == b"\x1f\x8b"
    assert goldspan("corpus", "check", out).returncode == 0
    assert goldspan("corpus", "build", SEEDS, "--out", tmp_path / "out.parquet.gz").returncode == 2


def test_many_writers_of_one_file_leave_one_whole_file(tmp_path: Path, scheme: Scheme) -> None:
    path = tmp_path / "out.jsonl"
    documents = [Document(id=str(n), text="x" * 100, spans=()) for n in range(500)]
    failed: list[BaseException] = []

    def write() -> None:
        try:
            write_records(path, documents, scheme)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == [] and len(list(read_records(path, scheme))) == 500 and list(tmp_path.iterdir()) == [path]


def test_closed_streams_are_said(tmp_path: Path) -> None:
    for call in ("schema show >&-", "corpus check - <&-"):
        done = subprocess.run(["bash", "-c", f"{GOLDSPAN} {call}"], capture_output=True, encoding="utf-8", timeout=60)
        assert done.returncode == 3 and "closed" in done.stderr and "Traceback" not in done.stderr


def test_the_bare_command_prints_its_help(goldspan: Run) -> None:
    done = goldspan()
    assert done.returncode == 2 and "Usage: goldspan" in done.stderr and "error:" not in done.stderr


BODY = "Fighting went on for a third day around the town, and officials on both sides spoke of heavy losses. " * 2
NEWS = [
    "World\nRussia Hits Kyiv TV Tower\n" + BODY,
    "Title\nReporting by The New York Times found that Russian forces had executed eight men\n" + BODY,
    "Title\nBy Friday\nBy Land and Sea\n" + BODY,
    "Half agreed (according to a Reuters/Ipsos poll of 1,000 adults).",
    "A statement of the Hezbollah Media Office via AFP said so.",
    "This report may not be the last, the UN warned, as 12 people were killed.",
    "2023-10-07 was the day on which Hamas attacked.",
]


@pytest.mark.parametrize("text", NEWS)
def test_news_is_no_zone(text: str) -> None:
    assert [zone.kind for zone in find_zones(text) if zone.kind != "section"] == []


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_text_without_breaks_or_punctuation_is_not_swallowed(path: Path) -> None:
    joined = " ".join(path.read_text("utf-8").split())
    for text in (joined, re.sub(r"[^\w\s]", "", joined)):
        assert sum(zone.end - zone.start for zone in find_zones(text)) < len(text) / 4


def test_common_notices_credits_and_stamps_are_found() -> None:
    found = {
        "Editor's note: this story was updated. " + BODY: "notice",
        "\ufeff date 2023-11-06 U.S. airstrikes": "stamp",
        "Title\nUpdated 4:57 PM GMT+3, November 8, 2023\n" + BODY: "time",
        "A man walks. REUTERS/Mohammed Salem\n" + BODY: "credit",
        "Title\nBy Reuters\n" + BODY: "byline",
    }
    for text, kind in found.items():
        assert [zone.kind for zone in find_zones(text)] == [kind]


def test_nothing_is_quadratic(goldspan: Run, tmp_path: Path, scheme: Scheme) -> None:
    """It comes to an end, for which a careless way needs minutes to hours; benchmarks/growth.py holds the time."""
    for text in ("T\nBy " + "A- " * 60 + "!\n", "A." * 50_000, "http://a.b/c " * 20_000):
        find_zones(text)
    text = "word " * 100_000
    spans = tuple(Span(n * 5, n * 5 + 4, "ACTOR") for n in range(100_000))
    whole = Document(id="a", text=text, spans=(Span(0, 499_999, "DATE"), *spans))
    diff_layers([whole], [whole])
    entities = EntityCounter(scheme)
    for n in range(30_000):
        actor = Span(0, 2, "ACTOR", scheme.value("ACTOR", id=f"a{n}"))
        entities.add(Document(id=str(n), text="it", spans=(actor,)))
    zones = tuple(Zone(n * 50, n * 50 + 4, "url") for n in range(10_000))
    check_document(Document(id="a", text=text, spans=spans, zones=zones), scheme)
    for n in range(2000):
        (tmp_path / f"{n}.txt").write_text("x")
    (tmp_path / "manifest.toml").write_text("".join(f'[[article]]\nfile = "{n}.txt"\n' for n in range(2000)))
    out = tmp_path / "out.jsonl"
    goldspan("corpus", "build", tmp_path, "--out", out).check_returncode()


def test_csv_keeps_ids_behind_a_byte_order_mark_and_names_the_line(goldspan: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.jsonl"
    source.write_bytes(b"\xef\xbb\xbfid,text\nseven,x\n")
    for encoding in ("utf-8", "detect"):
        assert goldspan("corpus", "build", source, "--out", out, "--encoding", encoding).returncode == 0
        assert json.loads(out.read_text())["id"] == "seven"
    source.write_bytes(b"id,text\n" + b"".join(b"%d,x\n" % n for n in range(12_000)) + b"last,\xe9\n")
    assert (
        f"{source}:12002: byte 6 of the line is not utf-8" in goldspan("corpus", "build", source, "--out", out).stderr
    )
    source.write_bytes(b"id,text,text\n1,x,y\n")
    assert "duplicate column 'text'" in goldspan("corpus", "build", source, "--out", out).stderr


def test_folders_that_cannot_be_read_are_said(goldspan: Run, tmp_path: Path) -> None:
    if os.geteuid() == 0:  # root reads everything: a folder that goes away stands for one that is locked
        assert "no such file or folder" in goldspan("corpus", "build", tmp_path / "gone", "--out", "-").stderr
        return
    locked = tmp_path / "locked"
    locked.mkdir()
    (tmp_path / "a.txt").write_text("x")
    locked.chmod(0)
    done = goldspan("corpus", "build", tmp_path, "--out", tmp_path / "out.jsonl")
    locked.chmod(0o700)
    assert done.returncode == 1 and "locked: cannot be read" in done.stderr


def test_pipes_in_a_folder_are_passed_over(goldspan: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "a.txt").write_text("x")
    assert goldspan("corpus", "build", tmp_path, "--out", tmp_path / "out.jsonl").returncode == 0


def test_ids_scores_and_times_of_spans_and_layers_are_checked(scheme: Scheme) -> None:
    spans = (Span(0, 1, "ACTOR", id="s1", score=7.0), Span(2, 3, "ACTOR", id="s1"))
    layer = Layer(created="yesterday", lead_time=-5.0)
    problems = [p.what for p in check_document(Document(id="a", text="x y", spans=spans, layer=layer), scheme)]
    for said in (
        "score of 7.0",
        "duplicate span id 's1'",
        "'yesterday' is not a valid time",
        "lead_time -5.0 is negative",
    ):
        assert any(said in what for what in problems)


def test_deep_nesting_in_extra_is_no_crash(tmp_path: Path, scheme: Scheme) -> None:
    path = tmp_path / "deep.jsonl"
    nested = "[" * 600 + "]" * 600
    path.write_text(
        f'{{"id": "a", "text": "x", "extra": {{"x": {nested}}}, "spans": [{{"start": 0, "end": 9, "label": "ACTOR"}}]}}\n'
    )
    problems: list[Problem] = []
    check_records(path, scheme, problems.append)
    assert len(problems) == 1
