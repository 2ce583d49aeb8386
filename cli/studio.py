"""`goldspan studio`: the life of goldspan's own Label Studio."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import Json, Records, SchemeFile
from .show import error, note, result, result_json

if TYPE_CHECKING:
    from ..annotate.studio import Api, Status
    from ..annotate.studio.link import Link
    from ..annotate.studio.progress import Tell

app = typer.Typer(help="Label Studio: a server of goldspan's own, or yours.", no_args_is_help=True)

Name = Annotated[str, typer.Option("--name", metavar="NAME", help="Which of goldspan's own servers.")]
ProjectName = Annotated[
    str | None, typer.Option("--project", metavar="TITLE", help="Title of the project; the scheme's name if not given.")
]
Url = Annotated[str | None, typer.Option("--url", metavar="URL", help="A Label Studio of your own instead.")]

_DOWN = 3


@app.command()
def up(
    name: Name = "default",
    port: Annotated[
        int | None,
        typer.Option(min=1024, max=65535, help="To listen on; the last one, or a free one, if not given."),
    ] = None,
    local_backends: Annotated[
        bool, typer.Option("--local-backends", help="Let it call services that suggest, on this machine.")
    ] = False,
    json: Json = False,
) -> None:
    """Start the server where it does not run; the first time it is installed, which takes a minute or two."""
    from ..annotate.studio import up as start

    with _telling() as tell:
        state, started = start(name, port=port, local_backends=local_backends, tell=tell)
    if json:
        result_json({**_as_data(state), "started": started})
        return
    if not started:
        note("it runs already")
    named = _named(name)
    result(f"Label Studio {state.version}: {state.url}")
    result(f"user: {state.username}")
    result(f"password: goldspan studio status --password{named} shows it (kept in {state.credentials})")
    result(f"to stop: goldspan studio down{named}")


@app.command()
def down(name: Name = "default") -> None:
    """Stop the server; all its data stays."""
    from ..annotate.studio import down as stop

    result("stopped; the data stays" if stop(name) else "it does not run")


@app.command()
def status(
    name: Name = "default",
    password: Annotated[bool, typer.Option("--password", help="Print the password, and nothing else.")] = False,
    json: Json = False,
) -> None:
    """Say whether the server runs, where, with what. Ends with status 3 where it does not."""
    from ..annotate.studio import status as ask

    if password:
        _show_password(name)
        return
    state = ask(name)
    if json:
        result_json(_as_data(state))
    elif state.running:
        result(f"Label Studio {state.version} runs: {state.url} (process {state.pid})")
        result(f"user: {state.username}")
        result(f"projects: {state.projects}")
    elif state.pid:
        result(f"its process {state.pid} runs, but: {state.fault}")
    else:
        result(f"it does not run. To start: goldspan studio up{_named(name)}")
    if not json:
        result(f"data: {state.folder}")
        if state.local_backends and state.running:
            result("it may call services on this machine")
    if not state.running:
        raise typer.Exit(_DOWN)


@app.command()
def logs(
    name: Name = "default",
    lines: Annotated[int, typer.Option("-n", "--lines", min=0, help="How many of the last lines.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as more is written, until Ctrl-C.")] = False,
) -> None:
    """Print what the server wrote."""
    from ..annotate.studio import home
    from ..annotate.studio.log import following, last_lines

    file = home().place(name).log
    for line in last_lines(file, lines):
        result(line)
    if not file.is_file():
        note(f"no log yet: {file}")
    if follow:
        for line in following(file):
            result(line)
            sys.stdout.flush()


@app.command()
def push(
    file: Records,
    suggestions: Annotated[
        list[str] | None,
        typer.Option("--suggestions", metavar="FILE", help="Records with suggestions for the same texts; several."),
    ] = None,
    project: ProjectName = None,
    guidelines: Annotated[
        Path | None, typer.Option("--guidelines", metavar="FILE", help="Markdown shown as the project's instructions.")
    ] = None,
    name: Name = "default",
    url: Url = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Bring documents with suggestions to a project: each once, however often it is sent and whatever breaks.

    The spans of FILE are suggestions of the annotator that its layers state.
    """
    from ..schema import load_scheme
    from .flows.studio import push_files

    loaded = load_scheme(scheme)
    text = None if guidelines is None else _markdown(guidelines)
    with connect(url, name) as api:
        done = push_files(api, file, suggestions or [], loaded, title=project, guidelines=text)
    if json:
        result_json(done.to_dict())
        return
    if done.interface:
        note(f"project {done.project.title!r} {done.interface}: {done.project.url}")
    result(done.told())
    result(f"annotate: {done.project.url}")
    note("next: goldspan studio pull --out annotations.jsonl, when people have worked")


