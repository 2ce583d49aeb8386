"""The form of WikiWars and of ACE: texts with `<TIMEX2 VAL="…">` around expressions of time.

TIMEX2 has no types. The label of an expression is the type that TimeML would give it, by its value: `SET` if it says
that it is one, `DURATION` for a period, `TIME` if it has a time of day, `DATE` for anything else with a value, and
`TIMEX2` without one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ....schema import DataError, Problem
from ...formats.foreign.foreign_format import ForeignFormat
from ...formats.foreign.stated_documents import LabelledStatement, StatedDocument
from ...formats.format_interface import ReadOptions
from ...formats.markup.inline_markup import text_without_markup
from ...formats.markup.safe_xml import XmlElement, read_xml
from ...spans.offset_units import CODE_POINTS

_TIME = "TIMEX2"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIX = "name a file of WikiWars with its key, or a folder of such files"


class Timex2(ForeignFormat):
    """A document with expressions of time."""

    name = "timex2"
    suffixes = (".xml", ".sgm", ".sgml")

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what the document states."""
        path = str(source)
        root = read_xml(path)
        body = _first(root, "TEXT", "text")
        if body is None:
            raise DataError(Problem("the document has no <TEXT>", _FIX, path, root.line))
        text, elements = text_without_markup(body)
        stated = StatedDocument(text, path=path, line=root.line, unit=CODE_POINTS)
        stated.id = (root.text_of("DOCID", "DOCNO", "docid") or "").strip()
        for element, start, end in elements:
            if element.name.upper() != _TIME:
                stated.left_out[f"{element.name} elements"] += 1
            elif start == end:
                stated.left_out["spans without words"] += 1
            else:
                stated.spans.append(_expression(element, (start, end), text[start:end]))
        if day := _published(root):
            stated.meta = {"published": day}
        yield stated


def _expression(element: XmlElement, bounds: tuple[int, int], words: str) -> LabelledStatement:
    stated = {name.lower(): value.strip() for name, value in element.attributes.items()}
    value = stated.get("val", "")
    attributes = {"edtf": value} if value else {}
    name = f"{_TIME} on line {element.line}"
    return LabelledStatement(_type(stated), (bounds,), words, name, element.line, attributes)


def _type(stated: Mapping[str, str]) -> str:
    value = stated.get("val", "")
    if stated.get("set", "").upper() == "YES":
        return "SET"
    if value.startswith("P") and value not in ("PAST_REF", "PRESENT_REF"):
        return "DURATION"
    if "T" in value.partition("_")[0]:
        return "TIME"
    return "DATE" if value else _TIME


def _published(root: XmlElement) -> str:
    """Return the day on which the document says that it was written; empty if it says none."""
    dated = _first(root, "DATETIME", "DATE_TIME")
    stated = [] if dated is None else [dated, *dated.descendants()]
    values = [value for each in stated for name, value in each.attributes.items() if name.lower() == "val"]
    values += [dated.text.strip()] if dated is not None else []
    return next((value[:10] for value in values if _DAY.match(value)), "")


def _first(root: XmlElement, *names: str) -> XmlElement | None:
    return next((each for each in root.descendants() if each.name in names), None)
