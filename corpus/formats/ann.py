"""Lines of brat's annotation files: what marks text, what refers to an authority, what is noted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ...schema import DataError, Problem
from .kept import parse_kept

NOTE = "goldspan "
"""Begins a note that keeps a span; any other note is a person's."""

_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"  # brat reads files with all of these as ends of lines
_LINE = re.compile(f"[^{_BREAKS}]+")
_TO_BLANKS = dict.fromkeys(map(ord, _BREAKS), " ")
_TEXT_BOUND = re.compile(r"(\S+) ([0-9]{1,18} [0-9]{1,18}(?:;[0-9]{1,18} [0-9]{1,18})*)")
_REFERENCE = re.compile(r"\S+ (\S+) ([^\s:]+):(\S+)")
_PASSED_OVER = "REAM*"  # relations, events, attributes and equivalences change no span


@dataclass(slots=True)
class Annotation:
    """A text-bound annotation and what is said of it.

    Attributes:
        line: Its own, from 1.
        label: As the file has it.
        parts: Start and end of each fragment, code points.
        references: Authority and identifier of each normalisation.
        kept: What goldspan's note keeps of the span.
        note: A person's note.
    """

    line: int
    label: str
    parts: list[tuple[int, int]]
    references: list[tuple[str, str]] = field(default_factory=list)
    kept: dict[str, Any] | None = None
    note: str | None = None


def fragments(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches of a span that lie within lines; none for a span of nothing but line breaks."""
    return [match.span() for match in _LINE.finditer(text, start, end)]


def read_annotations(path: str, ann: str, text: str) -> list[Annotation]:
    """The annotations of a file, in its order.

    Args:
        path: For messages.
        ann: Its contents.
        text: Of the document.

    Raises:
        DataError: A line is no annotation or does not fit the text, with file and line.
    """
    found: dict[str, Annotation] = {}
    later: list[tuple[int, list[str]]] = []
    for number, line in enumerate(ann.split("\n"), 1):
        line = line.removesuffix("\r")
        if not line.strip():
            continue
        fields = line.split("\t", 2)
        try:
            if line[0] == "T":
                if fields[0] in found:
                    raise DataError(Problem(f"{fields[0]} stands on an earlier line too", "number annotations anew"))
                found[fields[0]] = _text_bound(fields, text, number)
            elif line[0] in "N#":
                later.append((number, fields))  # it may stand before what it is of
            elif line[0] not in _PASSED_OVER or len(fields) < 2:
                fix = "write lines as brat does, beginning with T, N, #, R, E, A, M or *, parted by tabs"
                raise DataError(Problem(f"{line[:40]!r} is no annotation", fix))
        except DataError as error:
            raise error.at(path, number) from None
    for number, fields in later:
        try:
            (_refer if fields[0][0] == "N" else _note)(fields, found)
        except DataError as error:
            raise error.at(path, number) from None
    return list(found.values())


def _text_bound(fields: list[str], text: str, number: int) -> Annotation:
    place = _TEXT_BOUND.fullmatch(fields[1]) if len(fields) == 3 else None
    if place is None:
        fix = "write `T1`, a tab, `LABEL start end`, a tab, the text"
        raise DataError(Problem(f"{fields[0][:20]} is no text-bound annotation", fix))
    parts = [(int(first), int(beyond)) for first, beyond in (pair.split(" ") for pair in place[2].split(";"))]
    before = 0
    for first, beyond in parts:
        if not before <= first < beyond <= len(text):
            fix = f"offsets are half-open, in order, and count the text's {len(text)} code points from 0"
            raise DataError(Problem(f"{fields[0]} [{first}, {beyond}) is no stretch of the text", fix))
        before = beyond
    for (_, end), (start, _) in pairwise(parts):
        gap = text[end:start]
        if gap and not (gap.isspace() and any(c in _BREAKS for c in gap)):
            what = f"{fields[0]} is discontinuous: {gap[:30]!r} lies between its fragments"
            raise DataError(Problem(what, "annotate one stretch; only line breaks may lie between fragments"))
    whole = text[parts[0][0] : parts[-1][1]]
    there = " ".join(text[first:beyond] for first, beyond in parts)
    if fields[2] not in (there, whole, whole.translate(_TO_BLANKS)):
        what = f"{fields[0]} says {fields[2][:40]!r}, but the text has {there[:40]!r} there"
        raise DataError(Problem(what, "restore the .txt that was annotated, or correct the offsets"))
    return Annotation(number, place[1], parts)


def _refer(fields: list[str], found: dict[str, Annotation]) -> None:
    reference = _REFERENCE.fullmatch(fields[1]) if len(fields) > 1 else None
    if reference is None:
        fix = "write `N1`, a tab, `Reference T1 AUTHORITY:ID`, a tab, the text"
        raise DataError(Problem(f"{fields[0][:20]} is no normalisation", fix))
    target = _target(fields[0], reference[1], found)
    if target is not None:
        target.references.append((reference[2], reference[3]))


def _note(fields: list[str], found: dict[str, Annotation]) -> None:
    words = fields[1].split(" ") if len(fields) > 1 else []
    if len(words) != 2:
        if len(fields) == 1 and fields[0].startswith("# "):
            return  # a comment by hand
        raise DataError(
            Problem(f"{fields[0][:20]} is no note", "write `#1`, a tab, `AnnotatorNotes T1`, a tab, the note")
        )
    target = _target(fields[0], words[1], found)
    text = fields[2] if len(fields) > 2 else ""
    if target is None or not text:
        return
    if text.startswith(NOTE + "{"):
        target.kept = parse_kept(text.removeprefix(NOTE))
    else:
        target.note = text if target.note is None else f"{target.note}\n{text}"


def _target(name: str, target: str, found: dict[str, Annotation]) -> Annotation | None:
    """What a line is of; None where that is no text-bound annotation."""
    if target.startswith("T") and target not in found:
        raise DataError(Problem(f"{name} is of {target}, which is not there", "delete the line, or restore the other"))
    return found.get(target)
