"""Which server is meant, and what becomes of calls."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType

import httpx
import pytest

from goldspan.annotate.label_studio import Connection, StudioClient, StudioError, resolve_connection, studio_client
from goldspan.annotate.label_studio.client import http_client
from goldspan.annotate.label_studio.client.projects import find_project, list_projects
from goldspan.annotate.label_studio.client.response_forms import form_error
from goldspan.annotate.label_studio.client.studio_policy import StudioPolicy
from goldspan.annotate.label_studio.client.token_transport import TokenTransport
from goldspan.schema import DependencyError, UsageError

from ...local_server import QuietHandler, local_server
from ...studio_server import Studio

Answer = Callable[[str, str, int], tuple[int, str]]
TOKEN = "ab" * 20
CUT = 0
"""A status in place of which the connection is cut."""


@contextmanager
def answering(answer: Answer, shown: list[str] | None = None) -> Iterator[tuple[str, list[str]]]:
    """A server that answers by method, path and number of the call; its address, and what was asked.

    The tokens that it is shown are added to the list.
    """
    asked: list[str] = []

    class Handler(QuietHandler):
        def respond(self) -> None:
            self.body()
            asked.append(self.command)
            if shown is not None:
                shown.append(self.headers.get("Authorization", ""))
            status, body = answer(self.command, self.path, len(asked))
            if status == CUT:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(body.encode())))
            self.send_header("Location", "https://elsewhere.example/")
            self.end_headers()
            self.wfile.write(body.encode())

    with local_server(Handler) as url:
        yield url, asked


@pytest.fixture(autouse=True)
def no_tokens_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOLDSPAN_STUDIO_TOKEN", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)


STRANGERS: dict[str, tuple[int, str, str]] = {
    "a page": (200, "<html>Welcome</html>", "is not JSON|not Label Studio"),
    "other data": (200, '["x"]', "not Label Studio"),
    "nothing there": (404, "gone", "not Label Studio"),
    "sends elsewhere": (301, "", r"redirects \(301\)"),
}


@pytest.mark.parametrize("status, body, said", STRANGERS.values(), ids=STRANGERS)
def test_what_is_no_label_studio_is_said_to_be_none(status: int, body: str, said: str) -> None:
    with answering(lambda *_: (status, body)) as (url, _), pytest.raises(StudioError, match=said) as error:
        studio_client(Connection(url, TOKEN))
    assert "Fix:" in str(error.value)
    assert "\n" not in str(error.value)


def test_where_nobody_answers_it_says_so() -> None:
    with answering(lambda *_: (200, "")) as (url, _):
        pass
    with pytest.raises(StudioError, match=r"no server responds at .* Fix: ") as error:
        studio_client(Connection(url, TOKEN))
    assert error.value.status == 0


def test_reading_is_tried_again_where_the_server_fails() -> None:
    with answering(lambda _m, _p, n: (503, "busy") if n < 3 else (200, '{"a": 1}')) as (url, asked):
        with StudioClient(Connection(url, TOKEN)) as api:
            assert api.http.get("/api/x").json() == {"a": 1}
        assert asked == ["GET"] * 3


FAULTS: dict[str, tuple[int, float, str]] = {
    "the server's error": (503, 0.0, "status 503: busy"),
    "too many requests": (429, 0.0, "status 429: busy"),
    "a conflict": (409, 0.0, "status 409: busy"),
    "a connection cut": (CUT, 0.0, "the connection broke"),
    "no answer in time": (200, 0.6, "timed out"),
}

WRITES: dict[str, Callable[[StudioClient], object]] = {
    "POST": lambda api: api.sdk.projects.create(title="abc"),
    "PATCH": lambda api: api.sdk.projects.update(1, title="abc"),
    "DELETE": lambda api: api.sdk.projects.delete(1),
}


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize(("status", "pause", "said"), FAULTS.values(), ids=FAULTS)
def test_writing_is_never_tried_again(
    method: str, status: int, pause: float, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_client, "_PATIENCE", 0.3)

    def busy(*_: object) -> tuple[int, str]:
        time.sleep(pause)
        return status, "busy"

    with answering(busy) as (url, asked), StudioClient(Connection(url, TOKEN)) as api:
        for write in (WRITES[method], lambda api: api.http.request(method, "/api/projects/1/", json={})):
            asked.clear()
            with pytest.raises(StudioError, match=rf"{method} /api/projects/.*{said}") as error:
                write(api)
            assert (asked, error.value.status) == ([method], 0 if status in (CUT, 200) else status)


OTHER_FORMS = {
    "another kind": ("[1, 2]", "Expected `object`, got `array`"),
    "nothing": ("null", "Expected `object`, got `null`"),
    "a key that is missing": ('{"results": []}', "missing required field `count`"),
    "an id that is not a number": ('{"count": 1, "results": [{"id": "a"}]}', r"got `str` - at `\$.results\[0\].id`"),
}


@pytest.mark.parametrize(("body", "said"), OTHER_FORMS.values(), ids=OTHER_FORMS)
def test_json_that_label_studio_never_sends_is_told_as_that(body: str, said: str) -> None:
    with (
        answering(lambda *_: (200, body)) as (url, _),
        StudioClient(Connection(url, TOKEN)) as api,
        pytest.raises(StudioError, match="GET /api/projects/: the response is not what Label Studio sends .*" + said),
    ):
        find_project(api, "a title")


def test_a_project_may_have_no_title() -> None:
    body = '{"count": 1, "results": [{"id": 4, "title": null}]}'
    with answering(lambda *_: (200, body)) as (url, _), StudioClient(Connection(url, TOKEN)) as api:
        assert [project.title for project in list_projects(api)] == [""]


def test_what_was_written_is_told_by_json_unless_it_was_removed() -> None:
    with answering(lambda *_: (200, "")) as (url, _), StudioClient(Connection(url, TOKEN)) as api:
        api.sdk.projects.delete(1)
        for write in (lambda: api.sdk.tasks.update("1", data={}), lambda: api.http.post("/api/projects/", json={})):
            with pytest.raises(StudioError, match="the response is not JSON: empty response"):
                write()


@pytest.mark.parametrize("status", [200, 404])
def test_endless_nesting_is_an_error(status: int) -> None:
    with answering(lambda *_: (status, "[" * 100_000)) as (url, _), pytest.raises(StudioError):
        studio_client(Connection(url, TOKEN))


def test_a_new_token_is_shown_in_no_message() -> None:
    def answer(_method: str, path: str, _number: int) -> tuple[int, str]:
        return 200, '{"access": "new-secret", "x": ' if "refresh" in path else "{}"

    with answering(answer) as (url, _), StudioClient(Connection(url, "a.b.c")) as api:
        with pytest.raises(StudioError, match="/api/token/refresh/: the response is not JSON") as error:
            api.sdk.projects.get(1)
        assert "new-secret" not in str(error.value)


def test_the_forms_take_lone_surrogates_and_other_keys() -> None:
    body = rb'[{"id": 1, "data": {"text": "\ud83d"}, "annotations": [{"id": 2, "result": []}], "new": {}}]'
    assert form_error("GET /api/projects/1/export", 200, body) == ""
    assert "annotations[0].id" in form_error("GET /api/projects/1/export", 200, body.replace(b'"id": 2', b'"id": "2"'))


@pytest.mark.parametrize("path", ["", "/behind/a/path"])
def test_the_sdk_reads_as_patiently_and_is_told_what_is_wrong_in_the_same_words(path: str) -> None:
    answers = {3: (200, '{"id": 1, "title": "abc"}'), 4: (200, "<html>come back later</html>"), 5: (200, "")}
    with answering(lambda _m, _p, n: answers.get(n, (503, "busy"))) as (url, asked):
        with StudioClient(Connection(url + path, TOKEN)) as api:
            assert api.sdk.projects.get(1).title == "abc"
            with pytest.raises(StudioError, match="GET /api/projects/1/: the response is not JSON: come back later"):
                api.sdk.projects.get(1)
            with pytest.raises(StudioError, match="GET /api/projects/1/: the response is not JSON: empty response"):
                api.sdk.projects.get(1)
            with pytest.raises(StudioError, match=r"GET /api/projects/1/: status 503: busy\. Fix: "):
                api.sdk.projects.get(1)
        assert asked == ["GET"] * 9


def test_a_note_with_half_a_character_is_read() -> None:
    with answering(lambda *_: (200, r'["\ud83d"]')) as (url, _), StudioClient(Connection(url, TOKEN)) as api:
        assert api.http.get("/api/x").json() == ["\ud83d"]


def test_a_personal_token_is_exchanged_once_and_again_where_the_server_has_ended_it() -> None:
    personal, shown = "head.body.seal", list[str]()

    def server(method: str, path: str, number: int) -> tuple[int, str]:
        if path == "/api/token/refresh/":
            return 200, f'{{"access": "access-{number}"}}'
        if number > 5 and shown[-1] != "Bearer access-7":  # the server's clock was set forward
            return 401, f"ended: {shown[-1]}"
        return (200, '{"id": 1}') if method == "GET" else (400, f"no: {shown[-1]} {personal}")

    with answering(server, shown) as (url, asked), StudioClient(Connection(url, personal)) as api:
        for _ in range(3):
            api.sdk.projects.get(1)
        with pytest.raises(StudioError, match=r"status 400: no: Bearer \[token\] \[token\]"):
            api.sdk.projects.update(1, title="abc")
        api.sdk.projects.get(1)
    assert asked == ["POST", "GET", "GET", "GET", "PATCH", "GET", "POST", "GET"]
    assert shown[1:] == ["Bearer access-1"] * 5 + ["", "Bearer access-7"]


def test_a_refusal_is_short_plain_and_without_the_token() -> None:
    page = f"<html><style>p {{}}</style><h1>Not\n found</h1> {TOKEN} {'x' * 5000}</html>"
    with (
        answering(lambda *_: (404, page)) as (url, _),
        StudioClient(Connection(url, TOKEN)) as api,
        pytest.raises(StudioError) as error,
    ):
        api.http.get("/api/x")
    assert str(error.value).startswith("GET /api/x: status 404: Not found [token] xxx")
    assert len(str(error.value)) < 400


@pytest.mark.parametrize("url", ["", "localhost:8080", "ftp://x", "http://", "http://x:y", "http://x/?a=b"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="Fix:"):
        resolve_connection(url)


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(UsageError) as error:
        resolve_connection("http://me:hidden@example.org")
    assert "hidden" not in str(error.value)


def test_the_token_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DependencyError, match="GOLDSPAN_STUDIO_TOKEN"):
        resolve_connection("https://example.org/")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "second")
    assert resolve_connection("https://example.org/").token == "second"
    monkeypatch.setenv("GOLDSPAN_STUDIO_TOKEN", "first\n")
    connection = resolve_connection("https://example.org/")
    assert (connection.url, connection.token) == ("https://example.org", "first")
    assert "first" not in repr(connection)
    monkeypatch.setenv("GOLDSPAN_STUDIO_TOKEN", "two\nlines")
    with pytest.raises(DependencyError, match="Fix: copy it again"):
        resolve_connection("https://example.org/")


def test_the_token_comes_from_the_keyring_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    class LockedError(Exception):
        pass

    keyring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    vars(errors)["KeyringError"] = LockedError
    vars(keyring).update(errors=errors, get_password=lambda service, user: f"{service} {user}".replace(" ", "-"))
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert resolve_connection("https://example.org").token == "goldspan-https://example.org"

    def locked(_service: str, _user: str) -> str:
        raise LockedError("is locked")

    vars(keyring)["get_password"] = locked
    with pytest.raises(DependencyError, match="is locked"):
        resolve_connection("https://example.org")


WARNED = {
    "http://127.0.0.1:8080": False,
    "http://localhost": False,
    "http://[::1]:80": False,
    "https://example.org": False,
    "http://example.org": True,
    "http://192.168.0.7:8080": True,
}


@pytest.mark.parametrize("url, warned", WARNED.items(), ids=WARNED)
def test_a_token_that_others_could_read_is_warned_of(url: str, warned: bool) -> None:
    assert bool(Connection(url, TOKEN).warning) is warned


@pytest.mark.server
def test_both_kinds_of_tokens_open_a_server(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLDSPAN_STUDIO_TOKEN", studio.token)
    with studio_client(resolve_connection(studio.url)) as api:
        user = api.whoami()
        personal = api.http.post("/api/token/").json()["token"]
    monkeypatch.setenv("GOLDSPAN_STUDIO_TOKEN", personal)
    with studio_client(resolve_connection(studio.url)) as api:
        assert api.whoami()["id"] == user["id"]
    head, body, _ = personal.split(".")
    with pytest.raises(StudioError, match="rejects the token") as error:
        studio_client(Connection(studio.url, f"{head}.{body}.forged"))
    assert (error.value.status, body in str(error.value)) == (401, False)


@pytest.mark.server
def test_goldspans_own_server_is_meant_where_no_address_is_given(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLDSPAN_HOME", str(studio.home))
    with studio_client(resolve_connection()) as api:
        assert api.connection.url == studio.url
    with pytest.raises(DependencyError, match="up --name other"):
        resolve_connection(name="other")


@pytest.mark.server
def test_a_servers_fault_of_validation_is_told_in_its_words(studio: Studio) -> None:
    with (
        studio_client(Connection(studio.url, studio.token)) as api,
        pytest.raises(StudioError, match=r"POST /api/projects/: status 400: .*at least 3 characters") as error,
    ):
        api.http.post("/api/projects/", json={"title": "x"})
    assert error.value.status == 400


@pytest.mark.server
def test_status_of_a_server_of_ones_own_is_told(studio: Studio) -> None:
    done = studio.run("status", "--url", studio.url, "--json", GOLDSPAN_STUDIO_TOKEN=studio.token)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["url"], told["version"], told["username"]) == (studio.url, "1.23.2", "annotator@localhost")
    assert studio.token not in done.stdout + done.stderr


def test_the_sdk_tells_a_server_nothing_of_this_machine() -> None:
    sent: list[str] = []

    class Recorder(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            sent.extend(request.headers)
            return httpx.Response(200, json={})

    connection = Connection("http://127.0.0.1:1", TOKEN)
    transport = TokenTransport(Recorder(), connection, StudioPolicy(connection), patience=1.0)
    with StudioClient(connection) as api, httpx.Client(base_url=connection.url, transport=transport) as http:
        api.http = http
        api.sdk.projects.get(1)
    assert "authorization" in sent and not [name for name in sent if name.startswith("x-fern")]
