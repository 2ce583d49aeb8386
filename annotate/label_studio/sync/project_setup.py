"""Setup of a project for a push: created if needed, with the scheme's labeling config and instructions.

The necessary changes are determined and checked before anything is sent.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any
from xml.etree import ElementTree as ET

from ....schema import DataError, Problem, Scheme, UsageError
from ..client.attempts import attempt_until_done
from ..client.http_client import StudioClient
from ..client.projects import Project, find_project, project_must_exist, projects_titled, scheme_project
from ..client.studio_error import StudioError
from ..mapping.earlier_schemes import current_migrations, with_migrations
from ..mapping.labeling_config import check_labeling_config, instructions, labeling_config
from ..mapping.pickers.id_lists import list_sources
from ..mapping.region_prefixes import shows_framed
from ..mapping.task_parts import shows_parts
from .annotated_tasks import annotated_tasks, drafts_as_tasks
from .project_lists import NO_LISTS, ProjectLists, list_urls, plan_lists, upload_lists, with_lists

_TURN = 3.0  # seconds
_DESCRIPTION = "Made by goldspan for the scheme "

PUSH_AGAIN = "Fix: push again, which creates it anew with all documents"
"""What to do if somebody deletes a project during a push, for `project_must_exist`."""


@dataclass(frozen=True, slots=True)
class ProjectSetup:
    """Planned settings of a project to push to; nothing has been sent yet.

    Attributes:
        title: Title that the project is to have.
        project: The existing project, or None.
        changes: Settings to send to the server.
        lists: The lists that its pickers choose from.
    """

    title: str
    project: Project | None
    changes: dict[str, Any]
    lists: ProjectLists = NO_LISTS


def plan_project(
    client: StudioClient,
    title: str | None,
    scheme: Scheme,
    *,
    guidelines: str | None = None,
    review: bool = False,
    parts: bool = False,
    framed: bool = False,
) -> ProjectSetup:
    """Plan a project with this title and the scheme's labeling config and guidelines. Changes nothing on the server.

    Args:
        client: The server.
        title: Title of the project. By default that of the scheme; a project named after another version of the scheme
            is then renamed.
        scheme: Scheme with the labels and fields.
        guidelines: Guidelines in Markdown that replace those of the scheme.
        review: Whether the labeling config is for reviews; see `labeling_config`.
        parts: Whether tasks hold parts of documents, as there.
        framed: Whether tasks have suggestions that are only framed, as there; a project that has some keeps them.

    Raises:
        DataError: The scheme lacks what annotations on the server use, which is listed; its labeling config is
            invalid; or a migration of the project was cut off.
        StudioError: A request failed.
        DependencyError: Somebody deleted the project meanwhile.
        UsageError: The server does not accept such a title; the project was migrated from this scheme; or it has whole
            documents and is to have parts of them, or the other way round.
    """
    project = scheme_project(client, scheme) if title is None else find_project(client, title)
    title = scheme.ref if title is None else title
    if not 3 <= len(title) <= 50:
        raise UsageError(f"`title` {title!r}: invalid. Fix: use a title of 3 to 50 characters")
    settings: dict[str, Any] = {
        "title": title,
        "expert_instruction": instructions(scheme, guidelines),
        "show_instruction": False,
        "description": project_description(scheme),
    }
    if project is None:
        urls = dict.fromkeys(list_sources(scheme), "")
        settings["label_config"] = labeling_config(scheme, review=review, lists=urls, parts=parts, framed=framed)
        check_labeling_config(settings["label_config"])
        return ProjectSetup(title, None, settings)
    with project_must_exist(client, project, PUSH_AGAIN):
        current = client.sdk.projects.get(project.id)
        if project.tasks:
            _check_parts(project, current.label_config or "", parts=parts)
        migrations = current_migrations(current.label_config or "", scheme, project.title)
        lists = plan_lists(client, project, scheme, current.label_config or "")
        urls = dict.fromkeys(list_sources(scheme), "") | list_urls(client, project, lists)
        framed = framed or shows_framed(current.label_config or "")
        config = labeling_config(scheme, review=review, lists=urls, parts=parts, framed=framed)
        settings["label_config"] = with_migrations(config, scheme, migrations)
        changes = {key: value for key, value in settings.items() if getattr(current, key) != value}
        if not lists.complete:  # an interrupted push may have left the addresses of lists empty
            changes["label_config"] = settings["label_config"]
        if str(current.description).startswith(settings["description"]):
            changes.pop("description", None)  # the same, followed by a checksum
        if "label_config" in changes:
            check_labeling_config(settings["label_config"])
            _check_annotations(client, project, scheme, current.label_config or "", settings["label_config"])
        with _report_rejected_config(scheme):
            client.sdk.projects.validate_label_config(project.id, label_config=settings["label_config"])
    return ProjectSetup(title, project, changes, lists)


def project_description(scheme: Scheme) -> str:
    """Return the description of a project for a scheme, which a checksum may follow."""
    return f"{_DESCRIPTION}{scheme.ref} ({scheme.fingerprint[:12]})."


def described_fingerprint(description: str) -> tuple[str, str] | None:
    """Return the reference of the scheme that a project's description states, and the start of its fingerprint."""
    found = re.match(re.escape(_DESCRIPTION) + r"(\S+) \(([0-9a-f]{12})\)", description)
    return (found[1], found[2]) if found else None


def _check_parts(project: Project, config: str, *, parts: bool) -> None:
    if shows_parts(config) and not parts:
        fix = "`cut` N as in the push before, or another `title`"
        raise UsageError(f"the project {project.title!r} has its documents in parts. Fix: {fix}")
    if parts and not shows_parts(config):
        fix = "leave out `cut`, or another `title`"
        raise UsageError(f"the project {project.title!r} has whole documents, which `cut` would double. Fix: {fix}")


