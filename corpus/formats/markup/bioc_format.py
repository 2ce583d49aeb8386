"""The format `bioc`: BioC as XML and as JSON, passages with their offsets and annotations with their locations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ....schema import DataError, Problem, truncate_problems
from ...spans.offset_units import CODE_POINTS, CodePointIndex, OffsetUnit, equivalent_unit
from ...spans.quoted_words import same_words
from ...storage.json_items import numbered_objects
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..format_interface import ReadOptions
from .safe_xml import XmlElement, first_elements, read_xml

_UNITS = (CODE_POINTS, OffsetUnit("UTF-16 code units"), OffsetUnit("UTF-8 bytes"))
_NUMBER = re.compile(r"[0-9]{1,18}")
_AGAIN = "export the collection again"
_LABELS = ("type", "label", "semantic_type", "category")
_LONGEST_GAP = 1_000_000


class _Passage(NamedTuple):
    offset: int
    text: str
    line: int


class BioCFormat(ForeignFormat):
    """A collection of BioC, or documents of one."""

    name = "bioc"
    summary = "BioC XML and BioC JSON: passages, annotations and their locations"
    holds = ("text", "ids", "overlaps", "cuts")

    def recognises(self, sample: FileSample) -> bool:
        """Return whether the file is a collection whose documents have passages, or has such documents."""
        names = [element.name for element in first_elements(sample.head)]
        if names:
            return names[0] == "collection" and {"document", "passage"} <= set(names)
        documents = [each for item in sample.objects for each in _documents_of(item)]
        return bool(documents) and all(_is_document(each) for each in documents)

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each document states."""
        path = str(source)
        problems: list[Problem] = []
        for line, document in _documents(path):
            try:
                stated = _state(document, line)
            except DataError as error:
                problems += [each.with_location(path, each.line or line) for each in error.problems]
                continue
            stated.path = path
            if not problems:
                yield stated
        if problems:
            raise DataError(truncate_problems(problems, "problems"))


