"""The outcome of annotating one document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...schema import Problem


@dataclass(frozen=True, slots=True)
class AnnotationOutcome:
    """The result of running an extractor on a document.

    Attributes:
        line: The encoded record with the extractor's layer, ready to be written; empty if the extractor failed.
        problem: Why the extractor failed; None if it succeeded.
        tally: Counts for the batch of the document, by what was counted: spans adjusted or dropped, tokens sent to a
            model.
        text_sha256: The hash of the document's text, if the extractor failed.
        kind: The kind of failure, free of words from the document: the name of an exception, for example.
    """

    line: bytes
    problem: Problem | None = None
    tally: Mapping[str, int] | None = None
    text_sha256: str | None = None
    kind: str = ""
