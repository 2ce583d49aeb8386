"""The transport that all requests go through; what its users make of it is in the tests of services and connections."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from goldspan.annotate.http_policy import PolicyTransport, excerpt

from ..local_server import QuietHandler, local_server


class Patient:
    """A policy that takes what is not the server's fault, and asks up to twice again."""

    seconds = 5.0
    max_bytes = 100_000
    waits = (0.5, 1.5)
    longest_wait = 60.0

    def repeats(self, request: httpx.Request, status: int) -> bool:
        return True

    def failure(self, request: httpx.Request, error: httpx.HTTPError) -> Exception:
        return RuntimeError(f"{request.method}: {error}")

    def rejection(self, request: httpx.Request, response: httpx.Response) -> Exception | None:
        return RuntimeError(f"status {response.status_code}") if response.status_code >= 500 else None


@contextmanager
def serving(answer: Callable[[int], tuple[int, bytes, dict[str, str]]]) -> Iterator[tuple[str, list[str]]]:
    """A server that answers by the number of the request; its address, and the lines and bodies of the requests."""
    asked: list[str] = []

    class Handler(QuietHandler):
        def respond(self) -> None:
            body = self.body()
            asked.append(f"{self.requestline.partition(' HTTP')[0]} {body.decode()}".strip())
            status, content, headers = answer(len(asked))
            self.send_response_only(status)  # without a date of its own
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    with local_server(Handler) as url:
        yield url, asked


def client(*, trust_env: bool = False, waits: list[float] | None = None) -> httpx.Client:
    sleep = (waits if waits is not None else []).append
    return httpx.Client(transport=PolicyTransport(Patient(), trust_env=trust_env, sleep=sleep), timeout=5)


def test_a_request_is_repeated_with_its_body_as_the_policy_says() -> None:
    waits: list[float] = []
    with serving(lambda n: (200 if n == 3 else 503, b"done", {})) as (url, asked), client(waits=waits) as http:
        assert http.post(f"{url}/x", content=b"body").text == "done"
    assert asked == ["POST /x body"] * 3
    assert waits == [0.5, 1.5]


def test_the_last_failure_is_the_error() -> None:
    with serving(lambda _: (503, b"", {})) as (url, asked), client() as http, pytest.raises(RuntimeError, match="503"):
        http.get(url)
    assert len(asked) == 3


def test_a_wait_that_the_server_states_is_kept_up_to_the_longest() -> None:
    waits: list[float] = []
    stated = {1: "7", 2: "100000"}
    with (
        serving(lambda n: (503 if n in stated else 200, b"", {"Retry-After": stated.get(n, "9")})) as (url, _),
        client(waits=waits) as http,
    ):
        http.get(url)
    assert waits == [7, 60]


def test_a_wait_may_be_stated_as_a_date_by_the_clock_of_the_server() -> None:
    waits: list[float] = []
    dates = {"Date": "Thu, 01 Jan 2026 10:00:00 GMT", "Retry-After": "Thu, 01 Jan 2026 10:00:09 GMT"}
    past = {**dates, "Retry-After": "Thu, 01 Jan 2026 09:00:00 GMT"}
    answers = {1: (503, b"", {"Retry-After": "soon"}), 2: (503, b"", dates)}
    with serving(lambda n: answers.get(n, (200, b"", {}))) as (url, _), client(waits=waits) as http:
        http.get(url)
    assert waits == [0.5, 9]  # what is no date is not understood
    waits.clear()
    with serving(lambda n: (503 if n == 1 else 200, b"", past)) as (url, _), client(waits=waits) as http:
        http.get(url)
    assert waits == [0]


def test_no_request_is_sent_while_the_server_asked_another_to_wait() -> None:
    waits: list[float] = []
    asked_to_wait = {1: (503, b"", {"Retry-After": "30"})}
    with (
        serving(lambda n: asked_to_wait.get(n, (200, b"", {}))) as (url, asked),
        client(waits=waits) as http,
    ):
        http.get(url)
        http.get(url)
    assert waits[0] == 30 and 20 < waits[1] <= 30 and len(asked) == 3


def test_size_is_that_of_what_is_unpacked() -> None:
    packed = {"Content-Encoding": "gzip"}
    with serving(lambda n: (200, gzip.compress(b"a" * (10**5 + n - 1)), packed)) as (url, asked), client() as http:
        assert http.get(url).text == "a" * 10**5
        with pytest.raises(RuntimeError, match="GET: a response of more than 100,000 bytes"):
            http.get(url)
    assert len(asked) == 2


def test_a_proxy_of_the_environment_is_used_where_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda _: (200, b"by proxy", {})) as (proxy, asked):
        monkeypatch.setenv("HTTP_PROXY", proxy)
        for name in ("NO_PROXY", "no_proxy", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        with client(trust_env=True) as http:
            assert http.get("http://example.invalid/x").text == "by proxy"
        with client() as http, pytest.raises(RuntimeError):
            http.get("http://example.invalid/x")
    assert asked == ["GET http://example.invalid/x"]


def test_what_a_server_said_is_one_short_line_without_secrets() -> None:
    said = excerpt("no:\n key-1  and\tkey-2 " + "x" * 99, secrets=["key-1", "", "key-2"], most=30, mask="[key]")
    assert said == "no: [key] and [key] xxxxxxxxxx"
