"""What shells offer for values whose set is known. Nothing here loads an extractor, a format or a large package."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

POPULATIONS = ("500", "1000", "5000", "15000")


def complete_extractors() -> list[str]:
    """Names of the installed extractors."""
    return _installed("goldspan.extractors")


def complete_formats() -> list[str]:
    """Names of the installed formats."""
    return _installed("goldspan.formats")


def _installed(group: str) -> list[str]:
    from importlib.metadata import entry_points  # slow to import, and not needed to begin

    return sorted(point.name for point in entry_points(group=group))


def complete_orders() -> list[str]:
    """The orders of reading."""
    from ..corpus.release.prioritise import STRATEGIES

    return sorted([*STRATEGIES, "mix"])


def complete_populations() -> list[str]:
    """The least populations that the gazetteer knows."""
    return list(POPULATIONS)


def complete_servers() -> list[str]:
    """Names of goldspan's own servers that were ever started."""
    from ..annotate.label_studio.server.paths import server_names, studio_paths

    return server_names(studio_paths())


def complete_labels(ctx: typer.Context, incomplete: str) -> list[str]:
    """The scheme's labels, the last of a list joined by commas."""
    from ..schema import GoldspanError, load_scheme

    try:
        scheme = load_scheme(_scheme_file(ctx))
    except GoldspanError:  # a command says what is wrong; a shell cannot
        return []
    given, comma, _ = incomplete.rpartition(",")
    taken = given.split(",")
    return [f"{given}{comma}{label}" for label in scheme.labels if label not in taken]


def _scheme_file(ctx: typer.Context) -> str | Path | None:
    """The scheme of the command line as far as it is written, else the configuration's."""
    from ..schema import GoldspanError
    from .configuration import active_config, load
    from .option_schema import option_schema

    if given := ctx.params.get("scheme"):
        return str(given)
    root: Any = ctx.find_root()
    try:
        path, named = active_config()
        found: Any = load(path, option_schema(root.command), named=named).defaults if path is not None else {}
    except GoldspanError:
        return None
    for step in ctx.command_path.split()[1:]:
        found = found.get(step, {})
    return found.get("scheme") if isinstance(found, dict) else None


@dataclass(frozen=True, slots=True)
class CompletionStatus:
    """Whether a shell completes the command.

    Attributes:
        shell: Its name; empty where it is not known.
        path: The file that makes it so; None where there is none.
    """

    shell: str
    path: Path | None


def completion_status() -> CompletionStatus:
    """Whether the shell that the person uses completes the command."""
    shell = Path(os.environ.get("SHELL", "")).name
    try:
        places = _places(Path.home(), shell)
        return CompletionStatus(shell, next((path for path in places if path.is_file()), None))
    except (OSError, RuntimeError):
        return CompletionStatus(shell, None)


def _places(home: Path, shell: str) -> Iterator[Path]:
    """Where a script of ours may lie, by a shell's own convention and by that of `--install-completion`."""
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    if shell == "bash":
        yield home / ".bash_completions" / "goldspan.sh"
        yield data / "bash-completion" / "completions" / "goldspan"
    elif shell == "zsh":
        yield home / ".zfunc" / "_goldspan"
        yield Path(sys.prefix) / "share" / "zsh" / "site-functions" / "_goldspan"
    elif shell == "fish":
        yield settings / "fish" / "completions" / "goldspan.fish"
