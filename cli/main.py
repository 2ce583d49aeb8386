"""The `goldspan` command: its sub-commands, and what becomes of every error."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer

from ..schema.errors import DependencyError, GoldspanError, UsageError, os_error_hint
from . import hints
from .commands import corpus, schema, studio
from .commands.adjudicate import adjudicate
from .commands.agree import agree
from .commands.annotate import annotate, extractors
from .commands.bench import bench
from .commands.convert import convert
from .commands.demo import demo
from .commands.doctor import doctor
from .commands.export import export
from .commands.lookup import lookup
from .commands.score import score
from .commands.studio_backend import backend
from .commands.studio_pull import pull
from .commands.studio_push import push
from .commands.studio_reassign import reassign
from .commands.train import train
from .configuration import Configuration, active_config, load
from .effects import CheckedGroup
from .option_schema import option_schema

app = CheckedGroup(
    name="goldspan",
    help="Annotate conflict news, make gold of it, publish it, and score systems against it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "color": False},
)
app.command()(demo)
app.add_typer(schema.app, name="schema")
app.add_typer(corpus.app, name="corpus")
app.command()(annotate)
app.command()(extractors)
app.command()(adjudicate)
app.command()(export)
app.command()(convert)
app.command()(score)
app.command()(agree)
app.command()(bench)
app.command()(train)
app.command()(lookup)
app.command()(doctor)
studio.app.command()(push)
studio.app.command()(pull)
studio.app.command()(reassign)
studio.app.command()(backend)
app.add_typer(studio.app, name="studio")


_INTERRUPTED = 130
_ENDINGS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Signals that are an interruption like any other: a lost terminal too."""
_COMPLETING = "_GOLDSPAN_COMPLETE"  # by which typer's scripts ask
_CallFault: Any = typer.BadParameter.__mro__[1]  # what typer raises for every wrong call, under no public name


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"goldspan {version('goldspan')}")  # noqa: T201
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Options of the command itself."""
    context.default_map = {}
    try:
        path, named = active_config()
        found = Configuration() if path is None else load(path, option_schema(context.command), named=named)
    except UsageError:
        if context.invoked_subcommand != "doctor":  # which says so itself
            raise
        return
    context.default_map = dict(found.defaults)
    hints.use(found.hints)


def main() -> NoReturn:
    """Runs the command and ends the process: 0 done, 1 data, 2 call, 3 surroundings at fault, 130 interrupted."""
    for number in _ENDINGS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means what it says
            signal.signal(number, _interrupt)
    try:
        if sys.stdin is None or sys.stdout is None or sys.stderr is None:
            raise DependencyError("standard input, output or error is closed. Fix: open it, or point it at /dev/null")
        status: int = app(standalone_mode=False) or 0
        if status == _INTERRUPTED:  # how typer hands on a KeyboardInterrupt
            from .console import interruption

            _say(f"interrupted; {interruption()}", status)
    except GoldspanError as error:
        for line in error.lines:
            status = _say(line, error.exit_code)
        _show_example(error)
    except SystemExit as error:
        if _COMPLETING in os.environ:  # a shell's question, which typer has answered
            raise
        if not error.code:
            raise
        # typer's answer to a closed pipe: its reader has seen enough, and Python must not flush what it cannot
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        status = _say(f"{named}{error.strerror or error}. Fix: {os_error_hint(error)}", 3)
    except ModuleNotFoundError as error:
        if not error.name or error.name.partition(".")[0] == __package__.partition(".")[0]:
            raise
        package = error.name.partition(".")[0]
        status = _say(
            f"the package {package} is not installed. Fix: pip install {package}; goldspan doctor shows all", 3
        )
    except _CallFault as error:
        status = 2
        if type(error).__name__ == "NoArgsIsHelpError":
            sys.stderr.write(error.format_message() + "\n")
        else:
            message = error.format_message()
            _say(f"{message}{'' if message.endswith(('.', '?')) else '.'}{_usage(error)}", status)
    for number in (signal.SIGINT, *_ENDINGS):  # all is done: what follows is Python's own tidying
        signal.signal(number, signal.SIG_IGN)
    sys.exit(status)


def _say(message: str, status: int) -> int:
    from .console import error

    error(message)
    return status


def _show_example(error: GoldspanError) -> None:
    from .console import note

    for line in error.example:
        note(line)


def _usage(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    return f" Fix: {context.command_path} --help" if context is not None else ""


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
