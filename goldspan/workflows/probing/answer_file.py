"""A file of what an extractor answered about changed documents, so that a surprising verdict can be looked at."""

from __future__ import annotations

from pathlib import Path

from ...corpus.storage.file_io import STANDARD, file_suffix, open_writer, require_writable
from ...eval.probing.probe_report import ProbeReport
from ...schema import UsageError, canonical_json
from ...schema.files.addresses import is_address
from ..corpus_work.safe_output import require_other_file


def check_answer_file(path: str, source: str) -> None:
    """Check that answers can be written to a file, before anything is asked.

    Args:
        path: The file.
        source: The records that are asked about.

    Raises:
        UsageError: Its name does not end with .jsonl, or it is the source.
        DependencyError: Its folder cannot be written.
    """
    if path == STANDARD or file_suffix(path) != ".jsonl":
        raise UsageError(f"`out` {path}: not a file of answers. Fix: a name that ends with .jsonl")
    require_other_file(source, path)
    if not is_address(path):
        require_writable(Path(path))


def write_answers(path: str, report: ProbeReport) -> int:
    """Write a line for each changed document that was answered; return how many.

    Args:
        path: The file; it holds the texts.
        report: The report.

    Raises:
        DependencyError: The file cannot be written.
    """
    lines = [canonical_json(answer.to_dict()) for each in report.probes for answer in each.answered]
    with open_writer(path) as stream:
        for line in lines:
            stream.write(line + b"\n")
    return len(lines)
