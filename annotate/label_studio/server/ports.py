"""Ports on the loopback interface."""

from __future__ import annotations

import secrets
import socket

from ....schema import DependencyError

LOOPBACK = "127.0.0.1"

_FIRST, _COUNT = 20_000, 10_000  # below the range of ephemeral ports


def is_free_port(port: int) -> bool:
    """Check whether a port is unused and can be bound."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        if probe.connect_ex((LOOPBACK, port)) == 0:
            return False
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # ports in TIME_WAIT are free
        try:
            server.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a random free port.

    Raises:
        DependencyError: A hundred random ports were all taken.
    """
    for _ in range(100):
        if is_free_port(port := _FIRST + secrets.randbelow(_COUNT)):
            return port
    raise DependencyError("no free port on this machine. Fix: stop the programs that occupy so many ports")
