"""Projects of a team: push by plan, pull each annotator's work, and report their progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from ...annotate.label_studio import StudioClient
from ...annotate.label_studio.client.projects import Project, find_project
from ...annotate.label_studio.sync.annotated_tasks import annotated_tasks
from ...annotate.label_studio.sync.assignment import Plan, make_plan, read_plan, write_plan
from ...annotate.label_studio.sync.parts.joined_work import finished_groups
from ...annotate.label_studio.sync.parts.remote_parts import count_drafted_documents
from ...annotate.label_studio.sync.pull_cache import PullCache
from ...schema import DataError, Problem, Scheme, UsageError
from ...schema.progress import Progress, ignore_progress
from .document_parts import cut_for_project
from .document_suggestions import ChosenDocuments, DocumentWithSuggestions
from .pull_project import pull_files, pull_work
from .pull_summary import PullSummary
from .pulled_work import Pulled
from .push_project import PreparedPush, PushSummary, make_tasks, prepare_push, push_prepared
from .studio_servers import Connect, StudioServers


@dataclass(frozen=True, slots=True)
class AnnotatorProgress:
    """The progress of an annotator.

    Attributes:
        annotator: Name.
        planned: Number of documents assigned.
        annotated: Number of these that are annotated.
        skipped: Number of these that are skipped.
        drafts: Number of documents with a draft that is not submitted.
        seconds: Working time, as far as the server recorded it.
        url: Address of the project; empty if there is none yet.
        left: Whether the annotator has left the team.
    """

    annotator: str
    planned: int
    annotated: int
    skipped: int
    drafts: int
    seconds: float
    url: str
    left: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the progress as JSON-compatible data."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class TeamPush:
    """What a planned push did.

    Attributes:
        file: File of the plan.
        plan: Who annotates which documents.
        pushed: What was pushed, by annotator; those without documents are left out.
    """

    file: Path
    plan: Plan
    pushed: dict[str, PushSummary]

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON-compatible data."""
        return {"plan": str(self.file), "annotators": {who: item.to_dict() for who, item in self.pushed.items()}}

    def __str__(self) -> str:
        return "\n".join(f"{who}: {item.summary()}; {item.project.url}" for who, item in self.pushed.items())

    def _repr_html_(self) -> str:
        return "".join(f"<h4>{escape(who)}</h4>{item._repr_html_()}" for who, item in self.pushed.items())


def push_planned(
    connect: Connect,
    plan: Plan,
    documents: Sequence[DocumentWithSuggestions],
    scheme: Scheme,
    *,
    guidelines: str | None = None,
    cut: int | None = None,
    progress: Progress = ignore_progress,
) -> dict[str, PushSummary]:
    """Push each annotator's documents to their project, those of the blind share without suggestions.

    Args:
        connect: Connects to the server of an annotator.
        plan: Who annotates which documents; documents that are not in the plan are left out.
        documents: The documents, in reading order.
        scheme: Their scheme.
        guidelines: As in `push_files`.
        cut: As in `push_files`; each annotator gets all parts of a document.
        progress: As in `push_files`, for each project.

    Raises:
        DataError: As in `push_files`, with the problems of all projects; nothing was sent.
        StudioError: A server does not answer, or refuses. What was pushed stays, and the same push completes it.
    """
    with ExitStack() as stack:
        pushes: dict[str, tuple[StudioClient, PreparedPush]] = {}
        problems: list[Problem] = []
        for annotator in plan.annotators:
            chosen = ChosenDocuments(documents, plan.of(annotator))
            if not chosen:
                continue
            api = stack.enter_context(connect(annotator))
            try:
                title = plan.project(annotator)
                shown = cut_for_project(api, chosen, cut, scheme, title=title)
                blind = {name for name, assignment in plan.of(annotator).items() if assignment.blind}
                tasks = make_tasks(shown, scheme, blind=blind)
                pushes[annotator] = api, prepare_push(api, tasks, scheme, title=title, guidelines=guidelines)
            except DataError as error:
                problems += [problem for problem in error.problems if problem not in problems]
        if problems:
            raise DataError(problems)
        return {name: push_prepared(api, prepared, progress=progress) for name, (api, prepared) in pushes.items()}


