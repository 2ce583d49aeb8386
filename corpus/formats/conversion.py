"""Files to and from a format, whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import accumulate
from pathlib import Path

from ...schema import DataError, DependencyError, Document, GoldspanError, Problem, Scheme, UsageError
from ..storage.file_io import STANDARD, file_suffix, replace_file
from ..storage.label_map import CATCH_ALL, LabelMap
from ..storage.unknown_labels import combine_unknown_labels, unknown_labels_of
from .base import Format, LossReport, ReadReport
from .format_registry import format_of, formats, load_format


def export(
    documents: Iterable[Document],
    to: Format,
    out: Path,
    scheme: Scheme,
    *,
    overwrite: bool = False,
    sources: Iterable[str | Path] = (),
) -> tuple[int, LossReport]:
    """Writes documents in a format; answers how many, and what the format could not hold.

    Args:
        documents: Consumed one by one.
        to: The format.
        out: A file, where its suffix is one of the format's; else a folder.
        scheme: Theirs.
        overwrite: Whether a folder that holds an earlier export of the format may be replaced.
        sources: Files that the documents come from, which must not be replaced.

    Raises:
        DataError: A document cannot be written at all; nothing is left of the export.
        DependencyError: The place cannot be written.
        UsageError: The folder holds something already, other things than such an export, or a source; or the place is
            named as a file of another format.
    """
    loss = LossReport()
    if is_file(to, out):
        with replace_file(out) as beside:
            # the suffix tells a writer how to write, so that of the target must stand at the end
            named = beside.with_name(beside.name + "".join(out.suffixes))
            try:
                count = to.write(documents, named, scheme, loss)
                named.replace(beside)
            finally:
                named.unlink(missing_ok=True)
        return count, loss
    if not out.is_dir() and (other := next((form.name for form in formats() if file_suffix(out) in form.suffixes), "")):
        fix = f"a name without {file_suffix(out)} for --out, or --to {other}"
        raise UsageError(f"{out}: is named as a file of {other}, and {to.name} makes a folder. Fix: {fix}")
    if overwrite:
        _may_go(out, to, sources)
    with replace_folder(out, overwrite=overwrite) as folder:
        count = to.write(documents, folder / to.file if to.file else folder, scheme, loss)
    return count, loss


def is_file(to: Format, out: Path) -> bool:
    """Whether an export to a place is a file, which its suffix tells, and not a folder."""
    return bool(to.file) and file_suffix(out) in to.suffixes


def _may_go(out: Path, to: Format, sources: Iterable[str | Path]) -> None:
    """Refuses to replace a folder with anything in it that is not an earlier export's."""
    target = Path(os.path.realpath(out))
    if not target.is_dir() or not any(target.iterdir()):
        return
    for kept in (*sources, "."):
        if kept != STANDARD and Path(os.path.realpath(kept)).is_relative_to(target):
            what = "the working folder" if kept == "." else str(kept)
            raise UsageError(f"{out}: holds {what}, which would go. Fix: another place for --out")
    if not any(next(target.glob(pattern), None) for pattern in to.holds):
        what = f"{out}: holds something else than an export to {to.name}, and all of it would go"
        raise UsageError(f"{what}. Fix: another place for --out, or empty it yourself")


