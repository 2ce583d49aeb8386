"""A call for suggestions on a document of 10 kB, beside the extractor called for it without anything around."""

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

_SIZE = 10_000
_ROUNDS = 40


def main() -> None:
    """Prints median and worst time of `/predict` (median under 100 ms) and of the bare extractor, both warm."""
    scheme = conflict_scheme()
    news = Path(__file__).parents[1] / "tests" / "annotate" / "news"
    texts = [document.text or "" for path in sorted(news.glob("*.jsonl")) for document in read_records(path, scheme)]
    document = Document(id="bench", text="\n\n".join(texts)[:_SIZE], spans=()).with_hash()
    rules = load_extractor("rules", scheme)
    secret = BasicCredentials()
    app = backend_app(Predictor(rules, scheme, _untold), SerialExecutor(), secret, _untold)
    body = {"tasks": [{"id": 1, "data": make_task(document, {}, scheme).data()}], "project": "1.1", "params": {}}
    with (
        serve(app, bind_socket("127.0.0.1", 0)) as listener,
        httpx.Client(base_url=listener.url, auth=(secret.user, secret.password), trust_env=False) as client,
    ):
        found = len(client.post("/predict", json=body).json()["results"][0]["result"])
        calls: list[float] = []
        bare: list[float] = []
        for _ in range(_ROUNDS):
            calls.append(_timed(lambda: client.post("/predict", json=body).raise_for_status()))
            bare.append(_timed(lambda: rules.extract([document])))
    print(f"backend  {_SIZE} characters, {found} results, median and worst of {_ROUNDS}:", end=" ")
    print(f"/predict {_shown(calls)}, bare extractor {_shown(bare)}")


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _shown(times: list[float]) -> str:
    return f"{sorted(times)[len(times) // 2] * 1000:.1f} / {max(times) * 1000:.1f} ms"


def _untold(_line: str) -> None:
    pass
