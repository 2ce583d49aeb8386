"""What the first reading of files shows: who annotated which document, which work is the newest, and which labels."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

from ....schema import DataError, Problem, UsageError, truncate_problems
from ..format_interface import ReadRequest
from .stated_documents import StatedDocument


class Survey:
    """Who annotated which document, which work is the newest, and which labels are numbers.

    Documents may be in several files. Only those of an id that occurred before take more memory than their id, since
    a file may have millions.

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
        self._numbers: dict[str, tuple[str, int]] = {}  # the file and line of each
        self._first: dict[str, int] = {}
        self._repeated: dict[str, list[int]] = {}
        self._other_texts: dict[str, int] = {}  # the number of the document
        self._names: dict[str, str] = {}
        # of each document, by its number
        self._texts = array("q")
        self._lines = array("q")
        self._paths: list[str] = []
        self._annotators: list[str | None] = []
        self._created: list[str] = []

    def observe(self, documents: Iterable[StatedDocument]) -> Iterator[StatedDocument]:
        """Pass documents on and remember their annotators, until all have been seen once."""
        if self._is_complete:
            yield from documents
            return
        self._clear()  # the last reading broke off
        for number, stated in enumerate(documents):
            if stated.path != self._path:  # else the same string would be kept for each document
                self._path = stated.path
            annotator = stated.annotator
            self._texts.append(hash(stated.text))
            self._lines.append(stated.line)
            self._paths.append(self._path)
            self._annotators.append(None if annotator is None else self._names.setdefault(annotator, annotator))
            self._created.append(stated.created or "")
            first = self._first.setdefault(stated.id, number)
            if first != number:
                self._repeated.setdefault(stated.id, [first]).append(number)
                if self._texts[first] != self._texts[number]:
                    self._other_texts.setdefault(stated.id, number)
            if self._known is not None:
                for span in stated.spans:
                    if span.label not in self._known and span.label.isdecimal():
                        self._numbers.setdefault(span.label, (self._path, span.line or stated.line))
            yield stated
        self._is_complete = True

    def check(self) -> None:
        """Check that there is one annotation of each document, or that passes are wanted, and that labels have names.

        Raises:
            DataError: There are several for a document, of people or of nobody in particular; passes are wanted and no
                annotator is named; or labels are numbers without a label map.
        """
        problems = [
            Problem("the label is a number", "", path, line, label=name) for name, (path, line) in self._numbers.items()
        ]
        for name, numbers in self._repeated.items():
            people = sorted({person for n in numbers if (person := self._annotators[n]) is not None})
            unnamed = [n for n in numbers if self._annotators[n] is None]
            if len(unnamed) > 1:
                problems.append(self._duplicate(name, *unnamed[:2]))
            elif name in self._other_texts:
                what = "another document with this id has another text"
                other = self._other_texts[name]
                problems.append(
                    Problem(what, "give each text its own id", self._paths[other], self._lines[other], name)
                )
            elif len(people) + bool(unnamed) > 1 and not self._passes:
                what = f"annotated by several people: {', '.join(people)}"
                fix = "read the work of each as a pass (`passes`), or keep one annotator's work in the file"
                problems.append(Problem(what, fix, self._paths[numbers[0]], self._lines[numbers[0]], name))
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

    def _duplicate(self, name: str, first: int, second: int) -> Problem:
        """Return the problem of two documents of one id, of nobody in particular."""
        line, path = self._lines[first], self._paths[first]
        place, fix = f"; it is also on line {line}" if line else "", "give each document its own id"
        if path != self._paths[second]:
            place = f"; it is also in {path}" + (f":{line}" if line else "")
            fix += ", or read each file as the work of the person it is named after (`passes`)"
        return Problem(f"duplicate document id{place}", fix, self._paths[second], self._lines[second], name)

    def is_newest(self, number: int) -> bool:
        """Return whether no newer annotation of a document is by the same person.

        Args:
            number: Position of the annotation in the file, counted from 0.
        """
        return number not in self._older
