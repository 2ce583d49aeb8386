"""An application served in a thread: listening before anything else is told, and ended when its user is done."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ....schema import DependencyError, UsageError
from .access import Application

if TYPE_CHECKING:
    import uvicorn

_BOOT = 20.0
_GRACE = 2
_AT_ONCE = 64
"""Connections; more are told to come later."""


class Listener:
    """An application that is being served.

    Attributes:
        url: Where.
    """

    def __init__(self, url: str, server: uvicorn.Server, ended: threading.Event) -> None:
        self.url = url
        self._server = server
        self._ended = ended

    def wait(self) -> None:
        """Waits until it ends, which is never but for an interruption of the waiting thread.

        Raises:
            DependencyError: It ended by itself.
        """
        # not Thread.join: when that is interrupted, Python up to 3.12 takes a running thread for an ended one
        # (cpython issue 90882)
        while not self._ended.wait(0.5):
            pass
        raise DependencyError("the backend ended by itself. Fix: start it again")

    def end(self) -> None:
        """Ends it; calls under way have two seconds."""
        self._server.should_exit = True
        self._ended.wait(_GRACE + 3)


@contextmanager
def serve(app: Application, bound: socket.socket) -> Iterator[Listener]:
    """Serves an application until the block ends.

    Args:
        app: The application.
        bound: As `bind_socket` makes it; closed at the end.

    Raises:
        DependencyError: It does not start.
    """
    import uvicorn

    # its own log would have traces; what a person should know is told by the application
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_AT_ONCE,
        timeout_graceful_shutdown=_GRACE,
    )
    server = uvicorn.Server(config)
    ended = threading.Event()

    def run_server() -> None:
        try:
            server.run(sockets=[bound])
        finally:
            ended.set()

    threading.Thread(target=run_server, name="backend", daemon=True).start()
    listener = Listener(_url(bound), server, ended)
    try:
        until = time.monotonic() + _BOOT
        while not server.started:
            if ended.is_set() or time.monotonic() > until:
                raise DependencyError("the backend does not start. Fix: another --port")
            time.sleep(0.01)
        yield listener
    finally:
        listener.end()
        bound.close()


def bind_socket(host: str, port: int) -> socket.socket:
    """A socket that waits for calls.

    Args:
        host: An address of this machine, which is also the one that callers use.
        port: 0 for any that is free.

    Raises:
        UsageError: The address is none, or means all of the machine's.
        DependencyError: The port is taken, or the address not this machine's.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError as error:
        raise UsageError(f"--host {host!r} is no address. Fix: one of this machine's in numbers") from error
    if address.is_unspecified:
        raise UsageError(f"--host {host} means every address. Fix: the one by which Label Studio reaches this machine")
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # ports in their last minute are free
    try:
        bound.bind((str(address), port))
        bound.listen(128)
    except OSError as error:
        bound.close()
        what = f"{address} port {port}: {error.strerror or error}"
        raise DependencyError(
            f"{what}. Fix: another --port, or none; --host with an address of this machine"
        ) from error
    return bound


def _url(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
