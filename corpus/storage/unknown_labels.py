"""Labels that a scheme or a label map lacks, told all at once, with the lines of a label map to copy."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

from ...schema import DataError, Scheme
from ...schema.files.json_line import parse_line

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_key(name: str) -> str:
    """A name as a key of TOML: bare where it may be, else quoted, with nothing in it that a terminal would obey."""
    return name if _BARE.fullmatch(name) else f'"{"".join(map(_escaped, name))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


def map_lines(labels: Iterable[str], scheme: Scheme) -> tuple[str, ...]:
    """The lines of a label map that the labels lack; their targets are for a person to fill in."""
    head = f'# in place of each "…": {", ".join(scheme.labels)}, or "" to drop its spans'
    return head, *(f'{toml_key(label)} = "…"' for label in sorted(set(labels)))


def quoted_labels(labels: Iterable[str]) -> str:
    """Labels as a message names them."""
    return ", ".join(map(repr, sorted(set(labels))))


def combine_unknown_labels(first: DataError, labels: Collection[str], scheme: Scheme, *, mapped: bool) -> DataError:
    """The error that names all unknown labels of a file.

    Args:
        first: Where the first was met.
        labels: All of them.
        scheme: That lacks them.
        mapped: Whether there is a label map, which lacks them.
    """
    others = [problem for problem in first.problems if problem.label is None]
    problem = next(problem for problem in first.problems if problem.label is not None)
    fix = "add these lines to the label map" if mapped else "a label map with these lines (score and convert: --map)"
    if len(labels) > 1:
        lacking = "the label map has no line for" if mapped else f"unknown labels in scheme {scheme.ref}:"
        problem = replace(problem, what=f"{lacking} {quoted_labels(labels)}", span=None)
    elif not mapped and problem.fix:
        fix = f"{problem.fix}; or {fix.replace('these lines', 'this line')}"
    return DataError([*others, replace(problem, fix=fix, label=None, example=map_lines(labels, scheme))])


def unknown_in(error: DataError) -> set[str]:
    """The unknown labels that an error is about."""
    return {problem.label for problem in error.problems if problem.label is not None}


def unknown_in_lines(lines: Iterable[bytes], known: Collection[str]) -> set[str]:
    """The labels of records as JSON that are none of the known; what is no record has none."""
    return {label for line in lines for label in _labels(line) if label not in known}


def _labels(line: bytes) -> Iterator[str]:
    record, _ = parse_line(line)
    spans: Any = (record or {}).get("spans")
    for span in spans if isinstance(spans, list) else ():
        if isinstance(span, dict) and isinstance(span.get("label"), str):
            yield span["label"]
