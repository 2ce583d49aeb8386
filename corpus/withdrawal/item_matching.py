"""Which items of a file are about a withdrawn document: lines, rows and parts of JSON, told by what they state.

An item states its document in one of the ways in which goldspan and the tools beside it write them: records, decisions,
findings, failures, rows of an audit, tasks of Label Studio, and the answers that a pull keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from .withdrawal_list import Withdrawal
from .withdrawn_documents import WithdrawnDocuments

_DOCUMENT_KEYS = ("document", "doc_id", "document_id", "part_of")  # the last of a task that holds a part
_RECORD_KEYS = {"spans", "text", "text_sha256", "text_length", "tokens"}
_PARTS = ("data", "meta", "_meta", "work", "record", "metadata", "part")
OF_SPANS = frozenset(
    {"document", "start", "end", "begin", "offset", "offsets", "start_char", "end_char", "start_offset", "end_offset"}
)
"""Keys of items that state a part of a document: their text is not that of the document."""

_PLAN_KEYS = {"annotators", "documents", "version"}
_DEPTH = 4  # of the place of a part that a pull keeps: work, data, record, part


def withdrawn_item(item: Any, withdrawn: WithdrawnDocuments) -> Withdrawal | None:
    """Return the withdrawal of the document that an item is about, or None."""
    for part in _parts(item, _DEPTH):
        names = [part[key] for key in _DOCUMENT_KEYS if key in part]
        if "id" in part and not _RECORD_KEYS.isdisjoint(part):
            names.append(part["id"])
        found = next(filter(None, map(withdrawn.by_id, names)), None)
        found = found or withdrawn.by_hash(part.get("text_sha256")) or withdrawn.by_text(_text(part))
        if found:
            return found
    return None


def stated_document(item: Any) -> tuple[str, str] | None:
    """Return the id and the text of the document that a record or a task holds, or None if it does not hold both."""
    for part in _parts(item, _DEPTH):
        name = next((part[key] for key in ("doc_id", "id") if isinstance(part.get(key), str)), None)
        if name is not None and (text := _text(part)) is not None:
            return name, text
    return None


def without_withdrawn(data: Any, withdrawn: WithdrawnDocuments) -> tuple[Any, int]:
    """Return the content of a JSON file without what is about withdrawn documents, and the number of such items.

    Items of a list are left out, and the assignments of a plan; anything else stays as it is.
    """
    if isinstance(data, list):
        kept = [item for item in data if withdrawn_item(item, withdrawn) is None]
        return kept, len(data) - len(kept)
    if is_plan(data):
        documents = {name: item for name, item in data["documents"].items() if not withdrawn.by_id(name)}
        return {**data, "documents": documents}, len(data["documents"]) - len(documents)
    return data, 0


def is_plan(data: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether the content of a JSON file is a plan of who annotates which documents."""
    return isinstance(data, dict) and data.keys() >= _PLAN_KEYS and isinstance(data["documents"], dict)


def _text(part: Mapping[str, Any]) -> str | None:
    """Return the text of a document; that of an item about a span, or about a document, is some words of it."""
    text = part.get("text")
    return text if isinstance(text, str) and not OF_SPANS & part.keys() else None


def _parts(item: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """Yield an item and the objects in it that may state its document."""
    if isinstance(item, dict):
        yield item
        for key in _PARTS if depth else ():
            yield from _parts(item.get(key), depth - 1)
