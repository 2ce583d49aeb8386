"""The format `inline`: texts with their names marked in them by elements, as MUC has them.

```
<DOC><DOCID>1</DOCID><TEXT>The <ENAMEX TYPE="ORGANIZATION">M23</ENAMEX> left.</TEXT></DOC>
```

The elements of MUC are ENAMEX, TIMEX and NUMEX, labelled by their attribute TYPE. Others are chosen with `columns`:
`layer=PER,layer=LOC`. The files are SGML: they have no single root, and are seldom well-formed XML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ....schema import DataError, Problem, UsageError, truncate_problems
from ...spans.offset_units import CODE_POINTS
from ...storage.file_io import decode_utf8, read_whole
from ...storage.table_items import TABLES
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..format_interface import ReadOptions
from .column_choices import ColumnChoices
from .safe_xml import first_elements

_MUC = ("ENAMEX", "TIMEX", "NUMEX")
_ATTRIBUTE = r"""\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'|[^\s"'<>]+)"""
_MARKUP = re.compile(
    rf"<!--.*?-->|<[!?][^>]*>|<(?P<close>/?)(?P<name>[A-Za-z][\w:.-]*)(?P<attributes>(?:{_ATTRIBUTE})*)\s*(?P<empty>/?)>",
    re.DOTALL,
)
_ATTRIBUTES = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""")
_OF_MUC = re.compile(r"""<(?:ENAMEX|TIMEX|NUMEX)\s+(?:[\w.-]+\s*=\s*\S+\s+)*TYPE\s*=\s*["']?[\w|-]+""", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});")
_DOCUMENT, _IDS = "DOC", ("DOCID", "DOCNO")
_PARTS = (_DOCUMENT, *_IDS, "TEXT", "BODY")


@dataclass(slots=True)
class _OpenElement:
    name: str
    start: int
    part: int  # the first part of the text in it
    line: int
    attributes: dict[str, str]


@dataclass(slots=True)
class _Document:
    """A document that is being read: its text in parts, without markup."""

    stated: StatedDocument
    parts: list[str] = field(default_factory=list)
    length: int = 0
    opened: list[_OpenElement] = field(default_factory=list)

    def append(self, part: str) -> None:
        """Add text with its references resolved."""
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), part)
        self.parts.append(text)
        self.length += len(text)

    def open(self, name: str, line: int, attributes: dict[str, str]) -> None:
        """Begin an element."""
        self.opened.append(_OpenElement(name, self.length, len(self.parts), line, attributes))

    def close(self, label: str) -> None:
        """End the innermost element, which is a span or holds the id of the document."""
        element = self.opened.pop()
        words, stated = "".join(self.parts[element.part :]), self.stated
        if element.name in _IDS:
            stated.id = words.strip()
            del self.parts[element.part :]
            self.length = element.start
        elif not words:
            stated.left_out["spans without words"] += 1
        else:
            attributes = element.attributes
            kind = attributes.pop(label, "") or element.name
            name = f"{element.name} of line {element.line}"
            bounds = ((element.start, self.length),)
            stated.spans.append(LabelledStatement(kind, bounds, words, name, element.line, attributes))

    def finished(self) -> StatedDocument:
        """Return what the document states."""
        self.stated.text = "".join(self.parts)
        return self.stated


