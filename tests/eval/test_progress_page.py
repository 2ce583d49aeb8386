"""The page on the progress of an annotation project, on narrow and wide screens, light and dark, without scripts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldspan.eval.annotation_progress.annotator_work import Assignment
from goldspan.eval.annotation_progress.progress_report import report_progress
from goldspan.eval.report import progress_page
from goldspan.schema import Document, Layer, Scheme, Span
from tests.eval.reports import HOSTILE, write
from tests.eval.test_report_layout import CONTRAST, CUT, OUTSIDE, SCROLLING

from .test_annotation_progress import MONDAY

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

NAMES = ("ann", HOSTILE, "y" * 60)


def submitted(who: str, number: int) -> Document:
    layer = Layer(
        annotator=who,
        created=f"{MONDAY + timedelta(days=number)}T08:00:00Z",
        lead_time=30 + number,
        suggestions_shown=("rules",) if number % 3 else (),
    )
    origins = ("prediction", "prediction-changed", "manual")
    spans = [Span(5 * n, 5 * n + 4, "ACTOR", origin=origins[n] if number % 3 else "manual") for n in range(3)]
    return Document(id=f"d{number}", text="Iran " * 8, spans=tuple(spans), layer=layer)


def test_figures_and_names_are_shown_as_they_are(browser: Browser, tmp_path: Path, scheme: Scheme) -> None:
    passes = {who: [submitted(who, number) for number in range(12 - 2 * place)] for place, who in enumerate(NAMES)}
    plan = Assignment({who: [f"d{number}" for number in range(20)] for who in NAMES})
    suggestions = {f"d{number}": [Span(0, 4, "ACTOR"), Span(5, 8, "ACTOR")] for number in range(20)}
    report = report_progress(passes, scheme, assignment=plan, suggestions=suggestions)
    assert report.end is not None and report.end.day is not None and report.suggestions and report.agreement
    url = write(tmp_path / "progress.html", progress_page(report, scheme, title=f"Pilot {HOSTILE}"))
    for width in (500, 1280):
        with browser.new_context(viewport={"width": width, "height": 900}, offline=True) as context:
            page = context.new_page()
            page.on("console", lambda message: pytest.fail(message.text))
            page.goto(url)
            assert page.locator("h2").all_inner_texts() == ["Documents", "Lead times", "Suggestions", "Agreement"]
            assert "not for publication" in page.locator("#notes").inner_text()
            assert report.end.day in page.locator(".facts").inner_text()
            assert page.title() == page.locator("h1").inner_text() == f"Pilot {HOSTILE}"
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            assert page.url.endswith("#s1")
            page.locator("summary").press("Enter")
            assert page.locator("details tbody tr").count() == 12
            assert HOSTILE in page.locator("details thead").inner_text()
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            assert page.evaluate(CUT) == page.evaluate(OUTSIDE) == page.evaluate(SCROLLING) == []
            for colours in ("light", "dark"):
                page.emulate_media(color_scheme=colours)
                pairs, faint = page.evaluate(CONTRAST)
                assert pairs > 3 and faint == []
            assert page.locator("script").count() == 0 and page.evaluate("window.pwned") is None
