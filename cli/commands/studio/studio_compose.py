"""`goldspan studio compose`: a compose file for Label Studio on PostgreSQL, for a machine of yours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ...console import note, result


def compose(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write, which does not exist yet.")],
    address: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Address that annotators enter; by default the port on this machine."),
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of this machine that it listens on.")] = 8080,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Processes that answer requests.")] = 4,
) -> None:
    """Write a compose file that runs Label Studio on PostgreSQL behind nginx, with its passwords beside it."""
    from ....annotate.label_studio.server.compose_files import COMPOSE_FILE, SECRETS_FILE, write_compose

    written = write_compose(out, url=address, port=port, workers=workers)
    result(f"to start: docker compose --file {written.folder / COMPOSE_FILE} up --detach")
    result(f"then open: {written.url}")
    result(f"user: {written.username} (password and token: {written.folder / SECRETS_FILE})")
    note("note: the file was validated, but never run with containers: try it, and a backup, before people annotate")
