"""Check a built site for what its builder does not check: `python -m docs.reference.site site`.

Every link within the site leads to an existing file and anchor, nothing is loaded from other hosts, and every page is
in the navigation.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_RESOURCES = {("link", "href"), ("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src")}


class _Page(HTMLParser):
    """The resources, links and anchors of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.resources: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and (tag, name) in _RESOURCES:
                self.resources.append(value)
            if value and (tag, name) == ("a", "href"):
                self.links.append(value)
            if value and (name == "id" or (tag, name) == ("a", "name")):
                self.anchors.add(value)


def find_problems(site: Path) -> list[str]:
    """Return a line for each problem of a site."""
    pages = {path.resolve(): _read(path) for path in sorted(site.rglob("*.html")) if path.name != "404.html"}
    problems: dict[str, None] = {}  # a dict removes duplicates: a page may repeat a link
    linked = {(site / "index.html").resolve()}
    for path, page in pages.items():
        page_path = path.relative_to(site.resolve())
        for address in page.resources + page.links:
            parts = urlsplit(address)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if parts.scheme or parts.netloc:
                if address in page.resources and parts.scheme != "data":
                    problems[f"{page_path}: loads {address}. Fix: serve it from the site itself"] = None
            elif not target.exists():
                problems[f"{page_path}: {address} does not exist. Fix: correct the link"] = None
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                problems[f"{page_path}: {address} has no such anchor. Fix: correct the part after #"] = None
            elif page_path.name == "index.html":
                linked.add(target)
    unlinked = [path.relative_to(site.resolve()) for path in pages if path not in linked]
    return [*problems, *(f"{path}: not in the navigation. Fix: add it to nav in zensical.toml" for path in unlinked)]


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text("utf-8"))
    return page


if __name__ == "__main__":
    sys.exit("\n".join(find_problems(Path(sys.argv[1]))) or 0)
