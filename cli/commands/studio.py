"""`goldspan studio`: the life of goldspan's own Label Studio."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .. import completion
from ..console import note, progress_lines, result, result_json, table
from ..effects import Call, CheckedGroup, Rule, effects, either, yields
from ..options import Json

if TYPE_CHECKING:
    from ...annotate.label_studio import ServerStatus, StudioClient
    from ...annotate.label_studio.sync.assignment import Plan

app = CheckedGroup(help="Label Studio: a server of goldspan's own, or yours.", no_args_is_help=True)

Name = Annotated[
    str,
    typer.Option(
        "--name", metavar="NAME", help="Which of goldspan's own servers.", autocompletion=completion.complete_servers
    ),
]
ProjectName = Annotated[
    str | None, typer.Option("--project", metavar="TITLE", help="Title of the project; the scheme's name if not given.")
]
PlanFile = Annotated[
    Path | None, typer.Option("--plan", metavar="FILE", help="The plan of who reads what; plan.json if not given.")
]
PLAN = Path("plan.json")
"""The plan where a call names none."""

Url = Annotated[str | None, typer.Option("--url", metavar="URL", help="A Label Studio of your own instead.")]

_DOWN = 3


def plan_of(call: Call) -> Plan | None:
    """The plan that a call works by, where there is one already.

    Raises:
        DataError: The file is no plan.
    """
    from ...annotate.label_studio.sync.assignment import read_plan

    path = plan_file(call)
    return read_plan(path) if path is not None and path.is_file() else None


def plan_file(call: Call) -> Path | None:
    """Where the plan of a call is or will be; None where it has none."""
    if call["plan"] is not None:
        return Path(call["plan"])
    return PLAN if call.get("annotators") or call.get("leaver") else None


def _of_each(call: Call) -> str:
    found = plan_of(call)
    own = call.get("own_servers") if found is None else found.servers
    return "with a plan of a server for each annotator" if own else ""


SERVER = either("name", "url")
"""Of commands that call one server."""

SERVERS = (*SERVER, Rule("name", _of_each), Rule("url", _of_each))
"""Of commands that call the servers of a plan too."""


@app.command()
def up(
    name: Name = "default",
    port: Annotated[
        int | None,
        typer.Option(min=1024, max=65535, help="To listen on; the last one, or a free one, if not given."),
    ] = None,
    local_backends: Annotated[
        bool, typer.Option("--local-backends", help="Let it call services that suggest, on this machine.")
    ] = False,
    json: Json = False,
) -> None:
    """Start the server where it does not run; the first time it is installed, which takes a minute or two."""
    from ...annotate.label_studio import up as start

    with progress_lines() as tell:
        state, started = start(name, port=port, local_backends=local_backends, progress=tell)
    if json:
        result_json({**_as_data(state), "started": started})
        return
    if not started:
        note("it runs already")
    named = _named(name)
    result(f"Label Studio {state.version}: {state.url}")
    result(f"user: {state.username}")
    result(f"password: goldspan studio status --password{named} shows it (kept in {state.credentials})")
    result(f"to stop: goldspan studio down{named}")


@app.command()
def down(name: Name = "default") -> None:
    """Stop the server; all its data stays."""
    from ...annotate.label_studio import down as stop

    result("stopped; the data stays" if stop(name) else "it does not run")


@app.command()
@effects(*SERVERS, *(yields(option, "password") for option in ("plan", "url", "json")))
def status(
    name: Name = "default",
    password: Annotated[bool, typer.Option("--password", help="Print the password, and nothing else.")] = False,
    plan: PlanFile = None,
    url: Url = None,
    json: Json = False,
) -> None:
    """Say whether the server runs, where, with what. Ends with status 3 where it does not."""
    from ...annotate.label_studio import status as ask

    if password:
        _show_password(name)
        return
    if plan is not None:
        _progress(plan, name, url, json=json)
        return
    if url is not None:
        _others(url, name, json=json)
        return
    state = ask(name)
    drafts = _drafts(name) if state.running else {}
    if json:
        result_json({**_as_data(state), "drafts": drafts if state.running else None})
    elif state.running:
        result(f"Label Studio {state.version} runs: {state.url} (process {state.pid})")
        result(f"user: {state.username}")
        result(f"projects: {state.projects}")
        _tell_drafts(drafts)
    elif state.pid:
        result(f"its process {state.pid} runs, but: {state.error}")
    else:
        result(f"it does not run. To start: goldspan studio up{_named(name)}")
    if not json:
        result(f"data: {state.folder}")
        if state.local_backends and state.running:
            result("it may call services on this machine")
    if not state.running:
        raise typer.Exit(_DOWN)


@app.command()
@effects(*SERVER)
def invite(name: Name = "default", url: Url = None) -> None:
    """Print the address where another annotator makes her account; nobody can without it."""
    with connect(url, name) as api:
        told = api.get("/api/invite")
        result(f"{api.connection.url}{told['invite_url']}")
        note("note: every account sees every project of the server")


@app.command()
def logs(
    name: Name = "default",
    lines: Annotated[int, typer.Option("-n", "--lines", min=0, help="How many of the last lines.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as more is written, until Ctrl-C.")] = False,
) -> None:
    """Print what the server wrote."""
    from ...annotate.label_studio import studio_paths
    from ...annotate.label_studio.server.log import last_lines, tail

    file = studio_paths().server(name).log
    for line in last_lines(file, lines):
        result(line)
    if not file.is_file():
        note(f"no log yet: {file}")
    if follow:
        for line in tail(file):
            result(line)
            sys.stdout.flush()


def by_annotator(own_servers: bool, name: str, url: str | None) -> Callable[[str], StudioClient]:
    """The server that each annotator works at."""
    return lambda annotator: connect(url, annotator if own_servers else name)


def _others(url: str, name: str, *, json: bool) -> None:
    """What a server of the user's own says of itself."""
    from ...annotate.label_studio.sync.worked_tasks import drafts_by_project

    with connect(url, name) as api:
        user = api.whoami()
        told: dict[str, Any] = {
            "url": api.connection.url,
            "version": str(api.get("/api/version/").get("release") or ""),
            "username": user["email"],
            "projects": int(api.get("/api/projects/", params={"page_size": 1})["count"]),
            "drafts": drafts_by_project(api),
        }
    if json:
        result_json({"running": True, **told})
        return
    result(f"Label Studio {told['version']} answers: {told['url']}")
    result(f"user: {told['username']}")
    result(f"projects: {told['projects']}")
    _tell_drafts(told["drafts"])


