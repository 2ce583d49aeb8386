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

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from ....schema import DataError, Document
from ...spans.declared_offsets import convert_declared
from ...spans.offsets import MarkedText, OffsetResolution
from ...spans.unstated_offsets import resolve_or_guess_offsets
from ...storage.file_io import file_stem
from ..file_sample import FileSample
from ..folder_files import folder_files
from ..format_interface import ReadOptions, ReadRequest
from .document_builder import DocumentBuilder
from .first_survey import Survey
from .refused_spans import audit_refused
from .repeated_reading import RepeatedReading
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
        """Yield what the documents of a file state, in its order; called twice for a large file.

        Raises:
            DataError: The file is invalid, with its line. Faults of several documents are raised together.
        """
        raise NotImplementedError

    def read(self, source: Path, request: ReadRequest) -> Iterator[Document]:
        """Read documents; see `FormatReader.read`. A large file is read twice, first to find the unit of offsets."""
        return self.prepared(request)._read([source], source, request)

    def read_folder(self, folder: Path, request: ReadRequest) -> Iterator[Document]:
        """Read the documents of all files of the format in a folder as those of one source.

        With the option `passes`, a file that does not say who annotated it is the work of the person it is named after.

        Raises:
            DataError: The folder has no file of the format; otherwise as in `FormatReader.read`.
        """
        files = folder_files(self, folder)
        if note := files.note(folder):
            request.report.note(note)
        return self.prepared(request)._read(files.read, folder, request)

    def prepared(self, request: ReadRequest) -> ForeignFormat:
        """Return the reader for a call, which may depend on its scheme and keep what it knows of the files."""
        return self

    def describe(self, source: Path, options: ReadOptions) -> str:
        """Return how a file is read where it leaves that open; empty if it does not."""
        return ""

    def _read(self, files: Sequence[Path], source: Path, request: ReadRequest) -> Iterator[Document]:
        """Read files as one source: a file by itself, or those in a folder."""
        survey = Survey(request)
        for path in files:
            if description := self.describe(path, request.options):
                request.report.note(description)

        def statements() -> Iterator[StatedDocument]:
            return (stated for path in files for stated in self._named(path, source, request.options))

        documents = RepeatedReading(statements, StatedDocument.size)
        try:
            resolution = _resolution(lambda: survey.observe(documents))
        except DataError:
            audit_refused(documents, request.report.audit)
            raise
        survey.check()
        request.report.add_conversions(resolution.converted)
        if resolution.cut_words:
            rule = "starts count from 0, and an end is the offset after the last character"
            request.report.note(f"{resolution.cut_words}: their offsets may be wrong ({rule})")
        for name in resolution.doubtful:
            request.report.changed.add("documents read in code points, which may count UTF-16 code units", name)
        builder = DocumentBuilder(request)
        for number, stated in enumerate(documents):
            if survey.is_newest(number):
                yield builder.build(stated, resolution.fragments(number, stated), resolution.unit_of(number))
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


def _resolution(documents: Callable[[], Iterator[StatedDocument]]) -> OffsetResolution:
    """Return the units of the offsets of a file: those that its documents declare, or else those that fit.

    Args:
        documents: Returns an iterator over the documents on each call.
    """
    opened = documents()
    first = list(islice(opened, 1))
    begun = iter([chain(first, opened)])  # the first reading continues instead of starting again

    def marked_texts() -> Iterator[MarkedText]:
        return (stated.marked_text() for stated in next(begun, None) or documents())

    declared = any(stated.unit is not None for stated in first)
    return convert_declared(marked_texts()) if declared else resolve_or_guess_offsets(marked_texts)
