"""A clock for the server that tests set while it runs; Python imports this by its name before anything else.

All times that the server keeps come from one function of Django, so setting that one sets them all. Unlike a library
that stands between the server and the system it needs no compiler, works on every system, and leaves the server's
patience and its ports alone.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

_CLOCK = Path(os.environ["GOLDSPAN_TEST_CLOCK"])


def _now() -> datetime:
    """The time of the clock's file: `+ SECONDS` of it is ahead of the true one, `= TIME` of it stands still."""
    sign, _, shown = _CLOCK.read_text("ascii").partition(" ")
    return datetime.fromisoformat(shown) if sign == "=" else datetime.now(UTC) + timedelta(seconds=float(shown))


timezone.now = _now
_CLOCK.with_suffix(".in-force").touch()
