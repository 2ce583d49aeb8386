"""Answers that a new project is made from, and the scheme that they describe."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...schema import DataError, Scheme, UsageError, parse_scheme
from ...schema.label_keys import is_key

COLOURS = ("#cf222e", "#2da44e", "#bf8700", "#0969da", "#8250df", "#bc4c00", "#1b7c83", "#bf3989", "#57606a")
"""Colours of the labels, in their order; they begin again after the last."""


@dataclass(frozen=True, slots=True)
class LabelAnswer:
    """A label of a new project.

    Attributes:
        name: Its name, any text on one line.
        definition: What is marked, in a sentence; empty if that is still open.
        fields: Fields of its value by name, as in a scheme file; empty if its spans have no value.
    """

    name: str
    definition: str = ""
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProjectAnswers:
    """The answers to the five questions.

    Attributes:
        field: Name of the scheme, and of the folder: letters, digits, `-` and `_`.
        title: Title of the scheme.
        language: Language of the texts, a BCP 47 tag; None if it is not stated.
        labels: The labels with their values.
        overlap: Whether spans may overlap.
    """

    field: str
    title: str
    language: str | None
    labels: tuple[LabelAnswer, ...]
    overlap: bool = False


def check_field_name(name: str) -> None:
    """Check that a field's name can be that of a scheme and of a folder.

    Raises:
        UsageError: It cannot.
    """
    if not is_key(name):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        key = re.sub(r"[^A-Za-z0-9_]+", "-", plain).strip("-_").lower()
        word = key if is_key(key) else "a word of a-z, 0-9 and -, such as court-decisions"
        fix = f"{word}, with the name as it is read in `title`"
        raise UsageError(f"{name!r} cannot be the name of a scheme and of a folder. Fix: {fix}")


def title_of(field_name: str) -> str:
    """Return a title made from a field's name: `court-decisions` gives `Court decisions`."""
    words = re.sub(r"[-_]+", " ", field_name).strip()
    return words[:1].upper() + words[1:]


def open_definition(label: str) -> str:
    """Return what stands for the definition of a label that has none yet."""
    return f"To be written: what is marked as {label}."


def scheme_of_answers(answers: ProjectAnswers) -> Scheme:
    """Return the scheme that answers describe.

    Raises:
        UsageError: They describe none; a line for each problem.
    """
    _check_lines(
        {"title": answers.title} | {f"definition of {label.name}": label.definition for label in answers.labels}
    )
    labels: dict[str, Any] = {}
    for number, label in enumerate(answers.labels):
        table: dict[str, Any] = {"definition": label.definition or open_definition(label.name)}
        table["colour"] = COLOURS[number % len(COLOURS)]
        if number < 9:
            table["hotkey"] = str(number + 1)
        if label.fields:
            table["fields"] = {name: dict(item) for name, item in label.fields.items()}
        labels[label.name] = table
    try:
        return parse_scheme(
            {
                "name": answers.field,
                "version": 1,
                "guidelines": "0.1",
                "title": answers.title,
                "spans": {"overlap": answers.overlap},
                "labels": labels,
                "zones": {"url": "a web address"},
            }
        )
    except DataError as error:
        raise UsageError(*_lines(error)) from error


def _check_lines(texts: Mapping[str, str]) -> None:
    for what, text in texts.items():
        if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
            raise UsageError(f"the {what} contains a control character or a line break. Fix: write it on one line")


def _lines(error: DataError) -> Iterable[str]:
    for problem in error.problems:
        yield f"{problem.what.removesuffix('.')}. Fix: {problem.fix or 'change the answer'}"
