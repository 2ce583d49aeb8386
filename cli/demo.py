"""`goldspan demo`: as much of the loop as there is, on the seed articles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for what the demo makes.")] = Path("demo"),
) -> None:
    """Run the loop on the five seed articles."""
    from .flows.demo import run_demo

    run_demo(out)
