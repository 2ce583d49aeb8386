"""What a migration cannot decide by its rules: questions for people, and their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..document import Document, Span
from ..errors import DataError, Problem
from ..hashing import canonical_json

QuestionKind = Literal["label", "value", "overlap", "zone"]

CONTEXT = 60
"""Code points of the text that a question shows on each side."""

SET_ASIDE = ""
"""The answer by which a span, value or zone is set aside."""

QuestionKey = tuple[str, str, int, int, str, str, bytes]

Answers = Mapping[QuestionKey, Any]
"""Answers by the key of their question: a label or zone kind, a string or parts of a value, or numbers of spans."""


@dataclass(frozen=True, slots=True)
class MigrationQuestion:
    """Something that a person has to decide.

    Attributes:
        kind: What to decide: which label a span gets, which value, which of overlapping spans stay, or the kind of a
            zone.
        document: Id of the document.
        start: Start of the span or zone, or of the first of the spans, in code points.
        end: Its end.
        label: The label or zone kind that it had; empty for spans that overlap.
        value: The value that it had, as in a record.
        field: For a value: the field that needs one.
        options: What to choose from; empty if any valid value is possible.
        spans: For spans that overlap: the spans, each with `start`, `end`, `label` and `value`, as they would be.
        context: The words around it, with its own in square brackets; None without a text.
    """

    kind: QuestionKind
    document: str
    start: int
    end: int
    label: str = ""
    value: Any = None
    field: str = ""
    options: tuple[str, ...] = ()
    spans: tuple[Mapping[str, Any], ...] = ()
    context: str | None = None

    @property
    def key(self) -> QuestionKey:
        """What tells the question from others; it is the same for the same span of several passes."""
        about = canonical_json([self.value, list(self.spans)])
        return self.kind, self.document, self.start, self.end, self.label, self.field, about

    def with_context(self, document: Document) -> MigrationQuestion:
        """Return the question with the words around it."""
        if document.text is None:
            return self
        before = document.text[max(0, self.start - CONTEXT) : self.start]
        after = document.text[self.end : self.end + CONTEXT]
        return replace(self, context=f"{before}[{document.text[self.start : self.end]}]{after}")

    def problem(self, what: str) -> DataError:
        """Return the error for an answer that does not fit."""
        numbers = "numbers of the spans that stay, such as [1]" if self.kind == "overlap" else ""
        options = ", ".join(map(repr, self.options)) or numbers or f"a value of {self.field}"
        place = f"the answer about [{self.start}, {self.end}) {self.label}".rstrip()
        return DataError(Problem(f"{place} {what}", f'{options}; "" sets it aside', document=self.document))


class QuestionBook:
    """The answers at hand, and the questions that are still open.

    Args:
        document: The document that the questions are about, for the words around spans.
        answers: Answers by the key of their question.
    """

    def __init__(self, document: Document, answers: Answers) -> None:
        self._document = document
        self._answers = answers
        self.open: list[MigrationQuestion] = []
        self.used: set[QuestionKey] = set()

    def ask(self, question: MigrationQuestion) -> Any:
        """Return the answer to a question; None if there is none, and then the question is open."""
        answer = self._answers.get(question.key)
        if answer is None:
            self.open.append(question.with_context(self._document))
        else:
            self.used.add(question.key)
        return answer

    def choose(self, question: MigrationQuestion) -> str | None:
        """Return the option that was chosen, which may be to set it aside; None if the question is open.

        Raises:
            DataError: The answer is not an option.
        """
        answer = self.ask(question)
        if answer is not None and answer != SET_ASIDE and answer not in question.options:
            raise question.problem(f"is {answer!r}, which is not one of the options")
        return None if answer is None else str(answer)


def overlap_question(document: str, spans: Sequence[Span], records: Sequence[Mapping[str, Any]]) -> MigrationQuestion:
    """Return the question which of spans that the new scheme does not allow together stay.

    Args:
        document: Id of the document.
        spans: The spans.
        records: The same spans as in a record.
    """
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    return MigrationQuestion("overlap", document, start, end, spans=tuple(records))
