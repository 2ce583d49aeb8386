"""Parsing of brat's annotation files: text-bound annotations, normalisations and notes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ....schema import DataError, Problem, truncate_problems
from ...spans.offsets import StatedSpan
from ..sidecar import parse_sidecar

SIDECAR_PREFIX = "goldspan "
"""How a note begins that stores a span; any other note is the annotator's own."""

_LINE_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"  # brat treats all of these as line breaks
_LINE = re.compile(f"[^{_LINE_BREAKS}]+")
_TEXT_BOUND = re.compile(r"(\S+) ([0-9]{1,18} [0-9]{1,18}(?:;[0-9]{1,18} [0-9]{1,18})*)")
_REFERENCE = re.compile(r"\S+ (\S+) ([^\s:]+):(\S+)")
_IGNORED = {"R": "relations", "E": "events", "A": "attributes", "M": "attributes", "*": "equivalences"}
"""Kinds of annotations that mark no text, by the first character of their lines."""


@dataclass(slots=True)
class TextBound:
    """A text-bound annotation with its normalisations and notes.

    Attributes:
        line: Line number, from 1.
        name: Identifier in the file, such as `T1`.
        label: Label as the file has it.
        fragments: Start and end of each fragment, in the file's unit until the reader converts them to code points.
        words: The text that the line states for it.
        references: Authority and identifier of each normalisation.
        sidecar: The span as JSON, stored by goldspan in a note.
        note: The annotator's note.
    """

    line: int
    name: str
    label: str
    fragments: list[tuple[int, int]]
    words: str
    references: list[tuple[str, str]] = field(default_factory=list)
    sidecar: dict[str, Any] | None = None
    note: str | None = None


def line_fragments(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Split a span at line breaks; a span of nothing but line breaks has no fragments."""
    return [match.span() for match in _LINE.finditer(text, start, end)]


@dataclass(slots=True)
class AnnotationFile:
    """The contents of an annotation file.

    Attributes:
        annotations: Text-bound annotations, in the file's order.
        left_out: Number of other lines, by kind.
    """

    annotations: list[TextBound] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def stated_spans(self) -> list[StatedSpan]:
        """Return the spans as the file states them."""
        return [StatedSpan(tuple(a.fragments), a.words, a.name, a.line) for a in self.annotations]


def parse_annotations(path: str, content: str) -> AnnotationFile:
    """Parse an annotation file, without comparing it with the text.

    Args:
        path: Path of the file, for messages.
        content: Its contents.

    Raises:
        DataError: Lines cannot be parsed: all of them, with file and line.
    """
    file = AnnotationFile()
    by_name: dict[str, TextBound] = {}
    deferred: list[tuple[int, list[str]]] = []
    problems: list[Problem] = []
    for number, line in enumerate(content.removeprefix("\ufeff").split("\n"), 1):
        line = line.removesuffix("\r")
        if not line.strip():
            continue
        fields = line.split("\t", 2)
        try:
            if line[0] == "T":
                if fields[0] in by_name:
                    raise DataError(Problem(f"duplicate annotation {fields[0]}", "give each annotation its own number"))
                by_name[fields[0]] = _parse_text_bound(fields, number)
            elif line[0] in "N#":
                deferred.append((number, fields))  # may precede the annotation that it refers to
            elif line[0] in _IGNORED and len(fields) > 1:
                file.left_out[_IGNORED[line[0]]] += 1
            else:
                fix = "write lines as brat does: starting with T, N, #, R, E, A, M or *, with fields separated by tabs"
                raise DataError(Problem(f"cannot parse annotation {line[:40]!r}", fix))
        except DataError as error:
            problems += error.with_location(path, number).problems
    for number, fields in deferred:
        try:
            attach = _attach_reference if fields[0][0] == "N" else _attach_note
            attach(fields, by_name, file.left_out)
        except DataError as error:
            problems += error.with_location(path, number).problems
    if problems:
        raise DataError(truncate_problems(problems, "invalid lines"))
    file.annotations += by_name.values()
    return file


def _parse_text_bound(fields: list[str], number: int) -> TextBound:
    match = _TEXT_BOUND.fullmatch(fields[1]) if len(fields) == 3 else None
    if match is None:
        fix = "write `T1`, a tab, `LABEL start end`, a tab, the text"
        raise DataError(Problem(f"{fields[0][:20]} is not a valid text-bound annotation", fix))
    fragments = [(int(start), int(end)) for start, end in (pair.split(" ") for pair in match[2].split(";"))]
    for (_, end), (start, _) in pairwise(fragments):
        if start < end:
            fix = "list the fragments in the order of the text, without overlaps"
            raise DataError(Problem(f"{fields[0]} has fragments that overlap or are out of order: {match[2]}", fix))
    return TextBound(number, fields[0], match[1], fragments, fields[2])


def check_contiguous(annotation: TextBound, text: str) -> None:
    """Refuse an annotation with anything but line breaks and white space between its fragments.

    Args:
        annotation: An annotation with fragments in code points.
        text: Text of the document.

    Raises:
        DataError: The annotation is discontinuous.
    """
    for (_, end), (start, _) in pairwise(annotation.fragments):
        gap = text[end:start]
        if gap and not (gap.isspace() and any(c in _LINE_BREAKS for c in gap)):
            message = f"{annotation.name} is discontinuous: {gap[:30]!r} lies between its fragments"
            raise DataError(Problem(message, "annotate one contiguous span; only line breaks may separate fragments"))


def _attach_reference(fields: list[str], by_name: dict[str, TextBound], left_out: Counter[str]) -> None:
    match = _REFERENCE.fullmatch(fields[1]) if len(fields) > 1 else None
    if match is None:
        fix = "write `N1`, a tab, `Reference T1 AUTHORITY:ID`, a tab, the text"
        raise DataError(Problem(f"{fields[0][:20]} is not a valid normalisation", fix))
    target = _find_target(fields[0], match[1], by_name)
    if target is not None:
        target.references.append((match[2], match[3]))
    else:
        left_out["normalisations of events and relations"] += 1


def _attach_note(fields: list[str], by_name: dict[str, TextBound], left_out: Counter[str]) -> None:
    words = fields[1].split(" ") if len(fields) > 1 else []
    if len(words) != 2:
        if len(fields) == 1 and fields[0].startswith("# "):
            left_out["comments"] += 1  # written by hand
            return
        fix = "write `#1`, a tab, `AnnotatorNotes T1`, a tab, the note"
        raise DataError(Problem(f"{fields[0][:20]} is not a valid note", fix))
    target = _find_target(fields[0], words[1], by_name)
    text = fields[2] if len(fields) > 2 else ""
    if target is None:
        left_out["notes on events, relations and attributes"] += 1
    elif text.startswith(SIDECAR_PREFIX + "{"):
        target.sidecar = parse_sidecar(text.removeprefix(SIDECAR_PREFIX))
    elif text:
        target.note = text if target.note is None else f"{target.note}\n{text}"


def _find_target(name: str, target: str, by_name: dict[str, TextBound]) -> TextBound | None:
    """Return the annotation that a line refers to; None for a target that is not text-bound."""
    if target.startswith("T") and target not in by_name:
        raise DataError(Problem(f"{name} refers to {target}, which does not exist", f"delete it, or restore {target}"))
    return by_name.get(target)
