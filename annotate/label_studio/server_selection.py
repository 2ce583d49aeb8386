"""Find the Label Studio server to use: the embedded one by name, or an external one by URL and token."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from ...schema import DependencyError, UsageError
from .client.connection import DEFAULT_SERVER, TOKEN_VARIABLES, Connection
from .server.server_readiness import connection_of

_KEYRING_SERVICE = "goldspan"


def resolve_connection(url: str | None = None, name: str = DEFAULT_SERVER) -> Connection:
    """Return the connection to a server.

    Args:
        url: URL of an external server. Its token is read from the environment variable GOLDSPAN_STUDIO_TOKEN or
            LABEL_STUDIO_API_KEY, else from the keyring (service goldspan, user name: the URL).
        name: Name of the embedded server; used only without a URL.

    Raises:
        UsageError: The URL is invalid.
        DependencyError: The embedded server is not running, or no usable token was found.
    """
    if url is None:
        return connection_of(name)
    address = _server_url(url)
    token = next((value for variable in TOKEN_VARIABLES if (value := os.environ.get(variable, "").strip())), None)
    token = token or _token_from_keyring(address)
    if not token:
        raise DependencyError(
            f"no token for {address}. Fix: copy the token from its Account & Settings page into "
            f"{TOKEN_VARIABLES[0]}, or store it with `keyring set {_KEYRING_SERVICE} {address}` "
            "(needs the extra goldspan[keyring])"
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise DependencyError(f"the token for {address} contains invalid characters. Fix: copy it again")
    return Connection(address, token)


def _server_url(url: str) -> str:
    if "@" in url:
        raise UsageError(f"a URL with a password would be displayed. Fix: put a token into {TOKEN_VARIABLES[0]}")
    try:
        parts = urlsplit(url.strip())
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
        _ = parts.port  # raises ValueError for an invalid port
    except ValueError:
        valid = False
    if not valid:
        raise UsageError(f"invalid server URL {url!r}. Fix: use http://HOST:PORT or https://HOST")
    return url.strip().rstrip("/")


def _token_from_keyring(address: str) -> str | None:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return None
    try:
        token = keyring.get_password(_KEYRING_SERVICE, address)
    except keyring.errors.KeyringError as error:
        raise DependencyError(
            f"cannot read the keyring: {error}. Fix: unlock it, or put the token into {TOKEN_VARIABLES[0]}"
        ) from error
    return str(token).strip() if token else None
