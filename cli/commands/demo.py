"""`goldspan demo`: the whole loop, on the seed articles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..console import note, result_json
from ..effects import Rule, effects
from ..options import Json


@effects(Rule("stop_studio", lambda call: "" if call["studio"] else "with --no-studio"))
def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for what the demo makes.")] = Path("demo"),
    studio: Annotated[bool, typer.Option("--studio/--no-studio", help="Go through the real Label Studio.")] = True,
    stop_studio: Annotated[
        bool, typer.Option("--stop-studio", help="Stop the server at the end; it is left running if not given.")
    ] = False,
    json: Json = False,
) -> None:
    """Run the loop on the five seed articles: suggestions, Label Studio, agreement, gold, scores, dataset.

    The first time, Label Studio is installed, which takes a minute or two; --no-studio leaves it out. A second run
    takes seconds and changes nothing.
    """
    from ...workflows.demo.run_demo import command_to_continue, run_demo

    try:
        account = run_demo(out, studio=studio, stop_studio=stop_studio)
    except KeyboardInterrupt:
        note(f"to go on: {command_to_continue(out, studio=studio)}")
        raise
    if json:
        result_json(account.to_dict())
    else:
        account.show()
