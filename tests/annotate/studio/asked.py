"""What the server itself says it holds, asked without goldspan."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import httpx

from ...studio_server import Studio

Mark = tuple[int, int, str]
"""Start, end, label."""


@dataclass(frozen=True)
class Task:
    """A task of the server.

    Attributes:
        id: Its number.
        text: Of its data.
        suggestions: Marks of each prediction with the extractor's name, sorted.
        annotations: Marks of each annotation, sorted.
    """

    id: int
    text: str
    suggestions: list[tuple[str, list[Mark]]]
    annotations: list[list[Mark]]


class Asked:
    """A server as someone else's program sees it."""

    def __init__(self, studio: Studio) -> None:
        headers = {"Authorization": f"Token {studio.token}"}
        self._http = httpx.Client(base_url=studio.url, headers=headers, trust_env=False, timeout=60)

    def close(self) -> None:
        self._http.close()

    def _get(self, path: str, **params: Any) -> Any:
        answer = self._http.get(path, params=params)
        answer.raise_for_status()
        return answer.json()

    def projects(self, title: str) -> list[int]:
        """The numbers of the projects of that title."""
        found = self._get("/api/projects/", page_size=10_000)["results"]
        return sorted(project["id"] for project in found if project["title"] == title)

    def delete(self, title: str) -> None:
        """Removes the projects of that title."""
        for project in self.projects(title):
            # a push that is at work makes the database refuse now and then
            until = time.monotonic() + 30
            while self._http.delete(f"/api/projects/{project}/").status_code >= 500:
                assert time.monotonic() < until

    def tasks(self, project: int) -> dict[str, list[Task]]:
        """All tasks of a project by the ids of their documents."""
        predictions: dict[int, list[tuple[str, list[Mark]]]] = defaultdict(list)
        for one in self._get("/api/predictions/", project=project):
            predictions[one["task"]].append((one["model_version"], marks(one["result"])))
        held: dict[str, list[Task]] = defaultdict(list)
        for item in self._get(f"/api/projects/{project}/export", exportType="JSON", download_all_tasks="true"):
            annotations = sorted(marks(one["result"]) for one in item["annotations"])
            task = Task(item["id"], item["data"]["text"], sorted(predictions[item["id"]]), annotations)
            held[item["data"]["doc_id"]].append(task)
        return held

    def annotate(self, task: int, results: list[dict[str, Any]]) -> None:
        """Submits an annotation as the editor does."""
        answer = self._http.post(f"/api/tasks/{task}/annotations/", json={"result": results, "lead_time": 2.5})
        answer.raise_for_status()


def marks(results: list[dict[str, Any]]) -> list[Mark]:
    """The marked spans of results."""
    found = [item["value"] for item in results if item["type"] == "labels"]
    return sorted((value["start"], value["end"], value["labels"][0]) for value in found)
