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
    "docs/example-value-type": "example-value-type.md",
    "schema/data/conflict.toml": "reference/scheme.md",
}
"""Documents outside `docs/*.md`, and the page that each becomes."""

_EXAMPLES = {
    "docs/example-extractor": "A package with an extractor",
    "docs/example-value-type": "A package with a value type",
}
"""Folders whose files are a page, with its title."""

_LINK = re.compile(r"\[([^\]]*)\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")
_FENCE = re.compile(r"(^```.*?^```$)", re.M | re.S)


def repository_pages(root: Path) -> dict[str, str]:
    """Return the pages by their path in the site."""
    sources = {path.relative_to(root).as_posix(): path.name for path in sorted((root / "docs").glob("*.md"))}
    sources |= {source: page for source, page in OUTSIDE_DOCS.items() if source.endswith(".md")}
    sources |= {source: OUTSIDE_DOCS[source] for source in _EXAMPLES}
    return {
        page: _example(root, source) if source in _EXAMPLES else _page(root, source, page)
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


def _example(root: Path, source: str) -> str:
    files = "\n".join(
        f"## {path.name}\n\n```{path.suffix[1:].replace('py', 'python')}\n{path.read_text('utf-8')}```\n"
        for path in sorted((root / source).glob("*.*"))
        if path.suffix in (".py", ".toml")
    )
    return f"# {_EXAMPLES[source]}\n\nAll files of `{source}`.\n\n{files}"