def open_project(client: StudioClient, setup: ProjectSetup, scheme: Scheme) -> tuple[Project, str]:
    """Create or update a project as planned.

    Returns:
        The project, and what was done: `made`, `updated` or the empty string.

    Raises:
        DataError: The server rejects the labeling config.
        StudioError: A request failed.
        DependencyError: Somebody deleted the project meanwhile.
    """
    if setup.project is None:
        created = _create_project(client, setup)
        with project_must_exist(client, created, PUSH_AGAIN):
            # another push may have created the project, and lists of it
            current = client.sdk.projects.get(created.id).label_config or ""
            lists = plan_lists(client, created, scheme, current)
            config = _use_lists(client, created, setup.changes["label_config"], lists, scheme)
            if config != current:
                attempt_until_done(lambda _: client.sdk.projects.update(created.id, label_config=config))
        return created, "made"
    changes = setup.changes
    with project_must_exist(client, setup.project, PUSH_AGAIN):
        if not setup.lists.complete:
            config = changes["label_config"]
            changes = {**changes, "label_config": _use_lists(client, setup.project, config, setup.lists, scheme)}
        if not changes:
            return setup.project, ""
        with _report_rejected_config(scheme) if "label_config" in changes else nullcontext():
            client.sdk.projects.update(setup.project.id, **changes)
    return replace(setup.project, title=setup.title), "updated"


def _use_lists(client: StudioClient, project: Project, config: str, lists: ProjectLists, scheme: Scheme) -> str:
    """Upload the lists that a project lacks, and return a labeling config that names them."""
    return with_lists(config, list_urls(client, project, upload_lists(client, project, lists)), scheme)


def _create_project(client: StudioClient, setup: ProjectSetup) -> Project:
    """Create a project; if another push creates one with the same title at the same time, return the older one."""
    created = None
    try:
        created = client.sdk.projects.create(**setup.changes).id
    except StudioError as error:
        if 0 < error.status < 500:
            raise
        # it may have been created nevertheless, and is then found by its title
    same = projects_titled(client, setup.title)
    if not same:
        raise StudioError(
            f"project {setup.title!r} could not be created, or was deleted meanwhile. Fix: run the command again"
        )
    _remove_duplicates(client, same, created)
    return same[0]


def _remove_duplicates(client: StudioClient, same: list[Project], created: int | None) -> None:
    """Delete the empty duplicates of a project that concurrent pushes, or a busy server, created.

    Two concurrent deletions damage a server (see `task_filters`). So pushes take turns by the age of the projects that
    they created: the oldest one's starts, and the others find nothing left, or only what was created later.

    Args:
        client: The server.
        same: The projects of one title, the oldest first.
        created: Which of them this push created; None if that is uncertain.
    """
    turns = sum(created is None or project.id < created for project in same)
    while len(same) > 1:
        if not turns:
            for duplicate in same[1:]:
                _delete_if_empty(client, duplicate)
            return
        time.sleep(_TURN)
        turns -= 1
        same = projects_titled(client, same[0].title)


def _delete_if_empty(client: StudioClient, project: Project) -> None:
    """Delete a project of goldspan's that has no tasks, unless somebody else already has."""
    try:
        current = client.sdk.projects.get(project.id)
        if not current.task_number and str(current.description).startswith(_DESCRIPTION):
            client.sdk.projects.delete(project.id)
    except StudioError as error:
        if error.status != 404:
            raise


def _check_annotations(client: StudioClient, project: Project, scheme: Scheme, before: str, after: str) -> None:
    """Check that no annotation or draft uses something that the new labeling config lacks.

    The server rejects such a change by counts that it stores, but does not always update (see `task_filters`).

    Raises:
        DataError: Annotations use controls, labels or choices that would be removed; all are listed.
    """
    removed = _elements(before) - _elements(after)
    problems: list[Problem] = []
    for work in chain(annotated_tasks(client, project), drafts_as_tasks(client, project)) if removed else ():
        used = {
            element
            for annotation in work.annotations
            for result in annotation.results
            for element in _used_elements(result)
        }
        if missing := sorted({choice or name for name, choice in used & removed}):
            message = f"annotations of {work.name!r} use what {scheme.ref} lacks: {', '.join(missing)}"
            problem = Problem(message, f"correct them ({project.task_url(work.task)}), or push to another project")
            if problem not in problems:
                problems.append(problem)
    if problems:
        raise DataError(problems)


def _elements(config: str) -> set[tuple[str, str]]:
    """Return the controls of a labeling config, each with an empty string and with each of its labels or choices."""
    elements = set()
    for control in ET.fromstring(config).iter() if config else ():
        if name := control.get("name"):
            elements |= {(name, ""), *((name, child.get("alias", child.get("value", ""))) for child in control)}
    return elements


def _used_elements(result: Any) -> Iterator[tuple[str, str]]:
    """Yield the elements of a labeling config that a result uses, in the form of `_elements`."""
    if isinstance(result, dict) and (name := result.get("from_name")):
        yield str(name), ""
        value = result.get("value")
        for key in ("labels", "choices"):
            chosen = value.get(key) if isinstance(value, dict) else None
            yield from ((str(name), str(choice)) for choice in (chosen if isinstance(chosen, list) else ()))


@contextmanager
def _report_rejected_config(scheme: Scheme) -> Iterator[None]:
    """Turn the server's rejection of a labeling config into a DataError."""
    try:
        yield
    except StudioError as error:
        if error.status == 400:
            fix = "push to another project, or change the scheme"
            message = f"the server rejects the labeling config of {scheme.ref}: {error}"
            raise DataError(Problem(message, fix)) from error
        raise
