"""The pictures of the documents, taken of the real thing: `make pictures`.

A demo makes the files; its suggestions go to a Label Studio of their own, which ends with this; a browser looks at both.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

from .annotator import Annotator
from .browser import open_browser
from .command import GOLDSPAN, run_here
from .studio_server import Studio, installed, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FloatRect, ViewportSize


IMAGES = Path(__file__).parents[1] / "docs" / "images"
SIZE: ViewportSize = {"width": 1280, "height": 860}
TAKEN = ("annotator", "another-field", "documents", "report", "review")
"""Names of the pictures."""
MOST = 250_000
"""Bytes of a picture."""


def main() -> None:
    """Takes all pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        demo = Path(folder) / "demo"
        # the report shows the path that it was called with
        subprocess.run([GOLDSPAN, "demo", "--no-studio"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        report(browser, demo / "report.html")
        with serving(Path(folder) / "home", installed()) as studio:
            studio.up()
            annotator(browser, studio, demo / "rules.jsonl")
            review(browser, studio, demo / "rules.jsonl", Path(folder))
            another_field(browser, studio, Path(folder) / "disaster")


def annotator(browser: Browser, studio: Studio, suggestions: Path) -> None:
    """An article with suggestions, as an annotator has it before her, one span chosen."""
    pushed = studio.run("push", str(suggestions), "--project", "Conflict news")
    if pushed.returncode:
        raise SystemExit(pushed.stderr)
    page = browser.new_page()
    she = Annotator(page, studio, IMAGES)
    page.set_viewport_size(SIZE)
    she.log_in()
    she.label_all(1)
    she.select("Syria")
    page.screenshot(path=_path("annotator"))
    _shrink("annotator")


def review(browser: Browser, studio: Studio, annotated: Path, folder: Path) -> None:
    """An article with six conflicts, as a reviewer has it before them, on the second of them."""
    article = json.loads(annotated.read_text("utf-8").splitlines()[0])
    spans = article["spans"]
    other = [span for number, span in enumerate(spans) if number % 10 != 4]  # what Ben leaves out, and gives no value
    other = [{**span, "value": None} if number % 10 == 7 else span for number, span in enumerate(other)]
    passes = []
    for who, own in (("ada", spans), ("ben", other)):
        passes.append(str(folder / f"{who}.jsonl"))
        layer = {**article["layer"], "annotator": who}
        Path(passes[-1]).write_text(json.dumps({**article, "spans": own, "layer": layer}) + "\n", "utf-8")
    conflicts = str(folder / "conflicts.jsonl")
    run_here("adjudicate", *passes, "--out", str(folder / "agreed.jsonl"), "--conflicts", conflicts)
    pushed = studio.run("push", passes[0], "--suggestions", passes[1], "--conflicts", conflicts, "--json")
    if pushed.returncode:
        raise SystemExit(pushed.stderr)
    page = browser.new_page()
    they = Annotator(page, studio, IMAGES)
    page.set_viewport_size(SIZE)
    they.log_in()
    they.label_all(json.loads(pushed.stdout)["project"]["id"])
    they.press("Alt+.")
    they.press("Alt+.")
    page.screenshot(path=_path("review"))
    _shrink("review")


def another_field(browser: Browser, studio: Studio, folder: Path) -> None:
    """A report in German as an annotator has it before them, a place chosen."""
    run_here("init", "disaster", "--example", "--dir", str(folder))
    scheme = str(folder / "scheme.toml")
    shown = folder / "shown.jsonl"
    [first] = [line for line in (folder / "example-gold.jsonl").read_text("utf-8").splitlines() if "1.200" in line]
    shown.write_text(f"{first}\n", "utf-8")
    guidelines = str(folder / "guidelines.md")
    pushed = studio.run("push", str(shown), "--scheme", scheme, "--guidelines", guidelines, "--json")
    if pushed.returncode:
        raise SystemExit(pushed.stderr)
    page = browser.new_page()
    they = Annotator(page, studio, IMAGES)
    page.set_viewport_size(SIZE)
    they.log_in()
    they.label_all(json.loads(pushed.stdout)["project"]["id"])
    they.select("Auenwerda")
    page.screenshot(path=_path("another-field"))
    _shrink("another-field")


def report(browser: Browser, path: Path) -> None:
    """The report of a score: its tables, and an article with gold and system side by side."""
    page = browser.new_page(viewport=SIZE)
    page.goto(path.as_uri())
    named = {name: page.get_by_role("heading", name=name, exact=True) for name in ("Leaderboard", "Labels")}
    first, after = (page.locator("section", has=heading).bounding_box() for heading in named.values())
    assert first is not None and after is not None
    tables: FloatRect = {"x": 0, "y": first["y"], "width": SIZE["width"], "height": after["y"] - first["y"]}
    page.screenshot(path=_path("report"), clip=tables, full_page=True)
    _shrink("report")
    page.select_option("#pair", label="gold | trained")
    viewer = page.locator("#documents")
    viewer.scroll_into_view_if_needed()
    page.locator("#list [role=option]").first.wait_for()
    page.locator("#text").focus()
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    viewer.screenshot(path=_path("documents"))
    _shrink("documents", border=16)


def _path(name: str) -> Path:
    return IMAGES / f"{name}.png"


def _shrink(name: str, *, border: int = 0) -> None:
    """Fewer colours, which nobody sees in text on plain ground, make a third of the file."""
    path = _path(name)
    with Image.open(path) as taken:
        ImageOps.expand(taken.convert("RGB"), border, "white").quantize(128, dither=Image.Dither.NONE).save(
            path, optimize=True
        )
    size = path.stat().st_size
    print(f"{path.name}: {size:,} bytes", file=sys.stderr)  # noqa: T201
    if size > MOST:
        raise SystemExit(f"{path.name} is larger than {MOST:,} bytes")


if __name__ == "__main__":
    main()
