"""Push and pull compared with the server's own bulk endpoints and the same payload, on a dedicated server."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from goldspan.annotate.label_studio import StudioClient
from goldspan.annotate.label_studio.client.projects import Project
from goldspan.annotate.label_studio.client.queries import select_tasks
from goldspan.annotate.label_studio.mapping.tasks import Task, make_task
from goldspan.annotate.label_studio.sync.annotated_tasks import annotator_names
from goldspan.annotate.label_studio.sync.project_setup import open_project, plan_project
from goldspan.annotate.label_studio.sync.pull import read_annotations
from goldspan.annotate.label_studio.sync.pull_cache import PullCache
from goldspan.annotate.label_studio.sync.push import BATCH, push_tasks
from goldspan.schema import Scheme, conflict_scheme

from . import studio_size
from .studio_server import make_document, studio_server

_DOCUMENTS = 5000
_NEW_ANNOTATIONS = 300


def main(documents: int = _DOCUMENTS) -> None:
    """Print rates (targets: push at least 0.9 of bare imports; repeated push and small pull under a fifth)."""
    scheme = conflict_scheme()
    tasks = [
        make_task(document, {"bench": document.spans}, scheme)
        for document in (make_document(i) for i in range(documents))
    ]
    with studio_server() as api:
        bare: list[float] = []
        pushes: list[float] = []
        for turn in range(2):  # the server slows down as it fills, so each goes first in one turn
            for times in (bare, pushes) if turn == 0 else (pushes, bare):
                project = _project(api, f"bench {turn} {'bare' if times is bare else 'push'}", scheme)
                half = tasks[turn::2]
                start = time.perf_counter()
                _import(api, project, half) if times is bare else push_tasks(api, project, half)
                times.append(time.perf_counter() - start)
        print(f"studio   {documents} documents of 3 kB and 25 spans in two turns:", end=" ")
        print(f"bare imports {documents / sum(bare):.0f}/s, push {documents / sum(pushes):.0f}/s:", end=" ")
        print(f"{sum(bare) / sum(pushes):.2f} of bare")
        project = _project(api, "bench again", scheme)
        first = _time(lambda: push_tasks(api, project, tasks))
        project = _project(api, "bench again", scheme)
        again = _time(lambda: push_tasks(api, project, tasks))
        print(f"         first push {first:.1f} s, the same again {again:.2f} s: {again / first:.3f} of it")
        _time_pulls(api, project, tasks, scheme)
    studio_size.main()


def _project(api: StudioClient, title: str, scheme: Scheme) -> Project:
    return open_project(api, plan_project(api, title, scheme), scheme)[0]


def _time_pulls(api: StudioClient, project: Project, tasks: list[Task], scheme: Scheme) -> None:
    """Compare a full pull with what was pushed, then time a pull of a few new annotations."""
    predictions = {
        item["id"]: item["data"]["doc_id"] for item in select_tasks(api, project, [], include="id,data", page_size=500)
    }
    by_id = {task.id: task for task in tasks}
    remote_ids = list(predictions)
    for task in remote_ids[:-_NEW_ANNOTATIONS]:
        api.http.post(
            f"/api/tasks/{task}/annotations/", json={"result": by_id[predictions[task]].contents().suggestions["bench"]}
        )
    with tempfile.TemporaryDirectory() as folder:
        cache = PullCache(Path(folder) / "work.zst")
        names = annotator_names(api)

        def pull() -> None:
            cache.update(api, project)
            read_annotations(cache.in_order(), project, names, scheme)
            cache.save(api, project)

        full = _time(pull)
        pulled = read_annotations(cache.in_order(), project, names, scheme)
        [layer] = pulled.layers.values()
        equal = sum(
            [(s.start, s.end, s.label, s.value) for s in layer[name].spans]
            == [(s.start, s.end, s.label, s.value) for s in make_document(int(name[4:])).spans]
            for name in layer
        )
        print(f"         full pull of {len(layer)} annotations {full:.1f} s, {equal} equal to what was pushed")
        for task in remote_ids[-_NEW_ANNOTATIONS:]:
            api.http.post(
                f"/api/tasks/{task}/annotations/",
                json={"result": by_id[predictions[task]].contents().suggestions["bench"]},
            )
        parameters = {"exportType": "JSON", "download_all_tasks": "true"}
        export = _time(
            lambda: api.http.get(f"/api/projects/{project.id}/export", params=parameters, timeout=900).json()
        )
        incremental = _time(pull)
        print(
            f"         full export {export:.1f} s, pull of {_NEW_ANNOTATIONS} new annotations {incremental:.2f} s:",
            end=" ",
        )
        print(f"{incremental / export:.3f} of it")


def _time(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _import(api: StudioClient, project: Project, tasks: list[Task]) -> None:
    """Import the same payload through the server's bulk endpoint."""
    for start in range(0, len(tasks), BATCH):
        body = [
            {"data": data, "predictions": task.predictions(data)}
            for task in tasks[start : start + BATCH]
            for data in [task.data()]
        ]
        api.http.post(f"/api/projects/{project.id}/import", json=body, timeout=900)
