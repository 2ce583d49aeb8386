"""UIMA CAS and WebAnno TSV: each span has its words, what cannot be held is counted, and exports come back."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cassis import Cas, TypeSystem, load_cas_from_xmi, load_typesystem
from hypothesis import HealthCheck, example, given, settings
from msgspec.structs import replace

from goldspan.corpus.formats import LossReport, ReadOptions, ReadReport, ReadRequest
from goldspan.corpus.formats.format_registry import load_reader, load_writer, matching_formats
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import DataError, Document, Span, UsageError

from ..schema.test_record import documents
from .written import NESTED, SCHEME, doc, written

NER = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
TOKEN = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token"
FORMS = {name: load_reader(name) for name in ("xmi", "cas-json", "webanno")}
LABELS = LabelMap(
    {"LOC": "LOCATION", "Group": "ACTOR", "GPE_X|a": "LOCATION", "ORG": "ACTOR", "PER": "ACTOR", "NamedEntity": ""}
)
TEXTS = {
    "plain": "I like Goma and M23.",
    "emoji": "😊 I like Goma 😊 and M23 😊",
    "combining": "Cafe\u0301 in Goma, e\u0301 M23",
    "right to left": "غوما Goma \u202eM23\u202c",
    "CRLF": "Goma\r\n\r\nM23\r\n",
    "separators": "Goma\u2028M23\u2029\x85😊",
    "both ends": "Goma M23",
    "touching": "GomaM23",
}


def read(name: str, path: Path, *, columns: str = "", passes: bool = False) -> tuple[list[Document], ReadReport]:
    report, options = ReadReport(), ReadOptions(columns=columns, passes=passes)
    return list(FORMS[name].read(path, ReadRequest(SCHEME, report, LABELS, options))), report


def surfaces(document: Document) -> list[tuple[str, str]]:
    return [(document.text[span.start : span.end], span.label) for span in document.spans]


def cas_of(text: str | None) -> Cas:
    """A CAS as cassis makes it: a named entity, a custom layer, a relation between them, tokens, a slot."""
    types = TypeSystem()
    for name, features in {
        NER: ("value", "identifier"),
        "webanno.custom.Group": ("kind",),
        TOKEN: (),
        "webanno.custom.Ally": (),
    }.items():
        kind = types.create_type(name, "uima.tcas.Annotation")
        for feature in features:
            types.create_feature(kind, feature, "uima.cas.String")
    for feature in ("Governor", "Dependent"):
        types.create_feature(types.get_type("webanno.custom.Ally"), feature, "uima.tcas.Annotation")
    cas = Cas(types)
    cas.sofa_string = text
    if text is not None:
        at, group = text.index("Goma"), text.index("M23")
        place = types.get_type(NER)(begin=at, end=at + 4, value="LOC", identifier="https://sws.geonames.org/216281/")
        people = types.get_type("webanno.custom.Group")(begin=group, end=group + 3, kind="armed_group")
        ally = types.get_type("webanno.custom.Ally")(begin=at, end=at + 4, Governor=place, Dependent=people)
        cas.add_all([place, people, ally, types.get_type(TOKEN)(begin=at, end=at + 4)])
    return cas


def save(cas: Cas, folder: Path, name: str) -> Path:
    path = folder / ("doc.xmi" if name == "xmi" else "doc.json")
    cas.to_xmi(path) if name == "xmi" else cas.to_json(path)
    return path


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", ["xmi", "xmi without types", "cas-json"])
def test_each_span_of_cassis_has_its_words(name: str, text: str, tmp_path: Path) -> None:
    form, cas = name.partition(" ")[0], cas_of(TEXTS[text])
    path = save(cas, tmp_path, form)
    if name == "xmi":
        cas.typesystem.to_xml(tmp_path / "TypeSystem.xml")
    assert [each.name for each in matching_formats(path)] == [form]
    (found,), report = read(form, path)
    assert found.text == TEXTS[text] and sorted(surfaces(found)) == [("Goma", "LOCATION"), ("M23", "ACTOR")]
    values = {span.label: span.value for span in found.spans}
    assert values["LOCATION"].id == "geonames:216281" and values["ACTOR"].kind == "armed_group"
    assert report.left_out.counts == {"relations": 1, "tokens, sentences and the like": 1}
    assert report.changed.counts == {"spans of the layer webanno.custom.Group labelled by its name": 1}
    assert bool(report.moved) == (text == "emoji")  # the code points after the last span change nothing


def test_layers_and_labels_are_chosen(tmp_path: Path) -> None:
    path = save(cas_of(TEXTS["emoji"]), tmp_path, "xmi")
    (found,), report = read("xmi", path, columns="layer=NamedEntity")
    assert surfaces(found) == [("Goma", "LOCATION")]
    assert report.left_out.counts["annotations of the layer webanno.custom.Group"] == 1
    for columns, message in {
        "layer=Nil": "no layer 'Nil'",
        "label=nil": "no feature 'nil'",
        "tokens=2": "no effect for 'tokens'",
        "layer": "name=value",
        "view=a,view=b": "several values",
    }.items():
        with pytest.raises(UsageError, match=message):
            read("xmi", path, columns=columns)


def xmi(
    sofas: str = '<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" sofaString="&#128522;Goma"/>', **at: Any
) -> str:
    at = {"begin": 2, "end": 6, "members": "10", "id": 10} | at
    return (
        '<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" '
        'xmlns:n="http:///de/x/ner.ecore" xmi:version="2.0">\n'
        f'<n:NamedEntity xmi:id="{at["id"]}" sofa="1" begin="{at["begin"]}" end="{at["end"]}" value="LOC"/>\n'
        f'{sofas}<cas:View sofa="1" members="{at["members"]}"/></xmi:XMI>'
    )


TWICE = '<cas:Sofa xmi:id="1" sofaNum="1" sofaID="a" sofaString="&#128522;Goma"/>'
BROKEN = {
    "within a character": (xmi(begin=1), 2, "cuts one of its characters"),
    "past the end": (xmi(end=7), 2, "not in the text, which has 5"),
    "reversed": (xmi(begin=6, end=2), 2, "ends before it begins"),
    "no number": (xmi(begin="x"), 2, "not offsets"),
    "huge": (xmi(end="9" * 5000), 2, "not offsets"),
    "no id": (xmi(id=""), 2, "id '' is not a number"),
    "no text": (xmi('<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" sofaURI="x"/>'), 0, "has no text"),
    "no sofa": (xmi(""), 0, "has no text"),
    "views": (xmi(TWICE + TWICE.replace('id="1"', 'id="2"').replace('"a"', '"b"')), 0, "has 2 views: 'a', 'b'"),
    "the same id twice": (xmi(TWICE.replace("<cas:Sofa", '<n:X xmi:id="10"/><cas:Sofa')), 3, "two feature structures"),
    "another root": ("<a/>", 1, "not XMI"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_xmi_is_refused_with_its_line(case: str, tmp_path: Path) -> None:
    content, line, what = BROKEN[case]
    path = tmp_path / "a.xmi"
    path.write_text(content, "utf-8")
    with pytest.raises(DataError, match=what) as refused:
        read("xmi", path)
    assert (refused.value.problems[0].path, refused.value.problems[0].line) == (str(path), line)


def test_members_and_empty_spans_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.xmi"
    for at, kind in {"members": "annotations that are not in the index", "end": "spans without words"}.items():
        path.write_text(xmi(**{at: "" if at == "members" else 2}), "utf-8")
        (found,), report = read("xmi", path)
        assert not found.spans and report.left_out.counts == {kind: 1}
    path.write_text(xmi(members="10 10"), "utf-8")
    assert surfaces(read("xmi", path)[0][0]) == [("Goma", "LOCATION")]


@pytest.mark.parametrize(
    "change", [("%ID", "x"), ("begin", 1), ("end", None), ("begin", True), ("%TYPE", 3), ("@sofa", "x")]
)
def test_broken_json_is_refused(change: tuple[str, Any], tmp_path: Path) -> None:
    path = save(cas_of(TEXTS["emoji"]), tmp_path, "cas-json")
    data = json.loads(path.read_text("utf-8"))
    entity = next(item for item in data["%FEATURE_STRUCTURES"] if item["%TYPE"] == NER)
    entity[change[0]] = change[1]
    path.write_text(json.dumps(data), "utf-8")
    try:
        documents, report = read("cas-json", path)
    except DataError as error:
        assert error.problems[0].path == str(path)
    else:
        assert len(documents[0].spans) == 1 and report.left_out.counts.total() >= 2  # it has no place


def test_a_project_names_its_annotators_and_no_other_place_does(tmp_path: Path) -> None:
    cas = cas_of(TEXTS["emoji"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("any.xmi", cas.to_xmi())
        archive.writestr("TypeSystem.xml", cas.typesystem.to_xml())
    for person in ("anna", "ben", "INITIAL_CAS"):
        (tmp_path / "p" / "annotation" / "a.txt").mkdir(parents=True, exist_ok=True)
        (tmp_path / "p" / "annotation" / "a.txt" / f"{person}.zip").write_bytes(packed.getvalue())
    project = tmp_path / "p"
    assert [each.name for each in matching_formats(project)] == ["xmi"]
    with pytest.raises(DataError, match="annotated by several people: anna, ben"):
        read("xmi", project)
    found, report = read("xmi", project, passes=True)
    assert [(each.id, each.layer and each.layer.annotator) for each in found] == [("a.txt", "anna"), ("a.txt", "ben")]
    assert report.left_out.counts["documents as they were imported, beside their annotations"] == 1
    whole = tmp_path / "project.zip"
    with zipfile.ZipFile(whole, "w") as archive:
        for path in (path for path in project.rglob("*") if path.is_file()):
            archive.write(path, path.relative_to(project))
    assert read("xmi", whole, passes=True)[0] == found
    flat = tmp_path / "flat.zip"
    flat.write_bytes(packed.getvalue())
    (alone,), _ = read("xmi", flat)
    assert (alone.id, alone.layer) == ("any", None)
    flat.write_bytes(packed.getvalue()[:-40])
    with pytest.raises(DataError):
        read("xmi", flat)


_TSV = """#FORMAT=WebAnno TSV 3.3
#T_SP=de.x.POS|PosValue
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value
#T_CH=de.x.coref.type.CoreferenceLink|referenceType|referenceRelation
#T_RL=custom.Ally|why|BT_de.x.NamedEntity


