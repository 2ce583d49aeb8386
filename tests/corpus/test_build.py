from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goldspan.corpus import build_documents
from goldspan.corpus.ingest.articles import SourceOptions
from goldspan.corpus.ingest.sources import read_articles
from goldspan.schema import DataError, Document, Problem, Scheme, UsageError

from ..conftest import SEEDS

SEED_HASHES = {
    "000_4a5eb45f31d5ab59": "a070356054391f3a5fc515f8ddacb92e378d731ef2a1686d6c9bb9a8a029f8cc",
    "001_790a44813a9ab403": "2a74bdf075a93a8d8e4ea37fd85df61ed177d69a912ee57b966736fc0ccbe384",
    "002_9f6ca9aef50e09a2": "1c718040d2bf70aa750a2f09494a5237285d0a88a7a146e906f6134f788a2d6d",
    "003_223500e304d675b6": "972c79597d37380206b970cc8d8f144c4ca3ceb106fc759d1d918f0917061f8c",
    "004_8a7f7efb8d8839db": "6274a1a943b924b78b7cfca69ae884d081a85208b7ac3e2f0ca19f2d7c866d01",
}


def build(source: Path, scheme: Scheme, *notes: list[Problem], **how: object) -> list[Document]:
    def refuse(problem: Problem) -> None:
        raise DataError(problem)

    note = notes[0].append if notes else refuse
    options = SourceOptions(**how, note=note)
    return list(build_documents(read_articles(str(source), options), scheme, report=refuse, note=note))


def test_the_seeds_are_byte_for_byte_what_they_were() -> None:
    digests = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in SEEDS.glob("*.txt")}
    assert digests == SEED_HASHES


def test_the_seeds_have_these_days_and_zones(scheme: Scheme) -> None:
    documents = build(SEEDS, scheme)
    assert [document.meta.published for document in documents] == [
        "2023-11-06",
        "2023-11-15",
        None,
        "2023-10-25",
        "2023-11-07",
    ]
    zones = [[(zone.kind, document.surface(zone)) for zone in document.zones] for document in documents]
    assert zones[0] == [("stamp", " date 2023-11-06")]
    assert zones[1] == [("stamp", " date 2023-11-15")]
    assert [kind for kind, _ in zones[2]] == ["credit", "notice", "credit", "related"]
    assert zones[2][0][1] == "(Photo by Delil souleiman / AFP)"
    assert zones[2][1][1].startswith("The erroneous mention appearing in the metadata of this photo")
    assert zones[2][1][1].endswith("remain at your disposal for any further information you may require.")
    assert zones[2][2][1] == "DELIL SOULEIMAN/AFP via Getty Images"
    assert zones[2][3][1] == "Read Also: Former Chinese Premier Li Keqiang Dead at 68 After Sudden Heart Attack"
    assert zones[3] == [
        (
            "url",
            "https://icaro.icaromediagroup.com/system/images/photos/15839606/original/open-uri20231025-56-yk15bz?1698273880",
        ),
        ("byline", "ICARO Media Group"),
        ("section", "Politics"),
        ("time", "25/10/2023 22h43"),
        (
            "disclaimer",
            "The views expressed in this article do not reflect the opinion of ICARO, or any of its affiliates.",
        ),
        ("related", "Related"),
    ]
    assert zones[4] == [("stamp", " date 2023-11-07")]


def test_a_text_is_kept_exactly_as_it_decodes(tmp_path: Path, scheme: Scheme) -> None:
    text = "\ufeff  Iran\r\n\r\nsaid\u2028so. \n\n"
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "a.b.txt").write_bytes(text.encode())
    [document] = build(tmp_path, scheme)
    assert (document.id, document.text) == ("deep/er/a.b", text)
    assert document.text_sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_tables_give_text_metadata_and_whatever_else(tmp_path: Path, scheme: Scheme) -> None:
    rows = [
        {"body": "Two\r\nlines, “quoted”", "when": "6 November 2023", "title": "T", "tone": "-3"},
        {"body": "Plain", "when": "", "title": "", "tone": ""},
    ]
    quoted = '"Two\r\nlines, “quoted”",6 November 2023,T,-3\r\nPlain,,,\r\n'
    (tmp_path / "news.csv").write_bytes(("body,when,title,tone\r\n" + quoted).encode())
    (tmp_path / "news.jsonl").write_text(
        "".join(json.dumps({k: v for k, v in row.items() if v}) + "\n" for row in rows)
    )
    pq.write_table(
        pa.Table.from_pylist([{k: v or None for k, v in row.items()} for row in rows]), tmp_path / "news.parquet"
    )
    built = {}
    for name in ("news.csv", "news.jsonl", "news.parquet"):
        built[name] = build(tmp_path / name, scheme, columns={"text": "body", "published": "when"})
    first, second = built["news.csv"]
    assert (first.id, second.id) == ("news#1", "news#2")
    assert first.text == "Two\r\nlines, “quoted”"
    assert (first.meta.published, first.meta.title, first.extra) == ("2023-11-06", "T", {"tone": "-3"})
    assert built["news.csv"] == built["news.jsonl"] == built["news.parquet"]


def test_records_keep_their_spans_when_built_again(tmp_path: Path, scheme: Scheme) -> None:
    item = {
        "id": 7,
        "text": "Iran said",
        "spans": [{"start": 0, "end": 4, "label": "ACTOR"}],
        "layer": {"annotator": "x"},
    }
    (tmp_path / "records.jsonl").write_text(json.dumps(item) + "\n")
    [document] = build(tmp_path / "records.jsonl", scheme)
    assert document.id == "7" and document.surface(document.spans[0]) == "Iran"
    assert document.layer is not None and document.layer.annotator == "x"


