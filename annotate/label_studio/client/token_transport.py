"""The token of every request to Label Studio: a legacy token, or one that a personal access token is exchanged for."""

from __future__ import annotations

import time

import httpx

from .connection import Connection
from .studio_error import StudioError, not_label_studio
from .studio_policy import REFRESH_PATH, StudioPolicy

_LIFE = 240.0
"""Seconds for which an access token is used; Label Studio's are valid for 300."""


class TokenTransport(httpx.BaseTransport):
    """A transport that sets the token of a connection.

    The SDK can exchange personal access tokens too, but compares their expiry with this machine's clock: where that
    is behind the server's, it sends an expired token for ever, and where it is ahead, it asks for a new one before each
    request. So the SDK gets no token.

    Args:
        transport: The transport that sends the requests and raises StudioError.
        connection: Server and token.
        policy: The policy of that transport, which keeps tokens out of messages.
        patience: Seconds to wait for a new access token without receiving data.
    """

    def __init__(
        self, transport: httpx.BaseTransport, connection: Connection, policy: StudioPolicy, *, patience: float
    ) -> None:
        self._transport = transport
        self._connection = connection
        self._policy = policy
        self._patience = patience
        self._is_personal = connection.token.count(".") == 2
        self._access_token = ""
        self._renewal = 0.0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request with a valid token. A request that the server refused because of its token is sent again."""
        if not self._is_personal:
            return self._send(request, f"Token {self._connection.token}")
        if not self._access_token or time.monotonic() > self._renewal:
            self._renew()
        try:
            return self._send(request, f"Bearer {self._access_token}")
        except StudioError as error:
            if error.status != 401:
                raise
        self._renew()  # expired early, for example after the server's clock was changed
        return self._send(request, f"Bearer {self._access_token}")

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _send(self, request: httpx.Request, authorization: str) -> httpx.Response:
        request.headers["Authorization"] = authorization
        for name in [name for name in request.headers if name.startswith("x-fern-")]:
            del request.headers[name]  # with these the SDK tells the server about this machine
        return self._transport.handle_request(request)

    def _renew(self) -> None:
        url = self._connection.url + REFRESH_PATH
        timeout = httpx.Timeout(self._patience).as_dict()
        request = httpx.Request("POST", url, json={"refresh": self._connection.token}, extensions={"timeout": timeout})
        response = self._transport.handle_request(request)
        data = response.json() if response.content else None
        if not isinstance(data, dict) or not isinstance(data.get("access"), str):
            raise not_label_studio(self._connection, response.status_code)
        self._access_token = data["access"]
        self._renewal = time.monotonic() + _LIFE
        self._policy.secrets = {self._connection.token, self._access_token}
