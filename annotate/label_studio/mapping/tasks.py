"""Conversion of documents to tasks of Label Studio and back.

A task holds the text, what an annotator sees beside it, and in `record` everything else that the document has, so that
a pull returns the same document, and hashes of what was sent, so that a push can detect changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

import msgspec

from ....schema import DataError, Document, Problem, RecordCodec, Scheme, Span
from ....schema.extras import missing_extras
from ....schema.hashing import json_sha256
from ....schema.names.authorities import table_editions
from ....schema.value_types import TABLE
from .hotkeys import NO_KEY
from .pickers.document_offers import (
    DocumentOffers,
    document_offers,
    offered_ids,
    offers_as_data,
    table_offers,
)
from .pickers.id_lists import listed_ids
from .pickers.picker_controls import sources
from .pickers.picks import OfferedIds, as_picks
from .region_prefixes import RegionPrefix, count_low_scores, no_prefix
from .result_json import mean_score, results_of
from .task_parts import PART, TaskPart

ID = "doc_id"
RECORD = "record"
"""Fields of a task's data beside `title`, `published` and `text`."""

MIGRATED = "migrated"
"""Key of the record for what migrations left of people's work besides its results."""

RECORD_KEYS = ("meta", "zones", "extra", "text_sha256")
"""Keys of the record that are those of the document."""
_OTHER_KEYS = {MIGRATED, PART, "content", "suggestions", "about", "kind", "layer", "spans"}


@dataclass(frozen=True, slots=True)
class TaskLists:
    """The lists that pickers of a project choose from.

    Attributes:
        scheme: Scheme of the project.
        listed: Ids in the lists that all tasks share, by source.
        offers: Finds what is offered for a document; None where spaCy, which it needs, is not installed.
    """

    scheme: Scheme
    listed: OfferedIds
    offers: DocumentOffers | None

    def data(self, document: Document) -> dict[str, Any]:
        """Return the fields of a task's data with what is offered for its document."""
        found = self.offers.of(document) if self.offers and self._needs_rules else {}
        tables = {
            source: table_offers(document, authority)
            for source, authority in sources(self.scheme).items()
            if authority.startswith(TABLE)
        }
        offers = {**found, **tables}
        return {source: offers_as_data(offers.get(source, ()), NO_KEY) for source in sorted(sources(self.scheme))}

    @property
    def _needs_rules(self) -> bool:
        return not all(authority.startswith(TABLE) for authority in sources(self.scheme).values())

    @property
    def version(self) -> str:
        """What the offers depend on besides the document."""
        rules = self.offers.version if self.offers else ""
        return "+".join([rules, *table_editions(self.scheme)])


def task_lists(scheme: Scheme) -> TaskLists | None:
    """Return the lists that pickers of a scheme choose from; None if it has no field with a picker."""
    if not sources(scheme):
        return None
    offers = None if missing_extras("what is offered for documents", "rules") else document_offers()
    return TaskLists(scheme, listed_ids(scheme), offers)


