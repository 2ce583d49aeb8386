"""Reading of files and folders in any installed format, with all that a reader leaves to the caller."""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from ...schema import (
    DataError,
    DependencyError,
    Document,
    GoldspanError,
    Problem,
    RecordCodec,
    Scheme,
    Span,
    UsageError,
)
from ...schema.errors import unreadable_problem
from ...schema.files.addresses import is_address
from ..storage.archives import is_archive, unpacked
from ..storage.checked import CheckedDocuments
from ..storage.label_map import CATCH_ALL, LabelMap
from ..storage.shards.run_state import require_complete
from ..storage.shards.shard_listing import holds_shards, is_pattern, list_shards
from ..storage.stream_copies import is_stream, reread
from ..storage.unknown_labels import combine_unknown_labels, unknown_labels_of
from .folder_files import folder_files, takes_whole
from .foreign.foreign_format import ForeignFormat
from .format_interface import FormatReader, ReadOptions, ReadRequest, require_known
from .format_registry import DetectedFormat, detect, load_reader, require_reader
from .native_formats import OWN_FORMATS
from .transfer_reports import ReadReport

_MAX_SHOWN = 40


def read_any(
    source: Path,
    scheme: Scheme,
    report: ReadReport,
    *,
    name: str = "",
    labels: LabelMap | None = None,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - immutable
) -> Iterator[Document]:
    """Read the documents of a file or folder in any installed format.

    Args:
        source: A file, a folder of a format of many files, a folder made by an export, or a stream; `-` is standard
            input.
        scheme: Scheme of the documents.
        report: Receives what is left out, and which offsets are converted to code points.
        name: Name of the format; if empty, it is detected, as by `detect_format`.
        labels: Maps the source's labels to the scheme's.
        options: How to read what the source leaves open.

    Raises:
        DataError: The source does not exist or is invalid, with file and line. For an unknown label, all unknown
            labels of the source are listed.
        DependencyError: An extra that the format needs is not installed.
        UsageError: There is no format of the name, or it cannot be detected, or it does not know an option.
    """
    request = ReadRequest(scheme, report, labels, options)
    if is_stream(source):
        return CheckedDocuments(_read_stream(source, name, request), scheme)
    return read_as(source_format(source, name), source, request)


def _read_stream(stream: Path, name: str, request: ReadRequest) -> Iterator[Document]:
    with reread(stream) as copy:
        yield from read_as(source_format(copy, name), copy, request)


def read_as(detected: DetectedFormat, source: Path, request: ReadRequest) -> CheckedDocuments:
    """Return the documents of a file or folder in a format.

    Args:
        detected: The format.
        source: As in `read_any`.
        request: The scheme, the label map, the options, and the report to fill.

    Raises:
        DataError: As in `read_any`; or the source is a folder of shards that a run has not finished.
        UsageError: The format does not know an option.
    """
    form, scheme, report = detected.reader, request.scheme, request.report
    require_known(request.options, form.name, known_options(form))
    if source.is_dir():
        require_complete(str(source))
    documents = _read_listing_unknown(form, source, request)
    if detected.by_name:
        documents = _naming_format(documents, form, source)
    if not type(form).__module__.startswith("goldspan."):  # the readers of other packages need not check
        documents = map(RecordCodec(scheme).check, documents)
    if form.name in OWN_FORMATS:
        documents = _report_cut_words(documents, report)
    return CheckedDocuments(_report_overlaps(documents, scheme, report), scheme)


def source_format(source: Path, name: str = "") -> DetectedFormat:
    """Return the format that a file or folder is read as, after checking that its extras are installed.

    Args:
        source: A file or folder; a stream is read from a copy, see `reread`.
        name: Name of the format; if empty, it is detected.

    Raises:
        DataError: The source does not exist.
        DependencyError: An extra that the format needs is not installed.
        UsageError: There is no format of the name, or it cannot be detected.
    """
    if not source.exists():
        missing = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        raise DataError(unreadable_problem(missing, source))
    detected = DetectedFormat(load_reader(name)) if name else detect(source)
    require_reader(detected.reader)
    return detected


def is_corpus_of_shards(path: str) -> bool:
    """Return whether a path is a corpus of several records files: a folder of shards, a pattern or an address.

    A folder is one if all that it holds are shards and the first of them has records; it may be of another tool.

    Raises:
        DataError: A pattern or an address has no shards.
        UsageError: There are other files among them.
    """
    if not holds_shards(path):
        return False
    if is_pattern(path) or is_address(path):
        return bool(list_shards(path))
    with suppress(DataError, DependencyError, UsageError):
        return source_format(Path(list_shards(path)[0].path)).reader.name in ("jsonl", "parquet")
    return False


