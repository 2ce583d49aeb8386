"""Check a corpus, for its rules, near-duplicates and likely annotation mistakes, and count what is in it."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..corpus import check_records, corpus_stats, read_records
from ..corpus.inspection.near_duplicates import NearDuplicates
from ..corpus.inspection.shard_stats import stats_of_shards
from ..corpus.inspection.stats import CorpusStats
from ..corpus.inspection.suppressions import Suppression, apply_suppressions, read_suppressions
from ..corpus.inspection.suspicious_annotations import SuspiciousAnnotation, find_suspicious_annotations
from ..corpus.privacy.name_key import key_path, read_key
from ..corpus.privacy.personal_data import PersonalData, PersonalDataSearch, is_cleared, read_cleared, without_effect
from ..corpus.queries.conditions import ReadDocument, needs_splits, read_condition
from ..corpus.storage.records import ProblemCallback, record_files
from ..corpus.storage.shards.shard_listing import holds_shards
from ..schema import Document, GoldspanError, Problem, Scheme, UsageError
from ..schema.progress import Progress, ignore_progress, report_each
from .gold_disagreement import find_disagreements


@dataclass(slots=True)
class CheckSummary:
    """What a check found, apart from the problems and remarks that it reported.

    Attributes:
        documents: Number of records in the file.
        findings: Likely annotation mistakes that are not suppressed.
        stale: Suppressions that are no longer findings.
        changed: Suppressions whose span changed since, so that they no longer hold.
        personal: Personal data that is not cleared.
        unneeded: What is cleared and was not found, in words.
        failure: Why the layer could not be compared with the extractors; the other findings are there nevertheless.
    """

    documents: int
    findings: list[SuspiciousAnnotation] = field(default_factory=list)
    stale: list[Suppression] = field(default_factory=list)
    changed: list[Suppression] = field(default_factory=list)
    personal: list[PersonalData] = field(default_factory=list)
    unneeded: list[str] = field(default_factory=list)
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
    where: Sequence[str] = (),
    privacy: bool = False,
    cleared: str | Path | None = None,
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
        where: With `suspicious`: conditions; findings in documents that do not meet all of them are left out, though
            these are compared with the others.
        privacy: Whether to find names of annotators, addresses, handles, login names and lead times.
        cleared: With `privacy`: a file of what may be published; see `read_cleared`.

    Raises:
        DataError: A file cannot be read.
        DependencyError: The key to the pseudonyms cannot be read, or was lost.
        UsageError: The suffix is not one of a records file, or a condition cannot be checked.
    """
    conditions = [read_condition(text, scheme) for text in where]
    if needs_splits(conditions):
        fix = "write the documents with `goldspan corpus filter` first, and check these"
        raise UsageError(f"`where` cannot have conditions on computed splits here. Fix: {fix}")
    duplicates = NearDuplicates(near) if near is not None else None
    read: list[Document] = []
    shown: set[str] = set()
    may_publish = read_cleared(cleared) if cleared else {}
    search = PersonalDataSearch(_names_of_project(path)) if privacy else None

    def handle(document: Document) -> None:
        if duplicates:
            duplicates.add(document)
        if suspicious:
            read.append(document)
            if all(condition.meets(ReadDocument(document)) for condition in conditions):
                shown.add(document.id)
        if search:
            search.add(document)

    summary = CheckSummary(check_records(path, scheme, report, on_document=handle, warn=warn))
    for pair in duplicates.pairs if duplicates else ():
        what = f"nearly the same text as {pair.earlier!r} (similarity {pair.similarity:.2f})"
        report(Problem(what, "keep one of them", path=path, document=pair.later))
    if search:
        findings = search.findings()
        summary.personal = [item for item in findings if not is_cleared(item, may_publish)]
        summary.unneeded = without_effect(findings, may_publish)
    if suspicious:
        _add_findings(summary, read, shown, scheme, suppress, extractors)
    return summary


def _names_of_project(path: str | Path) -> Mapping[str, str]:
    key = read_key(key_path(path))
    return key.pseudonyms if key else {}


def count_corpus(
    source: str,
    scheme: Scheme,
    *,
    workers: int = 1,
    lenient: ProblemCallback | None = None,
    progress: Progress = ignore_progress,
) -> CorpusStats:
    """Count documents, zones, spans and values of a corpus.

    Args:
        source: As in `read_records`.
        scheme: Scheme of the records.
        workers: Number of processes; more than 1 need a corpus of shards, of which each counts one at a time.
        lenient: Called with the problem of each record that is skipped; if None, the first one is raised.
        progress: Called after each shard, or now and then.

    Raises:
        DataError: A record is invalid.
        UsageError: There are several workers for one file.
    """
    if workers > 1:
        if not holds_shards(source):
            fix = "leave it out, or cut the file with `goldspan corpus shard`"
            raise UsageError(f"`workers` {workers} has no effect on one file. Fix: {fix}")
        from ..annotate.runner.worker_pool import WorkerPool

        with WorkerPool(workers, _nothing, "no process can be started. Fix: 1 as `workers`") as pool:
            stats = stats_of_shards(record_files(source), scheme, pool, lenient=lenient, progress=progress)
        if stats is not None:
            return stats
    documents = read_records(source, scheme, lenient=lenient)
    return corpus_stats(report_each(documents, "counting", progress), scheme)


def _nothing() -> None:
    """Do nothing: counting needs no preparation."""


def _add_findings(
    summary: CheckSummary,
    documents: Sequence[Document],
    shown: Container[str],
    scheme: Scheme,
    suppress: str | Path | None,
    extractors: Sequence[str],
) -> None:
    """Add what is found in the documents of some ids; all documents tell what is usual."""
    suppressions = read_suppressions(suppress) if suppress else []
    hidden = {document.id for document in documents if document.id not in shown}
    findings = find_suspicious_annotations(documents, scheme)
    if extractors:
        try:
            findings += find_disagreements([each for each in documents if each.id in shown], extractors, scheme)
        except GoldspanError as error:
            summary.failure = error
    answered = apply_suppressions(findings, suppressions)  # an id may be answered for what only hidden documents have
    summary.findings = [item for item in answered.open if item.document not in hidden]
    summary.changed = [item for item in answered.changed if item.document not in hidden]
    stale = [item for item in answered.stale if item.document not in hidden]
    summary.stale = [item for item in stale if item.check != "dissent" or summary.failure is None]