@dataclass(frozen=True, slots=True)
class TaskContents:
    """The large parts of a task.

    Attributes:
        document: The document without spans.
        suggestions: Results by extractor name.
    """

    document: Document
    suggestions: Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Task:
    """A document with its suggestions, ready to be sent.

    Attributes:
        id: Id of the document.
        text_sha256: Hash of its text.
        extractors: Names of the extractors of its suggestions.
        hashes: Hash of each extractor's results.
        content: Hash of the document, `about` and `conflicts`.
        size: Estimated size in the server's format, in bytes.
        contents: Returns the large parts. They need not be in memory, and are for one use.
        about: Facts to copy into a layer made from the task, such as why it was selected.
        conflicts: Text for the reviewer about what they are to decide; empty outside reviews.
        low_scores: Number of suggested spans that are shown as faint, and of those that are only framed.
        lists: The lists that pickers choose from; None in a project without pickers.
        offered: Fields of the task's data with what is offered for its document; found with `lists` if there are any.
        part: The place of its text in the document that it is a part of; None for a whole document.
    """

    id: str
    text_sha256: str
    extractors: tuple[str, ...]
    hashes: Mapping[str, str]
    content: str
    size: int
    contents: Callable[[], TaskContents]
    about: Mapping[str, str] = field(default_factory=dict)
    conflicts: str = ""
    low_scores: tuple[int, int] = (0, 0)
    lists: TaskLists | None = None
    offered: Mapping[str, Any] | None = None
    part: TaskPart | None = None

    @classmethod
    def of(
        cls,
        contents: TaskContents,
        hashes: Mapping[str, str],
        content: str,
        load: Callable[[], TaskContents],
        *,
        about: Mapping[str, str],
        conflicts: str,
        lists: TaskLists | None = None,
        offered: Mapping[str, Any] | None = None,
    ) -> Self:
        """Return the task with these contents, which `load` returns again."""
        document, suggestions = contents.document, contents.suggestions
        size = 4 * document.length + 250 * sum(map(len, suggestions.values()))
        text_sha256, names = document.text_sha256 or "", tuple(suggestions)
        low = count_low_scores([result for results in suggestions.values() for result in results])
        return cls(document.id, text_sha256, names, hashes, content, size, load, about, conflicts, low, lists, offered)

    def data(self, hashes: Mapping[str, str] | None = None, left: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the task's data in Label Studio's format.

        Args:
            hashes: Hashes of all suggestions that the task has on the server; by default its own.
            left: What migrations left in it on the server.
        """
        suggestion_hashes = dict(self.hashes if hashes is None else hashes)
        plain = self.contents().document
        document = msgspec.to_builtins(plain)
        offered = self.lists.data(plain) if self.lists else self.offered or {}
        return {
            ID: self.id,
            "title": plain.meta.title or (self.part.place.document if self.part else self.id),
            "published": plain.meta.published or "day of publication unknown",
            "text": plain.text,
            RECORD: {key: document[key] for key in RECORD_KEYS if key in document}
            | {"content": self.content, "suggestions": suggestion_hashes, "about": dict(self.about)}
            | ({MIGRATED: left} if left else {})
            | (self.part.in_record() if self.part else {}),
            **offered,
            **(self.part.shown() if self.part else {}),
        } | ({"conflicts": self.conflicts} if self.conflicts else {})

    def predictions(self, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the task's suggestions in Label Studio's format, one prediction per extractor.

        Args:
            data: Data of the task, with what is offered for its document.
        """
        return [
            {"model_version": name, "result": self._shown(results, data), **mean_score(results)}
            for name, results in self.contents().suggestions.items()
        ]

    def _shown(self, results: list[dict[str, Any]], data: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return results as the project's page shows them: with picks, if it has pickers."""
        lists = self.lists
        return as_picks(results, lists.scheme, offered_ids(data, lists.scheme), lists.listed) if lists else results


def task_contents(
    document: Document,
    suggestions: Mapping[str, Sequence[Span]],
    scheme: Scheme,
    *,
    prefix: RegionPrefix = no_prefix,
) -> TaskContents:
    """Return the contents of a document's task; the document's own spans are ignored.

    Args:
        document: Document with text.
        suggestions: Spans by extractor name.
        scheme: Scheme of the spans.
        prefix: Prefix of the region id of each suggestion.
    """
    bare = msgspec.structs.replace(document.with_hash(), spans=(), layer=None)
    return TaskContents(
        bare,
        {name: results_of(document, spans, scheme, prefix=prefix) for name, spans in sorted(suggestions.items())},
    )


def make_task(
    document: Document,
    suggestions: Mapping[str, Sequence[Span]],
    scheme: Scheme,
    *,
    about: Mapping[str, str] | None = None,
    conflicts: str = "",
    load: Callable[[], TaskContents] | None = None,
    prefix: RegionPrefix = no_prefix,
    lists: TaskLists | None = None,
) -> Task:
    """Create the task for a document.

    Args:
        document: Document with text; its own spans are ignored.
        suggestions: Spans by extractor name.
        scheme: Scheme of the spans.
        about: Facts to copy into a layer made from the task.
        conflicts: Text for the reviewer about what they are to decide.
        load: Returns `task_contents` of the document where it is not to be held in memory.
        prefix: Prefix of the region id of each suggestion.
        lists: The lists that pickers choose from; None for a project without pickers.

    Raises:
        DataError: The document is text-free, or Label Studio cannot show its text.
    """
    if document.text is None:
        fix = "restore the texts before pushing: people annotate texts"
        raise DataError(Problem("the record is text-free", fix, document=document.id))
    if not document.text.strip():
        raise DataError(Problem("the text is empty", "remove the document", document=document.id))
    if "\0" in document.text:
        raise DataError(Problem("the text contains a null character", "remove it", document=document.id))
    contents = task_contents(document, suggestions, scheme, prefix=prefix)
    hashes = {name: _hash(extractor_results) for name, extractor_results in contents.suggestions.items()}
    content = content_hash(contents.document, about or {}, conflicts, lists)
    load = load or partial(task_contents, document, suggestions, scheme, prefix=prefix)
    # a project whose page has pickers refuses tasks that lack the fields, even if nothing is offered
    offered: dict[str, Any] | None = None if lists else {source: [] for source in sorted(sources(scheme))}
    facts = dict(about or {})
    return Task.of(contents, hashes, content, load, about=facts, conflicts=conflicts, lists=lists, offered=offered)


def content_hash(document: Document, about: Mapping[str, str], conflicts: str, lists: TaskLists | None) -> str:
    """Return the hash of what a task says of its document, which has no spans; arguments are those of `make_task`."""
    plain: dict[str, Any] = msgspec.to_builtins(document)
    record = {key: value for key, value in plain.items() if key in RECORD_KEYS}
    # what is offered follows from the document and this version, so that it need not be found for an unchanged task
    return _hash([document.id, record, dict(about), conflicts, *([lists.version] if lists else [])])


def document_from_task(data: Any, task: int, scheme: Scheme) -> Document:
    """Return the document that a task was made from; for a foreign task, one with its fields `text` and `title`.

    Args:
        data: Data of the task.
        task: Id of the task, used to name a document that has no id.
        scheme: Scheme of the record.

    Raises:
        DataError: The text is missing or is not the one that was pushed, or a newer goldspan made the task.
    """
    data = data if isinstance(data, dict) else {}
    name = data.get(ID) if isinstance(data.get(ID), str) and data.get(ID) else f"task-{task}"
    if not isinstance(text := data.get("text"), str):
        raise DataError(Problem("the task has no text", "add a field `text`", document=name))
    record = data.get(RECORD) if isinstance(data.get(RECORD), dict) else {}
    ours = "content" in record  # so that a key of a newer version is refused, and others of any project's are not
    fields = {key: part for key, part in record.items() if key in RECORD_KEYS or (ours and key not in _OTHER_KEYS)}
    if record.keys() <= {MIGRATED} and isinstance(data.get("title"), str):
        fields["meta"] = {"title": data["title"]}
    return RecordCodec(scheme).from_mapping({"id": name, "text": text, "spans": [], **fields})


def _hash(data: Any) -> str:
    return json_sha256(data)[:16]
