"""HTTP client for Label Studio: returns decoded data, raises errors that name the request but never the token."""

from __future__ import annotations

import base64
import binascii
import json as jsonlib
import re
import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ....schema import DependencyError
from ...http_limits import ResponseTooLargeError, read_bounded
from .connection import Connection

if TYPE_CHECKING:
    import httpx

_PATIENCE = 60.0
_WAITS = (0.2, 0.6, 1.5)
_RETRY_HINT = ". Fix: check that the server is running properly, then run the command again"
_LONGEST, _LARGEST = 3600.0, 2_000_000_000
_MARGIN = 30.0
"""Seconds before its expiry at which an access token is renewed."""


class StudioError(DependencyError):
    """A failed request.

    Attributes:
        status: HTTP status of the response; 0 if there was no response, in which case the server may or may not have
            processed the request.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class StudioClient:
    """A session with one server as one user; connections are kept alive between requests.

    GET requests are retried if the server fails or does not respond. Others are not: a POST whose connection broke may
    have been processed, and only the caller can find out.

    Args:
        connection: Address and token: a legacy token or a personal access token (a JWT).
    """

    def __init__(self, connection: Connection) -> None:
        import httpx

        self.connection = connection
        # a proxy configured in the environment must not be used for a server on this machine
        self._http = httpx.Client(timeout=_PATIENCE, trust_env=not connection.local, follow_redirects=False)
        self._has_personal_token = connection.token.count(".") == 2
        self._access_token = ""
        self._access_token_expires = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, *, params: Mapping[str, Any] | None = None, timeout: float | None = None) -> Any:
        """Send a GET request, up to four times, and return the decoded response.

        Args:
            path: Path that begins with `/api/`.
            params: Query parameters.
            timeout: Seconds to wait without receiving data; a minute by default.

        Raises:
            StudioError: The status is 300 or higher, there is no response, or the response is not JSON.
        """
        return self._decode("GET", path, self.request("GET", path, params=params, timeout=timeout))

    def post(
        self,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Send a POST request once; return None for an empty response. Arguments and errors as for `get`."""
        return self._decode("POST", path, self.request("POST", path, json=json, params=params, timeout=timeout))

    def patch(
        self,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Send a PATCH request once and return the decoded response. Arguments and errors as for `get`."""
        return self._decode("PATCH", path, self.request("PATCH", path, json=json, params=params, timeout=timeout))

    def send(self, method: str, path: str, body: bytes, *, timeout: float | None = None) -> Any:
        """Send a request once whose body is already encoded as JSON. Arguments and errors as for `get`."""
        headers = {"Content-Type": "application/json"}
        return self._decode(method, path, self.request(method, path, content=body, headers=headers, timeout=timeout))

    def delete(
        self,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Send a DELETE request once; return None for an empty response. Arguments and errors as for `get`."""
        return self._decode("DELETE", path, self.request("DELETE", path, json=json, params=params, timeout=timeout))

    def request(
        self,
        method: str,
        path: str,
        *,
        timeout: float | None = None,
        **options: Any,
    ) -> httpx.Response:
        """Send a request and return the raw response, which need not be JSON. Errors as for `get`.

        Args:
            method: HTTP method; only GET is retried.
            path: Path that begins with `/api/`.
            timeout: Seconds to wait without receiving data; a minute by default.
            options: Keyword arguments of httpx: `json`, `params`, `content`, `headers`.
        """
        for wait in (*(_WAITS if method == "GET" else ()), None):
            try:
                response = self._send_authorized(method, path, timeout=timeout, **options)
                if response.status_code == 401 and self._has_personal_token:
                    self._access_token = ""  # expired early, for example after the server's clock was changed
                    response = self._send_authorized(method, path, timeout=timeout, **options)
                self._raise_for_status(method, path, response)
            except StudioError as error:
                if wait is None or 0 < error.status < 500:
                    raise
                time.sleep(wait)
            else:
                return response
        raise AssertionError("the last attempt returns or raises")

    def _send_authorized(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        if self._has_personal_token:
            scheme, token = "Bearer", self._valid_access_token()
        else:
            scheme, token = "Token", self.connection.token
        return self._send(method, path, headers={**(headers or {}), "Authorization": f"{scheme} {token}"}, **options)

    def _send(self, method: str, path: str, *, timeout: float | None = None, **options: Any) -> httpx.Response:
        import httpx

        url = self.connection.url
        try:
            with self._http.stream(method, url + path, timeout=timeout or _PATIENCE, **options) as response:
                body = read_bounded(response, seconds=_LONGEST, max_bytes=_LARGEST)
            return httpx.Response(response.status_code, content=body)
        except ResponseTooLargeError as error:
            raise StudioError(f"{method} {path} at {url}: {error}{_RETRY_HINT}") from error
        except httpx.TimeoutException as error:
            raise StudioError(f"{method} {path}: {url} timed out{_RETRY_HINT}") from error
        except httpx.ConnectError as error:
            raise StudioError(f"no server responds at {url}. Fix: {self.connection.remedy}") from error
        except httpx.HTTPError as error:
            raise StudioError(f"{method} {path}: the connection broke ({type(error).__name__}){_RETRY_HINT}") from error

    def _valid_access_token(self) -> str:
        if not self._access_token or time.time() > self._access_token_expires - _MARGIN:
            path = "/api/token/refresh/"
            response = self._send("POST", path, json={"refresh": self.connection.token})
            self._raise_for_status("POST", path, response)
            data = self._decode("POST", path, response)
            if not isinstance(data, dict) or not isinstance(data.get("access"), str):
                raise self._not_label_studio(response.status_code)
            self._access_token = data["access"]
            self._access_token_expires = _expiry_time(self._access_token)
        return self._access_token

    def _raise_for_status(self, method: str, path: str, response: httpx.Response) -> None:
        status = response.status_code
        if status < 300:
            return
        if status == 401:
            message = f"{self.connection.url} rejects the token. Fix: {self.connection.token_remedy}"
        elif status < 400:
            message = f"{self.connection.url} redirects ({status}). Fix: use the address that it redirects to"
        else:
            hint = _RETRY_HINT if status >= 500 or status == 429 else ""
            message = f"{method} {path}: status {status}: {self._error_details(response)}{hint}"
        raise StudioError(message, status)

    def _decode(self, method: str, path: str, response: httpx.Response) -> Any:
        if not response.content:
            return None
        try:
            return response.json()
        except ValueError as error:
            message = f"{method} {path}: the response is not JSON: {self._error_details(response)}{_RETRY_HINT}"
            raise StudioError(message, response.status_code) from error

    def _error_details(self, response: httpx.Response) -> str:
        """Return the server's error message as short plain text without tokens."""
        try:
            data = jsonlib.loads(response.content)
        except ValueError:
            text = re.sub(r"(?is)<(script|style).*?</\1>|<[^>]*>", " ", response.text[:20_000])
        else:
            details: list[Any] = []
            if isinstance(data, dict):
                details = [data[key] for key in ("detail", "validation_errors") if data.get(key)]
            text = "; ".join(item if isinstance(item, str) else jsonlib.dumps(item) for item in details or [data])
        for secret in filter(None, (self.connection.token, self._access_token)):
            text = text.replace(secret, "[token]")
        return " ".join(text.split())[:300] or "empty response"

    def _not_label_studio(self, status: int) -> StudioError:
        return StudioError(f"the server at {self.connection.url} is not Label Studio. Fix: correct the `url`", status)

    def whoami(self) -> dict[str, Any]:
        """Return the user that the token belongs to.

        Raises:
            StudioError: There is no server, it rejects the token, or it is not Label Studio.
        """
        try:
            user = self.get("/api/current-user/whoami")
        except StudioError as error:
            if error.status in (0, 401, 429) or error.status >= 500 or 300 <= error.status < 400:
                raise
            raise self._not_label_studio(error.status) from error
        if not isinstance(user, dict) or not {"id", "email"} <= set(user):
            raise self._not_label_studio(200)
        return user


def studio_client(connection: Connection) -> StudioClient:
    """Return a client for a server after checking that it is Label Studio and accepts the token.

    Close the client, or use it in a `with` statement.

    Raises:
        StudioError: As for `StudioClient.whoami`.
    """
    client = StudioClient(connection)
    try:
        client.whoami()
    except StudioError:
        client.close()
        raise
    return client


def _expiry_time(access_token: str) -> float:
    """Return the expiry time of an access token in seconds since 1970; 0 if the token does not state it."""
    payload = access_token.split(".")[1] if access_token.count(".") == 2 else ""
    try:
        return float(jsonlib.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"])
    except (ValueError, KeyError, TypeError, binascii.Error):
        return 0.0
