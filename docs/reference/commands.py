"""The page of the command line, generated from the typer application."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from goldspan.cli.main import app


def page() -> str:
    """Return the page with every command, its arguments and options, in the order of `goldspan --help`."""
    return "\n".join(
        [
            "# Command line",
            "",
            "Generated from the program when the site is built. `goldspan COMMAND --help` shows the same.",
            "",
            "Results go to standard output, everything else to standard error. The exit status is 0 for success, 1 for",
            "an error in the data, 2 for an error in the call, 3 if something in the environment is missing (a server,",
            "disk space, a package), and 130 if the command was interrupted.",
            "",
            *_command(typer.main.get_command(app), "goldspan", None),
        ]
    )


def _command(command: Any, path: str, parent: Any) -> Iterator[str]:
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
    for name, subcommand in getattr(command, "commands", {}).items():
        if not subcommand.hidden:
            yield from _command(subcommand, f"{path} {name}", context)


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
