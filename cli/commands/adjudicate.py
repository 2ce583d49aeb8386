"""`goldspan adjudicate`: several passes to one gold layer."""

from __future__ import annotations

import os
from collections import Counter
from typing import Annotated

import typer

from ...schema.errors import pluralize
from .. import hints
from ..console import note, result_json
from ..option_effects import Call, Rule, effects, needs
from ..options import JSON_BESIDE_RECORDS, Json, SchemeFile


def _same_as_out(call: Call) -> str:
    same = call["conflicts"] and os.path.realpath(call["conflicts"]) == os.path.realpath(call["out"])
    return "in the file that --out writes" if same else ""


def _beside_printed_conflicts(call: Call) -> str:
    return "with --conflicts -, which prints the conflicts" if call["conflicts"] == "-" else ""


@effects(
    Rule("conflicts", _same_as_out, "name another file"),
    needs("likely", "conflicts"),
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
    likely: Annotated[
        bool, typer.Option("--likely", help="State in --conflicts how likely each pass is right; it decides nothing.")
    ] = False,
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
    from ...schema import load_scheme
    from ...workflows.file_adjudication import adjudicate_files

    adjudication = adjudicate_files(
        passes,
        out,
        load_scheme(scheme),
        decisions=decisions,
        review=review or [],
        conflicts=conflicts,
        name=name,
        guidelines=guidelines,
        likely=likely,
        note=note,
    )
    kinds = Counter(conflict.kind for conflict in adjudication.conflicts)
    if json:
        result_json(adjudication.to_dict())
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
    if adjudication.skills:
        known = {name: "-" if skill is None else f"{skill:.2f}" for name, skill in adjudication.skills.items()}
        skills = ", ".join(f"{reader} {skill}" for reader, skill in known.items())
        note(f"likely right, of the places that others read too: {skills}; readers who share a mistake seem right")
        unknown = [reader for reader, skill in adjudication.skills.items() if skill is None]
        if unknown:
            note(f"note: nothing is known of {', '.join(unknown)}, who read no document that two others read too")
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
