"""`goldspan studio`: the life of goldspan's own Label Studio."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import Json, Records, SchemeFile
from .show import error, note, result, result_json, table

if TYPE_CHECKING:
    from ..annotate.studio import Api, Status
    from ..annotate.studio.progress import Tell
    from ..schema import Scheme
    from .flows.studio import Sheet

app = typer.Typer(help="Label Studio: a server of goldspan's own, or yours.", no_args_is_help=True)

Name = Annotated[str, typer.Option("--name", metavar="NAME", help="Which of goldspan's own servers.")]
ProjectName = Annotated[
    str | None, typer.Option("--project", metavar="TITLE", help="Title of the project; the scheme's name if not given.")
]
PlanFile = Annotated[
    Path | None, typer.Option("--plan", metavar="FILE", help="The plan of who reads what; plan.json if not given.")
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
    plan: PlanFile = None,
    url: Url = None,
    json: Json = False,
) -> None:
    """Say whether the server runs, where, with what. Ends with status 3 where it does not."""
    from ..annotate.studio import status as ask

    if password:
        _show_password(name)
        return
    if plan is not None:
        _progress(plan, name, url, json=json)
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
def invite(name: Name = "default", url: Url = None) -> None:
    """Print the address where another annotator makes her account; nobody can without it."""
    with connect(url, name) as api:
        told = api.get("/api/invite")
        result(f"{api.connection.url}{told['invite_url']}")
        note("note: every account sees every project of the server")


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
    annotators: Annotated[
        str, typer.Option("--annotators", metavar="A,B,…", help="Plan who reads what, a project for each.")
    ] = "",
    overlap: Annotated[
        float,
        typer.Option(
            "--overlap", metavar="N", help="How many read a document, on the average: 1.2 for a fifth by two."
        ),
    ] = 1.0,
    blind: Annotated[
        float,
        typer.Option("--blind", metavar="FRACTION", help="Share of the documents that is shown without suggestions."),
    ] = 0.0,
    plan: PlanFile = None,
    own_servers: Annotated[
        bool, typer.Option("--own-servers", help="Each annotator works at the server of her name, unseen by others.")
    ] = False,
    conflicts: Annotated[
        str | None,
        typer.Option("--conflicts", metavar="FILE", help="Make a review of what adjudicate --conflicts wrote."),
    ] = None,
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
    from ..schema import UsageError, load_scheme
    from .flows.review import push_review
    from .flows.studio import push_files, read_sheets

    loaded = load_scheme(scheme)
    text = None if guidelines is None else _markdown(guidelines)
    if annotators or plan is not None:
        if conflicts:
            raise UsageError("--conflicts makes a review for one. Fix: leave out --annotators and --plan")
        sheets = read_sheets(file, suggestions or [], loaded)
        scope = _Scope(annotators, overlap, blind, own_servers, project or loaded.ref, plan)
        _push_planned(scope, sheets, loaded, text, name, url, json=json)
        return
    if blind or overlap != 1 or own_servers:
        raise UsageError("--blind, --overlap and --own-servers belong to a plan. Fix: --annotators A,B,…")
    with connect(url, name) as api:
        if conflicts:
            sheets = read_sheets(file, suggestions or [], loaded)
            title = project or f"{loaded.ref} review"
            done = push_review(api, sheets, conflicts, loaded, title=title, guidelines=text)
        else:
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
    plan: PlanFile = None,
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
    from .flows.studio import PullDone, pull_files

    loaded = load_scheme(scheme)
    if plan is not None:
        from ..annotate.studio.plan import read_plan
        from .flows.team import pull_planned

        found = read_plan(plan)
        parts = pull_planned(_by_annotator(found.servers, name, url), found, out, loaded, carry=carry)
        done = PullDone.together(list(parts.values()))
    else:
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


@dataclass(frozen=True, slots=True)
class _Scope:
    """What the options of a planned push say."""

    annotators: str
    overlap: float
    blind: float
    own_servers: bool
    title: str
    plan: Path | None


def _push_planned(
    scope: _Scope,
    sheets: list[Sheet],
    scheme: Scheme,
    guidelines: str | None,
    name: str,
    url: str | None,
    *,
    json: bool,
) -> None:
    from ..annotate.studio.plan import loads, make_plan, read_plan, write_plan
    from ..schema import UsageError
    from .flows.team import push_planned

    path = scope.plan or Path("plan.json")
    before = read_plan(path) if path.exists() else None
    if scope.annotators:
        names = [part.strip() for part in scope.annotators.split(",")]
    elif before is not None:
        names = list(before.annotators)
    else:
        raise UsageError(f"--plan {path}: there is none yet. Fix: --annotators A,B,… makes one")
    given = before if before is not None and not scope.annotators else None
    plan = make_plan(
        [sheet.document for sheet in sheets],
        names,
        title=given.title if given else scope.title,
        overlap=given.overlap if given else scope.overlap,
        blind=given.blind if given else scope.blind,
        servers=given.servers if given else scope.own_servers,
        before=before,
    )
    write_plan(path, plan)  # before anything is sent, so that a push that breaks off goes on by the same plan
    done = push_planned(_by_annotator(plan.servers, name, url), plan, sheets, scheme, guidelines=guidelines)
    if json:
        result_json({"plan": str(path), "annotators": {who: item.to_dict() for who, item in done.items()}})
        return
    table(
        [
            (
                who,
                *loads(plan)[who],
                done[who].told() if who in done else "-",
                done[who].project.url if who in done else "-",
            )
            for who in plan.annotators
        ],
        ("annotator", "documents", "read by others too", "blind", "pushed", "project"),
    )
    if not plan.servers and len(plan.annotators) > 1:
        note("note: on one server all can open all projects: Label Studio's open edition has no walls inside")
        note("      (--own-servers gives each a server of her own)")
    note(f"next: goldspan studio status --plan {path}; goldspan studio pull --plan {path} --out passes")


def _by_annotator(servers: bool, name: str, url: str | None) -> Callable[[str], Api]:
    """The server that an annotator works at."""
    from ..schema import UsageError

    if servers and url is not None:
        raise UsageError("a plan with servers of goldspan's own takes no --url")
    return lambda annotator: connect(url, annotator if servers else name)


def _progress(path: Path, name: str, url: str | None, *, json: bool) -> None:
    """How far each annotator of a plan is."""
    from ..annotate.studio.plan import read_plan
    from .flows.team import progress

    plan = read_plan(path)
    told = progress(_by_annotator(plan.servers, name, url), plan)
    if json:
        result_json({"plan": str(path), "annotators": [item.to_dict() for item in told]})
        return
    rows = [
        (
            item.annotator,
            f"{item.annotated + item.skipped}/{item.planned}",
            item.skipped,
            f"{item.seconds / 60:.0f}",
            item.url or "not pushed yet",
        )
        for item in told
    ]
    table(rows, ("annotator", "done", "skipped", "minutes", "project"))


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
