"""The formats of other tools: what is written comes back, what they change wins, what is broken is refused."""

from __future__ import annotations

import io
import pickle
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from goldspan.corpus.formats import detect_format
from goldspan.corpus.formats.brat.annotation_file import line_fragments
from goldspan.corpus.formats.huggingface.file_names import FileNames
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import DataError, Document, Label, Scheme, Span

from ..schema.test_record import documents
from .written import ACROSS, FORMATS, NESTED, SCHEME, doc, read, written

TOUCHING = doc(*(SCHEME.span(at, at + 1, "ACTOR") for at in range(6)))
MARKERS = doc(SCHEME.span(0, 10, "ACTOR"), text="-DOCSTART- -DOCSTART- # goldspan {} O\tB-ACTOR # x\n# O")


@given(document=documents())
@example(document=NESTED)
@example(document=ACROSS)
@example(document=TOUCHING)
@example(document=MARKERS)
@example(document=doc(text=""))
@example(document=doc(text="  \r\n "))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_document_comes_back_from_every_format(tmp_path: Path, document: Document) -> None:
    for name in FORMATS:  # to make a document takes longer than to write and read it
        out, loss = written(name, tmp_path, [document], SCHEME)
        kept = [s for s in document.spans if name != "brat" or line_fragments(document.text, s.start, s.end)]
        assert read(name, out, SCHEME) == [replace(document, spans=tuple(kept))], name
        assert loss.counts["spans of nothing but line breaks"] == len(document.spans) - len(kept), name


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
    given_names = [names.assign(each) for each in ["a", "A", "a", "NUL", "a.", "Ä", "ä", "x/y", "x_y"]]
    assert len({name.lower() for name in given_names}) == len(given_names)
    assert given_names[0] == "a" and all(name.isascii() and "/" not in name for name in given_names)


@pytest.mark.parametrize("name", FORMATS)
def test_a_scheme_of_a_thousand_labels_comes_back(name: str, tmp_path: Path) -> None:
    labels = {f"L{n}-x_{n}": Label(f"L{n}-x_{n}", "") for n in range(1000)}
    scheme = Scheme("many", 1, "", "", labels, {}, overlap=True)
    text = "ab " * 1000
    document = doc(*(Span(3 * n, 3 * n + 2, label) for n, label in enumerate(labels)), text=text)
    out, loss = written(name, tmp_path, [document], scheme)
    assert read(name, out, scheme) == [document] and not loss.summary()


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
    with pytest.raises(DataError, match="duplicate document id"):
        written(name, tmp_path, [doc(), doc()], SCHEME)
    with pytest.raises(DataError, match="past the text"):
        written(name, tmp_path, [doc(Span(0, 999, "ACTOR"))], SCHEME)


def test_suffixes_name_their_format() -> None:
    names = {"x.conll": "conll", "x.IOB2": "conll", "x.bio.gz": "conll", "x.spacy": "spacy"}
    assert {path: detect_format(Path(path)).name for path in names} == names


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
