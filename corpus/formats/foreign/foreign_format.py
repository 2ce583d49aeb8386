"""The base of readers for files of other tools: a reader states what its file says, and goldspan places it.

A reader is a class with a name and a method that yields what each document of the file states:

```python
class LinesFormat(ForeignFormat):
    name = "lines"
    summary = "JSON lines of my tool"

    def recognises(self, sample: FileSample) -> bool:
        return all("marks" in item for item in sample.objects)

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        for number, item in numbered_objects(str(source)):
            spans = [LabelledStatement(mark["type"], ((mark["from"], mark["to"]),)) for mark in item["marks"]]
            yield StatedDocument(item["text"], spans, id=item["id"], line=number)
```
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ....schema import DataError, Document, Problem, UsageError, truncate_problems
from ...spans.declared_offsets import convert_declared
from ...spans.offsets import MarkedText
from ...spans.unstated_offsets import resolve_or_guess_offsets
from ...storage.file_io import file_stem
from ..file_sample import FileSample
from ..folder_files import folder_files
from ..format_interface import ReadOptions, ReadRequest
from .document_builder import DocumentBuilder
from .refused_spans import audit_refused
from .stated_documents import StatedDocument

_NOBODY = ("all", "unknown")
"""Names of files by which doccano says that their annotators are not known."""


class ForeignFormat:
    """A reader for files of another tool; see `Format` for the attributes."""

    name = ""
    summary = ""
    file = ""
    suffixes: tuple[str, ...] = ()
    folder_patterns: tuple[str, ...] = ()
    audited = True
    holds: tuple[str, ...] = ()
    read_options: tuple[str, ...] = ()
    read_extras: tuple[str, ...] = ()

    def recognises(self, sample: FileSample) -> bool:
        """Return whether a file or folder is of this format, by its contents."""
        return False

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what the documents of a file state, in its order; called twice.

        Raises:
            DataError: The file is invalid, with its line. Faults of several documents are raised together.
        """
        raise NotImplementedError

    def read(self, source: Path, request: ReadRequest) -> Iterator[Document]:
        """Read documents; see `FormatReader.read`. The file is read twice, first to find the unit of its offsets."""
        return self.prepared(request)._read([source], source, request)

    def read_folder(self, folder: Path, request: ReadRequest) -> Iterator[Document]:
        """Read the documents of all files of the format in a folder as those of one source.

        With the option `passes`, a file that does not say who annotated it is the work of the person it is named after.

        Raises:
            DataError: There is no such file; or as in `FormatReader.read`.
        """
        files = folder_files(self, folder)
        if note := files.note(folder):
            request.report.note(note)
        return self.prepared(request)._read(files.read, folder, request)

    def prepared(self, request: ReadRequest) -> ForeignFormat:
        """Return the reader for a call, which may depend on its scheme."""
        return self

    def describe(self, source: Path, options: ReadOptions) -> str:
        """Return how a file is read where it leaves that open; empty if it does not."""
        return ""

    def _read(self, files: Sequence[Path], source: Path, request: ReadRequest) -> Iterator[Document]:
        """Read files as one source: a file by itself, or those in a folder."""
        survey = _Survey(request)
        for path in files:
            if description := self.describe(path, request.options):
                request.report.note(description)

        def statements() -> Iterator[StatedDocument]:
            return (stated for path in files for stated in self._named(path, source, request.options))

        def marked_texts() -> Iterator[MarkedText]:
            return (stated.marked_text() for stated in survey.observe(statements()))

        try:
            declared = any(marked.unit is not None for marked in islice(marked_texts(), 1))
            resolution = convert_declared(marked_texts()) if declared else resolve_or_guess_offsets(marked_texts)
        except DataError:
            audit_refused(statements(), request.report.audit)
            raise
        survey.check()
        request.report.add_conversions(resolution.converted)
        if resolution.cut_words:
            rule = "starts count from 0, and an end is the offset after the last character"
            request.report.note(f"{resolution.cut_words}: their offsets may be wrong ({rule})")
        for name in resolution.doubtful:
            request.report.changed.add("documents read in code points, which may count UTF-16 code units", name)
        builder = DocumentBuilder(request)
        for number, stated in enumerate(statements()):
            if survey.is_newest(number, stated):
                units = resolution.unit_of(number)
                yield builder.build(stated, resolution.fragments(number, stated.marked_text()), units)
            else:
                request.report.left_out.add("older annotations of the same person", stated.id)

    def _named(self, file: Path, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield the statements of a file, each with an id and the path of its file."""
        stem = file_stem(file)
        person = stem if options.passes and file != source and stem not in _NOBODY else None
        if file != source:
            stem = file.relative_to(source).with_name(stem).as_posix()
        single: StatedDocument | None = None
        number = 0
        for number, stated in enumerate(self.statements(file, options), 1):
            stated.path = stated.path or str(file)
            if stated.annotator is None:
                stated.annotator = person
            if stated.id:
                yield stated
            elif number == 1:
                single = stated  # named after the file if it is the only one
            else:
                if single is not None:
                    yield replace(single, id=f"{stem}#1")
                    single = None
                yield replace(stated, id=f"{stem}#{number}")
        if single is not None:
            yield replace(single, id=stem)


class _Work(NamedTuple):
    """Somebody's work on a document: when it was done, its number and its place in the source."""

    created: str
    number: int
    line: int
    path: str


class _Survey:
    """What the first reading of a file shows: who annotated which document, which is the newest, and which labels."""

    def __init__(self, request: ReadRequest) -> None:
        self._passes = request.options.passes
        self._known = None if request.labels is not None else request.scheme.labels.keys()
        self._numbers: dict[str, int] = {}
        self._work: dict[str, dict[str | None, list[_Work]]] = defaultdict(lambda: defaultdict(list))
        self._texts: dict[str, int] = {}
        self._other_texts: dict[str, int] = {}
        self._newest: set[int] | None = None
        self._path = ""

    def observe(self, documents: Iterator[StatedDocument]) -> Iterator[StatedDocument]:
        """Pass documents on and remember their annotators."""
        self._work.clear()  # offsets may be read more than once
        for number, stated in enumerate(documents):
            self._path = stated.path
            if self._texts.setdefault(stated.id, hash(stated.text)) != hash(stated.text):
                self._other_texts.setdefault(stated.id, stated.line)
            self._work[stated.id][stated.annotator].append(
                _Work(stated.created or "", number, stated.line, stated.path)
            )
            if self._known is not None:
                for span in stated.spans:
                    if span.label.isdecimal() and span.label not in self._known:
                        self._numbers.setdefault(span.label, span.line or stated.line)
            yield stated

    def check(self) -> None:
        """Check that there is one annotation of each document, or that passes are wanted, and that labels have names.

        Raises:
            DataError: There are several for a document, of people or of nobody in particular; passes are wanted and no
                annotator is named; or labels are numbers, and there is no label map.
        """
        problems = [
            Problem("the label is a number", "", self._path, n, label=name) for name, n in self._numbers.items()
        ]
        for name, work in self._work.items():
            people = sorted(person for person in work if person is not None)
            lines = work.get(None, [])
            if len(lines) > 1:
                problems.append(_duplicate(name, lines[0], lines[1]))
            elif name in self._other_texts:
                what = "another document with this id has another text"
                problems.append(Problem(what, "give each text its own id", self._path, self._other_texts[name], name))
            elif len(people) + bool(lines) > 1 and not self._passes:
                what = f"annotated by several people: {', '.join(people)}"
                fix = "read the work of each as a pass (`passes`), or keep one annotator's work in the file"
                first = min((item for items in work.values() for item in items), key=lambda item: item.number)
                problems.append(Problem(what, fix, first.path, first.line, name))
        if not problems and self._passes and self._work and all(set(work) == {None} for work in self._work.values()):
            raise UsageError(f"{self._path}: the file names no annotators. Fix: leave out `passes`")
        if problems:
            raise DataError(truncate_problems(problems, "documents with several annotations"))
        newest = (max(items).number for work in self._work.values() for items in work.values())
        repeated = any(len(items) > 1 for work in self._work.values() for items in work.values())
        self._newest = set(newest) if repeated else None
        self._work.clear()
        self._texts.clear()

    def is_newest(self, number: int, stated: StatedDocument) -> bool:
        """Return whether no newer annotation of the document is by the same person."""
        return self._newest is None or number in self._newest


def _duplicate(name: str, first: _Work, second: _Work) -> Problem:
    """Return the problem of two documents of one id, of nobody in particular."""
    place = f"; it is also on line {first.line}" if first.line else ""
    fix = "give each document its own id"
    if first.path != second.path:
        place = f"; it is also in {first.path}" + (f":{first.line}" if first.line else "")
        fix += ", or read each file as the work of the person it is named after (`passes`)"
    return Problem(f"duplicate document id{place}", fix, second.path, second.line, name)
