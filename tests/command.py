"""The command within this process: the entry point that is installed, with streams and surroundings of its own.

What a process of its own is the point of (signals, pipes, limits, what Python does at its start) is run as one.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess
from typing import IO, Any

GOLDSPAN = Path(sys.executable).with_name("goldspan")

Streams = tuple[int | None, int, int]
"""Descriptors for standard input, which is empty if None, output and error."""

_INTERRUPTED = 130
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@cache
def command_tree() -> Any:
    """The command with all its commands and options, which are built only once: that takes longer than many calls."""
    import typer

    from goldspan.cli.main import app

    return typer.main.get_command(app)


def run_here(
    *args: object, stdin: str | None = None, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> CompletedProcess[str]:
    """Runs the command as a shell would, but within this process, and leaves this process as it was."""
    with _file() as given, _file() as out, _file() as err:
        given.write(stdin or "")
        given.seek(0)
        status = run_between(args, (given.fileno(), out.fileno(), err.fileno()), cwd=cwd, env=env)
        shown = [stream.read() for stream in (out, err) if stream.seek(0) == 0]
    return CompletedProcess([str(GOLDSPAN), *map(str, args)], status, *shown)


def run_between(
    args: tuple[object, ...], streams: Streams, *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> int:
    """Runs the command between standard streams of its own, and returns its exit status."""
    from goldspan.cli.entry_point import main

    with surroundings(streams, cwd=cwd, env=env), _state():
        sys.argv = [str(GOLDSPAN), *map(str, args)]
        try:
            main()
        except SystemExit as end:
            if end.code == _INTERRUPTED:  # somebody interrupts the tests
                raise KeyboardInterrupt from None
            if end.code is None or isinstance(end.code, int):
                return end.code or 0
            sys.stderr.write(f"{end.code}\n")
        except BaseException:  # as Python ends a process
            traceback.print_exc()
        return 1


@contextlib.contextmanager
def surroundings(streams: Streams, *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Iterator[None]:
    """What a process is given and may change, of which nothing is left at the end."""
    with _variables_and_folder(cwd, env), _standard_streams(streams), _handlers():
        yield


def _file() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8")


@contextlib.contextmanager
def _variables_and_folder(cwd: Path | None, env: Mapping[str, str] | None) -> Iterator[None]:
    """The working folder, variables and arguments; what the command makes of them goes with it."""
    variables, arguments = dict(os.environ), sys.argv
    try:
        if env is not None:
            _set_variables(env)
        with contextlib.chdir(cwd or Path.cwd()):
            yield
    finally:
        sys.argv = arguments
        _set_variables(variables)


def _set_variables(wanted: Mapping[str, str]) -> None:
    for name in [name for name in os.environ if name not in wanted]:
        del os.environ[name]
    for name, value in wanted.items():
        if os.environ.get(name) != value:
            os.environ[name] = value


@contextlib.contextmanager
def _standard_streams(wanted: Streams) -> Iterator[None]:
    """Standard streams at the level of descriptors, so that C code and processes that are started have them too."""
    before = sys.stdin, sys.stdout, sys.stderr
    for stream in before[1:]:
        stream.flush()
    kept = [os.dup(number) for number in range(3)]
    try:
        given, *shown = wanted
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, one in enumerate((nothing if given is None else given, *shown)):
            os.dup2(one, number)
        os.close(nothing)
        # who keeps one of them, as a log does, writes to what the descriptor is by then
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
        for number, one in enumerate(kept):
            os.dup2(one, number)
            os.close(one)


@contextlib.contextmanager
def _handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _state() -> Iterator[None]:
    """What the command keeps for as long as its process lives."""
    from goldspan.cli import console, hints

    kept = [(console, "_options"), (console, "_interruption"), (hints, "_enabled")]
    before = [getattr(module, name) for module, name in kept]
    try:
        yield
    finally:
        for (module, name), value in zip(kept, before, strict=True):
            setattr(module, name, value)
