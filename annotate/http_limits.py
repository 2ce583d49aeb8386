"""Answers of services, read no further than they may go: neither without end nor for ever."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

LARGEST = 200_000_000
"""Bytes of an answer, unpacked."""


class ResponseTooLargeError(Exception):
    """An answer is too large or takes too long; the text says which."""


def read_bounded(answer: httpx.Response, *, seconds: float, most: int = LARGEST) -> bytes:
    """The body of an answer that is open for reading.

    Args:
        answer: As `httpx.Client.stream` gives it.
        seconds: For the whole body; the client's own limit is for each silence.
        most: Bytes.

    Raises:
        ResponseTooLargeError: It is longer, or not over in time.
        httpx.HTTPError: The connection broke.
    """
    until = time.monotonic() + seconds
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > most:
            raise ResponseTooLargeError(f"an answer of more than {most:,} bytes")
        if time.monotonic() > until:
            raise ResponseTooLargeError(f"an answer that takes more than {seconds:g} seconds")
    return bytes(body)
