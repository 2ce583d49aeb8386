"""Lines of brat's annotation files: what marks text, what refers to an authority, what is noted."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ....schema import DataError, Problem, truncate_problems
from ...spans.offsets import StatedSpan
from ..sidecar import parse_sidecar

NOTE = "goldspan "
"""Begins a note that keeps a span; any other note is a person's."""

_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"  # brat reads files with all of these as ends of lines
_LINE = re.compile(f"[^{_BREAKS}]+")
_TEXT_BOUND = re.compile(r"(\S+) ([0-9]{1,18} [0-9]{1,18}(?:;[0-9]{1,18} [0-9]{1,18})*)")
_REFERENCE = re.compile(r"\S+ (\S+) ([^\s:]+):(\S+)")
_OTHER = {"R": "relations", "E": "events", "A": "attributes", "M": "attributes", "*": "equivalences"}
"""Lines that mark no text, by their first character."""


@dataclass(slots=True)
class TextBound:
    """A text-bound annotation and what is said of it.

    Attributes:
        line: Its own, from 1.
        name: Its own: `T1`.
        label: As the file has it.
        parts: Start and end of each fragment, in the file's unit until the reader has brought them to code points.
        words: The text that the line states for it.
        references: Authority and identifier of each normalisation.
        kept: What goldspan's note keeps of the span.
        note: A person's note.
    """

    line: int
    name: str
    label: str
    parts: list[tuple[int, int]]
    words: str
    references: list[tuple[str, str]] = field(default_factory=list)
    kept: dict[str, Any] | None = None
    note: str | None = None


def fragments(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches of a span that lie within lines; none for a span of nothing but line breaks."""
    return [match.span() for match in _LINE.finditer(text, start, end)]


@dataclass(slots=True)
class AnnotationFile:
    """What a file of annotations says.

    Attributes:
        spans: Its text-bound annotations, in its order.
        left_out: How many lines say other things, by what they are.
    """

    spans: list[TextBound] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def stated(self) -> list[StatedSpan]:
        """The spans as the file states them."""
        return [StatedSpan(tuple(found.parts), found.words, found.name, found.line) for found in self.spans]


def parse_annotations(path: str, ann: str) -> AnnotationFile:
    """The annotations of a file; whether they fit the text is not looked at.

    Args:
        path: For messages.
        ann: Its contents.

    Raises:
        DataError: Lines are no annotations: all of them, with file and line.
    """
    said = AnnotationFile()
    named: dict[str, TextBound] = {}
    later: list[tuple[int, list[str]]] = []
    faults: list[Problem] = []
    for number, line in enumerate(ann.removeprefix("\ufeff").split("\n"), 1):
        line = line.removesuffix("\r")
        if not line.strip():
            continue
        fields = line.split("\t", 2)
        try:
            if line[0] == "T":
                if fields[0] in named:
                    raise DataError(Problem(f"{fields[0]} is on an earlier line too", "number annotations anew"))
                named[fields[0]] = _text_bound(fields, number)
            elif line[0] in "N#":
                later.append((number, fields))  # it may come before what it is of
            elif line[0] in _OTHER and len(fields) > 1:
                said.left_out[_OTHER[line[0]]] += 1
            else:
                fix = "write lines as brat does: they begin with T, N, #, R, E, A, M or *, and tabs part their fields"
                raise DataError(Problem(f"{line[:40]!r} is no annotation", fix))
        except DataError as error:
            faults += error.with_location(path, number).problems
    for number, fields in later:
        try:
            (_refer if fields[0][0] == "N" else _note)(fields, named, said.left_out)
        except DataError as error:
            faults += error.with_location(path, number).problems
    if faults:
        raise DataError(truncate_problems(faults, "lines at fault"))
    said.spans += named.values()
    return said


def _text_bound(fields: list[str], number: int) -> TextBound:
    place = _TEXT_BOUND.fullmatch(fields[1]) if len(fields) == 3 else None
    if place is None:
        fix = "write `T1`, a tab, `LABEL start end`, a tab, the text"
        raise DataError(Problem(f"{fields[0][:20]} is no text-bound annotation", fix))
    parts = [(int(first), int(beyond)) for first, beyond in (pair.split(" ") for pair in place[2].split(";"))]
    for (_, end), (start, _) in pairwise(parts):
        if start < end:
            fix = "list the fragments in the order of the text, none over another"
            raise DataError(Problem(f"{fields[0]} has fragments that overlap or are out of order: {place[2]}", fix))
    return TextBound(number, fields[0], place[1], parts, fields[2])


def single_fragment(annotation: TextBound, text: str) -> None:
    """Refuses fragments with anything but a line break between them.

    Args:
        annotation: With its fragments in code points.
        text: Of the document.

    Raises:
        DataError: Words lie between two fragments.
    """
    for (_, end), (start, _) in pairwise(annotation.parts):
        gap = text[end:start]
        if gap and not (gap.isspace() and any(c in _BREAKS for c in gap)):
            what = f"{annotation.name} is discontinuous: {gap[:30]!r} lies between its fragments"
            raise DataError(Problem(what, "annotate one stretch; only line breaks may lie between fragments"))


def _refer(fields: list[str], named: dict[str, TextBound], left_out: Counter[str]) -> None:
    reference = _REFERENCE.fullmatch(fields[1]) if len(fields) > 1 else None
    if reference is None:
        fix = "write `N1`, a tab, `Reference T1 AUTHORITY:ID`, a tab, the text"
        raise DataError(Problem(f"{fields[0][:20]} is no normalisation", fix))
    target = _target(fields[0], reference[1], named)
    if target is not None:
        target.references.append((reference[2], reference[3]))
    else:
        left_out["normalisations of events and relations"] += 1


def _note(fields: list[str], named: dict[str, TextBound], left_out: Counter[str]) -> None:
    words = fields[1].split(" ") if len(fields) > 1 else []
    if len(words) != 2:
        if len(fields) == 1 and fields[0].startswith("# "):
            left_out["comments"] += 1  # written by hand
            return
        raise DataError(
            Problem(f"{fields[0][:20]} is no note", "write `#1`, a tab, `AnnotatorNotes T1`, a tab, the note")
        )
    target = _target(fields[0], words[1], named)
    text = fields[2] if len(fields) > 2 else ""
    if target is None:
        left_out["notes on events, relations and attributes"] += 1
    elif text.startswith(NOTE + "{"):
        target.kept = parse_sidecar(text.removeprefix(NOTE))
    elif text:
        target.note = text if target.note is None else f"{target.note}\n{text}"


def _target(name: str, target: str, named: dict[str, TextBound]) -> TextBound | None:
    """What a line is of; None where that is no text-bound annotation."""
    if target.startswith("T") and target not in named:
        raise DataError(Problem(f"{name} is of {target}, which is not there", "delete the line, or restore the other"))
    return named.get(target)
