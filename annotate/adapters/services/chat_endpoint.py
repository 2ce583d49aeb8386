"""Where a chat endpoint of the OpenAI protocol is, and the key for it, which only the environment states."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ....schema import UsageError

_KEY_VARIABLES = ("GOLDSPAN_LLM_KEY", "OPENAI_API_KEY")
_URL_VARIABLES = ("GOLDSPAN_LLM_URL", "OPENAI_BASE_URL")


def endpoint_url(spec: str, url: str | None) -> str:
    """Return the base URL of an endpoint, which is read from the environment if none is given.

    Raises:
        UsageError: There is none; `spec` is the extractor that lacks it, with its model.
    """
    base = url or _first_set(_URL_VARIABLES)
    if not base:
        what = f"{spec.partition(':')[0]} needs an endpoint"
        raise UsageError(f"{what}. Fix: {spec},url=https://HOST/v1, or set {_URL_VARIABLES[0]}")
    return base


def endpoint_key() -> str:
    """Return the key of the endpoint, which only the environment states; empty without one."""
    return _first_set(_KEY_VARIABLES)


def _first_set(names: Sequence[str]) -> str:
    return next((value for name in names if (value := os.environ.get(name))), "")
