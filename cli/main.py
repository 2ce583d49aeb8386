"""The `goldspan` command: its sub-commands, and what becomes of every error."""

from __future__ import annotations

import errno
import os
import signal
import sys
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer

from ..schema.errors import DataError, GoldspanError, SurroundingsError
from . import corpus, schema, studio
from .adjudicate import adjudicate
from .agree import agree
from .annotate import annotate, extractors
from .bench import bench
from .demo import demo
from .export import convert, export
from .lookup import lookup
from .score import score
from .studio_backend import backend
from .studio_pull import pull
from .studio_push import push
from .train import train

app = typer.Typer(
    name="goldspan",
    help="Annotate conflict news, make gold of it, publish it, and score systems against it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
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
studio.app.command()(push)
studio.app.command()(pull)
studio.app.command()(backend)
app.add_typer(studio.app, name="studio")


_INTERRUPTED = 130
_CallFault: Any = typer.BadParameter.__mro__[1]  # what typer raises for every wrong call, under no public name


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"goldspan {version('goldspan')}")  # noqa: T201
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Options of the command itself."""


def main() -> NoReturn:
    """Runs the command and ends the process: 0 done, 1 data, 2 call, 3 surroundings at fault, 130 interrupted."""
    for name in ("SIGTERM", "SIGHUP"):  # a lost terminal is an interruption like any other
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    try:
        if sys.stdin is None or sys.stdout is None or sys.stderr is None:
            raise SurroundingsError("standard input, output or error is closed. Fix: open it, or point it at /dev/null")
        status: int = app(standalone_mode=False) or 0
        if status == _INTERRUPTED:  # how typer hands on a KeyboardInterrupt
            _say("interrupted; nothing was left half-written", status)
    except DataError as error:
        for problem in error.problems:
            status = _say(str(problem), error.exit_code)
    except GoldspanError as error:
        status = _say(str(error), error.exit_code)
    except SystemExit:
        # typer's answer to a closed pipe: its reader has seen enough, and Python must not flush what it cannot
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except OSError as error:
        full = ". Fix: make room on the disk" if error.errno == errno.ENOSPC else ""
        named = f"{error.filename}: " if error.filename else ""
        status = _say(f"{named}{error.strerror or error}{full}", 3)
    except _CallFault as error:
        status = 2
        if type(error).__name__ == "NoArgsIsHelpError":
            sys.stderr.write(error.format_message() + "\n")
        else:
            _say(f"{error.format_message()}{_usage(error)}", status)
    sys.exit(status)


def _say(message: str, status: int) -> int:
    from .show import error

    error(message)
    return status


def _usage(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    return f" Fix: {context.command_path} --help" if context is not None else ""


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
