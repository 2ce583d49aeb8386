"""GATE, bdocjs, BioC, PubTator, TimeML and XML of geoparsing corpora: each span has its words, the rest is counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from goldspan.corpus.formats import ReadOptions, ReadReport, ReadRequest
from goldspan.corpus.formats.format_registry import load_reader, matching_formats
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import DataError, Document, UsageError

from .written import SCHEME

LABELS = LabelMap({"toponym": "LOCATION", "place": "LOCATION", "Person": "ACTOR", "DATE": "DATE", "*": ""})
FORMS = {name: load_reader(name) for name in ("gate", "bdocjs", "bioc", "pubtator", "timeml", "toponyms")}

GATE = """<?xml version='1.0' encoding='utf-8'?>
<GateDocument version="3"><GateDocumentFeatures/>
<TextWithNodes><Node id="0"/>😊 <Node id="3"/>Ann&amp;Co<Node id="9"/>\r\nBen<Node id="14"/></TextWithNodes>
<AnnotationSet>
<Annotation Id="1" Type="Person" StartNode="3" EndNode="9">
<Feature><Name className="java.lang.String">kind</Name><Value className="java.lang.String">person</Value></Feature></Annotation>
<Annotation Id="2" Type="Token" StartNode="3" EndNode="9"/><Annotation Id="3" Type="Person" StartNode="9" EndNode="9"/>
</AnnotationSet>
<AnnotationSet Name="Key"><Annotation Id="1" Type="Person" StartNode="9" EndNode="14"/></AnnotationSet>
<AnnotationSet Name="Original markups"><Annotation Id="5" Type="p" StartNode="0" EndNode="14"/></AnnotationSet>
</GateDocument>"""

BIOC_XML = """<?xml version="1.0"?>
<!DOCTYPE collection SYSTEM "BioC.dtd">
<collection><source>s</source><date/><key/><document><id>d1</id>
<passage><offset>0</offset><text>😊 Ann</text></passage>
<passage><offset>{at}</offset><text>Ben left Ann</text>
<annotation id="1"><infon key="type">Person</infon><infon key="identifier">Q5</infon><location offset="{ben}" length="3"/><text>Ben</text></annotation>
<annotation id="2"><infon key="type">Person</infon><text>Nil</text></annotation>
<relation id="r"><node refid="1" role="x"/></relation></passage></document></collection>"""

PUBTATOR = "1|t|😊 Ann & Co\n1|a|Ben left Ann.\n1\t11\t14\tBen\tPerson\tQ5\n1\tCID\tQ5\tQ6\n\n2|t|Ann\n2|a|\n2\t0\t3\tAnn\tPerson\t-\n"

TIMEML = """<?xml version="1.0" ?>
<TimeML><DOCID>x1</DOCID><DCT><TIMEX3 tid="t0" type="DATE" value="2019-05-02" functionInDocument="CREATION_TIME">today</TIMEX3></DCT>
<TITLE>On &amp; on</TITLE><TEXT>Caf&#233; 😊 &amp; co <EVENT eid="e1">shut</EVENT> <TIMEX3 tid="t1" type="DATE" value="2019-05-01">1 <b>May</b></TIMEX3>,
<TIMEX3 tid="t2" type="DATE" value="PAST_REF">once</TIMEX3>, <TIMEX3 tid="t3" type="SET" value="P1D">daily</TIMEX3><TIMEX3 tid="t4" type="DATE" value="2019"/>.</TEXT>
<TLINK lid="l1"/><MAKEINSTANCE eiid="i1"/></TimeML>"""

LISTED = """<articles><article docid="7"><title>T &amp; x</title><text>😊 Near Ann &amp; Goma.</text><toponyms>
<toponym><start>{at}</start><end>{end}</end><phrase>Goma</phrase>
<gaztag geonameid="5"><name>Goma</name><lat>-1.67</lat><lon>29.22</lon><country>COD</country></gaztag></toponym></toponyms>
</article><article docid="8"><text>No.</text><toponyms/></article></articles>"""

INLINE = """<doc id="a">Near <toponym lat="-1.67" lon="29.22" geonameid="5">Go&#x6d;a</toponym> 😊
<s>in <toponym><phrase>Kivu</phrase><lat>1</lat><lon>2</lon></toponym></s>.</doc>"""


def bdoc(unit: str = "j", **changes: Any) -> str:
    at = 3 if unit == "j" else 2
    annotation = {
        "type": "Person",
        "start": at,
        "end": at + 3,
        "id": 0,
        "features": {"kind": "person", "x": [1]},
    } | changes
    sets = {"": {"name": "", "annotations": [annotation], "next_annid": 1}}
    return json.dumps({"annotation_sets": sets, "text": "😊 Ann", "features": {}, "offset_type": unit, "name": "n"})


def bioc_json(**changes: Any) -> str:
    location = {"offset": 7, "length": 3} | changes
    annotation = {"id": 1, "infons": {"type": "Person"}, "text": "Ben", "locations": [location]}
    passages = [{"offset": 0, "text": "😊 Ann"}, {"offset": 7, "text": "Ben", "annotations": [annotation]}]
    return json.dumps({"id": "d1", "infons": {}, "passages": passages, "relations": [{}]})


WORDS: dict[str, tuple[str, str, list[tuple[str, str]], dict[str, int]]] = {
    "gate": (
        "gate",
        GATE,
        [("Ann&Co", "ACTOR"), ("\nBen", "ACTOR")],
        {"tokens, sentences and the like": 1, "spans without words": 1, "annotations of the set Original markups": 1},
    ),
    "bdocjs of Java": ("bdocjs", bdoc(), [("Ann", "ACTOR")], {"features that are lists or objects": 1}),
    "bdocjs of Python": ("bdocjs", bdoc("p"), [("Ann", "ACTOR")], {"features that are lists or objects": 1}),
    **{
        f"BioC XML in {unit}": (
            "bioc",
            BIOC_XML.format(at=at, ben=at),
            [("Ben", "ACTOR")],
            {"relations": 1, "annotations without a place in the text": 1},
        )
        for unit, at in {"code points": 6, "UTF-16": 7, "bytes": 9}.items()
    },
    "BioC JSON": ("bioc", bioc_json(), [("Ben", "ACTOR")], {"relations": 1}),
    "PubTator": ("pubtator", PUBTATOR, [("Ben", "ACTOR"), ("Ann", "ACTOR")], {"relations": 1}),
    "TimeML": (
        "timeml",
        TIMEML,
        [("1 May", "DATE"), ("once", "DATE")],
        {
            **{f"{name} elements": 1 for name in ("EVENT", "TLINK", "MAKEINSTANCE", "b")},
            "attributes 'edtf' that no field holds": 1,
            "spans without words": 1,
        },
    ),
    "a toponym before the text": (
        "toponyms",
        LISTED.format(at=-139, end=-135),
        [],
        {"spans that begin before the text": 1},
    ),
    **{
        f"toponyms listed in {unit}": (
            "toponyms",
            LISTED.format(at=at, end=at + 4),
            [("Goma", "LOCATION")],
            {"attributes 'name' that no field holds": 1},
        )
        for unit, at in {"code points": 13, "UTF-16": 14, "bytes": 16}.items()
    },
    "toponyms inline": ("toponyms", INLINE, [("Goma", "LOCATION"), ("Kivu", "LOCATION")], {"s elements": 1}),
}


def read(name: str, path: Path, columns: str = "") -> tuple[list[Document], ReadReport]:
    report = ReadReport()
    return list(FORMS[name].read(path, ReadRequest(SCHEME, report, LABELS, ReadOptions(columns=columns)))), report


@pytest.mark.parametrize("case", WORDS)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_each_span_has_its_words(case: str, mark: str, tmp_path: Path) -> None:
    name, content, expected, left_out = WORDS[case]
    path = tmp_path / "a.txt"
    path.write_bytes((mark + content).encode())
    assert [form.name for form in matching_formats(path)] == [name]
    found, report = read(name, path)
    surfaces = [(each.text[span.start : span.end], span.label) for each in found for span in each.spans]
    assert surfaces == [(words.strip(), label) for words, label in expected]
    assert dict(report.left_out.counts) == left_out


def test_values_and_metadata_are_kept(tmp_path: Path) -> None:
    values = {}
    for name, content in {"timeml": TIMEML, "toponyms": LISTED.format(at=13, end=17), "pubtator": PUBTATOR}.items():
        path = tmp_path / name
        path.write_text(content, "utf-8")
        values[name] = read(name, path)[0]
    (dated,), places, lines = values.values()
    assert (dated.id, dated.meta.published, dated.meta.title) == ("x1", "2019-05-02", "On & on")
    assert [span.value and span.value.edtf for span in dated.spans] == ["2019-05-01", None]
    place = places[0].spans[0].value
    assert (place.id, place.lat, place.lon, place.country) == ("geonames:5", -1.67, 29.22, "COD")
    assert [each.id for each in (*places, *lines)] == ["7", "8", "1", "2"]
    assert [span.value and span.value.id for each in lines for span in each.spans] == ["Q5", None]


def test_annotation_sets_and_types_are_chosen(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(GATE, "utf-8", newline="")
    found, report = read("gate", path, "set=Key")
    assert [found[0].text[s.start : s.end] for s in found[0].spans] == ["Ben"] and not report.changed.counts["spans"]
    found, report = read("gate", path, "layer=Person,label=kind")
    assert len(found[0].spans) == 1  # `person` is mapped to nothing
    assert "spans of the annotation sets default, Key, read together" in report.changed.counts
    for columns, what in {
        "set=x": "no annotation set 'x'",
        "layer=x": "no annotation type 'x'",
        "y=x": "no effect",
    }.items():
        with pytest.raises(UsageError, match=what):
            read("gate", path, columns)


BROKEN = {
    "no node": (
        "gate",
        GATE.replace('EndNode="14"/></AnnotationSet>\n<', 'EndNode="15"/></AnnotationSet>\n<'),
        r":\d+: .*no node '15'",
    ),
    "no GATE": ("gate", "<a/>", ":1: the root <a>"),
    "no unit": ("bdocjs", bdoc().replace('"j"', "7"), ":1: the offset_type 7"),
    "no start": ("bdocjs", bdoc(start=True), ":1: annotation 0 has no type, start and end"),
    "within a character": ("bdocjs", bdoc(start=1), "cuts one of its characters"),
    "past the end": ("bdocjs", bdoc(end=99), "not in the text, which has 5"),
    "other words": ("bioc", bioc_json(offset=8), ":1: annotation 1 .*not in the text"),
    "no number": ("bioc", bioc_json(length=None), ":1: the length of annotation 1"),
    "a huge number": ("bioc", bioc_json(length=10**30), ":1: the length"),
    "overlapping passages": ("bioc", BIOC_XML.format(at=2, ben=2), r":5: a passage begins at 2"),
    "a column too few": ("pubtator", PUBTATOR.replace("\tBen\tPerson\tQ5", ""), ":3: the line is neither"),
    "another document": ("pubtator", PUBTATOR.replace("\n2\t0", "\n3\t0"), ":8: the line is not of a document"),
    "the words of others": ("pubtator", PUBTATOR.replace("\tBen\t", "\tNil\t"), ":3: .*says 'Nil'"),
    "no title": ("pubtator", "x\n", ":1: the line is not of a document"),
    "no TimeML": ("timeml", "<a/>", ":1: the root is <a>"),
    "a cut": ("timeml", TIMEML[:300], "not well-formed XML"),
    "no start of a toponym": ("toponyms", LISTED.format(at="x", end=4), ":2: the start of a toponym is 'x'"),
    "a toponym past the end": ("toponyms", LISTED.format(at=96, end=100), ":2: .*not in the text"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_is_refused_with_its_line(case: str, tmp_path: Path) -> None:
    name, content, what = BROKEN[case]
    path = tmp_path / "a.xml"
    path.write_text(content, "utf-8", newline="")
    with pytest.raises(DataError, match=what) as refused:
        read(name, path)
    assert all(problem.path == str(path) for problem in refused.value.problems)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"<a>", b"\0", b"\xff\xfe", b'{"documents": 3}', b"PK\x03\x04", b"1|t|"]
)
def test_files_of_another_kind_are_refused_or_empty(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    try:
        found, _ = read(name, path)
    except DataError as error:
        assert error.problems[0].path == str(path)
    else:
        assert not any(each.spans for each in found)
