"""Documents and spans as the files of other tools state them, before offsets, labels and values are checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ....schema import canonical_language
from ...spans.offset_units import OffsetUnit
from ...spans.offsets import Fragments, MarkedText, StatedSpan

_NOTHING: Mapping[str, Any] = MappingProxyType({})
"""Shared by all spans without attributes, since a file may have millions."""


@dataclass(slots=True)
class LabelledStatement:
    """A span with its label, as a file states it.

    Attributes:
        label: Label as the file has it.
        fragments: Start and end of each fragment, in the unit of the file; most spans have one.
        words: The words that the file states for it; None if it states none.
        name: How the file names it, for messages: `T3`, `annotation 2`.
        line: Line in the file, from 1; 0 if unknown.
        attributes: Attributes of the span by name. Those that are fields of the label's value become its value.
        references: Authority and identifier of each link; the authority is empty if the file does not name it. Those
            that a field of the value holds become its value.
        note: A note on the span.
        score: Score between 0 and 1.
        fields: Other fields of spans of records: `id`, `source`, `origin`, `unsure`.
    """

    label: str
    fragments: Fragments
    words: str | None = None
    name: str = ""
    line: int = 0
    attributes: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    references: Sequence[tuple[str, str]] = ()
    note: str | None = None
    score: float | None = None
    fields: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


@dataclass(slots=True)
class StatedDocument:
    """A document as a file states it: one for each annotator.

    Attributes:
        text: Its text.
        spans: Its spans, in the order of the file.
        id: Its id; empty if the file has none, so that it is named after the file.
        path: File, for messages.
        line: Line at which it begins, from 1; 0 if unknown.
        annotator: Who annotated it; None if the file does not say.
        created: Time of the work, in UTC, `YYYY-MM-DDTHH:MM:SSZ`.
        skipped: Whether the annotator skipped it.
        meta: Metadata by the names of records (`title`, `published`, `publisher`, `url`, `language`).
        extra: Any other data, kept under `extra`.
        note: The annotator's note on the document.
        unit: The unit of the offsets, if the format defines it; None if it is to be found by the stated words.
        left_out: Number of things that records cannot hold, by kind: `relations`.
        changed: Number of things that are read otherwise than the file has them, or by a guess, by kind.
        unplaced: Spans that have no place in the text or are left out for another reason, each with the kind of
            omission: `extractions not found in the text`.
        surest: Whether only the span with the highest score is kept of those that overlap, if the scheme does not let
            spans overlap.
        record: The record that goldspan once wrote into the file, without its text. The spans of the file are compared
            with those of the record: what is the same keeps everything that the record says of it.
        without_spans: Why it is read without spans although the file does not say that it has none; empty if it does.
    """

    text: str
    spans: list[LabelledStatement] = field(default_factory=list)
    id: str = ""
    path: str = ""
    line: int = 0
    annotator: str | None = None
    created: str | None = None
    skipped: bool = False
    meta: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    note: str | None = None
    unit: OffsetUnit | None = None
    left_out: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unplaced: list[tuple[LabelledStatement, str]] = field(default_factory=list)
    surest: bool = False
    without_spans: str = ""
    record: Mapping[str, Any] | None = None

    def language(self) -> str | None:
        """Return its language in the canonical form; None if it states none, or something that is no language tag."""
        return canonical_language(str(self.meta.get("language") or ""))

    def size(self) -> int:
        """Return about how many bytes of memory it takes."""
        return 2000 + 2 * len(self.text) + 400 * len(self.spans)

    def marked_text(self) -> MarkedText:
        """Return the text with its spans, to find the unit of their offsets."""
        spans = [
            StatedSpan(span.fragments, span.words, span.name or f"span {number}", span.line or self.line)
            for number, span in enumerate(self.spans, 1)
        ]
        return MarkedText(self.text, spans, self.path, self.id, self.unit)
