"""`goldspan studio backup`, `restore` and `upgrade`: the data of goldspan's own server, kept safe."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from ....schema.errors import pluralize
from ...console import note, progress_lines, result, result_json
from ...options import Json
from .studio_options import Name, name_option


def backup(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write, which does not exist yet.")],
    name: Name = "default",
    json: Json = False,
) -> None:
    """Back up the server, running or not: database, uploads, accounts, password. It is verified by reading it back."""
    from ....annotate.label_studio.server.backups.server_backup import back_up_server

    with progress_lines() as progress:
        made = back_up_server(out, name, progress=progress)
    manifest = made.manifest
    if json:
        result_json(
            {
                "name": name,
                "backup": str(made.folder),
                "label_studio": manifest.label_studio,
                "database": manifest.database,
                "counts": manifest.figures.counts,
                "files": len(manifest.files),
                "bytes": sum(file.bytes for file in manifest.files.values()),
                "left_out": list(map(str, made.left_out)),
            }
        )
        return
    result(f"backed up, and read back as it is: {_counted(manifest.figures.counts)}")
    result(f"in {out}: {pluralize(len(manifest.files), 'file')}, with the password and the token of the server")
    result(f"to bring it back: goldspan studio restore {out}{name_option(name)}")
    for path in made.left_out:
        note(f"left out: {path}")


def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that studio backup wrote.")],
    name: Name = "default",
    replace: Annotated[
        bool, typer.Option("--replace", help="Put away the data that the server has; it is kept in its folder.")
    ] = False,
    json: Json = False,
) -> None:
    """Make a server of a backup, all of it or nothing. A server that has data is not touched without --replace."""
    from ....annotate.label_studio.server.backups.server_restore import restore_server

    with progress_lines() as progress:
        done = restore_server(folder, name, replace=replace, progress=progress)
    manifest, kept = done.manifest, done.kept
    if json:
        result_json(
            {
                "name": name,
                "label_studio": manifest.label_studio,
                "database": manifest.database,
                "made": manifest.made.isoformat(),
                "counts": manifest.figures.counts,
                "kept": None if kept is None else str(kept),
                "upgrade": done.upgrade,
            }
        )
        return
    result(f"restored as of {manifest.made:%Y-%m-%d %H:%M} UTC: {_counted(manifest.figures.counts)}")
    if kept is not None:
        result(f"kept, as it was: {kept}")
    then = "upgrade" if done.upgrade else "up"
    result(f"next: goldspan studio {then}{name_option(name)}")


def upgrade(
    name: Name = "default",
    forget: Annotated[
        bool,
        typer.Option("--forget", help="Delete what earlier upgrades of the server have kept, and do nothing else."),
    ] = False,
    json: Json = False,
) -> None:
    """Take the data of the stopped server to the Label Studio of this goldspan; if that fails, nothing changes."""
    from ....annotate.label_studio.server.backups.server_upgrade import forget_upgrade, upgrade_server

    if forget:
        deleted = forget_upgrade(name)
        if json:
            result_json({"name": name, "deleted": list(map(str, deleted))})
            return
        for path in deleted:
            result(f"deleted: {path}")
        return
    with progress_lines() as progress:
        done = upgrade_server(name, progress=progress)
    if json:
        result_json(
            {
                "name": name,
                "upgraded": done is not None,
                "before": None if done is None else done.before,
                "after": None if done is None else done.after,
                "counts": None if done is None else done.counts,
                "backup": None if done is None else str(done.backup),
                "kept": None if done is None else str(done.kept),
            }
        )
        return
    option = name_option(name)
    if done is None:
        result(f"nothing to upgrade. To start: goldspan studio up{option}")
        return
    result(f"upgraded from Label Studio {done.before} to {done.after}: {_counted(done.counts)}, the same as before")
    result(f"backup of before: {done.backup}")
    result(f"kept, as it was: {done.kept}")
    result(f"to start: goldspan studio up{option}")
    result(f"to delete what is kept, once all is well: goldspan studio upgrade --forget{option}")


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(pluralize(number, kind.removesuffix("s")) for kind, number in counts.items())
