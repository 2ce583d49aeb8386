"""Parsing of XML that anybody may have written: nothing is fetched, nothing is expanded, size and depth are limited.

A document type that is elsewhere is passed over. A file that declares entities, or default values of attributes, is
refused, because a few lines of them can stand for gigabytes, or for another file.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Any
from xml.parsers import expat

from ....schema import DataError, Problem
from ...storage.file_io import read_whole

LARGEST_XML = 256_000_000
"""Maximum size of an XML file, in bytes."""

DEEPEST = 200
"""Maximum depth of elements within each other."""

_WELL_FORMED = "save the file as well-formed XML"
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_DECLARATION = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_CODED = {"utf-7", "utf_7", "unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined"}
"""Encodings of Python that no XML file has, and that write markup as something else."""


@dataclass(slots=True)
class XmlElement:
    """An element of an XML file.

    Attributes:
        name: Its name without the namespace.
        namespace: The address of its namespace; empty if it has none.
        attributes: Its attributes; those of a namespace are named `{namespace}name`.
        line: Its line in the file, from 1.
        content: The texts and elements in it, in their order; texts are never next to each other.
    """

    name: str
    namespace: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    line: int = 0
    content: list[str | XmlElement] = field(default_factory=list)

    @property
    def children(self) -> Iterator[XmlElement]:
        """The elements directly in it."""
        return (item for item in self.content if isinstance(item, XmlElement))

    @property
    def text(self) -> str:
        """All text in it and in the elements in it."""
        return "".join(item if isinstance(item, str) else item.text for item in self.content)

    def find(self, *names: str) -> XmlElement | None:
        """Return the first element directly in it with one of the names."""
        return next((child for child in self.children if child.name in names), None)

    def text_of(self, *names: str) -> str | None:
        """Return the text of the first element directly in it with one of the names; None if there is none."""
        child = self.find(*names)
        return None if child is None else child.text

    def descendants(self) -> Iterator[XmlElement]:
        """Yield all elements in it, outer ones first."""
        for child in self.children:
            yield child
            yield from child.descendants()


def read_xml(path: str) -> XmlElement:
    """Read an XML file, decompressed by suffix, and return its root.

    Raises:
        DataError: As in `parse_xml`, or the file cannot be read.
    """
    return parse_xml(read_whole(path), path)


def parse_xml(data: bytes, path: str) -> XmlElement:
    """Parse XML and return its root.

    Args:
        data: The file.
        path: Its path, for messages.

    Raises:
        DataError: It is not well-formed, not in the encoding that it declares, too large or too deep; or it declares
            entities or default values of attributes.
    """
    if len(data) > LARGEST_XML:
        raise DataError(Problem(f"the file is larger than {LARGEST_XML:,} bytes", "split the file", path))
    encoded = _as_utf8(data, path)
    try:
        kind = _Prolog(encoded)
        if kind.bounds:
            start, end = kind.bounds
            lines = b"\n" * encoded.count(b"\n", start, end)
            encoded = encoded[:start] + lines + encoded[end:]  # so that no reference passes for one declared elsewhere
        builder = _TreeBuilder()
        builder.parse(encoded)
    except _RefusedXmlError as error:
        raise DataError(Problem(error.what, error.fix, path, error.line)) from None
    except expat.ExpatError as error:
        what = f"not well-formed XML: {expat.ErrorString(error.code)}, at character {error.offset + 1} of the line"
        raise DataError(Problem(what, _WELL_FORMED, path, error.lineno)) from None
    assert builder.root is not None  # otherwise the parser found no element
    return builder.root


@lru_cache(maxsize=4)
def first_elements(head: bytes, number: int = 50) -> tuple[XmlElement, ...]:
    """Return the first elements of a file of which only the beginning is known, without their contents.

    Args:
        head: The beginning of the file.
        number: How many elements to return.

    Returns:
        The root and those after it; nothing if the file is not XML, or would be refused.
    """
    start = head[:200].lstrip(codecs.BOM_UTF8 + b"\0\xff\xfe \t\r\n")
    if not start.startswith(b"<"):
        return ()
    builder = _TreeBuilder(number)
    try:
        builder.parse(_as_utf8(head, "", cut=True), cut=True)
    except (_RefusedXmlError, DataError):
        return ()
    except expat.ExpatError:
        pass  # what is before the error is enough to tell the format
    return tuple(builder.seen)


class _RefusedXmlError(Exception):
    def __init__(self, what: str, fix: str, line: int) -> None:
        super().__init__(what)
        self.what, self.fix, self.line = what, fix, line


class _DoneError(Exception):
    """Ends a parser that has seen enough."""


def _as_utf8(data: bytes, path: str, *, cut: bool = False) -> bytes:
    """Return XML in UTF-8 without a byte order mark, from the encoding that it declares."""
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "")
    declared = _DECLARATION.match(data[:1000].removeprefix(codecs.BOM_UTF8))
    if not encoding:
        encoding = declared[1].decode() if declared else "utf-8"
    try:
        info = codecs.lookup(encoding)
    except LookupError:
        info = None
    # only encodings of text, since others unpack: zip, bz2
    if info is None or not getattr(info, "_is_text_encoding", True) or info.name.replace("-", "_") in _CODED:
        raise DataError(Problem(f"declares the unknown encoding {encoding!r}", "save the file as UTF-8", path, 1))
    try:
        text, _ = info.decode(data, "ignore" if cut else "strict")
    except UnicodeDecodeError as error:
        what = f"byte {error.start + 1} is not {encoding.removesuffix('-sig').upper()}, which the file is to be in"
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            Problem(what, "declare the encoding that the file has, or save it as UTF-8", path, line)
        ) from None
    except (UnicodeError, ValueError, AssertionError) as error:
        raise DataError(Problem(f"cannot be decoded as {encoding}: {error}", "save the file as UTF-8", path)) from None
    return text.encode("utf-8", "replace")


class _Prolog:
    """What is before the first element: a document type, of which declarations that expand are refused.

    Attributes:
        bounds: Start and end of the document type, in bytes; None if there is none.
    """

    def __init__(self, data: bytes) -> None:
        self.bounds: tuple[int, int] | None = None
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.StartDoctypeDeclHandler = self._start
        parser.EndDoctypeDeclHandler = self._end
        parser.EntityDeclHandler = self._refuse_entity
        parser.AttlistDeclHandler = self._refuse_default
        parser.StartElementHandler = self._stop
        self._first = 0
        self._data = data
        with suppress(_DoneError):
            parser.Parse(data, True)

    def _start(self, *declared: Any) -> None:
        self._first = self._data.rfind(b"<!DOCTYPE", 0, self._parser.CurrentByteIndex)

    def _end(self) -> None:
        self.bounds = (self._first, self._parser.CurrentByteIndex + 1)

    def _stop(self, *element: Any) -> None:
        raise _DoneError

    def _refuse_entity(self, name: str, *declared: Any) -> None:
        what = f"declares the entity {name!r}, which may stand for anything"
        raise _RefusedXmlError(what, "replace it in the file by what it stands for", self._parser.CurrentLineNumber)

    def _refuse_default(self, element: str, name: str, kind: str, default: str | None, required: bool) -> None:
        if default is not None:
            what = f"declares a default value of the attribute {name!r}"
            raise _RefusedXmlError(what, "write the attribute where it is meant", self._parser.CurrentLineNumber)


class _TreeBuilder:
    """Builds the elements of a file.

    Args:
        limit: Number of elements to see, without building a tree; 0 for all.

    Attributes:
        root: The root, once it has been seen.
        seen: The elements, up to the limit.
    """

    def __init__(self, limit: int = 0) -> None:
        self.root: XmlElement | None = None
        self.seen: list[XmlElement] = []
        self._limit = limit
        self._open: list[XmlElement] = []

    def parse(self, data: bytes, *, cut: bool = False) -> None:
        """Parse a file, or the beginning of one."""
        self._parser = parser = expat.ParserCreate("utf-8", "}")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = self._refuse_declaration
        with suppress(_DoneError):
            parser.Parse(data, not cut)

    def _refuse_declaration(self, *declared: Any) -> None:
        raise _RefusedXmlError("declares an entity", _WELL_FORMED, self._parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        line = self._parser.CurrentLineNumber
        if len(self._open) >= DEEPEST:
            what = f"elements are nested deeper than {DEEPEST}"
            raise _RefusedXmlError(what, "write the file with fewer levels", line)
        namespace, _, local = name.rpartition("}")
        plain = {("{" + key if "}" in key else key): value for key, value in attributes.items()}
        element = XmlElement(local, namespace, plain, line)
        if self._limit:
            self.seen.append(element)
            if len(self.seen) >= self._limit:
                raise _DoneError
        elif self._open:
            self._open[-1].content.append(element)
        if not self._open and self.root is None:
            self.root = element
        self._open.append(element)

    def _end(self, name: str) -> None:
        content = self._open.pop().content
        if sum(isinstance(item, str) for item in content) > 1:  # what comments part is put together
            content[:] = [
                item
                for is_text, items in groupby(content, key=lambda item: isinstance(item, str))
                for item in (["".join(map(str, items))] if is_text else items)
            ]

    def _characters(self, text: str) -> None:
        if self._open and not self._limit:
            self._open[-1].content.append(text)
