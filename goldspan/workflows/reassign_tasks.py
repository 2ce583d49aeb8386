"""Reassign the open documents of an annotator who leaves; what they have begun stays theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from ..annotate.label_studio import StudioClient
from ..annotate.label_studio.client.projects import Project, find_project
from ..annotate.label_studio.mapping.tasks import Task
from ..annotate.label_studio.sync.assignment import Plan, reassign_documents, restore_annotator
from ..annotate.label_studio.sync.project_setup import ProjectSetup, plan_project
from ..annotate.label_studio.sync.push import BATCH
from ..annotate.label_studio.sync.push_checksum import remove_checksum
from ..annotate.label_studio.sync.remote_tasks import remote_tasks
from ..annotate.label_studio.sync.task_copies import copy_tasks
from ..annotate.label_studio.sync.task_removal import remove_untouched
from ..schema import Scheme, UsageError, did_you_mean
from .push_project import PreparedPush, push_prepared
from .team_projects import Connect


@dataclass(frozen=True, slots=True)
class Reassigned:
    """What was handed over.

    Attributes:
        plan: As it is now.
        kept: Documents that stay with whoever leaves, since they are annotated, skipped or have a draft.
        moved: Of each of the others, the documents that the plan gives them now, with their words.
        copied: Tasks made in the projects of others.
        removed: Tasks taken out of the project of whoever leaves.
        fewer: Documents that nobody else could take, which have a reader less.
        back: Documents that were to move and were begun meanwhile: they stay too, beside those who got them.
        absent: Documents that were in no project yet; a push brings them.
    """

    plan: Plan
    kept: int
    moved: dict[str, dict[str, int]]
    copied: int
    removed: int
    fewer: list[str]
    back: list[str]
    absent: int

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        moved = {who: {"documents": len(of), "words": sum(of.values())} for who, of in self.moved.items()}
        counts = {"kept": self.kept, "copied": self.copied, "removed": self.removed, "not_pushed_yet": self.absent}
        return {**counts, "moved": moved, "fewer_readers": self.fewer, "begun_meanwhile": self.back}


def reassign(
    connect: Connect,
    plan: Plan,
    leaver: str,
    scheme: Scheme,
    keep: Callable[[Plan], None],
    *,
    to: Sequence[str] = (),
    dry_run: bool = False,
) -> Reassigned:
    """Hands the open documents of an annotator to others, each task just as she had it.

    The plan is kept before anything is sent, tasks are made before any is removed, and each is looked at once more
    right before it is removed. So where this breaks off nothing is lost, and doing it again completes it.

    Args:
        connect: Server of an annotator.
        plan: Who reads what.
        leaver: Who leaves.
        scheme: Of the projects.
        keep: Writes the plan down.
        to: Who gets the documents; all others who have not left where empty.
        dry_run: Say what would be done, and do nothing.

    Raises:
        DataError: A task's text is not the one that was pushed.
        StudioError: A server does not answer, or refuses.
        UsageError: The plan has no such annotator, or nobody is left to read.
    """
    takers = _takers(plan, leaver, to)
    with ExitStack() as stack:
        api = stack.enter_context(connect(leaver))
        project = find_project(api, plan.project(leaver))
        mine = plan.of(leaver)
        held = {} if project is None else remote_tasks(api, project, sorted(plan.documents))
        begun = {name for name, found in held.items() if any(task.worked for task in found)}
        back = sorted(begun - mine.keys())  # an earlier hand-over broke off, and she went on
        tasks = {} if project is None else copy_tasks(api, project, sorted(held.keys() - begun), scheme)
        words = {name: len((tasks[name].document.text or "").split()) if name in tasks else 0 for name in mine}
        words = {name: count for name, count in words.items() if name not in begun}
        desks = [
            _Desk(stack.enter_context(connect(who)), plan, who, sorted({*words, *tasks}))
            for who in plan.working
            if who != leaver
        ]
        has = {desk.who: desk.has for desk in desks}
        made = restore_annotator(reassign_documents(plan, leaver, words, takers, has), leaver, back)
        ready = [desk.prepared(tasks, made, (api, project), scheme) for desk in desks] if project else []
        copied = removed = 0
        if not dry_run:
            if made != plan:
                keep(made)
            copied = sum(push_prepared(*pushed).pushed.created for pushed in ready if pushed)
            if project:
                going = {
                    task.id: name
                    for name in tasks
                    if leaver not in made.documents[name].annotators
                    for task in held[name]
                }
                removed, late = _removed(api, project, going)
                if late:
                    back, made = sorted({*back, *late}), restore_annotator(made, leaver, late)
                    keep(made)
    moved = {who: {name: words[name] for name in words if who in _new_readers(plan, made, name)} for who in takers}
    return Reassigned(
        plan=made,
        kept=len(begun & mine.keys()),
        moved=moved,
        copied=copied,
        removed=removed,
        fewer=sorted(words.keys() - {name for of in moved.values() for name in of}),
        back=back,
        absent=sum(name not in held for name in words),
    )


def _takers(plan: Plan, leaver: str, to: Sequence[str]) -> list[str]:
    """Who gets the documents.

    Raises:
        UsageError: The plan has no such annotators, or nobody is left.
    """
    if leaver not in plan.annotators:
        raise UsageError(f"--from {leaver}: nobody of the plan. Fix: {did_you_mean(leaver, plan.annotators)}")
    others = [name for name in plan.working if name != leaver]
    if not others:
        raise UsageError(
            f"--from {leaver}: nobody else is left. Fix: goldspan studio push --annotators A,B,… adds some"
        )
    for name in to:
        if name not in others:
            why = "leaves" if name == leaver else "has left" if name in plan.left else "is nobody of the plan"
            raise UsageError(f"--to {name}: {name} {why}. Fix: some of {', '.join(others)}")
    return [name for name in others if name in to] if to else others


def _new_readers(before: Plan, after: Plan, name: str) -> set[str]:
    return set(after.documents[name].annotators) - set(before.documents[name].annotators)


class _Desk:
    """An annotator's project, which may not be there yet, and what of some documents it holds."""

    def __init__(self, api: StudioClient, plan: Plan, who: str, names: Sequence[str]) -> None:
        self.api, self.who, self.title = api, who, plan.project(who)
        self.project = find_project(api, self.title)
        self.has = set(remote_tasks(api, self.project, names)) if self.project else set[str]()

    def prepared(
        self, tasks: Mapping[str, Task], plan: Plan, model: tuple[StudioClient, Project], scheme: Scheme
    ) -> tuple[StudioClient, PreparedPush] | None:
        """A push of the tasks that the plan gives to the annotator and that are not there; None where there are none.

        A project that is not there yet is to be made as the model is.
        """
        lacking = [
            task for name, task in tasks.items() if self.who in plan.documents[name].annotators and name not in self.has
        ]
        if not lacking:
            return None
        if self.project is not None:
            return self.api, PreparedPush(ProjectSetup(self.title, self.project, {}), lacking, scheme)
        opening = plan_project(self.api, self.title, scheme)
        like, project = model
        shown = like.get(f"/api/projects/{project.id}/")
        for setting in ("label_config", "expert_instruction"):
            opening.changes[setting] = shown[setting]
        return self.api, PreparedPush(opening, lacking, scheme)


def _removed(api: StudioClient, project: Project, tasks: Mapping[int, str]) -> tuple[int, list[str]]:
    """Takes tasks out that nobody has begun on; how many, and the documents that somebody has."""
    if not tasks:
        return 0, []
    remove_checksum(api, project)
    numbers = list(tasks)
    gone: set[int] = set()
    for start in range(0, len(numbers), BATCH):
        gone.update(remove_untouched(api, project, {n: tasks[n] for n in numbers[start : start + BATCH]}))
    names = sorted({tasks[number] for number in numbers if number not in gone})
    still = remote_tasks(api, project, names) if names else {}
    return len(gone), [name for name, held in still.items() if any(task.worked for task in held)]
