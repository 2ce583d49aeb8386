"""What the comments of files of columns say of documents and sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

_KEYED = re.compile(r"#\s*(?P<key>[\w:.-]+(?: [\w:.-]+)?)\s*=\s*(?P<value>.*)")
_BEGIN_DOCUMENT = re.compile(r"#begin document \((?P<id>.*)\)(?:; part (?P<part>[0-9]{1,9}))?\s*")
_GENIA = re.compile(r"###(\S+)\s*")
_BARE = re.compile(r"#\s*newdoc\s*")
_TEXT = re.compile(r"#\s*text\s*=(?P<text>.*)")
_SENTENCE_ID = re.compile(r"#\s*sent_id\s*=\s*(?P<id>.*)")
_OF_SENTENCES = re.compile(r"#\s*(?:sent_id|text|newpar)\b|# id\s|#end document")
_ID_KEYS = re.compile(r"newdoc id|(?:\w+::?)?(?:document[_ ]id|doc[_ ]id)")
_META_KEYS = re.compile(r"(?:\w+::?)?(?P<name>language|date)")
_LANGUAGE = re.compile(r"[a-z]{2,3}")

NEW_DOCUMENT = "newdoc id"
"""The key of a comment that begins a document, even one of the same id as the last."""


@dataclass(slots=True)
class DocumentStart:
    """The beginning of a document.

    Attributes:
        line: Its line.
        marker: What begins it; empty if no line does.
        id: Its id; empty if the file has none.
        meta: Its metadata.
    """

    line: int
    marker: str = ""
    id: str = ""
    meta: dict[str, str] = field(default_factory=dict)


def is_keyed_comment(line: str) -> bool:
    """Return whether a line is a comment with a key and a value, such as `# text = No`."""
    return _KEYED.fullmatch(line) is not None


def ends_sentence(line: str) -> bool:
    """Return whether a comment stands between sentences."""
    return _OF_SENTENCES.match(line) is not None


def sentence_text(line: str) -> str | None:
    """Return the text of the next sentence that a comment states, as in CoNLL-U; None if it states none."""
    match = _TEXT.fullmatch(line)
    return match["text"].strip() if match else None


def sentence_id(line: str) -> str:
    """Return the id of the next sentence that a comment states; empty if it states none."""
    match = _SENTENCE_ID.fullmatch(line)
    return match["id"].strip() if match else ""


def document_start(line: str, number: int) -> DocumentStart | None:
    """Return the document that a comment begins, if it does."""
    if match := _BEGIN_DOCUMENT.fullmatch(line):
        part = f"#{int(match['part'])}" if match["part"] and int(match["part"]) else ""
        return DocumentStart(number, "#begin document", match["id"].strip() + part)
    if match := _GENIA.fullmatch(line):
        return DocumentStart(number, "###", match[1])
    if _BARE.fullmatch(line):
        return DocumentStart(number, "newdoc")
    if (match := _KEYED.fullmatch(line)) and _ID_KEYS.fullmatch(match["key"]):
        return DocumentStart(number, match["key"], match["value"].strip())
    return None


def metadata(line: str) -> dict[str, str]:
    """Return the language or the date that a comment states, by the name that records have for it."""
    match = _KEYED.fullmatch(line)
    name = match and _META_KEYS.fullmatch(match["key"])
    if not match or not name:
        return {}
    value = match["value"].strip()
    if name["name"] == "language":
        return {"language": value} if _LANGUAGE.fullmatch(value) else {}
    return {"published": value} if _is_date(value) else {}


def _is_date(value: str) -> bool:
    try:
        return len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False
