"""Pages made from documents of the repository, with their links rewritten for the site."""

from __future__ import annotations

import os.path
import re
from pathlib import Path, PurePosixPath

OUTSIDE_DOCS = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "corpus/gold/README.md": "gold.md",
    "corpus/gold/CHANGELOG.md": "gold-changelog.md",
    "tests/annotate/news/README.md": "news.md",
    "docs/example-extractor": "example-extractor.md",
    "schema/data/conflict.toml": "reference/scheme.md",
}
"""Documents outside `docs/*.md`, and the page that each becomes."""

_LINK = re.compile(r"\[([^\]]*)\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")
_FENCE = re.compile(r"(^```.*?^```$)", re.M | re.S)


def repository_pages(root: Path) -> dict[str, str]:
    """Return the pages by their path in the site."""
    sources = {path.relative_to(root).as_posix(): path.name for path in sorted((root / "docs").glob("*.md"))}
    sources |= {source: page for source, page in OUTSIDE_DOCS.items() if source.endswith(".md")}
    sources["docs/example-extractor"] = OUTSIDE_DOCS["docs/example-extractor"]
    return {
        page: _example(root / source) if source == "docs/example-extractor" else _page(root, source, page)
        for source, page in sources.items()
    }


def _page(root: Path, source: str, page: str) -> str:
    """Return a document's text; a link to a file without a page becomes plain text."""

    def rewrite(link: re.Match[str]) -> str:
        target = os.path.normpath(PurePosixPath(source).parent / link[2])
        target_page = OUTSIDE_DOCS.get(target, target.removeprefix("docs/") if target.startswith("docs/") else None)
        if target_page is None and (root / target).exists():
            return link[1]  # a file that is in the repository, but not on the site
        return f"[{link[1]}]({os.path.relpath(target_page or link[2], PurePosixPath(page).parent)}{link[3] or ''})"

    parts = _FENCE.split((root / source).read_text("utf-8"))
    return "".join(part if part.startswith("```") else _LINK.sub(rewrite, part) for part in parts)


def _example(folder: Path) -> str:
    files = "\n".join(
        f"## {path.name}\n\n```{path.suffix[1:].replace('py', 'python')}\n{path.read_text('utf-8')}```\n"
        for path in sorted(folder.glob("*.*"))
        if path.suffix in (".py", ".toml")
    )
    return f"# A package with an extractor\n\nAll files of `docs/example-extractor`.\n\n{files}"
