"""What is expected of an answer after a change, span by span of the answer before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from ...schema import Document, Scheme, Span
from ...schema.value_types import stated_parts


class Expectation(NamedTuple):
    """What becomes of one span of the answer to the unchanged input, in terms of the changed scheme and text.

    Attributes:
        span: The span that an extractor gives that follows the change; None if it marks none.
        ignoring: The span that one gives that ignores the change; None if the change asks for nothing else than before.
        touched: Whether the change concerns the span.
        has_value: Whether it is known which value follows.
        identifier: The field of the value with an id that the change concerns, and the authority of the id. An answer
            whose id the authority does not know, or without one, does not tell which entity it means.
    """

    span: Span | None
    ignoring: Span | None = None
    touched: bool = False
    has_value: bool = True
    identifier: tuple[str, str] | None = None


class ProbedDocument(NamedTuple):
    """A document after a change.

    Attributes:
        document: The changed document, without spans.
        expected: What is expected, for each span of the answer to the unchanged document.
        gold: The gold in terms of the changed scheme and text.
    """

    document: Document
    expected: tuple[Expectation, ...]
    gold: tuple[Span, ...]


ChangeDocument = Callable[[Document, Sequence[Span], Sequence[Span]], ProbedDocument]
"""Changes a document, given the answer to it and its gold, both in terms of the unchanged scheme and text."""


@dataclass(frozen=True)
class Probe:
    """A change of the codebook or of texts.

    Attributes:
        name: Its name, one of `PROBES`.
        scheme: The changed scheme.
        guidelines: Returns the guidelines, changed in the same way.
        change: Changes a document.
        detail: What was changed, for the report; empty if there is nothing more to say.
    """

    name: str
    scheme: Scheme
    guidelines: Callable[[str], str]
    change: ChangeDocument
    detail: str = ""


def relabelled(span: Span, label: str, scheme: Scheme) -> Span:
    """Return a span under a label of a scheme that has the fields of its own label, with the same value."""
    value = None if span.value is None else scheme.value(label, **stated_parts(span.value))
    return msgspec.structs.replace(span, label=label, value=value)


def same_text(text: str) -> str:
    """Return guidelines that a probe does not change."""
    return text
