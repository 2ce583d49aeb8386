"""Several annotators: a plan of who reads what, a project for each, their work pulled and their progress told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..annotate.label_studio import StudioClient
from ..annotate.label_studio.client.projects import find_project
from ..annotate.label_studio.mapping.tasks import Task, make_task
from ..annotate.label_studio.sync.annotations import annotated_tasks
from ..annotate.label_studio.sync.assignment import Plan
from ..annotate.label_studio.sync.worked_tasks import count_drafts
from ..schema import DataError, Problem, Scheme, Span, UsageError
from .pull_project import PullSummary, pull_files
from .push_project import PreparedPush, PushSummary, prepare_push, push_prepared
from .suggestion_sheets import DocumentWithSuggestions

Connect = Callable[[str], StudioClient]
"""Gives the server that an annotator works at."""


@dataclass(frozen=True, slots=True)
class AnnotatorProgress:
    """How far an annotator is.

    Attributes:
        annotator: Name.
        planned: Documents to read.
        annotated: Of these, done.
        skipped: Of these, passed over.
        drafts: Documents with a draft that she has not submitted.
        seconds: Of work, where the server knows.
        url: Of the project; empty where there is none yet.
        left: Whether she has left the plan.
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
        """As plain data."""
        return {name: getattr(self, name) for name in self.__slots__}


def push_planned(
    connect: Connect,
    plan: Plan,
    sheets: Sequence[DocumentWithSuggestions],
    scheme: Scheme,
    *,
    guidelines: str | None = None,
) -> dict[str, PushSummary]:
    """Brings each annotator's documents to her project, those of the blind share without suggestions.

    Args:
        connect: Server of an annotator.
        plan: Who reads what; documents that it lacks are left out.
        sheets: The documents, in the order in which they are to be read.
        scheme: Theirs.
        guidelines: As `push_files`.

    Raises:
        DataError: As `push_files`, with the faults of all projects.
        StudioError: A server does not answer, or refuses; what was pushed stands, and the same push completes it.
    """
    with ExitStack() as stack:
        ready: dict[str, tuple[StudioClient, PreparedPush]] = {}
        problems: list[Problem] = []
        for annotator in plan.annotators:
            own = plan.of(annotator)
            theirs = [sheet for sheet in sheets if sheet.document.id in own]
            if not theirs:
                continue
            api = stack.enter_context(connect(annotator))
            try:
                tasks = [_task(sheet, blind=own[sheet.document.id].blind, scheme=scheme) for sheet in theirs]
                title = plan.project(annotator)
                ready[annotator] = api, prepare_push(api, tasks, scheme, title=title, guidelines=guidelines)
            except DataError as error:
                problems += [problem for problem in error.problems if problem not in problems]
        if problems:
            raise DataError(problems)
        return {annotator: push_prepared(api, prepared) for annotator, (api, prepared) in ready.items()}


def _task(sheet: DocumentWithSuggestions, *, blind: bool, scheme: Scheme) -> Task:
    shown: Mapping[str, tuple[Span, ...]] = {} if blind else sheet.suggestions
    return make_task(sheet.document, shown, scheme, about=sheet.about)


def pull_planned(
    connect: Connect, plan: Plan, out: Path, scheme: Scheme, *, carry: bool = False, drafts: bool = False
) -> dict[str, PullSummary]:
    """Brings each annotator's work to a file of hers in a folder; one whose project is not there yet is left out.

    Args:
        connect: Server of an annotator.
        plan: Whose work; a layer is called after the plan's annotator, whatever her account is called.
        out: Folder.
        scheme: Of the projects.
        carry: As `pull_files`.
        drafts: As `pull_files`.

    Raises:
        UsageError: The output is no folder.
    """
    if out.suffix and not out.is_dir():
        raise UsageError(f"--out {out}: a plan's layers go to a file each. Fix: a folder for --out")
    done = {}
    for annotator in plan.annotators:
        with connect(annotator) as api:
            if find_project(api, plan.project(annotator)) is not None:
                done[annotator] = pull_files(
                    api, out, scheme, title=plan.project(annotator), owner=annotator, carry=carry, drafts=drafts
                )
    return done


def progress(connect: Connect, plan: Plan) -> list[AnnotatorProgress]:
    """How far each annotator of a plan is."""
    told = []
    for annotator in plan.annotators:
        planned = len(plan.of(annotator))
        with connect(annotator) as api:
            project = find_project(api, plan.project(annotator))
            work = [] if project is None else list(annotated_tasks(api, project))
            drafts = 0 if project is None else count_drafts(api, project)
        newest = [max(item.annotations, key=lambda one: (one.updated, one.id)) for item in work if item.annotations]
        skipped = sum(one.skipped for one in newest)
        seconds = sum(one.lead_time or 0.0 for item in work for one in item.annotations)
        url = project.url if project else ""
        left = annotator in plan.left
        told.append(AnnotatorProgress(annotator, planned, len(newest) - skipped, skipped, drafts, seconds, url, left))
    return told
