"""The backend by itself: what it answers, to whom, and what becomes of calls that are wrong, large or slow."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from goldspan.annotate import load_extractor
from goldspan.annotate.label_studio.backend.access import BasicCredentials
from goldspan.annotate.label_studio.backend.app import RequestLimits, backend_app
from goldspan.annotate.label_studio.backend.predict_request import PredictRequest
from goldspan.annotate.label_studio.backend.predictor import Predictor
from goldspan.annotate.label_studio.backend.serial_worker import SerialExecutor
from goldspan.annotate.label_studio.backend.serving import bind_socket, serve
from goldspan.annotate.label_studio.mapping.result_json import spans_of
from goldspan.annotate.label_studio.mapping.tasks import make_task
from goldspan.schema import DependencyError, Document, Extractor, Scheme, Span, UsageError
from tests.annotate.label_studio.texts import make_document

TEXT = "Iran struck three bases near Kyiv on 7 November 2023."


class First:
    """Marks the first word of each text; its words in braces say what else it does."""

    name = "first"
    version = "1"

    def __init__(self) -> None:
        self.inside = 0
        self.most_inside = 0
        self.seen: list[str] = []
        self.threads: set[int] = set()

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        self.threads.add(threading.get_ident())
        try:
            return [self._one(document.text or "") for document in documents]
        finally:
            self.inside -= 1

    def _one(self, text: str) -> list[Span]:
        if "{fail}" in text:
            raise ValueError(f"cannot read {text}")
        if "{gone}" in text:
            raise DependencyError("the model is gone. Fix: fetch it")
        if "{outside}" in text:
            return [Span(0, len(text) + 9, "ACTOR")]
        if "{slow}" in text:
            time.sleep(0.6)
        self.seen.append(text)
        time.sleep(0.002)
        return [Span(0, len(text.split(maxsplit=1)[0]), "ACTOR", score=0.5)]


class Served:
    """A backend that is listening, and what it told."""

    def __init__(self, url: str, secret: BasicCredentials, told: list[str]) -> None:
        self.url, self.secret, self.told = url, secret, told
        self.client = httpx.Client(base_url=url, auth=(secret.user, secret.password), trust_env=False, timeout=30)

    def predict(self, tasks: Any, **more: Any) -> httpx.Response:
        about = {"project": "1.1700000000", "label_config": "<View/>", "params": {"login": None, "context": None}}
        return self.client.post("/predict", json={"tasks": tasks, **about, **more})

    def raw(self, head: str) -> bytes:
        """The answer to a call written by hand."""
        host, port = self.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall(head.encode())
            found = b""
            while part := line.recv(65536):
                found += part
            return found


@contextmanager
def served(extractor: Extractor, scheme: Scheme, limits: RequestLimits | None = None) -> Iterator[Served]:
    told: list[str] = []
    secret = BasicCredentials()
    app = backend_app(Predictor(extractor, scheme, told.append), SerialExecutor(), secret, told.append, limits)
    with serve(app, bind_socket("127.0.0.1", 0)) as listener:
        made = Served(listener.url, secret, told)
        try:
            yield made
        finally:
            made.client.close()


def task(id: int, text: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "data": {"text": text}, "annotations": [], "predictions": [], **more}


def test_the_answer_is_what_the_extractor_finds(scheme: Scheme) -> None:
    rules = load_extractor("rules", scheme)
    documents = [make_document(seed, scheme).with_hash() for seed in range(8)]
    documents.append(Document(id="plain", text=TEXT, spans=()))
    tasks = [{"id": n, "data": make_task(d, {}, scheme).data()} for n, d in enumerate(documents)]
    with served(rules, scheme) as made:
        answer = made.predict(tasks)
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [item["model_version"] for item in results] == ["rules"] * len(documents)
    for document, item in zip(documents, results, strict=True):
        [expected] = rules.extract([document])
        reading = spans_of(item["result"], document.text or "", scheme)
        assert reading.problems == []
        assert [(s.start, s.end, s.label, s.value) for s in reading.spans] == [
            (s.start, s.end, s.label, s.value) for s in sorted(expected, key=lambda s: (s.start, s.end))
        ]
    assert results[-1]["result"]


def test_small_questions_are_answered(scheme: Scheme) -> None:
    with served(First(), scheme) as made:
        health = made.client.get("/health").json()
        assert health == {"status": "UP", "model_class": "first"}
        setup = {"project": "1.1", "schema": "<View/>", "hostname": "http://x", "access_token": "t0ken", "extra": None}
        assert made.client.post("/setup", json=setup).json() == {"model_version": "first"}
        assert made.client.get("/versions", params={"project": "1.1"}).json() == {"versions": ["first"]}
        assert made.client.post("/webhook", json={"action": "ANNOTATION_CREATED"}).status_code == 200
        assert made.predict([]).json() == {"results": []}
        assert made.client.get("/openapi.json").status_code == made.client.get("/docs").status_code == 404
    assert "t0ken" not in " ".join(made.told)


BROKEN: dict[str, Any] = {
    "no object": "x",
    "nothing": None,
    "a list": [1],
    "no data": {"id": 3},
    "data that is none": {"id": 3, "data": 5},
    "no text": {"id": 3, "data": {"title": "x"}},
    "a text that is a number": {"id": 3, "data": {"text": 7}},
    "an empty text": {"id": 3, "data": {"text": " \n"}},
    "a null character": {"id": 3, "data": {"text": "Iran\0"}},
    "the hash of another text": {"id": 3, "data": {"text": TEXT, "record": {"text_sha256": "0" * 64}}},
    "zones that are none": {"id": 3, "data": {"text": TEXT, "record": {"zones": [{"start": 5}]}}},
    "a record of a strange shape": {"id": {"a": 1}, "data": {"text": TEXT, "record": {"meta": [[[]]]}}},
    "one that the extractor fails on": task(3, f"{TEXT} {{fail}}"),
    "one whose spans the scheme refuses": task(3, f"{TEXT} {{outside}}"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_bad_task_has_an_empty_answer_and_the_others_theirs(broken: Any, scheme: Scheme) -> None:
    with served(First(), scheme) as made:
        answer = made.predict([task(1, "Kyiv fell silent."), broken, task(2, "Goma is large.")])
    assert answer.status_code == 200
    first, bad, last = answer.json()["results"]
    assert bad == {"result": [], "score": None, "model_version": "first"}
    assert [item["result"][0]["value"]["end"] for item in (first, last)] == [4, 4]
    assert first["score"] == 0.5
    assert [line for line in made.told if "no suggestions" in line]
    assert "Iran" not in " ".join(made.told)


def test_tasks_of_one_document_do_not_take_each_others_spans(scheme: Scheme) -> None:
    tasks = [{"id": n, "data": {"doc_id": "same", "text": text}} for n, text in enumerate(["Kyiv", "Kharkiv fell"])]
    with served(First(), scheme) as made:
        results = made.predict(tasks).json()["results"]
    assert [item["result"][0]["value"]["end"] for item in results] == [4, 7]


def test_what_is_no_question_is_refused(scheme: Scheme) -> None:
    deep = b'{"tasks":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    bodies = {b"": 400, b"x": 400, b'{"tasks": [': 400, b"\xff\xfe": 400, b'{"tasks": [NaN]}': 400, deep: 400}
    bodies |= {b"[]": 422, b"null": 422, b"{}": 422, b'{"tasks": 1}': 422, b'{"tasks": {"a": 1}}': 422}
    with served(First(), scheme) as made:
        for body, status in bodies.items():
            answer = made.client.post("/predict", content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code == status, body[:20]
            assert "Traceback" not in answer.text
        assert made.predict([task(1, TEXT)]).status_code == 200
        assert made.client.get("/predict").status_code == 405
        assert made.raw("nonsense\r\n\r\n").startswith(b"HTTP/1.1 400")


def test_only_who_has_the_secret_is_answered(scheme: Scheme) -> None:
    extractor = First()
    with served(extractor, scheme) as made:
        user, password = made.secret.user, made.secret.password
        wrong: list[Any] = [
            None,
            (user, password[:-1]),
            (user, ""),
            ("", password),
            (user, "ü"),
            (user, password + "x"),
        ]
        for path in ("/", "/health", "/setup", "/predict", "/versions", "/webhook", "/nowhere"):
            for auth in wrong:
                answer = httpx.post(made.url + path, auth=auth, json={"tasks": [task(1, TEXT)]}, trust_env=False)
                assert answer.status_code == 401
                assert password not in answer.text
        headers = {"Authorization": f"Bearer {password}"}
        assert httpx.get(made.url + "/health", headers=headers, trust_env=False).status_code == 401
    assert extractor.seen == []
    assert password not in repr(made.secret)
    assert BasicCredentials().password != password


def test_a_body_that_is_too_large_is_refused_unread(scheme: Scheme) -> None:
    with served(First(), scheme, RequestLimits(body_bytes=10_000)) as made:
        auth = httpx.BasicAuth(made.secret.user, made.secret.password)._auth_header
        head = f"POST /predict HTTP/1.1\r\nHost: x\r\nAuthorization: {auth}\r\n"
        assert made.raw(f"{head}Content-Length: 10001\r\n\r\n").startswith(b"HTTP/1.1 413")
        assert made.raw(f"{head}Content-Length: {'9' * 400}\r\n\r\n").startswith((b"HTTP/1.1 413", b"HTTP/1.1 400"))
        chunk = f"{1000:x}\r\n{'x' * 1000}\r\n"
        assert made.raw(f"{head}Transfer-Encoding: chunked\r\n\r\n{chunk * 11}").startswith(b"HTTP/1.1 413")
        assert made.predict([task(1, TEXT)]).status_code == 200


def test_a_body_that_does_not_arrive_is_given_up(scheme: Scheme) -> None:
    with served(First(), scheme, RequestLimits(body_seconds=0.2)) as made:
        auth = httpx.BasicAuth(made.secret.user, made.secret.password)._auth_header
        head = f"POST /predict HTTP/1.1\r\nHost: x\r\nAuthorization: {auth}\r\nContent-Length: 100\r\n\r\n"
        assert made.raw(head + '{"tasks"').startswith(b"HTTP/1.1 408")


def test_many_callers_are_served_one_after_the_other(scheme: Scheme) -> None:
    extractor = First()
    texts = [f"{'x' * n} said so." for n in range(1, 21)]
    with served(extractor, scheme) as made:

        def ask(text: str) -> int:
            return int(made.predict([task(1, text)] * 3).json()["results"][2]["result"][0]["value"]["end"])

        with ThreadPoolExecutor(20) as callers:
            ends = list(callers.map(ask, texts))
    assert ends == list(range(1, 21))
    assert (extractor.most_inside, len(extractor.threads)) == (1, 1)


def test_a_call_that_takes_too_long_is_given_up_and_the_next_is_served(scheme: Scheme) -> None:
    extractor = First()
    with served(extractor, scheme, RequestLimits(answer_seconds=0.25)) as made:
        slow = [task(n, "wait {slow}") for n in range(100)]
        with ThreadPoolExecutor(2) as callers:
            first = callers.submit(made.predict, slow[:33])
            time.sleep(0.05)
            start = time.perf_counter()
            assert made.client.get("/health").status_code == 200
            assert time.perf_counter() - start < 0.2  # nobody waits for the extractor to ask how it is
            waiting = callers.submit(made.predict, [task(7, "never read")])
            assert first.result().status_code == waiting.result().status_code == 504
        assert any("33 tasks: no suggestions within 0.25 s" in line for line in made.told)


def test_after_a_slow_call_the_rest_of_it_is_not_done(scheme: Scheme) -> None:
    extractor = First()
    with served(extractor, scheme, RequestLimits(answer_seconds=0.3)) as made:
        tasks = [task(0, "wait {slow}"), *(task(n, "quick") for n in range(1, 100))]
        assert made.predict(tasks).status_code == 504
        deadline = time.monotonic() + 10
        while (answer := made.predict([task(1, "Goma is large.")])).status_code == 504:
            assert time.monotonic() < deadline
        assert answer.json()["results"][0]["result"][0]["value"]["end"] == 4
    assert len([text for text in extractor.seen if text == "quick"]) == 31  # what the extractor had been given


def test_an_extractor_that_is_gone_is_said_to_be(scheme: Scheme) -> None:
    with served(First(), scheme) as made:
        assert made.predict([task(1, f"{TEXT} {{gone}}")]).status_code == 503
        assert made.predict([task(1, TEXT)]).status_code == 200
    assert any("the model is gone. Fix: fetch it" in line for line in made.told)


def test_an_extractor_that_cannot_work_is_told_before_anyone_asks(scheme: Scheme) -> None:
    class Broken(First):
        def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
            raise KeyError("weights")

    with pytest.raises(DependencyError, match=r"KeyError: 'weights'.* Fix:"):
        Predictor(Broken(), scheme, lambda _: None).warm_up()


def test_spans_that_are_put_right_or_dropped_are_told(scheme: Scheme) -> None:
    class Loose:
        name, version = "loose", "1"

        def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
            return [[Span(0, 5, "ACTOR"), Span(2, 4, "ACTOR")] for _ in documents]

    told: list[str] = []
    [answer] = Predictor(Loose(), scheme, told.append).answer(PredictRequest([task(1, "Iran struck.")]), lambda: False)
    assert [result["value"]["text"] for result in answer["result"] if result["type"] == "labels"] == ["Iran"]
    assert told == ["suggestions dropped, there already: 1", "suggestions put right, bounds: 2"]


def test_a_taken_port_and_wrong_addresses_are_refused() -> None:
    with bind_socket("127.0.0.1", 0) as taken, pytest.raises(DependencyError, match="Fix: another `port`"):
        bind_socket("127.0.0.1", taken.getsockname()[1])
    for host in ("", "nowhere.example", "0.0.0.0", "::", "1.2.3"):
        with pytest.raises(UsageError, match="Fix:"):
            bind_socket(host, 0)
    with pytest.raises(DependencyError, match="address of this machine"):
        bind_socket("192.0.2.1", 0)


def test_when_its_user_is_interrupted_it_ends_before_the_block_does(scheme: Scheme) -> None:
    def serving() -> bool:
        """Whether any thread runs the server, by the interpreter's account: Thread.is_alive can be wrong here."""
        stacks = (traceback.extract_stack(frame) for frame in sys._current_frames().values())
        return any("uvicorn" in entry.filename for stack in stacks for entry in stack)

    app = backend_app(Predictor(First(), scheme, print), SerialExecutor(), BasicCredentials(), print)
    with pytest.raises(KeyboardInterrupt), serve(app, bind_socket("127.0.0.1", 0)) as listener:
        assert serving()
        threading.Timer(0.1, os.kill, [os.getpid(), signal.SIGINT]).start()
        listener.wait()
    assert not serving()


@pytest.mark.parametrize("package", ["fastapi", "uvicorn"])
def test_without_the_extra_it_says_how_to_get_it(package: str) -> None:
    code = f"import sys; sys.modules[{package!r}] = None; sys.argv = ['goldspan', 'studio', 'backend', '--extractor', "
    code += "'rules']\nfrom goldspan.cli.main import main\nmain()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
    assert done.stderr.strip().endswith("Fix: pip install 'goldspan[backend]'")
    assert "Traceback" not in done.stderr


def test_the_answer_is_json_of_finite_numbers(scheme: Scheme) -> None:
    with served(load_extractor("rules", scheme), scheme) as made:
        answer = made.predict([task(1, TEXT), task(2, "é😀 Kyiv\r\n\u2028 fell.")])
    json.loads(answer.content, parse_constant=lambda name: pytest.fail(name))