def _drafts(name: str) -> dict[str, int]:
    from ...annotate.label_studio.sync.worked_tasks import drafts_by_project

    with connect(None, name) as api:
        return drafts_by_project(api)


def _tell_drafts(drafts: Mapping[str, int]) -> None:
    """Work that nobody has submitted yet."""
    if drafts:
        result(f"drafts: {', '.join(f'{count} in {title!r}' for title, count in drafts.items())}")


def _progress(path: Path, name: str, url: str | None, *, json: bool) -> None:
    """How far each annotator of a plan is."""
    from ...annotate.label_studio.sync.assignment import read_plan
    from ...workflows.team_projects import progress

    plan = read_plan(path)
    told = progress(by_annotator(plan.servers, name, url), plan)
    if json:
        result_json({"plan": str(path), "annotators": [item.to_dict() for item in told]})
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
        for item in told
    ]
    table(rows, ("annotator", "done", "skipped", "drafts", "minutes", "project"))


def connect(url: str | None, name: str) -> StudioClient:
    """Calls of the server that a command's options mean; says where a token goes unencrypted.

    Raises:
        UsageError: The address or name is none.
        DependencyError: No server, no token, a refused one, something that is no Label Studio.
    """
    from ...annotate.label_studio import resolve_connection, studio_client

    connection = resolve_connection(url, name)
    if connection.warning:
        note(f"warning: {connection.warning}")
    return studio_client(connection)


def where(project: str | None, name: str, url: str | None) -> list[str]:
    """The options that name a project and its server once more."""
    return [
        *(("--project", project) if project else ()),
        *(("--url", url) if url is not None else ("--name", name) if name != "default" else ()),
    ]


def _show_password(name: str) -> None:
    from ...annotate.label_studio import studio_paths
    from ...annotate.label_studio.server.credentials import read_credentials
    from ...schema import DependencyError

    credentials = read_credentials(studio_paths().server(name))
    if credentials is None:
        raise DependencyError(f"there is no such server yet. Fix: goldspan studio up{_named(name)}")
    result(credentials.password)


def _named(name: str) -> str:
    return "" if name == "default" else f" --name {name}"


def _as_data(state: ServerStatus) -> dict[str, object]:
    return {
        "name": state.name,
        "running": state.running,
        "url": state.url or None,
        "pid": state.pid or None,
        "version": state.version or None,
        "data": str(state.folder),
        "username": state.username or None,
        "credentials": str(state.credentials),
        "projects": state.projects,
        "local_backends": state.local_backends,
        "fault": state.error or None,
    }
