"""`goldspan withdraw`: take documents out of everything that is not published yet, and keep them from coming back."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from ...console import note, progress_bar, result, result_json, when_interrupted
from ...option_effects import effects, either, yields
from ...options import Json, SchemeFile
from ..studio.studio_options import Name, Url, servers

if TYPE_CHECKING:
    from ....annotate.label_studio import StudioClient
    from ....corpus.withdrawal.withdrawal_list import AskedBy
    from ....workflows.withdrawal.withdrawal_summary import WithdrawalSummary

_ASKED_BY = ("author", "publisher", "person", "annotator", "authority", "owner")


@effects(
    *(yields(option, "undo") for option in ("project", "name", "url", "full_id", "unseen", "scheme")),
    *either("name", "url"),
)
def withdraw(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of documents.")],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, without words of the text: anybody may read it.")
    ],
    asked_by: Annotated[
        str | None, typer.Option("--asked-by", metavar="WHO", help=f"Who asked: {', '.join(_ASKED_BY)}.")
    ] = None,
    corpus: Annotated[
        list[str] | None,
        typer.Option("--corpus", metavar="FILE", help="A corpus outside the folder of the project; repeat."),
    ] = None,
    project: Annotated[
        list[str] | None,
        typer.Option(
            "--project", metavar="TITLE", help="A project of Label Studio; repeat. By default those of the scheme."
        ),
    ] = None,
    name: Name = "default",
    url: Url = None,
    full_id: Annotated[
        bool, typer.Option("--full-id", help="List ids that are addresses as they are, and not by their hash alone.")
    ] = False,
    unseen: Annotated[bool, typer.Option("--unseen", help="Also withdraw what no place has.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Let the documents come back; nothing is restored.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Take documents out of the project, and list them in withdrawn.jsonl, which keeps them from coming back.

    All files in the folder of goldspan.toml are searched, and Label Studio. Published editions stay as they are.
    """
    from ....schema import UsageError, load_scheme
    from ....schema.errors import did_you_mean
    from ....workflows.withdrawal.withdraw_documents import undo_withdrawal, withdraw_documents

    if asked_by is not None and asked_by not in _ASKED_BY:
        raise UsageError(f"--asked-by {asked_by}: unknown. Fix: {did_you_mean(asked_by, _ASKED_BY)}")
    who: AskedBy | None = asked_by  # type: ignore[assignment]  # checked above
    unique, corpora = list(dict.fromkeys(ids)), corpus or []
    if undo:
        summary = undo_withdrawal(unique, reason, corpora=corpora, asked_by=who, dry_run=dry_run)
        _show(summary, json=json, undo=True)
        return
    when_interrupted("the same command completes it")
    with ExitStack() as stack, progress_bar() as progress:
        api, missing = _server(url, name, named=bool(project))
        if api is not None:
            stack.enter_context(api)
        summary = withdraw_documents(
            unique,
            reason,
            load_scheme(scheme),
            corpora=corpora,
            asked_by=who,
            full_id=full_id,
            unseen=unseen,
            studio=api,
            no_studio=missing,
            titles=project or [],
            dry_run=dry_run,
            progress=progress,
        )
    _show(summary, json=json, undo=False)


def _server(url: str | None, name: str, *, named: bool) -> tuple[StudioClient | None, str]:
    """Return the server to search, or None and why there is none although there may be one; never start one."""
    from ....annotate.label_studio.server.paths import server_names, studio_paths
    from ....annotate.label_studio.server.state import read_state
    from ..studio.studio_options import name_option

    if url is not None or named or name != "default":
        return servers(url, name).connect(), ""
    paths = studio_paths()
    if name not in server_names(paths):
        return None, ""
    state = read_state(paths.server(name))
    if state is None or not state.alive:
        return None, f"goldspan's server is not running. Fix: goldspan studio up{name_option(name)}, and this again"
    return servers(url, name).connect(), ""


def _show(summary: WithdrawalSummary, *, json: bool, undo: bool) -> None:
    from ....corpus.withdrawal.withdrawn_documents import path_from_here

    if json:
        result_json(summary.to_dict())
        return
    names = ", ".join(dict.fromkeys(item.name for item in summary.withdrawals))
    for path in summary.lists:
        done = "would be " if summary.dry_run else ""
        what = "no longer withdrawn" if undo else "withdrawn"
        result(f"{done}{what}: {names} -> {path_from_here(path)}")
    if undo:
        note("what was taken out is not restored: build, convert or push the documents again")
        for line in summary.notes():
            note(line)
        return
    for line in summary.lines():
        result(line)
    for line in summary.notes():
        note(line)
    if summary.dry_run:
        note("dry run: nothing was changed")
