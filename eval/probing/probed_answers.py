"""What an extractor answered about a changed document, beside what is expected, for a reader to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ...corpus.probing.expectations import ProbedDocument
from ...schema import Scheme, Span
from .followed_spans import JudgedSpan, judge_answer


@dataclass(frozen=True, slots=True)
class ProbedAnswer:
    """An answer about a changed document.

    Attributes:
        probe: Name of the probe.
        asked: The changed document, and what is expected.
        answer: The spans of the answer.
        scheme: The changed scheme.
    """

    probe: str
    asked: ProbedDocument
    answer: Sequence[Span]
    scheme: Scheme

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data, as a line of the file of `goldspan probe --out`."""
        text = self.asked.document.text or ""
        judged = judge_answer(self.asked.expected, self.answer, self.scheme)
        expected = [
            {
                "span": _shown(each.span, text),
                "before": _shown(each.ignoring, text),
                "concerned": each.touched,
                "result": _result(result),
                "value": _value_result(result),
            }
            for each, result in zip(self.asked.expected, judged, strict=True)
        ]
        known = {_place(each.span) for each in self.asked.expected if each.span is not None}
        return {
            "probe": self.probe,
            "id": self.asked.document.id,
            "text": text,
            "answer": [_shown(span, text) for span in self.answer],
            "expected": expected,
            "unexpected": [_shown(span, text) for span in self.answer if _place(span) not in known],
        }


def _result(judged: JudgedSpan) -> str:
    return "follows" if judged.follows else "as before" if judged.as_before else "neither"


def _value_result(judged: JudgedSpan) -> str | None:
    if judged.value_follows is None:
        return None
    return "follows" if judged.value_follows else "as before" if judged.value_as_before else "neither"


def _shown(span: Span | None, text: str) -> dict[str, Any] | None:
    if span is None:
        return None
    return {
        "quote": text[span.start : span.end],
        "start": span.start,
        "end": span.end,
        "label": span.label,
        "value": None if span.value is None else msgspec.to_builtins(span.value),
    }


def _place(span: Span) -> tuple[int, int, str]:
    return span.start, span.end, span.label