def push_by_plan(
    servers: StudioServers,
    plan_file: Path,
    documents: Sequence[DocumentWithSuggestions],
    scheme: Scheme,
    *,
    annotators: Sequence[str] = (),
    title: str | None = None,
    overlap: float = 1.0,
    blind: float = 0.0,
    server_per_annotator: bool = False,
    guidelines: str | None = None,
    cut: int | None = None,
    remark: Callable[[str], None] = lambda _: None,
    progress: Progress = ignore_progress,
) -> TeamPush:
    """Plan who annotates which documents, and push them. An earlier plan is kept, and extended by new documents.

    The plan is written before anything is sent, so that an interrupted push continues by the same plan.

    Args:
        servers: The servers.
        plan_file: File of the plan. If it exists, its title, shares and servers hold, whatever is given here.
        documents: The documents, in reading order.
        scheme: Their scheme.
        annotators: Who annotates; those of the plan by default.
        title: Title of the projects; the scheme's reference by default.
        overlap: As in `make_plan`.
        blind: As in `make_plan`.
        server_per_annotator: Whether each annotator has an embedded server named after them.
        guidelines: As in `push_files`.
        cut: As in `push_planned`.
        remark: Takes a remark about the plan, before anything is sent.
        progress: As in `push_files`, for each project.

    Raises:
        DataError: The file is not a plan, or as in `push_planned`.
        StudioError: As in `push_planned`.
        UsageError: The plan and `annotators` are both missing, or as in `make_plan`.
    """
    before = read_plan(plan_file) if plan_file.exists() else None
    if before is None and not annotators:
        raise UsageError(f"`plan` {plan_file}: no such plan yet. Fix: `annotators` A,B,… makes one")
    plan = make_plan(
        (item.document for item in documents),
        annotators or (before.working if before else ()),
        title=before.title if before else title or scheme.ref,
        overlap=before.overlap if before else overlap,
        blind=before.blind if before else blind,
        servers=before.servers if before else server_per_annotator,
        before=before,
    )
    if plan.blind and not any(item.suggestions for item in documents):
        remark("no document has suggestions, so the blind share does not differ from the others")
    write_plan(plan_file, plan)
    connect = servers.per_annotator(plan.servers)
    pushed = push_planned(connect, plan, documents, scheme, guidelines=guidelines, cut=cut, progress=progress)
    return TeamPush(plan_file, plan, pushed)


def pull_planned(
    connect: Connect,
    plan: Plan,
    out: Path,
    scheme: Scheme,
    *,
    propagate_values: bool = False,
    drafts: bool = False,
    progress: Progress = ignore_progress,
) -> dict[str, PullSummary]:
    """Pull each annotator's work to a file of theirs; annotators without a project yet are left out.

    Args:
        connect: Connects to the server of an annotator.
        plan: The plan. A layer is named after the plan's annotator, whatever their account is called.
        out: A folder.
        scheme: Scheme of the projects.
        propagate_values: As in `pull_files`.
        drafts: As in `pull_files`.
        progress: As in `pull_files`, for each project.

    Raises:
        UsageError: The output is not a folder.
    """
    if out.suffix and not out.is_dir():
        raise UsageError(f"`out` is {out}, and a plan has a file for each annotator. Fix: a folder for `out`")
    pulled = {}
    for annotator, api, project in planned_projects(connect, plan):
        pulled[annotator] = pull_files(
            api,
            out,
            scheme,
            title=project.title,
            owner=annotator,
            propagate_values=propagate_values,
            drafts=drafts,
            progress=progress,
        )
    return pulled


def pull_planned_work(
    connect: Connect,
    plan: Plan,
    scheme: Scheme,
    *,
    propagate_values: bool = False,
    drafts: bool = False,
    progress: Progress = ignore_progress,
) -> Pulled:
    """Pull each annotator's work. Arguments are those of `pull_planned`."""
    parts = []
    for annotator, api, project in planned_projects(connect, plan):
        part = pull_work(
            api,
            project,
            scheme,
            PullCache(),
            owner=annotator,
            propagate_values=propagate_values,
            drafts=drafts,
            progress=progress,
        )
        parts.append(part)
    return Pulled.combine(parts)


def planned_projects(connect: Connect, plan: Plan) -> Iterator[tuple[str, StudioClient, Project]]:
    """Yield each annotator who has a project, with their server and the project."""
    for annotator in plan.annotators:
        with connect(annotator) as api:
            if (project := find_project(api, plan.project(annotator))) is not None:
                yield annotator, api, project


def team_progress(connect: Connect, plan: Plan) -> list[AnnotatorProgress]:
    """Return the progress of each annotator of a plan."""
    rows = []
    for annotator in plan.annotators:
        with connect(annotator) as api:
            project = find_project(api, plan.project(annotator))
            tasks = [] if project is None else list(annotated_tasks(api, project))
            drafts = 0 if project is None else count_drafted_documents(api, project)
        done = [
            [max(task.annotations, key=lambda a: (a.updated, a.id)) for task in parts]
            for parts in finished_groups(task for task in tasks if task.annotations)
        ]
        skipped = sum(any(annotation.skipped for annotation in newest) for newest in done)
        rows.append(
            AnnotatorProgress(
                annotator=annotator,
                planned=len(plan.of(annotator)),
                annotated=len(done) - skipped,
                skipped=skipped,
                drafts=drafts,
                seconds=sum(max(0.0, annotation.lead_time or 0.0) for task in tasks for annotation in task.annotations),
                url=project.url if project else "",
                left=annotator in plan.left,
            )
        )
    return rows
