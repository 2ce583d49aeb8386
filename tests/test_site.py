"""What a built site is held to beyond what its builder checks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# What stands in a page beside the home page, and what is said of the site.
CASES = {
    "whole": ('<h1 id="top"><a href="index.html#home">Home</a><a href="#top">here</a><img src="data:,"></h1>', ""),
    "leads out": ('<a href="https://example.org/a#b">elsewhere</a>', ""),
    "a page that is not there": ('<a href="gone.html">x</a>', "page.html: gone.html is not there"),
    "a place that is not there": ('<a href="index.html#gone">x</a>', "page.html: index.html#gone names no place there"),
    "a place of its own that is not there": ('<a href="#gone">x</a>', "page.html: #gone names no place there"),
    "a picture that is not there": ('<img src="a.png">', "page.html: a.png is not there"),
    "a script from elsewhere": ('<script src="https://a.org/b.js"></script>', "page.html: fetches https://a.org/b.js"),
    "a font from elsewhere": ('<link href="//a.org/f.css">', "page.html: fetches //a.org/f.css"),
}


@pytest.mark.parametrize(("body", "said"), CASES.values(), ids=CASES)
def test_a_site_is_held_to_its_links_and_to_itself(body: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<h1 id="home">x</h1><a href="page.html">x</a>', "utf-8")
    (tmp_path / "page.html").write_text(body, "utf-8")
    done = _held(tmp_path)
    assert (done.returncode, done.stderr.partition(". Fix: ")[0]) == (bool(said), said)


def test_a_page_that_the_navigation_leaves_out_is_said(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>x</h1>", "utf-8")
    (tmp_path / "page.html").write_text("<h1>x</h1>", "utf-8")
    assert _held(tmp_path).stderr.startswith("page.html: no way leads there. Fix: ")


def _held(site: Path) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "docs.reference.site", str(site)]
    return subprocess.run(call, cwd=ROOT, capture_output=True, encoding="utf-8")