@app.command()
def pull(
    out: Annotated[Path, typer.Option("--out", help="A records file for one annotator; a folder for a file of each.")],
    annotator: Annotated[str, typer.Option("--annotator", metavar="NAME", help="Only this one's work.")] = "",
    carry: Annotated[
        bool, typer.Option("--carry", help="Give spans without a value that of equal ones in the same document.")
    ] = False,
    project: ProjectName = None,
    name: Name = "default",
    url: Url = None,
    scheme: SchemeFile = None,
    json: Json = False,
) -> None:
    """Bring people's work back as layers, one for each annotator.

    Ends with status 1 where something makes no valid span; it is told with its task and kept with the document.
    """
    from ..schema import load_scheme
    from .flows.studio import pull_files

    loaded = load_scheme(scheme)
    with connect(url, name) as api:
        done = pull_files(api, out, loaded, title=project, annotator=annotator, carry=carry)
    for problem in done.problems:
        error(str(problem))
    for remark in done.remarks:
        note(f"note: {remark}")
    if json:
        result_json(done.to_dict())
    else:
        for path, (who, count) in done.files.items():
            result(f"{who}: {count} documents -> {path}")
        result(f"{done.read} tasks read{' (all)' if done.whole else ''}, {len(done.problems)} problems")
    if done.problems:
        raise typer.Exit(1)


@app.command()
def backend(
    extractor: Annotated[
        str, typer.Option("--extractor", metavar="NAME[:ARG]", help="As `goldspan extractors` lists them.")
    ],
    project: ProjectName = None,
    name: Name = "default",
    url: Url = None,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Of this machine, by which the server reaches it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="To listen on; a free one if not given.")] = 0,
    scheme: SchemeFile = None,
) -> None:
    """Suggest spans as people open tasks, until Ctrl-C; the project is linked to it for as long.

    goldspan's own server must be started with `goldspan studio up --local-backends`.
    """
    from ..schema import load_scheme
    from .flows.backend import serve_backend

    def ready(made: Link) -> None:
        if made.replaced:
            note(f"in place of the link to {made.replaced}")
        if made.before not in ("", made.name):
            note(f"the project shows suggestions of {made.name!r} now; before: {made.before!r}")
        if not made.first:
            note("warning: Label Studio asks only the first backend of a project, and that is another one")
        result(f"{made.name} suggests in {made.project.title!r}: {made.project.url}")
        result(f"backend: {made.url}")
        sys.stdout.flush()
        note("to stop: Ctrl-C")

    def tell(line: str) -> None:
        with suppress(OSError):  # a terminal that is gone takes no suggestions away
            note(line)

    loaded = load_scheme(scheme)
    with connect(url, name) as api:
        serve_backend(api, extractor, loaded, title=project, host=host, port=port, tell=tell, ready=ready)


def _markdown(path: Path) -> str:
    from ..schema import DataError, Problem

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise DataError(Problem(f"the guidelines cannot be read: {fault}", "", str(path))) from fault


def connect(url: str | None, name: str) -> Api:
    """Calls of the server that a command's options mean; says where a token goes unencrypted.

    Raises:
        UsageError: The address or name is none.
        SurroundingsError: No server, no token, a refused one, something that is no Label Studio.
    """
    from ..annotate.studio import client, resolve

    connection = resolve(url, name)
    if connection.warning:
        note(f"warning: {connection.warning}")
    return client(connection)


def _show_password(name: str) -> None:
    from ..annotate.studio import home
    from ..annotate.studio.credentials import read_credentials
    from ..schema import SurroundingsError

    credentials = read_credentials(home().place(name))
    if credentials is None:
        raise SurroundingsError(f"there is no such server yet. Fix: goldspan studio up{_named(name)}")
    result(credentials.password)


def _named(name: str) -> str:
    return "" if name == "default" else f" --name {name}"


def _as_data(state: Status) -> dict[str, object]:
    return {
        "name": state.name,
        "running": state.running,
        "url": state.url or None,
        "pid": state.pid or None,
        "version": state.version or None,
        "data": str(state.folder),
        "username": state.username or None,
        "credentials": str(state.credentials),
        "projects": state.projects,
        "local_backends": state.local_backends,
        "fault": state.fault or None,
    }


@contextmanager
def _telling() -> Iterator[Tell]:
    """Steps as lines on standard error; those that count as a bar where it is a terminal."""
    from tqdm import tqdm

    bar: tqdm | None = None
    last = ""

    def tell(what: str, done: int, total: int) -> None:
        nonlocal bar, last
        if what != last:
            if bar is not None:
                bar.close()
                bar = None
            note(what)
            last = what
        if total and bar is None and sys.stderr.isatty():
            bar = tqdm(total=total, unit="", leave=False)
        if bar is not None:
            bar.update(done - bar.n)

    try:
        yield tell
    finally:
        if bar is not None:
            bar.close()
