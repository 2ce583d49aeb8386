"""Which servers of Label Studio a workflow uses: goldspan's own, one of each annotator, or that at a URL."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

from ...annotate.label_studio import DEFAULT_SERVER, StudioClient, resolve_connection, studio_client
from ...schema.extras import require_extras

Connect = Callable[[str], StudioClient]
"""Connects to the server of an annotator."""


def warn_caller(message: str) -> None:
    """Warn whoever called the workflow that calls what warns."""
    warnings.warn(message, stacklevel=4)


@dataclass(frozen=True, slots=True)
class StudioServers:
    """The servers that a workflow uses.

    Attributes:
        name: Name of the embedded server.
        url: URL of an external server, with its token in the environment; then there is no embedded one.
        warn: Takes a warning before a token is sent unencrypted.

    Raises:
        DependencyError: The SDK of Label Studio is not installed.
    """

    name: str = DEFAULT_SERVER
    url: str | None = None
    warn: Callable[[str], None] = warn_caller

    def __post_init__(self) -> None:
        require_extras("Label Studio", "studio")  # before a plan is written

    def connect(self, annotator: str = "") -> StudioClient:
        """Connect to the server, or to the embedded server that is named after an annotator.

        Raises:
            DependencyError: There is no server, no token or an invalid one, or the address is not a Label Studio.
            UsageError: The address or the name is invalid.
        """
        connection = resolve_connection(self.url, annotator or self.name)
        if connection.warning:
            self.warn(connection.warning)
        return studio_client(connection)

    def per_annotator(self, servers: bool) -> Connect:
        """Return a function that connects to an annotator's server.

        Args:
            servers: Whether each annotator has an embedded server named after them, as a plan states.
        """
        return lambda annotator: self.connect(annotator if servers else "")
