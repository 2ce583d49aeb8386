"""Documents as they stand in the repository, laid out as the site's pages, with links that hold there."""

from __future__ import annotations

import os.path
import re
from pathlib import Path, PurePosixPath

# Documents that stand elsewhere in the repository, and the page that each becomes.
ELSEWHERE = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "corpus/gold/README.md": "gold.md",
    "corpus/gold/CHANGELOG.md": "gold-changelog.md",
    "tests/annotate/news/README.md": "news.md",
    "docs/example-extractor": "example-extractor.md",
    "schema/data/conflict.toml": "reference/scheme.md",
}
_LINK = re.compile(r"\[([^\]]*)\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")
_FENCE = re.compile(r"(^```.*?^```$)", re.M | re.S)


def laid_out(root: Path) -> dict[str, str]:
    """The pages by their name in the site."""
    sources = {path.relative_to(root).as_posix(): path.name for path in sorted((root / "docs").glob("*.md"))}
    sources |= {source: page for source, page in ELSEWHERE.items() if source.endswith(".md")}
    sources["docs/example-extractor"] = ELSEWHERE["docs/example-extractor"]
    return {
        page: _example(root / source) if source == "docs/example-extractor" else _page(root, source, page)
        for source, page in sources.items()
    }


def _page(root: Path, source: str, page: str) -> str:
    """A document's text; of a link to a file that is no page, its words are left."""

    def led(found: re.Match[str]) -> str:
        target = os.path.normpath(PurePosixPath(source).parent / found[2])
        there = ELSEWHERE.get(target, target.removeprefix("docs/") if target.startswith("docs/") else None)
        if there is None and (root / target).exists():
            return found[1]  # a file of data: it is in the repository, not on the site
        return f"[{found[1]}]({os.path.relpath(there or found[2], PurePosixPath(page).parent)}{found[3] or ''})"

    parts = _FENCE.split((root / source).read_text("utf-8"))
    return "".join(part if part.startswith("```") else _LINK.sub(led, part) for part in parts)


def _example(folder: Path) -> str:
    shown = "\n".join(
        f"## {path.name}\n\n```{path.suffix[1:].replace('py', 'python')}\n{path.read_text('utf-8')}```\n"
        for path in sorted(folder.glob("*.*"))
        if path.suffix in (".py", ".toml")
    )
    return f"# A package with an extractor\n\nThe whole of `docs/example-extractor`.\n\n{shown}"
