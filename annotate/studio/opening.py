"""A project as a push needs it: made where there is none, its interface and instructions the scheme's.

What has to change is found and checked before anything is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from ...schema import DataError, Problem, Scheme, UsageError
from .api import Api, StudioError
from .interface import LABELS, check_interface, control_names, instructions, interface
from .project import Project, find_project, scheme_project, still_there
from .work import all_work

PUSH_AGAIN = "Fix: push again, which makes it anew with all documents"
"""Where somebody removes a project while it is pushed to."""


@dataclass(frozen=True, slots=True)
class Opening:
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
    api: Api, title: str | None, scheme: Scheme, *, guidelines: str | None = None, review: bool = False
) -> Opening:
    """What it takes that there is a project of that title with the scheme's interface and guidelines. Sends nothing.

    Args:
        api: The server.
        title: Of the project; where none is given it is the scheme's, and a project called after another version of
            the scheme becomes that.
        scheme: Its labels and fields.
        guidelines: Markdown, in place of those of the scheme.
        review: As `interface`.

    Raises:
        DataError: The scheme lacks what annotations at the server use; they are listed. Or its interface is none.
        StudioError: The server does not answer, or refuses.
        SurroundingsError: Somebody removes the project meanwhile.
        UsageError: The server takes no such title.
    """
    project = scheme_project(api, scheme) if title is None else find_project(api, title)
    title = scheme.ref if title is None else title
    if not 3 <= len(title) <= 50:
        raise UsageError(f"--project {title!r}: Fix: a title of 3 to 50 characters")
    wanted: dict[str, Any] = {
        "title": title,
        "label_config": interface(scheme, review=review),
        "expert_instruction": instructions(scheme, guidelines),
        "show_instruction": False,
        "description": f"Made by goldspan for the scheme {scheme.ref} ({scheme.fingerprint[:12]}).",
    }
    if project is None:
        check_interface(wanted["label_config"])
        return Opening(title, None, wanted)
    with still_there(api, project, PUSH_AGAIN):
        held = api.get(f"/api/projects/{project.id}/")
        changes = {key: value for key, value in wanted.items() if held.get(key) != value}
        if str(held.get("description")).startswith(wanted["description"]):
            changes.pop("description", None)  # a seal stands behind it
        if "label_config" in changes:
            check_interface(wanted["label_config"])
            about = {"label_config": wanted["label_config"]}
            with _said_what_is_in_the_way(api, project, scheme):
                api.post(f"/api/projects/{project.id}/validate/", json=about)
    return Opening(title, project, changes)


def open_project(api: Api, opening: Opening, scheme: Scheme) -> tuple[Project, str]:
    """The project as it was planned; made where there was none.

    Returns:
        The project, and what was done: `made`, `updated` or nothing.

    Raises:
        DataError: Annotations that were made since use what the scheme lacks; they are listed.
        StudioError: The server does not answer, or refuses.
        SurroundingsError: Somebody removed the project meanwhile.
    """
    if opening.project is None:
        return _made(api, opening), "made"
    if not opening.changes:
        return opening.project, ""
    refusal = _said_what_is_in_the_way(api, opening.project, scheme)
    there = still_there(api, opening.project, PUSH_AGAIN)
    with there, refusal if "label_config" in opening.changes else nullcontext():
        api.patch(f"/api/projects/{opening.project.id}/", json=opening.changes)
    return replace(opening.project, title=opening.title), "updated"


def _made(api: Api, opening: Opening) -> Project:
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
    if own not in (None, project.id) and not api.get(f"/api/projects/{own}/").get("task_number"):
        api.delete(f"/api/projects/{own}/")
    return project


@contextmanager
def _said_what_is_in_the_way(api: Api, project: Project, scheme: Scheme) -> Iterator[None]:
    """Lists the annotations where the server refuses an interface."""
    try:
        yield
    except StudioError as error:
        if error.status == 400:
            raise DataError(_in_the_way(api, project, scheme, str(error))) from error
        raise


def _in_the_way(api: Api, project: Project, scheme: Scheme, refusal: str) -> list[Problem]:
    """The annotations that use what the scheme has no more."""
    names = set(control_names(scheme))
    problems = []
    for work in all_work(api, project):
        lost = set()
        for annotation in work.annotations:
            for item in annotation.results:
                labels = item.get("value", {}).get("labels", []) if item.get("from_name") == LABELS else []
                lost |= {label for label in labels if label not in scheme.labels}
                lost |= {str(item["from_name"])} - names if item.get("from_name") else set()
        if lost:
            what = f"annotations of {work.name!r} use what {scheme.ref} has not: {', '.join(sorted(lost))}"
            fix = f"mend them ({project.task_url(work.task)}), or push into another project"
            problems.append(Problem(what, fix))
    fix = "push into another project, or mend the scheme"
    return problems or [Problem(f"the server does not take the interface of {scheme.ref}: {refusal}", fix)]
