"""The text of Word files: paragraphs and tables in their order, as the last author left them."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from ....schema import Metadata, Problem
from ..articles import Article, SourceOptions
from .office_archive import open_office_file

_NAMES = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": ""}
_LEFT_OUT = {
    "txbxContent": "text boxes",
    "footnoteReference": "footnotes",
    "endnoteReference": "endnotes",
    "commentReference": "comments",
    "del": "deletions",
    "moveFrom": "deletions",
}
_TEMPLATE_DATE = datetime(2013, 12, 23, 23, 15)  # of the template of python-docx, which its files keep unless set


def read_word_file(path: str, stem: str, options: SourceOptions, meta: Metadata) -> Article:
    """Read a Word file as an article: a line for each paragraph and for each row of a table, whose cells are tabbed.

    Insertions that are tracked are read. Deletions, text boxes, notes, comments, headers and footers are left out,
    which is noted.

    Args:
        path: The file.
        stem: The id of the article.
        options: What notes are given to.
        meta: What a manifest says of the file, which its own properties do not change.

    Raises:
        DataError: The file cannot be read.
        DependencyError: The extra `office` is not installed.
    """
    with open_office_file(path) as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import docx

        document = docx.Document(stream)
        left_out: Counter[str] = Counter()
        lines = list(_lines_of(document.element.body, left_out))
        for section in document.sections:
            for part in (section.header, section.footer):
                has_text = not part.is_linked_to_previous and any(p.text.strip() for p in part.paragraphs)
                left_out["headers and footers"] += has_text
        title, created = document.core_properties.title, document.core_properties.created
    kinds = ", ".join(f"{kind} {number}" for kind, number in left_out.items() if number)
    if kinds:
        options.note(Problem(f"left out: {kinds}", "", path))
    published = meta.published
    if published is None and created is not None and created.replace(tzinfo=None) != _TEMPLATE_DATE:
        published = created.date().isoformat()
        options.tally.count_date("created", published, path)
    meta = msgspec.structs.replace(meta, title=meta.title or (title or "").strip() or None, published=published)
    return Article(stem, "\n".join(lines), meta, path)


def _lines_of(element: Any, left_out: Counter[str]) -> Iterator[str]:
    """Yield the lines of the paragraphs and tables in an element, such as the body, a cell or a content control."""
    for child in element:
        name = _name(child)
        if name == "p":
            yield "".join(_text_of(child, left_out))
        elif name == "tbl":
            yield from _rows_of(child, left_out)
        elif name in _LEFT_OUT:
            left_out[_LEFT_OUT[name]] += 1
        elif name != "sectPr":
            yield from _lines_of(child, left_out)


def _rows_of(table: Any, left_out: Counter[str]) -> Iterator[str]:
    for child in table:
        if _name(child) == "tr":
            cells = [cell for cell in child.iter(f"{_NAMES}tc") if _row_of(cell) is child]
            yield "\t".join("\n".join(_lines_of(cell, left_out)) for cell in cells)
        elif _name(child) not in ("tblPr", "tblGrid"):
            yield from _rows_of(child, left_out)


def _row_of(cell: Any) -> Any:
    return next(parent for parent in cell.iterancestors() if _name(parent) == "tr")


def _text_of(element: Any, left_out: Counter[str]) -> Iterator[str]:
    for child in element:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name in _CHARACTERS:
            yield _CHARACTERS[name]
        elif name in _LEFT_OUT:
            left_out[_LEFT_OUT[name]] += 1
        elif name not in ("rPr", "pPr", "Fallback"):  # a fallback repeats what precedes it, for older programs
            yield from _text_of(child, left_out)


def _name(element: Any) -> str:
    """Return the local name of an element; empty for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
