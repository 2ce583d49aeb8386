"""The formats of other tools: what is written comes back, what they change wins, what is broken is refused."""

from __future__ import annotations

import io
import pickle
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import pytest
import spacy
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from spacy.tokens import Doc, DocBin
from spacy.tokens import Span as TokenSpan

from goldspan.corpus.formats import Loss, format_of, load_format
from goldspan.corpus.formats.ann import fragments
from goldspan.corpus.formats.file_names import FileNames
from goldspan.corpus.label_map import LabelMap
from goldspan.corpus.tokens import cut_tokens
from goldspan.schema import DataError, Document, Label, Scheme, Span, conflict_scheme

from ..schema.test_record import documents

FORMATS = ["conll", "brat", "spacy"]
TEXT = "Iran struck three bases\r\nin eastern Syria.\n\n\tKurds said so.  "


def places(name: str, folder: Path) -> Path:
    target = folder / (load_format(name).file or "folder")
    if not load_format(name).file:
        for old in target.glob("*"):
            old.unlink()
        target.mkdir(exist_ok=True)
    return target


def written(name: str, folder: Path, docs: Iterable[Document], scheme: Scheme) -> tuple[Path, Loss]:
    out, loss = places(name, folder), Loss()
    load_format(name).write(docs, out, scheme, loss)
    return out, loss


def read(name: str, source: Path, scheme: Scheme, labels: LabelMap | None = None) -> list[Document]:
    return list(load_format(name).read(source, scheme, labels))


def doc(*spans: Span, text: str = TEXT, id: str = "a") -> Document:
    return Document(id=id, text=text, spans=spans).sealed()


SCHEME = conflict_scheme()
NESTED = doc(SCHEME.span(0, 4, "ACTOR", id="IRN"), SCHEME.span(0, 11, "ACTOR"), SCHEME.span(12, 17, "COUNT", min=3))
ACROSS = doc(SCHEME.span(18, 41, "LOCATION", country="SYR"), SCHEME.span(42, 49, "DATE", edtf="2023"))
TOUCHING = doc(*(SCHEME.span(at, at + 1, "ACTOR") for at in range(6)))
MARKERS = doc(SCHEME.span(0, 10, "ACTOR"), text="-DOCSTART- -DOCSTART- # goldspan {} O\tB-ACTOR # x\n# O")


@pytest.mark.parametrize("name", FORMATS)
@given(document=documents())
@example(document=NESTED)
@example(document=ACROSS)
@example(document=TOUCHING)
@example(document=MARKERS)
@example(document=doc(text=""))
@example(document=doc(text="  \r\n "))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_document_comes_back(name: str, tmp_path: Path, document: Document) -> None:
    out, loss = written(name, tmp_path, [document], SCHEME)
    kept = [s for s in document.spans if name != "brat" or fragments(document.text, s.start, s.end)]
    assert read(name, out, SCHEME) == [replace(document, spans=tuple(kept))]
    assert loss.counts["spans of nothing but line breaks"] == len(document.spans) - len(kept)