def _naming_format(documents: Iterable[Document], form: FormatReader, source: Path) -> Iterator[Document]:
    """Pass documents on; if the file is invalid, also say that only its name told the format.

    Raises:
        DataError: As raised by the reader, with that.
    """
    try:
        yield from documents
    except DataError as error:
        what = f"read as {form.name} because of its name"
        raise DataError([*error.problems, Problem(what, "name another format as `form`", str(source))]) from error


def known_options(form: FormatReader) -> tuple[str, ...]:
    """Return the names of the `ReadOptions` that a format knows."""
    return tuple(getattr(form, "read_options", ()))


def knows_texts(form: FormatReader) -> bool:
    """Return whether the files of a format may lack their texts, which `ReadOptions.texts` then gives by id."""
    return "texts" in known_options(form)


def _read_listing_unknown(form: FormatReader, source: Path, request: ReadRequest) -> Iterator[Document]:
    """Yield the documents of a source; on an unknown label read it again to the end, to list all unknown labels."""
    scheme, labels = request.scheme, request.labels
    try:
        yield from _read(form, source, request)
    except DataError as error:
        if not unknown_labels_of(error):
            raise
        known = labels.labels if labels is not None else {name: name for name in scheme.labels}
        counts = count_labels(form, source, replace(request, labels=LabelMap({**known, CATCH_ALL: ""})))
        unknown = {label: counts[label] for label in (unknown_labels_of(error) | counts.keys()) - known.keys()}
        raise combine_unknown_labels(error, unknown, scheme, mapped=labels is not None) from error


def count_labels(form: FormatReader, source: Path, request: ReadRequest) -> Counter[str]:
    """Return the number of spans by label, of the labels that a request's label map drops.

    Args:
        form: The format.
        source: A file or folder.
        request: A request with a label map.
    """
    if request.labels is not None:
        with suppress(GoldspanError):  # any other error is reported once the labels are right
            for _ in _read(form, source, replace(request, report=ReadReport())):
                pass
    return Counter() if request.labels is None else request.labels.dropped


def _read(form: FormatReader, source: Path, request: ReadRequest) -> Iterator[Document]:
    if takes_whole(form, source):
        yield from form.read(source, request)
    elif is_archive(source):
        with unpacked(source) as folder:
            yield from _read(form, folder, request)
    elif isinstance(form, ForeignFormat):
        yield from form.read_folder(source, request)
    else:
        yield from _read_files(form, source, request)


def _read_files(form: FormatReader, folder: Path, request: ReadRequest) -> Iterator[Document]:
    """Yield the documents of the files of a format in a folder, one after another."""
    files = folder_files(form, folder)
    if note := files.note(folder):
        request.report.note(note)
    known: dict[str, Path] = {}
    for path in files.read:
        for document in form.read(path, request):
            if known.setdefault(document.id, path) != path:
                fix = "give each document its own id"
                what = f"duplicate document id; it is also in {known[document.id].relative_to(folder).as_posix()}"
                raise DataError(Problem(what, fix, str(path), document=document.id))
            yield document


def _report_cut_words(documents: Iterable[Document], report: ReadReport) -> Iterator[Document]:
    """Pass documents on, and count spans that cut words: records state no words, so that their offsets may be wrong."""
    for document in documents:
        for span in document.spans if document.text else ():
            report.note_cut(document.id, document.text or "", span.start, span.end)
        yield document


def _report_overlaps(documents: Iterable[Document], scheme: Scheme, report: ReadReport) -> Iterator[Document]:
    """Pass documents on, and count spans that overlap although the scheme does not allow it."""
    for document in documents:
        if not scheme.overlap:
            spans = sorted(document.spans, key=lambda span: (span.start, span.end))
            furthest: Iterator[Span] = accumulate(spans, lambda a, b: b if b.end > a.end else a)
            pairs = [(a, b) for a, b in zip(furthest, spans[1:], strict=False) if b.start < a.end]
            words = [document.surface(span)[:_MAX_SHOWN] for span in pairs[0]] if pairs and document.text else []
            kind = f"spans that overlap, which {scheme.ref} does not allow"
            report.broken.add(kind, document.id, len(pairs), " and ".join(map(repr, words)))
        yield document
