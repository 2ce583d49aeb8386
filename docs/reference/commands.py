"""The command line's page, made of the typer application itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from goldspan.cli.main import app


def page() -> str:
    """Every command with its arguments and options, in the order of `goldspan --help`."""
    return "\n".join(
        [
            "# Command line",
            "",
            "Made of the program when the site is built. `goldspan COMMAND --help` says the same.",
            "",
            "Results go to standard output, all else to standard error. The exit status is 0 for done, 1 when the data",
            "is at fault, 2 when the call is, 3 when something around it is missing, 130 when it was interrupted.",
            "",
            *_told(typer.main.get_command(app), "goldspan", None),
        ]
    )


def _told(command: Any, path: str, parent: Any) -> Iterator[str]:
    context = typer.Context(command, info_name=path.rpartition(" ")[2], parent=parent)
    yield f"{'##' if hasattr(command, 'commands') else '###'} {path}"
    yield ""
    yield "```text"
    yield command.get_usage(context)
    yield "```"
    yield ""
    yield (command.help or "").replace("\b", "").replace("<", "&lt;").strip()
    yield ""
    yield from _table(command, context)
    for name, below in getattr(command, "commands", {}).items():
        if not below.hidden:
            yield from _told(below, f"{path} {name}", context)


def _table(command: Any, context: Any) -> Iterator[str]:
    rows = [
        (param.get_help_record(context) or (param.make_metavar(context), param.help or "")) for param in command.params
    ]
    if rows:
        yield "| argument or option | meaning |"
        yield "|---|---|"
        for name, meaning in rows:
            yield f"| `{_cell(name)}` | {_cell(meaning).replace('<', '&lt;')} |"
        yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
