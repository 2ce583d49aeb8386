"""Reports on progress from passes, without a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from goldspan.corpus import write_records
from goldspan.schema import DataError, Document, Layer, Scheme, Span, UsageError
from goldspan.workflows import studio_report

from ..conftest import Run


def submitted(*shown: str) -> Document:
    span = Span(0, 4, "ACTOR", origin="prediction" if shown else "manual")
    return Document(id="a", text="Iran struck.", spans=(span,), layer=Layer(annotator="ann", suggestions_shown=shown))


def suggested(text: str = "Iran struck.") -> Document:
    return Document(id="a", text=text, spans=(Span(0, 4, "ACTOR"),))


def test_suggestions_of_another_text_are_refused(tmp_path: Path, scheme: Scheme, goldspan: Run) -> None:
    told = studio_report({"ann": [submitted("rules")]}, suggestions=[suggested()])
    assert told.suggestions is not None and told.suggestions.all.accepted == 1
    with pytest.raises(
        DataError, match=r"document 'a': the text of the suggestions differs from the annotated one\. Fix"
    ):
        studio_report({"ann": [submitted("rules")]}, suggestions=[suggested("Iraq struck.")])
    files = [str(tmp_path / name) for name in ("ann.jsonl", "shown.jsonl")]
    write_records(files[0], [submitted("rules")], scheme)
    write_records(files[1], [suggested("Iraq struck.")], scheme)
    done = goldspan("studio", "report", files[0], "--suggestions", files[1])
    assert done.returncode == 1 and "differs from the annotated one. Fix: " in done.stderr


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_page_leaves_days_out_that_cannot_be(year: str, tmp_path: Path, scheme: Scheme, goldspan: Run) -> None:
    days = [f"{year}-01-01T10:00:00Z", "2026-03-02T10:00:00Z"]
    passes = [replace(submitted(), id=str(n), layer=Layer(annotator="ann", created=day)) for n, day in enumerate(days)]
    write_records(str(tmp_path / "ann.jsonl"), passes, scheme)
    done = goldspan("studio", "report", tmp_path / "ann.jsonl", "--names", "--html", tmp_path / "r.html")
    assert done.returncode == 0 and f"such as '0' of ann ({year}-01-01)" in done.stderr
    assert "2026-03-02" in done.stdout and (tmp_path / "r.html").exists()


def test_suggestions_that_nobody_saw_are_refused() -> None:
    with pytest.raises(UsageError, match=r"`suggestions` has no effect: no document .* Fix: leave it out"):
        studio_report({"ann": [submitted()]}, suggestions=[suggested()])
