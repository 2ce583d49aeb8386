"""The format `toponyms`: XML of corpora for geoparsing, with places marked in the text or listed beside it.

```xml
<article docid="1"><text>Near Goma.</text><toponyms><toponym><start>5</start><end>9</end><phrase>Goma</phrase>
  <gaztag geonameid="216281"><lat>-1.67</lat><lon>29.22</lon></gaztag></toponym></toponyms></article>
<doc>Near <toponym lat="-1.67" lon="29.22">Goma</toponym>.</doc>
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem, truncate_problems
from ...spans.offset_units import CODE_POINTS
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..format_interface import ReadOptions
from .inline_markup import text_without_markup
from .safe_xml import XmlElement, first_elements, read_xml

_DOCUMENTS = {"article", "document", "doc", "page", "news", "story"}
_TEXTS = ("text", "body", "content")
_PLACES = {"toponym", "place", "placename", "location"}
_WORDS = ("phrase", "surface", "mention")
_KEYS = {
    "lat": "lat",
    "latitude": "lat",
    "lon": "lon",
    "long": "lon",
    "lng": "lon",
    "longitude": "lon",
    "country": "country",
    "kind": "kind",
}
_GAZETTEER_IDS = {"geonameid", "geonamesid", "geonames_id", "geoname_id", "geonames"}
_OTHER_IDS = {"gazref", "gazid", "gaz_id", "gazetteer_id", "wikidata"}
_OFFSETS = {"start", "end", "phrase", "surface", "mention"}
_NUMBER = re.compile(r"[+-]?[0-9]{1,6}(\.[0-9]{1,30})?")
_BEFORE = re.compile(r"-[0-9]{1,18}")
_MANY = 3000


class ToponymFormat(ForeignFormat):
    """Articles with toponyms; their label is `toponym`, or the name of the elements that mark them."""

    name = "toponyms"
    summary = "XML of geoparsing corpora: toponyms in the text or beside it, with coordinates and ids"
    holds = ("text", "ids", "overlaps", "cuts", "metadata")

    def recognises(self, sample: FileSample) -> bool:
        """Return whether articles have toponyms beside their texts, or places with coordinates or ids within them."""
        elements = first_elements(sample.head, _MANY)
        if not elements or any(element.namespace for element in elements[:1]):
            return False
        names = {element.name.lower() for element in elements}
        if {"toponyms", "text"} <= names or "toponym" in names:
            return True
        known = _KEYS.keys() | _GAZETTEER_IDS | _OTHER_IDS
        places = [element for element in elements if element.name.lower() in _PLACES]
        return bool(places) and all({key.lower() for key in each.attributes} & known for each in places)

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each document states."""
        path = str(source)
        root = read_xml(path)
        documents = [each for each in (root, *root.descendants()) if each.name.lower() in _DOCUMENTS] or [root]
        if documents == [root] and not root.text.strip():
            documents = []  # a corpus without documents
        problems: list[Problem] = []
        for document in documents:
            try:
                stated = _state(document)
            except DataError as error:
                problems += [each.with_location(path, each.line or document.line) for each in error.problems]
                continue
            stated.path, stated.line = path, document.line
            if not problems:
                yield stated
        if problems:
            raise DataError(truncate_problems(problems, "toponyms"))


def _state(document: XmlElement) -> StatedDocument:
    body = next((child for child in document.children if child.name.lower() in _TEXTS), None)
    beside = [child for child in document.children if child.name.lower() in ("toponyms", "toponymindices")]
    stated = StatedDocument("")
    if beside:
        if body is None:
            raise DataError(Problem("toponyms without a text", "export the texts with the toponyms"))
        stated.text = body.text
        for listed in beside:
            stated.spans += filter(None, [_listed(each, stated) for each in listed.children])
    else:
        stated.text, elements = text_without_markup(body if body is not None else document, _words_of)
        stated.unit = CODE_POINTS
        for element, start, end in elements:
            if element.name.lower() not in _PLACES:
                stated.left_out[f"{element.name} elements"] += element.name not in _WORDS
            elif start == end:
                stated.left_out["spans without words"] += 1
            else:
                stated.spans.append(_statement(element, (start, end), stated.text[start:end], stated))
    stated.left_out = +stated.left_out
    for name in ("docid", "id", "number", "name"):
        stated.id = stated.id or (document.attributes.get(name) or "").strip()
    if body is not None:
        for name in ("title", "url"):
            if value := (document.text_of(name) or "").strip():
                stated.meta = {**stated.meta, name: value}
    return stated


def _words_of(element: XmlElement) -> XmlElement:
    """Return the part of a place that is text: its phrase, if data about it is beside the phrase."""
    words = element.find(*_WORDS) if element.name.lower() in _PLACES else None
    return element if words is None else words


def _listed(element: XmlElement, stated: StatedDocument) -> LabelledStatement | None:
    """Return a toponym that is listed beside its text; None if it has no words."""
    bounds = []
    for name in ("start", "end"):
        value = (element.text_of(name) or element.attributes.get(name) or "").strip()
        if _BEFORE.fullmatch(value):  # GeoWebNews has some
            stated.left_out["spans that begin before the text"] += 1
            return None
        if not (value.isascii() and value.isdigit() and len(value) < 19):
            raise DataError(Problem(f"the {name} of a toponym is {value[:20]!r}", "write a number", line=element.line))
        bounds.append(int(value))
    if bounds[0] == bounds[1]:
        stated.left_out["spans without words"] += 1
        return None
    words = next((element.text_of(name) for name in _WORDS if element.text_of(name)), None)
    return _statement(element, (bounds[0], bounds[1]), words or element.attributes.get("phrase"), stated)


def _statement(
    element: XmlElement, bounds: tuple[int, int], words: str | None, stated: StatedDocument
) -> LabelledStatement:
    attributes: dict[str, Any] = {}
    links: list[tuple[str, str]] = []
    data = [(name, value) for each in (element, *element.descendants()) for name, value in each.attributes.items()]
    data += [(each.name, each.text) for each in element.descendants() if not any(each.children)]
    for name, value in data:
        key, value = name.lower(), value.strip()
        if key in _OFFSETS or not value:
            continue
        if key in _GAZETTEER_IDS:
            links.append(("places", f"geonames:{value}" if value.isdigit() else value))
        elif key in _OTHER_IDS:
            links.append(("places", value))
        elif _KEYS.get(key) in ("lat", "lon"):
            attributes.setdefault(_KEYS[key], float(value) if _NUMBER.fullmatch(value) else value)
        else:
            attributes.setdefault(_KEYS.get(key, name), value)
    name = f"{element.name} on line {element.line}"
    return LabelledStatement(element.name, (bounds,), words, name, element.line, attributes, links)


TOPONYMS = ToponymFormat()
"""The object that the entry point names."""