#Text=😊 Goma M23-held C:\\\\x
1-1	0-2	😊	_	_	_	_	_	_	_
1-2	3-7	Goma	NN	http://x/Q1	LOC	_	_	_	_
1-3	8-16	M23-held	_	*[3]	ORG[3]	pr[1]	coref->1-1	w	1-2
1-3.1	8-11	M23	_	*|*	PER|GPE\\_X\\|a	_	_	_	_
1-4	17-21	C:\\x	_	*[3]	ORG[3]	pr[1]	*->1-2	_	_

#Sentence.id=s2
#Text=Two
#Text=lines
2-1	23-26	Two	_	*	*	_	_	_	_
2-2	27-32	lines	_	_	_	_	_	_	_
"""
TSV = re.sub(r"(?m)^([0-9].*)$", "\\1\t", _TSV)  # INCEpTION ends each line with a tab


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_each_span_of_webanno_has_its_words(line_end: str, mark: str, tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes((mark + TSV.replace("\n", line_end)).encode())
    assert [each.name for each in matching_formats(path)] == ["webanno"]
    (found,), report = read("webanno", path)
    assert found.text == "😊 Goma M23-held C:\\x\n Two\nlines"
    assert surfaces(found) == [("Goma", "LOCATION"), ("M23", "ACTOR"), ("M23", "LOCATION"), ("M23-held C:\\x", "ACTOR")]
    assert found.spans[0].value.id == "http://x/Q1"
    assert report.left_out.counts == {"relations": 1, "links of chains": 2, "tokens, sentences and the like": 1}
    assert report.changed.counts == {"characters between sentences, which the file does not state": 2}


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("3-7\tGoma", "2-6\tGoma", "a.tsv:10: token 1-2 says 'Goma', but the text has ' Gom'"),
        ("3-7\tGoma", "3-99\tGoma", "token 1-2 says"),
        ("\tNN\thttp://x/Q1\tLOC\t_\t_\t_\t_\t", "\tNN", "a.tsv:10: the line has 1 columns"),
        ("1-2\t3-7", "1-2\t3", "a.tsv:10: the line is not a token"),
        ("TSV 3.3", "TSV 2.0", "a.tsv:1: the first line"),
        ("1-2\t3-7\tGoma", "1-2\t3-3\t", "a.tsv:10: token 1-2 says ''"),
        ("2-1\t23-26", "2-1\t13-16", "begins at 13, within the one before|token 2-1"),
        ("2-1\t23-26", "2-1\t923456789-923456792", "begins at 9"),
    ],
)
def test_broken_tsv_is_refused_with_its_line(old: str, new: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(TSV.replace(old, new), "utf-8", newline="")
    with pytest.raises(DataError, match=what):
        read("webanno", path)


def test_offsets_in_code_points_are_seen_by_the_tokens(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    row = (
        "#FORMAT=WebAnno TSV 3.2\n#T_SP=x.NamedEntity|value\n\n\n#Text=😊 Goma\n1-1\t0-1\t😊\t_\n1-2\t2-6\tGoma\tLOC\n"
    )
    path.write_text(row, "utf-8")
    assert surfaces(read("webanno", path)[0][0]) == [("Goma", "LOCATION")]


def test_webanno_spans_without_words_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    rows = "1-1\t0-4\tGoma\tLOC\n1-1.1\t0-0\t\tORG\n1-2\t5-9\tfell\t_\n1-2.1\t9-9\t\t*\n"
    path.write_text(f"#FORMAT=WebAnno TSV 3.3\n#T_SP=x.NamedEntity|value\n\n\n#Text=Goma fell\n{rows}", "utf-8")
    (found,), report = read("webanno", path)
    assert surfaces(found) == [("Goma", "LOCATION")]
    assert report.left_out.counts == {"spans without words": 2}


def test_stacked_webanno_values_belong_together_by_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    rows = "1-1\t0-3\tOld\t_\tORG[1]\n1-2\t4-8\tGoma\tx[2]\tORG[1]|LOC[2]\n1-3\t9-13\tfell\t_\tORG[1]\n"
    path.write_text(f"#FORMAT=WebAnno TSV 3.3\n#T_SP=x.Name|value|kind\n\n\n#Text=Old Goma fell\n{rows}", "utf-8")
    (found,), _ = read("webanno", path, columns="label=kind")
    assert surfaces(found) == [("Old Goma fell", "ACTOR"), ("Goma", "LOCATION")]


_OLD_TSV = {
    "version 1": """#id=1
