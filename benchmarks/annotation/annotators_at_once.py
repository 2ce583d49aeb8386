"""Annotators who work at the same time, on SQLite and on PostgreSQL: how long the server takes for what they do.

Each has a project of their own, as `studio push --annotators` makes them, and asks for the next task, saves a draft of
it and submits it, without a pause. A person needs minutes for what takes part of a second here, so that five of these
are as many as hundreds of people. They share an account.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median, quantiles
from threading import Barrier
from typing import Any

from goldspan.annotate.label_studio import StudioClient, resolve_connection, studio_client
from goldspan.annotate.label_studio.client.projects import Project
from goldspan.annotate.label_studio.mapping.tasks import Task, make_task
from goldspan.annotate.label_studio.sync.project_setup import open_project, plan_project
from goldspan.annotate.label_studio.sync.push import push_tasks
from goldspan.schema import GoldspanError, conflict_scheme

from .studio_server import make_document, studio_server

_ANNOTATORS = 5
_TASKS = 40
_STEPS = ("next task", "draft", "submit")


@dataclass(slots=True)
class _Work:
    """What annotators did: the seconds of each request by its step, and those that the server refused."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in _STEPS})
    refused: list[str] = field(default_factory=list)


def main() -> None:
    """Print the time of requests of one annotator and of five at once, on each database; nothing may be refused."""
    for database in ("sqlite", "postgres"):
        with studio_server(database) as api:
            for annotators in (1, _ANNOTATORS):
                _measure(api, database, annotators)


def _measure(api: StudioClient, database: str, annotators: int) -> None:
    scheme = conflict_scheme()
    tasks = [make_task(d, {"bench": d.spans}, scheme) for d in map(make_document, range(_TASKS))]
    projects = []
    for number in range(annotators):
        project = open_project(api, plan_project(api, f"{annotators} at once, {number}", scheme), scheme)[0]
        push_tasks(api, project, tasks)
        projects.append(project)
    together = Barrier(annotators)
    with ThreadPoolExecutor(annotators) as threads:
        started = time.perf_counter()
        works = list(threads.map(lambda project: _annotate(project, tasks, together), projects))
        seconds = time.perf_counter() - started
    refused = [line for work in works for line in work.refused]
    counted = sum(len(work.seconds["submit"]) for work in works)
    print(f"studio   {annotators} at once on {database}: {counted / seconds:.1f} tasks a second;", end=" ")
    for step in _STEPS:
        times = [second for work in works for second in work.seconds[step]]
        print(f"{step} {median(times):.2f} s, one in twenty {quantiles(times, n=20)[-1]:.2f} s;", end=" ")
    held = sum(project_annotations(api, project) for project in projects)
    print(f"{len(refused)} refused, {held} of {annotators * _TASKS} annotations there", flush=True)
    for line in refused[:3]:
        print(f"         {line}")


def project_annotations(api: StudioClient, project: Project) -> int:
    """Return how many annotations the server has in a project."""
    return int(api.http.get(f"/api/projects/{project.id}/").json()["total_annotations_number"])


def _annotate(project: Project, tasks: Sequence[Task], together: Barrier) -> _Work:
    by_id = {task.id: task for task in tasks}
    work = _Work()
    with studio_client(resolve_connection()) as api:
        together.wait()
        for _ in tasks:
            opened = _timed(work, "next task", lambda: _next_task(api, project))
            if opened is None:
                continue
            result = by_id[opened["data"]["doc_id"]].contents().suggestions["bench"]
            place, body = f"/api/tasks/{opened['id']}", {"result": result, "lead_time": 60.0}
            _timed(work, "draft", lambda: api.http.post(f"{place}/drafts", json=body))  # noqa: B023 - called at once
            _timed(work, "submit", lambda: api.http.post(f"{place}/annotations/", json=body))  # noqa: B023
    return work


def _next_task(api: StudioClient, project: Project) -> Any:
    return api.http.post("/api/dm/actions", params={"id": "next_task", "project": project.id}, json={}).json()


def _timed(work: _Work, step: str, call: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    try:
        answer = call()
    except GoldspanError as error:
        work.refused.append(f"{step}: {error}")
        return None
    work.seconds[step].append(time.perf_counter() - start)
    return answer


if __name__ == "__main__":
    main()
