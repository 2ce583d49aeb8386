"""Requests for suggestions in Label Studio's protocol, and what answers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

Answer = dict[str, Any]
"""A prediction in Label Studio's format."""


class PredictRequest(msgspec.Struct):
    """The part of a request for suggestions that is read; the rest is skipped.

    Attributes:
        tasks: Tasks as Label Studio sends them.
        label_config: Labeling config of their project.
        params: Parameters; under `context` what a page sends of the regions on it.
    """

    tasks: list[Any]
    label_config: str = ""
    params: dict[str, Any] = {}


class Suggesting(Protocol):
    """What answers requests for suggestions.

    Attributes:
        name: Name of what answers; the version of its suggestions.
    """

    name: str

    def answer(self, request: PredictRequest, stopped: Callable[[], bool], /) -> list[Answer]:
        """Return a prediction for each task, or none at all."""
