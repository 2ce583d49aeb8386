"""The exchange with programs and services: documents out and layers back, as JSON lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from ...corpus.spans.offsets import MarkedText, StatedSpan, resolve_offsets
from ...schema import DataError, Document, Problem, RecordCodec, Scheme, Value
from ...schema.files.json_line import parse_line
from .normalisation import ForeignSpan


class WireFormat:
    """Encoder of documents for a system and decoder of its response.

    Args:
        scheme: The scheme of the values in responses.
        tally: A counter to which spans with converted offsets are added.
    """

    def __init__(self, scheme: Scheme, tally: Counter[str]) -> None:
        self._scheme = scheme
        self._tally = tally
        self._codec = RecordCodec(scheme)

    def encode(self, documents: Sequence[Document]) -> bytes:
        """Return the documents as JSON lines, without spans and layers."""
        bare = (msgspec.structs.replace(document, spans=(), layer=None) for document in documents)
        return b"".join(self._codec.encode(document) + b"\n" for document in bare)

    def decode(self, response: bytes, documents: Sequence[Document]) -> list[list[ForeignSpan]]:
        """Return the spans for each document, in the order of the documents, whatever the order of the lines.

        A span may state the text that it covers as `text`. If the text at its offsets differs, the offsets of the
        document are converted to code points from the unit that fits all of its spans.

        Raises:
            DataError: A line is not a record or belongs to none of the documents; a document has no line or several;
                or the stated texts of spans do not match their offsets in any unit.
        """
        texts = {document.id: document.text or "" for document in documents}
        decoded: dict[str, list[ForeignSpan]] = {}
        for number, line in enumerate(response.split(b"\n"), 1):
            if not line.strip():
                continue
            record, problem = parse_line(line)
            if problem is not None:
                raise DataError(Problem(f"line {number} of the response is not a record: {problem.what}"))
            name = record.get("id")
            if name not in texts:
                raise DataError(Problem(f"line {number} of the response has an unexpected document id {name!r}"))
            if name in decoded:
                raise DataError(Problem(f"line {number} of the response has a duplicate document id {name!r}"))
            items = _span_items(record, number)
            spans = [self._decode_span(item, number) for item in items]
            decoded[name] = self._convert_offsets(spans, [item.get("text") for item in items], texts[name], name)
        missing = [document.id for document in documents if document.id not in decoded]
        if missing:
            raise DataError(
                Problem(f"the response lacks {len(missing)} of {len(documents)} documents, first {missing[0]!r}")
            )
        return [decoded[document.id] for document in documents]

    def _convert_offsets(
        self, spans: list[ForeignSpan], stated_texts: list[Any], text: str, name: str
    ) -> list[ForeignSpan]:
        """Convert offsets to code points if any span states its text."""
        if not any(isinstance(stated, str) for stated in stated_texts):
            return spans
        stated_spans = [
            StatedSpan(((span.start, span.end),), stated if isinstance(stated, str) else None, f"span {number}")
            for number, (span, stated) in enumerate(zip(spans, stated_texts, strict=True), 1)
        ]
        marked = MarkedText(text, stated_spans, document=name)
        resolution = resolve_offsets(lambda: [marked])
        for unit, moved in resolution.converted.items():
            self._tally[f"offsets in {unit} brought to code points"] += moved.spans
        bounds = resolution.fragments(0, marked)
        return [replace(span, start=start, end=end) for span, ((start, end),) in zip(spans, bounds, strict=True)]

    def _decode_span(self, item: Any, number: int) -> ForeignSpan:
        where = f"line {number} of the response"
        if not isinstance(item, dict) or not all(type(item.get(key)) is int for key in ("start", "end")):
            raise DataError(Problem(f"{where}: a span has no integer start and end"))
        label, score = item.get("label"), item.get("score")
        if not isinstance(label, str):
            raise DataError(Problem(f"{where}: a span has no label"))
        if score is not None and not (isinstance(score, int | float) and 0 <= score <= 1):
            raise DataError(Problem(f"{where}: score {score!r} is not between 0 and 1"))
        return ForeignSpan(
            item["start"], item["end"], label, score, self._decode_value(label, item.get("value"), where)
        )

    def _decode_value(self, label: str, value: Any, where: str) -> Value | None:
        if value is None or label not in self._scheme.labels:
            return None
        if not isinstance(value, dict):
            raise DataError(Problem(f"{where}: a value is not an object"))
        return self._scheme.value(label, **value)


def _span_items(record: dict[str, Any], number: int) -> list[Any]:
    spans = record.get("spans")
    if not isinstance(spans, list):
        raise DataError(Problem(f"line {number} of the response has no list of spans"))
    return spans
