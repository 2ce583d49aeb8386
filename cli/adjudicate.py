"""`goldspan adjudicate`: several passes to one gold layer."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from . import hints
from .options import Json, SchemeFile
from .passes import read_passes
from .show import note, result_json


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
    from ..corpus import read_records, write_records
    from ..corpus.adjudicate import adjudicate as run
    from ..corpus.decisions import read_decisions, write_conflicts
    from ..corpus.review import review_rulings
    from ..schema import layer_fingerprint, load_scheme

    loaded = load_scheme(scheme)
    layers = read_passes(passes, loaded)
    rulings = read_decisions(decisions, loaded) if decisions else []
    if review:
        reviewed = [document for path in review for document in read_records(path, loaded)]
        decided = {(ruling.document, ruling.start, ruling.end) for ruling in rulings}
        rulings += [r for r in review_rulings(layers, reviewed) if (r.document, r.start, r.end) not in decided]
    found = run(layers, loaded, rulings, name=name, guidelines=guidelines)
    write_records(out, found.documents, loaded)
    if conflicts:
        write_conflicts(conflicts, found, rulings, documents={d.id: d for d in found.documents})
    kinds = Counter(conflict.kind for conflict in found.conflicts)
    if json and out != "-":
        result_json(
            {
                "documents": len(found.documents),
                "passes": list(layers),
                "spans": found.agreed + found.decided,
                "agreed": found.agreed,
                "decided": found.decided,
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
    if found.single:
        note(f"read by one pass only, taken as they are: {', '.join(found.single)}")
    listed = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())) or "none"
    note(f"{found.agreed} spans agreed, {found.decided} decided, conflicts: {listed}; undecided {len(found.undecided)}")
    if found.undecided:
        note("fill in the decisions" + (f" in {conflicts}" if conflicts else " (--conflicts FILE writes them)"))
        if not json:
            hints.after_conflicts(passes, out, conflicts, scheme=scheme)
        raise typer.Exit(1)
    if not json:
        hints.after_adjudicate(out, scheme=scheme)
