"""Serving suggestions to a project of Label Studio until interrupted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from ..annotate import load_extractor
from ..annotate.label_studio import StudioClient
from ..annotate.label_studio.backend.access import BasicCredentials
from ..annotate.label_studio.backend.app import backend_app
from ..annotate.label_studio.backend.predictor import Predictor
from ..annotate.label_studio.backend.registration import (
    BackendRegistration,
    register_backend,
    require_project,
    unregister_backend,
)
from ..annotate.label_studio.backend.serial_worker import SerialExecutor
from ..annotate.label_studio.backend.serving import bind_socket, serve
from ..schema import DependencyError, Scheme, UsageError

LogCallback = Callable[[str], None]


def serve_backend(
    api: StudioClient,
    extractor: str,
    scheme: Scheme,
    *,
    title: str | None,
    host: str,
    port: int,
    tell: LogCallback,
    ready: Callable[[BackendRegistration], None],
) -> None:
    """Serves an extractor's suggestions to a project until the calling thread is interrupted.

    Args:
        api: The server.
        extractor: As `load_extractor` takes it.
        scheme: Of the project.
        title: Of the project; the scheme's name where not given.
        host: Address of this machine by which the server reaches it.
        port: 0 for any that is free.
        tell: Told of each call.
        ready: Told once the server asks for suggestions here.

    Raises:
        KeyboardInterrupt: When it was interrupted; the link is taken back by then.
        DependencyError: An extra is not installed, the port is taken, the server does not answer or may not call.
        UsageError: The extractor, the project or the address is none.
    """
    project = require_project(api, title or scheme.ref, scheme)
    with ExitStack() as stack:
        bound = bind_socket(host, port)
        stack.callback(bound.close)
        if bound.getsockname()[0] in ("127.0.0.1", "::1"):
            if not api.connection.local:
                fix = "--host with the address by which it reaches this machine"
                raise UsageError(f"{api.connection.url} cannot reach {host} of this machine. Fix: {fix}")
        else:
            tell(f"warning: texts and secret go to {host} unencrypted: others on the way can read them")
        suggester = Predictor(load_extractor(extractor, scheme), scheme, tell)
        turns = SerialExecutor()
        turns.submit(suggester.warm_up).result()
        secret = BasicCredentials()
        listener = stack.enter_context(serve(backend_app(suggester, turns, secret, tell), bound))
        made = register_backend(api, project, url=listener.url, credentials=secret, name=suggester.name)
        stack.callback(_take_back, api, made, tell)
        ready(made)
        listener.wait()


def _take_back(api: StudioClient, made: BackendRegistration, tell: LogCallback) -> None:
    try:
        unregister_backend(api, made)
    except DependencyError as error:
        tell(f"the link stays at the server: {error}")
