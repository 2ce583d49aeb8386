"""The `goldspan` command: its subcommands, and how each error ends it."""

from __future__ import annotations

import os
import signal
import sys
from functools import cache
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
import typer.main

from ..schema.errors import DependencyError, GoldspanError, UsageError, os_error_hint
from ..schema.extras import extra_of_module, install_command
from . import hints
from .commands import corpus, schema
from .commands.adjudicate import adjudicate
from .commands.agree import agree
from .commands.annotate import annotate, extractors
from .commands.bench import bench
from .commands.benchmarking import field_gold
from .commands.convert import convert
from .commands.corpus_work.withdraw import withdraw
from .commands.demo import demo
from .commands.doctor import doctor
from .commands.export import export
from .commands.inference.estimate import estimate
from .commands.inference.power import app as power_app
from .commands.inference.probe import probe
from .commands.init import init
from .commands.lookup import lookup
from .commands.score import score
from .commands.stored_scores.comparable import comparable
from .commands.stored_scores.leaderboard import leaderboard
from .commands.studio import studio_server
from .commands.studio.studio_backend import backend
from .commands.studio.studio_backup import backup, restore, upgrade
from .commands.studio.studio_compose import compose
from .commands.studio.studio_migrate import migrate
from .commands.studio.studio_move import move
from .commands.studio.studio_pull import pull
from .commands.studio.studio_push import push
from .commands.studio.studio_reassign import reassign
from .commands.studio.studio_report import report
from .commands.train import train
from .configuration import Configuration, active_config, load
from .option_effects import CheckedGroup
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
app.command()(init)
app.add_typer(schema.app, name="schema")
app.add_typer(corpus.app, name="corpus")
app.command()(annotate)
app.command()(extractors)
app.command()(adjudicate)
app.command()(export)
app.command()(convert)
app.command()(withdraw)
app.command()(score)
app.command()(leaderboard)
app.command()(comparable)
app.command()(agree)
app.command()(estimate)
app.add_typer(power_app, name="power")
app.command()(probe)
app.command()(bench)
app.add_typer(field_gold.app, name="gold")
app.command()(train)
app.command()(lookup)
app.command()(doctor)
studio_server.app.command()(push)
studio_server.app.command()(pull)
studio_server.app.command()(reassign)
studio_server.app.command()(migrate)
studio_server.app.command()(report)
studio_server.app.command()(backend)
studio_server.app.command()(compose)
studio_server.app.command()(move)
studio_server.app.command()(backup)
studio_server.app.command()(restore)
studio_server.app.command()(upgrade)
app.add_typer(studio_server.app, name="studio")


_INTERRUPTED = 130
_ENDINGS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Signals that interrupt like Ctrl-C, such as a lost terminal."""
_COMPLETING = "_GOLDSPAN_COMPLETE"  # set by typer's completion scripts
_CallError: Any = typer.BadParameter.__mro__[1]  # what typer raises for every wrong call, under no public name


def _version(requested: bool) -> None:
    if requested:
        from importlib.metadata import version

        print(f"goldspan {version('goldspan')}")  # noqa: T201
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Handle the options of the command itself."""
    context.default_map = {}
    try:
        path, named = active_config()
        config = Configuration() if path is None else load(path, option_schema(context.command), named=named)
    except UsageError:
        if context.invoked_subcommand != "doctor":  # which reports it
            raise
        return
    context.default_map = dict(config.defaults)
    hints.enable(config.hints)


@cache
def _command() -> Any:
    return typer.main.get_command(app)  # builds every command and option, which takes longer than many of them


def main() -> NoReturn:
    """Run the command and exit: 0 done, 1 bad data, 2 bad call, 3 a dependency is missing or fails, 130 interrupted."""
    for number in _ENDINGS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, _interrupt)
    try:
        if sys.stdin is None or sys.stdout is None or sys.stderr is None:
            raise DependencyError("standard input, output or error is closed. Fix: open it, or point it at /dev/null")
        status: int = _command()(prog_name="goldspan", standalone_mode=False) or 0
        if status == _INTERRUPTED:  # what typer returns for a KeyboardInterrupt
            from .console import interruption

            _print_error(f"interrupted; {interruption()}", status)
    except GoldspanError as error:
        for line in error.lines:
            status = _print_error(line, error.exit_code)
        _show_example(error)
    except SystemExit as error:
        if _COMPLETING in os.environ:  # typer has answered the shell
            raise
        if not error.code:
            raise
        # typer exits so on a closed pipe: the reader has seen enough, and Python must not flush to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except OSError as error:
        prefix = f"{error.filename}: " if error.filename else ""
        status = _print_error(f"{prefix}{error.strerror or error}. Fix: {os_error_hint(error)}", 3)
    except ModuleNotFoundError as error:
        if not error.name or error.name.partition(".")[0] == __package__.partition(".")[0]:
            raise
        package = error.name.partition(".")[0]
        extra = extra_of_module(package)
        fix = install_command(extra) if extra else f"pip install {package}"
        status = _print_error(
            f"the package {package} is not installed. Fix: {fix}; goldspan doctor lists the rest",
            3,
        )
    except _CallError as error:
        status = 2
        if type(error).__name__ == "NoArgsIsHelpError":
            sys.stderr.write(error.format_message() + "\n")
        else:
            message = error.format_message()
            _print_error(f"{message}{'' if message.endswith(('.', '?')) else '.'}{_usage(error)}", status)
    for number in (signal.SIGINT, *_ENDINGS):  # all is done, and Python shuts down
        signal.signal(number, signal.SIG_IGN)
    sys.exit(status)


def _print_error(message: str, status: int) -> int:
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
