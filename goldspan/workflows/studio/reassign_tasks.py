"""Reassign the open documents of an annotator who leaves; what they have begun stays theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from ...annotate.label_studio import StudioClient
from ...annotate.label_studio.client.projects import Project, find_project
from ...annotate.label_studio.mapping.tasks import Task
from ...annotate.label_studio.sync.assignment import Plan, reassign_documents, restore_annotator
from ...annotate.label_studio.sync.parts.remote_parts import task_names
from ...annotate.label_studio.sync.project_setup import ProjectSetup, plan_project
from ...annotate.label_studio.sync.push import BATCH
from ...annotate.label_studio.sync.push_checksum import remove_checksum
from ...annotate.label_studio.sync.remote_tasks import RemoteTask, remote_tasks
from ...annotate.label_studio.sync.task_copies import copy_tasks
from ...annotate.label_studio.sync.task_removal import remove_untouched
from ...schema import Scheme, UsageError, did_you_mean
from .push_project import PreparedPush, push_prepared
from .studio_servers import Connect


@dataclass(frozen=True, slots=True)
class Reassignment:
    """The outcome of a reassignment.

    Attributes:
        plan: The new plan.
        kept: Number of documents that stay with the leaver, because they are annotated, skipped or have a draft.
        moved: By each of the others, the documents that the plan assigns to them now, with their numbers of words.
        copied: Number of tasks created in the projects of others.
        removed: Number of tasks removed from the leaver's project.
        fewer: Documents that nobody else could take, and that now have one annotator fewer.
        back: Documents that were to move and were begun meanwhile: they stay with the leaver as well.
        absent: Number of documents that were in no project yet; a push brings them.
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
        """Return the outcome as JSON-compatible data."""
        moved = {
            name: {"documents": len(documents), "words": sum(documents.values())}
            for name, documents in self.moved.items()
        }
        counts = {"kept": self.kept, "copied": self.copied, "removed": self.removed, "not_pushed_yet": self.absent}
        return {**counts, "moved": moved, "fewer_readers": self.fewer, "begun_meanwhile": self.back}


def reassign(
    connect: Connect,
    plan: Plan,
    leaver: str,
    scheme: Scheme,
    save_plan: Callable[[Plan], None],
    *,
    to: Sequence[str] = (),
    dry_run: bool = False,
) -> Reassignment:
    """Reassign the open documents of an annotator to others, each task as the leaver had it.

    The plan is saved before anything is sent, tasks are created before any is removed, and each is checked once more
    right before it is removed. So an interruption loses nothing, and running it again completes it.

    Args:
        connect: Connects to the server of an annotator.
        plan: Who annotates which documents.
        leaver: The annotator who leaves.
        scheme: Scheme of the projects.
        save_plan: Saves the plan.
        to: Who gets the documents; by default all others who have not left.
        dry_run: Return what would be done, without doing it.

    Raises:
        DataError: A task's text is not the one that was pushed.
        StudioError: A server does not answer, or refuses.
        UsageError: The plan has no such annotator, or nobody is left to take over.
    """
    takers = _takers(plan, leaver, to)
    with ExitStack() as stack:
        api = stack.enter_context(connect(leaver))
        project = find_project(api, plan.project(leaver))
        assigned = plan.of(leaver)
        names = {} if project is None else task_names(api, project, sorted(plan.documents))
        source = {task_name: name for name, parts in names.items() for task_name in parts}
        held = {} if project is None else remote_tasks(api, project, sorted(source))
        remote: dict[str, list[RemoteTask]] = defaultdict(list)
        for task_name, tasks in held.items():
            remote[source[task_name]] += tasks
        begun = {name for name, tasks in remote.items() if any(task.worked for task in tasks)}
        back = sorted(begun - assigned.keys())  # an earlier reassignment was interrupted, and the leaver continued
        copies: dict[str, list[Task]] = defaultdict(list)
        if project is not None:
            untouched = sorted(task_name for task_name in held if source[task_name] not in begun)
            for task_name, task in copy_tasks(api, project, untouched, scheme).items():
                copies[source[task_name]].append(task)
        words = {
            name: sum(len((task.contents().document.text or "").split()) for task in copies.get(name, ()))
            for name in assigned
            if name not in begun
        }
        wanted = {name: names.get(name, [name]) for name in sorted({*words, *copies})}
        others = [
            _TakerProject(stack.enter_context(connect(name)), plan, name, wanted)
            for name in plan.working
            if name != leaver
        ]
        present = {other.annotator: other.present for other in others}
        new_plan = restore_annotator(reassign_documents(plan, leaver, words, takers, present), leaver, back)
        pushes = [other.prepare(copies, new_plan, (api, project), scheme) for other in others] if project else []
        copied = removed = 0
        if not dry_run:
            if new_plan != plan:
                save_plan(new_plan)
            copied = sum(push_prepared(*push).pushed.created for push in pushes if push)
            if project:
                leaving = {
                    task.id: task_name
                    for task_name, tasks in held.items()
                    if source[task_name] in copies and leaver not in new_plan.documents[source[task_name]].annotators
                    for task in tasks
                }
                removed, begun_tasks = _remove(api, project, leaving)
                if begun_meanwhile := sorted({source[task_name] for task_name in begun_tasks}):
                    back = sorted({*back, *begun_meanwhile})
                    new_plan = restore_annotator(new_plan, leaver, begun_meanwhile)
                    save_plan(new_plan)
    moved = {
        taker: {name: words[name] for name in words if taker in _new_annotators(plan, new_plan, name)}
        for taker in takers
    }
    return Reassignment(
        plan=new_plan,
        kept=len(begun & assigned.keys()),
        moved=moved,
        copied=copied,
        removed=removed,
        fewer=sorted(words.keys() - {name for documents in moved.values() for name in documents}),
        back=back,
        absent=sum(name not in remote for name in words),
    )


