"""Latency of the suggestion backend on a document of 10 kB, compared with calling the extractor directly."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx

from goldspan.annotate import load_extractor
from goldspan.annotate.label_studio.backend.access import BasicCredentials
from goldspan.annotate.label_studio.backend.app import backend_app
from goldspan.annotate.label_studio.backend.predictor import Predictor
from goldspan.annotate.label_studio.backend.serial_worker import SerialExecutor
from goldspan.annotate.label_studio.backend.serving import bind_socket, serve
from goldspan.annotate.label_studio.mapping.tasks import make_task
from goldspan.corpus import read_records
from goldspan.schema import Document, conflict_scheme

_CHARACTERS = 10_000
_ROUNDS = 40


def main() -> None:
    """Print median and worst time of `/predict` (target: median under 100 ms) and of the bare extractor, both warm."""
    scheme = conflict_scheme()
    news = Path(__file__).parents[2] / "tests" / "annotate" / "news"
    texts = [document.text or "" for path in sorted(news.glob("*.jsonl")) for document in read_records(path, scheme)]
    document = Document(id="bench", text="\n\n".join(texts)[:_CHARACTERS], spans=()).with_hash()
    rules = load_extractor("rules", scheme)
    credentials = BasicCredentials()
    app = backend_app(Predictor(rules, scheme, _ignore), SerialExecutor(), credentials, _ignore)
    body = {"tasks": [{"id": 1, "data": make_task(document, {}, scheme).data()}], "project": "1.1", "params": {}}
    with (
        serve(app, bind_socket("127.0.0.1", 0)) as listener,
        httpx.Client(base_url=listener.url, auth=(credentials.user, credentials.password), trust_env=False) as client,
    ):
        results = len(client.post("/predict", json=body).json()["results"][0]["result"])
        backend_times: list[float] = []
        extractor_times: list[float] = []
        for _ in range(_ROUNDS):
            backend_times.append(_time(lambda: client.post("/predict", json=body).raise_for_status()))
            extractor_times.append(_time(lambda: rules.extract([document])))
    print(f"backend  {_CHARACTERS} characters, {results} results, median and worst of {_ROUNDS}:", end=" ")
    print(f"/predict {_format(backend_times)}, bare extractor {_format(extractor_times)}")


def _time(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _format(times: list[float]) -> str:
    return f"{sorted(times)[len(times) // 2] * 1000:.1f} / {max(times) * 1000:.1f} ms"


def _ignore(_line: str) -> None:
    pass
