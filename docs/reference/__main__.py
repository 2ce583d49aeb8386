"""Write the pages of the site to a folder: `python -m docs.reference build/docs`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from . import api, commands, scheme
from .pages import repository_pages

ROOT = Path(__file__).parents[2]


def main(target: Path) -> None:
    """Write every page below `target`, which is emptied first."""
    shutil.rmtree(target, ignore_errors=True)
    pages = repository_pages(ROOT) | {
        "reference/commands.md": commands.page(),
        "reference/scheme.md": scheme.page(),
        "reference/record.md": scheme.record_page(),
        **{f"reference/api/{name}.md": text for name, text in api.pages(ROOT / ".links").items()},
    }
    for name, text in pages.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    if (images := ROOT / "docs" / "images").is_dir():
        shutil.copytree(images, target / "images")
    print(f"{len(pages)} pages -> {target}", file=sys.stderr)  # noqa: T201


main(Path(sys.argv[1]))
