"""`goldspan studio up`, `down`, `status`, `invite` and `logs`: manage goldspan's own Label Studio server."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ....schema.extras import missing_extras
from ...console import note, progress_lines, result, result_json, table
from ...option_effects import CheckedGroup, effects, either, yields
from ...options import Json
from .studio_options import SERVER, SERVERS, Name, PlanFile, Url, connect, name_option, servers

if TYPE_CHECKING:
    from ....annotate.label_studio import ServerStatus

app = CheckedGroup(help="Label Studio: goldspan's own server, or yours.", no_args_is_help=True)

_NOT_RUNNING = 3


class OwnDatabase(StrEnum):
    """A database that comes with the server."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


@app.command()
@effects(*either("database", "database_url"))
def up(
    name: Name = "default",
    port: Annotated[
        int | None,
        typer.Option(min=1024, max=65535, help="Port to listen on; by default the previous one, or a free one."),
    ] = None,
    local_backends: Annotated[
        bool, typer.Option("--local-backends", help="Let it call suggestion services on this machine.")
    ] = False,
    mark_once: Annotated[
        bool,
        typer.Option(
            "--mark-once/--no-mark-once", help="Give a new span its value, and mark the same words elsewhere."
        ),
    ] = True,
    database: Annotated[
        OwnDatabase | None,
        typer.Option(help="Database of a new server; postgres needs the extra postgres. By default sqlite."),
    ] = None,
    database_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="A PostgreSQL database of yours, postgresql://USER@HOST:PORT/DATABASE; its password is read from "
            "GOLDSPAN_DATABASE_PASSWORD.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Start the server if it is not running; the first start installs it, which takes a minute or two."""
    from ....annotate.label_studio import up as start

    with progress_lines() as progress:
        status, started = start(
            name,
            port=port,
            local_backends=local_backends,
            mark_once=mark_once,
            database=None if database is None else database.value,
            database_url=database_url,
            progress=progress,
        )
    if json:
        result_json({**_as_data(status), "started": started})
        return
    if not started:
        note("already running")
    option = name_option(name)
    result(f"Label Studio {status.version}: {status.url}")
    result(f"user: {status.username}")
    result(f"password: goldspan studio status --password{option} prints it (stored in {status.credentials})")
    if status.database != "sqlite":
        result(f"database: {status.database}")
    result(f"to stop: goldspan studio down{option}")
    if mark_once and not status.mark_once:
        reason = missing_extras("it", "backend") or f"goldspan studio down{option}, then up{option}, starts it"
        note(f"note: the same words are not marked elsewhere: {reason}")


@app.command()
def down(name: Name = "default") -> None:
    """Stop the server; its data is kept."""
    from ....annotate.label_studio import down as stop

    result("stopped; the data is kept" if stop(name) else "not running")


@app.command()
@effects(*SERVERS, *(yields(option, "password") for option in ("plan", "url", "json")))
def status(
    name: Name = "default",
    password: Annotated[bool, typer.Option("--password", help="Print the password, and nothing else.")] = False,
    plan: PlanFile = None,
    url: Url = None,
    json: Json = False,
) -> None:
    """Show whether the server is running, its address, and its drafts. Ends with status 3 if it is not running."""
    from ....annotate.label_studio import status as server_status

    if password:
        _show_password(name)
        return
    if plan is not None:
        _show_progress(plan, name, url, json=json)
        return
    if url is not None:
        _show_other_server(url, name, json=json)
        return
    server = server_status(name)
    drafts = _drafts(name) if server.running else {}
    if json:
        result_json({**_as_data(server), "drafts": drafts if server.running else None})
    elif server.running:
        result(f"Label Studio {server.version} is running: {server.url} (process {server.pid})")
        result(f"user: {server.username}")
        result(f"projects: {server.projects}")
        _show_drafts(drafts)
    elif server.pid:
        result(f"process {server.pid} is running, but: {server.error}")
    else:
        result(f"not running. To start: goldspan studio up{name_option(name)}")
    if not json:
        result(f"data: {server.folder}")
        if server.database:
            result(f"database: {server.database}")
        if server.local_backends and server.running:
            result("it may call services on this machine")
            result(f"the same words are marked elsewhere: {'yes' if server.mark_once else 'no'}")
    if not server.running:
        raise typer.Exit(_NOT_RUNNING)


@app.command()
@effects(*SERVER)
def invite(name: Name = "default", url: Url = None) -> None:
    """Print the address where another annotator signs up; there is no other way to get an account."""
    with connect(url, name) as api:
        invitation = api.sdk.organizations.invites.get_invite_link()
        result(f"{api.connection.url}{invitation.invite_url}")
        note("note: every account can see every project on the server")


@app.command()
def logs(
    name: Name = "default",
    lines: Annotated[int, typer.Option("-n", "--lines", min=0, help="Number of last lines to print.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Keep printing new lines, until Ctrl-C.")] = False,
) -> None:
    """Print the server's log."""
    from ....annotate.label_studio import studio_paths
    from ....annotate.label_studio.server.log import last_lines, tail

    file = studio_paths().server(name).log
    for line in last_lines(file, lines):
        result(line)
    if not file.is_file():
        note(f"no log yet: {file}")
    if follow:
        for line in tail(file):
            result(line)
            sys.stdout.flush()


def _show_other_server(url: str, name: str, *, json: bool) -> None:
    from ....annotate.label_studio.client.projects import count_projects
    from ....annotate.label_studio.sync.task_filters import drafts_by_project

    with connect(url, name) as api:
        user = api.whoami()
        data: dict[str, Any] = {
            "url": api.connection.url,
            "version": api.sdk.versions.get().release or "",
            "username": user["email"],
            "projects": count_projects(api),
            "drafts": drafts_by_project(api),
        }
    if json:
        result_json({"running": True, **data})
        return
    result(f"Label Studio {data['version']} is running: {data['url']}")
    result(f"user: {data['username']}")
    result(f"projects: {data['projects']}")
    _show_drafts(data["drafts"])


def _drafts(name: str) -> dict[str, int]:
    from ....annotate.label_studio.sync.task_filters import drafts_by_project

    with connect(None, name) as api:
        return drafts_by_project(api)


def _show_drafts(drafts: Mapping[str, int]) -> None:
    if drafts:
        result(f"drafts: {', '.join(f'{count} in {title!r}' for title, count in drafts.items())}")


def _show_progress(path: Path, name: str, url: str | None, *, json: bool) -> None:
    from ....annotate.label_studio.sync.assignment import read_plan
    from ....workflows.studio.team_projects import team_progress

    plan = read_plan(path)
    progress = team_progress(servers(url, name).per_annotator(plan.servers), plan)
    if json:
        result_json({"plan": str(path), "annotators": [item.to_dict() for item in progress]})
        return
    rows = [
        (
            f"{item.annotator} (left)" if item.left else item.annotator,
            f"{item.annotated + item.skipped}/{item.planned}",
            item.skipped,
            item.drafts,
            f"{item.seconds / 60:.0f}",
            item.url or "not pushed yet",
        )
        for item in progress
    ]
    table(rows, ("annotator", "done", "skipped", "drafts", "minutes", "project"))


def _show_password(name: str) -> None:
    from ....annotate.label_studio import studio_paths
    from ....annotate.label_studio.server.credentials import read_credentials
    from ....schema import DependencyError

    credentials = read_credentials(studio_paths().server(name))
    if credentials is None:
        raise DependencyError(f"no server is called {name!r}. Fix: goldspan studio up{name_option(name)}")
    result(credentials.password)


def _as_data(server: ServerStatus) -> dict[str, object]:
    return {
        "name": server.name,
        "running": server.running,
        "url": server.url or None,
        "pid": server.pid or None,
        "version": server.version or None,
        "data": str(server.folder),
        "database": server.database or None,
        "username": server.username or None,
        "credentials": str(server.credentials),
        "projects": server.projects,
        "local_backends": server.local_backends,
        "mark_once": server.mark_once,
        "fault": server.error or None,
    }
