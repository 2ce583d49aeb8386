"""The error for a failed request to a Label Studio server."""

from __future__ import annotations

from ....schema import DependencyError
from .connection import Connection


class StudioError(DependencyError):
    """A failed request.

    Attributes:
        status: HTTP status of the response; 0 if there was no response, in which case the server may or may not have
            processed the request.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


def not_label_studio(connection: Connection, status: int) -> StudioError:
    """Return the error for a server that is not Label Studio."""
    return StudioError(f"the server at {connection.url} is not Label Studio. Fix: correct the `url`", status)
