"""Holds a built site to what the builder does not look at: `python -m docs.reference.site site`.

Nothing is fetched from elsewhere, every file that a page shows is there, and every page is in the navigation.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_FETCHED = {("link", "href"), ("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src")}


class _Page(HTMLParser):
    """What a page fetches, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.linked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and (tag, name) in _FETCHED:
                self.fetched.append(value)
            if value and (tag, name) == ("a", "href"):
                self.linked.append(value)


def faults(site: Path) -> list[str]:
    """What is wrong with the site, a line each."""
    found: list[str] = []
    pages = {path: _read(path) for path in sorted(site.rglob("*.html")) if path.name != "404.html"}
    for path, page in pages.items():
        for address in page.fetched:
            parts = urlsplit(address)
            if parts.scheme == "data":
                continue
            if parts.scheme or parts.netloc:
                found.append(f"{path}: fetches {address}. Fix: nothing of the site may come from elsewhere")
            elif not (path.parent / unquote(parts.path)).exists():
                found.append(f"{path}: {address} is not there. Fix: mend its name")
    home = site / "index.html"
    reached = {(site / unquote(urlsplit(link).path)).resolve() for link in pages[home].linked} | {home.resolve()}
    found += [f"{path}: no way leads there. Fix: add it to nav in zensical.toml" for path in pages
              if path.resolve() not in reached]  # fmt: skip
    return found


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text("utf-8"))
    return page


if __name__ == "__main__":
    wrong = faults(Path(sys.argv[1]))
    sys.exit("\n".join(wrong) or 0)
