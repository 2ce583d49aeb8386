"""Which column of a table of spans holds what: as a call names them, or by their names and contents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ....schema import UsageError, did_you_mean
from ..foreign.json_values import whole_number

ROLES = {
    "id": ("document", "doc", "docid", "documentid", "documentname", "docname", "article", "articleid", "file",
           "filename", "textid", "storyid", "pmid", "instanceid", "iddoc", "id"),
    "start": ("start", "begin", "charstart", "startchar", "startoffset", "offsetstart", "beginoffset", "beginposition",
              "startposition", "startpos", "from", "spanstart", "entitystart", "startidx", "startindex", "offset"),
    "end": ("end", "stop", "charend", "endchar", "endoffset", "offsetend", "stopoffset", "endposition", "endpos", "to",
            "spanend", "entityend", "endidx", "endindex", "finish"),
    "length": ("length", "len", "spanlength"),
    "label": ("label", "type", "entitytype", "entitylabel", "entity", "tag", "category", "class", "spanlabel",
              "labelname", "code", "annotation"),
    "words": ("words", "surface", "mention", "spantext", "entitytext", "coveredtext", "phrase", "quote", "span",
              "string", "match"),
    "document_text": ("documenttext", "doctext", "articletext", "fulltext", "body", "content", "sentence"),
    "annotator": ("annotator", "annotatorid", "coder", "coderid", "rater", "user", "userid", "username"),
    "score": ("score", "confidence", "probability"),
    "note": ("note", "remark", "comment"),
}  # fmt: skip
"""What columns hold, and names by which it is guessed, without case and punctuation, the surest first."""

_ALIASES = {"text": "words", "document": "id", "doc": "id", "surface": "words", "type": "label", "begin": "start"}
_TEXT = "text"  # of the document, or of the span

_NUMBER = re.compile(r"\s*(-?\d{1,18})(?:\.0*)?\s*")


def named_columns(spec: str, columns: Sequence[str]) -> dict[str, str]:
    """Return the columns that a call names, by role.

    Args:
        spec: Such as `start=begin,label=type`.
        columns: The columns of the table.

    Raises:
        UsageError: A part is not of that form, names an unknown role or column, or a role twice.
    """
    named: dict[str, str] = {}
    for part in re.split(r",(?=\s*\w+\s*=)", spec) if spec else ():
        role, separator, column = (piece.strip() for piece in part.partition("="))
        role = role if role in ROLES else _ALIASES.get(role, role)
        if not separator or role not in ROLES:
            raise UsageError(f"`columns`: unknown {part.strip()!r}. Fix: {', '.join(f'{name}=…' for name in ROLES)}")
        if column not in columns:
            raise UsageError(f"`columns`: there is no column {column!r}. Fix: {did_you_mean(column, list(columns))}")
        if role in named:
            raise UsageError(f"`columns`: {role} is named twice. Fix: name one column for it")
        named[role] = column
    return named


def guessed_columns(columns: Sequence[str], named: Mapping[str, str]) -> dict[str, str]:
    """Return the columns by role: those that are named, and for the other roles those with a known name."""
    roles = dict(named)
    by_name: dict[str, str] = {}
    for column in columns:
        if column not in named.values():
            by_name.setdefault(re.sub(r"[\W_]+", "", column.lower()), column)
    for role, names in ROLES.items():
        if role not in roles and (found := next((name for name in names if name in by_name), None)):
            if role == "length" and "end" in roles:
                continue
            roles[role] = by_name.pop(found)
    return roles


def has_spans(columns: Sequence[str]) -> bool:
    """Return whether a table with these columns certainly holds a span in each row."""
    roles = guessed_columns(columns, {})
    return "start" in roles and "label" in roles and bool({"end", "length"} & roles.keys()) and "tokens" not in columns


def are_offsets(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the starts of rows are numbers: of all that have any content, not all are dates or the like."""
    if not rows:
        return True
    column = guessed_columns(list(rows[0]), {}).get("start", "")
    starts = [row[column] for row in rows if row.get(column) not in (None, "")]
    return not starts or any(number_in(start) is not None for start in starts)


def text_role(columns: Sequence[str], roles: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return what a column `text` holds: `words` if each cell is as long as its span, else `document_text`.

    Args:
        columns: The columns of the table.
        roles: The columns whose role is known.
        rows: The rows.

    Returns:
        The role; empty if there is no such column, or its role is taken.
    """
    column = next((name for name in columns if name.lower() == _TEXT and name not in roles.values()), None)
    if column is None or {"words", "document_text"} <= roles.keys():
        return ""
    if "words" in roles or "document_text" in roles:
        return "document_text" if "words" in roles else "words"
    longer = exact = 0
    for row in rows:
        start, end = (number_in(row.get(roles[role])) for role in ("start", "end")) if "end" in roles else (None, None)
        if start is not None and end is not None and isinstance(row.get(column), str):
            longer += len(row[column]) > end - start + 1 and len(row[column]) >= end
            exact += len(row[column]) <= end - start + 1
    return "document_text" if longer > exact else "words"


def number_in(cell: Any) -> int | None:
    """Return the whole number in a cell; None for anything else."""
    if not isinstance(cell, str):
        return whole_number(cell)
    match = _NUMBER.fullmatch(cell)
    return int(match[1]) if match else None
