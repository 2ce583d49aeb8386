"""`goldspan gold`: the field's open gold, and what it takes to get it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ....schema.errors import UsageError, pluralize
from ... import completion
from ...console import ask, can_ask, note, progress_bar, result, result_json, table
from ...option_effects import CheckedGroup, Rule, effects
from ...options import Json, Language

if TYPE_CHECKING:
    from ....corpus.gold_sets.gold_set import GoldSet
    from ....workflows.gold_sets.acquisition import SetOffer
    from ....workflows.gold_sets.held_sets import HeldSet, ListedSet

app = CheckedGroup(help="The field's open gold: list the sets that goldspan knows, and get one.", no_args_is_help=True)

SetsFolder = Annotated[
    Path | None,
    typer.Option("--folder", metavar="DIR", help="Where sets are kept, instead of the user's data folder."),
]


@app.command("list")
def list_gold(
    suite: Annotated[
        str,
        typer.Option(metavar="SUITE", help="Only sets of this suite.", autocompletion=completion.complete_suites),
    ] = "",
    folder: SetsFolder = None,
    json: Json = False,
) -> None:
    """List the open sets of the field, and yours: what they are, whether they are at hand, and how to get them."""
    from ....workflows.gold_sets.held_sets import list_suite

    listed = list_suite(suite, folder)
    if json:
        result_json([_record(each) for each in listed])
        return
    rows = [(each.gold_set.name, _size(each), each.state, ", ".join(each.gold_set.suites)) for each in listed]
    table(rows, ("set", "size", "state", "suites"))
    for each in listed:
        if each.problem:
            note(f"{each.gold_set.name}: {each.problem}")
        elif each.state == "undescribed":
            note(f"{each.gold_set.name}: {each.gold_set.protocol.differences}")
        elif each.state == "own copy":
            note(f"{each.gold_set.name}: {each.gold_set.obtain}: {each.command()}")
        for doubt in each.gold_set.doubts:
            note(f"{each.gold_set.name}: {doubt}")
    note("goldspan gold get NAME shows licence and source, and asks before it stores anything")


@app.command("get")
@effects(
    Rule("yes", lambda call: "with --from, which fetches nothing" if call["source"] else ""),
)
def get_gold(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A set that `goldspan gold list` names, or a file that describes one (.toml).",
            autocompletion=completion.complete_gold_sets,
        ),
    ],
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="PATH", help="Read this copy of your own instead of fetching the set."),
    ] = None,
    label_map: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Map labels by this file instead of the set's (TOML).")
    ] = None,
    language: Language = None,
    folder: SetsFolder = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Agree to licence and source; ask nothing.")] = False,
    json: Json = False,
) -> None:
    """Get a set: show its licence, source, size and hashes, ask, fetch it, verify it, and write its records.

    What is at hand already is verified, and not fetched again.
    """
    from ....corpus.gold_sets.catalogue import find_gold_set
    from ....workflows.gold_sets.acquisition import get_gold_set, offer_gold_set
    from ....workflows.gold_sets.held_sets import default_folder, differing_facts, held_set

    gold_set = find_gold_set(name)
    root = folder or default_folder()
    before = held_set(gold_set.name, root)
    is_held, was_undescribed = before is not None, before is not None and before.manifest.definition is None
    if is_held and (source is not None or label_map is not None or language is not None):
        where = root / gold_set.name
        what = f"{gold_set.name} is at hand in {where}, so --from, --map and --language have no effect"
        raise UsageError(f"{what}. Fix: delete the folder first")
    sizes: tuple[int | None, ...] = ()
    if not is_held and source is None:
        offer = offer_gold_set(gold_set)
        sizes = offer.sizes
        _show(offer)
        _require_consent(gold_set, yes=yes)
    with progress_bar() as progress:
        held = get_gold_set(
            gold_set, root, source=source, labels=label_map, language=language, sizes=sizes, progress=progress
        )
    if not is_held:
        for line in held.manifest.notes:
            note(f"note: {line}")
    else:
        for line in differing_facts(gold_set, held):
            note(f"note: what is at hand is not as the set of this name: {line}. Fix: delete the folder first")
        if was_undescribed and held.manifest.definition is not None:
            note("note: it was stored without its description, and has it now")
    if json:
        result_json(_manifest(held))
        return
    _show_held(held, was_held=is_held)


def _show(offer: SetOffer) -> None:
    """Show what there is to agree to, on standard error."""
    gold_set = offer.gold_set
    note(f"set:     {gold_set.shown('title')}")
    note(f"licence: {gold_set.shown('licence')}")
    note(f"paper:   {gold_set.shown('paper')}")
    note(f"source:  {gold_set.shown('home')}")
    for doubt in gold_set.doubts:
        note(doubt)
    size = "unknown" if offer.size is None else f"{offer.size:,} bytes"
    note(f"size:    {size} in {pluralize(len(gold_set.files), 'file')}")
    for file, own in zip(gold_set.files, offer.sizes, strict=True):
        note(f"  {file.url}")
        stated = file.sha256 or "unknown: this fetch prints and stores it"
        note(f"    {'unknown size' if own is None else f'{own:,} bytes'}, SHA-256 {stated}")


def _require_consent(gold_set: GoldSet, *, yes: bool) -> None:
    """Ask whether to fetch and store a set.

    Raises:
        UsageError: Nobody can be asked, or they do not agree.
    """
    if yes:
        return
    if not can_ask():
        what = f"{gold_set.name} is fetched only with consent to its licence and source, shown above"
        raise UsageError(f"{what}. Fix: add --yes")
    if ask("Fetch and store these files? [y/N]").lower() not in ("y", "yes"):
        raise UsageError(f"{gold_set.name} was not fetched. Fix: agree, or add --yes")


def _show_held(held: HeldSet, *, was_held: bool) -> None:
    manifest = held.manifest
    if was_held:
        result(f"{manifest.name} is at hand, and its files are those that were stored")
    counts = f"{pluralize(manifest.documents, 'document')}, {pluralize(manifest.spans, 'span')}"
    result(f"{held.records}  {counts}")
    for file in manifest.files:
        result(f"  {file.path}  {file.size:,} bytes  SHA-256 {file.sha256}")


def _size(each: ListedSet) -> str:
    size = sum(file.size for file in each.held.manifest.files) if each.held is not None else each.gold_set.size
    return "-" if size is None else f"{size:,}"


def _record(each: ListedSet) -> dict[str, object]:
    gold_set = each.gold_set
    return {
        "name": gold_set.name,
        "title": gold_set.title,
        "suites": gold_set.suites,
        "languages": gold_set.languages,
        "licence": gold_set.licence,
        "home": gold_set.home,
        "paper": gold_set.paper,
        "state": each.state,
        "get": each.command() or None,
        "obtain": gold_set.obtain or None,
        "problem": each.problem or None,
        "unverified": gold_set.unverified,
        "files": [{"url": f.url, "sha256": f.sha256, "size": f.size} for f in gold_set.files],
        "folder": str(each.held.folder) if each.held is not None else None,
    }


def _manifest(held: HeldSet) -> dict[str, object]:
    import msgspec

    return {"folder": str(held.folder), **msgspec.to_builtins(held.manifest)}
