"""Options of the `goldspan studio` commands: which server, which project, which plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ... import completion
from ...console import note
from ...option_effects import Call, Rule, either

if TYPE_CHECKING:
    from ....annotate.label_studio import StudioClient
    from ....annotate.label_studio.sync.assignment import Plan
    from ....workflows.studio.studio_servers import StudioServers

Name = Annotated[
    str,
    typer.Option(
        "--name", metavar="NAME", help="Which of goldspan's own servers.", autocompletion=completion.complete_servers
    ),
]
ProjectName = Annotated[
    str | None, typer.Option("--project", metavar="TITLE", help="Title of the project; by default the scheme's name.")
]
PlanFile = Annotated[
    Path | None, typer.Option("--plan", metavar="FILE", help="Who annotates which documents; by default plan.json.")
]
PLAN = Path("plan.json")
"""The default plan."""

Url = Annotated[str | None, typer.Option("--url", metavar="URL", help="Use your own Label Studio at this address.")]


def plan_of(call: Call) -> Plan | None:
    """Return the plan of a call, if the file exists.

    Raises:
        DataError: The file is not a plan.
    """
    from ....annotate.label_studio.sync.assignment import read_plan

    path = plan_file(call)
    return read_plan(path) if path is not None and path.is_file() else None


def plan_file(call: Call) -> Path | None:
    """Return the path of a call's plan, existing or not; None if the call uses no plan."""
    if call["plan"] is not None:
        return Path(call["plan"])
    return PLAN if call.get("annotators") or call.get("leaver") else None


def _has_server_per_annotator(call: Call) -> str:
    plan = plan_of(call)
    per_annotator = call.get("server_per_annotator") if plan is None else plan.servers
    return "with a plan that has a server for each annotator" if per_annotator else ""


SERVER = either("name", "url")
"""Rules of commands that call one server."""

SERVERS = (*SERVER, Rule("name", _has_server_per_annotator), Rule("url", _has_server_per_annotator))
"""Rules of commands that may also call the servers of a plan."""


def servers(url: str | None, name: str) -> StudioServers:
    """Return the servers that a command's options name; a token that is sent unencrypted is warned of."""
    from ....workflows.studio.studio_servers import StudioServers

    return StudioServers(name, url, warn=lambda message: note(f"warning: {message}"))


def connect(url: str | None, name: str) -> StudioClient:
    """Connect to the server that a command's options name. Errors are those of `StudioServers.connect`."""
    return servers(url, name).connect()


def server_options(project: str | None, name: str, url: str | None) -> list[str]:
    """Return the options that select a project and its server, for a further command."""
    return [
        *(("--project", project) if project else ()),
        *(("--url", url) if url is not None else ("--name", name) if name != "default" else ()),
    ]


def name_option(name: str) -> str:
    """Return the option that selects a server, with a leading space; empty for the default one."""
    return "" if name == "default" else f" --name {name}"
