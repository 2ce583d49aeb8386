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
from ..effects import Call, Rule, effects
from ..options import JSON_BESIDE_RECORDS, Json, SchemeFile
from ..passes import read_passes

if TYPE_CHECKING:
    from ...corpus.adjudication.resolution import AdjudicationDecision
    from ...schema import Scheme


def _written_over(call: Call) -> str:
    same = call["conflicts"] and os.path.realpath(call["conflicts"]) == os.path.realpath(call["out"])
    return "in the file that --out writes" if same else ""


def _among_conflicts(call: Call) -> str:
    return "with --conflicts -, which prints the conflicts" if call["conflicts"] == "-" else ""


@effects(
    Rule("conflicts", _written_over, "name another file"),
    Rule("json", _among_conflicts, "name a file for --conflicts"),
    JSON_BESIDE_RECORDS,
)
def adjudicate(
    passes: Annotated[
        list[str], typer.Argument(metavar="PASS...", help="Records, a layer each over the same documents.")
    ],
    out: Annotated[str, typer.Option("--out", help="Records to write; - is standard output.")],
    decisions: Annotated[
        str | None, typer.Option("--decisions", help="Conflicts with decisions filled in (JSONL).")
    ] = None,
    review: Annotated[
        list[str] | None,
        typer.Option("--review", metavar="FILE", help="A reviewer's layer, as pulled from a review; several."),
    ] = None,
    conflicts: Annotated[
        str | None, typer.Option("--conflicts", help="Where to write all conflicts, with room for decisions (JSONL).")
    ] = None,
    name: Annotated[str, typer.Option(help="Annotator that the resulting layer states.")] = "adjudicated",
    guidelines: Annotated[
        str, typer.Option(help="Version of the guidelines that the decisions follow; by default the scheme's.")
    ] = "",
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Make one gold layer: what all passes agree on, and what was decided.

    Undecided conflicts are left out and listed, and the status is 1.
    """
    from ...corpus import read_records, write_records
    from ...corpus.adjudication.decisions import read_decisions, write_conflicts
    from ...corpus.adjudication.resolution import adjudicate as run
    from ...corpus.adjudication.review import review_decisions
    from ...schema import layer_fingerprint, load_scheme

    loaded = load_scheme(scheme)
    layers = read_passes(passes, loaded)
    rulings = read_decisions(decisions, loaded) if decisions else []
    if review:
        reviewed = [document for path in review for document in read_records(path, loaded)]
        decided = {(ruling.document, ruling.start, ruling.end) for ruling in rulings}
        rulings += [r for r in review_decisions(layers, reviewed) if (r.document, r.start, r.end) not in decided]
    if conflicts:
        _spare(conflicts, rulings, loaded)
    found = run(layers, loaded, rulings, name=name, guidelines=guidelines)
    write_records(out, found.documents, loaded)
    if conflicts:
        write_conflicts(conflicts, found, rulings, documents={d.id: d for d in found.documents})
    kinds = Counter(conflict.kind for conflict in found.conflicts)
    if json:
        result_json(
            {
                "documents": len(found.documents),
                "passes": list(layers),
                "spans": found.agreed + found.decided,
                "agreed": found.agreed,
                "decided": found.decided,
                "decisions": found.decisions,
                "dropped": found.dropped,
                "conflicts": {kind: kinds[kind] for kind in ("missing", "boundary", "label", "value")},
                "undecided": [
                    {"document": c.document, "start": c.start, "end": c.end, "kind": c.kind} for c in found.undecided
                ],
                "sha256": layer_fingerprint(found.documents),
            }
        )
    texts = {document.id: document for document in found.documents}
    for c in found.undecided:
        surface = (texts[c.document].text or "")[c.start : c.end]
        sides = "; ".join(
            f"{reader}: {', '.join(f'{s.label} [{s.start}, {s.end})' for s in spans) or 'nothing'}"
            for reader, spans in c.readings.items()
        )
        note(f"undecided: {c.document} [{c.start}, {c.end}) {surface!r} {c.kind} ({sides})")
    for reader, extractor in found.extractors.items():
        note(
            f"warning: {reader} was made by the extractor {extractor}, not by a person, and what it shares with the "
            f"others becomes gold. Fix: give the passes of people; goldspan score compares an extractor with gold"
        )
    if found.single:
        shown = ", ".join(found.single[:20]) + (" …" if len(found.single) > 20 else "")
        note(f"read by one pass only, taken as they are: {pluralize(len(found.single), 'document')}, {shown}")
    listed = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())) or "none"
    told = pluralize(found.decisions, "decision")
    if found.decisions:
        told += f" ({pluralize(found.decided, 'span')} put in, {found.dropped} dropped)"
    agreed = pluralize(found.agreed, "span")
    note(f"{agreed} agreed, {told}, conflicts: {listed}; undecided {len(found.undecided)}")
    if found.undecided:
        note("fill in the decisions" + (f" in {conflicts}" if conflicts else " (--conflicts FILE writes them)"))
        if not json:
            hints.after_conflicts(passes, out, conflicts, scheme=scheme)
        raise typer.Exit(1)
    if not json:
        hints.after_adjudicate(out, scheme=scheme)


def _spare(conflicts: str, rulings: list[AdjudicationDecision], scheme: Scheme) -> None:
    """Keeps decisions that somebody filled in from being overwritten.

    Raises:
        DataError: The file to be written is there and holds other things than conflicts.
        UsageError: It holds decisions that are not taken now.
    """
    from ...corpus.adjudication.decisions import lost_decisions
    from ...schema import UsageError

    if conflicts == "-" or not Path(conflicts).is_file():
        return
    if lost := lost_decisions(conflicts, rulings, scheme):
        first = f"document {lost[0].document!r} [{lost[0].start}, {lost[0].end})"
        raise UsageError(
            f"--conflicts {conflicts}: holds decisions that are not given and would be lost: {len(lost)}, the first "
            f"about {first}. Fix: {shlex.join(['--decisions', conflicts])}, or another --conflicts"
        )
