"""What the first reading of a file shows: who annotated which document, which work is the newest, and which labels."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

from ....schema import DataError, Problem, UsageError, truncate_problems
from ..format_interface import ReadRequest
from .stated_documents import StatedDocument


class Survey:
    """Who annotated which document, which work is the newest, and which labels are numbers.

    Only documents of an id that occurred before take more memory than their id, since a file may have millions.

    Args:
        request: What the call asks of the reader.
    """

    def __init__(self, request: ReadRequest) -> None:
        self._passes = request.options.passes
        self._known = None if request.labels is not None else request.scheme.labels.keys()
        self._path = ""
        self._is_complete = False
        self._older: set[int] = set()
        self._clear()

    def _clear(self) -> None:
        self._numbers: dict[str, int] = {}
        self._first: dict[str, int] = {}
        self._repeated: dict[str, list[int]] = {}
        self._other_texts: dict[str, int] = {}
        self._names: dict[str, str] = {}
        # of each document, by its number
        self._texts = array("q")
        self._lines = array("q")
        self._annotators: list[str | None] = []
        self._created: list[str] = []

    def observe(self, documents: Iterable[StatedDocument]) -> Iterator[StatedDocument]:
        """Pass documents on and remember their annotators, until all have been seen once."""
        if self._is_complete:
            yield from documents
            return
        self._clear()  # the last reading broke off
        for number, stated in enumerate(documents):
            self._path = stated.path
            annotator = stated.annotator
            self._texts.append(hash(stated.text))
            self._lines.append(stated.line)
            self._annotators.append(None if annotator is None else self._names.setdefault(annotator, annotator))
            self._created.append(stated.created or "")
            first = self._first.setdefault(stated.id, number)
            if first != number:
                self._repeated.setdefault(stated.id, [first]).append(number)
                if self._texts[first] != self._texts[number]:
                    self._other_texts.setdefault(stated.id, stated.line)
            if self._known is not None:
                for span in stated.spans:
                    if span.label not in self._known and span.label.isdecimal():
                        self._numbers.setdefault(span.label, span.line or stated.line)
            yield stated
        self._is_complete = True

    def check(self) -> None:
        """Check that there is one annotation of each document, or that passes are wanted, and that labels have names.

        Raises:
            DataError: There are several for a document, of people or of nobody in particular; passes are wanted and no
                annotator is named; or labels are numbers, and there is no label map.
        """
        problems = [
            Problem("the label is a number", "", self._path, n, label=name) for name, n in self._numbers.items()
        ]
        for name, numbers in self._repeated.items():
            people = sorted({person for n in numbers if (person := self._annotators[n]) is not None})
            lines = [self._lines[n] for n in numbers if self._annotators[n] is None]
            if len(lines) > 1:
                what = "duplicate document id" + (f"; it is also on line {lines[0]}" if lines[0] else "")
                problems.append(Problem(what, "give each document its own id", self._path, lines[1], name))
            elif name in self._other_texts:
                what = "another document with this id has another text"
                problems.append(Problem(what, "give each text its own id", self._path, self._other_texts[name], name))
            elif len(people) + bool(lines) > 1 and not self._passes:
                what = f"annotated by several people: {', '.join(people)}"
                fix = "read the work of each as a pass (`passes`), or keep one annotator's work in the file"
                first = min(self._lines[n] for n in numbers)
                problems.append(Problem(what, fix, self._path, first, name))
        if not problems and self._passes and self._annotators and not self._names:
            raise UsageError(f"{self._path}: the file names no annotators. Fix: leave out `passes`")
        if problems:
            raise DataError(truncate_problems(problems, "documents with several annotations"))
        for numbers in self._repeated.values():
            newest: dict[str | None, int] = {}
            for n in numbers:
                other = newest.setdefault(self._annotators[n], n)
                if other != n:
                    older = min(n, other, key=lambda number: (self._created[number], number))
                    self._older.add(older)
                    newest[self._annotators[n]] = other if older == n else n
        self._clear()

    def is_newest(self, number: int) -> bool:
        """Return whether no newer annotation of a document is by the same person.

        Args:
            number: Position of the annotation in the file, counted from 0.
        """
        return number not in self._older