def test_a_manifest_gives_metadata_and_a_stamp_decides_over_it(tmp_path: Path, scheme: Scheme) -> None:
    (tmp_path / "a.txt").write_text(" date 2024-02-03 News.")
    (tmp_path / "b.txt").write_text("News.")
    manifest = '[[article]]\nfile = "{}.txt"\ntitle = "T"\npublished = "2024-02-01"\n'
    (tmp_path / "manifest.toml").write_text(manifest.format("a") + manifest.format("b"))
    notes: list[Problem] = []
    a, b = build(tmp_path, scheme, notes)
    assert (a.meta.title, a.meta.published, b.meta.published) == ("T", "2024-02-03", "2024-02-01")
    assert [("using that of the stamp" in str(note), note.document) for note in notes] == [(True, "a")]


def test_encodings_are_guessed_only_when_asked(tmp_path: Path, scheme: Scheme) -> None:
    text = "Le président a déclaré que les forces armées étaient prêtes à défendre la frontière.\n" * 3
    (tmp_path / "a.txt").write_bytes(text.encode("cp1252"))
    with pytest.raises(DataError, match=r"a.txt:1: byte 6 is not utf-8. Fix: .*`encoding`"):
        build(tmp_path, scheme)
    assert build(tmp_path, scheme, encoding="cp1252")[0].text == text
    notes: list[Problem] = []
    assert build(tmp_path, scheme, notes, encoding="detect")[0].text == text
    assert "a.txt: detected encoding cp125" in str(notes[0]) and "a guess" in str(notes[0])
    (tmp_path / "a.txt").unlink()
    (tmp_path / "b.csv").write_bytes(f'id,text\n1,x\n2,"{text}"\n'.encode("cp1252"))
    with pytest.raises(DataError, match=r"b.csv:\d+: byte \d+ of the line is not utf-8"):
        build(tmp_path, scheme)
    assert [document.text for document in build(tmp_path, scheme, encoding="cp1252")] == ["x", text]
    assert len(build(tmp_path, scheme, notes, encoding="detect")) == 2
    with pytest.raises(UsageError, match="unknown encoding 'utf-99'"):
        build(tmp_path, scheme, encoding="utf-99")


BAD = {
    "empty text": ({"a.txt": b""}, "a.txt: document 'a': the text is empty"),
    "only blanks": ({"a.txt": b" \n"}, "the text is empty"),
    "doubled id": ({"a.txt": b"x", "a.jsonl": b'{"id": "a", "text": "y"}\n'}, "duplicate document id"),
    "csv without text": ({"a.csv": b"id,body\n1,x\n"}, "a.csv:1: no column 'text'"),
    "csv row too long": ({"a.csv": b"id,text\n1,x,y\n"}, "a.csv:2: more cells"),
    "csv row too short": ({"a.csv": b"id,text\n1\n"}, "a.csv:2: fewer cells"),
    "csv quote left open": ({"a.csv": b'id,text\n1,"x\n'}, "a.csv:"),
    "either day": ({"a.jsonl": b'{"text": "x", "published": "05/10/2023"}\n'}, "a.jsonl:1: document 'a#1': the date '05/10/2023' is 5 October 2023 or 10 May 2023, and no date of the column decides. Fix: name the order in `dates`"),
    "not JSON": ({"a.jsonl": b"hello\n"}, "a.jsonl:1: the line is not JSON"),
    "no object": ({"a.jsonl": b"[1]\n"}, "a.jsonl:1: not a list of articles"),
    "text is a number": ({"a.jsonl": b'{"text": 5}\n'}, "a.jsonl:1: document 'a#1': no text"),
    "bad span": ({"a.jsonl": b'{"text": "x", "spans": [{"start": 0, "end": 5, "label": "ACTOR"}]}\n'}, "ends past the text"),
    "manifest names no file": ({"manifest.toml": b'[[article]]\nfile = "b.txt"\n', "a.txt": b"x"}, "no such file 'b.txt'"),
    "manifest key": ({"manifest.toml": b'[[article]]\nfile = "a.txt"\nauthor = "x"\n', "a.txt": b"x"}, "'author'"),
    "manifest hash": ({"manifest.toml": b'[[article]]\nfile = "a.txt"\nsha256 = "00"\n', "a.txt": b"x"}, "the SHA-256 differs from that in the manifest"),
    "manifest is no TOML": ({"manifest.toml": b"[[", "a.txt": b"x"}, "manifest.toml:1: not TOML"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_source_that_makes_no_record_is_refused(name: str, tmp_path: Path, scheme: Scheme) -> None:
    files, message = BAD[name]
    for file, data in files.items():
        (tmp_path / file).write_bytes(data)
    with pytest.raises(DataError) as refusal:
        build(tmp_path, scheme)
    assert message in str(refusal.value)


def test_files_of_other_kinds_and_hidden_ones_are_passed_over(tmp_path: Path, scheme: Scheme) -> None:
    for name in ("a.txt", ".hidden.txt", "notes.pdf", "README"):
        (tmp_path / name).write_text("x")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "b.txt").write_text("x")
    assert [document.id for document in build(tmp_path, scheme)] == ["a"]
