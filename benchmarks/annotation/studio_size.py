"""Push, suggesting anew and the first pull of many tasks: time beside the server's own calls, and peak memory.

`python -m benchmarks.annotation.studio_size 5000 10000` measures other sizes, `--database postgres` a server on
PostgreSQL, and `--alone` goldspan without the server's own calls, which take half of the time.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from goldspan.annotate.label_studio import StudioClient
from goldspan.annotate.label_studio.client.projects import Project
from goldspan.annotate.label_studio.mapping.tasks import make_task
from goldspan.annotate.label_studio.sync.project_setup import open_project, plan_project
from goldspan.annotate.label_studio.sync.push import BATCH
from goldspan.annotate.label_studio.sync.task_filters import annotated_id_pages
from goldspan.corpus import write_records
from goldspan.schema import Document, Scheme, conflict_scheme

from ..process_usage import run_measured
from .studio_server import make_document, studio_server

_SIZES = (10_000, 50_000)
Item = TypeVar("Item")

_GROUP = 100  # tasks per export, as a pull asks for them


def main(sizes: Sequence[int] = _SIZES, database: str | None = None, *, alone: bool = False) -> None:
    """Print times and peaks (targets: memory equal for all sizes, times at most 1.5 times those of bare calls)."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder, studio_server(database) as api:
            _measure(api, Path(folder), size, conflict_scheme(), alone=alone)


def _measure(api: StudioClient, folder: Path, size: int, scheme: Scheme, *, alone: bool) -> None:
    files = [folder / "first.jsonl", folder / "better.jsonl"]
    for path, dropped in zip(files, (0, 1), strict=True):
        write_records(path, _documents(size, dropped), scheme)
    bare = _new_project(api, "bare", scheme)
    calls: dict[str, Callable[[], None]] = {
        "push": lambda: _import(api, bare, scheme, size, annotated=False),
        "suggest anew": lambda: _import_suggestions(api, bare, scheme, size),
    }
    for (step, call), path in zip(calls.items(), files, strict=True):
        usage = run_measured(_command("push", str(path), "--project", "pushed"))
        beside = "" if alone else f"; bare imports {_seconds(call):.1f} s"
        print(f"studio   {step} of {size:,}: {usage}{beside}", flush=True)
    again = run_measured(_command("push", str(files[1]), "--project", "pushed"))
    print(f"studio   the same push of {size:,} again: {again}", flush=True)
    annotated = _new_project(api, "annotated", scheme)
    _import(api, annotated, scheme, size, annotated=True)
    for step in ("first pull", "pull again"):
        usage = run_measured(_command("pull", "--out", str(folder / "pulled"), "--project", "annotated"))
        print(f"studio   {step} of {size:,}: {usage}", flush=True)
    if not alone:
        print(f"studio   bare exports of {size:,}: {_seconds(lambda: _export(api, annotated)):.1f} s", flush=True)


def _documents(size: int, dropped: int = 0) -> Iterator[Document]:
    """Yield documents without their first spans."""
    for number in range(size):
        document = make_document(number)
        yield msgspec.structs.replace(document, spans=document.spans[dropped:])


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def _command(*arguments: str) -> list[str | Path]:
    return [Path(sys.executable).with_name("goldspan"), "studio", *arguments]


def _new_project(api: StudioClient, title: str, scheme: Scheme) -> Project:
    return open_project(api, plan_project(api, title, scheme), scheme)[0]


def _post(api: StudioClient, path: str, body: list[Any]) -> None:
    headers = {"Content-Type": "application/json"}
    api.http.post(path, content=msgspec.json.encode(body), headers=headers, timeout=900)


def _import(api: StudioClient, project: Project, scheme: Scheme, size: int, *, annotated: bool) -> None:
    for documents in _batches(_documents(size), BATCH):
        tasks = [make_task(document, {"bench": document.spans}, scheme) for document in documents]
        body: list[dict[str, Any]] = [{"data": task.data(), "predictions": task.predictions({})} for task in tasks]
        for item in body if annotated else ():
            item["annotations"] = [{"result": item["predictions"][0]["result"], "completed_by": 1}]
        _post(api, f"/api/projects/{project.id}/import", body)


def _import_suggestions(api: StudioClient, project: Project, scheme: Scheme, size: int) -> None:
    first = api.http.get("/api/tasks/", params={"project": project.id, "page_size": 1}).json()["tasks"][0]["id"]
    for start, documents in enumerate(_batches(_documents(size, 1), BATCH)):
        tasks = [make_task(document, {"bench": document.spans}, scheme) for document in documents]
        body = [{"task": first + start * BATCH + n, **task.predictions({})[0]} for n, task in enumerate(tasks)]
        _post(api, f"/api/projects/{project.id}/import/predictions", body)


def _export(api: StudioClient, project: Project) -> None:
    for page in annotated_id_pages(api, project):
        for tasks in _batches(page, _GROUP):
            parameters: dict[str, Any] = {"exportType": "JSON", "download_all_tasks": "true", "ids[]": tasks}
            api.http.get(f"/api/projects/{project.id}/export", params=parameters, timeout=900)


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int)
    parser.add_argument("--database")
    parser.add_argument("--alone", action="store_true")
    given = parser.parse_args()
    main(given.sizes or _SIZES, given.database, alone=given.alone)
