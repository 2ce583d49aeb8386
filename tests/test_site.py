"""What a built site is held to beyond what its builder checks."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from .browser import open_browser
from .conftest import Shared
from .document_blocks import lay_out_pages

ROOT = Path(__file__).parents[1]

# What stands in a page beside the home page, and what is said of the site.
CASES = {
    "whole": ('<h1 id="top"><a href="index.html#home">Home</a><a href="#top">here</a><img src="data:,"></h1>', ""),
    "leads out": ('<a href="https://example.org/a#b">elsewhere</a>', ""),
    "a page that is not there": ('<a href="gone.html">x</a>', "page.html: gone.html does not exist"),
    "a place that is not there": ('<a href="index.html#gone">x</a>', "page.html: index.html#gone has no such anchor"),
    "a place of its own that is not there": ('<a href="#gone">x</a>', "page.html: #gone has no such anchor"),
    "a picture that is not there": ('<img src="a.png">', "page.html: a.png does not exist"),
    "a script from elsewhere": ('<script src="https://a.org/b.js"></script>', "page.html: loads https://a.org/b.js"),
    "a font from elsewhere": ('<link href="//a.org/f.css">', "page.html: loads //a.org/f.css"),
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
    assert _held(tmp_path).stderr.startswith("page.html: not in the navigation. Fix: ")


def _held(site: Path) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "docs.reference.site", str(site)]
    return subprocess.run(call, cwd=ROOT, capture_output=True, encoding="utf-8")


@pytest.mark.browser
@pytest.mark.slow
def test_the_site_finds_without_asking_anybody(shared: Shared, tmp_path: Path) -> None:
    shutil.copytree(shared("pages", lay_out_pages), tmp_path / "pages")
    config = (ROOT / "zensical.toml").read_text("utf-8").replace('"build/docs"', '"pages"')
    (tmp_path / "zensical.toml").write_text(config, "utf-8")
    build = [Path(sys.executable).with_name("zensical"), "build", "--strict"]
    subprocess.run(build, cwd=tmp_path, check=True, capture_output=True)
    assert _held(tmp_path / "site").stderr == ""

    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, open_browser() as browser:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_port}/"
        page, asked = browser.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(home, wait_until="networkidle")  # a key that is pressed before the script runs is lost
        page.keyboard.press("Control+k")
        page.locator("input:focus").press_sequentially("adjudicate")
        page.get_by_text("goldspan adjudicate").first.wait_for()
        server.shutdown()
    assert not [address for address in asked if not address.startswith((home, "data:", "blob:"))]
