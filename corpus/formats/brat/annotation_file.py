"""Parsing of brat's annotation files: text-bound annotations, their attributes, normalisations and notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem, truncate_problems
from ..foreign.stated_documents import LabelledStatement
from ..sidecar import parse_sidecar

SIDECAR_PREFIX = "goldspan "
"""How a note begins that stores a span; any other note is the annotator's own."""

_LINE_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"  # brat treats all of these as line breaks
_LINE = re.compile(f"[^{_LINE_BREAKS}]+")
_TEXT_BOUND = re.compile(r"(\S+) ([0-9]{1,18} [0-9]{1,18}(?:;[0-9]{1,18} [0-9]{1,18})*)")
_REFERENCE = re.compile(r"\S+ (\S+) ([^\s:]+):(\S+)")
_TRIGGER = re.compile(r"[^\s:]+:(T[^\s:]+)")
_LEFT_OUT = {"R": "relations", "E": "events", "*": "equivalences"}
"""Kinds of annotations that mark no text, by the first character of their lines."""


@dataclass(slots=True)
class TextBound:
    """A text-bound annotation with its normalisations and notes.

    Attributes:
        line: Line number, from 1; 0 if `name` states it.
        name: Identifier in the file, such as `T1`, with file and line if annotations are in several files.
        label: Label as the file has it.
        fragments: Start and end of each fragment, in the file's unit until the reader converts them to code points.
        words: The text that the line states for it.
        attributes: Its attributes; True for one without a value.
        references: Authority and identifier of each normalisation.
        sidecar: The span as JSON, stored by goldspan in a note.
        note: The annotator's note.
    """

    line: int
    name: str
    label: str
    fragments: list[tuple[int, int]]
    words: str
    attributes: dict[str, Any] = field(default_factory=dict)
    references: list[tuple[str, str]] = field(default_factory=list)
    sidecar: dict[str, Any] | None = None
    note: str | None = None

    def statement(self) -> LabelledStatement:
        """Return what the file states of the span."""
        return LabelledStatement(
            self.label,
            tuple(self.fragments),
            self.words,
            self.name,
            self.line,
            attributes=self.attributes,
            references=self.references,
            note=self.note,
        )


def line_fragments(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Split a span at line breaks; a span of nothing but line breaks has no fragments."""
    return [match.span() for match in _LINE.finditer(text, start, end)]


@dataclass(slots=True)
class Annotations:
    """The annotations of a text.

    Attributes:
        annotations: Text-bound annotations, in the order of the files.
        triggers: Names of those that are the triggers of events.
        left_out: Number of other lines, by kind.
    """

    annotations: list[TextBound] = field(default_factory=list)
    triggers: set[str] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)


def parse_annotations(files: Sequence[tuple[Path, str]]) -> Annotations:
    """Parse the annotations of a text, without comparing them with it.

    Args:
        files: Path and contents of each file.

    Raises:
        DataError: Lines cannot be parsed: all of them, with file and line.
    """
    found = Annotations()
    by_name: dict[str, TextBound] = {}
    deferred: list[tuple[Path, int, list[str]]] = []
    problems: list[Problem] = []
    for path, content in files:
        for number, line in enumerate(content.removeprefix("\ufeff").split("\n"), 1):
            line = line.removesuffix("\r")
            if not line.strip():
                continue
            fields = line.split("\t", 2)
            try:
                if line[0] == "T":
                    if fields[0] in by_name:
                        fix = "give each annotation its own number"
                        raise DataError(Problem(f"duplicate annotation {fields[0]}", fix))
                    by_name[fields[0]] = _parse_text_bound(fields, number)
                    if path != files[0][0]:  # lines are those of the first file
                        name = f"{fields[0]} ({path.name}:{number})"
                        by_name[fields[0]] = replace(by_name[fields[0]], name=name, line=0)
                else:
                    deferred.append((path, number, fields))  # may precede the annotation that it refers to
            except DataError as error:
                problems += error.with_location(str(path), number).problems
    for path, number, fields in deferred:
        try:
            _attach(fields, by_name, found)
        except DataError as error:
            problems += error.with_location(str(path), number).problems
    if problems:
        order = [str(path) for path, _ in files]
        problems.sort(key=lambda problem: (order.index(problem.path), problem.line))
        raise DataError(truncate_problems(problems, "invalid lines"))
    found.annotations += by_name.values()
    return found


def _attach(fields: list[str], by_name: dict[str, TextBound], found: Annotations) -> None:
    """Add what a line that marks no text says to the annotation that it refers to, or count it."""
    kind = fields[0][0]
    if kind == "N":
        _attach_reference(fields, by_name, found.left_out)
    elif kind == "#":
        _attach_note(fields, by_name, found.left_out)
    elif kind in "AM" and len(fields) > 1:
        _attach_attribute(fields, by_name, found.left_out)
    elif kind in _LEFT_OUT and len(fields) > 1:
        found.left_out[_LEFT_OUT[kind]] += 1
        if kind == "E" and (trigger := _TRIGGER.match(fields[1])) and trigger[1] in by_name:
            found.triggers.add(trigger[1])
    else:
        fix = "write lines as brat does: starting with T, N, #, R, E, A, M or *, with fields separated by tabs"
        shown = "\t".join(fields)[:40]
        raise DataError(Problem(f"cannot parse annotation {shown!r}", fix))


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


def _attach_attribute(fields: list[str], by_name: dict[str, TextBound], left_out: Counter[str]) -> None:
    name, _, rest = fields[1].partition(" ")
    target, _, value = rest.partition(" ")
    annotation = _find_target(fields[0], target, by_name)
    if annotation is None:
        left_out["attributes"] += 1
    elif name in annotation.attributes:
        left_out[f"further values of an attribute {name!r}"] += 1
    else:
        annotation.attributes[name] = value.strip() or True


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
