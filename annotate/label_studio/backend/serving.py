"""An application served in a thread for the duration of a block."""

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
_MAX_CONNECTIONS = 64
"""Concurrent connections; further ones get the status 503."""


class Listener:
    """An application that is being served.

    Attributes:
        url: URL of the application.
    """

    def __init__(self, url: str, server: uvicorn.Server, ended: threading.Event) -> None:
        self.url = url
        self._server = server
        self._ended = ended

    def wait(self) -> None:
        """Wait until the server ends or the waiting thread is interrupted.

        Raises:
            DependencyError: The server ended by itself.
        """
        # not Thread.join: if that is interrupted, Python up to 3.12 considers a running thread to have ended
        # (cpython issue 90882)
        while not self._ended.wait(0.5):
            pass
        raise DependencyError("the backend stopped unexpectedly. Fix: start it again")

    def end(self) -> None:
        """Stop the server; requests in progress have two seconds to finish."""
        self._server.should_exit = True
        self._ended.wait(_GRACE + 3)


@contextmanager
def serve(app: Application, bound: socket.socket) -> Iterator[Listener]:
    """Serve an application until the block ends.

    Args:
        app: The application.
        bound: A socket from `bind_socket`; closed at the end.

    Raises:
        DependencyError: The server does not start.
    """
    import uvicorn

    # uvicorn's own log would contain tracebacks; the application logs what matters
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MAX_CONNECTIONS,
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
        deadline = time.monotonic() + _BOOT
        while not server.started:
            if ended.is_set() or time.monotonic() > deadline:
                raise DependencyError("the backend does not start. Fix: another `port`")
            time.sleep(0.01)
        yield listener
    finally:
        listener.end()
        bound.close()


def bind_socket(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Args:
        host: An address of this machine, which is also the one that clients use.
        port: Port; 0 for any free one.

    Raises:
        UsageError: The address is invalid or stands for all addresses of the machine.
        DependencyError: The port is in use, or the address is not one of this machine.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError as error:
        raise UsageError(f"`host` {host!r} is not an IP address. Fix: use an IP address of this machine") from error
    if address.is_unspecified:
        raise UsageError(
            f"`host` {host} stands for every address. Fix: use the one at which Label Studio reaches this machine"
        )
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # ports in TIME_WAIT are free
    try:
        bound.bind((str(address), port))
        bound.listen(128)
    except OSError as error:
        bound.close()
        problem = f"cannot listen on {address} port {port}: {error.strerror or error}"
        raise DependencyError(
            f"{problem}. Fix: another `port`, or none; an address of this machine as `host`"
        ) from error
    return bound


def _url(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