def _documents(path: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the documents of a file as the objects that JSON has for them, with their lines."""
    if first_elements(FileSample(Path(path)).head):
        root = read_xml(path)
        if root.name != "collection":
            raise DataError(Problem(f"the root is <{root.name}>, not a collection", _AGAIN, path, root.line))
        yield from ((child.line, _object(child)) for child in root.children if child.name == "document")
        return
    for line, item in numbered_objects(path, noun="collection", fix="export the collection as BioC"):
        documents = _documents_of(item)
        are_objects = all(isinstance(each, dict) for each in documents)
        if not are_objects or (not documents and item.get("documents") != []):
            raise DataError(Problem("the object is neither a collection nor a document", _AGAIN, path, line))
        yield from ((line, each) for each in documents)


def _documents_of(item: Mapping[str, Any]) -> list[Any]:
    for name in ("documents", "PubTator3"):
        if isinstance(item.get(name), list):
            return list(item[name])
    return [item] if "passages" in item else []


def _is_document(item: Any) -> bool:
    passages = item.get("passages") if isinstance(item, dict) else None
    return isinstance(passages, list) and all(isinstance(each, dict) and "offset" in each for each in passages)


def _object(element: XmlElement) -> dict[str, Any]:
    """Return an element of the XML as the JSON has it."""
    item: dict[str, Any] = {"line": element.line, "infons": {}, **element.attributes}
    for child in element.children:
        if child.name == "infon":
            item["infons"][child.attributes.get("key", "")] = child.text
        elif child.name in ("passage", "sentence", "annotation", "relation", "location"):
            item.setdefault(f"{child.name}s", []).append(_object(child))
        elif child.name in ("id", "offset", "text"):
            item[child.name] = child.text
    return item


def _state(document: Mapping[str, Any], line: int) -> StatedDocument:
    passages, annotations, relations = _parts(document)
    identifier = document.get("id")
    stated = StatedDocument("", id=str(identifier) if isinstance(identifier, str | int) else "", line=line)
    stated.left_out["relations"] += relations
    for number, annotation in enumerate(annotations, 1):
        _add(annotation, number, stated)
    stated.left_out = +stated.left_out
    problem: Problem | None = None
    for unit in _UNITS:  # programs count in different units, which the words of annotations tell apart
        text, gaps, found = _put_together(passages, unit)
        if found is None and (misplaced := _misplaced(text, stated.spans, unit)) is None:
            stated.text, stated.unit = text, unit
            if gaps:
                stated.changed["characters between passages, which the file does not state"] += gaps
            return stated
        problem = problem or found or misplaced
    assert problem is not None  # one for each unit
    raise DataError(problem)


def _parts(document: Mapping[str, Any]) -> tuple[list[_Passage], list[Mapping[str, Any]], int]:
    """Return the passages of a document, its annotations and the number of its relations."""
    passages: list[_Passage] = []
    annotations: list[Mapping[str, Any]] = []
    relations = 0
    for part in [document, *_list(document, "passages")]:
        sentences = _list(part, "sentences")
        for each in [part, *sentences]:
            annotations += _list(each, "annotations")
            relations += len(_list(each, "relations"))
        if part is document:
            continue
        text = part.get("text")
        for each in [part] if text or not sentences else sentences:
            words = each.get("text")
            if not isinstance(words, str | None):
                raise DataError(Problem("the text of a passage is not a string", _AGAIN, line=_line(each)))
            passages.append(_Passage(_number(each, "offset", "a passage"), words or "", _line(each)))
    return passages, annotations, relations


def _list(item: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = item.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise DataError(Problem(f"{name} is not a list of objects", _AGAIN, line=_line(item)))
    return found


def _line(item: Mapping[str, Any]) -> int:
    line = item.get("line")
    return line if type(line) is int else 0


def _number(item: Mapping[str, Any], name: str, owner: str) -> int:
    value = item.get(name)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return int(value)
    if type(value) is not int or not 0 <= value < 10**18:
        raise DataError(Problem(f"the {name} of {owner} is {str(value)[:40]!r}", "write a number", line=_line(item)))
    return value


def _add(annotation: Mapping[str, Any], number: int, stated: StatedDocument) -> None:
    name = f"annotation {annotation.get('id', number)}"
    infons = annotation.get("infons")
    infons = {str(key): value for key, value in infons.items() if value is not None} if isinstance(infons, dict) else {}
    label = next((str(infons.pop(key)) for key in _LABELS if isinstance(infons.get(key), str)), "annotation")
    links = [("", str(infons.pop(key))) for key in list(infons) if key.lower() == "identifier"]
    links = [(authority, link) for authority, link in links if link not in ("", "-", "-1")]
    fragments = tuple(
        (start, start + _number(location, "length", name))
        for location in _list(annotation, "locations")
        for start in [_number(location, "offset", name)]
    )
    words = annotation.get("text")
    if not fragments:
        stated.left_out["annotations without a place in the text"] += 1
    elif any(start == end for start, end in fragments):
        stated.left_out["spans without words"] += 1
    else:
        words = words if isinstance(words, str) else None
        line = _line(annotation) or stated.line
        stated.spans.append(LabelledStatement(label, tuple(sorted(fragments)), words, name, line, infons, links))


def _put_together(passages: Sequence[_Passage], unit: OffsetUnit) -> tuple[str, int, Problem | None]:
    """Return the text of passages at their offsets, how many characters are unknown, and what is wrong, if anything."""
    parts: list[str] = []
    length = gaps = 0
    for passage in sorted(passages, key=lambda item: item.offset):
        if not passage.text:
            continue
        gap = passage.offset - length
        if gap < 0 or gap > _LONGEST_GAP:
            what = f"a passage begins at {passage.offset}, but the text before it has {length} characters ({unit})"
            return "", 0, Problem(what, "correct the offset of the passage", line=passage.line)
        if gap:
            parts.append("\n" + " " * (gap - 1) if length else " " * gap)
            gaps += gap
        parts.append(passage.text)
        length = passage.offset + _length(passage.text, unit)
    return "".join(parts), gaps, None


def _length(text: str, unit: OffsetUnit) -> int:
    return len(text) if unit == CODE_POINTS else CodePointIndex(text, unit).end


def _misplaced(text: str, spans: Sequence[LabelledStatement], unit: OffsetUnit) -> Problem | None:
    """Return what is wrong with the first span that does not fit its words; None if all do."""
    index = None if equivalent_unit(unit, text) == CODE_POINTS else CodePointIndex(text, unit)
    for span in spans:
        bounds = span.fragments if index is None else index.convert(span.fragments)
        inside = all(0 <= start < end <= len(text) for start, end in bounds)
        if not inside:
            stated = ", ".join(f"[{start}, {end})" for start, end in span.fragments)
            what = f"{span.name} {stated} is not in the text, which has {len(text)} code points"
            return Problem(what, "correct its location", line=span.line)
        words = " ".join(text[start:end] for start, end in bounds)
        whole = text[bounds[0][0] : bounds[-1][1]]
        if span.words is not None and not (same_words(span.words, words) or same_words(span.words, whole)):
            what = f"{span.name} says {span.words[:40]!r}, but the text has {words[:40]!r}"
            return Problem(what, "correct its location", line=span.line)
    return None


BIOC = BioCFormat()
"""The object that the entry point names."""
