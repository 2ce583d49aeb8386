"""`goldspan studio reassign`: an annotator leaves the team."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from ....schema.errors import pluralize
from ....schema.extras import require_extras
from ...console import note, result, result_json, table, when_interrupted
from ...option_effects import effects
from ...options import Json, SchemeFile, comma_separated
from .studio_options import PLAN, SERVERS, Name, PlanFile, Url, servers

_MAX_NAMES = 20


@effects(*SERVERS)
def reassign(
    leaver: Annotated[str, typer.Option("--from", metavar="NAME", help="Who leaves.")],
    to: Annotated[
        str, typer.Option("--to", metavar="A,B,…", help="Who gets the documents; by default all others.")
    ] = "",
    plan: PlanFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would move, and change nothing.")] = False,
    name: Name = "default",
    url: Url = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Reassign the open documents of an annotator who leaves; what they have begun stays theirs.

    A document is begun if it is annotated, skipped or has a draft. Nobody gets a document twice.
    """
    from ....annotate.label_studio.sync.assignment import read_plan, write_plan
    from ....schema import load_scheme
    from ....workflows.studio.reassign_tasks import reassign as run

    when_interrupted("the same reassign completes it")
    require_extras("studio reassign", "studio")
    loaded = load_scheme(scheme)
    path = plan or PLAN
    loaded_plan = read_plan(path)
    outcome = run(
        servers(url, name).per_annotator(loaded_plan.servers),
        loaded_plan,
        leaver,
        loaded,
        lambda new_plan: write_plan(path, new_plan),
        to=comma_separated("--to", to),
        dry_run=dry_run,
    )
    if json:
        result_json({"plan": str(path), "from": leaver, "dry_run": dry_run, **outcome.to_dict()})
        return
    table(
        [(who, len(of), sum(of.values()), len(outcome.plan.of(who))) for who, of in outcome.moved.items()],
        ("annotator", "would get" if dry_run else "gets", "words", "documents then"),
    )
    keeps = "would keep" if dry_run else "keeps"
    result(f"{leaver} {keeps} what they have begun: {pluralize(outcome.kept, 'document')}")
    if not dry_run:
        result(f"tasks: {outcome.copied} created, {outcome.removed} removed from {outcome.plan.project(leaver)!r}")
    for what, documents in (
        (f"begun meanwhile, so {leaver} keeps them beside those who got them", outcome.back),
        ("nobody else is left to take them, so they have one annotator fewer", outcome.fewer),
    ):
        if documents:
            note(f"note: {what}: {pluralize(len(documents), 'document')}, {_shorten(documents)}")
    if outcome.absent:
        note(f"note: {pluralize(outcome.absent, 'document')} not pushed yet: goldspan studio push brings them")


def _shorten(names: Sequence[str]) -> str:
    return ", ".join(names[:_MAX_NAMES]) + (" …" if len(names) > _MAX_NAMES else "")