#text=😊 M23 rebels left  North Kivu.
1\t😊\t_\t_\tO\t_\t_\t_\t_\t_
2\tM23\tm\tNN\tB-ORG|B_PER\t_\t0\troot\t_\t_
3\trebels\trebel\tNN\tI_ORG\t_\t2\tx\t_\t_
4\tleft\t_\t_\tO\t_\t_\t_\t_\t_
5\tNorth\t_\tNN\tB_LOC\t_\t4\tobj\t_\t_
6\tKivu\t_\tNN\tI_LOC\t_\t_\t_\t_\t_
7\t.\t_\t_\t_\t_\t_\t_\t_\t_

""",
    "version 2": f""" # de.x.POS | PosValue # {NER} | identifier | value # webanno.custom.Ally | why | AttachTo={NER}
#id=1
#text=😊 M23 rebels left  North Kivu.
1-1\t😊\t_\tO\tO\t_\t_\t
1-2\tM23\tNN\tB-{NER}_\tB-ORG|B-PER\tx\t1-3\t
1-3\trebels\tNN\tI-{NER}_\tI-ORG\tx\t1-2\t
1-4\tleft\t_\tO\tO\t_\t_\t
1-5\tNorth\tNN\tB-http://x/Q1\tB-LOC\t_\t_\t
1-6\tKivu\tNN\tI-http://x/Q1\tI-LOC\tx\t1-3\t
1-7\t.\t_\tO\tO\t_\t_\t

