"""The address of a Label Studio server and the token for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ...child_environment import is_loopback

DEFAULT_SERVER = "default"
"""Name of the embedded server that is used where none is named."""

TOKEN_VARIABLES = ("GOLDSPAN_STUDIO_TOKEN", "LABEL_STUDIO_API_KEY")
"""Environment variables that can hold the token for an external server, in order of precedence."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A server's address and credentials.

    Attributes:
        url: Base URL without a trailing slash.
        token: Legacy or personal access token; excluded from `repr`.
        server: Name of the embedded server; empty for an external one.
    """

    url: str
    token: str = field(repr=False)
    server: str = ""

    @property
    def local(self) -> bool:
        """Whether the server runs on this machine."""
        return is_loopback(urlsplit(self.url).hostname or "")

    @property
    def warning(self) -> str:
        """A warning to show before the token is sent; empty if there is none."""
        if self.local or urlsplit(self.url).scheme == "https":
            return ""
        return f"the token is sent to {self.url} unencrypted and can be read in transit; use https"

    @property
    def remedy(self) -> str:
        """What to do if the server does not respond."""
        if self.server:
            return f"goldspan studio up{self.name_option}"
        return "start the server or correct the `url`; without one, goldspan's own server is used (goldspan studio up)"

    @property
    def token_remedy(self) -> str:
        """What to do if the server rejects the token."""
        if self.server:
            return "if the token was reset on the account page, write the new one into the server's credentials.json"
        return f"copy the token from the server's Account & Settings page into {TOKEN_VARIABLES[0]}"

    @property
    def name_option(self) -> str:
        """The command-line option that selects this embedded server, with a leading space; empty for the default."""
        return f" --name {self.server}" if self.server not in ("", DEFAULT_SERVER) else ""
