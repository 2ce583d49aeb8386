"""Serving suggestions to a project of Label Studio until interrupted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from ..annotate import load_extractor
from ..annotate.label_studio import Api
from ..annotate.label_studio.backend.access import Secret
from ..annotate.label_studio.backend.app import backend
from ..annotate.label_studio.backend.predictor import Suggester
from ..annotate.label_studio.backend.registration import Link, link, project_for, unlink
from ..annotate.label_studio.backend.serial_worker import Turns
from ..annotate.label_studio.backend.serving import bind, listening
from ..schema import Scheme, SurroundingsError, UsageError

Tell = Callable[[str], None]


def serve_backend(
    api: Api,
    extractor: str,
    scheme: Scheme,
    *,
    title: str | None,
    host: str,
    port: int,
    tell: Tell,
    ready: Callable[[Link], None],
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
        SurroundingsError: An extra is not installed, the port is taken, the server does not answer or may not call.
        UsageError: The extractor, the project or the address is none.
    """
    project = project_for(api, title or scheme.ref, scheme)
    with ExitStack() as stack:
        bound = bind(host, port)
        stack.callback(bound.close)
        if bound.getsockname()[0] in ("127.0.0.1", "::1"):
            if not api.connection.local:
                fix = "--host with the address by which it reaches this machine"
                raise UsageError(f"{api.connection.url} cannot reach {host} of this machine. Fix: {fix}")
        else:
            tell(f"warning: texts and secret go to {host} unencrypted: others on the way can read them")
        suggester = Suggester(load_extractor(extractor, scheme), scheme, tell)
        turns = Turns()
        turns.give(suggester.warm).result()
        secret = Secret()
        listener = stack.enter_context(listening(backend(suggester, turns, secret, tell), bound))
        made = link(api, project, url=listener.url, secret=secret, name=suggester.name)
        stack.callback(_take_back, api, made, tell)
        ready(made)
        listener.wait()


def _take_back(api: Api, made: Link, tell: Tell) -> None:
    try:
        unlink(api, made)
    except SurroundingsError as error:
        tell(f"the link stays at the server: {error}")
