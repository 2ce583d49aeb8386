"""Adjudicate the passes in files, by decisions and reviews in files."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from ..corpus import read_records, write_records
from ..corpus.adjudication.conflicts import AdjudicationDecision
from ..corpus.adjudication.decisions import lost_decisions, read_decisions, write_conflicts
from ..corpus.adjudication.passes import read_passes
from ..corpus.adjudication.resolution import Adjudication, resolve_passes
from ..corpus.adjudication.review import review_decisions
from ..corpus.storage.checked import CheckedDocuments
from ..schema import Scheme, UsageError, pluralize


def adjudicate_files(
    passes: Sequence[str],
    out: str,
    scheme: Scheme,
    *,
    decisions: str | None = None,
    review: Sequence[str] = (),
    conflicts: str | None = None,
    name: str = "adjudicated",
    guidelines: str = "",
) -> Adjudication:
    """Adjudicate the passes in files, and write the gold and, if wanted, its conflicts.

    Args:
        passes: A records file for each pass.
        out: The records file to write; `-` is standard output.
        scheme: Scheme of the passes.
        decisions: A file of conflicts with decisions filled in.
        review: Records files of reviewers, as pulled from a review. A decision in `decisions` precedes theirs.
        conflicts: The file to write all conflicts to, with their decisions; `-` is standard output.
        name: Annotator of the resulting layer.
        guidelines: Version of the guidelines that the decisions follow; that of the scheme by default.

    Raises:
        DataError: A file is invalid, or as in `adjudicate`; nothing was written.
        DependencyError: A file cannot be read or written.
        UsageError: There are fewer than two passes, or `conflicts` has decisions that are not used and would be lost.
    """
    layers = read_passes(passes, scheme)
    known = read_decisions(decisions, scheme) if decisions else []
    if review:
        reviewed = [document for path in review for document in read_records(path, scheme)]
        decided = {(ruling.document, ruling.start, ruling.end) for ruling in known}
        known += [r for r in review_decisions(layers, reviewed) if (r.document, r.start, r.end) not in decided]
    if conflicts:
        _check_no_decision_lost(conflicts, known, scheme)
    adjudication = resolve_passes(layers, scheme, known, name=name, guidelines=guidelines)
    write_records(out, CheckedDocuments(adjudication.documents, scheme), scheme)
    if conflicts:
        write_conflicts(conflicts, adjudication, known, documents={d.id: d for d in adjudication.documents})
    return adjudication


def _check_no_decision_lost(conflicts: str, decisions: list[AdjudicationDecision], scheme: Scheme) -> None:
    """Check that no filled-in decision would be overwritten.

    Raises:
        DataError: The file to be written exists and does not hold conflicts.
        UsageError: It holds decisions that are not used in this call.
    """
    if conflicts == "-" or not Path(conflicts).is_file():
        return
    if lost := lost_decisions(conflicts, decisions, scheme):
        first = f"document {lost[0].document!r} [{lost[0].start}, {lost[0].end})"
        raise UsageError(
            f"`conflicts` {conflicts}: {pluralize(len(lost), 'decision')} in it would be lost, the first "
            f"about {first}. Fix: `decisions` {shlex.quote(conflicts)}, or another `conflicts`"
        )
