"""Export of documents to other formats; an export is written completely or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ...schema import DependencyError, Document, Scheme, UsageError
from ..storage.file_io import STANDARD, file_suffix, replace_file
from .format_interface import FormatWriter
from .format_registry import require_writer, writable_formats
from .transfer_reports import LossReport


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
    check_target(to, out, overwrite=overwrite, sources=sources)
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
    with replace_folder(out, overwrite=overwrite) as folder:
        count = to.write(documents, folder / to.file if to.file else folder, scheme, loss)
    return count, loss


def check_target(to: FormatWriter, out: Path, *, overwrite: bool = False, sources: Iterable[str | Path] = ()) -> None:
    """Check that a target may be written, before anything is read. Arguments are those of `export_documents`.

    Raises:
        DependencyError: An extra that the format needs is not installed.
        UsageError: As in `export_documents`.
    """
    require_writer(to)
    if exports_to_file(to, out):
        return
    suffix = file_suffix(out)
    if not out.is_dir() and (other := next((f.name for f in writable_formats() if suffix in f.suffixes), "")):
        fix = f"a name without {suffix} as `out`, or {other} as `to`"
        raise UsageError(f"{out}: {suffix} is a suffix of {other} files, and {to.name} exports a folder. Fix: {fix}")
    if overwrite:
        _check_replaceable(out, to, sources)
    _require_free(out, overwrite=overwrite)


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
    target = _require_free(out, overwrite=overwrite)
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


def _require_free(out: Path, *, overwrite: bool) -> Path:
    """Return the real path of a folder that may be written."""
    target = Path(os.path.realpath(out))
    if target.is_file() or (target.is_dir() and any(target.iterdir()) and not overwrite):
        raise UsageError(f"{out}: already exists. Fix: choose another `out`, or use `overwrite=True`")
    return target
