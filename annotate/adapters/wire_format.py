"""Records out and layers back, as lines: what a program or a service is given, and how its answer is read."""

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
    """Writes documents for a system and reads what it answers.

    Args:
        scheme: The scheme whose values are read.
        tally: Told of offsets that were brought to code points.
    """

    def __init__(self, scheme: Scheme, tally: Counter[str]) -> None:
        self._scheme = scheme
        self._tally = tally
        self._codec = RecordCodec(scheme)

    def question(self, documents: Sequence[Document]) -> bytes:
        """Records as JSON lines, without spans and layers."""
        bare = (msgspec.structs.replace(document, spans=(), layer=None) for document in documents)
        return b"".join(self._codec.encode(document) + b"\n" for document in bare)

    def answer(self, lines: bytes, documents: Sequence[Document]) -> list[list[ForeignSpan]]:
        """The findings of each document, in the documents' order, whatever the order of the lines.

        A span may state its words as `text`. Where they are not what its offsets cut, the document's offsets are
        brought to code points from the unit in which all of them fit.

        Raises:
            DataError: A line is no record, a document has no line or two, or a line is of none of the documents; or
                spans state words that they do not cut from the text in any unit.
        """
        wanted = {document.id: document.text or "" for document in documents}
        found: dict[str, list[ForeignSpan]] = {}
        for number, line in enumerate(lines.split(b"\n"), 1):
            if not line.strip():
                continue
            record, problem = parse_line(line)
            if problem is not None:
                raise DataError(Problem(f"line {number} of the answer is no record: {problem.what}"))
            name = record.get("id")
            if name not in wanted or name in found:
                what = "is of a document that was not asked for" if name not in wanted else "is a document's second"
                raise DataError(Problem(f"line {number} of the answer {what} (id {name!r})"))
            spans = _spans(record, number)
            findings = [self._finding(span, number) for span in spans]
            found[name] = self._settled(findings, [span.get("text") for span in spans], wanted[name], name)
        missing = [document.id for document in documents if document.id not in found]
        if missing:
            raise DataError(
                Problem(f"the answer lacks {len(missing)} of {len(documents)} documents, first {missing[0]!r}")
            )
        return [found[document.id] for document in documents]

    def _settled(self, findings: list[ForeignSpan], words: list[Any], text: str, name: str) -> list[ForeignSpan]:
        """Findings in code points, where the answer states words of any."""
        if not any(isinstance(said, str) for said in words):
            return findings
        spans = [
            StatedSpan(((finding.start, finding.end),), said if isinstance(said, str) else None, f"span {number}")
            for number, (finding, said) in enumerate(zip(findings, words, strict=True), 1)
        ]
        marked = MarkedText(text, spans, document=name)
        settlement = resolve_offsets(lambda: [marked])
        for unit, moved in settlement.converted.items():
            self._tally[f"offsets in {unit} brought to code points"] += moved.spans
        places = settlement.fragments(0, marked)
        return [replace(f, start=start, end=end) for f, ((start, end),) in zip(findings, places, strict=True)]

    def _finding(self, span: Any, number: int) -> ForeignSpan:
        if not isinstance(span, dict) or not all(type(span.get(key)) is int for key in ("start", "end")):
            raise DataError(Problem(f"line {number} of the answer: a span has no integer start and end"))
        label, score = span.get("label"), span.get("score")
        if not isinstance(label, str):
            raise DataError(Problem(f"line {number} of the answer: a span has no label"))
        if score is not None and not (isinstance(score, int | float) and 0 <= score <= 1):
            raise DataError(Problem(f"line {number} of the answer: the score {score!r} is not between 0 and 1"))
        return ForeignSpan(span["start"], span["end"], label, score, self._value(label, span.get("value"), number))

    def _value(self, label: str, value: Any, number: int) -> Value | None:
        if value is None or label not in self._scheme.labels:
            return None
        if not isinstance(value, dict):
            raise DataError(Problem(f"line {number} of the answer: a value is no object"))
        return self._scheme.value(label, **value)


def _spans(record: dict[str, Any], number: int) -> list[Any]:
    spans = record.get("spans")
    if not isinstance(spans, list):
        raise DataError(Problem(f"line {number} of the answer has no list of spans"))
    return spans
