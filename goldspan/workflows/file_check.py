"""Check a records file: its rules, near-duplicates, and likely annotation mistakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..corpus import check_records
from ..corpus.inspection.near_duplicates import NearDuplicates
from ..corpus.inspection.suspicious_annotations import (
    SuspiciousAnnotation,
    find_suspicious_annotations,
    read_suppressions,
)
from ..schema import Document, GoldspanError, Problem, Scheme
from .gold_disagreement import find_disagreements


@dataclass(slots=True)
class CheckSummary:
    """What a check found, apart from the problems and remarks that it reported.

    Attributes:
        documents: Number of records in the file.
        findings: Likely annotation mistakes that are not suppressed.
        stale: Suppressions that are no longer findings: check, document, start and end.
        failure: Why the layer could not be compared with the extractors; the other findings are there nevertheless.
    """

    documents: int
    findings: list[SuspiciousAnnotation] = field(default_factory=list)
    stale: list[tuple[str, str, int, int]] = field(default_factory=list)
    failure: GoldspanError | None = None


def check_file(
    path: str,
    scheme: Scheme,
    *,
    report: Callable[[Problem], None],
    warn: Callable[[Problem], None] | None = None,
    near: float | None = None,
    suspicious: bool = False,
    suppress: str | Path | None = None,
    extractors: Sequence[str] = (),
) -> CheckSummary:
    """Check a records file.

    Args:
        path: As in `check_records`.
        scheme: Scheme of the records.
        report: As in `check_records`; also called with each near-duplicate.
        warn: As in `check_records`.
        near: Minimum similarity of near-duplicates, 0 to 1; by default they are not looked for.
        suspicious: Whether to find likely annotation mistakes too.
        suppress: With `suspicious`: a file of findings that are not mistakes.
        extractors: With `suspicious`: extractors to find where these agree against the layer.

    Raises:
        DataError: A file cannot be read.
        UsageError: The suffix is not one of a records file.
    """
    duplicates = NearDuplicates(near) if near is not None else None
    read: list[Document] = []

    def handle(document: Document) -> None:
        if duplicates:
            duplicates.add(document)
        if suspicious:
            read.append(document)

    summary = CheckSummary(check_records(path, scheme, report, on_document=handle, warn=warn))
    for pair in duplicates.pairs if duplicates else ():
        what = f"nearly the same text as {pair.earlier!r} (similarity {pair.similarity:.2f})"
        report(Problem(what, "keep one of them", path=path, document=pair.later))
    if suspicious:
        _add_findings(summary, read, scheme, suppress, extractors)
    return summary


def _add_findings(
    summary: CheckSummary,
    documents: Sequence[Document],
    scheme: Scheme,
    suppress: str | Path | None,
    extractors: Sequence[str],
) -> None:
    suppressed = read_suppressions(suppress) if suppress else {}
    findings = find_suspicious_annotations(documents, scheme)
    if extractors:
        try:
            findings += find_disagreements(documents, extractors, scheme)
        except GoldspanError as error:
            summary.failure = error
    stale = suppressed.keys() - {(f.check, f.document, f.start, f.end) for f in findings}
    summary.stale = sorted(key for key in stale if key[0] != "dissent" or summary.failure is None)
    summary.findings = [f for f in findings if (f.check, f.document, f.start, f.end) not in suppressed]
