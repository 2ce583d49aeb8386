"""Repeated attempts at what a request failed to do, where the failure may pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from .studio_error import StudioError

WAITS = (0.5, 1.0, 2.0, 4.0)
"""Seconds to wait before each further attempt."""

Done = TypeVar("Done")


def is_transient(error: StudioError) -> bool:
    """Check whether a failure may pass: no response, or the server's own error."""
    return error.status == 0 or error.status >= 500 or error.status in (408, 409, 429)


def attempt_until_done(attempt: Callable[[bool], Done]) -> Done:
    """Call a function until it meets no transient failure, and return what it returns.

    Args:
        attempt: The function. Its argument is whether an earlier call failed: a request of that call may have been
            processed nevertheless, now or later.

    Raises:
        StudioError: The failure is not transient, or the last attempt failed too.
    """
    failed = False
    for wait in (*WAITS, None):
        try:
            return attempt(failed)
        except StudioError as error:
            if wait is None or not is_transient(error):
                raise
            time.sleep(wait)
            failed = True
    raise AssertionError("the last attempt returns or raises")
