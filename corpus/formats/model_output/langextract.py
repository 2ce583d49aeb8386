"""The format `langextract`: documents as LangExtract saves them, with the extractions of a language model.

LangExtract lays each extraction on the text. Not every place is the extraction's: one that it did not find has none,
one of which it found only a part has that part's, and repeated mentions may all have the first one's place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem
from ...spans.quote_alignment import align_quotes
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.json_statements import read_items
from ..foreign.json_values import id_of, list_of, object_of, offset_of, shown, string_of
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..format_interface import ReadOptions
from .prediction_format import text_of

_PARTLY = ("match_lesser", "match_greater", "match_fuzzy")
_STATUSES = ("match_exact", *_PARTLY)
_FIX = "give a file that LangExtract saved, or name another `form`"


class LangExtractFormat(ForeignFormat):
    """The documents that LangExtract saves."""

    name = "langextract"
    summary = "LangExtract's JSON lines: extractions of a language model"
    holds = ("text", "ids", "overlaps", "cuts", "values", "notes")
    read_options = ("id_field", "texts")

    def recognises(self, sample: FileSample) -> bool:
        """Return whether all items are documents with extractions."""
        items = [item for item in sample.items if item is not None]
        return bool(items) and all(map(_is_document, items))

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield the extractions of each document."""

        def read(line: int, item: Any) -> Iterator[StatedDocument]:
            yield _document(object_of(item, "the document"), options)

        return read_items(source, "document", _FIX, read)


def _is_document(item: Any) -> bool:
    if not isinstance(item, dict) or "extractions" not in item or not {"text", "document_id"} & item.keys():
        return False
    return isinstance(item["extractions"] or [], list) and all(
        isinstance(extraction, dict) and {"extraction_class", "extraction_text"} <= extraction.keys()
        for extraction in item["extractions"] or []
    )


def _document(item: dict[str, Any], options: ReadOptions) -> StatedDocument:
    id_field = options.id_field or "document_id"
    name, text = id_of(item, id_field), item.get("text")
    if text is not None:
        text = string_of(item, "text", "the document")
    known = ("text", "extractions", id_field)
    stated = StatedDocument(text_of(name, text, options), id=name)
    stated.extra = {key: value for key, value in item.items() if key not in known and value is not None}
    groups: Counter[int] = Counter()
    extractions: list[tuple[LabelledStatement, str]] = []
    for number, extraction in enumerate(list_of(item.get("extractions"), "`extractions`"), 1):
        extraction = object_of(extraction, f"extraction {number}")
        extractions.append((_extraction(extraction, f"extraction {number}"), _status(extraction)))
        if type(extraction.get("group_index")) is int:
            groups[extraction["group_index"]] += 1
    stated.left_out["groups of several extractions"] += sum(count > 1 for count in groups.values())
    _place(stated, extractions)
    return stated


def _extraction(extraction: dict[str, Any], name: str) -> LabelledStatement:
    interval = object_of(extraction.get("char_interval") or {}, f"{name}: `char_interval`")
    bounds = [interval.get("start_pos"), interval.get("end_pos")]
    attributes = object_of(extraction.get("attributes") or {}, f"{name}: `attributes`")
    description = extraction.get("description")
    return LabelledStatement(
        string_of(extraction, "extraction_class", name),
        () if None in bounds else ((offset_of(bounds[0], name), offset_of(bounds[1], name)),),
        words=string_of(extraction, "extraction_text", name),
        name=name,
        attributes={key: value for key, value in attributes.items() if value is not None},
        note=description if isinstance(description, str) and description else None,
    )


def _status(extraction: dict[str, Any]) -> str:
    status = extraction.get("alignment_status")
    if status is not None and status not in _STATUSES:
        raise DataError(Problem(f"unknown alignment status {shown(status)}", f"one of {', '.join(_STATUSES)}"))
    return status or ""


def _place(stated: StatedDocument, extractions: list[tuple[LabelledStatement, str]]) -> None:
    """Add the extractions to the spans or to what has no place.

    An extraction keeps its place if it has its words there and none before it is the same. Any other is laid on the
    first later place of its words that is free. What is left is an approximate match, which is kept as LangExtract
    placed it, or is left out.
    """
    taken: set[tuple[Any, ...]] = set()
    keep = [_keeps_place(span, status, stated.text, taken) for span, status in extractions]
    known = [span.fragments[0] if own else None for (span, _), own in zip(extractions, keep, strict=True)]
    places = align_quotes(stated.text, [span.words or "" for span, _ in extractions], known)
    for (span, status), own, place in zip(extractions, keep, places, strict=True):
        if own:
            stated.spans.append(span)
        elif place is not None and (span.label, place) not in taken:
            taken.add((span.label, place))
            span.fragments = (place,)
            stated.spans.append(span)
            stated.changed["extractions laid on their words, not where LangExtract put them"] += 1
        elif status == "match_fuzzy" and span.fragments and (span.label, span.fragments[0]) not in taken:
            taken.add((span.label, span.fragments[0]))
            span.words = None
            stated.spans.append(span)
            stated.changed["extractions placed on similar words (match_fuzzy)"] += 1
        else:
            stated.unplaced.append((span, _omission(span, status, stated.text)))


def _keeps_place(span: LabelledStatement, status: str, text: str, taken: set[tuple[Any, ...]]) -> bool:
    """Return whether an extraction has its words at its place, and the place to itself."""
    if not span.fragments:
        return False
    ((start, end),) = span.fragments
    if 0 <= start < end <= len(text) and _fold(text[start:end]) == _fold(span.words or ""):
        span.words = text[start:end]  # LangExtract compares words in lower case
    elif status in _PARTLY:
        return False
    if (span.label, (start, end)) in taken:
        return False
    taken.add((span.label, (start, end)))
    return True


def _omission(span: LabelledStatement, status: str, text: str) -> str:
    if align_quotes(text, [span.words or ""])[0] is not None:
        return "extractions of words that the text does not have as often"
    if span.fragments and status in _PARTLY:
        return f"extractions of which only a part is in the text ({status})"
    return "extractions not found in the text"


def _fold(words: str | None) -> str:
    return re.sub(r"\s+", " ", words or "").strip().casefold()


LANGEXTRACT = LangExtractFormat()
"""The object that the entry point names."""
