"""Adjudicate the passes in files, by decisions and reviews in files."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..corpus import read_records, write_records
from ..corpus.adjudication.decisions import read_decisions, require_no_decision_lost, write_conflicts
from ..corpus.adjudication.passes import read_passes
from ..corpus.adjudication.reader_skill import reader_skills
from ..corpus.adjudication.resolution import Adjudication, resolve_passes
from ..corpus.adjudication.review import review_decisions
from ..corpus.storage.checked import CheckedDocuments
from ..corpus.withdrawal.withdrawn_documents import find_withdrawn, warn_left_out
from ..schema import Scheme


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
    likely: bool = False,
    note: Callable[[str], None] = warn_left_out,
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
        likely: State in the conflicts how likely each pass is right, told from all places; it decides nothing.
        note: Called with notes on withdrawn documents, which are left out with all that was decided about them.

    Raises:
        DataError: A file is invalid, or as in `adjudicate`; nothing was written.
        DependencyError: A file cannot be read or written.
        UsageError: There are fewer than two passes, or three with `likely`, or `conflicts` has decisions that are not
            used and would be lost.
    """
    withdrawn = find_withdrawn(out, *passes)
    layers = {annotator: list(withdrawn.keep(layer)) for annotator, layer in read_passes(passes, scheme).items()}
    known = read_decisions(decisions, scheme) if decisions else []
    known = [ruling for ruling in known if withdrawn.by_id(ruling.document) is None]
    if review:
        reviewed = [document for path in review for document in withdrawn.kept_silently(read_records(path, scheme))]
        decided = {(ruling.document, ruling.start, ruling.end) for ruling in known}
        known += [r for r in review_decisions(layers, reviewed) if (r.document, r.start, r.end) not in decided]
    if conflicts:
        require_no_decision_lost(conflicts, known, scheme)
    skills = reader_skills(layers) if likely else None
    adjudication = resolve_passes(layers, scheme, known, name=name, guidelines=guidelines)
    write_records(out, CheckedDocuments(adjudication.documents, scheme), scheme)
    if conflicts:
        texts = {document.id: document for document in adjudication.documents}
        write_conflicts(conflicts, adjudication, known, documents=texts, skills=skills)
    if skills is not None:
        adjudication.skills = skills.skills
    withdrawn.tell(note)
    return adjudication
