"""Documents as tasks of Label Studio, and tasks as documents.

A task holds the text, what an annotator sees beside it, and in `record` all else that the document has, so that a pull
gives the same document back, and hashes of what was sent, so that a push knows what has changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec

from ....schema import DataError, Document, Problem, RecordCodec, Scheme, Span, canonical_json
from .results import results_of

ID = "doc_id"
RECORD = "record"
"""Fields of a task's data beside `title`, `published` and `text`."""

_KEPT = ("meta", "zones", "extra", "text_sha256")


@dataclass(frozen=True, slots=True)
class Task:
    """A document with its suggestions, as it is sent.

    Attributes:
        document: Without spans.
        suggestions: Results by the extractor's name.
        hashes: Of the results of each extractor.
        content: Hash of the document and of what is said about the task.
        about: What a layer made of the task should remember, as how it was chosen.
        conflicts: What a reviewer is to decide, for her to read; empty where nothing is.
    """

    document: Document
    suggestions: Mapping[str, list[dict[str, Any]]]
    hashes: Mapping[str, str]
    content: str
    about: Mapping[str, str] = field(default_factory=dict)
    conflicts: str = ""

    @property
    def id(self) -> str:
        """The document's id."""
        return self.document.id

    def data(self, hashes: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The task's data.

        Args:
            hashes: Of all suggestions that the task has; its own where not given.
        """
        held = dict(self.hashes if hashes is None else hashes)
        document = msgspec.to_builtins(self.document)
        return {
            ID: self.id,
            "title": self.document.meta.title or self.id,
            "published": self.document.meta.published or "day of publication unknown",
            "text": self.document.text,
            RECORD: {key: document[key] for key in _KEPT if key in document}
            | {"content": self.content, "suggestions": held, "about": dict(self.about)},
        } | ({"conflicts": self.conflicts} if self.conflicts else {})

    def predictions(self) -> list[dict[str, Any]]:
        """The task's predictions, one for each extractor."""
        return [
            {"model_version": name, "result": results, **_score(results)} for name, results in self.suggestions.items()
        ]


def make_task(
    document: Document,
    suggestions: Mapping[str, Sequence[Span]],
    scheme: Scheme,
    *,
    about: Mapping[str, str] | None = None,
    conflicts: str = "",
) -> Task:
    """The task of a document.

    Args:
        document: With its text; its spans do not matter.
        suggestions: Spans by the extractor's name.
        scheme: Theirs.
        about: What a layer made of the task should remember.
        conflicts: What a reviewer is to decide.

    Raises:
        DataError: The document is text-free, or its text is none that the server can show.
    """
    if document.text is None:
        fix = "put the text back before pushing: people annotate texts"
        raise DataError(Problem("the record is text-free", fix, document=document.id))
    if not document.text.strip():
        raise DataError(Problem("the text is empty", "leave the document out", document=document.id))
    if "\0" in document.text:
        raise DataError(Problem("the text holds a null character", "remove it", document=document.id))
    bare = msgspec.structs.replace(document.with_hash(), spans=(), layer=None)
    results = {name: results_of(document, spans, scheme) for name, spans in sorted(suggestions.items())}
    hashes = {name: _hash(found) for name, found in results.items()}
    kept = {key: part for key, part in _plain(bare).items() if key in _KEPT}
    content = _hash([bare.id, kept, dict(about or {}), conflicts])
    return Task(bare, results, hashes, content, dict(about or {}), conflicts)


def document_of(data: Any, task: int, scheme: Scheme) -> Document:
    """The document that a task was made of; a foreign task's fields `text` and `title` are taken as they are.

    Args:
        data: The task's data.
        task: Its id, for a document that has none.
        scheme: Of the record.

    Raises:
        DataError: There is no text, or it is not the one that was pushed.
    """
    data = data if isinstance(data, dict) else {}
    name = data.get(ID) if isinstance(data.get(ID), str) and data.get(ID) else f"task-{task}"
    text = data.get("text")
    if not isinstance(text, str):
        raise DataError(Problem("the task has no text", "give it a field `text`", document=name))
    record = data.get(RECORD) if isinstance(data.get(RECORD), dict) else {}
    kept = {key: record[key] for key in _KEPT if key in record}
    if not record and isinstance(data.get("title"), str):
        kept["meta"] = {"title": data["title"]}
    line = msgspec.json.encode({"id": name, "text": text, "spans": [], **kept})
    return RecordCodec(scheme).decode(line)


def _plain(document: Document) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(document)
    return plain


def _hash(data: Any) -> str:
    return sha256(canonical_json(data)).hexdigest()[:16]


def _score(results: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The mean score of the spans, where they have any."""
    scores = [result["score"] for result in results if result["type"] == "labels" and "score" in result]
    return {"score": sum(scores) / len(scores)} if scores else {}
