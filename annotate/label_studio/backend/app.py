"""The machine learning backend that Label Studio asks for suggestions, as an application.

Needs the extra `backend`: importing this module without it raises a DependencyError.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from threading import Event
from typing import Any

import msgspec

from ....schema import DependencyError, UsageError, pluralize
from .access import Application, AuthMiddleware, BasicCredentials
from .predictor import LogCallback, Predictor
from .serial_worker import SerialExecutor

_MISSING = "a backend needs the packages fastapi and uvicorn. Fix: pip install 'goldspan[backend]'"

try:
    import uvicorn  # noqa: F401 - whoever has one of them only needs the extra as well
    from fastapi import FastAPI, Request, Response
except ImportError as error:
    raise DependencyError(_MISSING) from error


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """What a call may cost.

    Attributes:
        body: Bytes.
        arriving: Seconds in which a body must have arrived.
        answering: Seconds in which suggestions must be made, waiting for others' turns included. Label Studio itself
            waits 100.
    """

    body: int = 20_000_000
    arriving: float = 30.0
    answering: float = 90.0


class _Question(msgspec.Struct):
    """What is read of a call for suggestions; the rest is skipped unread."""

    tasks: list[Any]


def backend_app(
    suggester: Predictor,
    turns: SerialExecutor,
    secret: BasicCredentials,
    tell: LogCallback,
    limits: RequestLimits | None = None,
) -> Application:
    """The application: Label Studio's protocol behind the gate.

    Args:
        suggester: Answers.
        turns: Where it is called.
        secret: What callers must have.
        tell: Told of each call in a line, without a word of its texts.
        limits: Other ones than the usual.
    """
    limits = limits or RequestLimits()
    return AuthMiddleware(
        _application(suggester, turns, tell, limits), secret, most=limits.body, seconds=limits.arriving
    )


def _application(suggester: Predictor, turns: SerialExecutor, tell: LogCallback, limits: RequestLimits) -> FastAPI:
    app = FastAPI(openapi_url=None)
    version = suggester.name

    def answered(data: Any, status: int = 200) -> Response:
        return Response(msgspec.json.encode(data), status, media_type="application/json")

    @app.exception_handler(Exception)
    async def fault(_request: Request, error: Exception) -> Response:
        tell(f"a call failed: {type(error).__name__}")
        return answered({"detail": "the backend failed"}, 500)

    @app.get("/")
    @app.get("/health")
    async def health() -> Response:
        return answered({"status": "UP", "model_class": version})

    @app.post("/setup")
    async def setup() -> Response:  # the token that comes with it is not read
        return answered({"model_version": version})

    @app.get("/versions")
    async def versions() -> Response:
        return answered({"versions": [version]})

    @app.post("/webhook")
    async def webhook() -> Response:
        return answered({})

    @app.post("/predict")
    async def predict(request: Request) -> Response:
        try:
            tasks = (await asyncio.to_thread(msgspec.json.decode, await request.body(), type=_Question)).tasks
        except msgspec.ValidationError:
            return answered({"detail": "no list of tasks"}, 422)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return answered({"detail": "no JSON"}, 400)
        told = pluralize(len(tasks), "task")
        start = time.perf_counter()
        stop = Event()
        work = turns.give(lambda: msgspec.json.encode({"results": suggester.answers(tasks, stop.is_set)}))
        try:
            async with asyncio.timeout(limits.answering):
                answer = await asyncio.wrap_future(work)
        except TimeoutError:
            tell(f"{told}: no suggestions in {limits.answering:g} s")
            return answered({"detail": "no suggestions in time"}, 504)
        except (DependencyError, UsageError) as error:
            tell(f"{told}: {suggester.name} cannot go on: {' '.join(str(error).split())[:300]}")
            return answered({"detail": "the extractor cannot go on"}, 503)
        finally:
            stop.set()
        tell(f"{told}: suggestions in {time.perf_counter() - start:.2f} s")
        return Response(answer, media_type="application/json")

    return app
