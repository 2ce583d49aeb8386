"""The environment of child processes: a copy of this one without the tokens of services."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Collection

TOKENS = (
    "GOLDSPAN_HTTP_TOKEN",
    "GOLDSPAN_LLM_KEY",
    "GOLDSPAN_STUDIO_TOKEN",
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "LABEL_STUDIO_API_KEY",
    "OPENAI_API_KEY",
)
"""Environment variables from which goldspan, or a library that it calls, reads a token."""


def without_tokens(keep: Collection[str] = ()) -> dict[str, str]:
    """Return a copy of the environment without tokens.

    Args:
        keep: Variables to pass on all the same.
    """
    return {name: value for name, value in os.environ.items() if name not in TOKENS or name in keep}


def is_loopback(host: str) -> bool:
    """Check whether a host name or address refers to this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
