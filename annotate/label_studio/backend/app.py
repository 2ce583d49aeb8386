"""The machine learning backend as a web application that speaks Label Studio's protocol.

Needs the extra `backend`, without which this module cannot be imported.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from threading import Event
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response

from ....schema import DependencyError, UsageError, pluralize
from .access import Application, AuthMiddleware, BasicCredentials
from .predict_request import PredictRequest, Suggesting
from .predictor import LogCallback
from .serial_worker import SerialExecutor


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Limits of a request.

    Attributes:
        body_bytes: Maximum size of the body.
        body_seconds: Time within which the body must have arrived.
        answer_seconds: Time within which suggestions must be ready, including the wait for earlier requests. Label
            Studio itself waits 100 seconds.
    """

    body_bytes: int = 20_000_000
    body_seconds: float = 30.0
    answer_seconds: float = 90.0


def backend_app(
    predictor: Suggesting,
    executor: SerialExecutor,
    credentials: BasicCredentials,
    log: LogCallback,
    limits: RequestLimits | None = None,
) -> Application:
    """Return the application: Label Studio's backend protocol behind access control.

    Args:
        predictor: Makes the suggestions.
        executor: Runs the predictor.
        credentials: Required of every client.
        log: Called with a line for each request, which contains nothing of its texts.
        limits: Limits other than the default ones.
    """
    limits = limits or RequestLimits()
    return AuthMiddleware(
        _application(predictor, executor, log, limits),
        credentials,
        max_bytes=limits.body_bytes,
        seconds=limits.body_seconds,
    )


def _application(predictor: Suggesting, executor: SerialExecutor, log: LogCallback, limits: RequestLimits) -> FastAPI:
    app = FastAPI(openapi_url=None)
    version = predictor.name

    def json_response(data: Any, status: int = 200) -> Response:
        return Response(msgspec.json.encode(data), status, media_type="application/json")

    @app.exception_handler(Exception)
    async def internal_error(_request: Request, error: Exception) -> Response:
        log(f"a request failed: {type(error).__name__}")
        return json_response({"detail": "the backend failed"}, 500)

    @app.get("/")
    @app.get("/health")
    async def health() -> Response:
        return json_response({"status": "UP", "model_class": version})

    @app.post("/setup")
    async def setup() -> Response:  # the request carries the server's token, which is not read
        return json_response({"model_version": version})

    @app.get("/versions")
    async def versions() -> Response:
        return json_response({"versions": [version]})

    @app.post("/webhook")
    async def webhook() -> Response:
        return json_response({})

    @app.post("/predict")
    async def predict(request: Request) -> Response:
        try:
            asked = await asyncio.to_thread(msgspec.json.decode, await request.body(), type=PredictRequest)
        except msgspec.ValidationError:
            return json_response({"detail": "no list of tasks"}, 422)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return json_response({"detail": "invalid JSON"}, 400)
        task_count = pluralize(len(asked.tasks), "task")
        start = time.perf_counter()
        stop = Event()
        job = executor.submit(lambda: msgspec.json.encode({"results": predictor.answer(asked, stop.is_set)}))
        try:
            async with asyncio.timeout(limits.answer_seconds):
                answer = await asyncio.wrap_future(job)
        except TimeoutError:
            log(f"{task_count}: no suggestions within {limits.answer_seconds:g} s")
            return json_response({"detail": "no suggestions in time"}, 504)
        except (DependencyError, UsageError) as error:
            log(f"{task_count}: extractor {predictor.name} failed: {' '.join(str(error).split())[:300]}")
            return json_response({"detail": "extractor failed"}, 503)
        finally:
            stop.set()
        log(f"{task_count}: suggestions in {time.perf_counter() - start:.2f} s")
        return Response(answer, media_type="application/json")

    return app