def _takers(plan: Plan, leaver: str, to: Sequence[str]) -> list[str]:
    """Return who takes over.

    Raises:
        UsageError: The plan has no such annotators, or nobody is left.
    """
    if leaver not in plan.annotators:
        raise UsageError(f"`leaver` {leaver}: not in the plan. Fix: {did_you_mean(leaver, plan.annotators)}")
    others = [name for name in plan.working if name != leaver]
    if not others:
        raise UsageError(
            f"`leaver` {leaver}: nobody else is left. Fix: goldspan studio push --annotators A,B,… adds annotators"
        )
    for name in to:
        if name not in others:
            why = "leaves" if name == leaver else "has left" if name in plan.left else "is not in the plan"
            raise UsageError(f"`to` {name}: {name} {why}. Fix: some of {', '.join(others)}")
    return [name for name in others if name in to] if to else others


def _new_annotators(before: Plan, after: Plan, document: str) -> set[str]:
    return set(after.documents[document].annotators) - set(before.documents[document].annotators)


class _TakerProject:
    """An annotator's project, which may not exist yet, and which of some documents it has.

    Attributes:
        annotator: Name.
        present: Ids of those documents that are in the project, with all of their parts.
    """

    def __init__(self, api: StudioClient, plan: Plan, annotator: str, documents: Mapping[str, Sequence[str]]) -> None:
        self._api, self.annotator, self._title = api, annotator, plan.project(annotator)
        self._project = find_project(api, self._title)
        wanted = [task_name for parts in documents.values() for task_name in parts]
        found = set(remote_tasks(api, self._project, wanted)) if self._project else set[str]()
        self.present = {name for name, parts in documents.items() if found.issuperset(parts)}

    def prepare(
        self, copies: Mapping[str, Sequence[Task]], plan: Plan, model: tuple[StudioClient, Project], scheme: Scheme
    ) -> tuple[StudioClient, PreparedPush] | None:
        """Prepare a push of the tasks that the plan assigns to the annotator and the project lacks; None if it has all.

        A project that does not exist yet is set up like the model.
        """
        missing = [
            task
            for name, tasks in copies.items()
            for task in tasks
            if self.annotator in plan.documents[name].annotators and name not in self.present
        ]
        if not missing:
            return None
        if self._project is not None:
            return self._api, PreparedPush(ProjectSetup(self._title, self._project, {}), missing, scheme)
        setup = plan_project(self._api, self._title, scheme)
        model_api, model_project = model
        model_settings = model_api.sdk.projects.get(model_project.id)
        for setting in ("label_config", "expert_instruction"):
            setup.changes[setting] = getattr(model_settings, setting)
        return self._api, PreparedPush(setup, missing, scheme)


def _remove(api: StudioClient, project: Project, documents: Mapping[int, str]) -> tuple[int, list[str]]:
    """Remove tasks that nobody has begun; return their number, and the names of those begun meanwhile.

    Args:
        api: The server.
        project: The project.
        documents: Ids of their documents, or of the parts of documents, by task.
    """
    if not documents:
        return 0, []
    remove_checksum(api, project)
    tasks = list(documents)
    removed: set[int] = set()
    for start in range(0, len(tasks), BATCH):
        batch = {task: documents[task] for task in tasks[start : start + BATCH]}
        removed.update(remove_untouched(api, project, batch))
    names = sorted({documents[task] for task in tasks if task not in removed})
    remaining = remote_tasks(api, project, names) if names else {}
    return len(removed), [name for name, found in remaining.items() if any(task.worked for task in found)]
