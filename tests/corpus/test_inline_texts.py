"""Texts with their names marked in them, by elements or by tags after slashes; and what is known but not read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from goldspan.corpus.formats import ReadOptions, ReadReport, detect_format, read_any
from goldspan.corpus.formats.format_registry import recognised_formats
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import DataError, Document, UsageError

from .written import SCHEME

LABELS = LabelMap({"ORGANIZATION": "ACTOR", "PER": "ACTOR", "LOC": "LOCATION", "LOCATION": "LOCATION", "DATE": ""})
Spans = list[tuple[str, str]]
M23: Spans = [("M23", "ACTOR"), ("North Kivu", "LOCATION")]


def file(folder: Path, content: str, name: str = "x.txt") -> Path:
    path = folder / name
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    return path


def read(path: Path, report: ReadReport | None = None, form: str = "", **options: Any) -> list[Document]:
    given = ReadOptions(**options)
    return list(read_any(path, SCHEME, report or ReadReport(), name=form, labels=LABELS, options=given))


def surfaces(document: Document) -> Spans:
    return [(document.surface(span), span.label) for span in document.spans]


INLINE: dict[str, tuple[str, list[tuple[str, str, Spans]]]] = {
    "a text": (
        '😊 <ENAMEX TYPE="ORGANIZATION">M23</ENAMEX> left <ENAMEX TYPE="LOCATION">North Kivu</ENAMEX>.',
        [("x", "😊 M23 left North Kivu.", M23)],
    ),
    "documents": (
        "<?xml version='1.0'?><!DOCTYPE x><DOC>\n<DOCNO> a-1 </DOCNO><TEXT>\n<enamex type='ORGANIZATION'>M23</enamex> left</TEXT>\n</DOC>\n"
        "<!-- <ENAMEX> --><DOC id='b'><TEXT>On <TIMEX\n TYPE=DATE>Monday</TIMEX></TEXT></DOC>\n\n",
        [("a-1", "\n\nM23 left\n", [("M23", "ACTOR")]), ("b", "On Monday", [])],
    ),
    "within each other": (
        '<ENAMEX STATUS="OPT" TYPE="ORGANIZATION">M23 of <ENAMEX TYPE="LOCATION">Goma</ENAMEX></ENAMEX>',
        [("x", "M23 of Goma", [("M23 of Goma", "ACTOR"), ("Goma", "LOCATION")])],
    ),
    "references": (
        '3 &lt; 4 &amp; 5 &MD; a < b <ENAMEX TYPE="LOCATION">C&#244;te d&apos;Ivoire</ENAMEX>',
        [("x", "3 < 4 & 5 &MD; a < b Côte d'Ivoire", [("Côte d'Ivoire", "LOCATION")])],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", INLINE)
def test_elements_of_muc_are_spans(case: str, tmp_path: Path) -> None:
    content, expected = INLINE[case]
    for path in (file(tmp_path, content), file(tmp_path, "\ufeff" + content.replace("\n", "\r\n"), "x.sgm")):
        assert detect_format(path).name == "inline"
        found = [(d.id, (d.text or "").replace("\r", ""), surfaces(d)) for d in read(path)]
        assert found == expected


def test_other_elements_are_chosen(tmp_path: Path) -> None:
    content = "<s><PER n='1'>M23</PER> left <LOC>North Kivu</LOC>, <w>too</w></s>"
    path = file(tmp_path, content, "x.xml")
    assert recognised_formats(path) == []
    (document,) = read(path, report := ReadReport(), "inline", columns="layer=PER,layer=loc")
    assert surfaces(document) == M23 and report.left_out.counts["w elements"] == 1
    with pytest.raises(UsageError, match=r"no element 'ORG'. Fix: one of its elements: LOC, PER, S, W"):
        read(path, None, "inline", columns="layer=ORG")
    path = file(tmp_path, "<n k='ORGANIZATION'>M23</n> left <n k='LOC'>North Kivu</n>")
    assert surfaces(*read(path, None, "inline", columns="layer=n,label=K")) == M23


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ('a\n<ENAMEX TYPE="LOC">Goma', 2, "<ENAMEX> has no end"),
        ('<ENAMEX TYPE="LOC">Goma</ENAMEX>\n</ENAMEX>', 2, "ends no element, which is not open"),
        ('<ENAMEX TYPE="LOC">Goma\n<TIMEX TYPE="DATE">x</ENAMEX></TIMEX>', 2, "within <TIMEX> of line 2"),
        ('<DOC>a</DOC>\n<ENAMEX TYPE="LOC">Goma</ENAMEX>', 2, "text outside of the documents"),
        ('<DOC><ENAMEX TYPE="LOC">Goma</ENAMEX>\n<DOC>b</DOC>', 2, "a document without an end"),
        ('<ENAMEX TYPE="LOC">Goma</ENAMEX>\n\udcff', 2, "not UTF-8"),
    ],
)
def test_broken_elements_are_refused_with_their_line(content: str, line: int, what: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=what) as refused:
        read(file(tmp_path, content))
    assert refused.value.problems[0].line == line


SLASHES: dict[str, tuple[str, str, Spans]] = {
    "as printed": (
        "😊/O M23/ORGANIZATION left/O North/LOCATION Kivu/LOCATION ./O\n1\\/2/O and/or/O\n",
        "😊 M23 left North Kivu .\n1/2 and/or",
        M23,
    ),
    "IOB": (
        "M23/B-ORGANIZATION left/O\n\nNorth/B-LOC Kivu/I-LOC Goma/B-LOC",
        "M23 left\n\nNorth Kivu Goma",
        [*M23, ("Goma", "LOCATION")],
    ),
}


@pytest.mark.parametrize("case", SLASHES)
def test_words_with_tags_after_slashes_are_read(case: str, tmp_path: Path) -> None:
    content, text, spans = SLASHES[case]
    for path in (file(tmp_path, content), file(tmp_path, "\ufeff" + content.replace("\n", "\r\n"), "y.txt")):
        assert [form.name for form in recognised_formats(path)] == ["slash-tags"]
        (document,) = read(path, report := ReadReport())
        assert (document.text, surfaces(document)) == (text, spans)
        runs = "words of one label next to each other are one name"
        assert report.notes == ([runs] if case == "as printed" else [])


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("M23/PER left\nGoma /O", r"x\.txt:1: 'left' has no tag.*\n.*x\.txt:2: 'Goma' has no tag"),
        ("M23/B-PER left/O Goma/LOC", "some tags begin with B- or I-, and 'LOC' does not"),
        ("M23/O left/I-PER\n", "`repair`"),
        ("M23/O\nleft/B-PER\nx/B-LOC y/I-PER", "x.txt:3: token 1"),
    ],
)
def test_broken_slash_tags_are_refused(content: str, what: str, tmp_path: Path) -> None:
    path = file(tmp_path, content + "\nx/B-PER y/I-PER z/O" * ("`" in what or "token" in what))
    with pytest.raises(DataError, match=what):
        read(path, None, "slash-tags")
    if "token" in what:
        (document,) = read(path, report := ReadReport(), "slash-tags", repair="conlleval")
        assert len(document.spans) == 4 and report.changed.counts["ill-formed chunks read by the rule conlleval"] == 1


OTHERS = {
    "parts of speech": "The/DT army/NN left/VBD Goma/NNP ./.\n",
    "addresses": "see http://x.org/a/O and/or that\n",
    "nothing marked": "The/O army/O\n",
    "TimeML": '<TimeML><TEXT><TIMEX3 type="DATE">now</TIMEX3></TEXT></TimeML>',
    "JSON": json.dumps({"text": '<ENAMEX TYPE="LOC">Goma</ENAMEX>'}),
    "a table": 'id,text\n1,"<ENAMEX TYPE=""LOC"">Goma</ENAMEX>"\n',
}


@pytest.mark.parametrize("case", OTHERS)
def test_other_texts_are_not_taken_for_them(case: str, tmp_path: Path) -> None:
    path = file(tmp_path, OTHERS[case], "x.csv" if case == "a table" else "x.txt")
    assert {form.name for form in recognised_formats(path)} <= {"timeml"}


def _sentence(**more: Any) -> dict[str, Any]:
    return {"sentences": [{"index": 0, "tokens": [], **more}]}


UNREAD: dict[str, tuple[Any, str]] = {
    "LightTag": ({"examples": [{"content": "Goma", "annotations": [{"start": 0, "end": 4, "tag": "LOC"}]}]}, "LightTag"),
    "UBIAI": ([{"documentName": "a", "document": "Goma", "tokens": [{"text": "Goma", "start": 0, "end": 4}]}], "UBIAI"),
    "tagtog": ({"annotatable": {"parts": ["s1"]}, "anncomplete": True, "entities": []}, "tagtog"),
    "Comprehend": ({"File": "a", "Line": 0, "Entities": [{"BeginOffset": 0, "EndOffset": 4, "Type": "LOCATION"}]}, "Comprehend"),
    "Ground Truth": ({"source": "Goma", "ner": {"annotations": {}}, "ner-metadata": {}}, "Ground Truth"),
    "Google": ({"textSnippet": {"content": "Goma"}, "annotations": []}, "Google"),
    "CoreNLP": (_sentence(entitymentions=[]), "CoreNLP"),
    "Rasa JSON": ({"rasa_nlu_data": {"common_examples": []}}, "Rasa"),
    "Rasa YAML": ('version: "3.1"\nnlu:\n- intent: go\n  examples: |\n    - to [Goma](city)\n', "Rasa"),
    "Rasa Markdown": ("## intent:go\n- to [Goma](city)\n", "Rasa"),
    "TEI": ('<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><placeName>Goma</placeName></text></TEI>', "TEI"),
    "FoLiA": ('<FoLiA xmlns="http://ilk.uvt.nl/folia"/>', "FoLiA"),
    "NAF": ("<NAF><raw>Goma</raw></NAF>", "NAF"),
    "TCF": ('<D-Spin xmlns="http://www.dspin.de/data"/>', "TCF"),
    "Knowtator": ('<annotations textSource="a.txt"><annotation/></annotations>', "Knowtator"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNREAD)
def test_what_is_known_but_not_read_is_refused_by_name(case: str, tmp_path: Path) -> None:
    content, name = UNREAD[case]
    text = content if isinstance(content, str) else json.dumps(content, indent=1)
    for suffix in ("txt", "json", "jsonl"):
        path = file(tmp_path, text, f"x.{suffix}")
        with pytest.raises(UsageError, match=rf"x\.{suffix}: is .*{name}.*, which is not read. Fix: \w") as refused:
            detect_format(path)
        assert len(refused.value.lines) == 1
