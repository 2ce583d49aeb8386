"""Which Label Studio is meant, and the token for it: the embedded one, or any other by its address."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ....schema import DependencyError, UsageError
from ...child_environment import is_loopback
from ..server.paths import DEFAULT

TOKEN_VARIABLES = ("GOLDSPAN_STUDIO_TOKEN", "LABEL_STUDIO_API_KEY")
"""Where a token for a server of one's own is looked for, the first first."""

_SERVICE = "goldspan"


@dataclass(frozen=True, slots=True)
class Connection:
    """A server and what opens it.

    Attributes:
        url: Without a slash at its end.
        token: Of either kind; never shown.
        server: Name of the embedded server; empty for one of the user's own.
    """

    url: str
    token: str = field(repr=False)
    server: str = ""

    @property
    def local(self) -> bool:
        """Whether the server is on this machine."""
        return is_loopback(urlsplit(self.url).hostname or "")

    @property
    def warning(self) -> str:
        """What a person should know before the token is sent; empty where there is nothing."""
        if self.local or urlsplit(self.url).scheme == "https":
            return ""
        return f"the token goes to {self.url} unencrypted: others on the way can read it. Use https"

    @property
    def remedy(self) -> str:
        """What to do where nobody answers."""
        if self.server:
            return f"goldspan studio up{_named(self.server)}"
        return "start the server, or mend --url; without --url goldspan's own server is used (goldspan studio up)"

    @property
    def token_remedy(self) -> str:
        """What to do where the token is refused."""
        if self.server:
            return "was it reset in the account page? Write the new one into the server's credentials.json"
        return f"copy it again from the server's page Account & Settings into {TOKEN_VARIABLES[0]}"


def resolve_connection(url: str | None = None, name: str = DEFAULT) -> Connection:
    """The connection to a server.

    Args:
        url: Of a server of the user's own. Its token comes from the environment's GOLDSPAN_STUDIO_TOKEN or
            LABEL_STUDIO_API_KEY, else from the keyring (service goldspan, user: the address).
        name: Of the embedded server, where no url is given.

    Raises:
        UsageError: The address is none.
        DependencyError: The embedded server does not run; there is no token.
    """
    if url is None:
        from ..server.lifecycle import connection_of

        return connection_of(name)
    address = _address(url)
    token = next((value for variable in TOKEN_VARIABLES if (value := os.environ.get(variable, "").strip())), None)
    token = token or _from_keyring(address)
    if not token:
        raise DependencyError(
            f"there is no token for {address}. Fix: put the one of its page Account & Settings into "
            f"{TOKEN_VARIABLES[0]}, or keep it with `keyring set {_SERVICE} {address}` (the extra goldspan[keyring])"
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise DependencyError(
            f"the token for {address} is none: it has characters that no token has. Fix: copy it again"
        )
    return Connection(address, token)


def _address(url: str) -> str:
    if "@" in url:
        raise UsageError(f"an address with a password in it would be shown. Fix: a token in {TOKEN_VARIABLES[0]}")
    try:
        parts = urlsplit(url.strip())
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
        _ = parts.port
    except ValueError:
        good = False
    if not good:
        raise UsageError(f"{url!r} is no address of a server. Fix: http://HOST:PORT or https://HOST")
    return url.strip().rstrip("/")


def _from_keyring(address: str) -> str | None:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return None
    try:
        token = keyring.get_password(_SERVICE, address)
    except keyring.errors.KeyringError as error:
        raise DependencyError(
            f"the keyring does not answer: {error}. Fix: unlock it, or put the token into {TOKEN_VARIABLES[0]}"
        ) from error
    return str(token).strip() if token else None


def _named(server: str) -> str:
    return "" if server == DEFAULT else f" --name {server}"
