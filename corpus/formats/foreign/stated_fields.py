"""Checks of the fields of files of other tools: texts, ids and spans, all faults of a file reported together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any

from ....schema import DataError, Problem, truncate_problems
from .json_values import id_of, shown, whole_number
from .stated_documents import LabelledStatement


class FieldFaults:
    """The faults of a file, which are raised together.

    Args:
        path: The file.

    Attributes:
        line: Line of the item that is being read.
        document: Id of the document that is being read.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._problems: list[Problem] = []
        self.line = 0
        self.document = ""

    def add(self, what: str, fix: str) -> None:
        """Record a fault of the current document."""
        self._problems.append(Problem(what, fix, self._path, self.line, self.document))

    def check(self) -> None:
        """Check that there are none.

        Raises:
            DataError: There are some.
        """
        if self._problems:
            raise DataError(truncate_problems(self._problems, "faults"))

    def text(self, item: Mapping[str, Any], *keys: str) -> str:
        """Return the text under the first of some keys that is there; an empty one, with a fault, if none holds any."""
        for key in keys:
            if item.get(key) is not None:
                if isinstance(item[key], str):
                    return str(item[key])
                self.add(f"{key!r} is not a text: {shown(item[key])}", f"write the text of the document as {key!r}")
                return ""
        self.add(f"there is no {keys[0]!r}", f"write the text of the document as {keys[0]!r}")
        return ""

    def given_text(self, texts: Callable[[str], str | None] | None) -> str:
        """Return the text that a call gives for the current document; an empty one, with a fault, if there is none."""
        text = texts(self.document) if texts is not None else None
        if text is None:
            what = "no given text has this id" if texts is not None else "the file has no texts of documents"
            self.add(what, "give the texts with `restore`: records, or articles, with the ids of the file")
        return text or ""

    def name(self, item: Mapping[str, Any], *keys: str, required: bool = False) -> str:
        """Return the id under the first of some keys that is there, as text; empty if there is none.

        Args:
            item: An object of the file.
            keys: Keys of ids, or of `meta` in the object.
            required: Whether it is a fault if none is there.
        """
        meta = item.get("meta")
        for place in (item, meta if isinstance(meta, Mapping) else {}):
            for key in keys:
                try:
                    if found := id_of(place, key):
                        return found
                except DataError as error:
                    self.add(error.problems[0].what, error.problems[0].fix)
                    return ""
        if required:
            self.add(f"there is no id under {keys[0]!r}", "name another `id_field`, or give each document an id there")
        return ""

    def span(
        self, bounds: Sequence[Any], label: Any, name: str, *, words: Any = None, score: Any = None
    ) -> LabelledStatement | None:
        """Return a span; None, with a fault, if its bounds are not whole numbers or it has no label.

        Args:
            bounds: Start and end.
            label: Its label.
            name: How to name it in messages.
            words: Its words, if the file states them.
            score: Its score; left out unless it is a number.
        """
        start, end = whole_number(bounds[0]), whole_number(bounds[1])
        if start is None or end is None:
            self.add(f"{name}: its bounds are not whole numbers: {shown(list(bounds))}", "write character offsets")
            return None
        if type(label) is int:
            label = str(label)
        if not isinstance(label, str) or not label:
            self.add(f"{name} has no label" + (f": {shown(label)}" if label else ""), "give it a label")
            return None
        stated = words if isinstance(words, str) and words else None
        return LabelledStatement(
            label, ((start, end),), stated, name, self.line, score=None if score is None else _finite(score)
        )


def _finite(item: Any) -> float | None:
    """Return a number as a float; None for anything else."""
    try:
        return float(item) if type(item) in (int, float) and isfinite(item) else None
    except OverflowError:
        return None
