"""Calls of a Label Studio: answers as data, refusals as errors that name the call and never the token."""

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
_AGAIN = ". Fix: see that the server is well, and run the command again"
_LONGEST, _LARGEST = 3600.0, 2_000_000_000
_MARGIN = 30.0
"""Seconds before its end at which an access token is exchanged for a new one."""


class StudioError(DependencyError):
    """A call that failed.

    Attributes:
        status: Of the answer; 0 where there was none, and what was sent may or may not have been taken.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class StudioClient:
    """One server as one user sees it; connections are kept open between calls.

    Reading is tried again where the server fails or does not answer. Nothing else is: a POST that broke off may have
    been done, and only its caller can find out.

    Args:
        connection: Address and token: one of the old kind, or a personal access token (a JWT).
    """

    def __init__(self, connection: Connection) -> None:
        import httpx

        self.connection = connection
        # a proxy's address in the environment is not meant for a server on this machine
        self._http = httpx.Client(timeout=_PATIENCE, trust_env=not connection.local, follow_redirects=False)
        self._personal = connection.token.count(".") == 2
        self._access = ""
        self._access_ends = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def get(self, path: str, *, params: Mapping[str, Any] | None = None, timeout: float | None = None) -> Any:
        """The answer to GET, tried up to four times.

        Args:
            path: From `/api/` on.
            params: Of the query.
            timeout: Seconds of silence; a minute if not given.

        Raises:
            StudioError: Any status of 300 and more, no answer, an answer that is not JSON.
        """
        return self._data("GET", path, self.request("GET", path, params=params, timeout=timeout))

    def post(
        self,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """The answer to POST, sent once; None where it is empty. Arguments and errors as `get`."""
        return self._data("POST", path, self.request("POST", path, json=json, params=params, timeout=timeout))

    def patch(
        self,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """The answer to PATCH, sent once. Arguments and errors as `get`."""
        return self._data("PATCH", path, self.request("PATCH", path, json=json, params=params, timeout=timeout))

    def send(self, method: str, path: str, body: bytes, *, timeout: float | None = None) -> Any:
        """The answer to a call whose body is JSON already, sent once. Arguments and errors as `get`."""
        headers = {"Content-Type": "application/json"}
        return self._data(method, path, self.request(method, path, content=body, headers=headers, timeout=timeout))

    def delete(
        self,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """The answer to DELETE, sent once; None where it is empty. Arguments and errors as `get`."""
        return self._data("DELETE", path, self.request("DELETE", path, json=json, params=params, timeout=timeout))

    def request(
        self,
        method: str,
        path: str,
        *,
        timeout: float | None = None,
        **more: Any,
    ) -> httpx.Response:
        """The whole answer to any call, for those that are not JSON. Arguments and errors as `get`.

        Args:
            method: GET is tried again, nothing else.
            path: From `/api/` on.
            timeout: Seconds of silence; a minute if not given.
            more: What httpx takes: `json`, `params`, `content`, `headers`.
        """
        for wait in (*(_WAITS if method == "GET" else ()), None):
            try:
                answer = self._send(method, path, timeout=timeout, **more)
                if answer.status_code == 401 and self._personal:
                    self._access = ""  # ended early, as after a change of the server's clock
                    answer = self._send(method, path, timeout=timeout, **more)
                self._check(method, path, answer)
            except StudioError as error:
                if wait is None or 0 < error.status < 500:
                    raise
                time.sleep(wait)
            else:
                return answer
        raise AssertionError("the last try answers or raises")

    def _send(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:
        kind, token = ("Bearer", self._access_token()) if self._personal else ("Token", self.connection.token)
        return self._exchange(method, path, headers={**(headers or {}), "Authorization": f"{kind} {token}"}, **more)

    def _exchange(self, method: str, path: str, *, timeout: float | None = None, **more: Any) -> httpx.Response:
        import httpx

        try:
            patience = timeout or _PATIENCE
            with self._http.stream(method, self.connection.url + path, timeout=patience, **more) as answer:
                body = read_bounded(answer, seconds=_LONGEST, max_bytes=_LARGEST)
            return httpx.Response(answer.status_code, content=body)
        except ResponseTooLargeError as error:
            raise StudioError(f"{method} {path}: {self.connection.url} gives {error}{_AGAIN}") from error
        except httpx.TimeoutException as error:
            raise StudioError(f"{method} {path}: no answer in time from {self.connection.url}{_AGAIN}") from error
        except httpx.ConnectError as error:
            message = f"no server answers at {self.connection.url}. Fix: {self.connection.remedy}"
            raise StudioError(message) from error
        except httpx.HTTPError as error:
            raise StudioError(f"{method} {path}: the connection broke ({type(error).__name__}){_AGAIN}") from error

    def _access_token(self) -> str:
        if not self._access or time.time() > self._access_ends - _MARGIN:
            path = "/api/token/refresh/"
            answer = self._exchange("POST", path, json={"refresh": self.connection.token})
            self._check("POST", path, answer)
            data = self._data("POST", path, answer)
            if not isinstance(data, dict) or not isinstance(data.get("access"), str):
                raise self._stranger(answer.status_code)
            self._access = data["access"]
            self._access_ends = _end(self._access)
        return self._access

    def _check(self, method: str, path: str, answer: httpx.Response) -> None:
        status = answer.status_code
        if status < 300:
            return
        if status == 401:
            message = f"{self.connection.url} refuses the token. Fix: {self.connection.token_remedy}"
        elif status < 400:
            message = f"{self.connection.url} sends elsewhere ({status}). Fix: give the address that it sends to"
        else:
            again = _AGAIN if status >= 500 or status == 429 else ""
            message = f"{method} {path}: status {status}: {self._words(answer)}{again}"
        raise StudioError(message, status)

    def _data(self, method: str, path: str, answer: httpx.Response) -> Any:
        if not answer.content:
            return None
        try:
            return answer.json()
        except ValueError as error:
            message = f"{method} {path}: the answer is no JSON: {self._words(answer)}{_AGAIN}"
            raise StudioError(message, answer.status_code) from error

    def _words(self, answer: httpx.Response) -> str:
        """What the server says, in short, as text, without our secrets."""
        try:
            data = jsonlib.loads(answer.content)
        except ValueError:
            said = re.sub(r"(?is)<(script|style).*?</\1>|<[^>]*>", " ", answer.text[:20_000])
        else:
            faults = [data[key] for key in ("detail", "validation_errors") if data.get(key)] if _is_map(data) else []
            said = "; ".join(fault if isinstance(fault, str) else jsonlib.dumps(fault) for fault in faults or [data])
        for secret in filter(None, (self.connection.token, self._access)):
            said = said.replace(secret, "[token]")
        return " ".join(said.split())[:300] or "no words"

    def _stranger(self, status: int) -> StudioError:
        return StudioError(f"what answers at {self.connection.url} is no Label Studio. Fix: mend --url", status)

    def whoami(self) -> dict[str, Any]:
        """The user of the token.

        Raises:
            StudioError: No server, a refused token, or something that is no Label Studio.
        """
        try:
            user = self.get("/api/current-user/whoami")
        except StudioError as error:
            if error.status in (0, 401, 429) or error.status >= 500 or 300 <= error.status < 400:
                raise
            raise self._stranger(error.status) from error
        if not isinstance(user, dict) or not {"id", "email"} <= set(user):
            raise self._stranger(200)
        return user


def studio_client(connection: Connection) -> StudioClient:
    """Calls of a server that was seen to be one and to take the token. Close it, or use it in a `with`.

    Raises:
        StudioError: As `StudioClient.whoami`.
    """
    api = StudioClient(connection)
    try:
        api.whoami()
    except StudioError:
        api.close()
        raise
    return api


def _is_map(data: Any) -> bool:
    return isinstance(data, dict)


def _end(access: str) -> float:
    """When an access token ends, in seconds since 1970; 0 where it does not say."""
    part = access.split(".")[1] if access.count(".") == 2 else ""
    try:
        return float(jsonlib.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["exp"])
    except (ValueError, KeyError, TypeError, binascii.Error):
        return 0.0
