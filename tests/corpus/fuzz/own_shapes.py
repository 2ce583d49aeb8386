"""Files that goldspan writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

from goldspan.corpus.formats import LossReport, load_writer
from goldspan.schema import Document, Span, conflict_scheme

from .file_shapes import Writer, shape
from .seeded_texts import SeededText

_NAMES = {
    "parquet": "documents.parquet",
    "hf": "dataset",
    "spacy": "documents.spacy",
    "conll": "documents.conll",
    "brat": "folder",
    "doccano": "doccano.jsonl",
    "prodigy": "prodigy.jsonl",
    "studio": "tasks.json",
    "spans": "spans.csv",
}


def _written(name: str, file: str) -> Writer:
    def write(texts: Sequence[SeededText], folder: Path, random: Random) -> Path:
        documents = [
            Document(
                id=text.id,
                text=text.text,
                spans=tuple(Span(*mark.stated, mark.stated_label) for mark in text.marks),
            ).with_hash()
            for text in texts
        ]
        out, form = folder / file, load_writer(name)
        if not form.file:
            out.mkdir()
        form.write(documents, out, conflict_scheme(), LossReport())
        return out

    return write


for _name, _file in _NAMES.items():
    _binary = _name in ("parquet", "hf", "spacy")
    shape(f"{_name} of goldspan", bounds="whole", free_labels=False, binary=_binary)(_written(_name, _file))
