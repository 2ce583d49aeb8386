"""What of a record the annotation tools of linguists have no place for, counted by kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from ....schema import DataError, Document, Problem, Scheme, truncate_problems
from ...storage.shards.seen_ids import SeenIds
from ..transfer_reports import LossReport

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""The characters that no XML file can have, not even as references."""


def count_losses(document: Document, loss: LossReport, held: set[str]) -> None:
    """Count the parts of a record that a file does not hold.

    Args:
        document: The document.
        loss: Receives the counts.
        held: Names of the parts that it holds: attributes of `Metadata`, and `value` of spans.
    """
    meta = document.meta
    for name in ("title", "published", "publisher", "url", "language"):
        loss.add(f"metadata: {name}", document, getattr(meta, name) is not None and name not in held)
    loss.add("zones", document, len(document.zones))
    loss.add("provenance of the spans (`layer`)", document, document.layer is not None)
    loss.add("other data of documents (`extra`)", document, document.extra is not None)
    for name in ("value", "id", "score", "source", "origin", "passes", "decision", "note", "extra"):
        count = sum(getattr(span, name) is not None for span in document.spans)
        loss.add(f"{name} of spans", document, count if name not in held else 0)
    loss.add("marks of spans as unsure", document, sum(span.unsure for span in document.spans))


def checked_documents(documents: Iterable[Document], name: str, fault: Callable[[Document], str]) -> Iterator[Document]:
    """Yield documents that a format can hold; go through all of them before anything that is wrong is raised.

    Args:
        documents: The documents, consumed one at a time.
        name: Name of the format, for messages.
        fault: Returns why a document cannot be written at all; empty if it can.

    Raises:
        DataError: Documents have no text, the same id, or cannot be written.
    """
    seen = SeenIds()
    problems: list[Problem] = []
    for document in documents:
        if document.text is None:
            fix = "restore the texts first, or export as standoff"
            problems.append(Problem(f"the record has no text, which {name} requires", fix, document=document.id))
            continue
        if what := fault(document):
            problems.append(Problem(what, "remove such characters, or export another format", document=document.id))
        try:
            seen.require_new(document.id)
        except DataError as error:
            problems += error.problems
        for span in document.spans:
            if not 0 <= span.start < span.end <= len(document.text):
                what = f"the span [{span.start}, {span.end}) is empty, or past the text"
                problems.append(Problem(what, "correct its offsets", document=document.id))
        if not problems:
            yield document
    if problems:
        raise DataError(truncate_problems(problems, "documents"))


def identifier_of(document: Document, index: int, scheme: Scheme) -> str | None:
    """Return the identifier that says what a span refers to; None if its value has none."""
    span = document.spans[index]
    if span.value is None:
        return None
    names = (item.name for label, item, _ in scheme.identifiers() if label.name == span.label)
    first = next(names, None)  # the first identifies the span itself
    found = getattr(span.value, first) if first is not None else None
    return found if isinstance(found, str) and found else None
