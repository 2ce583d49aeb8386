"""Files that goldspan writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from goldspan.corpus.formats import LossReport, load_writer
from goldspan.schema import Document, RecordCodec, Span, conflict_scheme

from .file_shapes import Writer, save_lines, shape
from .seeded_texts import SeededText

_NAMES = {
    "parquet": "documents.parquet",
    "hf": "dataset",
    "spacy": "documents.spacy",
    "conll": "documents.conll",
    "brat": "folder",
    "studio": "tasks.json",
    "spans": "spans.csv",
}


def _written(name: str, file: str) -> Writer:
    def write(texts: Sequence[SeededText], folder: Path, random: Random) -> Path:
        codec = RecordCodec(conflict_scheme())
        documents = [
            Document(
                id=text.id,
                text=text.text,
                spans=tuple(Span(*mark.stated, mark.stated_label) for mark in text.marks),
            ).with_hash()
            for text in texts
        ]
        for document in documents:
            codec.check(document)
        out, form = folder / file, load_writer(name)
        if not form.file:
            out.mkdir()
        form.write(documents, out, conflict_scheme(), LossReport())
        return out

    return write


def _edited(name: str, file: str, key: str) -> Writer:
    """Return what writes lines in which the tool moved spans, while their records have them as they were meant."""
    write = _written(name, file)

    def write_and_edit(texts: Sequence[SeededText], folder: Path, random: Random) -> Path:
        meant = [replace(t, marks=[replace(m, stated=(m.start, m.end)) for m in t.marks]) for t in texts]
        path = write(meant, folder, random)
        lines = [json.loads(line) for line in path.read_bytes().split(b"\n") if line]
        for line, text in zip(lines, texts, strict=True):
            spans = [(*mark.stated, mark.stated_label) for mark in text.marks]
            line[key] = [dict(zip(("start", "end", "label"), s, strict=True)) if key == "spans" else s for s in spans]
        return save_lines(folder, file, lines)

    return write_and_edit


_TRUSTED = ("spacy", "conll", "brat", "studio", "spans")
"""Formats for which goldspan writes tokens or words at the bounds that it is given, so that they state what is meant."""

for _name, _file in _NAMES.items():
    _bounds = "none" if _name in _TRUSTED else "whole"
    _folder = _name in ("brat", "hf", "parquet")
    _binary = _name in ("parquet", "hf", "spacy")
    shape(f"{_name} of goldspan", bounds=_bounds, free_labels=False, binary=_binary, folder=_folder)(
        _written(_name, _file)
    )
for _name, _key in {"doccano": "label", "prodigy": "spans"}.items():
    _write = _edited(_name, f"{_name}.jsonl", _key)
    shape(f"{_name} of goldspan", bounds="any", free_labels=False)(_write)
