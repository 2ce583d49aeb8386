"""`goldspan studio backend`: suggestions as people open tasks."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from .. import completion
from ..console import note, result
from ..effects import effects
from ..options import SchemeFile
from .studio import SERVER, Name, ProjectName, Url, connect

if TYPE_CHECKING:
    from ...annotate.label_studio.backend.registration import BackendRegistration


@effects(*SERVER)
def backend(
    extractor: Annotated[
        str,
        typer.Option(
            "--extractor",
            metavar="NAME[:ARG]",
            help="As `goldspan extractors` lists them.",
            autocompletion=completion.complete_extractors,
        ),
    ],
    project: ProjectName = None,
    name: Name = "default",
    url: Url = None,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Of this machine, by which the server reaches it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="To listen on; a free one if not given.")] = 0,
    scheme: SchemeFile = None,
) -> None:
    """Suggest spans as people open tasks, until Ctrl-C; the project is linked to it for as long.

    goldspan's own server must be started with `goldspan studio up --local-backends`.
    """
    from ...schema import load_scheme
    from ...workflows.serve_backend import serve_backend

    def ready(made: BackendRegistration) -> None:
        if made.replaced:
            note(f"in place of the link to {made.replaced}")
        if made.before not in ("", made.name):
            note(f"the project shows suggestions of {made.name!r} now; before: {made.before!r}")
        if not made.first:
            note("warning: Label Studio asks only the first backend of a project, and that is another one")
        result(f"{made.name} suggests in {made.project.title!r}: {made.project.url}")
        result(f"backend: {made.url}")
        sys.stdout.flush()
        note("to stop: Ctrl-C")

    def tell(line: str) -> None:
        with suppress(OSError):  # a terminal that is gone takes no suggestions away
            note(line)

    loaded = load_scheme(scheme)
    with connect(url, name) as api:
        serve_backend(api, extractor, loaded, title=project, host=host, port=port, tell=tell, ready=ready)
