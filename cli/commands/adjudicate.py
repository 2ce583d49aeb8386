"""`goldspan adjudicate`: several passes to one gold layer."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...schema.errors import pluralize
from .. import hints
from ..console import note, result_json
from ..option_effects import Call, Rule, effects
from ..options import JSON_BESIDE_RECORDS, Json, SchemeFile
from ..passes import read_passes

if TYPE_CHECKING:
    from ...corpus.adjudication.conflicts import AdjudicationDecision
    from ...schema import Scheme


def _same_as_out(call: Call) -> str:
    same = call["conflicts"] and os.path.realpath(call["conflicts"]) == os.path.realpath(call["out"])
    return "in the file that --out writes" if same else ""


def _beside_printed_conflicts(call: Call) -> str:
    return "with --conflicts -, which prints the conflicts" if call["conflicts"] == "-" else ""


@effects(
    Rule("conflicts", _same_as_out, "name another file"),
    Rule("json", _beside_printed_conflicts, "name a file for --conflicts"),
    JSON_BESIDE_RECORDS,
)
def adjudicate(
    passes: Annotated[
        list[str], typer.Argument(metavar="PASS...", help="Records files, a layer each over the same documents.")
    ],
    out: Annotated[str, typer.Option("--out", help="Records to write; - is standard output.")],
    decisions: Annotated[
        str | None, typer.Option("--decisions", help="Conflicts with decisions filled in (JSONL).")
    ] = None,
    review: Annotated[
        list[str] | None,
        typer.Option("--review", metavar="FILE", help="A reviewer's layer, pulled from a review; repeat."),
    ] = None,
    conflicts: Annotated[
        str | None, typer.Option("--conflicts", help="Write all conflicts to this file, to fill in decisions (JSONL).")
    ] = None,
    name: Annotated[str, typer.Option(help="Annotator of the resulting layer.")] = "adjudicated",
    guidelines: Annotated[
        str, typer.Option(help="Version of the guidelines that the decisions follow; by default the scheme's.")
    ] = "",
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Make one gold layer: what all passes agree on, and what was decided.

    Undecided conflicts are left out and listed; the status is then 1.
    """
    from ...corpus import read_records, write_records
    from ...corpus.adjudication.decisions import read_decisions, write_conflicts
    from ...corpus.adjudication.resolution import resolve_passes
    from ...corpus.adjudication.review import review_decisions
    from ...schema import layer_fingerprint, load_scheme

    loaded = load_scheme(scheme)
    layers = read_passes(passes, loaded)
    decided_conflicts = read_decisions(decisions, loaded) if decisions else []
    if review:
        reviewed = [document for path in review for document in read_records(path, loaded)]
        decided = {(ruling.document, ruling.start, ruling.end) for ruling in decided_conflicts}
        decided_conflicts += [
            r for r in review_decisions(layers, reviewed) if (r.document, r.start, r.end) not in decided
        ]
    if conflicts:
        _check_no_decision_lost(conflicts, decided_conflicts, loaded)
    adjudication = resolve_passes(layers, loaded, decided_conflicts, name=name, guidelines=guidelines)
    write_records(out, adjudication.documents, loaded)
    if conflicts:
        write_conflicts(conflicts, adjudication, decided_conflicts, documents={d.id: d for d in adjudication.documents})
    kinds = Counter(conflict.kind for conflict in adjudication.conflicts)
    if json:
        result_json(
            {
                "documents": len(adjudication.documents),
                "passes": list(layers),
                "spans": adjudication.agreed + adjudication.decided,
                "agreed": adjudication.agreed,
                "decided": adjudication.decided,
                "decisions": adjudication.decisions,
                "dropped": adjudication.dropped,
                "conflicts": {kind: kinds[kind] for kind in ("missing", "boundary", "label", "value")},
                "undecided": [
                    {"document": c.document, "start": c.start, "end": c.end, "kind": c.kind}
                    for c in adjudication.undecided
                ],
                "sha256": layer_fingerprint(adjudication.documents),
            }
        )
    texts = {document.id: document for document in adjudication.documents}
    for c in adjudication.undecided:
        surface = (texts[c.document].text or "")[c.start : c.end]
        sides = "; ".join(
            f"{reader}: {', '.join(f'{s.label} [{s.start}, {s.end})' for s in spans) or 'nothing'}"
            for reader, spans in c.readings.items()
        )
        note(f"undecided: {c.document} [{c.start}, {c.end}) {surface!r} {c.kind} ({sides})")
    for annotator, extractor in adjudication.extractors.items():
        note(
            f"warning: {annotator} was made by the extractor {extractor}, not by a person, and what it shares with the "
            f"other passes becomes gold. Fix: use passes by people; goldspan score compares an extractor with gold"
        )
    if adjudication.single:
        shown = ", ".join(adjudication.single[:20]) + (" …" if len(adjudication.single) > 20 else "")
        note(f"in one pass only, taken as they are: {pluralize(len(adjudication.single), 'document')}, {shown}")
    listed = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())) or "none"
    decision_count = pluralize(adjudication.decisions, "decision")
    if adjudication.decisions:
        decision_count += f" ({pluralize(adjudication.decided, 'span')} added, {adjudication.dropped} dropped)"
    agreed = pluralize(adjudication.agreed, "span")
    note(f"{agreed} agreed, {decision_count}, conflicts: {listed}; undecided {len(adjudication.undecided)}")
    if adjudication.undecided:
        note(
            "fill in the decisions" + (f" in {conflicts}" if conflicts else " (--conflicts FILE writes the conflicts)")
        )
        if not json:
            hints.after_conflicts(passes, out, conflicts, scheme=scheme)
        raise typer.Exit(1)
    if not json:
        hints.after_adjudicate(out, scheme=scheme)


def _check_no_decision_lost(conflicts: str, decided_conflicts: list[AdjudicationDecision], scheme: Scheme) -> None:
    """Check that no filled-in decision would be overwritten.

    Raises:
        DataError: The file to be written exists and does not hold conflicts.
        UsageError: It holds decisions that are not used in this call.
    """
    from ...corpus.adjudication.decisions import lost_decisions
    from ...schema import UsageError

    if conflicts == "-" or not Path(conflicts).is_file():
        return
    if lost := lost_decisions(conflicts, decided_conflicts, scheme):
        first = f"document {lost[0].document!r} [{lost[0].start}, {lost[0].end})"
        raise UsageError(
            f"--conflicts {conflicts}: {pluralize(len(lost), 'decision')} in it would be lost, the first "
            f"about {first}. Fix: {shlex.join(['--decisions', conflicts])}, or another --conflicts"
        )