@pytest.mark.parametrize("name", FORMATS)
@given(
    ids=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12), unique=True, max_size=6)
)
@example(
    ids=["a", "A", "a/b", "a_b", "../a", ".", "..", "con", "x" * 3000, "é", "e\u0301", "\x00", " ", "-", "goldspan"]
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ids_come_back_in_order(name: str, tmp_path: Path, ids: list[str]) -> None:
    docs = [doc(SCHEME.span(0, 4, "ACTOR"), id=each) for each in ids]
    out, _ = written(name, tmp_path, docs, SCHEME)
    assert read(name, out, SCHEME) == docs
    assert {path.parent for path in tmp_path.rglob("*.txt")} <= {out}


def test_file_names_differ_where_case_is_ignored() -> None:
    names = FileNames()
    given_names = [names.free(each) for each in ["a", "A", "a", "NUL", "a.", "Ä", "ä", "x/y", "x_y"]]
    assert len({name.lower() for name in given_names}) == len(given_names)
    assert given_names[0] == "a" and all(name.isascii() and "/" not in name for name in given_names)


@pytest.mark.parametrize("name", FORMATS)
def test_a_scheme_of_a_thousand_labels_comes_back(name: str, tmp_path: Path) -> None:
    labels = {f"L{n}-x_{n}": Label(f"L{n}-x_{n}", "") for n in range(1000)}
    scheme = Scheme("many", 1, "", "", labels, {}, overlap=True)
    text = "ab " * 1000
    document = doc(*(Span(3 * n, 3 * n + 2, label) for n, label in enumerate(labels)), text=text)
    out, loss = written(name, tmp_path, [document], scheme)
    assert read(name, out, scheme) == [document] and not loss.told()


@pytest.mark.parametrize("name", FORMATS)
def test_no_documents_are_read_as_none(name: str, tmp_path: Path) -> None:
    out, _ = written(name, tmp_path, [], SCHEME)
    assert read(name, out, SCHEME) == []


@pytest.mark.parametrize("name", FORMATS)
def test_labels_are_brought_to_the_scheme(name: str, tmp_path: Path) -> None:
    out, _ = written(name, tmp_path, [NESTED], SCHEME)
    labels = LabelMap({"ACTOR": "LOCATION", "*": ""})
    (found,) = read(name, out, SCHEME, labels)
    assert {s.label for s in found.spans} == {"LOCATION"}
    assert [(s.start, s.end) for s in found.spans] == [(0, 4), (0, 11)] and labels.dropped == {"COUNT": 1}
    with pytest.raises(DataError, match="no line for 'COUNT'"):
        read(name, out, SCHEME, LabelMap({"ACTOR": "ACTOR"}))


@pytest.mark.parametrize("name", FORMATS)
def test_what_cannot_be_written_is_refused(name: str, tmp_path: Path) -> None:
    free = Document(id="free", text_sha256="0" * 64, text_length=5, spans=())
    with pytest.raises(DataError, match=r"'free': the record has no text.* Fix: "):
        written(name, tmp_path, [free], SCHEME)
    with pytest.raises(DataError, match="earlier line"):
        written(name, tmp_path, [doc(), doc()], SCHEME)
    with pytest.raises(DataError, match="past the text"):
        written(name, tmp_path, [doc(Span(0, 999, "ACTOR"))], SCHEME)


def test_suffixes_name_their_format() -> None:
    names = {"x.conll": "conll", "x.IOB2": "conll", "x.bio.gz": "conll", "x.spacy": "spacy"}
    assert {path: format_of(Path(path)).name for path in names} == names


@given(st.text(max_size=40), st.sets(st.integers(0, 40)))
@settings(deadline=None)
def test_cut_tokens_are_the_tokens_in_pieces(text: str, edges: set[int]) -> None:
    text = text.encode(errors="ignore").decode()
    whole, cut = cut_tokens(text, []), cut_tokens(text, edges)
    assert all(start < end for start, end in cut)
    assert not any(start < edge < end for start, end in cut for edge in edges)
    assert {at for a, b in whole for at in range(a, b)} == {at for a, b in cut for at in range(a, b)}


# CoNLL


def test_columns_are_those_that_other_tools_read(tmp_path: Path) -> None:
    out, loss = written("conll", tmp_path, [NESTED], SCHEME)
    lines = out.read_text("utf-8").splitlines()
    assert lines[0].startswith("# goldspan {") and lines[-1] == ""
    assert lines[1:6] == ["Iran\tB-ACTOR\t0:4", "struck\tI-ACTOR\t5:11", "three\tB-COUNT\t12:17", "bases\tO\t18:23", ""]
    assert loss.counts == {"tags of overlapping spans (the comment keeps them)": 1}
    out, loss = written("conll", tmp_path, [doc(SCHEME.span(4, 11, "ACTOR"), SCHEME.span(18, 27, "ACTOR"))], SCHEME)
    assert "bases\tB-ACTOR\t18:23\nin\tI-ACTOR\t25:27\n" in out.read_text("utf-8")  # no blank line within a span
    assert loss.counts == {"tags of spans that begin or end with a blank (the comment keeps them)": 1}


def test_a_changed_tag_wins_and_has_no_value(tmp_path: Path) -> None:
    out, _ = written("conll", tmp_path, [NESTED], SCHEME)
    changed = out.read_text("utf-8").replace("three\tB-COUNT", "three\tO").replace("bases\tO", "bases\tB-LOCATION")
    out.write_text(changed, "utf-8")
    (found,) = read("conll", out, SCHEME)
    assert found.spans == (*NESTED.spans[:2], Span(18, 23, "LOCATION"))


FOREIGN = {
    "CoNLL-2003": (
        "-DOCSTART- -X- -X- O\n\nIran NNP I-NP I-ACTOR\nand CC O O\n\nIraq NNP I-NP I-ACTOR\nSyria NNP I-NP B-ACTOR\n",
        [("Iran and\nIraq Syria", [(0, 4), (9, 13), (14, 19)])],
    ),
    "IOB2": ("Iran\tB-ACTOR\nIraq\tB-ACTOR\nGuards\tI-ACTOR\n", [("Iran Iraq Guards", [(0, 4), (5, 16)])]),
    "IOB2 with CRLF and a BOM": ("\ufeffIran\tB-ACTOR\r\n\r\nx\tO\r\n", [("Iran\nx", [(0, 4)])]),
    "BILOU": ("the O\nIraq B-ACTOR\nGuards L-ACTOR\nIran U-ACTOR\n", [("the Iraq Guards Iran", [(4, 15), (16, 20)])]),
    "BIOES": ("a B-ACTOR\nb I-ACTOR\nc E-ACTOR\nd S-ACTOR\n", [("a b c d", [(0, 5), (6, 7)])]),
    "documents": ("-DOCSTART- O\n\na O\n\n-DOCSTART- O\n\nb B-ACTOR\n", [("a", []), ("b", [(0, 1)])]),
    "comments": ("# id 7 domain=en\nIran _ _ B-ACTOR\n# _ _ O\n", [("Iran #", [(0, 4)])]),
    "nothing": ("\n\n", []),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_columns_of_other_tools_are_read(case: str, tmp_path: Path) -> None:
    text, expected = FOREIGN[case]
    path = tmp_path / "news.conll"
    path.write_bytes(text.encode())
    found = read("conll", path, SCHEME)
    assert [(d.text, [(s.start, s.end) for s in d.spans]) for d in found] == expected
    assert [d.id for d in found] == (
        ["news"] if len(expected) == 1 else [f"news#{n + 1}" for n in range(len(expected))]
    )


BROKEN_COLUMNS = {
    "one column": (b"Iran\n", 1, "one column"),
    "other columns": (b"a O\nb NN O\n", 2, "3 columns, where the lines before have 2"),
    "no tag": (b"a O\nIran ACTOR\n", 2, "'ACTOR' is no tag"),
    "I behind O in IOB2": (b"a B-ACTOR\nb O\nc I-ACTOR\n", 3, "I-ACTOR goes on with nothing"),
    "I of another label in IOB2": (b"a B-ACTOR\nb I-DATE\n", 2, "I-DATE goes on with nothing"),
    "I behind a blank line in IOB2": (b"a B-ACTOR\n\nb I-ACTOR\n", 3, "I-ACTOR goes on with nothing"),
    "L alone": (b"a U-ACTOR\nb L-ACTOR\n", 2, "L-ACTOR goes on with nothing"),
    "B without its end": (b"a S-ACTOR\nb B-ACTOR\nc O\n", 3, "without E-ACTOR"),
    "B without its end at the end": (b"a U-ACTOR\nb B-ACTOR\n", 2, "without L-ACTOR"),
    "two schemes": (b"a U-ACTOR\nb S-ACTOR\n", 0, "mixed"),
    "unknown label": (b"a O\nb B-ACTR\n", 2, "did you mean 'ACTOR'"),
    "Latin-1": (b"a O\n\xe9t\xe9 O\n", 2, "not UTF-8"),
    "UTF-16": ("a O\n".encode("utf-16"), 1, "not UTF-8"),
    "record that is no JSON": (b'# goldspan {"id": \n', 1, "truncated"),
    "record without text": (b'# goldspan {"id": "a", "spans": []}\n', 1, "no text"),
    "record of another length": (b'# goldspan {"id": "a", "text": "a b", "spans": []}\na\tO\t0:1\n', 1, "truncated"),
    "token of another text": (b'# goldspan {"id": "a", "text": "a", "spans": []}\nb\tO\t0:1\n', 2, "not what the text"),
    "tokens before the record": (
        b'a\tx\tO\n# goldspan {"id": "a", "text": "a", "spans": []}\na\tO\t0:1\n',
        1,
        "before",
    ),
    "span outside": (
        b'# goldspan {"id": "a", "text": "", "spans": [{"start": 0, "end": 1, "label": "ACTOR"}]}\n',
        1,
        "past",
    ),
    "one id twice": (b'# goldspan {"id": "a", "text": "", "spans": []}\n' * 2, 2, "earlier line"),
}


@pytest.mark.parametrize("case", BROKEN_COLUMNS)
def test_broken_columns_are_refused_with_their_line(case: str, tmp_path: Path) -> None:
    data, line, told = BROKEN_COLUMNS[case]
    path = tmp_path / "x.conll"
    path.write_bytes(data)
    with pytest.raises(DataError, match=told) as refused:
        read("conll", path, SCHEME)
    assert (refused.value.problems[0].path, refused.value.problems[0].line) == (str(path), line)


def test_a_file_that_says_it_is_iob2_is_read_as_such(tmp_path: Path) -> None:
    for ending, right in ((".iob2", False), (".bio", False), (".iob", True), (".conll", True)):
        path = tmp_path / f"x{ending}"
        path.write_text("a\tI-ACTOR\n")
        if right:
            assert len(read("conll", path, SCHEME)[0].spans) == 1
        else:
            with pytest.raises(DataError, match="begin with B-ACTOR"):
                read("conll", path, SCHEME)


# brat


def test_brat_has_its_own_lines(tmp_path: Path) -> None:
    out, _ = written("brat", tmp_path, [ACROSS, doc(NESTED.spans[0], id="b")], SCHEME)
    lines = (out / "a.ann").read_text("utf-8").splitlines()
    assert lines[0] == "T1\tLOCATION 18 23;25 41\tbases in eastern Syria"
    assert lines[1] == "N1\tReference T1 iso-3166-1:SYR\tbases in eastern Syria"
    assert lines[2].startswith('#1\tAnnotatorNotes T1\tgoldspan {"label":"LOCATION"')
    assert "N1\tReference T1 actors:IRN\tIran" in (out / "b.ann").read_text("utf-8")
    assert (out / "a.txt").read_bytes() == TEXT.encode()


def test_what_is_changed_in_brat_wins(tmp_path: Path) -> None:
    out, _ = written("brat", tmp_path, [NESTED], SCHEME)
    ann = (out / "a.ann").read_text("utf-8")
    mended = ann.replace("actors:IRN", "actors:IRQ").replace("COUNT 12 17\tthree", "DATE 12 23\tthree bases")
    (out / "a.ann").write_text(mended + "T9\tACTOR 5 11\tstruck\n#9\tAnnotatorNotes T9\twhy?\n", "utf-8")
    (found,) = read("brat", out, SCHEME)
    assert found.spans == (
        SCHEME.span(0, 4, "ACTOR", id="IRQ"),
        NESTED.spans[1],
        Span(12, 23, "DATE"),
        Span(5, 11, "ACTOR", note="why?"),
    )


def test_an_identifier_changed_in_brat_leaves_the_other_one(tmp_path: Path) -> None:
    place = SCHEME.span(0, 4, "LOCATION", id="1", lat=33.0, lon=44.0, country="IRQ")
    out, _ = written("brat", tmp_path, [doc(place)], SCHEME)
    ann = (out / "a.ann").read_text("utf-8")
    (out / "a.ann").write_text(ann.replace(":1\t", ":2\t"), "utf-8")
    (found,) = read("brat", out, SCHEME)
    assert found.spans == (SCHEME.span(0, 4, "LOCATION", id="2", country="IRQ"),)


def brat_folder(folder: Path, ann: bytes, text: bytes = TEXT.encode()) -> Path:
    (folder / "sub").mkdir()
    (folder / "sub" / "x.txt").write_bytes(text)
    (folder / "sub" / "x.ann").write_bytes(ann)
    return folder


def test_folders_of_brat_itself_are_read(tmp_path: Path) -> None:
    ann = (
        b"#1\tAnnotatorNotes T1\tsure\nT1\tACTOR 0 4\tIran\r\nT2\tLOCATION 18 23;25 27\tbases in\n\n"
        b"N1\tReference T1 actors:IRN\tIran\nN2\tReference T1 Wikidata:Q794\tIran\n"
        b"R1\tNear Arg1:T1 Arg2:T2\nE1\tACTOR:T1 Place:T2\nA1\tNegated E1\nM1\tOld T1\n*\tEquiv T1 T2\n#2\tNote E1\tx\n"
    )
    (found,) = read("brat", brat_folder(tmp_path, ann), SCHEME)
    assert found.id == "sub/x" and found.text == TEXT
    assert found.spans == (replace(SCHEME.span(0, 4, "ACTOR", id="IRN"), note="sure"), Span(18, 27, "LOCATION"))


BROKEN_BRAT = {
    "another text": (b"T1\tACTOR 0 4\tIraq\n", 1, "says 'Iraq', but the text has 'Iran' there"),
    "discontinuous": (b"\nT1\tACTOR 0 4;12 17\tIran three\n", 2, "discontinuous"),
    "outside": (b"T1\tACTOR 900 904\tIran\n", 1, "no stretch of the text"),
    "reversed": (b"T1\tACTOR 4 0\tIran\n", 1, "no stretch of the text"),
    "fragments out of order": (b"T1\tACTOR 5 11;0 4\tstruck Iran\n", 1, "no stretch of the text"),
    "truncated": (b"T1\tACTOR 0 4\tIran\nT2\tACT", 2, "no text-bound annotation"),
    "blanks for tabs": (b"T1 ACTOR 0 4 Iran\n", 1, "no text-bound annotation"),
    "one number twice": (b"T1\tACTOR 0 4\tIran\nT1\tACTOR 0 4\tIran\n", 2, "earlier line"),
    "no annotation": (b"PK\x03\x04", 1, "no annotation"),
    "note of nothing": (b"#1\tAnnotatorNotes T7\tx\n", 1, "T7, which is not there"),
    "broken note": (b'T1\tACTOR 0 4\tIran\n#1\tAnnotatorNotes T1\tgoldspan {"value"\n', 2, "truncated"),
    "broken value": (b'T1\tACTOR 0 4\tIran\n#1\tAnnotatorNotes T1\tgoldspan {"label":"ACTOR","value":{"x":1}}\n', 1, "unknown key"),
    "broken normalisation": (b"T1\tACTOR 0 4\tIran\nN1\tReference T1\n", 2, "no normalisation"),
    "broken identifier": (b"T1\tLOCATION 0 4\tIran\nN1\tReference T1 iso-3166-1:Iran\tIran\n", 1, "country"),
    "unknown label": (b"T1\tACTR 0 4\tIran\n", 1, "did you mean 'ACTOR'"),
    "Latin-1": (b"T1\tACTOR 0 4\tIran\n#1\tAnnotatorNotes T1\t\xe9\n", 2, "not UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN_BRAT)
def test_broken_annotations_are_refused_with_their_line(case: str, tmp_path: Path) -> None:
    data, line, told = BROKEN_BRAT[case]
    folder = brat_folder(tmp_path, data)
    with pytest.raises(DataError, match=told) as refused:
        read("brat", folder, SCHEME)
    assert (refused.value.problems[0].path, refused.value.problems[0].line) == (str(folder / "sub" / "x.ann"), line)


def test_folders_that_lack_something_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no \.ann files"):
        read("brat", tmp_path, SCHEME)
    with pytest.raises(DataError, match="no such folder"):
        read("brat", tmp_path / "none", SCHEME)
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(DataError, match=r"a\.txt: there is no \.ann file"):
        read("brat", tmp_path, SCHEME)
    (tmp_path / "a.txt").unlink()
    out, _ = written("brat", tmp_path, [NESTED], SCHEME)
    (out / "a.txt").write_text("another")
    (out / "a.ann").write_text("")
    with pytest.raises(DataError, match="text_sha256"):
        read("brat", out, SCHEME)
    (out / "a.txt").unlink()
    with pytest.raises(DataError, match=r"a\.txt: cannot be read: No such file"):
        read("brat", out, SCHEME)
    (out / "goldspan.jsonl").write_text('{"file": "../a", "record": {}}\n')
    with pytest.raises(DataError, match=r"goldspan\.jsonl:1: the line does not name"):
        read("brat", out, SCHEME)


# spaCy


def unpacked(path: Path) -> list[Doc]:
    return list(DocBin().from_disk(path).get_docs(spacy.blank("en").vocab))


def test_spacy_reads_ents_and_spans(tmp_path: Path) -> None:
    out, loss = written("spacy", tmp_path, [NESTED], SCHEME)
    (found,) = unpacked(out)
    assert found.text == TEXT and not loss.told()
    assert [(e.start_char, e.end_char, e.label_) for e in found.ents] == [(0, 11, "ACTOR"), (12, 17, "COUNT")]
    assert [(s.start_char, s.end_char) for s in found.spans["sc"]] == [(0, 4), (0, 11), (12, 17)]


def test_what_is_changed_in_spacy_wins(tmp_path: Path) -> None:
    out, _ = written("spacy", tmp_path, [NESTED], SCHEME)
    (found,) = unpacked(out)
    found.set_ents([found.ents[0], TokenSpan(found, 3, 4, "LOCATION")], default="outside")
    DocBin(docs=[found], store_user_data=True).to_disk(out)
    assert read("spacy", out, SCHEME)[0].spans == (*NESTED.spans[:2], Span(18, 23, "LOCATION"))


def test_docs_of_other_tools_are_read(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    docs = [nlp("Iran struck."), nlp("It did."), nlp("")]
    docs[0].set_ents([TokenSpan(docs[0], 0, 1, "ACTOR")])
    docs[1].spans["mine"] = [TokenSpan(docs[1], 0, 2, "ACTOR"), TokenSpan(docs[1], 1, 2, "ACTOR")]
    path = tmp_path / "train.spacy"
    DocBin(docs=docs).to_disk(path)
    found = read("spacy", path, SCHEME)
    assert [d.id for d in found] == ["train#1", "train#2", "train#3"] and found[0].text == "Iran struck."
    assert [[(s.start, s.end) for s in d.spans] for d in found] == [[(0, 4)], [(0, 6), (3, 6)], []]


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", ["pickle", "old pickle", "zip", "bytes"])
def test_files_of_another_kind_are_refused_and_never_run(name: str, kind: str, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "x")
    data = {
        "pickle": pickle.dumps(Trap(tmp_path / "trapped")),
        "old pickle": pickle.dumps(Trap(tmp_path / "trapped"), protocol=0),
        "zip": packed.getvalue(),
        "bytes": bytes(range(256)),
    }[kind]
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(DataError) as refused:
        read(name, path, SCHEME)
    assert refused.value.problems[0].path == str(path) and not (tmp_path / "trapped").exists()


def test_a_truncated_docbin_is_one_error(tmp_path: Path) -> None:
    out, _ = written("spacy", tmp_path, [NESTED, doc(id="b")], SCHEME)
    whole = out.read_bytes()
    for length in range(0, len(whole), 7):
        out.write_bytes(whole[:length])
        with pytest.raises(DataError, match="not a whole DocBin") as refused:
            read("spacy", out, SCHEME)
        assert len(refused.value.problems) == 1


def test_a_doc_of_another_text_than_its_record_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.spacy"
    found = spacy.blank("en")("Iran")
    found.user_data["goldspan"] = '{"id": "a", "text": "Iraq", "spans": []}'
    DocBin(docs=[found], store_user_data=True).to_disk(path)
    with pytest.raises(DataError, match=r"x\.spacy:1: the doc's text is not its record's"):
        read("spacy", path, SCHEME)


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("name", ["conll", "spacy"])
def test_damaged_files_are_read_or_refused(name: str, tmp_path: Path, data: st.DataObject) -> None:
    out, _ = written(name, tmp_path, [NESTED], SCHEME)
    whole = out.read_bytes() if name == "conll" else zlib.decompress(out.read_bytes())
    at = data.draw(st.integers(0, len(whole)))
    damaged = whole[:at] + data.draw(st.binary(max_size=3)) + whole[at + data.draw(st.integers(0, 2)) :]
    out.write_bytes(damaged if name == "conll" else zlib.compress(damaged))
    try:
        read(name, out, SCHEME)
    except DataError as error:
        assert error.problems[0].path == str(out)
