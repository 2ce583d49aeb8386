"""The form of re3d: folders with documents, entities and relations, each exported from MongoDB, an object a line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem, truncate_problems
from ...formats.file_sample import FileSample
from ...formats.foreign.foreign_format import ForeignFormat
from ...formats.foreign.json_values import offset_of, score_of, string_of
from ...formats.foreign.stated_documents import LabelledStatement, StatedDocument
from ...formats.format_interface import ReadOptions
from ...storage.json_items import numbered_objects

_FIX = "name the folder of re3d, as its repository has it"


class Re3d(ForeignFormat):
    """Documents of re3d; the label of an entity is its type, and its score the confidence in it."""

    name = "re3d"

    def recognises(self, sample: FileSample) -> bool:
        """Return whether it is a folder, of which all is read at once."""
        return sample.is_folder

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each document of each part states, in the order of the parts' names."""
        parts = sorted(source.rglob("documents.json")) if source.is_dir() else []
        if not parts:
            raise DataError(Problem("no documents.json in the folder", _FIX, str(source)))
        for path in parts:
            yield from _part(path)


def _part(path: Path) -> Iterator[StatedDocument]:
    entities: dict[str, list[LabelledStatement]] = defaultdict(list)
    problems: list[Problem] = []
    own = path.with_name("entities.json")
    for line, item in numbered_objects(str(own), noun="entity", fix=_FIX):
        try:
            entities[_id(item, "documentId")].append(_entity(item, line))
        except DataError as error:
            problems += error.with_location(str(own), line).problems
    relations: Counter[str] = Counter()
    if (other := path.with_name("relations.json")).exists():
        relations.update(_id(item, "documentId") for _, item in numbered_objects(str(other), noun="relation", fix=_FIX))
    known: list[StatedDocument] = []
    for line, item in numbered_objects(str(path), noun="document", fix=_FIX):
        try:
            name, text = _id(item, "_id"), string_of(item, "text", "the document")
        except DataError as error:
            problems += error.with_location(str(path), line).problems
            continue
        meta = {"title": item.get("title"), "publisher": item.get("sourceName"), "url": item.get("sourceUrl")}
        stated = StatedDocument(text, entities.pop(name, []), id=name, path=str(own), line=0)
        stated.meta = {key: value for key, value in meta.items() if isinstance(value, str) and value.strip()}
        stated.left_out["relations"] += relations[name]
        known.append(stated)
    lost = [(name, spans) for name, spans in entities.items() if spans]
    problems += [
        Problem(f"entities of the document {name!r}, which is not there", _FIX, str(own), spans[0].line)
        for name, spans in lost
    ]
    if problems:
        raise DataError(truncate_problems(problems, "faults of re3d"))
    yield from known


def _entity(item: dict[str, Any], line: int) -> LabelledStatement:
    name = f"the entity on line {line}"
    bounds = (offset_of(item.get("begin"), name), offset_of(item.get("end"), name))
    score = score_of(item.get("confidence"), name)
    label, words = string_of(item, "type", name), string_of(item, "value", name)
    return LabelledStatement(label, (bounds,), words=words, name=name, line=line, score=score)


def _id(item: dict[str, Any], key: str) -> str:
    """Return an id, which MongoDB also exports as an object `{"$oid": …}`."""
    value = item.get(key)
    if isinstance(value, dict):
        value = value.get("$oid")
    if not isinstance(value, str) or not value:
        raise DataError(Problem(f"`{key}` is not an id", _FIX))
    return value
