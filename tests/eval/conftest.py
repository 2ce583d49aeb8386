"""A browser, and a report in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from goldspan.eval import score
from goldspan.eval.report import score_page
from goldspan.schema import conflict_scheme
from tests.browser import open_browser
from tests.eval.reports import documents, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1300, "height": 900}, offline=True)
    context.set_default_timeout(10_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: faults.append(request.url) if not request.url.startswith("file:") else None)
    yield page
    assert not faults
    context.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report that is only read."""
    scheme = conflict_scheme()
    gold, system = documents(scheme)
    scores = score(gold, system, scheme=scheme, names=["<i>mine</i>"], resamples=50)
    return write(tmp_path_factory.mktemp("report") / "report.html", score_page(scores, gold, [system], scheme))
