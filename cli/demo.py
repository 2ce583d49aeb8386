"""`goldspan demo`: as much of the loop as there is, on the seed articles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for what the demo makes.")] = Path("demo"),
    studio: Annotated[bool, typer.Option("--studio/--no-studio", help="Go through the real Label Studio.")] = True,
    stop_studio: Annotated[
        bool, typer.Option("--stop-studio", help="Stop the server at the end; it is left running if not given.")
    ] = False,
) -> None:
    """Run the loop on the five seed articles.

    The first time, Label Studio is installed, which takes a minute or two; --no-studio leaves it out.
    """
    from .flows.demo import run_demo

    run_demo(out, studio=studio)
    if stop_studio:
        from ..annotate.studio import down
        from .show import result

        result("the server is stopped" if down() else "the server did not run")
