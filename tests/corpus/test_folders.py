"""Folders and zips: files of one format are read as one source, files of several are refused by name."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from goldspan.corpus.formats import ReadOptions, ReadReport, detect_format, read_any
from goldspan.corpus.formats.format_registry import recognised_formats
from goldspan.schema import DataError, Document, GoldspanError, UsageError

from .written import SCHEME

TEXT = "😊 M23 rebels left Goma."
_WORDS = ["😊", "M23", "rebels", "left", "Goma", "."]
_SPANS = [(2, 12, "ACTOR"), (18, 22, "LOCATION")]
_BARE = [{"start": start, "end": end, "label": label} for start, end, label in _SPANS]
_TOKENS = {"tokens": _WORDS, "ner_tags": ["O", "B-ACTOR", "I-ACTOR", "O", "B-LOCATION", "O"]}


def lines(*items: Mapping[str, object]) -> str:
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items)


_TAGGED = "".join(f"{token}\t{tag}\n" for token, tag in zip(_WORDS, _TOKENS["ner_tags"], strict=True))

KINDS: dict[str, tuple[str, Callable[[int], str]]] = {
    "doccano": ("{}.jsonl", lambda n: lines({"id": n, "text": TEXT, "label": _SPANS, "Comments": []})),
    "prodigy": (
        "{}.jsonl",
        lambda n: lines({"text": TEXT, "spans": _BARE, "_input_hash": n, "_task_hash": 2, "answer": "accept"}),
    ),
    "spans": ("{}.csv", lambda n: f"id,start,end,label,document_text\n{n},2,12,ACTOR,{TEXT}\n{n},18,22,LOCATION,\n"),
    "conll": ("{}.txt", lambda n: _TAGGED + "\n"),
    "hf-spans": ("{}.jsonl", lambda n: lines({"id": n, "text": TEXT, "entities": _BARE})),
    "hf-tokens": ("{}.json", lambda n: json.dumps([{"id": n, **_TOKENS}])),
    "jsonl": ("{}.jsonl", lambda n: lines({"id": str(n), "text": TEXT, "spans": _BARE})),
    "pubtator": (
        "{}.txt",
        lambda n: f"{n}|t|{TEXT}\n{n}|a|\n{n}\t2\t12\tM23 rebels\tACTOR\n{n}\t18\t22\tGoma\tLOCATION\n",
    ),
    "spacy-json": ("{}.json", lambda n: json.dumps([[TEXT, {"entities": _SPANS}]])),
    "studio": (
        "{}.json",
        lambda n: json.dumps(
            [
                {
                    "id": n,
                    "data": {"text": TEXT},
                    "annotations": [
                        {
                            "result": [
                                {
                                    "from_name": "ner",
                                    "to_name": "text",
                                    "type": "labels",
                                    "value": {"start": start, "end": end, "labels": [label]},
                                }
                                for start, end, label in _SPANS
                            ]
                        }
                    ],
                }
            ]
        ),
    ),
}


def zip_of(folder: Path) -> Path:
    with zipfile.ZipFile(folder.with_suffix(".zip"), "w") as archive:
        archive.writestr("__MACOSX/._a", b"\0")
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.write(path, path.relative_to(folder))
    return folder.with_suffix(".zip")


def surfaces(document: Document) -> list[tuple[str, str]]:
    return [(document.surface(span), span.label) for span in document.spans]


@pytest.mark.parametrize("name", KINDS)
def test_files_of_one_format_are_read_as_one_source(name: str, tmp_path: Path) -> None:
    file, content = KINDS[name]
    folder = tmp_path / "given"
    (folder / "more").mkdir(parents=True)
    for number, stem in enumerate(("anna", "ben", "more/cy"), 1):
        (folder / file.format(stem)).write_text(content(number), encoding="utf-8")
    (folder / "README.md").write_text("# About\n")
    (folder / ".hidden.jsonl").write_text("{")
    for source in (folder, zip_of(folder)):
        assert [form.name for form in recognised_formats(source)] == [name]
        report = ReadReport()
        found = list(read_any(source, SCHEME, report))
        assert len({document.id for document in found}) == 3
        assert {tuple(surfaces(d)) for d in found} == {(("M23 rebels", "ACTOR"), ("Goma", "LOCATION"))}
        assert "not read of the folder: README.md" in report.notes or name == "conll"


@pytest.mark.parametrize("other", sorted(KINDS))
def test_files_of_several_formats_are_refused_by_name(other: str, tmp_path: Path) -> None:
    first = "spans" if other != "spans" else "doccano"
    for name, stem in ((first, "a"), (other, "b")):
        file, content = KINDS[name]
        (tmp_path / "d").mkdir(exist_ok=True)
        (tmp_path / "d" / file.format(stem)).write_text(content(1), encoding="utf-8")
    for source in (tmp_path / "d", zip_of(tmp_path / "d")):
        with pytest.raises(UsageError, match="holds files of several formats") as refused:
            detect_format(source)
        said = refused.value.lines[0]
        assert said.startswith(str(source)) and all(f"{name} (" in said for name in (first, other)), said
        assert any(word in said for word in ("a.csv", "a.jsonl")) and "Fix: " in said
        found = list(read_any(source, SCHEME, report := ReadReport(), name=other))
        assert len(found) == 1 and any(note.startswith("not read of the folder: a.") for note in report.notes)


def test_a_folder_of_a_tool_with_files_of_another_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "a.ann").write_text("T1\tACTOR 2 12\tM23 rebels\n")
    assert detect_format(tmp_path).name == "brat"
    (tmp_path / "all.jsonl").write_text(KINDS["doccano"][1](1), encoding="utf-8")
    with pytest.raises(UsageError, match=r"several formats: brat \(a\.ann\), doccano \(all\.jsonl\)"):
        detect_format(tmp_path)
    assert len(list(read_any(tmp_path, SCHEME, ReadReport(), name="brat"))) == 1


def test_the_files_of_people_are_their_passes(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    for person in ("anna", "ben"):
        (folder / f"{person}.jsonl").write_text(KINDS["doccano"][1](7), encoding="utf-8")
    (folder / "unknown.jsonl").write_text(lines({"id": 8, "text": "x", "label": [], "Comments": []}))
    passes = ReadOptions(passes=True)
    for source in (folder, zip_of(folder)):
        with pytest.raises(DataError, match=r"it is also in .*anna\.jsonl:1.*person it is named after") as refused:
            list(read_any(source, SCHEME, ReadReport()))
        assert [problem.path for problem in refused.value.problems] == [f"{source}/ben.jsonl"]
        assert "/tmp" not in str(refused.value).replace(str(tmp_path), "")
        found = list(read_any(source, SCHEME, ReadReport(), options=passes))
        people = [(d.id, d.layer.annotator if d.layer else None) for d in found]
        assert people == [("7", "anna"), ("7", "ben"), ("8", None)]
    for path in folder.iterdir():
        path.unlink()
    (folder / "all.jsonl").write_text(KINDS["doccano"][1](7), encoding="utf-8")
    with pytest.raises(UsageError, match="names no annotators"):  # `all` is nobody
        list(read_any(zip_of(folder), SCHEME, ReadReport(), options=passes))
    assert [d.id for d in read_any(zip_of(folder), SCHEME, ReadReport())] == ["7"]


def test_offsets_are_those_of_the_whole_folder(tmp_path: Path) -> None:
    """Where only one file tells the unit, the other is read in it."""
    for stem, text, span in (
        ("a", "😊😊 Goma fell", [5, 9, "LOCATION"]),
        ("b", "😊 in Goma or Bukavu", [14, 20, "LOCATION"]),
    ):
        (tmp_path / f"{stem}.jsonl").write_text(lines({"id": stem, "text": text, "label": [span]}), encoding="utf-8")
    found = [surfaces(d) for d in read_any(tmp_path, SCHEME, ReadReport())]
    assert found == [[("Goma", "LOCATION")], [("Bukavu", "LOCATION")]]


def test_ids_of_records_are_unique_in_a_folder(tmp_path: Path) -> None:
    for stem in ("a", "b"):
        (tmp_path / f"{stem}.jsonl").write_text(KINDS["jsonl"][1](1), encoding="utf-8")
    with pytest.raises(DataError, match=r"b\.jsonl: document '1': duplicate document id; it is also in a\.jsonl"):
        list(read_any(tmp_path, SCHEME, ReadReport()))


def _zipped(names: Mapping[str, str], data: bytes = b"") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return packed.getvalue() + data


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", _zipped({})),
        ("a.zip", _zipped({"notes.txt": "no annotations"})),
        ("a.zip", _zipped({"a.jsonl": "{"})),
        ("a.zip", _zipped({"a.jsonl": "x" * 999})[:-300] + _zipped({"b": "y"})[-60:]),
        ("a.docx", _zipped({"a.jsonl": KINDS["doccano"][1](1)})),
        ("a.zip", _zipped({"[Content_Types].xml": "<x/>", "a.jsonl": KINDS["doccano"][1](1)})),
    ],
)
def test_zips_without_annotations_are_refused(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(GoldspanError, match=rf"{name}.* Fix: "):
        list(read_any(tmp_path / name, SCHEME, ReadReport()))


def test_no_file_of_a_zip_is_written_beside_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (unpacking := tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(unpacking))
    path = tmp_path / "a.zip"
    path.write_bytes(_zipped({"../../out.jsonl": KINDS["doccano"][1](1), "/out.jsonl": KINDS["doccano"][1](2)}))
    assert {d.id for d in read_any(path, SCHEME, ReadReport())} <= {"1", "2"}
    assert list(tmp_path.rglob("out.jsonl")) == [] and not Path("/out.jsonl").exists()


def test_a_zip_of_tables_is_not_taken_for_webanno(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    path.write_bytes(_zipped({"a.tsv": "id\tstart\tend\tlabel\tdocument_text\n1\t0\t4\tLOCATION\tGoma\n"}))
    assert detect_format(path).name == "spans"
