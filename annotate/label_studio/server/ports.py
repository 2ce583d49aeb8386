"""Ports of loopback."""

from __future__ import annotations

import secrets
import socket

from ....schema import DependencyError

LOOPBACK = "127.0.0.1"

_FIRST, _COUNT = 20_000, 10_000  # below those that systems hand out for a moment


def is_free_port(port: int) -> bool:
    """Whether nobody listens on a port, and we may."""
    with socket.socket() as asking:
        asking.settimeout(1.0)
        if asking.connect_ex((LOOPBACK, port)) == 0:
            return False
    with socket.socket() as taking:
        taking.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # ports in their last minute are free
        try:
            taking.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Some free port.

    Raises:
        DependencyError: A hundred were taken.
    """
    for _ in range(100):
        if is_free_port(port := _FIRST + secrets.randbelow(_COUNT)):
            return port
    raise DependencyError("no port is free on this machine. Fix: end what listens on so many")
