"""Alignment of the documents of gold and systems by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from ...corpus.spans_without_text import is_without_text
from ...schema import DataError, Document, Problem, truncate_problems

_SHOWN = 40


def common_documents(gold: Sequence[Document], *systems: Sequence[Document]) -> list[list[Document]]:
    """Return the documents that gold and all systems have in common, each in its own order.

    Raises:
        DataError: Gold and systems have no document in common.
    """
    ids = set.intersection(*({document.id for document in documents} for documents in (gold, *systems)))
    if not ids:
        fix = "score predictions on the texts of the gold, under the same ids"
        raise DataError(Problem("the gold and all systems have no document in common", fix))
    return [[document for document in documents if document.id in ids] for documents in (gold, *systems)]


def restrict_to(document: Document, labels: Sequence[str]) -> Document:
    """Return the document with only the spans of the given labels."""
    if all(span.label in labels for span in document.spans):
        return document
    return replace(document, spans=tuple(span for span in document.spans if span.label in labels))


def names_of_annotators(documents: Iterable[Document]) -> set[str]:
    """Return the names of the annotators of documents, as far as they are known."""
    return {document.layer.annotator for document in documents if document.layer and document.layer.annotator}


def unique_names(names: Sequence[str]) -> list[str]:
    """Return names of systems, with a number after those that occur before."""
    unique: list[str] = []
    for name in names:
        candidate, count = name, 1
        while candidate in unique:
            count += 1
            candidate = f"{name}-{count}"
        unique.append(candidate)
    return unique


def may_have_same_text(a: Document, b: Document) -> bool:
    """Check whether two documents have the same text, as far as it is known.

    Raises:
        DataError: One of them is made of spans alone, and has a span that ends past the text of the other.
    """
    if not is_without_text(a) and not is_without_text(b):
        return (a.with_hash().text_sha256, a.length) == (b.with_hash().text_sha256, b.length)
    for spans, text in ((a, b), (b, a)):
        if is_without_text(spans) and not is_without_text(text):
            for span in spans.spans:
                if span.end > text.length:
                    what = f"span [{span.start}, {span.end}) {span.label} ends past the text"
                    fix = f"the text has {text.length} code points, which offsets count from 0"
                    raise DataError(Problem(what, fix, document=spans.id))
    return True


def require_alignment(
    gold: Sequence[Document], documents: Sequence[Document], name: str, partings: Mapping[str, str]
) -> None:
    """Require that every document of a system is in the gold and has the same text there.

    Args:
        gold: Gold documents with unique ids.
        documents: Documents of the system.
        name: Name of the system.
        partings: Where the words of documents that have no place in the gold part from the gold's, by id.

    Raises:
        DataError: The system has a document that the gold lacks, or a different text with the same id.
    """
    predictions = {document.id: document for document in documents}
    for document in gold:
        prediction = predictions.get(document.id)
        if prediction is not None and not may_have_same_text(prediction, document):
            fix = "run the system on the texts of the gold; its offsets are meaningless for other texts"
            parting = partings.get(document.id, "")
            what = f"{name}: the text differs from that of the gold{f'; {parting}' if parting else ''}"
            raise DataError(Problem(what, fix, document=document.id))
    unknown = sorted(predictions.keys() - {document.id for document in gold})
    if not unknown:
        return
    more = f" (and {len(unknown) - 1} more)" if len(unknown) > 1 else ""
    what = f"{name}: the gold has no such document{more}"
    described = _described([predictions[key] for key in unknown], name, partings)
    fix = "remove it, or score only the common documents with `common=True`"
    if len(unknown) == len(predictions) and gold:
        what = f"{name}: no document is in the gold"
        fix = f"the same ids on both sides; the gold has {min(d.id for d in gold)!r} and others"
    elif any(map(is_without_text, gold)):
        fix = "if the gold has no spans there, give it as {id: spans}, with an empty list for this document"
    raise DataError([Problem(what, fix, document=unknown[0]), *described])


def _described(documents: Sequence[Document], name: str, partings: Mapping[str, str]) -> list[Problem]:
    """Return the first words of documents that have no place in the gold, and where they part from the gold's."""
    problems = []
    for document in documents:
        words = " ".join((document.text or "")[: 2 * _SHOWN].split())[:_SHOWN]
        parting = partings.get(document.id, "")
        if words:
            what = f"{name}: it begins {words!r}{f'; {parting}' if parting else ''}"
            problems.append(Problem(what, document=document.id))
    return truncate_problems(problems, "documents without a place", limit=5)
