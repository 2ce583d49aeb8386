"""Services that lie, stall, or send elsewhere; and who hears the token."""

from __future__ import annotations

import os
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest

from goldspan.annotate.adapters.services.retrying_service import RetryingService
from goldspan.annotate.http_policy import MAX_BYTES, trusted_certificates
from goldspan.annotate.label_studio import Connection, StudioClient, StudioError
from goldspan.annotate.label_studio.client import studio_policy
from goldspan.schema import DataError, DependencyError, UsageError

from ..conftest import Run, record, write_lines
from ..local_server import QuietHandler, local_server

TOKEN = "recognisable-secret-0123456789"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def answering(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[str]]]:
    """A service; its address, and the Authorization headers that it was shown."""
    shown: list[str] = []

    class Handler(QuietHandler):
        def respond(self) -> None:
            self.body()
            shown.append(self.headers.get("Authorization", ""))
            with suppress(OSError):  # the caller has heard enough
                answer(self)

    with local_server(Handler, tls) as url:
        yield url, shown


def said(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"0" * 1_000_000)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"0")
        time.sleep(0.05)


def service(url: str, timeout: float = 5.0) -> RetryingService:
    return RetryingService(url, timeout=timeout, retries=0, headers=HEADERS, secret=TOKEN)


def test_a_token_is_not_carried_to_where_a_service_sends() -> None:
    with answering(lambda h: said(h, 200, b"{}")) as (elsewhere, heard):
        with answering(lambda h: said(h, 307, Location=f"{elsewhere}/")) as (url, first):
            with pytest.raises(DataError, match="status 307"):
                service(url).post(b"x", content_type="text/plain")
            with StudioClient(Connection(url, TOKEN)) as studio, pytest.raises(StudioError, match="redirects"):
                studio.http.get("/api/projects/")
        assert (len(first), heard) == (2, [])


def test_an_answer_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(endless) as (url, _):
        with pytest.raises(DataError, match="more than 200,000,000 bytes"):
            service(url, timeout=60).post(b"x", content_type="text/plain")
        monkeypatch.setattr(studio_policy, "_LARGEST", 10_000_000)
        with (
            StudioClient(Connection(url, TOKEN)) as studio,
            pytest.raises(StudioError, match="more than 10,000,000 bytes"),
        ):
            studio.http.post("/api/projects/")
    assert MAX_BYTES == 200_000_000


def test_an_answer_that_drips_is_given_up() -> None:
    with answering(dripping) as (url, _), pytest.raises(DataError, match=r"takes more than 0\.5 seconds"):
        service(url, timeout=0.5).post(b"x", content_type="text/plain")


def test_a_refusal_that_repeats_the_token_is_told_without_it() -> None:
    refusal = f"no: {TOKEN} \x1b[2J".encode()
    with (
        answering(lambda h: said(h, 403, refusal)) as (url, _),
        pytest.raises(DataError, match=r"no: \[secret\]") as error,
    ):
        service(url).post(b"x", content_type="text/plain")
    assert TOKEN not in str(error.value)


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[" * 200_000, b'{"id": "a"}', b"\xff", b"null"])
def test_what_is_no_answer_is_an_error_without_a_traceback(body: bytes, goldspan: Run, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", record())
    with answering(lambda h: said(h, 200, body)) as (url, _):
        for spec in (f"http:{url},retries=0", f"llm:m,url={url},retries=0,cache={tmp_path}"):
            done = goldspan("annotate", source, "--extractor", spec, "--out", tmp_path / "out.jsonl")
            assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr


def test_a_certificate_that_nobody_vouches_for_ends_the_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with answering(lambda h: said(h, 200, b"{}"), tls) as (url, heard):
        with pytest.raises(DependencyError):
            service(url).post(b"x", content_type="text/plain")
        with StudioClient(Connection(url, TOKEN)) as studio, pytest.raises(StudioError):
            studio.http.post("/api/projects/")
        assert heard == []
        known = ssl.create_default_context(cafile=certificate)
        assert (
            httpx.post(url, verify=known, trust_env=False).status_code == 200
        )  # it is the certificate that was refused
    assert trusted_certificates(trust_env=True) is trusted_certificates(trust_env=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert len(trusted_certificates(trust_env=True).get_ca_certs()) == 1
    assert len(trusted_certificates(trust_env=False).get_ca_certs()) > 1


def test_a_proxy_does_not_hear_what_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        answering(lambda h: said(h, 200, b"proxied")) as (proxy, heard),
        answering(lambda h: said(h, 200, b"own")) as (url, _),
    ):
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert service(url).post(b"x", content_type="text/plain") == b"own"
        assert heard == []


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://me:hidden@example.org", "htp://me:hidden@example.org", "http://x:y"]
)
def test_what_is_no_address_is_refused_and_a_password_not_repeated(url: str) -> None:
    with pytest.raises(UsageError) as error:
        service(url)
    assert "hidden" not in str(error.value)


def test_a_token_that_others_could_read_is_warned_of(goldspan: Run, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", record())
    surroundings = {**os.environ, "GOLDSPAN_HTTP_TOKEN": TOKEN}
    spec = "http:http://192.0.2.1/,retries=0,timeout=0.2"  # an address that is nobody's
    done = goldspan("annotate", source, "--extractor", spec, "--out", tmp_path / "o.jsonl", env=surroundings)
    assert "warning: the token is sent to 192.0.2.1 unencrypted" in done.stderr
    assert TOKEN not in done.stderr
    assert "unencrypted" in service("http://192.0.2.1/").warning
    for url in ("https://example.org", "http://127.0.0.1", "http://localhost"):
        assert service(url).warning == ""


def test_entities_that_grow_without_end_are_refused_by_the_parser() -> None:
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    with pytest.raises(ET.ParseError, match="amplification"):
        ET.fromstring(f'<!DOCTYPE x [<!ENTITY e0 "boom">{entities}]><x>&e12;</x>')
    with pytest.raises(ET.ParseError, match="undefined entity"):
        ET.fromstring('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>')
