"""Holds a built site to what its builder does not look at: `python -m docs.reference.site site`.

Every link leads to a file and an anchor of the site or out of it, nothing is fetched from elsewhere, and every page is
in the navigation.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_FETCHED = {("link", "href"), ("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src")}


class _Page(HTMLParser):
    """What a page fetches, where its links lead, and which places in it have a name."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.linked: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and (tag, name) in _FETCHED:
                self.fetched.append(value)
            if value and (tag, name) == ("a", "href"):
                self.linked.append(value)
            if value and (name == "id" or (tag, name) == ("a", "name")):
                self.names.add(value)


def faults(site: Path) -> list[str]:
    """What is wrong with the site, a line each."""
    pages = {path.resolve(): _read(path) for path in sorted(site.rglob("*.html")) if path.name != "404.html"}
    found: dict[str, None] = {}  # a page may have the same link at its top and its end
    reached = {(site / "index.html").resolve()}
    for path, page in pages.items():
        here = path.relative_to(site.resolve())
        for address in page.fetched + page.linked:
            parts = urlsplit(address)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if parts.scheme or parts.netloc:
                if address in page.fetched and parts.scheme != "data":
                    found[f"{here}: fetches {address}. Fix: nothing of the site may come from elsewhere"] = None
            elif not target.exists():
                found[f"{here}: {address} is not there. Fix: mend its name"] = None
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].names:
                found[f"{here}: {address} names no place there. Fix: mend what follows #"] = None
            elif here.name == "index.html":
                reached.add(target)
    lost = [path.relative_to(site.resolve()) for path in pages if path not in reached]
    return [*found, *(f"{path}: no way leads there. Fix: add it to nav in zensical.toml" for path in lost)]


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text("utf-8"))
    return page


if __name__ == "__main__":
    wrong = faults(Path(sys.argv[1]))
    sys.exit("\n".join(wrong) or 0)
