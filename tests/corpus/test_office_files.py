"""Articles in spreadsheets and Word files, and files that only pretend to be some."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from goldspan.corpus.ingest.readers import office_archive
from goldspan.schema import DataError, Scheme

from .test_article_tables import Built

WORDS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def workbook(*rows: list[Any], change: Callable[[Any, Any], object] = lambda book, sheet: None) -> bytes:
    """A spreadsheet with the rows in its first sheet, as openpyxl writes it."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    change(book, sheet)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def edited(data: bytes, part: str, pattern: str, replacement: str) -> bytes:
    """The same archive with a part of it changed, as other programs write it."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                changed, count = re.subn(pattern, replacement, content.decode(), count=1)
                assert count, content
                content = changed.encode()
            target.writestr(name, content)
    return written.getvalue()


HEADER = ["id", "text", "published", "desk"]
SHEET = "xl/worksheets/sheet1.xml"


def second_sheet(book: Any, sheet: Any) -> None:
    book.create_sheet("Other").append(["text"])
    book["Other"].append(["other"])


def hidden_first(book: Any, sheet: Any) -> None:
    second_sheet(book, sheet)
    sheet.sheet_state = "hidden"
    book.active = 1


def from_1904(book: Any, sheet: Any) -> None:
    book.epoch = CALENDAR_MAC_1904


SHEETS: dict[str, tuple[bytes, dict[str, Any], list[Any], list[str]]] = {
    "plain": (workbook(HEADER, [1, "a\nb 📰", "2024-03-04", 2.5]), {}, [("1", "a\nb 📰", "2024-03-04", {"desk": "2.5"})], []),
    "dates as dates": (workbook(HEADER, ["x", "a", date(2024, 3, 4)], ["y", "b", datetime(2024, 3, 4, 23, 30)]), {}, [("x", "a", "2024-03-04", None), ("y", "b", "2024-03-04", None)], []),
    "dates as numbers": (workbook(HEADER, ["x", "a", 45355]), {}, [("x", "a", "2024-03-04", None)], ["a serial number of a spreadsheet"]),
    "numbers from 1904": (workbook(HEADER, ["x", "a", 43893], change=from_1904), {}, [("x", "a", "2024-03-04", None)], []),
    "dates as text": (workbook(HEADER, ["x", "a", "05/10/2023"], ["y", "b", "13/10/2023"]), {}, [("x", "a", "2023-10-05", None), ("y", "b", "2023-10-13", None)], []),
    "numbers and truths as text": (workbook(["text", "n"], [1984.0, True], ["b", 7]), {}, [("t#1", "1984", None, {"n": "TRUE"}), ("t#2", "b", None, {"n": "7"})], []),
    "a title above": (workbook(["Our news"], [], HEADER, ["x", "a"], change=lambda book, sheet: sheet.merge_cells("A1:D1")), {}, [("x", "a", None, None)], ["the header is in row 3; 1 row above it left out"]),
    "rows and columns without content": (workbook(["id", None, "text"], ["x", None, "a"], [], ["y", None, "b"]), {}, [("x", "a", None, None), ("y", "b", None, None)], ["left out 1 row without content"]),
    "a column without a name": (workbook([None, "text"], ["z", "a"]), {}, [("t#1", "a", None, {"column 1": "z"})], ["columns kept under extra: column 1"]),
    "several sheets": (workbook(["text"], ["a"], change=second_sheet), {}, [("t#1", "a", None, None)], ["read the sheet 'Sheet'; left out: 'Other'. Fix: name another one in `sheet`"]),
    "a named sheet": (workbook(["text"], ["a"], change=second_sheet), {"sheet": "Other"}, [("t#1", "other", None, None)], []),
    "a hidden sheet": (workbook(["text"], ["a"], change=hidden_first), {}, [("t#1", "other", None, None)], ["read the sheet 'Other'"]),
    "a formula with its result": (edited(workbook(["text"], ['=CONCATENATE("a","b")']), SHEET, "</f><v ?/>|</f><v></v>", "</f><v>5</v>"), {}, [("t#1", "5", None, None)], []),
    "returns of Excel": (workbook(["text"], ["a_x000D_\nb"]), {}, [("t#1", "a\r\nb", None, None)], []),
    "a full cell": (workbook(["text"], ["x" * 32767]), {}, [("t#1", "x" * 32767, None, None)], ["1 text of 32,767 characters, which is all that a cell can hold"]),
    "a size that is a lie": (edited(workbook(["text"], ["a"]), SHEET, '<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"'), {}, [("t#1", "a", None, None)], []),
    "a far row": (edited(workbook(["text"], ["a"]), SHEET, '<row r="2"([^>]*)><c r="A2"', '<row r="90002"\\1><c r="A90002"'), {}, [("t#1", "a", None, None)], ["left out 90,000 rows without content"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_read_as_its_program_stored_it(name: str, tmp_path: Path, scheme: Scheme) -> None:
    data, how, articles, notes = SHEETS[name]
    (tmp_path / "t.xlsx").write_bytes(data)
    built = Built(tmp_path, scheme, tmp_path / "t.xlsx", **how)
    assert [(d.id, d.text, d.meta.published, d.extra) for d in built.documents] == articles
    assert all(note in built.notes for note in notes), built.notes
    if not notes:
        assert built.noted == []


def bomb(size: int, *, declared: int | None = None) -> bytes:
    """An archive whose sheet unpacks to more than it seems to."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * size)
    data = written.getvalue()
    if declared is not None:
        data = data.replace(size.to_bytes(4, "little"), declared.to_bytes(4, "little"))
    return data


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
BROKEN: dict[str, tuple[str, bytes, dict[str, Any], list[str]]] = {
    "merged cells": ("t.xlsx", workbook(HEADER, ["x", "a"], [None, "b"], change=lambda book, sheet: sheet.merge_cells("A2:A3")), {}, ["1 range of merged cells in the table: A2:A3. Fix: unmerge"]),
    "formulas without results": ("t.xlsx", workbook(["id", "text"], ["x", "=A1"], ["y", "b"], ["z", "=A2"]), {}, ["t.xlsx:2: the formula in B2 has no stored result. Fix: open the file", "t.xlsx:4: the formula in B4"]),
    "errors": ("t.xlsx", workbook(["text"], ["a"], ["#REF!"]), {}, ["t.xlsx:3: the cell A3 is the error #REF!"]),
    "no column": ("t.xlsx", workbook(["id", "body"], ["x", "a"]), {}, ["t.xlsx:1: no column 'text'"]),
    "no such sheet": ("t.xlsx", workbook(["text"], change=second_sheet), {"sheet": "Else"}, ["no sheet 'Else'. Fix: one of 'Sheet', 'Other'"]),
    "an empty sheet": ("t.xlsx", workbook(), {}, ["the sheet is empty"]),
    "a row that is too long": ("t.xlsx", workbook(["text"], ["a"], ["b", "c"]), {}, ["t.xlsx:3: more cells than the header: 2 instead of 1"]),
    "no archive": ("t.xlsx", b"id,text\n", {}, ["not an Office file"]),
    "a password": ("t.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", {}, ["encrypted, or of an older format"]),
    "an archive of something else": ("t.xlsx", bomb(10), {}, ["cannot be read as an Office file"]),
    "a Word file of something else": ("t.docx", workbook(["text"]), {}, ["cannot be read as an Office file"]),
    "cut": ("t.xlsx", workbook(["text"], ["a"])[:-40], {}, ["the file is damaged"]),
    "too large, as declared": ("t.xlsx", bomb(300_000), {}, ["unpacks to 1 parts of 300,000 bytes; at most 200,000"]),
    "too large, not as declared": ("t.xlsx", bomb(300_000, declared=100), {}, ["the file is damaged"]),
    "entities": ("t.xlsx", edited(workbook(["text"], ["a"]), SHEET, "<worksheet", ENTITIES + "<worksheet"), {}, ["has a document type"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_an_office_file_that_holds_no_articles_is_refused(
    name: str, tmp_path: Path, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, data, how, messages = BROKEN[name]
    monkeypatch.setattr(office_archive, "LARGEST_OFFICE_FILE", 200_000)
    (tmp_path / file).write_bytes(data)
    with pytest.raises(DataError) as refusal:
        Built(tmp_path, scheme, tmp_path / file, **how)
    said = "\n".join(refusal.value.lines)
    assert all(message in said for message in messages) and len(refusal.value.lines) == len(messages), said


def test_a_word_file_is_its_paragraphs_and_tables(tmp_path: Path, scheme: Scheme) -> None:
    written = docx.Document()
    written.core_properties.title = "Strike"
    written.core_properties.created = datetime(2024, 3, 4, 12)
    written.add_heading("Strike in Goma", 1)
    paragraph = written.add_paragraph("Iran ")
    paragraph.add_run("struck\tGoma").bold = True
    paragraph._p.append(parse_xml(f"<w:ins {WORDS}><w:r><w:t> again</w:t></w:r></w:ins>"))
    paragraph._p.append(parse_xml(f"<w:del {WORDS}><w:r><w:delText> never</w:delText></w:r></w:del>"))
    table = written.add_table(2, 2)
    for cell, text in zip((cell for row in table.rows for cell in row.cells), ("a", "b", "c", "d"), strict=True):
        cell.text = text
    table.cell(1, 0).merge(table.cell(1, 1))
    written.element.body.insert(2, parse_xml(f"<w:sdt {WORDS}><w:sdtContent><w:p><w:r><w:t>Held</w:t><w:br/><w:t>on</w:t></w:r></w:p></w:sdtContent></w:sdt>"))  # fmt: skip
    written.sections[0].header.paragraphs[0].text = "Confidential"
    written.save(str(tmp_path / "a.docx"))
    built = Built(tmp_path, scheme, tmp_path / "a.docx")
    [document] = built.documents
    assert (
        document.text == "Strike in Goma\nIran struck\tGoma again\nHeld\non\na\tb\nc\nd\n"[: len(document.text or "")]
    )
    assert (document.text or "").startswith("Strike in Goma\nIran struck\tGoma again\nHeld\non\na\tb\nc")
    assert (document.id, document.meta.title, document.meta.published) == ("a", "Strike", "2024-03-04")
    assert "left out: deletions 1, headers and footers 1" in built.notes
    assert "publication date taken from when the Word file was created ('2024-03-04' at" in built.notes


def test_a_manifest_says_more_than_a_word_file_and_a_template_says_nothing(tmp_path: Path, scheme: Scheme) -> None:
    written = docx.Document()
    written.add_paragraph("Iran left.")
    written.save(str(tmp_path / "a.docx"))
    (tmp_path / "~$a.docx").write_bytes(b"lock")
    assert Built(tmp_path, scheme, tmp_path).published == [None]
    (tmp_path / "manifest.toml").write_text('[[article]]\nfile = "a.docx"\ntitle = "T"\npublished = "2024-03-05"\n')
    [document] = Built(tmp_path, scheme, tmp_path).documents
    assert (document.meta.title, document.meta.published) == ("T", "2024-03-05")
