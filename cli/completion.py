"""Shell completion of option values. Nothing here loads an extractor, a format or a large package."""

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
    """Complete names of installed extractors."""
    return _installed("goldspan.extractors")


def complete_formats() -> list[str]:
    """Complete names of installed formats."""
    return _installed("goldspan.formats")


def _installed(group: str) -> list[str]:
    from importlib.metadata import entry_points  # slow to import

    return sorted(point.name for point in entry_points(group=group))


def complete_probes() -> list[str]:
    """Complete names of probes."""
    from ..corpus.probing.probe_kinds import PROBES

    return list(PROBES)


def complete_orders() -> list[str]:
    """Complete reading orders."""
    from ..corpus.release.prioritise import ORDERS

    return sorted(ORDERS)


def complete_orders_of_a_layer() -> list[str]:
    """Complete the reading orders that one layer gives."""
    from ..eval.power.reading_curve import READING_ORDERS

    return sorted(READING_ORDERS)


def complete_populations() -> list[str]:
    """Complete minimum populations of the gazetteer."""
    return list(POPULATIONS)


def complete_suites() -> list[str]:
    """Complete names of suites of gold sets."""
    from ..corpus.gold_sets.gold_set import SUITES

    return list(SUITES)


def complete_gold_sets() -> list[str]:
    """Complete names of the field's open gold."""
    from ..corpus.gold_sets.catalogue import catalogue

    return [each.name for each in catalogue()]


def complete_servers() -> list[str]:
    """Complete names of goldspan's own servers."""
    from ..annotate.label_studio.server.paths import server_names, studio_paths

    return server_names(studio_paths())


def complete_label(ctx: typer.Context) -> list[str]:
    """Complete a label of the scheme."""
    from ..schema import GoldspanError, load_scheme

    try:
        return list(load_scheme(_scheme_file(ctx)).labels)
    except GoldspanError:  # a shell cannot show errors
        return []


def complete_labels(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete labels of the scheme, in a comma-separated list."""
    previous, comma, _ = incomplete.rpartition(",")
    taken = previous.split(",")
    names = (name for name in map(_quoted, complete_label(ctx)) if name not in taken)
    return [f"{previous}{comma}{name}" for name in names]


def _quoted(label: str) -> str:
    """Return a label as a list of them has it: in double quotes if it contains a comma or begins with a quote."""
    return '"{}"'.format(label.replace('"', '""')) if "," in label or label.startswith('"') else label


def _scheme_file(ctx: typer.Context) -> str | Path | None:
    """Return the scheme on the unfinished command line, else that of the configuration."""
    from ..schema import GoldspanError
    from .configuration import active_config, load
    from .option_schema import option_schema

    if scheme := ctx.params.get("scheme"):
        return str(scheme)
    root: Any = ctx.find_root()
    try:
        path, named = active_config()
        defaults: Any = load(path, option_schema(root.command), named=named).defaults if path is not None else {}
    except GoldspanError:
        return None
    for step in ctx.command_path.split()[1:]:
        defaults = defaults.get(step, {})
    return defaults.get("scheme") if isinstance(defaults, dict) else None


@dataclass(frozen=True, slots=True)
class CompletionStatus:
    """Whether a shell completes the command.

    Attributes:
        shell: Name of the shell; empty if unknown.
        path: The installed completion script; None if there is none.
    """

    shell: str
    path: Path | None


def completion_status() -> CompletionStatus:
    """Return whether the user's shell completes the command."""
    shell = Path(os.environ.get("SHELL", "")).name
    try:
        paths = _script_paths(Path.home(), shell)
        return CompletionStatus(shell, next((path for path in paths if path.is_file()), None))
    except (OSError, RuntimeError):
        return CompletionStatus(shell, None)


def _script_paths(home: Path, shell: str) -> Iterator[Path]:
    """Yield where a completion script may be: by the shell's convention, and by that of `--install-completion`."""
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
