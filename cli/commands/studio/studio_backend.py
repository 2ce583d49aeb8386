"""`goldspan studio backend`: suggestions as annotators open tasks."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from ....schema.extras import require_extras
from ... import completion
from ...console import note, result
from ...option_effects import effects
from ...options import SchemeFile
from .studio_options import SERVER, Name, ProjectName, Url, connect

if TYPE_CHECKING:
    from ....annotate.label_studio.backend.registration import BackendRegistration


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
        str, typer.Option("--host", metavar="ADDRESS", help="Address by which the server reaches this machine.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port to listen on; by default a free one.")
    ] = 0,
    scheme: SchemeFile = None,
) -> None:
    """Suggest spans as annotators open tasks, until Ctrl-C; the backend is registered in the project until then.

    goldspan's own server must be started with `goldspan studio up --local-backends`.
    """
    from ....schema import load_scheme
    from ....workflows.studio.serve_backend import serve_backend

    def ready(registration: BackendRegistration) -> None:
        if registration.replaced:
            note(f"replaces the backend at {registration.replaced}")
        if registration.before not in ("", registration.name):
            note(f"the project now shows suggestions of {registration.name!r}; before: {registration.before!r}")
        if not registration.first:
            note("warning: Label Studio asks only the first backend of a project, and this is not the first")
        result(f"{registration.name} suggests in {registration.project.title!r}: {registration.project.url}")
        result(f"backend: {registration.url}")
        sys.stdout.flush()
        note("to stop: Ctrl-C")

    def log(line: str) -> None:
        with suppress(OSError):  # a closed terminal does not end the service
            note(line)

    require_extras("studio backend", "studio", "backend")
    loaded = load_scheme(scheme)
    with connect(url, name) as api:
        serve_backend(api, extractor, loaded, title=project, host=host, port=port, log=log, ready=ready)
