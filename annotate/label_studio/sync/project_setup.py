"""A project as a push needs it: made where there is none, its interface and instructions the scheme's.

What has to change is found and checked before anything is sent.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any
from xml.etree import ElementTree as ET

from ....schema import DataError, Problem, Scheme, UsageError
from ..client.client import StudioClient, StudioError
from ..client.projects import Project, find_project, list_projects, project_must_exist, scheme_project
from ..mapping.labeling_config import check_labeling_config, instructions, labeling_config
from .annotations import annotated_tasks, drafts_as_tasks

_TURN = 3.0  # seconds
_MADE = "Made by goldspan for the scheme "

PUSH_AGAIN = "Fix: push again, which makes it anew with all documents"
"""Where somebody removes a project while it is pushed to."""


@dataclass(frozen=True, slots=True)
class ProjectSetup:
    """A project to push to, as it is to become; nothing of it has been sent.

    Attributes:
        title: What it is to be called.
        project: None where there is none yet.
        changes: What the server is to be told of it.
    """

    title: str
    project: Project | None
    changes: dict[str, Any]


def plan_project(
    api: StudioClient, title: str | None, scheme: Scheme, *, guidelines: str | None = None, review: bool = False
) -> ProjectSetup:
    """What it takes that there is a project of that title with the scheme's interface and guidelines. Sends nothing.

    Args:
        api: The server.
        title: Of the project; where none is given it is the scheme's, and a project called after another version of
            the scheme becomes that.
        scheme: Its labels and fields.
        guidelines: Markdown, in place of those of the scheme.
        review: As `labeling_config`.

    Raises:
        DataError: The scheme lacks what annotations at the server use; they are listed. Or its interface is none.
        StudioError: The server does not answer, or refuses.
        DependencyError: Somebody removes the project meanwhile.
        UsageError: The server takes no such title.
    """
    project = scheme_project(api, scheme) if title is None else find_project(api, title)
    title = scheme.ref if title is None else title
    if not 3 <= len(title) <= 50:
        raise UsageError(f"--project {title!r}: Fix: a title of 3 to 50 characters")
    wanted: dict[str, Any] = {
        "title": title,
        "label_config": labeling_config(scheme, review=review),
        "expert_instruction": instructions(scheme, guidelines),
        "show_instruction": False,
        "description": f"{_MADE}{scheme.ref} ({scheme.fingerprint[:12]}).",
    }
    if project is None:
        check_labeling_config(wanted["label_config"])
        return ProjectSetup(title, None, wanted)
    with project_must_exist(api, project, PUSH_AGAIN):
        held = api.get(f"/api/projects/{project.id}/")
        changes = {key: value for key, value in wanted.items() if held.get(key) != value}
        if str(held.get("description")).startswith(wanted["description"]):
            changes.pop("description", None)  # a seal stands behind it
        if "label_config" in changes:
            check_labeling_config(wanted["label_config"])
            _check_work(api, project, scheme, str(held.get("label_config") or ""), wanted["label_config"])
        with _interface_refused(scheme):
            api.post(f"/api/projects/{project.id}/validate/", json={"label_config": wanted["label_config"]})
    return ProjectSetup(title, project, changes)


def open_project(api: StudioClient, opening: ProjectSetup, scheme: Scheme) -> tuple[Project, str]:
    """The project as it was planned; made where there was none.

    Returns:
        The project, and what was done: `made`, `updated` or nothing.

    Raises:
        DataError: The server does not take the interface.
        StudioError: The server does not answer, or refuses.
        DependencyError: Somebody removed the project meanwhile.
    """
    if opening.project is None:
        return _made(api, opening), "made"
    if not opening.changes:
        return opening.project, ""
    refusal = _interface_refused(scheme)
    there = project_must_exist(api, opening.project, PUSH_AGAIN)
    with there, refusal if "label_config" in opening.changes else nullcontext():
        api.patch(f"/api/projects/{opening.project.id}/", json=opening.changes)
    return replace(opening.project, title=opening.title), "updated"


def _made(api: StudioClient, opening: ProjectSetup) -> Project:
    """A new project; where another call has made one of the title in the same moment, that one."""
    own = None
    try:
        own = int(api.post("/api/projects/", json=opening.changes)["id"])
    except StudioError as error:
        if 0 < error.status < 500:
            raise
        # it may have been made all the same: the title tells
    project = find_project(api, opening.title)
    if project is None:
        raise StudioError(
            f"the project {opening.title!r} could not be made, or was removed meanwhile. Fix: run the command again"
        )
    _remove_twins(api, opening.title, own)
    return project


def _remove_twins(api: StudioClient, title: str, own: int | None) -> None:
    """Removes the empty projects that calls made beside the oldest of the title, or the server when it was busy.

    Two deletions at once harm a server (see `touched`). So calls take turns by the age of what they made: whose is the
    oldest begins, and the others find nothing left, or what came after it had looked.
    """
    turns = None
    while len(twins := sorted((p for p in list_projects(api, title) if p.title == title), key=lambda p: p.id)) > 1:
        if turns is None:
            turns = sum(own is None or twin.id < own for twin in twins)
        if not turns:
            for twin in twins[1:]:
                _remove_empty(api, twin)
            return
        time.sleep(_TURN)
        turns -= 1


def _remove_empty(api: StudioClient, project: Project) -> None:
    """Removes a project of goldspan's that has no tasks, unless somebody else has."""
    try:
        held = api.get(f"/api/projects/{project.id}/")
        if not held.get("task_number") and str(held.get("description")).startswith(_MADE):
            api.delete(f"/api/projects/{project.id}/")
    except StudioError as error:
        if error.status != 404:
            raise


def _check_work(api: StudioClient, project: Project, scheme: Scheme, before: str, after: str) -> None:
    """Lists the annotations and drafts that use what one interface has and another one has no more.

    The server refuses such a change by numbers that it keeps, and does not always keep (see `touched`).
    """
    gone = _offered(before) - _offered(after)
    problems = []
    for work in chain(annotated_tasks(api, project), drafts_as_tasks(api, project)) if gone else ():
        used = {part for annotation in work.annotations for item in annotation.results for part in _used(item)}
        if lost := sorted({choice or name for name, choice in used & gone}):
            what = f"annotations of {work.name!r} use what {scheme.ref} has not: {', '.join(lost)}"
            problem = Problem(what, f"correct them ({project.task_url(work.task)}), or push to another project")
            problems += [] if problem in problems else [problem]
    if problems:
        raise DataError(problems)


def _offered(config: str) -> set[tuple[str, str]]:
    """The controls of an interface, each with nothing and with each of its labels or choices."""
    found = set()
    for control in ET.fromstring(config).iter() if config else ():
        if name := control.get("name"):
            found |= {(name, ""), *((name, child.get("value", "")) for child in control)}
    return found


def _used(item: Any) -> Iterator[tuple[str, str]]:
    """What a result uses of an interface."""
    if isinstance(item, dict) and (name := item.get("from_name")):
        yield str(name), ""
        value = item.get("value")
        for key in ("labels", "choices"):
            chosen = value.get(key) if isinstance(value, dict) else None
            yield from ((str(name), str(choice)) for choice in (chosen if isinstance(chosen, list) else ()))


@contextmanager
def _interface_refused(scheme: Scheme) -> Iterator[None]:
    """Says so where the server refuses an interface."""
    try:
        yield
    except StudioError as error:
        if error.status == 400:
            fix = "push to another project, or change the scheme"
            raise DataError(Problem(f"the server does not take the interface of {scheme.ref}: {error}", fix)) from error
        raise
