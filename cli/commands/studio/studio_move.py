"""`goldspan studio move`: take the data of goldspan's own server from SQLite to PostgreSQL."""

from __future__ import annotations

from typing import Annotated

import typer

from ....schema.errors import pluralize
from ...console import progress_lines, result, result_json
from ...options import Json
from .studio_options import Name, name_option


def move(
    to: Annotated[
        str,
        typer.Option(
            metavar="postgres|URL",
            help="postgres for goldspan's own, or an empty database of yours, postgresql://USER@HOST:PORT/DATABASE; "
            "its password is read from GOLDSPAN_DATABASE_PASSWORD.",
        ),
    ],
    name: Name = "default",
    json: Json = False,
) -> None:
    """Move the data of a stopped server from SQLite to PostgreSQL, all of it or nothing; the SQLite file is kept."""
    from ....annotate.label_studio.server.databases.database_move import move_database

    with progress_lines() as progress:
        moved = move_database(to, name, progress=progress)
    if json:
        result_json({"name": name, "database": moved.database, "rows": moved.rows, "backup": str(moved.backup)})
        return
    result(f"moved to {moved.database}: {pluralize(sum(moved.rows.values()), 'row')} of {len(moved.rows)} tables")
    result(f"kept as a backup: {moved.backup}")
    result(f"to start: goldspan studio up{name_option(name)}")
