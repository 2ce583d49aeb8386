"""Documents of gold and systems put side by side by id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from ..schema import DataError, Document, Problem, pluralize


def common_documents(gold: Sequence[Document], *systems: Sequence[Document]) -> list[list[Document]]:
    """The documents that all have, of each in its order.

    Raises:
        DataError: There is none.
    """
    ids = set.intersection(*({document.id for document in documents} for documents in (gold, *systems)))
    if not ids:
        fix = "score what was made from the gold's texts, under their ids"
        raise DataError(Problem("no document is common to the gold and all systems", fix))
    return [[document for document in documents if document.id in ids] for documents in (gold, *systems)]


def excluded_notes(sides: Iterable[tuple[str, Sequence[Document]]], common: int) -> list[str]:
    """What was left aside of each where `common` documents were kept, as notes."""
    told = [f"{len(documents) - common} of {name}" for name, documents in sides if len(documents) > common]
    return [f"only the {pluralize(common, 'document')} that all have; left aside: {', '.join(told)}"] if told else []


def restrict_to(document: Document, labels: Sequence[str]) -> Document:
    """The document with spans of these labels only."""
    if all(span.label in labels for span in document.spans):
        return document
    return replace(document, spans=tuple(span for span in document.spans if span.label in labels))


def names_of(systems: Sequence[Sequence[Document]], given: Sequence[str] = ()) -> list[str]:
    """Names of systems, all different: those given, else what layers state, else `system`."""
    names: list[str] = []
    for place, documents in enumerate(systems):
        stated = {d.layer.annotator for d in documents if d.layer and d.layer.annotator}
        name = given[place] if place < len(given) else stated.pop() if len(stated) == 1 else "system"
        unique, count = name, 1
        while unique in names:
            count += 1
            unique = f"{name}-{count}"
        names.append(unique)
    return names


def align_with_gold(
    gold: Sequence[Document],
    documents: Sequence[Document],
    name: str,
    labels: Sequence[str],
    warn: Callable[[str], None],
) -> list[Document]:
    """A system's documents in the gold's order, empty ones for those that it left out.

    Args:
        gold: Each id once.
        documents: Of the system.
        name: Of the system.
        labels: Only these.
        warn: Called with what was left out.

    Raises:
        DataError: The system has a document that the gold lacks, or another text under its id.
    """
    answers = {document.id: document for document in documents}
    for document in gold:
        answer = answers.get(document.id)
        if answer is not None and answer.sealed().text_sha256 != document.sealed().text_sha256:
            fix = "run the system on the gold's texts: its offsets mean nothing on others"
            raise DataError(Problem(f"{name}: the text differs from the gold's", fix, document=document.id))
    if strange := sorted(answers.keys() - {document.id for document in gold}):
        more = f" (and {len(strange) - 1} more)" if len(strange) > 1 else ""
        what = f"{name}: the gold has no such document{more}"
        fix = "leave it out, or score what all have alone: --common, common=True in Python"
        raise DataError(Problem(what, fix, document=strange[0]))
    missing = [document.id for document in gold if document.id not in answers]
    if missing:
        said = f"{name} left out {pluralize(len(missing), 'document')}, scored as empty: {', '.join(missing[:20])}"
        said += " …" if len(missing) > 20 else ""
        warn(said)
    return [restrict_to(answers[d.id], labels) if d.id in answers else Document(id=d.id, spans=()) for d in gold]
