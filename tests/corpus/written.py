"""Documents written in a format and read again."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from goldspan.corpus.formats import LossReport, ReadRequest, load_reader, load_writer
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import Document, Scheme, Span, conflict_scheme

FORMATS = ["conll", "brat", "spacy"]
TEXT = "Iran struck three bases\r\nin eastern Syria.\n\n\tKurds said so.  "


# what is installed is searched once: that takes longer than to write a document
_writer, _reader = cache(load_writer), cache(load_reader)


def places(name: str, folder: Path) -> Path:
    target = folder / (_writer(name).file or "folder")
    if not _writer(name).file:
        for old in target.glob("*"):
            old.unlink()
        target.mkdir(exist_ok=True)
    return target


def written(name: str, folder: Path, docs: Iterable[Document], scheme: Scheme) -> tuple[Path, LossReport]:
    out, loss = places(name, folder), LossReport()
    _writer(name).write(docs, out, scheme, loss)
    return out, loss


def read(name: str, source: Path, scheme: Scheme, labels: LabelMap | None = None) -> list[Document]:
    return list(_reader(name).read(source, ReadRequest(scheme, labels=labels)))


def doc(*spans: Span, text: str = TEXT, id: str = "a") -> Document:
    return Document(id=id, text=text, spans=spans).with_hash()


SCHEME = conflict_scheme()
NESTED = doc(SCHEME.span(0, 4, "ACTOR", id="IRN"), SCHEME.span(0, 11, "ACTOR"), SCHEME.span(12, 17, "COUNT", min=3))
ACROSS = doc(SCHEME.span(18, 41, "LOCATION", country="SYR"), SCHEME.span(42, 49, "DATE", edtf="2023"))


def brat_folder(folder: Path, ann: bytes, text: bytes = TEXT.encode()) -> Path:
    (folder / "sub").mkdir()
    (folder / "sub" / "x.txt").write_bytes(text)
    (folder / "sub" / "x.ann").write_bytes(ann)
    return folder
