"""Limits on the size and duration of HTTP responses."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 200_000_000
"""The largest response body accepted, after decompression."""


class ResponseTooLargeError(Exception):
    """A response is too large or takes too long; the message says which."""


def read_bounded(response: httpx.Response, *, seconds: float, max_bytes: int = MAX_BYTES) -> bytes:
    """Read the body of a streamed response.

    Args:
        response: A response as returned by `httpx.Client.stream`.
        seconds: Time limit for the whole body; the client's own timeout only limits each pause.
        max_bytes: Size limit.

    Raises:
        ResponseTooLargeError: The body exceeds a limit.
        httpx.HTTPError: The connection broke.
    """
    deadline = time.monotonic() + seconds
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > max_bytes:
            raise ResponseTooLargeError(f"a response of more than {max_bytes:,} bytes")
        if time.monotonic() > deadline:
            raise ResponseTooLargeError(f"a response that takes more than {seconds:g} seconds")
    return bytes(body)
