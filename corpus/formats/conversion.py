"""Conversion of documents to and from other formats; an export is written completely or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
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
from ..storage.checked import CheckedDocuments
from ..storage.file_io import STANDARD, file_suffix, replace_file
from ..storage.label_map import CATCH_ALL, LabelMap
from ..storage.unknown_labels import combine_unknown_labels, unknown_labels_of
from .archives import is_archive, unpacked
from .folder_files import folder_files, takes_whole
from .foreign.foreign_format import ForeignFormat
from .format_interface import FormatReader, FormatWriter, ReadOptions, ReadRequest
from .format_registry import detect_format, load_reader, require_reader, require_writer, writable_formats
from .native_formats import OWN_FORMATS
from .transfer_reports import LossReport, ReadReport

_MAX_SHOWN = 40


def export_documents(
    documents: Iterable[Document],
    to: FormatWriter,
    out: Path,
    scheme: Scheme,
    *,
    overwrite: bool = False,
    sources: Iterable[str | Path] = (),
) -> tuple[int, LossReport]:
    """Write documents in a format.

    Args:
        documents: The documents, consumed one at a time.
        to: The format.
        out: A file if its suffix is one of the format's, otherwise a folder.
        scheme: Scheme of the documents.
        overwrite: Whether a folder with an earlier export in the format may be replaced.
        sources: Files the documents come from, which must not be deleted with the folder.

    Returns:
        The number of documents, and a report of what the format could not hold.

    Raises:
        DataError: A document cannot be written at all; nothing of the export remains.
        DependencyError: The target cannot be written, or an extra that the format needs is not installed.
        UsageError: The folder is not empty and may not be replaced, or contains a source or anything but such an
            export; or `out` has the suffix of another format.
    """
    require_writer(to)
    loss = LossReport()
    if exports_to_file(to, out):
        with replace_file(out) as temporary:
            # writers choose compression and the like by suffix, so the temporary file ends in the target's suffixes
            with_suffixes = temporary.with_name(temporary.name + "".join(out.suffixes))
            try:
                count = to.write(documents, with_suffixes, scheme, loss)
                with_suffixes.replace(temporary)
            finally:
                with_suffixes.unlink(missing_ok=True)
        return count, loss
    suffix = file_suffix(out)
    if not out.is_dir() and (other := next((f.name for f in writable_formats() if suffix in f.suffixes), "")):
        fix = f"a name without {suffix} as `out`, or {other} as `to`"
        raise UsageError(f"{out}: {suffix} is a suffix of {other} files, and {to.name} exports a folder. Fix: {fix}")
    if overwrite:
        _check_replaceable(out, to, sources)
    with replace_folder(out, overwrite=overwrite) as folder:
        count = to.write(documents, folder / to.file if to.file else folder, scheme, loss)
    return count, loss


def exports_to_file(to: FormatWriter, out: Path) -> bool:
    """Return whether an export to `out` is a file, judged by its suffix, and not a folder."""
    return bool(to.file) and file_suffix(out) in getattr(to, "write_suffixes", to.suffixes)


def _check_replaceable(out: Path, to: FormatWriter, sources: Iterable[str | Path]) -> None:
    """Refuse to replace a folder with anything in it but an earlier export."""
    target = Path(os.path.realpath(out))
    if not target.is_dir() or not any(target.iterdir()):
        return
    for path in (*sources, "."):
        if path != STANDARD and Path(os.path.realpath(path)).is_relative_to(target):
            name = "the working directory" if path == "." else str(path)
            raise UsageError(f"{out}: contains {name}, which would be deleted. Fix: choose another `out`")
    if not any(next(target.glob(pattern), None) for pattern in to.folder_patterns):
        message = f"{out}: contains files that are not an export to {to.name}, and all would be deleted"
        raise UsageError(f"{message}. Fix: choose another `out`, or empty the folder yourself")


@contextmanager
def replace_folder(out: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a temporary folder that replaces the target at the end, and is deleted on any failure.

    Raises:
        DependencyError: The target cannot be written; its previous content is untouched.
        UsageError: The target is not empty, and may not be replaced.
    """
    target = Path(os.path.realpath(out))
    if target.is_file() or (target.is_dir() and any(target.iterdir()) and not overwrite):
        raise UsageError(f"{out}: already exists. Fix: choose another `out`, or use `overwrite=True`")
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")
    old = temporary.with_suffix(".old")
    try:
        temporary.mkdir(parents=True)
        yield temporary
        try:
            if target.exists():
                target.rename(old)
            temporary.rename(target)
        except BaseException:  # includes KeyboardInterrupt
            if old.exists() and not target.exists():
                old.rename(target)
            raise
    except OSError as error:
        message = f"{out}: cannot be written: {error.strerror or error}"
        state = f"is in {old}" if old.exists() and not target.exists() else "is untouched"
        raise DependencyError(f"{message}. The previous content {state}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if target.exists():  # otherwise `old` is the only copy of the previous content
            shutil.rmtree(old, ignore_errors=True)


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
        source: A file, a folder of a format of many files, or a folder made by an export.
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
    form = source_format(source, name)
    unknown = [option for option in options.given() if option not in getattr(form, "read_options", ())]
    if unknown:
        known = ", ".join(f"`{name}`" for name in getattr(form, "read_options", ()) if name != "texts")
        fix = "save the file as UTF-8" if unknown[0] == "encoding" else "leave it out"
        fix += f"; its options are {known}" if known else ""
        raise UsageError(f"`{unknown[0]}` has no effect on the format {form.name}. Fix: {fix}")
    documents = _read_listing_unknown(form, source, ReadRequest(scheme, report, labels, options))
    if not type(form).__module__.startswith("goldspan."):  # the readers of other packages need not check
        documents = map(RecordCodec(scheme).check, documents)
    if form.name in OWN_FORMATS:
        documents = _report_cut_words(documents, report)
    return CheckedDocuments(_report_overlaps(documents, scheme, report), scheme)


def source_format(source: Path, name: str = "") -> FormatReader:
    """Return the format that a file or folder is read as, after checking that its extras are installed.

    Args:
        source: A file or folder.
        name: Name of the format; if empty, it is detected.

    Raises:
        DataError: The source does not exist.
        DependencyError: An extra that the format needs is not installed.
        UsageError: There is no format of the name, or it cannot be detected.
    """
    if not source.exists():
        missing = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        raise DataError(unreadable_problem(missing, source))
    form = load_reader(name) if name else detect_format(source)
    require_reader(form)
    return form


def knows_texts(form: FormatReader) -> bool:
    """Return whether the files of a format may lack their texts, which `ReadOptions.texts` then gives by id."""
    return "texts" in getattr(form, "read_options", ())


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
        source: A file or folder; a pipe, which cannot be read again, has no labels.
        request: A request with a label map.
    """
    if request.labels is not None and (source.is_file() or source.is_dir()):
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