@contextmanager
def replace_folder(out: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A folder beside the target to write to; it takes the target's place at the end, or vanishes on any failure.

    Raises:
        DependencyError: The place cannot be written; what was there before is untouched.
        UsageError: The target holds something already, and may not be replaced.
    """
    target = Path(os.path.realpath(out))
    if target.is_file() or (target.is_dir() and any(target.iterdir()) and not overwrite):
        raise UsageError(f"{out}: is there already. Fix: another place for --out, or --overwrite")
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")
    old = beside.with_suffix(".old")
    try:
        beside.mkdir(parents=True)
        yield beside
        try:
            if target.exists():
                target.rename(old)
            beside.rename(target)
        except BaseException:  # an interruption too
            if old.exists() and not target.exists():
                old.rename(target)
            raise
    except OSError as error:
        message = f"{out}: cannot be written: {error.strerror or error}"
        where = f"is in {old}" if old.exists() and not target.exists() else "is untouched"
        raise DependencyError(f"{message}. What was there before {where}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        if target.exists():  # else it is the only copy of what was there before
            shutil.rmtree(old, ignore_errors=True)


def read_any(
    source: Path, scheme: Scheme, account: ReadReport, *, name: str = "", labels: LabelMap | None = None
) -> Iterator[Document]:
    """The documents of a file or folder in a format.

    Args:
        source: A file; a folder of a format of many files; or a folder that an export made.
        scheme: What the documents are to have.
        account: Told what is left out, and what was counted in another unit than code points.
        name: Of the format; told by the suffix, or by what a folder holds, where it is empty.
        labels: Brings foreign labels to the scheme's.

    Raises:
        DataError: The source is not there, or something in it is at fault, with file and line. Where a label is
            unknown, all unknown labels of the source are named.
        UsageError: No such format, or the suffix tells none.
    """
    if not source.exists():
        raise DataError(Problem("cannot be read: No such file or directory", "name one that is there", str(source)))
    form = load_format(name) if name else format_of(source)
    if form is None:
        fix = "bring it to records with `goldspan convert --from FORMAT`"
        told = "what it holds" if source.is_dir() else "its name"
        raise UsageError(f"{source}: {told} does not tell the format. Fix: {fix}")
    return _watched(_naming_all(form, source, scheme, labels, account), scheme, account)


def _naming_all(
    form: Format, source: Path, scheme: Scheme, labels: LabelMap | None, account: ReadReport
) -> Iterator[Document]:
    """The documents of a source; where a label is unknown, the rest is read too, to name all that are."""
    try:
        yield from _read(form, source, scheme, labels, account)
    except DataError as error:
        if not (unknown := unknown_labels_of(error)):
            raise
        known = labels.labels if labels is not None else {name: name for name in scheme.labels}
        others = LabelMap({**known, CATCH_ALL: ""})
        if source.is_file() or source.is_dir():  # a pipe cannot be read again
            with suppress(GoldspanError):  # another fault further on is told once the labels are right
                for _ in _read(form, source, scheme, others, ReadReport()):
                    pass
        unknown |= others.dropped.keys() - known.keys()
        raise combine_unknown_labels(error, unknown, scheme, mapped=labels is not None) from error


def _read(
    form: Format, source: Path, scheme: Scheme, labels: LabelMap | None, account: ReadReport
) -> Iterator[Document]:
    if not form.file or not source.is_dir():
        return form.read(source, scheme, labels, account)
    return _of_folder(form, source, scheme, labels, account)


def _watched(documents: Iterable[Document], scheme: Scheme, account: ReadReport) -> Iterator[Document]:
    for document in documents:
        if not scheme.overlap:
            ordered = sorted((span.start, span.end) for span in document.spans)
            reach = accumulate((end for _, end in ordered), max)
            count = sum(start < before for before, (start, _) in zip(reach, ordered[1:], strict=False))
            account.broken(f"spans that overlap, which {scheme.ref} does not allow", document.id, count)
        yield document


def _of_folder(
    form: Format, folder: Path, scheme: Scheme, labels: LabelMap | None, account: ReadReport
) -> Iterator[Document]:
    files = [folder / form.file] if (folder / form.file).is_file() else []
    files = files or sorted(path for path in folder.iterdir() if file_suffix(path) in form.suffixes and path.is_file())
    if not files:
        fix = f"name a file, or a folder that holds {form.file}"
        raise DataError(Problem(f"no file of the format {form.name} in the folder", fix, str(folder)))
    for path in files:
        yield from form.read(path, scheme, labels, account)
