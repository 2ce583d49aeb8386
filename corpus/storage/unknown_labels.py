"""Reporting of all unknown labels of a file at once, with label map lines to copy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ...schema import DataError, Scheme
from ...schema.files.toml_document import toml_key
from .rows import RawRecord, parse_record


def label_map_lines(labels: Iterable[str], scheme: Scheme) -> tuple[str, ...]:
    """Return label map lines for labels, with targets left for the user to fill in."""
    comment = f'# replace each "…" with {", ".join(scheme.labels)}, or "" to drop its spans'
    return comment, *(f'{toml_key(label)} = "…"' for label in sorted(set(labels)))


def quoted_labels(labels: Iterable[str]) -> str:
    """Format labels for a message: sorted, unique and quoted."""
    return ", ".join(map(repr, sorted(set(labels))))


def counted_labels(labels: Mapping[str, int]) -> str:
    """Format labels for a message: sorted, quoted, and with their numbers of spans."""
    return ", ".join(f"{label!r} ({labels[label]:,})" if labels[label] else repr(label) for label in sorted(labels))


def combine_unknown_labels(first: DataError, labels: Mapping[str, int], scheme: Scheme, *, mapped: bool) -> DataError:
    """Return an error that names all unknown labels of a file.

    Args:
        first: The error about the first unknown label.
        labels: The number of spans of each unknown label; 0 if it is not known.
        scheme: The scheme that does not have them.
        mapped: Whether a label map is in use and does not have them either.
    """
    others = [problem for problem in first.problems if problem.label is None]
    problem = next(problem for problem in first.problems if problem.label is not None)
    fix = "add these lines to the label map"
    if not mapped:
        fix = "the `scheme` of these labels, or a label map (`label_map`) with these lines"
    if not mapped and labels and all(label.isdecimal() for label in labels):
        numbers = sorted(labels, key=int)
        what = f"the labels are numbers ({', '.join(numbers)}), and the file does not say what they stand for"
        fix = "a label map (`label_map`) with a line for each number, such as "
        fix += f'{numbers[0]} = "{next(iter(scheme.labels))}"'
        problem = replace(problem, what=what, span=None)
    elif len(labels) > 1:
        prefix = "the label map has no line for" if mapped else f"unknown labels in scheme {scheme.ref}:"
        problem = replace(problem, what=f"{prefix} {counted_labels(labels)}", span=None)
    elif not mapped and problem.fix:
        fix = f"{problem.fix}; or {fix.replace('these lines', 'this line').replace('these labels', 'this label')}"
    return DataError([*others, replace(problem, fix=fix, label=None, example=label_map_lines(labels, scheme))])


def unknown_labels_of(error: DataError) -> set[str]:
    """Return the unknown labels that an error reports."""
    return {problem.label for problem in error.problems if problem.label is not None}


def unknown_labels_in(records: Iterable[RawRecord], known: Collection[str]) -> Counter[str]:
    """Return the number of spans of each label in records that is not known; invalid lines are ignored."""
    return Counter(label for record in records for label in _labels(record) if label not in known)


def _labels(raw: RawRecord) -> Iterator[str]:
    record, _ = parse_record(raw)
    spans: Any = record.get("spans")
    for span in spans if isinstance(spans, list) else ():
        if isinstance(span, dict) and isinstance(span.get("label"), str):
            yield span["label"]
