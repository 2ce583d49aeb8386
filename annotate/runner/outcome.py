"""The outcome of annotating one document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...schema import Document, Problem, RecordCodec


@dataclass(slots=True)
class AnnotationOutcome:
    """The result of running an extractor on a document: the document with the extractor's layer, or a problem.

    It holds the document as such or as the line of a records file, in which form processes exchange it, and converts it
    when the other form is asked for.

    Attributes:
        record: The checked document, or its line; None if the extractor failed.
        problem: Why the extractor failed; None if it succeeded.
        tally: Counts for the batch of the document, by what was counted: spans adjusted or dropped, tokens sent to a
            model.
        text_sha256: The hash of the document's text, if the extractor failed.
        kind: The kind of failure, free of words from the document: the name of an exception, for example.
        codec: Converts between the forms; None while the outcome is between processes.
    """

    record: Document | bytes | None = None
    problem: Problem | None = None
    tally: Mapping[str, int] | None = None
    text_sha256: str | None = None
    kind: str = ""
    codec: RecordCodec | None = field(default=None, repr=False, compare=False)

    @property
    def document(self) -> Document | None:
        """The document with the extractor's layer; None if the extractor failed."""
        if isinstance(self.record, bytes):
            assert self.codec is not None
            self.record = self.codec.decode(self.record)
        return self.record

    @property
    def line(self) -> bytes:
        """The document as a line of a records file, without its end; empty if the extractor failed."""
        if isinstance(self.record, Document):
            assert self.codec is not None
            return self.codec.encode_checked(self.record)
        return self.record or b""

    def __reduce__(self) -> tuple[type[AnnotationOutcome], tuple[Any, ...]]:
        return type(self), (self.line or None, self.problem, self.tally, self.text_sha256, self.kind)