""",
}


@pytest.mark.parametrize("version", _OLD_TSV)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_each_span_of_old_webanno_has_its_words(version: str, line_end: str, tmp_path: Path) -> None:
    second = _OLD_TSV[version].partition("#id")[2].replace("1\n#text", "2\n#text", 1).replace("\n1-", "\n2-")
    path = tmp_path / "a.tsv"
    path.write_bytes(("\ufeff" + f"{_OLD_TSV[version]}#id{second}".replace("\n", line_end)).encode())
    assert [each.name for each in matching_formats(path)] == ["webanno"]
    (found,), report = read("webanno", path)
    sentence = "😊 M23 rebels left  North Kivu."
    assert found.text == f"{sentence}\n{sentence}"
    marked = [("M23", "ACTOR"), ("M23 rebels", "ACTOR"), ("North Kivu", "LOCATION")]
    assert surfaces(found) == marked * 2
    if version == "version 2":
        assert found.spans[2].value.id == "http://x/Q1"
    assert report.left_out.counts["relations"] == 6
    assert report.changed.counts["characters between sentences, which the file does not state"] == 1
    zipped = tmp_path / "a.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.write(path, "a.tsv")
    assert [each.name for each in matching_formats(zipped)] == ["webanno"]


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("rebels\tNN", "rabbit\tNN", 6, "token 1-3 says 'rabbit', but the text has 'rebels"),
        ("1-4\tleft\t_", "1-4\tleft", 7, "4 columns of layers, where there are 5"),
        ("B-LOC", "I-LOC", 8, "token 1-5 continues a span with 'I-"),
        ("I-LOC", "I-PER", 9, "token 1-6 continues a span"),
        ("1-7\t.", "x", 10, "not a token of a sentence: 'x"),
        ("left  North", "left North\nx", 10, "token 1-6 says 'Kivu'"),
        ("Kivu.\n", "\udcff.\n", 3, "not UTF-8"),
    ],
)
def test_broken_old_webanno_is_refused_with_its_line(old: str, new: str, line: int, what: str, tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(_OLD_TSV["version 2"].replace(old, new, 1).encode("utf-8", "surrogateescape"))
    with pytest.raises(DataError, match=what) as refused:
        read("webanno", path)
    assert refused.value.problems[0].line == line


def plain(document: Document, form: str) -> Document:
    """What a format holds of a document."""
    spans = []
    for span in document.spans:
        words = document.text[span.start : span.end]
        start = span.start + len(words) - len(words.lstrip())
        if words.strip():
            value = span.value if form == "xmi" else None
            spans.append(Span(start, start + len(words.strip()), span.label, value))
    distinct = {(s.start, s.end, s.label, repr(s.value)): s for s in spans}
    meta = type(document.meta)(title=document.meta.title, url=document.meta.url, language=document.meta.language)
    kept = sorted(distinct.values(), key=lambda s: (s.start, s.end, s.label))
    bare = Document(id=document.id, text=document.text, spans=tuple(kept)).with_hash()
    return replace(bare, meta=meta) if form == "xmi" else bare


@given(document=documents())
@example(document=NESTED)
@example(document=doc(text=""))
@example(document=doc(text="  \r\n "))
@example(document=doc(*(SCHEME.span(at, at + 1, "ACTOR") for at in range(6)), text="😊a\u0301\u2028😊b"))
@example(document=doc(SCHEME.span(3, 5, "ACTOR"), text="000\r0"))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_exports_come_back(tmp_path: Path, document: Document) -> None:
    for name in ("xmi", "webanno"):
        comes_back(name, tmp_path, replace(document, id="a"))


def comes_back(name: str, folder: Path, document: Document) -> None:
    try:
        out, _ = written(name, folder, [document], SCHEME)
    except DataError as error:
        assert name == "xmi" and "XML cannot hold" in str(error)
        return
    (found,) = FORMS[name].read(out, ReadRequest(SCHEME))
    expected = plain(document, name)
    assert (found.id, found.text) == (expected.id, expected.text)
    ordered = sorted(expected.spans, key=lambda s: (s.start, s.end, s.label, repr(s.value)))
    bare = [replace(span, value=None) for span in found.spans] if name == "webanno" else found.spans
    distinct = {(s.start, s.end, s.label, repr(s.value)): s for s in bare}
    assert sorted(distinct) == [(s.start, s.end, s.label, repr(s.value)) for s in ordered]
    assert name == "webanno" or found.meta == expected.meta


def test_cassis_reads_the_export_and_the_losses_are_said(tmp_path: Path) -> None:
    document = doc(
        Span(3, 7, "LOCATION", SCHEME.span(0, 1, "LOCATION", id="geonames:1").value, note="n"), text="😊\r\nGoma"
    )
    out, loss = written("xmi", tmp_path, [document], SCHEME)
    cas = load_cas_from_xmi(out / "a.xmi", load_typesystem(out / "TypeSystem.xml"))
    (entity,) = cas.select(NER)
    assert (entity.get_covered_text(), entity.value, entity.identifier) == ("Goma", "LOCATION", "geonames:1")
    assert loss.counts == {"note of spans": 1}
    _, loss = written("webanno", tmp_path, [document, doc(SCHEME.span(0, 4, "COUNT", min=1), id="a/b")], SCHEME)
    lost = {"values of spans beyond their identifier": 1, "ids of documents that cannot be file names": 1}
    assert loss.counts == {"note of spans": 1, **lost}


def test_what_xml_cannot_hold_is_refused_for_all_documents(tmp_path: Path) -> None:
    bad = [doc(text="a\0", id="x"), doc(id="y"), doc(text="\ufffe", id="z")]
    with pytest.raises(DataError, match=r"U\+0000") as refused:
        load_writer("xmi").write(bad, tmp_path, SCHEME, LossReport())
    assert [each.document for each in refused.value.problems] == ["x", "z"]