class InlineFormat(ForeignFormat):
    """Texts with elements around their names."""

    name = "inline"
    summary = "texts with names marked by ENAMEX, TIMEX and NUMEX (MUC), or by chosen elements"
    read_options = ("columns",)
    holds = ("text", "ids", "cuts")

    def recognises(self, sample: FileSample) -> bool:
        """Return whether a text has elements of MUC with their types, and is no XML of another kind."""
        if sample.json_kind or sample.suffix in TABLES or not _OF_MUC.search(sample.text):
            return False
        root = next((element.name for element in first_elements(sample.head)), "")
        return root not in ("TimeML", "GateDocument", "XMI", "collection")

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what the documents state."""
        path, choices = str(source), ColumnChoices(options.columns, ("layer", "label"))
        text = decode_utf8(read_whole(path), path)
        reader = _InlineReader(path, [name.upper() for name in choices.all("layer")] or list(_MUC))
        documents = list(reader.documents(text, (choices.one("label") or "type").lower()))
        if not text.strip():
            raise DataError(Problem("the file is empty", "name a file with a text", path))
        if reader.problems:
            raise DataError(truncate_problems(reader.problems, "elements"))
        if missing := [name for name in choices.all("layer") if name.upper() not in reader.seen]:
            known = ", ".join(sorted(reader.seen)) or "none"
            raise UsageError(f"`columns`: the file has no element {missing[0]!r}. Fix: one of its elements: {known}")
        for stated in documents:
            if not reader.seen.intersection(reader.layers):
                stated.without_spans = "no element marks a name"
            yield stated


class _InlineReader:
    """Reads the documents of a file.

    Args:
        path: The file, for messages.
        layers: Names of the elements that are spans, in upper case.

    Attributes:
        layers: The same.
        problems: What is wrong with its elements.
        seen: The names of its elements, in upper case.
    """

    def __init__(self, path: str, layers: list[str]) -> None:
        self._path, self.layers = path, layers
        self.problems: list[Problem] = []
        self.seen: set[str] = set()

    def documents(self, text: str, label: str) -> Iterator[StatedDocument]:
        """Yield the documents of a text: its elements DOC, or all of it.

        Args:
            text: The text with markup.
            label: The attribute that labels spans.
        """
        position, line = 0, 1
        document, is_marked = self._begin(line), False
        for mark in _MARKUP.finditer(text):
            document.append(text[position : mark.start()])
            line += text.count("\n", position, mark.start())
            name = (mark["name"] or "").upper()
            if name == _DOCUMENT:
                if mark["close"] and is_marked:
                    yield self._end(document)
                else:
                    self._require_blank(document, line)
                document, is_marked = self._begin(line), not mark["close"]
                document.stated.id = _attributes(mark["attributes"]).get("id", "")
                self.seen.add(name)
            elif name:
                self._take(name, mark, document, line, label)
            position = mark.end()
            line += mark[0].count("\n")
        document.append(text[position:])
        if _DOCUMENT not in self.seen:
            yield self._end(document)
        else:
            self._require_blank(document, line)

    def _begin(self, line: int) -> _Document:
        return _Document(StatedDocument("", path=self._path, line=line, unit=CODE_POINTS))

    def _take(self, name: str, mark: re.Match[str], document: _Document, line: int, label: str) -> None:
        """Take the beginning or end of an element."""
        self.seen.add(name)
        is_read = name in (*self.layers, *_IDS)
        if not is_read:
            if not mark["close"] and name not in _PARTS:
                document.stated.left_out[f"{mark['name']} elements"] += 1
        elif not mark["close"]:
            if not mark["empty"]:
                document.open(name, line, _attributes(mark["attributes"]))
        elif document.opened and document.opened[-1].name == name:
            document.close(label)
        else:
            last = document.opened[-1] if document.opened else None
            where = f", within <{last.name}> of line {last.line}" if last else ", which is not open"
            self.problems.append(Problem(f"</{name}> ends no element{where}", "nest elements", self._path, line))

    def _require_blank(self, document: _Document, line: int) -> None:
        if document.finished().text.strip() or document.opened:
            what = "text outside of the documents, or a document without an end"
            self.problems.append(Problem(what, "put each document between <DOC> and </DOC>", self._path, line))

    def _end(self, document: _Document) -> StatedDocument:
        for element in document.opened:
            fix = f"write </{element.name}>"
            self.problems.append(Problem(f"<{element.name}> has no end", fix, self._path, element.line))
        return document.finished()


def _attributes(text: str) -> dict[str, str]:
    """Return the attributes of an element by their names in lower case."""
    found = ((match[1].lower(), match[2] or match[3] or match[4] or "") for match in _ATTRIBUTES.finditer(text or ""))
    return {name: html.unescape(value) for name, value in found}


INLINE = InlineFormat()
"""The object that the entry point names."""
