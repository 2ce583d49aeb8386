"""The passes of several annotators as a folder of records files, one for each."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ...corpus import write_records
from ...corpus.formats import ReadReport
from ...corpus.formats.annotators import group_by_annotator
from ...corpus.formats.format_export import replace_folder
from ...corpus.formats.huggingface.file_names import FileNames
from ...corpus.storage.checked import CheckedDocuments
from ...corpus.storage.file_io import STANDARD, file_suffix
from ...corpus.storage.records import JSON_LINES, PARQUET
from ...schema import Document, Scheme, UsageError
from ...schema.files.addresses import is_address


def check_pass_folder(out: str) -> None:
    """Check that a folder of passes can be written.

    Raises:
        UsageError: It is named like a file, is at an address, or exists and is not empty.
    """
    if out == STANDARD or file_suffix(out) in (*JSON_LINES, *PARQUET):
        raise UsageError(f"{out}: passes are a file for each annotator, in a folder. Fix: name a folder as `out`")
    if is_address(out):
        raise UsageError(f"`out` {out}: passes are not written at an address. Fix: name a folder here as `out`")
    path = Path(out)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"{out}: already exists. Fix: name a new or empty folder as `out`")


def write_passes(out: str, documents: Iterable[Document], scheme: Scheme, report: ReadReport) -> dict[str, int]:
    """Write a records file for each annotator, all or none, and return the number of documents by file.

    Args:
        out: The folder.
        documents: The documents, each with its annotator in its layer.
        scheme: Their scheme.
        report: Receives the documents that are in no pass.

    Raises:
        DependencyError: The folder cannot be written.
        UsageError: No document has an annotator; or as in `check_pass_folder`.
    """
    check_pass_folder(out)
    passes = group_by_annotator(documents, report)
    names = FileNames()
    files = {annotator: f"{names.assign(annotator)}.jsonl" for annotator in passes}
    with replace_folder(Path(out)) as folder:
        for annotator, name in files.items():
            write_records(folder / name, CheckedDocuments(passes[annotator], scheme), scheme)
    return {str(Path(out) / name): len(passes[annotator]) for annotator, name in files.items()}
