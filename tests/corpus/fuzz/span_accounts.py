"""What is read from a file, held against what was meant: each span has its words, or is named."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from goldspan.corpus.formats import ReadReport, read_any
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import Document, GoldspanError, conflict_scheme
from goldspan.schema.writing.word_scripts import within_word

from .faults import Fault
from .file_shapes import Shape
from .seeded_texts import SeededText

SCHEME = conflict_scheme()
TRUNCATED = ("truncation", "compressed and truncated")

PLAIN_ENDS = (
    "pubtator",
    "spans csv",
    "spans tsv",
    "spans lines",
    "spans of goldspan",
    "webanno",
    "conll columns",
    "brat",
    "brat of goldspan",
)
"""Shapes whose last text, or last span, may be cut off without a trace: nothing in the file says how long it is."""

UNPROVEN_PLACES = ("standoff", "gliner tokens")
"""Shapes that state neither words nor texts by which places could be checked."""


class Place(NamedTuple):
    """A place in a text, whatever its blanks: the number of other characters before it, and those in it."""

    before: int
    words: str
    label: str


@dataclass
class Outcome:
    """What became of a file.

    Attributes:
        kind: `whole`, `with what was said`, `refused` or `failed`.
        why: The message, the lines of the report, or what failed.
    """

    kind: str
    why: str = ""


@dataclass
class Reading:
    """What was read.

    Attributes:
        documents: The documents.
        report: What was said.
        dropped: Number of spans that the label map dropped.
    """

    documents: list[Document]
    report: ReadReport
    dropped: int = 0
    lines: list[str] = field(default_factory=list)


def reading(path: Path, shape: Shape, name: str, *, drops: bool) -> Reading:
    """Read a file."""
    labels = dict(shape.label_map) | ({label: label for label in shape.labels} | {"*": ""} if drops else {})
    mapped = LabelMap(labels) if labels else None
    report = ReadReport()
    documents = list(read_any(path, SCHEME, report, name=name, labels=mapped))
    return Reading(documents, report, mapped.dropped.total() if mapped else 0, report.summary())


def outcome(path: Path, texts: Sequence[SeededText], shape: Shape, fault: Fault, name: str, *, drops: bool) -> Outcome:
    """Read a file and return what became of it.

    Args:
        path: The file.
        texts: What was meant.
        shape: Its shape.
        fault: Its fault.
        name: Name of the format; empty to detect it.
        drops: Whether unknown labels are dropped.
    """
    try:
        found = reading(path, shape, name, drops=drops)
    except GoldspanError as error:
        return _refusal(str(error), path, texts, shape, fault, name)
    except Exception as error:
        return Outcome("failed", f"{type(error).__name__}: {error}")
    why = next(_faults(found, texts, shape, fault), "")
    if why:
        return Outcome("failed", f"{why}; said: {found.lines}")
    said = found.lines + [f"{found.dropped} dropped by the label map"] * bool(found.dropped)
    return Outcome("with what was said" if said else "whole", "; ".join(said))


def _refusal(message: str, path: Path, texts: Sequence[SeededText], shape: Shape, fault: Fault, name: str) -> Outcome:
    if fault.name == "none" and (name or any(text.marks for text in texts)):
        return Outcome("failed", f"a file without fault is refused: {message}")
    inner = [file.name for file in path.rglob("*")] if path.is_dir() else []
    if not any(known in message for known in (path.name, *inner)):
        return Outcome("failed", f"the message does not name the file: {message}")
    undetected = not name and ("cannot detect" in message or "fits several" in message)
    placed = re.search(r":[0-9]+: ", message) or any(f"document {text.id!r}" in message for text in texts)
    placed = placed or any(f"{name}:" in message for name in inner)  # of a folder, a file has a single text
    if fault.place and not placed and not undetected and shape.several and any(text.has_text for text in texts):
        return Outcome("failed", f"the message does not say where: {message}")
    return Outcome("refused", message)


def _faults(found: Reading, texts: Sequence[SeededText], shape: Shape, fault: Fault) -> Iterator[str]:
    """Yield what is silently wrong."""
    said = found.report
    rest = list(found.documents)
    lost = misplaced = documents = 0
    shown = ""
    for number, text in enumerate(texts):
        meant = {_place(text.text, mark.start, mark.end, mark.label) for mark in text.marks}
        document = next((each for each in rest if _is_text_of(each, text)), None)
        if document is None:
            if fault.name == "nothing":
                continue  # an empty file states nothing; of a folder it is one file
            if fault.name == "doubled document" and any(_is_text_of(each, text) for each in found.documents):
                documents += bool(meant)
                continue
            cut = next((d for d in rest if shape.folder and _bare(text.text).startswith(_bare(d.text or ""))), None)
            if fault.name in TRUNCATED and cut is not None:
                rest.remove(cut)
                continue
            if fault.name in TRUNCATED and _may_be_cut(number, texts, rest, shape):
                rest.clear()
                break
            lost += len(meant)
            documents += 1
            continue
        rest.remove(document)
        own = [_place(document.text or text.text, span.start, span.end, span.label) for span in document.spans]
        wrong = Counter(own) - Counter(dict.fromkeys(meant, len(own)))
        gone = meant - set(own)
        if fault.name == "nothing" or (fault.name in TRUNCATED and shape.name in PLAIN_ENDS and not rest):
            gone = set()
        misplaced += wrong.total()
        lost += len(gone)
        if (wrong or gone) and not shown:
            shown = f"{text.id}: wrong {list(wrong)[:2]}, gone {sorted(gone)[:2]}"
        if any(span.start < 0 or span.end <= span.start for span in document.spans):
            yield f"a span has impossible bounds in {text.id}"
    if fault.name == "nothing":
        rest = [document for document in rest if document.text]
    if rest:
        yield f"a document was never meant: {rest[0].id}: {(rest[0].text or '')[:60]!r}"
    ids = Counter(document.id for document in found.documents)
    if repeated := [name for name, number in ids.items() if number > 1]:
        yield f"several documents have the id {repeated[0]}"
    left = said.left_out.counts.total() + found.dropped + said.without_spans.counts.total()
    if lost > misplaced + left and not said.without_spans.counts:
        yield f"{lost} spans are lost, {left} said; {shown}"
    if documents and not left:
        yield f"{documents} documents are lost"
    laid = sum(count for kind, count in said.changed.counts.items() if kind.startswith("extractions laid on"))
    if misplaced > laid and shape.words:
        yield f"{misplaced} spans do not have their words; {shown}"
    if misplaced and not _is_said(said) and not _is_unknowable(found, texts, shape):
        yield f"{misplaced} spans are misplaced; {shown}"


def _is_said(report: ReadReport) -> bool:
    """Return whether a report says that spans may be elsewhere than they should."""
    kinds = {*report.changed.counts, *report.broken.counts, *report.left_out.counts, *report.without_spans.counts}
    usual = ("texts made of tokens", "characters between", "which conflict-news@1 does not allow", "spans of the layer")
    return bool(report.moved) or any(not any(part in kind for part in usual) for kind in kinds)


def _is_unknowable(found: Reading, texts: Sequence[SeededText], shape: Shape) -> bool:
    """Return whether nothing tells that spans are not where they should be: they state no words and cut none."""
    if shape.name in UNPROVEN_PLACES:
        return True
    cut = any(
        within_word(document.text or "", bound)
        for document in found.documents
        for span in document.spans
        for bound in (span.start, span.end)
    )
    return not shape.words and not cut


def _may_be_cut(number: int, texts: Sequence[SeededText], rest: list[Document], shape: Shape) -> bool:
    """Return whether a file may end within a text: nothing follows, and what is read is its beginning."""
    if not rest:
        return True
    return (
        len(rest) == 1 and shape.name in PLAIN_ENDS and _bare(texts[number].text).startswith(_bare(rest[0].text or ""))
    )


def _is_text_of(document: Document, text: SeededText) -> bool:
    if document.text is None:
        return document.id == text.id
    return _bare(document.text) == _bare(text.text)


def _place(text: str, start: int, end: int, label: str) -> Place:
    return Place(len(_bare(text[:start])), _bare(text[start:end]), label)


def _bare(text: str) -> str:
    return "".join(text.split()).replace("\ufeff", "")
