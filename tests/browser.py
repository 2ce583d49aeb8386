"""A real browser for the tests: whichever Chromium or Chrome is on the machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser


_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
_QUIET = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")
_QUICK = ("--js-flags=--no-opt --max-lazy --no-flush-bytecode",)
"""A page lives for seconds, and compiling what it runs often takes more of the processor than that saves."""


def browser_path() -> str | None:
    """Where the browser is."""
    found = [os.environ.get("GOLDSPAN_BROWSER"), *map(shutil.which, _NAMES), *(p for p in _PLACES if Path(p).exists())]
    return next((path for path in found if path), None)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A headless browser. Without one the test is skipped, in CI it fails."""
    from playwright.sync_api import sync_playwright

    path = browser_path()
    if path is None:
        message = "no Chromium or Chrome. Fix: tests/install-browser, or name one in GOLDSPAN_BROWSER"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    root = getattr(os, "geteuid", lambda: 1)() == 0
    with sync_playwright() as playwright:
        # the sandbox of Chromium does not run as root
        browser = playwright.chromium.launch(
            executable_path=path, args=[*_QUIET, *_QUICK, *(["--no-sandbox"] if root else [])]
        )
        yield browser
        browser.close()
