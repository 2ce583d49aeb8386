"""Files of spaCy's JSON, of GLiNER, of LangExtract and of the pipeline of transformers, in all their shapes."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from goldspan.corpus.formats import (
    AuditRow,
    FileSample,
    FormatReader,
    ReadOptions,
    ReadReport,
    ReadRequest,
    load_reader,
)
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import Document, Scheme, conflict_scheme

SCHEME = conflict_scheme()
NAMES = ("gliner", "langextract", "spacy-json", "transformers")
TEXT = "😀 Hamas left Rafah. Rafah fell on Monday."
HAMAS, RAFAH, RAFAH_2, MONDAY = (2, 7), (13, 18), (20, 25), (34, 40)
LABELS = LabelMap(
    {"actor": "ACTOR", "place": "LOCATION", "ACTOR": "ACTOR", "LOCATION": "LOCATION", "DATE": "DATE", "other": ""}
)


class Reading(NamedTuple):
    """What was read from a file."""

    documents: list[Document]
    report: ReadReport
    audit: list[AuditRow]

    def spans(self) -> list[list[tuple[str, str]]]:
        """The words and the label of each span."""
        return [[(document.surface(span), span.label) for span in document.spans] for document in self.documents]

    def counts(self) -> dict[str, int]:
        """What was left out, changed or read without spans."""
        parts = (self.report.left_out, self.report.changed, self.report.without_spans)
        return {kind: number for part in parts for kind, number in part.counts.items()}


@cache
def form(name: str) -> FormatReader:
    """A reader, for which what is installed is searched once."""
    return load_reader(name)


def reading(path: Path, name: str, scheme: Scheme = SCHEME, **options: Any) -> Reading:
    """Read a file."""
    audit: list[AuditRow] = []
    report = ReadReport(audit=audit.append)
    request = ReadRequest(scheme, report, LabelMap(LABELS.labels), ReadOptions(**options))
    return Reading(list(form(name).read(path, request)), report, audit)


def recognised(path: Path) -> list[str]:
    """The names of the formats of these tools that a file is of by its contents."""
    sample = FileSample(path)
    return [name for name in NAMES if form(name).recognises(sample)]  # type: ignore[attr-defined]


def written_json(path: Path, content: Any) -> Path:
    """Write a value as JSON, or several as lines."""
    text = "\n".join(map(json.dumps, content)) if isinstance(content, tuple) else json.dumps(content)
    path.write_text(text, "utf-8")
    return path


def entity(bounds: tuple[int, int], label: str, score: float = 0.9, text: str = TEXT) -> dict[str, Any]:
    """An entity as GLiNER writes it."""
    return {"start": bounds[0], "end": bounds[1], "text": text[slice(*bounds)], "label": label, "score": score}


def mention(bounds: tuple[int, int], score: float = 0.9) -> dict[str, Any]:
    """A mention as GLiNER2 writes it."""
    return {"text": TEXT[slice(*bounds)], "start": bounds[0], "end": bounds[1], "confidence": score}


def group(bounds: tuple[int, int], label: str, word: str = "") -> dict[str, Any]:
    """An aggregated entity as transformers writes it."""
    word = word or TEXT[slice(*bounds)].lower()
    return {"entity_group": label, "score": 0.9, "word": word, "start": bounds[0], "end": bounds[1]}


def token(bounds: tuple[int, int] | None, tag: str, word: str, index: int | None = None) -> dict[str, Any]:
    """A single token as transformers writes it."""
    start, end = bounds or (None, None)
    item = {"entity": tag, "score": 0.8, "index": index, "word": word, "start": start, "end": end}
    return {key: value for key, value in item.items() if key != "index" or value is not None}


def extraction(
    label: str, words: str, bounds: tuple[int, int] | None, status: str | None, **more: Any
) -> dict[str, Any]:
    """An extraction as LangExtract writes it."""
    interval = None if bounds is None else {"start_pos": bounds[0], "end_pos": bounds[1]}
    item = {"extraction_class": label, "extraction_text": words, "char_interval": interval, "alignment_status": status}
    return item | {"extraction_index": 1, "group_index": None, "description": None, "attributes": None} | more


def variants(value: Any) -> Iterator[Any]:
    """Yield a JSON value with each of its parts replaced by what does not belong there, or left out."""
    junk: list[Any] = [None, True, -1, 3.5, 10**30, "", "x", "\x00", [], [[]], {}, {"x": 1}]
    for path in _paths(value, ()):
        for item in [*junk, ...]:
            changed = copy.deepcopy(value)
            at = changed
            for key in path[:-1]:
                at = at[key]
            if item is ...:
                del at[path[-1]]
            else:
                at[path[-1]] = item
            yield changed


def _paths(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*path, key)
        yield from _paths(part, (*path, key))
