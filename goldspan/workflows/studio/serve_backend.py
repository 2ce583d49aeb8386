"""Serve suggestions to a Label Studio project until interrupted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from ...annotate import load_extractor
from ...annotate.label_studio import StudioClient
from ...annotate.label_studio.backend.access import BasicCredentials
from ...annotate.label_studio.backend.predictor import Predictor
from ...annotate.label_studio.backend.registration import (
    BackendRegistration,
    register_backend,
    require_project,
    unregister_backend,
)
from ...annotate.label_studio.backend.serial_worker import SerialExecutor
from ...annotate.label_studio.backend.serving import bind_socket, serve
from ...annotate.label_studio.mark_once.service_registration import register_service, unregister_service
from ...schema import DependencyError, Scheme, UsageError
from ...schema.extras import require_extras


def serve_backend(
    api: StudioClient,
    extractor: str,
    scheme: Scheme,
    *,
    title: str | None,
    host: str,
    port: int,
    log: Callable[[str], None],
    ready: Callable[[BackendRegistration], None],
) -> None:
    """Serve an extractor's suggestions to a project until the calling thread is interrupted.

    Args:
        api: The server.
        extractor: Name and argument, as in `load_extractor`.
        scheme: Scheme of the project.
        title: Title of the project; the scheme's reference by default.
        host: Address by which the server reaches this machine.
        port: Port to listen on; 0 for any free one.
        log: Takes a line about each call.
        ready: Called once the server requests suggestions here.

    Raises:
        KeyboardInterrupt: It was interrupted; the backend is unregistered by then.
        DependencyError: An extra is not installed, the port is taken, or the server does not answer or may not call.
        UsageError: The extractor, the project or the address is invalid.
    """
    require_extras("a backend", "backend")
    from ...annotate.label_studio.backend.app import backend_app

    project = require_project(api, title or scheme.ref, scheme)
    with ExitStack() as stack:
        bound = bind_socket(host, port)
        stack.callback(bound.close)
        if bound.getsockname()[0] in ("127.0.0.1", "::1"):
            if not api.connection.local:
                fix = "the address by which it reaches this machine for `host`"
                raise UsageError(f"{api.connection.url} cannot reach {host} on this machine. Fix: {fix}")
        else:
            log(f"warning: texts and the secret are sent to {host} unencrypted, where others can read them")
        predictor = Predictor(load_extractor(extractor, scheme), scheme, log)
        executor = SerialExecutor()
        executor.submit(predictor.warm_up).result()
        secret = BasicCredentials()
        listener = stack.enter_context(serve(backend_app(predictor, executor, secret, log), bound))
        unregister_service(api, project)  # the server asks the first backend of a project for suggestions
        registration = register_backend(api, project, url=listener.url, credentials=secret, name=predictor.name)
        register_service(api, project)
        stack.callback(_unregister, api, registration, log)
        ready(registration)
        listener.wait()


def _unregister(api: StudioClient, registration: BackendRegistration, log: Callable[[str], None]) -> None:
    try:
        unregister_backend(api, registration)
    except DependencyError as error:
        log(f"the backend stays registered on the server: {error}")
