"""The format `timeml`: texts with `<TIMEX3>` around expressions of time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from pathlib import Path

from ....schema import DataError, Problem, Scheme
from ...spans.offset_units import CODE_POINTS
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..format_interface import ReadOptions, ReadRequest
from .inline_markup import text_without_markup
from .safe_xml import XmlElement, first_elements, read_xml

_TIME = "TIMEX3"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HIDDEN = {"tid", "type", "value"}


class TimeMlFormat(ForeignFormat):
    """A document of TimeML; the label of an expression is its type, such as DATE."""

    name = "timeml"
    summary = "TimeML: TIMEX3 with its type as label; events, signals and links are counted"
    suffixes = (".tml",)
    holds = ("text", "ids", "cuts", "metadata")
    value_key = "value"

    def recognises(self, sample: FileSample) -> bool:
        """Return whether the root is that of TimeML."""
        return [element.name for element in first_elements(sample.head)[:1]] == ["TimeML"]

    def prepared(self, request: ReadRequest) -> TimeMlFormat:
        """Return a reader that puts the value of a TIMEX3 into the scheme's field of type edtf."""
        reader = copy(self)
        reader.value_key = _date_key(request.scheme) or self.value_key
        return reader

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what the document states."""
        path = str(source)
        root = read_xml(path)
        if root.name != "TimeML":
            raise DataError(Problem(f"the root is <{root.name}>, not TimeML", "name a TimeML file", path, root.line))
        body = root.find("TEXT", "text")
        text, elements = text_without_markup(body if body is not None else root)
        stated = StatedDocument(text, path=path, line=root.line, unit=CODE_POINTS)
        stated.id = (root.text_of("DOCID", "docid", "DOCNO") or "").strip()
        for element, start, end in elements:
            if element.name != _TIME:
                stated.left_out[f"{element.name} elements"] += 1
            elif start == end:
                stated.left_out["spans without words"] += 1
            else:
                stated.spans.append(self._statement(element, start, end, text[start:end]))
        if body is not None:
            self._add_outside(root, body, stated)
        yield stated

    def _statement(self, element: XmlElement, start: int, end: int, words: str) -> LabelledStatement:
        attributes = {name: value for name, value in element.attributes.items() if name not in _HIDDEN}
        if value := element.attributes.get("value"):
            attributes[self.value_key] = value
        name = f"{_TIME} {element.attributes.get('tid', '')}".strip()
        label = element.attributes.get("type") or _TIME
        return LabelledStatement(label, ((start, end),), words, name, element.line, attributes)

    def _add_outside(self, root: XmlElement, body: XmlElement, stated: StatedDocument) -> None:
        """Add what is outside the text: the day of publication and the title; count links and the like."""
        meta: dict[str, str] = {}
        for child in root.children:
            if child is body:
                continue
            if child.name in ("TITLE", "title"):
                meta["title"] = child.text.strip()
            times = [each for each in (child, *child.descendants()) if each.name == _TIME]
            for each in times:
                day = each.attributes.get("value", "")[:10]
                if each.attributes.get("functionInDocument") == "CREATION_TIME" and _DAY.fullmatch(day):
                    meta["published"] = day
                else:
                    stated.left_out["expressions of time outside the text"] += 1
            if child.name.endswith("LINK") or child.name in ("MAKEINSTANCE", "EVENT", "SIGNAL"):
                stated.left_out[f"{child.name} elements"] += 1
        stated.meta = {name: value for name, value in meta.items() if value}


def _date_key(scheme: Scheme) -> str:
    """Return the name of the field that holds dates; empty if there is none."""
    fields = (item for label in scheme.labels.values() for item in label.fields.values())
    return next((item.name for item in fields if item.type.name == "edtf"), "")


TIMEML = TimeMlFormat()
"""The object that the entry point names."""
